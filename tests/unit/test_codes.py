"""Codes as people type them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit.codes import parse_code


@pytest.mark.parametrize("text", ["123456", "123 456", " 123456\n", "12 34 56", "123\u00a0456"])
def test_spaces_do_not_matter(text: str) -> None:
    assert parse_code(text) == "123456"


#: All that is ever said, so that nothing typed can be in it.
SENTENCES = {
    "",
    "an MFA code has six digits, and there is none",
    "an MFA code has six digits (0 to 9) and nothing else",
    "an MFA code has six digits, not N",
}


@given(st.text())
def test_anything_else_is_refused_and_never_quoted(text: str) -> None:
    code, said = "000000", ""
    try:
        code = parse_code(text)
    except ValueError as error:
        said = str(error)
    assert len(code) == 6
    assert set(code) <= set("0123456789")
    assert re.sub(r"not \d+$", "not N", said) in SENTENCES
