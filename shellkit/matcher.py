"""Fuzzy search in rows of text, ranked as users of fzf expect. Pure: no I/O, no clock.

A query is words; a row is found when each word's letters stand in one of its fields in
their order. What counts, first things first: the name itself, then names that begin so,
then (by fzf's own points) letters in a row and at the starts of words; rows that are as
good as each other stay in the order in which they came.
"""

from __future__ import annotations

import unicodedata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = tuple[str, ...]

#: fzf's points (``src/algo/algo.go``): for a letter; more for one at the start of the text,
#: of a word, of a hump, or next to the one before; less for a gap, and for a wide one.
_LETTER, _AT_START, _AT_WORD, _AT_HUMP, _NEXT, _GAP, _WIDER = 16, 10, 8, 7, 4, 3, 1

#: For a whole field; and what the fields after the name give away, which is more, so that
#: a word of the name goes before a role that is called so.
_WHOLE, _ELSEWHERE = 4, 6

#: More than all of these for any word that people type.
_PREFIX, _EXACT = 1 << 20, 1 << 21

#: Between the fields of a row in one text. Words have none: they part at white space.
_BETWEEN = "\n"

#: Answers that are kept: for the next letter, and for going back.
_KEPT = 64


def fold(text: str) -> str:
    """``text`` without the differences that do not count: of case, accents and width.

    Each character by itself, so that more text never folds to less.
    """
    return text.lower() if text.isascii() else "".join(map(_folded, text))


def _folded(char: str) -> str:
    if char < "\x80":
        return char.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    return "".join(part for part in plain if not unicodedata.combining(part))


class Matcher:
    """Searches ``rows``: tuples of as many fields each, the first of which is the name.

    The rows come best first: that is the order of an empty query, and of equals. Of
    those from ``used`` on nothing is known, and the shorter name goes first.
    """

    def __init__(self, rows: Sequence[Row], used: int = 0) -> None:
        self._rows = rows
        self._names = [fold(row[0]) for row in rows]
        self._rest_as_it_is = [_BETWEEN.join(row[1:]) for row in rows]
        self._rest = [fold(rest) for rest in self._rest_as_it_is]
        unknown = sorted(range(used, len(rows)), key=lambda at: len(rows[at][0]))
        self._ranked = [*range(min(used, len(rows))), *unknown]
        self._rank = [0] * len(rows)
        for rank, at in enumerate(self._ranked):
            self._rank[at] = rank
        self._all = list(range(len(rows)))
        self._answers: dict[tuple[str, ...], tuple[list[int], dict[int, int]]] = {}

    def search(self, query: str) -> list[int]:
        """The indexes of the rows that ``query`` finds, the best first."""
        words = _words(query)
        if not words:
            return self._all
        answer = self._answers.pop(words, None)
        if answer is None:
            points = self._points_of_all(words)
            answer = self._sorted(points), points
        self._answers[words] = answer  # As the latest.
        if len(self._answers) > _KEPT:
            del self._answers[next(iter(self._answers))]
        return answer[0]

    def _points_of_all(self, words: tuple[str, ...]) -> dict[int, int]:
        """The points of each row that has all of ``words``: the sums over the words."""
        among = self._fewest(words)
        known = self._answers.get(words[:-1])
        if known is None:
            points, others = self._points(words[0], among), words[1:]
        else:
            points, others = known[1], words[-1:]
        for word in others:
            more = self._points(word, [at for at in among if at in points])
            points = {at: points[at] + added for at, added in more.items()}
        return points

    def _sorted(self, points: dict[int, int]) -> list[int]:
        size, rank, ranked = len(self._rows), self._rank, self._ranked
        # One number for both, which sorts faster than two: points down, rank up.
        keys = sorted([rank[at] - more * size for at, more in points.items()])
        return [ranked[key % size] for key in keys]

    def _fewest(self, words: tuple[str, ...]) -> list[int]:
        """The fewest rows to which an earlier answer narrows the search for ``words``."""
        fewest = self._all
        for earlier, (answer, _) in self._answers.items():
            if len(answer) < len(fewest) and all(
                any(word.startswith(part) for word in words) for part in earlier
            ):
                fewest = answer
        return fewest

    def _points(self, word: str, among: Sequence[int]) -> dict[int, int]:
        """The points of each row of ``among`` that has ``word``: the time of a keystroke."""
        names, rest, rows = self._names, self._rest, self._rows
        as_it_is, length = self._rest_as_it_is, len(word)
        found: dict[int, int] = {}
        for at in among:
            name = names[at]
            start = name.find(word)
            if start == 0:
                found[at] = (_EXACT if len(name) == length else _PREFIX) + _LETTER * length
                continue
            if start > 0:
                found[at] = _points_in_a_row(word, name, rows[at][0], start)
                continue
            points = _points_apart(word, name, rows[at][0]) if length > 1 else 0
            other = rest[at]
            start = other.find(word)
            if start >= 0:
                more = _points_in_a_row(word, other, as_it_is[at], start)
                points = max(points, more - _ELSEWHERE)
            elif not points and length > 1 and _last(word, other) >= 0:
                points = _points_apart_elsewhere(word, other, rows[at])
            if points:
                found[at] = points
        return found

    def marks(self, query: str, at: int) -> list[set[int]]:
        """For each field of the row ``at`` the characters in it for which ``query`` stands."""
        row = self._rows[at]
        marks: list[set[int]] = [set() for _ in row]
        for word in _words(query):
            points = [_points_in(word, fold(field), field) for field in row]
            points[1:] = [each - _ELSEWHERE for each in points[1:]]
            # As in the search: what the name has as it is, is not looked for elsewhere.
            best = 0 if word in fold(row[0]) else points.index(max(points))
            marks[best].update(_characters(row[best], _places(word, fold(row[best]))))
        return marks


def _words(query: str) -> tuple[str, ...]:
    folded = (fold(word) for word in query.split())
    return tuple(dict.fromkeys(word for word in folded if word))


# ---------------------------------------------------------------- points


def _bonus(text: str, cased: str, at: int) -> int:
    """The points for what stands before ``text[at]``; ``cased`` is ``text`` unfolded."""
    if at == 0:
        return _AT_START
    before = text[at - 1]
    if not before.isalnum():
        return _AT_START if before == _BETWEEN else _AT_WORD
    if len(cased) == len(text) and cased[at].isupper() and not cased[at - 1].isupper():
        return _AT_HUMP
    return 0


def _points_in_a_row(word: str, text: str, cased: str, start: int) -> int:
    """The points of ``word``, which stands in ``text`` at ``start`` and perhaps again."""
    best, whole, length = 0, 0, len(word)
    while start >= 0 and not whole:
        bonus = _bonus(text, cased, start)
        if bonus == _AT_START:
            bonus = _AT_WORD
            whole = _WHOLE if text[start + length : start + length + 1] in ("", _BETWEEN) else 0
        best = max(best, bonus)
        start = text.find(word, start + 1)
    return _LETTER * length + best * 2 + max(best, _NEXT) * (length - 1) + whole


def _points_apart(word: str, text: str, cased: str) -> int:
    """The points of the letters of ``word`` in ``text``, in order; 0 where they are not there."""
    last = _last(word, text)
    if last < 0:
        return 0
    points, before, run = 0, -2, 0
    for at in _back_from(last, word, text):
        bonus = _bonus(text, cased, at)
        if at == before + 1:
            run = max(run, bonus)
            points += _LETTER + max(run, _NEXT)
        elif before < 0:
            run = bonus
            points += _LETTER + bonus * 2
        else:
            run = bonus
            points += _LETTER + bonus - _GAP - _WIDER * (at - before - 2)
        before = at
    return max(points, 1)


def _last(word: str, text: str) -> int:
    """Where the last letter of ``word`` is at the earliest, after all others; -1 for nowhere."""
    at = -1
    for letter in word:
        at = text.find(letter, at + 1)
        if at < 0:
            break
    return at


def _back_from(last: int, word: str, text: str) -> list[int]:
    """Where the letters of ``word`` are, as near before ``last`` as can be."""
    places, after = [], last + 1
    for letter in reversed(word):
        after = text.rfind(letter, 0, after)
        places.append(after)
    places.reverse()
    return places


def _points_in(word: str, text: str, cased: str) -> int:
    start = text.find(word)
    if start >= 0:
        return _points_in_a_row(word, text, cased, start)
    return _points_apart(word, text, cased) if len(word) > 1 else 0


def _points_apart_elsewhere(word: str, rest: str, row: Row) -> int:
    """As :func:`_points_apart`, in the best of the fields after the name."""
    fields = zip(rest.split(_BETWEEN), row[1:], strict=True)
    best = max(_points_apart(word, text, cased) for text, cased in fields)
    return max(best - _ELSEWHERE, 1) if best else 0


# ---------------------------------------------------------------- marks


def _places(word: str, text: str) -> list[int]:
    """Which characters of ``text`` are taken for ``word``."""
    start = found = text.find(word)
    while start > 0 and text[start - 1].isalnum():
        start = text.find(word, start + 1)
    if found >= 0:
        start = found if start < 0 else start
        return list(range(start, start + len(word)))
    last = _last(word, text)
    return [] if last < 0 else _back_from(last, word, text)


def _characters(field: str, places: list[int]) -> list[int]:
    """The characters of ``field`` that were folded to what is at ``places``."""
    if field.isascii():
        return places
    origins = [at for at, char in enumerate(field) for _ in _folded(char)]
    return [origins[place] for place in places]
