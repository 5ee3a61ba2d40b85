"""Questions to a person, line by line, on the terminal itself.

It is opened for one question or a few, and left as it was.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress

from shellkit.terminal.tty import as_exits, handling, open_ends
from shellkit.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    from shellkit.terminal.tty import Ends

    class Prompt(Protocol):
        """Where a person is asked: a :class:`Tty`, or the shell that asks for us."""

        def ask(self, question: str) -> str:
            """What the person types. ``EOFError`` where there is nothing to come."""

        def say(self, line: str) -> None:
            """Tell the person."""

        def descriptor(self) -> int | None:
            """The terminal's file descriptor, for a program that asks by itself, if it has one."""

        def close(self) -> None:
            """Leave the terminal as it was."""


#: Bytes of one line: more than a terminal gives at once.
_LINE = 4096

#: Seconds between two looks at whether our shell is still there.
_LOOK = 1


class Tty:
    """An open terminal. ``echo``: whether what is typed is seen; ``encoding``: of what it shows."""

    def __init__(self, ends: Ends, *, echo: bool = True, encoding: str = "utf-8") -> None:
        self._ends, self._echo, self._encoding = ends, echo, encoding
        self._read, self._write = ends.read, ends.write

    def ask(self, question: str) -> str:
        """The line that the person types, without its end.

        ``EOFError`` where there is none to come, ``KeyboardInterrupt`` at Ctrl-C; the
        terminal is then as it was. What was typed beyond the line is dropped: the rest of
        a paste shall not become a command, or the next answer.
        """
        with self._line_mode():
            return answered(question, self._line, self._print, self._is_ended)

    def say(self, line: str) -> None:
        """Print one line."""
        self._print(line + "\n")

    def descriptor(self) -> int:
        """The file descriptor to read from it."""
        return self._read

    def close(self) -> None:
        """Close it."""
        self._ends.close()

    def _print(self, text: str) -> None:
        data = visible(text).encode(self._encoding, "replace")
        while data:
            data = data[os.write(self._write, data) :]

    def _line(self) -> bytes:
        import termios

        _wait_for(self._read)
        try:
            line = os.read(self._read, _LINE)
            termios.tcflush(self._read, termios.TCIFLUSH)
        except (OSError, termios.error):  # It has gone, or our shell has, and others are in front.
            return b""
        return line

    def _is_ended(self, line: bytes) -> bool:
        """Whether the cursor stands on a new line after it."""
        return self._echo and line.endswith((b"\n", b"\r"))

    @contextmanager
    def _line_mode(self) -> Iterator[None]:
        """Whole lines, Ctrl-C as a signal, echo as wanted; afterwards as it was."""
        import termios

        before = termios.tcgetattr(self._read)
        changed = termios.tcgetattr(self._read)
        changed[0] = (changed[0] | termios.ICRNL) & ~(termios.IGNCR | termios.INLCR)
        changed[3] |= termios.ICANON | termios.ISIG | termios.ECHO
        if not self._echo:
            changed[3] &= ~termios.ECHO

        def put_back() -> None:
            with suppress(termios.error):  # The terminal has gone.
                termios.tcsetattr(self._read, termios.TCSANOW, before)

        with _as_exits():
            try:
                try:
                    termios.tcsetattr(self._read, termios.TCSANOW, changed)
                    yield
                finally:
                    put_back()
            finally:  # Once more: a signal may have fallen between the two lines above.
                put_back()


def answered(
    question: str,
    read: Callable[[], bytes],
    show: Callable[[str], None],
    is_ended: Callable[[bytes], bool],
) -> str:
    """What ``read`` gets as a line after ``question``, without its end.

    ``EOFError`` where it gets nothing. However it ends, what is shown next is on a line of
    its own; ``is_ended`` says whether it is already, after what was typed.
    """
    show(question)
    try:
        line = read()
    except KeyboardInterrupt:
        show("\n")
        raise
    if not is_ended(line):
        show("\n")
    if not line:
        raise EOFError
    return line.decode("utf-8", "replace").rstrip("\r\n")


def _wait_for(descriptor: int) -> None:
    """Wait until there is something to read.

    A signal ends that, whenever it comes: a read that it just precedes would not notice it.
    So does the end of the shell that waits for us (``EOFError``): nobody can answer a question
    behind another's back, and whoever waits for our locks would do so for ever.
    """
    import select

    parent = os.getppid()
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    before = signal.set_wakeup_fd(wake)
    try:
        while descriptor not in (ready := select.select([descriptor, woken], [], [], _LOOK)[0]):
            if ready:
                os.read(woken, _LINE)
            elif os.getppid() != parent:
                raise EOFError
    finally:
        signal.set_wakeup_fd(before)
        os.close(woken)
        os.close(wake)


def open_tty(*, echo: bool = True, encoding: str = "utf-8") -> Prompt | None:
    """The terminal; ``None`` where there is none, or where it is not ours to read from.

    ``/dev/tty``; the console on Windows.
    """
    if sys.platform == "win32":
        from shellkit.terminal.console import open_console

        return open_console(echo=echo)
    ends = open_ends()
    return None if ends is None else Tty(ends, echo=echo, encoding=encoding)


@contextmanager
def _as_exits() -> Iterator[None]:
    """While a person is asked: a signal that ends us lets the terminal be put back first.

    Ctrl-Z does nothing: the shell waits for our output, and could not be reached.
    """
    with handling(signal.SIG_IGN, "SIGTSTP"), as_exits():
        yield
