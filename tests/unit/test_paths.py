"""Paths as MSYS and Cygwin write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit.paths import native


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/c/Users/me/p.json", "C:/Users/me/p.json"),
        ("/Z/x", "Z:/x"),
        ("/c", "C:/"),
        ("/c/", "C:/"),
        ("/cygdrive/d/x y", "D:/x y"),
        ("/cygdrive/d", "D:/"),
        *((same, same) for same in ("C:\\x", "C:/x", "c/x", "x", "", "/", "//c/x", "/tmp/x")),
        *(
            (same, same)
            for same in ("/cc/x", "/1/x", "/\u00e4/x", "/cygdrive", "/cygdrive/", "./c")
        ),
    ],
)
def test_on_windows(path: str, wanted: str) -> None:
    assert native(path, windows=True) == wanted


@given(st.text())
def test_elsewhere_nothing_is_another_path(path: str) -> None:
    assert native(path, windows=False) == path
    assert native(native(path, windows=True), windows=True) == native(path, windows=True)
