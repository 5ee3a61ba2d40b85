"""How the shell functions call this program."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def command() -> tuple[str, ...]:
    """The words that run this very program, for the shell functions.

    In a virtual environment (pipx, uv and most others make one) that is its Python in
    isolated mode: no ``PYTHONPATH``, ``PYTHONHOME`` or module in the current
    directory can then reach into a process that handles keys, and the launcher's own
    imports are saved. Elsewhere it is the installed command, since isolated mode
    would not see a user's own site-packages.
    """
    if sys.prefix != sys.base_prefix:
        main = os.path.join(os.path.dirname(os.path.abspath(__file__)), "__main__.py")
        return (os.path.abspath(sys.executable), "-I", main)
    return (path(),)


def path(argv0: str | None = None, python: str | None = None) -> str:
    """The absolute path of the ``shellkit`` command that is running.

    Symbolic links are kept: pipx and uv replace what they point to on an upgrade.
    Run as ``python -m shellkit``, it is the command installed beside that Python;
    the bare name, to be found on ``PATH``, where there is none.
    """
    for candidate in _candidates(argv0 or sys.argv[0], python or sys.executable):
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return "shellkit"


def _candidates(argv0: str, python: str) -> Sequence[str]:
    suffix = ".exe" if os.name == "nt" else ""
    own = os.path.abspath(argv0)
    beside = os.path.join(os.path.dirname(os.path.abspath(python)), "shellkit" + suffix)
    if os.path.basename(own) == "__main__.py":
        return (beside,)
    return (own, own + suffix, beside) if suffix else (own, beside)
