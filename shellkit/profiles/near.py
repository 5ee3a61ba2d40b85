"""Names that are near to a name: for "did you mean"."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def near(wanted: str, names: Iterable[str], n: int = 3) -> tuple[str, ...]:
    """At most ``n`` of ``names`` that ``wanted`` may have meant, the likeliest first.

    Upper and lower case do not matter. First the same name, then names that contain
    ``wanted``, then those with its letters in its order (``prd``: ``acme-production``),
    shorter ones first; then similar spellings.
    """
    folded = wanted.casefold()
    ranked = sorted(
        (rank, len(name), at, name)
        for at, name in enumerate(names)
        if (rank := _rank(folded, name.casefold())) is not None
    )
    found = [name for *_, name in ranked[:n]]
    if len(found) < n:
        found += _similar(folded, [name for name in names if name not in found], n - len(found))
    return tuple(found)


def _rank(wanted: str, name: str) -> int | None:
    if wanted == name:
        return 0
    if not wanted:
        return None
    if wanted in name:
        return 1 if name.startswith(wanted) else 2
    letters = iter(name)
    return 3 if all(letter in letters for letter in wanted) else None


def _similar(wanted: str, names: list[str], n: int) -> list[str]:
    from difflib import get_close_matches

    by_folded: dict[str, str] = {}
    for name in names:
        by_folded.setdefault(name.casefold(), name)
    return [by_folded[folded] for folded in get_close_matches(wanted, by_folded, n)]
