"""Which names are production's: the picker and the prompt show these in red."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

#: A name with one of these as a word is production's, unless its owner says otherwise.
WORDS: tuple[str, ...] = ("prod", "production", "prd", "live")

#: Words that turn it around when they stand before: ``non-prod``, ``pre-prod``.
_NOT = frozenset(("non", "not", "no", "pre"))


def is_production(name: str, words: Collection[str] = WORDS) -> bool:
    """Whether one of ``words`` is a word of ``name``, in upper or lower case.

    Words end at signs, at digits and at the humps of camel case: ``acme-prod``,
    ``prod2`` and ``AcmeProd`` are production's, ``product`` and ``non-prod`` are not.
    """
    before = ""
    for word in words_of(name):
        if word in words and before not in _NOT:
            return True
        before = word
    return False


def words_of(name: str) -> list[str]:
    """The words of letters in ``name``, folded to lower case."""
    words: list[str] = []
    start = None
    for at, char in enumerate(name):
        if not char.isalpha():
            start = None
        elif start is None or (char.isupper() and not name[at - 1].isupper()):
            start = at
            words.append(char)
        else:
            words[-1] += char
    return [word.casefold() for word in words]
