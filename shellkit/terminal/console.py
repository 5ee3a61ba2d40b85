"""The console of Windows, ``CONIN$`` and ``CONOUT$``, wherever stdin and stdout lead.

Read and written as Unicode, whatever its code page. Opened for one question or a few.
"""

from __future__ import annotations

import ctypes
import msvcrt
import os
import sys
from contextlib import contextmanager
from ctypes import wintypes

from shellkit.terminal.prompt import answered
from shellkit.terminal.tty import Terminal
from shellkit.visible import visible

assert sys.platform == "win32"  # noqa: S101  For mypy: elsewhere nothing of this is there.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from io import RawIOBase

#: Bytes of one line: more than a console gives at once.
_LINE = 4096

#: Of a console's input: Ctrl-C is a signal; whole lines; what is typed is seen.
_PROCESSED, _LINES, _ECHO = 1, 2, 4

#: Milliseconds without a key after which a paste has come to its end.
_STILL = 30

#: What ``WaitForSingleObject`` says of a console that has input.
_SIGNALLED = 0

#: What ``SetStdHandle`` calls a process's stdout.
_STDOUT = -11


class Console:
    """A :class:`~shellkit.terminal.prompt.Prompt`. ``echo``: whether what is typed is seen."""

    def __init__(self, keys: RawIOBase, screen: RawIOBase, *, echo: bool = True) -> None:
        self._keys, self._screen, self._echo = keys, screen, echo

    def ask(self, question: str) -> str:
        """The line that the person types, without its end.

        ``EOFError`` at Ctrl-Z, ``KeyboardInterrupt`` at Ctrl-C; the console is then as it
        was. What was typed beyond the line is dropped.
        """
        with self._line_mode():
            return answered(question, self._line, self._print, lambda _: self._echo)

    def say(self, line: str) -> None:
        """Print one line."""
        self._print(line + "\n")

    def descriptor(self) -> int:
        """The file descriptor to read from it."""
        return self._keys.fileno()

    def close(self) -> None:
        """Close it."""
        self._keys.close()
        self._screen.close()

    def _line(self) -> bytes:
        line = self._keys.read(_LINE) or b""
        self._drop_the_rest()
        return line

    def _drop_the_rest(self) -> None:
        """Drop what was pasted behind the line; the console hands it over key by key."""
        kernel = ctypes.windll.kernel32
        kernel.FlushConsoleInputBuffer(self._handle)
        while kernel.WaitForSingleObject(self._handle, _STILL) == _SIGNALLED:
            kernel.FlushConsoleInputBuffer(self._handle)

    @property
    def _handle(self) -> wintypes.HANDLE:
        return wintypes.HANDLE(msvcrt.get_osfhandle(self._keys.fileno()))

    def _print(self, text: str) -> None:
        data = visible(text).encode("utf-8", "replace")
        while data:
            data = data[self._screen.write(data) or 0 :]

    @contextmanager
    def _line_mode(self) -> Iterator[None]:
        """Whole lines, Ctrl-C as a signal, echo as wanted; afterwards as it was."""
        kernel, before = ctypes.windll.kernel32, wintypes.DWORD()
        kernel.GetConsoleMode(self._handle, ctypes.byref(before))
        wanted = (before.value | _PROCESSED | _LINES | _ECHO) & ~(0 if self._echo else _ECHO)
        try:
            kernel.SetConsoleMode(self._handle, wanted)
            yield
        finally:
            kernel.SetConsoleMode(self._handle, before)


def open_console(*, echo: bool = True) -> Console | None:
    """The console, where a stream of ours shows that there is one that people see.

    In mintty without a pseudo console all streams are pipes, and the console that can be
    opened is hidden: nobody could answer there.
    """
    if not _is_seen():
        return None
    try:
        keys = open("CONIN$", "rb", buffering=0)  # noqa: SIM115  The Console closes it.
    except OSError:
        return None
    try:
        return Console(keys, open("CONOUT$", "wb", buffering=0), echo=echo)
    except OSError:
        keys.close()
        return None


def open_screen(environ: Mapping[str, str]) -> Terminal | None:
    """The console to draw on, where there is one that people see."""
    if not _is_seen():
        return None
    try:
        descriptor = os.open("CONOUT$", os.O_RDWR | os.O_BINARY)
    except OSError:
        return None
    dumb = environ.get("TERM") == "dumb"
    return Terminal(descriptor, utf8=True, dumb=dumb, color=not environ.get("NO_COLOR"))


@contextmanager
def as_output(descriptor: int) -> Iterator[None]:
    """Have what asks Windows for the console find it, though our stdout may be captured.

    Python's own stdout stays what it is.
    """
    kernel = ctypes.windll.kernel32
    kernel.GetStdHandle.restype = wintypes.HANDLE
    before = kernel.GetStdHandle(_STDOUT)
    try:
        kernel.SetStdHandle(_STDOUT, wintypes.HANDLE(msvcrt.get_osfhandle(descriptor)))
        yield
    finally:
        kernel.SetStdHandle(_STDOUT, wintypes.HANDLE(before))


def _is_seen() -> bool:
    return any(os.isatty(descriptor) for descriptor in (0, 1, 2))
