"""What an edit would change, for people to read."""

from __future__ import annotations

import difflib

from shellkit.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shellkit.startup.edits import Edit

_NO_FILE = "/dev/null"  # What patch reads, on Windows too.
_COLOURS = {"---": "1", "+++": "1", "@@": "36", "+": "32", "-": "31"}


def unified(edit: Edit, *, coloured: bool) -> str:
    """The change as a unified diff. Control characters are shown, not sent to the terminal."""
    file = edit.file
    before = [] if file.data is None else _lines(file.text)
    after = [] if edit.after is None else _lines(edit.text)
    name = visible(file.path)
    old = _NO_FILE if file.data is None else name
    new = _NO_FILE if edit.after is None else name
    lines = difflib.unified_diff(before, after, old, new, lineterm="")
    return "".join(f"{_paint(line) if coloured else line}\n" for line in _with_endings(lines))


def _lines(text: str) -> list[str]:
    """The lines; the last one ends in a mark of its own where it has no newline."""
    *lines, last = text.split("\n")
    shown = [visible(line.removesuffix("\r")) for line in lines]
    return [*shown, visible(last) + "\0"] if last else shown


def _with_endings(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line.removesuffix("\0")
        if line.endswith("\0"):
            yield "\\ No newline at end of file"


def _paint(line: str) -> str:
    for start, colour in _COLOURS.items():
        if line.startswith(start):
            return f"\x1b[{colour}m{line}\x1b[0m"
    return line
