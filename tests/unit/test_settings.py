"""``config.toml``: defaults, and one clear error for each fault."""

from __future__ import annotations

import os
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


@pytest.mark.posix
def test_no_regular_file_is_said_and_not_waited_for(file: Path) -> None:
    os.mkfifo(file)
    with pytest.raises(ConfigError, match=r"config\.toml: is a pipe, and no regular file"):
        load(str(file))
    file.unlink()
    file.symlink_to(os.devnull)
    assert load(str(file)) == Settings()


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
    with pytest.raises(ConfigError, match="is a directory"):
        load(str(file))


# --- Patterns -------------------------------------------------------------------------


def test_a_setting_is_for_all_or_by_pattern(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        'mfa_session_duration = "90m"\nmfa_echo = false\n'
        '[mfa_session]\n"prod-*" = false\n"prod-eu" = true\n'
        '[mfa_process]\n"arn:aws:iam::1*" = "one"\n"*" = "any"\n'
    )
    found = load(str(path))
    assert (found.mfa_session_duration, found.mfa_echo) == (5400, False)
    assert not found.one_code_for_all(["prod-eu", "base"])  # The first that fits.
    assert found.one_code_for_all(["dev", "base"])
    assert found.code_command(["dev", "arn:aws:iam::12:mfa/x"]) == "one"
    assert found.code_command(["dev"]) == "any"
    path.write_text('mfa_session = false\nmfa_process = "all of them"\n')
    found = load(str(path))
    assert not found.one_code_for_all(["dev"])
    assert found.code_command(["dev"]) == "all of them"
    assert Settings().one_code_for_all(["dev"])
    assert Settings().code_command(["dev"]) is None


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('mfa_session = "no"', ":1: mfa_session: must be true or false"),
        ('mode = "env"\n[mfa_session]\n"*" = 1', ":3: mfa_session.*: must be true or false"),
        ('[mfa_process]\na = "x"\n"b*" = []', ":3: mfa_process.b*: must be a command line"),
        ("mfa_session_duration = 800", ":1: mfa_session_duration: AWS allows 15m to 36h"),
        ("mfa_echo = 0", ":1: mfa_echo: must be true or false"),
        ('mfa_process = ["a", "b"]', ":1: mfa_process: must be a command line"),
        ('mfa_process = " "', ":1: mfa_process: must be a command line"),
    ],
)
def test_what_is_wrong_about_mfa_is_named(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(str(path))
    assert where in caught.value.message
