"""``shellkit env --shell SHELL NAME WORDS...``: what the shell functions evaluate.

NAME is the function's own, ``assume`` or what ``init --cmd`` made of it; messages say it.
Prints shell code and nothing else on stdout; on failure, nothing at all.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, replace

from shellkit import shells
from shellkit.active import active_name
from shellkit.assume import Assume
from shellkit.errors import ShellkitError, ThroughShellError, UsageError
from shellkit.hot import EXCHANGE, FRONT, OFFERED, OPEN, STDIN, emit
from shellkit.rim import no_terminal
from shellkit.shells.base import is_command_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from shellkit.rim import Rim
    from shellkit.terminal.prompt import Prompt
    from shellkit.terminal.tty import Terminal

    Opened = TypeVar("Opened")


def run_words(argv: Sequence[str], rim: Rim) -> int:
    """Run ``env`` with ``argv`` (the words after ``env``); the exit code."""
    if len(argv) < 3 or argv[0] != "--shell" or not is_command_name(argv[2]):
        raise UsageError("env is for the shell functions", "load them: see shellkit init --help")
    try:
        shell = shells.get(argv[1])
    except KeyError:
        raise UsageError(
            f"no shell is called {argv[1]}", f"the shells are: {', '.join(shells.NAMES)}"
        ) from None
    with ExitStack() as stack:
        rim, write = _with_exchange(replace(rim, command=argv[2]), stack)
        try:
            write(Assume(shell, rim, ("env", *argv)).code(argv[3:]))
        except ThroughShellError as wanted:
            return wanted.exit_code
        except ShellkitError as error:
            error.fix = _with_active(error.fix, rim)
            raise
    return 0


def _with_exchange(rim: Rim, stack: ExitStack) -> tuple[Rim, Callable[[str], None]]:
    """``rim``, and where the code goes: as they are where the shell can ask in our place.

    ``stack`` gets what is to be done in the end.
    """
    words = (rim.environ.get(EXCHANGE) or "").split(" ")
    for name in (EXCHANGE, "MSYS2_ARG_CONV_EXCL"):
        os.environ.pop(name, None)  # Said to us alone, not to the programs that we start.
    if words[0] == OFFERED:
        own = _Own(rim, stack, front=FRONT in words, stdin=0 if STDIN in words else None)
        return replace(rim, open_tty=own.tty_or_shell, open_terminal=own.terminal), emit
    if words[0] != OPEN:
        return rim, emit
    from shellkit.terminal import exchange

    with_shell = exchange.open_exchange()
    rim = replace(rim, open_tty=with_shell.prompt, open_terminal=no_terminal, repeats=True)
    return rim, with_shell.run


@dataclass(frozen=True)
class _Own:
    """Our own terminal, where the shell could ask as well.

    ``front``: if others are in front of it, we still may go there, until ``stack`` ends.
    ``stdin``: our stdin, where it comes from the person's terminal whatever we see.
    """

    rim: Rim
    stack: ExitStack
    front: bool
    stdin: int | None

    def tty_or_shell(self, echo: bool) -> Prompt | None:
        """To ask on; :class:`ThroughShellError` where there is none, in front or behind."""
        from shellkit.terminal import tty

        own = self._opened(lambda: self.rim.open_tty(echo))
        if own is None and not tty.is_behind():
            raise ThroughShellError(self.stdin)
        return own

    def terminal(self) -> Terminal | None:
        """To draw on."""
        return self._opened(self.rim.open_terminal)

    def _opened(self, open_: Callable[[], Opened | None]) -> Opened | None:
        from shellkit.terminal import tty

        own = open_()
        if own is None and self.front and tty.is_behind():
            self.stack.enter_context(tty.in_front())
            own = open_()
        return own


def _with_active(fix: str | None, rim: Rim) -> str:
    """``fix``, and whom the shell still acts as: a failure changes nothing, and says so."""
    name = active_name(rim.environ)
    still = f"nothing was changed: {name or 'no role'} is {'still ' if name else ''}active"
    return f"{fix}\n  {still}" if fix else still
