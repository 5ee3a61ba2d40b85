"""Which shell a person is in."""

from __future__ import annotations

import os

from shellkit import shells
from shellkit.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: What runs scripts. Nobody sits in one of these by choice, so ``$SHELL`` knows better.
_FOR_SCRIPTS = frozenset({"sh", "dash", "ash"})


def detect(environ: Mapping[str, str], parent: Callable[[], str | None] | None = None) -> str:
    """The name of the shell that this process was started from.

    ``parent`` looks among the processes above (shellingham, if not given). Where it
    finds nothing, or only what runs scripts, the login shell in ``$SHELL`` is taken.
    Raises :class:`UsageError` where that is no help, and for shells we do not speak.
    """
    above = (parent or _parent)()
    login = _name(environ.get("SHELL", ""))
    name = login if above is None or above in _FOR_SCRIPTS else above
    name = shells.ALIASES.get(name, name)
    if name in shells.NAMES:
        return name
    known = f"name one: {', '.join(shells.NAMES)}"
    if name:
        raise UsageError(f"{name} is not among the shells that shellkit speaks", known)
    raise UsageError("cannot find out which shell you are in", known)


def _parent() -> str | None:
    import shellingham

    try:
        return str(shellingham.detect_shell()[0])
    # A ps that is not there or prints what it should not: no reason to give up.
    except (shellingham.ShellDetectionFailure, OSError, ValueError):
        return None


def _name(path: str) -> str:
    """The shell in ``path``, which on Windows may be written in either way."""
    name = os.path.basename(path.replace("\\", "/")).lower()
    return name.removesuffix(".exe")
