"""What a person has typed and where they are in the list. Pure: no terminal, no toolkit."""

from __future__ import annotations

from shellkit.matcher import Matcher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.choices import Choices, Row

#: Characters. More than this is no search.
_LONGEST = 200


class Selection:
    """The state of a picker: the query with its caret, and the row that is chosen.

    ``height`` is how many rows are seen at once; ``top`` is the first of these.
    """

    def __init__(self, choices: Choices, query: str = "") -> None:
        self.choices = choices
        self._matcher = Matcher(choices.rows, choices.used)
        self.query = ""
        self.caret = 0
        self.at = 0
        self.top = 0
        self.height = 1
        self.refresh = False
        self.help = False
        self.insert(query)

    # The list

    @property
    def found(self) -> list[int]:
        """The indexes of the rows that the query finds, the best first."""
        return self._matcher.search(self.query)

    @property
    def chosen(self) -> Row | None:
        """The row that Enter would take; ``None`` where nothing is found."""
        found = self.found
        return self.choices.rows[found[self.at]] if found else None

    def seen(self) -> list[int]:
        """The indexes of the rows that are seen."""
        found = self.found
        self.top = max(0, min(self.top, self.at, len(found) - self.height))
        self.top = max(self.top, self.at - self.height + 1)
        return found[self.top : self.top + self.height]

    def marks(self, index: int) -> list[set[int]]:
        """For each field of a row the characters that the query found in it."""
        return self._matcher.marks(self.query, index)

    def move(self, by: int, *, around: bool = False) -> None:
        """Choose the row ``by`` rows further down; stop at the ends, or go ``around``."""
        last = len(self.found) - 1
        if around and last >= 0:
            self.at = (self.at + by) % (last + 1)
        else:
            self.at = max(0, min(self.at + by, last))

    def first(self) -> None:
        """Choose the best row again."""
        self.at = self.top = 0

    # The query

    def insert(self, text: str) -> None:
        """Put ``text`` in, as typed or pasted: one line of what can be seen."""
        clean = "".join(_visible(char) for char in text)[: _LONGEST - len(self.query)]
        self._replace(self.caret, self.caret, clean)

    def erase(self, by: int = 1) -> None:
        """Take out ``by`` characters before the caret."""
        self._replace(max(0, self.caret - by), self.caret)

    def erase_forward(self) -> None:
        """Take out the character under the caret."""
        self._replace(self.caret, self.caret + 1)

    def erase_word(self) -> None:
        """Take out the word before the caret."""
        before = self.query[: self.caret].rstrip()
        self._replace(before.rfind(" ") + 1, self.caret)

    def erase_rest(self) -> None:
        """Take out what follows the caret."""
        self._replace(self.caret, len(self.query))

    def clear(self) -> None:
        """Take out everything."""
        self._replace(0, len(self.query))

    def go(self, by: int) -> None:
        """Move the caret."""
        self.caret = max(0, min(self.caret + by, len(self.query)))

    def _replace(self, start: int, end: int, text: str = "") -> None:
        if not text and start >= min(end, len(self.query)):
            return
        self.query = self.query[:start] + text + self.query[end:]
        self.caret = start + len(text)
        self.first()


def _visible(char: str) -> str:
    """``char`` if it can be seen, a blank for white space, and nothing for the rest."""
    if char.isspace():
        return " "
    return char if char.isprintable() else ""
