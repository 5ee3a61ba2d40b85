"""The numbered menu, for terminals that only print lines: a part of a name narrows it."""

from __future__ import annotations

import os

from shellkit.choices import ACCOUNT, ALIAS, NAME, REGION, ROLE
from shellkit.matcher import Matcher
from shellkit.profiles import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.choices import Choices, Row
    from shellkit.terminal.tty import Terminal

#: Rows that are shown at once, so that the first stays on the screen.
_MOST_ROWS = 15

_ASK = "number, or part of a name (nothing to leave): "


def pick(choices: Choices, typed: str, terminal: Terminal) -> tuple[str, bool] | None:
    """The name that the person picks, and ``False``; ``None`` where they leave."""
    matcher = Matcher(choices.rows, choices.used)
    query = typed
    while True:
        found = [choices.rows[index] for index in matcher.search(query)]
        offered = found[:_MOST_ROWS]
        _write(terminal, _listed(choices, offered, len(found), query))
        answer = _ask(terminal)
        if not answer:
            return None
        if answer.isascii() and answer.isdigit() and 0 < int(answer[:9]) <= len(offered):
            return offered[int(answer) - 1][NAME], False
        exact = next((row for row in choices.rows if row[NAME] == answer), None)
        if exact is not None:
            return answer, False
        query = answer


def _listed(choices: Choices, offered: list[Row], total: int, query: str) -> str:
    width = max((len(row[NAME]) for row in offered), default=0)
    lines = []
    for number, row in enumerate(offered, start=1):
        mark = "*" if row[NAME] == choices.active else " "
        alias = f"({row[ALIAS]})" if row[ALIAS] else ""
        rest = " ".join(part for part in (row[ACCOUNT], alias, row[ROLE], row[REGION]) if part)
        name = shown.name(row[NAME])
        lines.append(f"{number:>3}{mark} {name.ljust(width)}  {shown.name(rest)}".rstrip())
    if not offered:
        lines.append(f"no profile matches {shown.name(query)}")
    elif total > len(offered):
        lines.append(f"     and {total - len(offered)} more")
    return "\n".join([*lines, ""])


def _ask(terminal: Terminal) -> str:
    """A line from the terminal; empty where it ends or is interrupted."""
    _write(terminal, _ASK)
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(terminal.descriptor, 1024)
        if not part:
            _write(terminal, "\n")
            break
        line += part
    return line.decode("utf-8", "replace").strip()


def _write(terminal: Terminal, text: str) -> None:
    data = text.encode(terminal.encoding, "replace")
    while data:
        data = data[os.write(terminal.descriptor, data) :]
