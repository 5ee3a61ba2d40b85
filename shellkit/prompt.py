"""What the prompt segment shows, as data: the ``[prompt]`` table of ``config.toml``, with defaults.

No shell is known here: :mod:`shellkit.shells.segment` says it in each one's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shellkit.durations import seconds_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

PARTS = ("profile", "account", "account_id", "role", "region", "left")
POSITIONS = ("before", "after", "right")
#: Colour depths: 8 (and 16) colours, 256, and 24 bits.
DEPTHS = ("8", "256", "24")
CLASSES = ("normal", "production", "warning", "expired")

_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_STYLES = {"bold": "1", "dim": "2", "italic": "3", "underline": "4", "inverse": "7"}
#: What a terminal of 8 colours shows for those that it has not got.
_RGB_OF_8 = (
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
)
_CUBE = (0, 95, 135, 175, 215, 255)


@dataclass(frozen=True)
class Piece:
    """A stretch of the segment: the text ``lead``, then a part.

    Where the part is empty its lead is not shown either. ``part`` is empty for
    plain text, which always is.
    """

    part: str
    lead: str


@dataclass(frozen=True)
class Color:
    """A colour with its style, as the parameters of an SGR sequence, for each of ``DEPTHS``."""

    codes: tuple[str, str, str]


@dataclass(frozen=True)
class Prompt:
    """The settings of the prompt segment, with their defaults.

    ``enabled``: ``"auto"`` shows it unless the prompt shows the role already; ``true``, ``false``.
    ``position``: ``before`` the prompt, ``after`` it, or at the ``right`` edge.
    ``format``: text, with ``{profile} {account} {account_id} {role} {region} {left}``.
    ``warning``: time left from which on the warning's colour is used.
    ``production``: words in, or patterns of, names and accounts that are production; ``!`` excepts.
    ``colors``: a table: ``normal``, ``production``, ``warning``, ``expired``, and patterns.
    ``accounts``: a table: names to show instead of account numbers.
    """

    enabled: str = "auto"
    position: str = "before"
    format: str = "({profile} {account} {left}) "
    warning: int = 900
    production: tuple[str, ...] = (
        *("prod", "production", "prd", "live"),
        *("!*non?prod*", "!*nonprod*", "!*pre?prod*", "!*preprod*"),
    )
    colors: tuple[tuple[str, str], ...] = (
        ("normal", "cyan"),
        ("production", "bold red"),
        ("warning", "yellow"),
        ("expired", "inverse"),
    )
    accounts: tuple[tuple[str, str], ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """``format``, taken apart."""
        return _pieces(self.format)

    def color(self, name: str) -> Color:
        """The colour of a class, or of a pattern."""
        return parse_color(dict(self.colors)[name])

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns that have a colour of their own, the first that matches to be taken."""
        return tuple(name for name, _ in self.colors if name not in CLASSES)


DEFAULT = Prompt()


def read(table: object) -> Prompt:
    """The settings in ``table``. :class:`KeyedError` where something in it is wrong."""
    if not isinstance(table, dict):
        raise ValueError("must be a table: [prompt]")
    values = {}
    for key, value in table.items():
        reader = _READERS.get(key)
        if reader is None:
            raise KeyedError(key, "no such setting; there are: " + ", ".join(sorted(_READERS)))
        try:
            values[key] = reader(value)
        except KeyedError as error:
            raise KeyedError(error.key, str(error), within=key) from error
        except ValueError as error:
            raise KeyedError(key, str(error)) from error
    return Prompt(**values)


class KeyedError(ValueError):
    """What is wrong with the value of ``key``, which may be ``within`` a table of its own."""

    def __init__(self, key: str, message: str, within: str | None = None) -> None:
        super().__init__(message)
        self.key = key
        self.within = within


# ---------------------------------------------------------------- patterns


#: In a glob: a character that is no letter; one that is no lower-case letter; and, as
#: the first, that letters match in their own case only. No setting can hold these.
NO_LETTER, NO_LOWER, EXACT = "\x01", "\x02", "\x03"


def globs(pattern: str) -> tuple[str, ...]:
    """``pattern`` as globs over a name between two hyphens; ``*`` and ``?`` are special.

    ASCII letters match in both cases. A pattern without ``*`` and ``?`` is a word in
    the name, also as ``CamelCase`` has it.
    """
    if "*" in pattern or "?" in pattern:
        return (f"-{pattern}-",)
    word = f"*{NO_LETTER}{pattern}{NO_LETTER}*"
    if not pattern.isalpha():
        return (word,)
    return (word, f"{EXACT}*{pattern.capitalize()}{NO_LOWER}*")


def matches(patterns: tuple[str, ...], name: str) -> bool:
    """Whether one of ``patterns`` matches ``name``, and none that begins with ``!``."""
    return finder(patterns)(name)


def finder(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """The same, for many names: ``patterns`` are made ready once."""
    wanted = _either([p for p in patterns if not p.startswith("!")])
    excepted = _either([p[1:] for p in patterns if p.startswith("!")])

    def found(name: str) -> bool:
        between = f"-{name}-"
        return bool(wanted.search(between)) and not excepted.search(between)

    return found


def _either(patterns: list[str]) -> re.Pattern[str]:
    each = [regex(glob) for pattern in patterns for glob in globs(pattern)]
    return re.compile("|".join(each) or "(?!)")


def regex(glob: str, no_letter: str = r"[\W\d_]") -> str:
    r"""``glob`` (see :func:`globs`) as a regular expression to search for.

    PCRE2 and .NET take it too, with ``\P{L}`` as ``no_letter``.
    """
    special = {"*": "(?s:.*)", "?": "(?s:.)", NO_LETTER: no_letter, NO_LOWER: "[^a-z]"}
    inner = glob.removeprefix(EXACT)
    start, end = inner.startswith("*"), inner.endswith("*")
    body = "".join(special.get(char) or _literal(char) for char in inner.strip("*"))
    body = body if glob.startswith(EXACT) else f"(?i:{body})"
    return ("" if start else r"\A") + body + ("" if end else r"\Z")


def _literal(char: str) -> str:
    return char if char.isalnum() or not char.isascii() else "\\" + char


# ---------------------------------------------------------------- colours


def parse_color(text: str) -> Color:
    """``bold red``, ``bright-blue``, ``208``, ``#ff8700``, ``white on red``, or nothing at all.

    ``ValueError`` where it is none of these.
    """
    codes: list[list[str]] = [[], [], []]
    ground = "3"
    for word in text.lower().split():
        if word == "on":
            ground = "4"
            continue
        for known, several in zip(codes, _codes(word, ground), strict=True):
            known.append(several)
    eight, many, exact = (";".join(each) for each in codes)
    return Color((eight, many, exact))


def _codes(word: str, ground: str) -> tuple[str, str, str]:
    if word in _STYLES:
        return (_STYLES[word],) * 3
    name = word.removeprefix("bright-")
    if name in _NAMES:
        bright = {"3": "9", "4": "10"}[ground] if name != word else ground
        return (f"{bright}{_NAMES.index(name)}",) * 3
    if word.isascii() and word.isdigit() and int(word) < 256:
        number = int(word)
        many = f"{ground}8;5;{number}"
        return (f"{ground}{_nearest_8(_rgb(number))}", many, many)
    if re.fullmatch("#[0-9a-f]{6}", word):
        red, green, blue = (int(word[at : at + 2], 16) for at in (1, 3, 5))
        near = f"{ground}8;5;{_nearest_256((red, green, blue))}"
        eight = f"{ground}{_nearest_8((red, green, blue))}"
        return (eight, near, f"{ground}8;2;{red};{green};{blue}")
    raise ValueError(
        f"{word!r} is no colour: write a name ({', '.join(_NAMES)}; bright-...), a number to"
        f" 255, #rrggbb, {', '.join(_STYLES)}, and `on` before a background"
    )


def _rgb(number: int) -> tuple[int, int, int]:
    if number < 16:
        return _RGB_OF_8[number % 8]
    if number >= 232:
        return (8 + 10 * (number - 232),) * 3
    number -= 16
    return (_CUBE[number // 36], _CUBE[number // 6 % 6], _CUBE[number % 6])


def _nearest_8(color: tuple[int, int, int]) -> int:
    if max(color) - min(color) < 40:  # Grey must not turn into a colour that means something.
        return 7 if sum(color) >= 3 * 100 else 0
    return min(range(8), key=lambda n: _distance(_RGB_OF_8[n], color))


def _nearest_256(color: tuple[int, int, int]) -> int:
    return min(range(16, 256), key=lambda n: _distance(_rgb(n), color))


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


# ---------------------------------------------------------------- reading


def _pieces(text: str) -> tuple[Piece, ...]:
    """``{{`` and ``}}`` are braces. The blanks before a part go with it when it is empty."""
    pieces: list[Piece] = []
    plain = ""
    for found in re.finditer(r"\{\{|\}\}|\{(\w*)\}|[{}]|[^{}]+", text):
        word = found.group()
        if found.group(1) is not None:
            if found.group(1) not in PARTS:
                raise ValueError(f"{word} is no part; there are: {', '.join(PARTS)}")
            kept = plain.rstrip(" ")
            if kept:
                pieces.append(Piece("", kept))
            pieces.append(Piece(found.group(1), plain[len(kept) :]))
            plain = ""
        elif word in ("{", "}"):
            raise ValueError(f"a lone {word}: write {word}{word} for a brace")
        else:
            plain += word[:1] if word in ("{{", "}}") else word
    if plain:
        pieces.append(Piece("", plain))
    return tuple(pieces)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    if any(char < " " or char == "\x7f" for char in value):
        raise ValueError("has a control character in it")
    return value


def _enabled(value: object) -> str:
    if value is True or value is False:
        return "always" if value else "never"
    if value == "auto":
        return "auto"
    raise ValueError('must be "auto", true or false')


def _position(value: object) -> str:
    if value not in POSITIONS:
        raise ValueError('must be "before", "after" or "right"')
    return str(value)


def _format(value: object) -> str:
    text = _text(value)
    if [piece.part for piece in _pieces(text)].count("left") > 1:
        raise ValueError("{left} may be in it once")
    return text


def patterns(value: object) -> tuple[str, ...]:
    """A list of patterns. ``ValueError`` for anything else."""
    if not isinstance(value, list):
        raise ValueError("must be a list of patterns")
    return tuple(_pattern(each) for each in value)


def _pattern(value: object) -> str:
    text = _text(value)
    if not text.removeprefix("!").strip():
        raise ValueError("has an empty pattern")
    return text


def _colors(value: object) -> tuple[tuple[str, str], ...]:
    found = dict(DEFAULT.colors)
    for name, text in _table(value):
        _pattern(name)
        try:
            parse_color(text)
        except ValueError as error:
            raise KeyedError(name, str(error)) from error
        found[name] = text
    return tuple(found.items())


def _accounts(value: object) -> tuple[tuple[str, str], ...]:
    found = _table(value)
    for number, _ in found:
        if not (len(number) == 12 and number.isascii() and number.isdigit()):
            raise KeyedError(number, "is no account number, which has 12 digits")
    return found


def _table(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise ValueError("must be a table")
    found = []
    for name, text in value.items():
        try:
            found.append((_text(name), _text(text)))
        except ValueError as error:
            raise KeyedError(name, str(error)) from error
    return tuple(found)


_READERS: Mapping[str, Callable[[object], Any]] = {
    "enabled": _enabled,
    "position": _position,
    "format": _format,
    "warning": seconds_of,
    "production": patterns,
    "colors": _colors,
    "accounts": _accounts,
}
