"""Paths as MSYS and Cygwin write them, and where shellkit's own files are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit import paths
from shellkit.paths import native
from shellkit.sandbox import home


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


def test_on_windows_our_files_are_where_the_variables_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    local = tmp_path / "Local"
    get = {"LOCALAPPDATA": str(local)}.get
    assert paths.cache_dir(get, "/home") == str(local / "shellkit" / "Cache")
    assert paths.config_file(get, "/home") == str(local / "shellkit" / "config.toml")
    assert paths.state_dir(get, "/home") == str(local / "shellkit")
    xdg = {"LOCALAPPDATA": str(local), "XDG_CACHE_HOME": str(tmp_path)}.get
    assert paths.cache_dir(xdg, "/home") == str(tmp_path / "shellkit")


def test_the_demo_has_a_cache_of_its_own_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    mine = {"LOCALAPPDATA": "/mine", "APPDATA": "/mine", "USERPROFILE": "/mine"}
    found = home.environment(str(tmp_path), mine, {"AWS_ENDPOINT_URL_STS": "http://x"})
    cache = paths.cache_dir(found.get, str(tmp_path))
    assert Path(cache).is_relative_to(tmp_path)
    assert "/mine" not in found.values()
