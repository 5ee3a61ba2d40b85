"""The marked block in the text of a start-up file. Pure: text in, text out.

What ``put`` writes, ``take_out`` removes, to the last byte. Where the block alone
does not say what was there before, its second line remembers it: that newlines were
put before it, or that there was no file.
"""

from __future__ import annotations

from dataclasses import dataclass

from shellkit.shells.base import COMMAND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN = "# >>> shellkit >>>"
END = "# <<< shellkit <<<"
BYTE_ORDER_MARK = "\ufeff"

_NOTE = "# Loads {cmd} and un{cmd}. shellkit uninstall removes these lines"
_NEW_FILE = ", and this file if nothing else is in it"
#: By how many newlines were put before the block: where the last line had none, and where
#: it says that it goes on, an empty one is needed too.
_NEWLINES = ("", ", and the newline before them", ", and the two newlines before them")


class TornBlock(ValueError):  # noqa: N818 (says what it is)
    """The marks do not come in pairs; ``line`` (from 1) is where that shows."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True)
class Block:
    """A block in a text: the slice it takes up, and what its second line remembers."""

    start: int
    end: int
    new_file: bool
    newlines: int


def find(text: str) -> Block | None:
    """The block in ``text``, or ``None``. Raises :class:`TornBlock`."""
    marks = list(_marks(text))
    for number, mark, _, _ in marks:
        if mark not in (BEGIN, END):
            raise TornBlock(number, f"something stands after {END}")
    begins = [mark for mark in marks if mark[1] == BEGIN]
    ends = [mark for mark in marks if mark[1] == END]
    if len(begins) > 1:
        raise TornBlock(begins[1][0], f"a second {BEGIN}, after that in line {begins[0][0]}")
    if ends and (not begins or ends[0][0] < begins[0][0]):
        raise TornBlock(ends[0][0], f"{END} without {BEGIN}")
    if len(ends) > 1:
        raise TornBlock(ends[1][0], f"a second {END}, after that in line {ends[0][0]}")
    if not begins:
        return None
    if not ends:
        raise TornBlock(begins[0][0], f"{BEGIN} without {END}")
    start, end = begins[0][2], ends[0][3]
    note = text[start:end].split("\n")[1].rstrip()
    newlines = max(number for number, said in enumerate(_NEWLINES) if note.endswith(said))
    return Block(start, end, note.endswith(_NEW_FILE), newlines)


def _marks(text: str) -> Iterator[tuple[int, str, int, int]]:
    """Each marked line: its number, what it says, and where it starts and ends."""
    offset = 0
    for number, line in enumerate(text.split("\n"), 1):
        start, offset = offset, offset + len(line) + 1
        # An editor may have put a byte order mark before a file that is all ours.
        said = line.removeprefix(BYTE_ORDER_MARK).rstrip()
        if said == BEGIN or said.startswith(END):
            yield number, said, start + line.startswith(BYTE_ORDER_MARK), min(offset, len(text))


def put(text: str, line: str, *, cmd: str = COMMAND, new_file: bool = False) -> str:
    """``text`` with ``line`` in a block: in the old one's place, or at the end.

    ``cmd`` is the name of the function that it loads. The block has the line endings of
    the text. Raises :class:`TornBlock`.
    """
    old = find(text)
    if old is not None:
        eol = _eol(text[old.start : old.end])
        block = _block(_note(cmd, old.new_file, old.newlines), line, eol)
        if not text.endswith("\n") and old.end == len(text):
            block = block.removesuffix(eol)
        return text[: old.start] + block + text[old.end :]
    eol = _eol(text)
    newlines = int(bool(text) and not text.endswith("\n")) + _goes_on(text)
    return text + eol * newlines + _block(_note(cmd, new_file, newlines), line, eol)


def _goes_on(text: str) -> bool:
    """Whether the last line of ``text`` goes on in the next, which our mark would be lost in.

    A backslash says so, in PowerShell a backtick. Where it means something else, an empty
    line does no harm.
    """
    last = text.removesuffix("\n").removesuffix("\r")
    return (len(last) - len(last.rstrip("\\"))) % 2 == 1 or last.endswith("`")


def take_out(text: str) -> str | None:
    """``text`` without its block; ``None`` where the file was made for it and has nothing else.

    Raises :class:`TornBlock`. A text without a block comes back as it is.
    """
    block = find(text)
    if block is None:
        return text
    before, after = text[: block.start], text[block.end :]
    if not after:  # With lines after it, they are theirs by now.
        for _ in range(block.newlines):
            before = before.removesuffix(_eol(text[block.start :]))
    rest = before + after
    return None if block.new_file and rest in ("", BYTE_ORDER_MARK) else rest


def _note(cmd: str, new_file: bool, newlines: int) -> str:
    return _NOTE.format(cmd=cmd) + (_NEW_FILE if new_file else _NEWLINES[newlines])


def _block(note: str, line: str, eol: str) -> str:
    if eol == "\r\n":
        line += " #"  # Or shells other than PowerShell take the CR for a part of the last word.
    return eol.join((BEGIN, note, line, END, ""))


def _eol(text: str) -> str:
    crlf = text.count("\r\n")
    return "\r\n" if crlf * 2 > text.count("\n") else "\n"
