"""The terminal itself, which is there to talk to a person when stdout is captured."""

from __future__ import annotations

import os
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

#: Terminals that cannot move their cursor.
_DUMB = ("", "dumb", "unknown")


@dataclass(frozen=True)
class Terminal:
    """An open terminal. ``descriptor`` reads and writes it; ``dumb``: it only prints lines."""

    descriptor: int
    utf8: bool
    dumb: bool
    color: bool

    @property
    def encoding(self) -> str:
        """The encoding of what is written to it."""
        return "utf-8" if self.utf8 else "ascii"

    def close(self) -> None:
        """Give it back."""
        os.close(self.descriptor)


def open_terminal(environ: Mapping[str, str]) -> Terminal | None:
    """The terminal that this process was started from; ``None`` where there is nobody to ask.

    Nobody is at a process without one (cron, CI), nor at one in the background, which
    the system would stop at its first look at the keyboard.
    """
    if os.name != "posix":
        return None
    try:
        # Only opening it tells: the file itself is there for every process.
        descriptor = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError:
        return None
    try:
        in_front = os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        in_front = False
    if not in_front:
        os.close(descriptor)
        return None
    name = environ.get("TERM", "")
    return Terminal(
        descriptor,
        utf8=is_utf8(environ),
        dumb=name in _DUMB,
        color=not environ.get("NO_COLOR"),
    )


def is_utf8(environ: Mapping[str, str]) -> bool:
    """Whether the person's locale says that the terminal shows UTF-8.

    Asked of the variables: Python itself takes UTF-8 for the locale ``C``.
    """
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = environ.get(name)
        if value:
            return value.lower().replace("-", "").partition("@")[0].endswith("utf8")
    return False
