"""One ``assume``, from its words to the code that the shell evaluates."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial

from shellkit import memo, paths, switch, usage, words
from shellkit.active import active_keys, active_name, inherited_recipe
from shellkit.credentials import store
from shellkit.credentials.mfa import Codes
from shellkit.credentials.obtain import Obtainer
from shellkit.credentials.report import changes, explanation
from shellkit.credentials.resolve import Resolver, Target
from shellkit.credentials.seeds import Seeds
from shellkit.credentials.sts import Sts
from shellkit.environment import has_control_character, role_is_saved
from shellkit.errors import (
    ConfigError,
    DeclinedError,
    PersonNeededError,
    UnknownProfileError,
    UsageError,
)
from shellkit.house import House, open_house
from shellkit.options import ASSUME_OPTIONS, ASSUME_TARGET
from shellkit.request import Request, from_recipe
from shellkit.request_words import request_of
from shellkit.terminal import ask
from shellkit.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shellkit.credentials.session import Credentials
    from shellkit.profiles.model import Profiles
    from shellkit.rim import Rim
    from shellkit.shells.base import Shell

_EXAMPLES = (
    ("prod", "a profile"),
    ("111122223333:Admin", "a role in an account, from the base credentials"),
    ("-", "the identity before this one"),
    ("prod -r eu-west-1 -d 2h", "another region, a longer session"),
)


def _epilog(command: str) -> str:
    lines = [
        f"The credentials go to this shell only; un{command} brings back what was there before.",
        "",
        *(f"  {command} {words_:<27}{what}" for words_, what in _EXAMPLES),
    ]
    return "\n".join([*lines, ""])


def _nobody_named(profiles: Profiles, command: str) -> UsageError:
    if not profiles:
        return UsageError("there is no profile to choose from", profiles.where())
    return UsageError(
        f"say which profile: {command} NAME", f"{command} --help shows what else it takes"
    )


@dataclass(frozen=True)
class Assume:
    """One call of ``assume`` in ``shell``. ``argv`` is what a memo of it is found by."""

    shell: Shell
    rim: Rim
    argv: tuple[str, ...]

    def code(self, given: Sequence[str]) -> str:
        """The code that does what the words in ``given`` say.

        Raises :class:`~shellkit.errors.ShellkitError`; nothing is changed then.
        """
        command = self.rim.command
        parser = words.make_parser(
            command, "switch to an AWS role", ASSUME_OPTIONS, (ASSUME_TARGET,), _epilog(command)
        )
        parsed = words.parse(parser, given)
        if parsed is None:
            return self.shell.text(parser.format_help())
        if parsed.mfa_code == "-":  # The shell function has it put there, out of the arguments.
            parsed.mfa_code = self.rim.environ.get("SHELLKIT_MFA_CODE", "")
        request = request_of(parsed)
        if request.target == "-":
            return self._back(request)
        if request.target is None and request.refresh:
            request = self._again(request)
        return self._switch(request)

    def _again(self, request: Request) -> Request:
        """``--refresh`` alone: the active identity once more."""
        if request.recipe():
            raise UsageError("--refresh without a NAME refreshes the active identity as it is")
        recipe = self.rim.environ.get("SHELLKIT_REQUEST") or inherited_recipe(self.rim.environ)
        if recipe is None:
            raise UsageError(
                "no role is active, so there is none to refresh", f"{self.rim.command} NAME"
            )
        return from_recipe(recipe, self.rim.command).asked_like(request)

    def _back(self, request: Request) -> str:
        """``assume -``: the identity before this one, which may be none."""
        command = self.rim.command
        if replace(request, target=None).recipe():
            raise UsageError(
                f"{command} - goes back as it was: it takes no other identity's options"
            )
        previous = self.rim.environ.get("SHELLKIT_PREVIOUS")
        if previous:
            return self._switch(from_recipe(previous, command).asked_like(request))
        if not role_is_saved(self.rim.environ):
            raise UsageError(
                "there is no identity before this one in this shell", f"{command} NAME"
            )
        if request.explain:
            return self.shell.text("back to the base: no role\n")
        return self.shell.revert("" if request.quiet else "no role is active")

    def _switch(self, request: Request) -> str:
        house = open_house(self.rim, index=not request.explain)
        if request.session is not None:
            return self._resume(request, request.session, house)
        request, target = self._wanted(request, house)
        if request.explain:
            return self._explained(request, target, house)
        self._note(request, target)
        self._confirm(request, target.label, house)
        credentials = self._credentials(request, target, house)
        identity = target.identity(credentials)
        recipe = _recipe(request, target)
        self._remember(request, target, identity, recipe, house)
        return self._emit(request, identity, credentials, recipe)

    def _explained(self, request: Request, target: Target, house: House) -> str:
        environ, now = self.rim.environ, self.rim.clock()
        text = explanation(target, house.caches, environ, now, refresh=request.refresh)
        return self.shell.text(visible(text))

    def _note(self, request: Request, target: Target) -> None:
        """What the person should know of the target, once."""
        said = self.rim.repeats and not request.picked
        for note in () if request.quiet or said else target.notes:
            self._tell(note)

    def _confirm(self, request: Request, label: str, house: House) -> None:
        """Ask before a name that is to be asked about, unless it is the active one already."""
        if not _is_guarded(label, house) or label == active_name(self.rim.environ):
            return
        prompt = None if request.no_input else self.rim.open_tty(True)
        if prompt is None:
            raise PersonNeededError(
                f"{label} is to be confirmed, and there is nobody to ask",
                "assume it in a terminal; `confirm` in config.toml says what is asked about",
            )
        try:
            confirmed = ask.confirmed(prompt, f"Assume {label}?")
        finally:
            prompt.close()
        if not confirmed:
            raise DeclinedError(f"{label} was not confirmed")

    def _wanted(self, request: Request, house: House) -> tuple[Request, Target]:
        """Whom ``request`` means; where it names nobody, the person at the terminal is asked."""
        try:
            if request.target is not None:
                return request, self._resolve(request, house)
            error = _nobody_named(house.profiles, self.rim.command)
        except UnknownProfileError as unknown:
            if unknown.name != request.target:  # Another option named it.
                raise
            error = unknown
        from shellkit.picking import picked

        request = picked(request, house, self._resolver(house), error, self.rim)
        return request, self._resolve(request, house)

    def _resolver(self, house: House) -> Resolver:
        return Resolver(
            house.profiles,
            house.base,
            house.settings,
            active=active_keys(self.rim.environ),
            active_region=self.rim.environ.get("AWS_REGION"),
            user=self.rim.user,
            settings_file=house.settings_file,
            command=self.rim.command,
        )

    def _resolve(self, request: Request, house: House) -> Target:
        target = self._resolver(house).resolve(request)
        if has_control_character(target.label):
            raise ConfigError(f"the profile name {target.label!r} has a control character in it")
        return target

    def _credentials(self, request: Request, target: Target, house: House) -> Credentials | None:
        if target.chain is None:
            return None
        name = target.chain.settings_profile
        sts = Sts(None if name is None else house.profiles.get(name), target.region)
        say = self.rim.say if request.verbose else _unsaid
        codes = Codes(
            house.caches.directory,
            self.rim.clock,
            partial(self.rim.open_tty, house.settings.mfa_echo),
            Seeds(paths.state_dir(self.rim.environ.get, self.rim.home)),
            self._tell,
            time.sleep,
            _given_code(request, self.rim.environ),
            no_input=request.no_input,
            command=self.rim.command,
            by_name=not (request.source or request.mfa_serial),
        )
        obtainer = Obtainer(house.caches, sts, codes, self.rim.clock, say, self._tell)
        return obtainer.credentials(target.chain, refresh=request.refresh)

    def _tell(self, line: str) -> None:
        self.rim.say(f"shellkit: {line}")

    def _resume(self, request: Request, key: str, house: House) -> str:
        """Back to a role that was chained from another: its session is all there is of it."""
        label = request.target or key
        credentials = store.read(house.caches.directory, key)
        now = self.rim.clock()
        if request.refresh or credentials is None or credentials.seconds_left(now) <= 0:
            raise UsageError(
                f"{label} was assumed from another role, and its session cannot be renewed alone",
                f"assume the role it came from, then: {self.rim.command} {label} --chain",
            )
        role = (credentials.arn or "").split("/")[1:2]
        identity = switch.Identity(
            label, request.region or "us-east-1", credentials.account_id, role[0] if role else None
        )
        if request.explain:
            lines = [f"{label}: the session it had, {credentials.arn}"]
            lines += changes(switch.environment_for(identity, credentials), self.rim.environ)
            return self.shell.text(visible("\n".join([*lines, ""])))
        self._confirm(request, label, house)
        return self._emit(request, identity, credentials, request.recipe())

    def _emit(
        self,
        request: Request,
        identity: switch.Identity,
        credentials: Credentials | None,
        recipe: str,
    ) -> str:
        line = switch.success_line(identity, credentials, self.rim.clock())
        change = switch.environment_for(identity, credentials)
        inherited = inherited_recipe(self.rim.environ)
        return self.shell.switch(change, recipe, "" if request.quiet else line, inherited)

    def _remember(
        self,
        request: Request,
        target: Target,
        identity: switch.Identity,
        recipe: str,
        house: House,
    ) -> None:
        """Leave a memo, unless more went into the answer than a memo can check."""
        chain = target.chain
        if house.settings.remember_use and target.label in house.profiles:
            state = paths.state_dir(house.base.get, self.rim.home)
            usage.record(state, target.label, self.rim.clock())
        once = request.refresh or request.verbose or request.chain or request.picked
        # A code is one of the words, and must not be written down.
        passing = (once, request.policy, target.notes, request.mfa_code)
        keys_only = chain is not None and not chain.hops and not chain.has_session
        if any(passing) or keys_only or house.moves or "-" in self.argv:
            return
        if _is_guarded(target.label, house):
            return
        found = memo.Memo(
            identity,
            "" if chain is None else chain.session_key(len(chain.hops)),
            recipe=recipe,
            min_left=house.settings.min_time_left,
            quiet=request.quiet,
            home=self.rim.home,
            reads=house.base.reads,
            files={path: state for path, state in house.files.items() if state is not None},
        )
        memo.record(house.caches.directory, self.argv, found)


def _is_guarded(label: str, house: House) -> bool:
    if not house.settings.confirm:
        return False
    from shellkit.prompt import matches

    return matches(house.settings.confirm, label)


def _unsaid(line: str) -> None:
    del line


def _given_code(request: Request, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The MFA code that came with the call, and the name of what it came by.

    Not by way of the base environment, which notes what is read for the memo.
    """
    if request.mfa_code is not None:
        return request.mfa_code, "--mfa-code"
    code = environ.get("SHELLKIT_MFA_CODE")
    return (code, "SHELLKIT_MFA_CODE") if code else None


def _recipe(request: Request, target: Target) -> str:
    """How to come back here: the request itself, or for a chained role the session it got."""
    if not request.chain or target.chain is None:
        return request.recipe()
    key = target.chain.session_key(len(target.chain.hops))
    return Request(target=target.label, region=target.region, session=key).recipe()
