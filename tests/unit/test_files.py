"""Private files, and what Windows does when somebody else has them open."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from shellkit import files
from shellkit.credentials import locks, store
from shellkit.credentials.session import Credentials


def test_a_file_that_another_reads_is_replaced_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    files.write_private(str(path), "old")
    opened = threading.Event()

    def read() -> None:
        with open(path, "rb") as file:
            opened.set()
            time.sleep(0.3)
            assert file.read() == b"old"

    reader = threading.Thread(target=read)
    reader.start()
    opened.wait()
    files.write_private(str(path), "n\u00fcw\n")
    reader.join()
    assert path.read_bytes() == "n\u00fcw\n".encode()
    assert files.read_text(str(path)) == "n\u00fcw\n"
    assert os.listdir(path.parent) == ["file"]


@pytest.mark.skipif(os.name != "nt", reason="elsewhere an open file can be replaced")
def test_a_file_that_stays_open_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_TRIES", 3)
    path = tmp_path / "file"
    files.write_private(str(path), "old")
    with open(path, "rb"), pytest.raises(PermissionError):
        files.write_private(str(path), "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_directory_in_a_file_s_place_is_no_file(tmp_path: Path) -> None:
    assert files.read_text(str(tmp_path)) is None
    assert files.read_text(str(tmp_path / "none" / "file")) is None


def test_a_session_is_kept_and_forgotten(tmp_path: Path) -> None:
    kept = Credentials("ASIA", "s", "t", expires=4_000_000_000)
    store.write(str(tmp_path), "key", kept)
    store.write(str(tmp_path), "key", kept)
    assert store.read(str(tmp_path), "key") == kept
    store.prune(str(tmp_path), 3_999_999_999)
    assert store.read(str(tmp_path), "key") == kept
    store.prune(str(tmp_path), 4_000_000_001)
    assert store.read(str(tmp_path), "key") is None
    store.remove(str(tmp_path), "key")


def test_a_lock_lets_in_one_at_a_time(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def hold(number: int) -> None:
        with locks.for_request(str(tmp_path), "name", lambda: None):
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.02)
            inside.remove(number)

    threads = [threading.Thread(target=hold, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 6
