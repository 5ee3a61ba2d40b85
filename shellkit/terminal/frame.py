"""The picker's lines, as styled text. Pure: widths come in, fragments go out."""

from __future__ import annotations

from dataclasses import dataclass

from shellkit.choices import ACCOUNT, ALIAS, DESCRIPTION, NAME, REGION, ROLE, SOURCE
from shellkit.profiles import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shellkit.choices import Row
    from shellkit.terminal.selection import Selection

    Fragments = list[tuple[str, str]]

#: Rows of the list at most: more hides what is above, and is sent for each letter.
_MOST_ROWS = 15

#: Between two columns.
_GAP = 2

#: The title and the least cells of each column; the last of them goes first where there
#: is no room.
_SESSION = "session"
_COLUMNS = (("profile", 18), ("account", 12), ("role", 8), (_SESSION, 7), ("region", 9))

#: Who gets the room that is left over, up to how many cells: a region that is cut says
#: nothing, a long name still says most.
_SPARE = (("region", 14), ("profile", 28), ("account", 32), ("role", 28), ("profile", 40))

#: In the order in which they stand.
_ORDER = ("profile", "account", "role", "region", _SESSION)

_MARK = "bold underline"
_CHOSEN = "reverse"
_PRODUCTION = "ansired"
_QUIET = "ansibrightblack"

_HELP = "Enter use  Esc leave  Tab,arrows move  PgUp,PgDn page  ^U clear  ^R refresh"


@dataclass(frozen=True)
class Signs:
    """Signs for what does not fit and what is not there; ``ascii`` where no other can be shown."""

    cut: str
    none: str
    ascii: bool = False

    def shown(self, text: str) -> str:
        """``text`` as this terminal can show it, and nothing that it would obey."""
        clean = shown.name(text)
        return clean.encode("ascii", "replace").decode() if self.ascii else clean


UTF8, ASCII = Signs("…", "\u2013"), Signs("~", "-", ascii=True)


@dataclass(frozen=True)
class Frame:
    """What is to be seen: lines of fragments, and the caret's place in the first line.

    ``caret`` counts characters. ``pending``: some session is not looked up yet.
    """

    lines: list[Fragments]
    caret: int
    pending: bool


@dataclass(frozen=True)
class Look:
    """How to draw: the size, the signs, and how many ``cells`` a text takes.

    ``widest`` has the cells that each column could fill, from :func:`widest`. ``session``
    gives the state of a profile's session, ``None`` where it has to wait.
    """

    columns: int
    rows: int
    signs: Signs
    cells: Callable[[str], int]
    widest: Mapping[str, int]
    session: Callable[[str], str | None]


def height(look: Look, selection: Selection) -> int:
    """How many rows of the list there is room for."""
    taken = 1 + _has_titles(look) + _has_details(look) + selection.help
    room = min(_MOST_ROWS, look.rows - 1 - taken, len(selection.choices.rows))
    return max(1, room)


def _has_titles(look: Look) -> bool:
    return look.rows >= 8 and look.columns >= 40


def _has_details(look: Look) -> bool:
    return look.rows >= 10


def widest(rows: Sequence[Row], cells: Callable[[str], int]) -> dict[str, int]:
    """The cells that the widest text of each column takes, its title included.

    It goes over all rows: not for each key.
    """
    texts = {
        "profile": [row[NAME] for row in rows],
        "account": [row[ACCOUNT] + _in_brackets(row) for row in rows],
        "role": [row[ROLE] for row in rows],
        "region": [row[REGION] for row in rows],
        _SESSION: [],
    }
    return {
        title: max([len(title), *[len(text) if text.isascii() else cells(text) for text in column]])
        for title, column in texts.items()
    }


def frame(look: Look, selection: Selection) -> Frame:
    """The frame for ``selection``, whose ``height`` is set to what there is room for."""
    selection.height = height(look, selection)
    seen = selection.seen()
    query, caret = _query_line(look, selection)
    widths = _widths(look)
    lines = [query]
    if _has_titles(look):
        lines.append(_titles(widths))
    pending = False
    for index in seen:
        row = selection.choices.rows[index]
        state = look.session(row[NAME])
        pending = pending or state is None
        chosen = row is selection.chosen
        lines.append(_row_line(look, selection, index, widths, state, chosen=chosen))
    if not seen:
        lines.append([(_QUIET, _cut("  no profile matches", look.columns - 1, look))])
    lines += [[] for _ in range(selection.height - max(1, len(seen)))]
    if _has_details(look):
        lines.append([(_QUIET, _cut(_details(selection.chosen), look.columns - 1, look))])
    if selection.help:
        lines.append([(_QUIET, _cut(_HELP, look.columns - 1, look))])
    return Frame(lines, caret, pending)


def _query_line(look: Look, selection: Selection) -> tuple[Fragments, int]:
    room = max(4, look.columns - 3)
    start = 0
    # What is before the caret is seen at least.
    while look.cells(selection.query[start : selection.caret]) > room - 1:
        start += 1
    text = _cut(selection.query[start:], room, look)
    fragments = [("bold", "> "), ("", text)]
    flag = "refresh" if selection.refresh else ""
    count = f"{len(selection.found)}/{len(selection.choices.rows)}"
    hint = "" if selection.query or selection.help else "? help"
    room = look.columns - 4 - look.cells(text)
    for notes in ((hint, flag, count), (flag, count), (flag,)):
        written = "  ".join(note for note in notes if note)
        if 0 < len(written) <= room - 1:
            before, _, after = written.partition(flag) if flag else (written, "", "")
            fragments += [("", " " * (room + 1 - len(written))), (_QUIET, before)]
            fragments += [("ansiyellow bold", flag), (_QUIET, after)]
            break
    else:
        # Behind the last character of a line the toolkit does not find the caret.
        fragments.append(("", " "))
    return fragments, 2 + selection.caret - start


def _widths(look: Look) -> dict[str, int]:
    """The cells of each column that is shown."""
    room = look.columns - 3
    wanted = look.widest
    widths = {title: min(least, wanted[title]) for title, least in _COLUMNS}
    while len(widths) > 1 and sum(widths.values()) + _GAP * (len(widths) - 1) > room:
        widths.popitem()
    spare = room - sum(widths.values()) - _GAP * (len(widths) - 1)
    for title, most in _SPARE:
        if title in widths:
            more = min(spare, min(most, wanted[title]) - widths[title])
            more = max(more, 1 - widths[title]) if spare < 0 else max(more, 0)
            widths[title] += more
            spare -= more
    return {title: widths[title] for title in _ORDER if title in widths}


def _in_brackets(row: Row) -> str:
    return f" ({row[ALIAS]})" if row[ALIAS] else ""


def _titles(widths: dict[str, int]) -> Fragments:
    text = (" " * _GAP).join(title.ljust(width) for title, width in widths.items())
    return [(_QUIET, f"  {text.rstrip()}")]


def _row_line(
    look: Look,
    selection: Selection,
    index: int,
    widths: dict[str, int],
    state: str | None,
    *,
    chosen: bool,
) -> Fragments:
    row = selection.choices.rows[index]
    marks = selection.marks(index)
    base = _CHOSEN if chosen else ""
    production = selection.choices.production(row)
    active = row[NAME] == selection.choices.active
    line: Fragments = [(base, f"{'>' if chosen else ' '}{'*' if active else ' '}")]
    for number, (title, width) in enumerate(widths.items()):
        if number:
            line.append((base, " " * _GAP))
        style = f"{base} {_PRODUCTION if production and title == 'profile' else ''}".strip()
        line += _padded(_cell(title, row, marks, state, look), width, style, look)
    return line if chosen else _trimmed(line)


#: A piece of a cell: its text, and which of its characters were found.
_Piece = tuple[str, "set[int]"]


def _cell(
    title: str, row: Row, marks: list[set[int]], state: str | None, look: Look
) -> tuple[_Piece, ...]:
    if title == _SESSION:
        return (("" if state is None else state or look.signs.none, set()),)
    if title == "account":
        account = (row[ACCOUNT], marks[ACCOUNT])
        if not row[ALIAS]:
            return (account,)
        return (account, (" (", set()), (row[ALIAS], marks[ALIAS]), (")", set()))
    field = {"profile": NAME, "role": ROLE, "region": REGION}[title]
    return ((row[field], marks[field]),)


def _padded(pieces: tuple[_Piece, ...], width: int, style: str, look: Look) -> Fragments:
    """``pieces`` in exactly ``width`` cells."""
    letters = [
        (look.signs.shown(char), at in marked)
        for text, marked in pieces
        for at, char in enumerate(text)
    ]
    cells = look.cells
    if sum(cells(text) for text, _ in letters) > width:
        while letters and sum(cells(text) for text, _ in letters) > width - 1:
            letters.pop()
        letters.append((look.signs.cut, False))
    line: Fragments = []
    for text, marked in letters:
        own = f"{style} {_MARK}".strip() if marked else style
        if line and line[-1][0] == own:
            line[-1] = (own, line[-1][1] + text)
        else:
            line.append((own, text))
    line.append((style, " " * (width - sum(cells(text) for text, _ in letters))))
    return line


def _trimmed(line: Fragments) -> Fragments:
    """``line`` without the blanks at its end, which would be sent for nothing."""
    while line and not line[-1][1].strip(" "):
        line = line[:-1]
    return [*line[:-1], (line[-1][0], line[-1][1].rstrip(" "))] if line else line


def _details(row: Row | None) -> str:
    """What of the chosen row is searched, but stands in no column."""
    if row is None:
        return ""
    parts = [f"from {row[SOURCE]}"] if row[SOURCE] else []
    parts += [row[DESCRIPTION]] if row[DESCRIPTION] else []
    return f"  {shown.name(', '.join(parts))}" if parts else ""


def _cut(text: str, width: int, look: Look) -> str:
    if look.cells(text) <= width:
        return text
    while text and look.cells(text) > width - 1:
        text = text[:-1]
    return text + look.signs.cut
