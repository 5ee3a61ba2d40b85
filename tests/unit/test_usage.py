"""What is remembered of the use of profiles."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from shellkit import usage

DAY = 86400


def order(state: Path, now: float) -> list[str]:
    known = usage.weights(str(state), now)
    return sorted(known, key=lambda name: known[name], reverse=True)


def test_nothing_is_known_at_first(tmp_path: Path) -> None:
    assert usage.weights(str(tmp_path / "none"), 0) == {}


def test_often_and_lately(tmp_path: Path) -> None:
    state = tmp_path / "state"
    for day in range(5):
        usage.record(str(state), "daily", day * DAY)
    usage.record(str(state), "once", 5 * DAY)
    assert order(state, 5 * DAY) == ["daily", "once"]
    # Three weeks later one use today is worth more.
    usage.record(str(state), "today", 26 * DAY)
    assert order(state, 26 * DAY)[0] == "today"


def test_any_name_comes_back(tmp_path: Path) -> None:
    for name in ("my prod", "a\nb\rc%0A", "ünï 中", " "):
        usage.record(str(tmp_path), name, 10)
    assert set(usage.weights(str(tmp_path), 10)) == {"my prod", "a\nb\rc%0A", "ünï 中", " "}


@pytest.mark.posix
def test_the_file_is_private(tmp_path: Path) -> None:
    state = tmp_path / "state"
    usage.record(str(state), "prod", 1)
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert stat.S_IMODE((state / "uses").stat().st_mode) == 0o600


def test_a_torn_or_foreign_file_is_no_use_and_no_error(tmp_path: Path) -> None:
    path = tmp_path / "uses"
    for text in ("", "junk", "shellkit-uses 2\n1 1 prod\n", "shellkit-uses 1\n1.0 1 pr", "\0"):
        path.write_text(text)
        assert usage.weights(str(tmp_path), 1) == {}
    path.write_text("shellkit-uses 1\nx y z\n")
    assert usage.weights(str(tmp_path), 1) == {}
    usage.record(str(tmp_path), "prod", 1)
    assert order(tmp_path, 1) == ["prod"]


def test_it_does_not_grow_for_ever(tmp_path: Path) -> None:
    lines = [f"1.0 5 n{number}" for number in range(700)]
    (tmp_path / "uses").write_text("\n".join(["shellkit-uses 1", *lines, ""]), newline="\n")
    usage.record(str(tmp_path), "new", 5 + DAY)
    assert len(usage.weights(str(tmp_path), 5)) == 500
    assert order(tmp_path, 5 + DAY)[0] == "new"


def test_where_it_cannot_be_written_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    usage.record(str(tmp_path / "file" / "state"), "prod", 1)


def test_shells_at_once_lose_no_use(tmp_path: Path) -> None:
    def use() -> None:
        for _ in range(5):
            usage.record(str(tmp_path), "prod", 1)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert usage.weights(str(tmp_path), 1) == {"prod": 20.0}
