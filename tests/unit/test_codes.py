"""Codes as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit.codes import parse_code


@pytest.mark.parametrize("text", ["123456", "123 456", " 123456\n", "12 34 56", "123\u00a0456"])
def test_spaces_do_not_matter(text: str) -> None:
    assert parse_code(text) == "123456"


@given(st.text())
def test_anything_else_is_refused_and_never_quoted(text: str) -> None:
    code, said = "000000", ""
    try:
        code = parse_code(text)
    except ValueError as error:
        said = str(error)
    assert len(code) == 6
    assert set(code) <= set("0123456789")
    assert len(text.strip()) < 4 or text.strip() not in said
