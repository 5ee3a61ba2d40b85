"""The person's terminal itself, ``/dev/tty``, wherever stdin and stdout lead.

What asks by lines (``prompt``) and what draws (``picker``) both find it here; on Windows it
is the ``console``.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

#: Terminals that cannot move their cursor.
_DUMB = ("", "dumb", "unknown")

#: What ``kill``, a closed terminal and Ctrl-\ send.
ENDINGS = ("SIGTERM", "SIGHUP", "SIGQUIT")


@dataclass(frozen=True)
class Ends:
    """The descriptors to read an open terminal from, and to write to it: often the same."""

    read: int
    write: int

    def close(self) -> None:
        """Give them back."""
        for descriptor in {self.read, self.write}:
            os.close(descriptor)


@dataclass(frozen=True)
class Terminal:
    """A terminal to draw on. ``descriptor`` reads and writes it; ``dumb``: it only prints lines."""

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
    """A terminal to draw on; ``None`` where nobody is there, or nothing that can be drawn on."""
    if sys.platform == "win32":
        from shellkit.terminal.console import open_screen

        return open_screen(environ)
    ends = open_ends()
    if ends is None:
        return None
    name = environ.get("TERM", "")
    return Terminal(
        ends.read,
        utf8=is_utf8(environ),
        dumb=name in _DUMB,
        color=not environ.get("NO_COLOR"),
    )


def open_ends() -> Ends | None:
    """The terminal that this process was started from; ``None`` where there is nobody to ask.

    Nobody is at a process without one (cron, CI), nor at one in the background, which
    the system would stop at its first look at the keyboard.
    """
    ends = _open_device()
    if ends is not None and not _is_in_front(ends):
        ends.close()
        return None
    return ends


def is_behind() -> bool:
    """Whether there is a terminal with others in front: a job in the background asks nothing."""
    if sys.platform == "win32":
        return False
    ends = _open_device()
    if ends is None:
        return False
    try:
        return not _is_in_front(ends)
    finally:
        ends.close()


@contextmanager
def in_front() -> Iterator[None]:
    """Have our process group in front of the terminal; afterwards, the one that was.

    For those whose shell knows that they are no job in the background, though the terminal
    has others in front: at the end of a pipe in zsh, the group of its beginning.
    """
    ends = _open_device()
    if ends is None or _is_in_front(ends):
        if ends is not None:
            ends.close()
        yield
        return
    try:
        before = _put_in_front(ends, os.getpgrp())
        yield
    finally:
        if before is not None and _is_in_front(ends):
            _put_in_front(ends, before)
        ends.close()


@contextmanager
def lent(descriptor: int | None) -> Iterator[Leave]:
    """Around a program that has the person's terminal: however that ends, it is as it was.

    One that is killed, or that Ctrl-C ends, puts back neither the echo nor anything else.
    ``descriptor`` is the terminal, if it is not just the one that we were started from.
    What is given is what a signal that ends us calls.
    """
    if sys.platform == "win32":
        yield Leave()
        return
    own = open_ends() if descriptor is None else None
    kept = own.read if own is not None else descriptor
    try:
        with as_exits() as leave, _modes_kept(kept):
            yield leave
    finally:
        if own is not None:
            own.close()


@contextmanager
def _modes_kept(descriptor: int | None) -> Iterator[None]:
    import termios

    before = None
    if descriptor is not None:
        with suppress(termios.error):  # It is no terminal.
            before = termios.tcgetattr(descriptor)
    try:
        yield
    finally:
        if descriptor is not None and before is not None:
            _set_modes(descriptor, before)


def _set_modes(descriptor: int, modes: list[Any]) -> None:
    import termios

    # The program may have put itself in front: those behind are stopped for this.
    with handling(signal.SIG_IGN, "SIGTTOU"), suppress(termios.error):  # It has gone.
        if termios.tcgetattr(descriptor) != modes:
            termios.tcsetattr(descriptor, termios.TCSANOW, modes)


class Leave:
    """A signal that would end us becomes an exit; while it is ``held``, only once it is not."""

    def __init__(self) -> None:
        self.held = False
        self._number: int | None = None

    def __call__(self, number: int, frame: object) -> None:
        """What is called with a signal."""
        del frame
        self._number = number
        self._leave()

    def release(self) -> None:
        """Go, if that was to be."""
        self.held = False
        self._leave()

    def _leave(self) -> None:
        if self._number is not None and not self.held:
            raise SystemExit(128 + self._number)


@contextmanager
def as_exits() -> Iterator[Leave]:
    """What would end us is an exit instead, so that all is put back first."""
    leave = Leave()
    with handling(leave, *ENDINGS):
        yield leave


@contextmanager
def handling(handler: Any, *names: str) -> Iterator[None]:
    """With ``handler`` for the signals of these names, as far as the system has them."""
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {}
    try:
        for number in numbers:
            before[number] = signal.signal(number, handler)
        yield
    finally:
        for number, earlier in before.items():
            if earlier is not None:  # As of a handler that is not Python's.
                signal.signal(number, earlier)


def _put_in_front(ends: Ends, group: int) -> int | None:
    """Put ``group`` in front; the one that was. ``None`` where that cannot be done."""
    try:
        # Those behind are stopped for it, unless they ignore that.
        with handling(signal.SIG_IGN, "SIGTTOU"):
            before = os.tcgetpgrp(ends.read)
            os.tcsetpgrp(ends.read, group)
    except OSError:  # It has ended meanwhile, or the terminal has gone.
        return None
    return before


def _open_device() -> Ends | None:
    try:
        # Only opening it tells: the file itself is there for every process.
        descriptor = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return None
    return Ends(descriptor, descriptor)


def _is_in_front(ends: Ends) -> bool:
    try:
        return os.tcgetpgrp(ends.read) == os.getpgrp()
    except OSError:
        return False


def is_utf8(environ: Mapping[str, str]) -> bool:
    """Whether the person's locale says that the terminal shows UTF-8.

    Asked of the variables: Python itself takes UTF-8 for the locale ``C``.
    """
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = environ.get(name)
        if value:
            return value.lower().replace("-", "").partition("@")[0].endswith("utf8")
    return False
