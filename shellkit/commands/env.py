"""``shellkit env --shell SHELL NAME WORDS...``: what the shell functions evaluate.

NAME is the function's own, ``assume`` or what ``init --cmd`` made of it; messages say it.
Prints shell code and nothing else on stdout; on failure, nothing at all.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial

from shellkit import shells
from shellkit.active import active_name
from shellkit.assume import Assume
from shellkit.errors import ShellkitError, ThroughShellError, UsageError
from shellkit.hot import EXCHANGE, OFFERED, OPEN, emit
from shellkit.rim import no_terminal
from shellkit.shells.base import is_command_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shellkit.rim import Rim
    from shellkit.terminal.prompt import Prompt


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
    rim, write = _with_exchange(replace(rim, command=argv[2]))
    try:
        write(Assume(shell, rim, ("env", *argv)).code(argv[3:]))
    except ThroughShellError as wanted:
        return wanted.exit_code
    except ShellkitError as error:
        error.fix = _with_active(error.fix, rim)
        raise
    return 0


def _with_exchange(rim: Rim) -> tuple[Rim, Callable[[str], None]]:
    """``rim``, and where the code goes: as they are where the shell can ask in our place."""
    state = rim.environ.get(EXCHANGE)
    for name in (EXCHANGE, "MSYS2_ARG_CONV_EXCL"):
        os.environ.pop(name, None)  # Said to us alone, not to the programs that we start.
    if state == OFFERED:
        return replace(rim, open_tty=partial(_own_or_through_shell, rim)), emit
    if state != OPEN:
        return rim, emit
    from shellkit.terminal import exchange

    with_shell = exchange.open_exchange()
    rim = replace(rim, open_tty=with_shell.prompt, open_terminal=no_terminal, repeats=True)
    return rim, with_shell.run


def _own_or_through_shell(rim: Rim, echo: bool) -> Prompt | None:
    """Our own terminal; :class:`ThroughShellError` where there is none, in front or behind."""
    from shellkit.terminal import tty

    own = rim.open_tty(echo)
    if own is None and not tty.is_behind():
        raise ThroughShellError
    return own


def _with_active(fix: str | None, rim: Rim) -> str:
    """``fix``, and whom the shell still acts as: a failure changes nothing, and says so."""
    name = active_name(rim.environ)
    still = f"nothing was changed: {name or 'no role'} is {'still ' if name else ''}active"
    return f"{fix}\n  {still}" if fix else still
