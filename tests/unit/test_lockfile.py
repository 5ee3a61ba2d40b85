"""A lock between processes."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from shellkit.credentials import locks
from shellkit.lockfile import LockFile


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    first, second = LockFile(str(tmp_path / "a")), LockFile(str(tmp_path / "a"))
    assert first.acquire()
    assert not second.acquire()
    first.close()
    assert second.acquire()
    second.close()
    assert (tmp_path / "a").exists() or os.name == "nt"  # There nobody can have it open then.


def test_a_child_does_not_inherit_it(tmp_path: Path) -> None:
    """What `mfa_process` leaves running must not keep others waiting."""
    lock = LockFile(str(tmp_path / "a"))
    assert lock.acquire()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, text=True)
    lock.close()
    again = LockFile(str(tmp_path / "a"))
    assert again.acquire()
    again.close()
    child.communicate("\n")


def test_who_waits_finds_what_the_holder_got_and_needs_no_lock(tmp_path: Path) -> None:
    """Twenty that wait do not stand in a queue for the lock."""
    holder = LockFile(str(tmp_path / "locks" / "a"))
    assert holder.acquire()
    got: list[str] = []
    found: list[str | None] = []

    def look() -> str | None:
        return got[0] if got else None

    def wait() -> None:
        with locks.for_request(str(tmp_path), "a", look) as answer:
            found.append(answer)

    waiting = [threading.Thread(target=wait) for _ in range(5)]
    for thread in waiting:
        thread.start()
    time.sleep(0.2)
    assert found == []
    got.append("session")
    for thread in waiting:
        thread.join(30)
    assert found == ["session"] * 5
    holder.close()


def test_a_request_is_made_without_the_lock_where_it_takes_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_REQUEST_TIMEOUT", 0.1)
    holder = LockFile(str(tmp_path / "locks" / "a"))
    assert holder.acquire()
    with locks.for_request(str(tmp_path), "a", lambda: None) as answer:
        assert answer is None
    holder.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_cache_that_is_removed_while_somebody_waits_is_private_again(tmp_path: Path) -> None:
    """The library for locks made the directories anew, for everybody to read."""
    place = tmp_path / "cache" / "locks"
    holder, waiting = LockFile(str(place / "a")), LockFile(str(place / "a"))
    assert holder.acquire()
    assert not waiting.acquire()
    shutil.rmtree(place.parent)
    assert waiting.acquire()
    waiting.close()
    holder.close()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (place, place.parent)] == [0o700, 0o700]
