"""How an MFA code gets in, and what becomes of it.

A code is given with the call, printed by a command, or typed by a person: the first
of these that there is. It goes to AWS in the request and nowhere else.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field

from shellkit import totp
from shellkit.codes import parse_code
from shellkit.credentials import used_codes
from shellkit.credentials.sts import Code, CodeRefusedError, DeviceRefusedError
from shellkit.errors import (
    AwsError,
    ConfigError,
    PersonNeededError,
    ShellkitError,
    ThroughShellError,
    UsageError,
)
from shellkit.profiles import shown
from shellkit.shells.base import COMMAND
from shellkit.switch import time_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from shellkit.credentials.chain import Chain, Command, Mfa
    from shellkit.credentials.seeds import Seeds
    from shellkit.credentials.session import Credentials
    from shellkit.terminal.prompt import Prompt

    Answer = TypeVar("Answer")


#: How often a person may try.
TRIES = 3

#: Seconds to wait for another shell that asks for a code, where we have one, or can make one:
#: nobody may be at that shell. A code that was given does not keep; a command may wait for a
#: person as well, and they are to be asked once.
_GIVEN_WAITS, _MADE_WAITS = 10, 90

#: Seconds by which a clock may be off before codes made on it are wrong.
_SKEW = 25


class _BadCodeError(Exception):
    """A code that is no good; ``error`` says so to people.

    ``wait``: seconds until the device shows another, where it was used already.
    """

    def __init__(self, error: ShellkitError, wait: int | None = None) -> None:
        super().__init__()
        self.error, self.wait = error, wait


@dataclass(frozen=True)
class Codes:
    """Where codes come from, and what is known of those that were used.

    ``given`` is the code that came with the call, and the name of what it came by.
    ``prompt`` opens the person's terminal, and gives ``None`` where there is none; it raises
    :class:`ThroughShellError` where the shell is to ask in our place.
    ``tell`` tells the person what needs no answer, ``sleep`` waits for so many seconds.
    ``command`` is the name of the function that was called; ``by_name``: with no more than the
    profile's name it would begin the same session.
    """

    directory: str
    clock: Callable[[], float]
    prompt: Callable[[], Prompt | None]
    seeds: Seeds
    tell: Callable[[str], None]
    sleep: Callable[[float], None]
    given: tuple[str, str] | None = field(default=None, repr=False)
    no_input: bool = False
    command: str = COMMAND
    by_name: bool = True

    def require(self, mfa: Mfa) -> None:
        """Raise :class:`PersonNeededError` at once where there is no way to get a code."""
        if self.given is None and mfa.process is None and not self.seeds.has(mfa.serial):
            self._person(mfa).close()

    def patience(self, mfa: Mfa) -> float | None:
        """Seconds to wait for another shell that asks for a code; ``None`` for ever."""
        if self.given is not None:
            return _GIVEN_WAITS
        return _MADE_WAITS if mfa.process is not None or self.seeds.has(mfa.serial) else None

    def spend(self, chain: Chain, mfa: Mfa, send: Callable[[Code], Answer]) -> Answer:
        """What ``send`` answers to a code of the device; to a person's second or third one.

        Raises what ``send`` raises, and :class:`ShellkitError` where there is no good code.
        """
        device = device_id(chain, mfa)
        if self.given is not None:
            return self._handed(mfa, device, *self.given, send)
        if mfa.process is not None:
            return self._commanded(mfa, device, mfa.process, send)
        seed = self._seed(mfa)
        if seed is not None:
            try:
                return self._single(mfa, device, lambda: self._made(seed, device), send)
            except AwsError as error:
                if isinstance(error.__cause__, CodeRefusedError):
                    wrong = "the seed in the keyring may be of another device: shellkit mfa remove"
                    error.fix = f"{error.fix}; {wrong} {mfa.serial}"
                raise
        return self._asked(mfa, device, _question(chain, mfa), send)

    def _handed(
        self, mfa: Mfa, device: str, text: str, name: str, send: Callable[[Code], Answer]
    ) -> Answer:
        """With the code that came by ``name``: a variable may have been set long ago."""
        try:
            return self._try(mfa, device, self._parsed(text, name, UsageError), send)
        except _BadCodeError as bad:
            if isinstance(bad.error, AwsError) and not name.startswith("-"):
                bad.error.fix = f"{bad.error.fix}; this one is that in {name}"
            raise bad.error from bad.__cause__

    def _single(
        self, mfa: Mfa, device: str, get: Callable[[], str], send: Callable[[Code], Answer]
    ) -> Answer:
        try:
            return self._try(mfa, device, get(), send)
        except _BadCodeError as bad:
            raise bad.error from bad.__cause__

    def _commanded(
        self, mfa: Mfa, device: str, command: Command, send: Callable[[Code], Answer]
    ) -> Answer:
        """With what ``mfa_process`` prints; where that was used already, with its next code."""
        first = self._printed(command)
        try:
            return self._try(mfa, device, first, send)
        except _BadCodeError as bad:
            if bad.wait is None:
                raise bad.error from bad.__cause__
            wait = bad.wait
        self.tell(
            "the MFA code that mfa_process printed was used already: waiting "
            f"{_seconds(wait)} for the next"
        )
        self.sleep(wait)
        second = self._printed(command)
        if second == first:
            from shellkit.credentials import mfa_process

            raise mfa_process.fault(command, "printed the same code again, which was used already")
        return self._single(mfa, device, lambda: second, send)

    def _asked(
        self, mfa: Mfa, device: str, question: str, send: Callable[[Code], Answer]
    ) -> Answer:
        prompt = self._person(mfa)
        try:
            for tries_left in reversed(range(TRIES)):
                try:
                    code = self._parsed(self._typed(prompt, question, mfa), "", UsageError)
                    return self._try(mfa, device, code, send)
                except _BadCodeError as bad:
                    if not tries_left:
                        raise _last(bad.error) from bad.__cause__
                    prompt.say(_with_fix(bad.error))
            raise AssertionError
        finally:
            prompt.close()

    def _typed(self, prompt: Prompt, question: str, mfa: Mfa) -> str:
        try:
            return prompt.ask(question)
        except EOFError:
            raise PersonNeededError(
                f"no MFA code for {mfa.profile} was typed",
                f"try again: {self._same(mfa)}",
            ) from None

    def _try(self, mfa: Mfa, device: str, digits: str, send: Callable[[Code], Answer]) -> Answer:
        """Send it, unless AWS is known to refuse it."""
        now = self.clock()
        used = used_codes.age(self.directory, device, digits, now)
        if used is not None and used < totp.STEP:
            wait = used_codes.wait(now)
            raise _BadCodeError(
                AwsError(
                    "this MFA code was used already, and AWS takes each only once",
                    f"wait {_seconds(wait)} for the next one",
                ),
                wait,
            )
        try:
            answer = send(Code(mfa.serial, digits))
        except CodeRefusedError as error:
            another = None if used is None else used_codes.wait(self.clock())
            raise _BadCodeError(self._refused(error, mfa, used), another) from error
        except DeviceRefusedError as error:
            raise _no_such_device(mfa) from error
        except AwsError as error:
            if "(AccessDenied)" in error.message:  # The code was good; that it came in is spent.
                used_codes.remember(self.directory, device, digits, now)
            raise
        used_codes.remember(self.directory, device, digits, now)
        return answer

    def _refused(self, error: CodeRefusedError, mfa: Mfa, used: float | None) -> ShellkitError:
        """Why AWS did not take the code, as far as can be known here."""
        if used is not None:
            return AwsError(
                "AWS refused the MFA code: it was used before", "use the one that shows now"
            )
        skew = 0.0 if error.at is None else self.clock() - error.at
        if abs(skew) > _SKEW:
            way = "ahead of" if skew > 0 else "behind"
            return AwsError(
                f"AWS refused the MFA code, and the clock of this machine is "
                f"{round(abs(skew))} seconds {way} AWS's",
                "if the code was made on this machine, set its clock right",
            )
        return AwsError(
            f"AWS refused the MFA code: it is not what {mfa.serial} shows now",
            "a code is good for 30 seconds, and once; check that it is the right device",
        )

    def _parsed(self, text: str, name: str, kind: type[ShellkitError]) -> str:
        try:
            return parse_code(text)
        except ValueError as error:
            raise _BadCodeError(kind(f"{name}: {error}" if name else str(error))) from None

    def _printed(self, command: Command) -> str:
        """What ``mfa_process`` prints. :class:`ConfigError` where it is no code."""
        from shellkit.credentials import mfa_process

        with self._own_terminal() as terminal:  # It might ask there.
            text = mfa_process.run(command, terminal)
        try:
            return parse_code(text)
        except ValueError as error:
            raise mfa_process.fault(command, f"printed no code: {error}") from None

    @contextmanager
    def _own_terminal(self) -> Iterator[int | None]:
        """A descriptor for a program that asks by itself; ``None`` where it cannot."""
        prompt, terminal = None, None
        try:
            prompt = None if self.no_input else self.prompt()
        except ThroughShellError as through:  # The shell could ask for us, not for others.
            terminal = through.terminal
        try:
            yield terminal if prompt is None else prompt.descriptor()
        finally:
            if prompt is not None:
                prompt.close()

    def _seed(self, mfa: Mfa) -> bytes | None:
        """The seed in the keyring. A keyring that fails is no end: a person can still be asked.

        Where that would be through the shell, which starts us again for it, that comes first:
        a keyring can take a minute to fail, and is to be told of once.
        """
        if not self.seeds.has(mfa.serial):
            return None
        prompt = None if self.no_input else self.prompt()
        if prompt is not None:
            prompt.close()
        try:
            return self.seeds.read(mfa.serial)
        except ShellkitError as error:
            self.tell(_with_fix(error))
            return None

    def _made(self, seed: bytes, device: str) -> str:
        """The code of now; where that was used, the next one, which is waited for."""
        now = self.clock()
        digits = totp.code(seed, now)
        used = used_codes.age(self.directory, device, digits, now)
        if used is None or used >= totp.STEP:
            return digits
        seconds = used_codes.wait(now)
        wait = _seconds(seconds)
        self.tell(f"the MFA code of now was used already: waiting {wait} for the next")
        self.sleep(seconds)
        return totp.code(seed, self.clock())

    def _person(self, mfa: Mfa) -> Prompt:
        prompt = None if self.no_input else self.prompt()
        if prompt is None:
            why = "--no-input forbids to ask" if self.no_input else "there is no terminal to ask on"
            raise PersonNeededError(
                f"{mfa.profile} needs a code of the MFA device {mfa.serial}, and {why}",
                f"run {self._same(mfa)} in a terminal first, which serves here too; or give "
                "the code in SHELLKIT_MFA_CODE, or a command that prints it: mfa_process",
            )
        return prompt

    def _same(self, mfa: Mfa) -> str:
        """What a person is to call for the same session."""
        # A session of MFA serves whatever comes; a role's own only the same words.
        if mfa.session is None or not self.by_name:
            return f"the same {self.command}"
        return f"{self.command} {shown.word(mfa.profile)}"


def _question(chain: Chain, mfa: Mfa) -> str:
    """What a person is asked; it says so where a code serves one role, and not all of them."""
    alone = ""
    if mfa.session is None:
        longer = chain.hops[0].duration if chain.hops else None
        alone = " for this role alone" + (f" ({time_left(longer)})" if longer else "")
    return f"{mfa.profile}: MFA code of {mfa.serial}{alone}: "


def _seconds(number: int) -> str:
    return f"{number} second{'' if number == 1 else 's'}"


def device_id(chain: Chain, mfa: Mfa) -> str:
    """A file name for the device, whosever keys its codes go with."""
    text = "\0".join((mfa.serial, chain.endpoint or ""))
    return "mfa-" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def partition_of(chain: Chain, serial: str) -> str | None:
    """The partition that the keys are of, as the first role or the device says it."""
    arn = chain.hops[0].role_arn if chain.hops else serial
    return arn.split(":", 2)[1] if arn.startswith("arn:") else None


def began(session: Credentials, mfa: Mfa) -> float:
    """When the code of ``session`` was given, about; epoch seconds."""
    return (session.expires or 0) - (mfa.session or 0)


def _with_fix(error: ShellkitError) -> str:
    return error.message + (f" ({error.fix})" if error.fix else "")


def _last(error: ShellkitError) -> ShellkitError:
    return type(error)(f"no good MFA code in {TRIES} tries: {error.message}", error.fix)


def _no_such_device(mfa: Mfa) -> ShellkitError:
    file, line = mfa.place()
    key = "mfa_serial" if file else "--mfa-serial"
    return ConfigError(
        f"AWS knows no MFA device {mfa.serial} of the user whose keys these are",
        "it has the form arn:aws:iam::ACCOUNT:mfa/NAME, with the account of the keys: "
        "aws iam list-mfa-devices shows it",
        file=file,
        line=line,
        key=key,
    )
