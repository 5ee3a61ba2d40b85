"""``config.toml``: defaults, and one clear error for each fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shellkit.errors import ConfigError
from shellkit.settings import Settings, load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_no_file_is_no_error(file: Path) -> None:
    assert load(str(file)) == Settings(min_time_left=900, mode="env", session_name=None)


def test_an_empty_file_has_the_defaults(file: Path) -> None:
    file.write_text("# nothing yet\n")
    assert load(str(file)) == Settings()


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("min_time_left = 60", Settings(min_time_left=60)),
        ('min_time_left = "20m"', Settings(min_time_left=1200)),
        ("min_time_left = 0", Settings(min_time_left=0)),
        ('mode = "profile"', Settings(mode="profile")),
        ('session_name = "alex@laptop"', Settings(session_name="alex@laptop")),
        ('mode = "env"\nmin_time_left = "1h30m"\n', Settings(min_time_left=5400)),
    ],
)
def test_each_setting(text: str, settings: Settings, file: Path) -> None:
    file.write_text(text)
    assert load(str(file)) == settings


@pytest.mark.parametrize(
    ("text", "place", "part"),
    [
        ("\nmin_time_left = -1", ":2: min_time_left: ", "must be a time"),
        ("min_time_left = 1.5", ":1: min_time_left: ", "must be a time"),
        ("min_time_left = true", ":1: min_time_left: ", "must be a time"),
        ('min_time_left = "soon"', ":1: min_time_left: ", "'soon' is not a time"),
        ('mode = "both"', ":1: mode: ", '"env" or "profile"'),
        ("mode = []", ":1: mode: ", '"env" or "profile"'),
        ('session_name = "a b"', ":1: session_name: ", "session name"),
        ("session_name = 7", ":1: session_name: ", "must be text"),
        ('# x\ncolour = "red"', ":2: colour: ", "no such setting"),
        ('"mode" = "both"', ":1: mode: ", '"env" or "profile"'),
        ("mode_of_old = 1\nmode = 3", ":1: mode_of_old: ", "no such setting"),
        ("mode = ", ": ", "is not TOML"),
        ("[shellkit]\nmode = 1", ":1: shellkit: ", "no such setting"),
    ],
)
def test_a_fault_names_its_place(text: str, place: str, part: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(str(file))
    assert caught.value.message.startswith(f"{file}{place}"), caught.value.message
    assert part in caught.value.message
    assert caught.value.exit_code == 3


def test_the_line_is_that_of_the_key_and_not_of_a_longer_one(file: Path) -> None:
    file.write_text('session_name = "me"\nmin_time_left = 1\nmode = 3\n')
    with pytest.raises(ConfigError, match=":3: mode: "):
        load(str(file))


def test_what_cannot_be_read_is_said(file: Path) -> None:
    file.write_bytes(b'mode = "\xff"')
    with pytest.raises(ConfigError, match="cannot be read"):
        load(str(file))
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load(str(file))
