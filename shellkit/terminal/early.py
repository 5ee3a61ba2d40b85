"""The first frame, while the toolkit is still being imported, which takes most of the time.

What is typed meanwhile waits in the terminal, and is shown by the picker itself.
"""

from __future__ import annotations

import os
import termios
from contextlib import contextmanager, suppress

from shellkit.terminal.tty import as_exits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from shellkit.terminal.frame import Frame
    from shellkit.terminal.tty import Terminal
    from shellkit.terminal.view import View

_CODES = {
    "bold": "1",
    "underline": "4",
    "reverse": "7",
    "ansired": "31",
    "ansiyellow": "33",
    "ansibrightblack": "90",
}


class _TooWideError(Exception):
    """A text whose width only the toolkit knows."""


@contextmanager
def painted(view: View) -> Iterator[None]:
    """Take over the terminal and paint the first frame; at the end all is as it was before.

    ``SystemExit`` where a signal ends the program meanwhile.
    """
    terminal = view.terminal
    modes = termios.tcgetattr(terminal.descriptor)
    with as_exits():
        try:
            _silence(terminal.descriptor, modes)
            with suppress(_TooWideError):
                frame = view.frame(_cells, sessions=False)
                _write(terminal, _painting(frame, color=terminal.color))
            yield
        finally:
            _give_back(terminal, modes)


def _silence(descriptor: int, modes: list[Any]) -> None:
    """No echo, and each key as it is; the rest is the toolkit's to set."""
    quiet = list(modes)
    quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)


def _give_back(terminal: Terminal, modes: list[Any]) -> None:
    try:
        # The toolkit has cleared what it drew; if it never ran, this clears the first frame.
        _write(terminal, "\r\x1b[J")
        termios.tcsetattr(terminal.descriptor, termios.TCSADRAIN, modes)
    except (OSError, termios.error):  # The terminal has gone.
        return


def _cells(text: str) -> int:
    if not text.isascii() and text not in ("\u2026", "\u2013"):
        raise _TooWideError
    return len(text)


def _painting(frame: Frame, *, color: bool) -> str:
    lines = [
        "".join(_sgr(style, text, color=color) for style, text in line) for line in frame.lines
    ]
    up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
    return "\r" + "\r\n".join(lines) + f"{up}\r"


def _sgr(style: str, text: str, *, color: bool) -> str:
    words = [word for word in style.split() if color or not word.startswith("ansi")]
    codes = ";".join(_CODES[word] for word in words)
    return f"\x1b[{codes}m{text}\x1b[m" if codes and text else text


def _write(terminal: Terminal, text: str) -> None:
    data = text.encode(terminal.encoding, "replace")
    while data:
        data = data[os.write(terminal.descriptor, data) :]
