"""What the Windows under Wine is told of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import windows


def test_paths_as_windows_calls_them() -> None:
    assert windows.windows_path("/tmp/a b/c") == "Z:\\tmp\\a b\\c"
    assert windows.windows_path(windows.PREFIX / "drive_c/users/x") == "C:\\users\\x"


def test_nothing_of_the_developers_windows_or_display_goes_in() -> None:
    mine = {"WINEPREFIX": "/mine", "DISPLAY": ":0", "XDG_CACHE_HOME": "/mine", "PATH": "/bin"}
    found = windows.environment(mine)
    assert "DISPLAY" not in found
    assert "/mine" not in found.values()
    assert found["PATH"] == "/bin"


def test_it_is_made_again_when_what_it_is_made_from_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned = tmp_path / "windows.txt"
    pinned.write_text("a==1")
    monkeypatch.setattr(windows, "PINNED", pinned)
    monkeypatch.setattr(windows, "wine", lambda: "echo")
    before = windows.made_from()
    assert windows.made_from() == before
    pinned.write_text("a==2")
    assert windows.made_from() != before


def test_the_interpreter_is_pinned_by_its_hash() -> None:
    lines = windows.PINNED.read_text().splitlines()
    assert all("==" in line and "--hash=sha256:" in line for line in lines if line[:1] != "#")
