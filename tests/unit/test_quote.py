"""quote, in every shell: what is read back is what was put in.

The readers follow each shell's own rules for a word, written without looking at
``quote``; so PowerShell is covered where there is no PowerShell. The same
values go through the real shells in tests/shells/test_roundtrip.py.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit import shells

NASTY = (
    *("", " ", "'", '"', "\\", "a\\", "\\\\", "\\'", "'\\''", "it's", "'''", "a'b\"c"),
    *("$HOME", "${HOME}", "`id`", "$(id)", "(id)", "!x", "!!", "=ls", "=nope", "~", "~root"),
    *("*?[a]", "{a,b}", "#c", "-n", "--", "%n", "%s", "%%", "a;b", "a&b", "a|b", "a>b", "<(id)"),
    *("\t", "\n", "a\nb", "\n\n", "\r", "a\r\nb", "\x1b[31m", "\x7f", "\x01", "\\x41", "\\u0041"),
    *(
        "\u00e9",
        "\U0001f692",
        "\u2018",
        "\u2019",
        "\u201a",
        "\u201b",
        "\u201c\u201d\u201e",
        "O\u2019Brien",
    ),
    *(
        "\u2018\u2019'\u201b",
        "\u2028",
        "\u00a0",
        "\u2013",
        " leading",
        "trailing ",
        "a  b",
        "\ufeff",
    ),
    *("$env:PATH", "@(1)", "@{a=1}", "`n", "a`", "$'x'", "end'; touch INJECTED; '", "x" * 8192),
)

#: Without NUL, and without lone surrogates, which no UTF-8 can carry.
VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
TRICKY = st.text(st.sampled_from("'\\\"$`\u2018\u2019\u201a\u201b=!~#-%{}() \n\rab"))


def read_posix(word: str) -> str:
    """A word of bash, zsh, dash: quoted parts and backslashed characters, joined."""
    result, at = "", 0
    while at < len(word):
        if word[at] == "'":
            end = word.index("'", at + 1)
            result, at = result + word[at + 1 : end], end + 1
        elif word[at] == "\\":
            result, at = result + word[at + 1], at + 2
        else:
            raise AssertionError(f"a bare character in {word!r}")
    return result


def read_fish(word: str) -> str:
    """One single-quoted word of fish: ``\\\\`` and ``\\'`` are its only escapes."""
    assert word[0] == "'"
    result, at = "", 1
    while word[at] != "'":
        if word[at] == "\\" and word[at + 1] in "\\'":
            at += 1
        result, at = result + word[at], at + 1
    assert at == len(word) - 1
    return result


def read_powershell(word: str) -> str:
    """One single-quoted string of PowerShell.

    As ``Tokenizer.ScanStringLiteral`` does: any of five characters is a single quote;
    two of them in a row are one character (the second of the two, in the value).
    """
    quotes = "'\u2018\u2019\u201a\u201b"
    assert word[0] in quotes
    result, at = "", 1
    while at < len(word):
        if word[at] in quotes:
            if at + 1 == len(word):
                return result
            assert word[at + 1] in quotes, f"the string ends early in {word!r}"
            assert word[at + 1] == word[at], "a doubled quote must be the same one twice"
            at += 1
        result, at = result + word[at], at + 1
    raise AssertionError(f"the string does not end in {word!r}")


READERS = {
    "bash": read_posix,
    "zsh": read_posix,
    "fish": read_fish,
    "powershell": read_powershell,
}


@pytest.mark.parametrize("name", shells.NAMES)
def test_every_shell_has_a_reader(name: str) -> None:
    assert name in READERS


@pytest.mark.parametrize("name", shells.NAMES)
@pytest.mark.parametrize("value", NASTY, ids=lambda v: repr(v[:20]))
def test_nasty(name: str, value: str) -> None:
    assert READERS[name](shells.get(name).quote(value)) == value


@pytest.mark.parametrize("name", shells.NAMES)
@given(value=VALUES | TRICKY)
def test_round_trip(name: str, value: str) -> None:
    assert READERS[name](shells.get(name).quote(value)) == value


@pytest.mark.parametrize("name", shells.NAMES)
def test_nul_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="NUL"):
        shells.get(name).quote("a\0b")


@pytest.mark.parametrize("name", shells.NAMES)
@given(value=VALUES)
def test_always_quoted(name: str, value: str) -> None:
    # A bare word is never safe: zsh runs `=word`, bash expands `~`.
    quoted = shells.get(name).quote(value)
    assert quoted.startswith(("'", "\\'"))
    assert quoted.endswith("'")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bash", "'it'\\''s \\ $x'"),
        ("zsh", "'it'\\''s \\ $x'"),
        ("fish", "'it\\'s \\\\ $x'"),
        ("powershell", "'it''s \\ $x'"),
    ],
)
def test_as_people_read_it(name: str, expected: str) -> None:
    assert shells.get(name).quote("it's \\ $x") == expected
