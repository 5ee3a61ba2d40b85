"""``shellkit env --shell SHELL assume WORDS...``: what the shell functions evaluate.

Prints shell code and nothing else on stdout; on failure, nothing at all.
"""

from __future__ import annotations

from shellkit import shells
from shellkit.assume import Assume, active_name
from shellkit.errors import ShellkitError, UsageError
from shellkit.hot import emit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from shellkit.rim import Rim


def run_words(argv: Sequence[str], rim: Rim) -> int:
    """Run ``env`` with ``argv`` (the words after ``env``); the exit code."""
    if len(argv) < 3 or argv[0] != "--shell" or argv[2] != "assume":
        raise UsageError("env is for the shell functions", "load them: see shellkit init --help")
    try:
        shell = shells.get(argv[1])
    except KeyError:
        raise UsageError(
            f"no shell is called {argv[1]}", f"the shells are: {', '.join(shells.NAMES)}"
        ) from None
    try:
        emit(Assume(shell, rim, ("env", *argv)).code(argv[3:]))
    except ShellkitError as error:
        error.fix = _with_active(error.fix, rim)
        raise
    return 0


def _with_active(fix: str | None, rim: Rim) -> str:
    """``fix``, and whom the shell still acts as: a failure changes nothing, and says so."""
    name = active_name(rim.environ)
    still = f"nothing was changed: {name or 'no role'} is {'still ' if name else ''}active"
    return f"{fix}\n  {still}" if fix else still
