"""The numbered menu, for terminals that only print lines: a part of a name narrows it."""

from __future__ import annotations

from shellkit.choices import ACCOUNT, ALIAS, NAME, REGION, ROLE
from shellkit.profiles import shown
from shellkit.terminal.width import cells, padded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.choices import Row
    from shellkit.terminal.prompt import Prompt
    from shellkit.terminal.selection import Selection

#: Rows that are shown at once, so that the first stays on the screen.
_MOST_ROWS = 15

_ASK = "number, or part of a name (nothing to leave): "


def pick(selection: Selection, prompt: Prompt) -> tuple[str, bool] | None:
    """The name that the person picks, and ``False``; ``None`` where they leave."""
    choices = selection.choices
    while True:
        offered = [choices.rows[index] for index in selection.found[:_MOST_ROWS]]
        for line in listed(selection, offered):
            prompt.say(line)
        answer = _answer(prompt)
        if not answer:
            return None
        if answer.isascii() and answer.isdigit() and 0 < int(answer[:9]) <= len(offered):
            return offered[int(answer) - 1][NAME], False
        exact = next((row for row in choices.rows if row[NAME] == answer), None)
        if exact is not None:
            return answer, False
        selection.clear()
        selection.insert(answer)


def listed(selection: Selection, offered: list[Row]) -> list[str]:
    """The lines of the menu that shows the rows ``offered``."""
    names = [shown.name(row[NAME]) for row in offered]
    width = max(map(cells, names), default=0)
    lines = []
    for number, (row, name) in enumerate(zip(offered, names, strict=True), start=1):
        mark = "*" if row[NAME] == selection.choices.active else " "
        alias = f"({row[ALIAS]})" if row[ALIAS] else ""
        rest = " ".join(part for part in (row[ACCOUNT], alias, row[ROLE], row[REGION]) if part)
        lines.append(f"{number:>3}{mark} {padded(name, width)}  {shown.name(rest)}".rstrip())
    if not offered:
        lines.append(f"no profile matches {selection.query}")
    more = len(selection.found) - len(offered)
    if more:
        lines.append(f"     and {more} more")
    return lines


def _answer(prompt: Prompt) -> str:
    """What is typed; empty where it ends."""
    try:
        return prompt.ask(_ASK).strip()
    except EOFError:
        return ""
