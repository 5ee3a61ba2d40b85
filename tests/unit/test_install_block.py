"""The marked block in the text of a start-up file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit.startup.block import BEGIN, END, TornBlock, find, put, take_out

LINE = "eval this"
#: What files are made of: lines of every ending, byte order marks, bytes that are not UTF-8.
TEXTS = st.lists(
    st.sampled_from(
        [
            "",
            "alias a=b",
            "# c",
            " ",
            "\ufeff",
            "\udcff",
            "é",
            "\x85",
            "\x0b",
            "\r",
            "\n",
            "\r\n",
            "\\",
            "\\\n",
            "`",
        ]
    )
    | st.text(max_size=5)
).map("".join)


@given(TEXTS)
def test_taking_out_undoes_putting(text: str) -> None:
    assert take_out(put(text, LINE)) == text


@given(TEXTS, TEXTS)
def test_an_update_does_not_change_what_is_taken_out(text: str, other: str) -> None:
    updated = put(put(text, "an old " + other.replace("\n", " ")), LINE)
    assert updated == put(text, LINE)
    assert take_out(updated) == text


@given(TEXTS)
def test_putting_twice_is_putting_once(text: str) -> None:
    once = put(text, LINE)
    assert put(once, LINE) == once


@given(TEXTS, TEXTS)
def test_lines_added_after_the_block_stay(text: str, added: str) -> None:
    made = put(text, LINE)
    before = made[: made.index(BEGIN)]
    assert before.removeprefix(text) in ("", "\n", "\r\n", "\n\n", "\r\n\r\n")
    assert take_out(made + added) == (before + added if added else text)


@given(TEXTS)
def test_every_line_of_the_text_is_still_a_line(text: str) -> None:
    assert put(text, LINE).split("\n")[: text.count("\n")] == text.split("\n")[: text.count("\n")]


@pytest.mark.parametrize(
    ("text", "newlines"),
    [("a \\\n", 1), ("a \\", 2), ("a \\\\\n", 0), ("a \\\\", 1), ("a `\r\n", 1), ("a\\\\\\\n", 1)],
)
def test_a_last_line_that_goes_on_is_ended(text: str, newlines: int) -> None:
    made = put(text, LINE)
    eol = "\r\n" if "\r\n" in text else "\n"
    assert made.startswith(text + eol * newlines + BEGIN)
    assert take_out(made) == text
    assert put(made, LINE) == made


def test_a_file_made_for_the_block_goes_with_it() -> None:
    made = put("", LINE, new_file=True)
    assert take_out(made) is None
    assert take_out("\ufeff" + made) is None
    assert take_out(made + "mine\n") == "mine\n"
    assert take_out(put(made, "another line")) is None


def test_a_file_that_was_empty_stays() -> None:
    assert take_out(put("", LINE)) == ""


def test_no_block_is_nothing_to_take_out() -> None:
    assert take_out("a\n") == "a\n"
    assert find("a\n") is None


def test_line_endings_are_those_of_the_text() -> None:
    made = put("a\r\nb\r\n", LINE)
    assert made.count("\r\n") == made.count("\n") == 6
    assert made.split("\r\n")[4] == LINE + " #"
    assert "\r" not in put("a\nb\r\n", LINE).split(BEGIN)[1]


def test_a_block_whose_last_newline_an_editor_ate() -> None:
    eaten = put("a\n", LINE).removesuffix("\n")
    assert put(eaten, LINE) == eaten
    assert take_out(eaten) == "a\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{BEGIN}\nx\n", 1),
        (f"a\n{END}\n", 2),
        (f"{BEGIN}\nx\n{END}\n{BEGIN}\ny\n{END}\n", 4),
        (f"{BEGIN}\n{BEGIN}\n{END}\n", 2),
        (f"{END}\n{BEGIN}\n", 1),
        (f"{BEGIN}\nx\n{END}\n\n{END}\n", 5),
        (f"{BEGIN}\nx\n{END}export A=1\n", 3),
        (f"a{BEGIN}\nx\n{END}\n", 3),
        (f"\ufeff{BEGIN}\r\n", 1),
    ],
)
def test_a_torn_block_is_refused_by_line(text: str, line: int) -> None:
    for touch in (find, take_out, lambda text: put(text, LINE)):
        with pytest.raises(TornBlock) as caught:
            touch(text)
        assert caught.value.line == line


def test_a_block_of_other_lines_is_still_the_block() -> None:
    text = f"a\n{BEGIN}  \nif x\nthen y\nfi\n{END}\t\nb\n"
    assert take_out(text) == "a\nb\n"
    assert LINE in put(text, LINE)
    assert "then y" not in put(text, LINE)
