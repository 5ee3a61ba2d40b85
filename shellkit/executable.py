"""Where this program is, for the line that the shell functions call it by."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


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
