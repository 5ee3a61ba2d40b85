"""How many cells of a terminal a text takes, where the toolkit that knows best is not loaded."""

from __future__ import annotations

from unicodedata import category, east_asian_width


def cells(text: str) -> int:
    """The cells of ``text``: two for a wide character, none for what joins the one before."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(char: str) -> int:
    if category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(char) in ("W", "F") else 1


def padded(text: str, width: int) -> str:
    """``text`` and blanks, in ``width`` cells at least."""
    return text + " " * (width - cells(text))
