"""Sessions in files: what is written comes back, and anything else is a miss."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit.credentials import identities, store, used_codes
from shellkit.credentials.session import Credentials, dump, parse

LINE = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
CREDENTIALS = st.builds(
    Credentials,
    LINE,
    LINE,
    st.none() | LINE,
    expires=st.none() | st.integers(0, 2**36),
    account_id=st.none() | LINE,
    arn=st.none() | LINE,
)
SESSION = Credentials(
    "ASIAEXAMPLE",
    "hunter2/+",
    "token==",
    expires=1_800_000_000,
    account_id="111122223333",
    arn="arn:aws:sts::111122223333:assumed-role/dev/me",
)


@given(CREDENTIALS)
def test_what_is_written_comes_back(credentials: Credentials) -> None:
    assert parse(dump(credentials, "k"), "k") == credentials


@given(CREDENTIALS, st.data())
def test_a_torn_file_is_a_miss(credentials: Credentials, data: st.DataObject) -> None:
    text = dump(credentials, "k")
    assert parse(text[: data.draw(st.integers(0, len(text) - 1))], "k") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "shellkit-session 3\nkey k\naccess_key_id a\nsecret_access_key b\nend\n",
        "shellkit-session 2\nkey k\naccess_key_id a\nend\n",
        "shellkit-session 2\nkey k\naccess_key_id a\nsecret_access_key b\nexpires soon\nend\n",
    ],
)
def test_a_foreign_or_future_file_is_a_miss(text: str) -> None:
    assert parse(text, "k") is None


def test_credentials_show_no_secret_and_cannot_be_changed() -> None:
    assert "hunter2" not in repr(SESSION)
    assert "token" not in repr(SESSION)
    with pytest.raises(AttributeError):
        SESSION.expires = 0


@pytest.mark.posix
def test_the_cache_is_private(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store.write(str(tmp_path / "cache" / "shellkit"), "key", SESSION)
    finally:
        os.umask(old)
    file = tmp_path / "cache" / "shellkit" / "sessions" / "key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for folder in (file.parent, file.parent.parent, file.parent.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert os.listdir(file.parent) == ["key"]


def test_a_session_is_replaced_as_a_whole(tmp_path: Path) -> None:
    store.write(str(tmp_path), "key", SESSION)
    other = Credentials("ASIAOTHER", "s", "t", expires=1)
    store.write(str(tmp_path), "key", other)
    assert store.read(str(tmp_path), "key") == other
    store.remove(str(tmp_path), "key")
    store.remove(str(tmp_path), "key")
    assert store.read(str(tmp_path), "key") is None


def test_a_cache_that_cannot_be_written_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "key").mkdir()
    with pytest.raises(OSError, match="key"):
        store.write(str(tmp_path), "key", SESSION)
    assert os.listdir(tmp_path / "sessions") == ["key"]


def test_pruning_removes_what_has_expired_and_leaves_what_it_does_not_know(tmp_path: Path) -> None:
    cache = str(tmp_path)
    store.write(cache, "good", SESSION)
    store.write(cache, "expired", Credentials("A", "s", "t", expires=5))
    folder = tmp_path / "sessions"
    (folder / "foreign").write_text("shellkit-session 9\n")
    (folder / "ancient").write_text("?")
    os.utime(folder / "ancient", (0, 0))
    now = (folder / "foreign").stat().st_mtime + 60
    store.prune(cache, now)
    assert sorted(os.listdir(folder)) == ["foreign", "good"]
    store.prune(str(tmp_path / "none"), now)


def test_identities_of_keys_are_kept_without_the_keys(tmp_path: Path) -> None:
    keys = Credentials("AKIAEXAMPLE", "hunter2")
    assert identities.read(str(tmp_path), keys, None) is None
    known = identities.identified(keys, "111122223333", "arn:aws:iam::111122223333:user/me")
    identities.write(str(tmp_path), known, None)
    assert identities.read(str(tmp_path), keys, None) == known
    assert identities.read(str(tmp_path), Credentials("AKIAEXAMPLE", "other"), None) is None
    (file,) = (tmp_path / "identities").iterdir()
    assert "hunter2" not in file.read_text()
    file.write_text("torn")
    assert identities.read(str(tmp_path), keys, None) is None


def test_a_session_under_another_name_is_a_miss() -> None:
    # Whoever may write in the directory could exchange two sessions.
    assert parse(dump(SESSION, "dev"), "prod") is None


def test_a_session_renamed_is_a_miss(tmp_path: Path) -> None:
    store.write(str(tmp_path), "prod", SESSION)
    os.rename(tmp_path / "sessions" / "prod", tmp_path / "sessions" / "dev")
    assert store.read(str(tmp_path), "dev") is None


def test_what_a_stand_in_says_of_keys_is_not_taken_for_aws(tmp_path: Path) -> None:
    keys = Credentials("AKIAEXAMPLE", "secret")
    known = identities.identified(keys, "000000000000", "arn:aws:iam::000000000000:root")
    identities.write(str(tmp_path), known, "http://localhost:4566")
    assert identities.read(str(tmp_path), keys, None) is None
    assert identities.read(str(tmp_path), keys, "http://localhost:4566") == known


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_in_a_file_s_place_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "sessions").mkdir()
    os.mkfifo(tmp_path / "sessions" / "dev")
    assert store.read(str(tmp_path), "dev") is None


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give files away")
def test_nothing_is_written_into_the_directory_of_another_user(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    folder.chmod(0o777)
    os.chown(folder, 65534, 65534)
    with pytest.raises(PermissionError, match="belongs to another user"):
        store.write(str(tmp_path), "dev", SESSION)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("expires", ["9" * 20, "9" * 5000, "²", "٣" * 10, "-5", "1_0", ""])
def test_a_session_whose_end_is_no_time_is_a_miss(expires: str) -> None:
    """One with 20 digits broke assume, cache list and cache clear alike, until it was removed."""
    text = dump(Credentials("ASIA1", "s", "t", expires=1), "key")
    assert parse(text, "key") is not None
    assert parse(text.replace("expires 1", f"expires {expires}"), "key") is None


@pytest.mark.parametrize("name", ["access_key_id", "secret_access_key", "session_token"])
def test_a_session_with_an_empty_part_is_a_miss(name: str) -> None:
    values = {"access_key_id": "A", "secret_access_key": "s", "session_token": "t", name: ""}
    assert parse(dump(Credentials(**values), "key"), "key") is None


@pytest.mark.parametrize(
    "text", ["", "1", "1 arn:aws 2", "\x1b[31m arn:aws:x", "1 arn:\x07", "1\narn:"]
)
def test_a_damaged_identity_is_a_miss(tmp_path: Path, text: str) -> None:
    keys = Credentials("AKIA1", "secret")
    known = identities.identified(keys, "111122223333", "arn:aws:iam::111122223333:user/x")
    identities.write(str(tmp_path), known, None)
    assert identities.read(str(tmp_path), keys, None) == known
    (file,) = (tmp_path / "identities").iterdir()
    file.write_text(text)
    assert identities.read(str(tmp_path), keys, None) is None


@pytest.mark.parametrize("used_at", ["²", "٣", "9" * 5000, "-1", "1e5", ""])
def test_a_damaged_note_of_a_used_code_is_a_miss(tmp_path: Path, used_at: str) -> None:
    used_codes.remember(str(tmp_path), "mfa-1", "123456", 1000)
    assert used_codes.age(str(tmp_path), "mfa-1", "123456", 1010) == 10
    file = tmp_path / "mfa" / "mfa-1"
    file.write_text(file.read_text().replace("1000", used_at, 1), encoding="utf-8")
    assert used_codes.age(str(tmp_path), "mfa-1", "123456", 1010) is None
