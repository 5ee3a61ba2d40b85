"""Where a session cannot be kept, or must not be trusted: one message, and nothing half-written.

Permissions do not hold root back: for root the child is run without root's capabilities.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from assuming import ROOT, Outcome, Person, wait_for_step

from shellkit.sandbox import totp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Clock


pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX permissions")

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
NOBODY = 65534


@pytest.fixture
def person(mfa_person: Person) -> Person:
    return mfa_person


@pytest.fixture(autouse=True)
def _early_in_a_step() -> None:
    wait_for_step(seconds=5)


def code(person: Person) -> str:
    return totp(person.sample.mfa.seed, person.sandbox.clock())


def actions(person: Person) -> list[str]:
    return [str(call.action) for call in person.sandbox.calls]


def plain_user() -> list[str]:
    """What goes before a command, so that permissions hold for it."""
    if not IS_ROOT:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root, and no setpriv to be without its powers")
    return [setpriv, "--bounding-set=-all", "--inh-caps=-all", "--"]


def assume(
    person: Person, *words: str, before: Callable[[], None] | None = None, **changes: str
) -> Outcome:
    done = subprocess.run(
        [
            *plain_user(),
            sys.executable,
            *["-m", "shellkit", "env", "--shell", "bash", "assume"],
            *words,
        ],
        cwd=ROOT,
        env=person.changed(changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        preexec_fn=before,
        timeout=60,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below ``folder``, with its mode and content; locks and stamps have none."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (path.stat().st_size or path.suffix == ".tmp")
    }


def one_message(done: Outcome) -> Outcome:
    said = [line for line in done.stderr.splitlines() if line.startswith("shellkit: ")]
    assert len(said) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done


def sessions(person: Person) -> list[Path]:
    return sorted((person.cache / "sessions").iterdir())


# --- Files that are not ours to trust -------------------------------------------------


@pytest.mark.skipif(not IS_ROOT, reason="only root can give files away")
def test_sessions_of_another_user_are_not_used(person: Person) -> None:
    assume(person, "audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    shutil.rmtree(person.home / ".aws" / "cli")
    for path in sessions(person):
        path.chmod(0o644)
        os.chown(path, NOBODY, NOBODY)
    before = tree(person.cache)
    one_message(assume(person, "audit")).failed(4, "audit needs a code")
    assert tree(person.cache) == before


@pytest.mark.skipif(not IS_ROOT, reason="only root can give files away")
def test_a_cache_of_another_user_is_not_written_to(person: Person) -> None:
    (person.cache / "sessions").mkdir(parents=True, mode=0o700)
    (person.cache / "sessions").chmod(0o777)
    os.chown(person.cache / "sessions", NOBODY, NOBODY)
    done = assume(person, "audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert "the MFA session cannot be kept (" in one_message(done).stderr
    assert sessions(person) == []


# --- Places that cannot be written ----------------------------------------------------


def test_read_only_files_are_replaced(person: Person) -> None:
    assume(person, "audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    for path in person.cache.rglob("*"):
        if path.is_file():
            path.chmod(0o400)
    assume(person, "audit", "--refresh").went_well()
    assert {path.stat().st_mode & 0o777 for path in sessions(person)} <= {0o400, 0o600}
    assert actions(person) == ["GetSessionToken", "AssumeRole", "AssumeRole"]


def test_a_read_only_cache(person: Person) -> None:
    (person.cache / "sessions").mkdir(parents=True)
    person.cache.chmod(0o555)
    (person.cache / "sessions").chmod(0o555)
    try:
        one_message(assume(person, "audit")).failed(4)
        done = assume(person, "audit", SHELLKIT_MFA_CODE=code(person)).went_well()
        assert "the MFA session cannot be kept (Permission denied" in one_message(done).stderr
        assert tree(person.cache) == {}
    finally:
        person.cache.chmod(0o755)


def test_a_cache_that_was_made_read_only_still_serves(person: Person) -> None:
    assume(person, "audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    folders = [path for path in (person.cache, *person.cache.rglob("*")) if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    before = tree(person.cache)
    try:
        assert assume(person, "audit").went_well().stderr == ""
        assume(person, "vault").went_well()  # The MFA session is still there.
        assert tree(person.cache) == before
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_a_read_only_home(person: Person) -> None:
    before = tree(person.home)
    folders = [path for path in (person.home, *person.home.rglob("*")) if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    try:
        one_message(assume(person, "audit")).failed(4, "audit needs a code")
        done = assume(person, "audit", SHELLKIT_MFA_CODE=code(person)).went_well()
        assert "the MFA session cannot be kept (Permission denied" in one_message(done).stderr
        wrong = f"{(int(code(person)) + 1) % 1000000:06d}"
        one_message(assume(person, "audit", SHELLKIT_MFA_CODE=wrong)).failed(1, "AWS refused")
        assert tree(person.home) == before
    finally:
        for folder in folders:
            folder.chmod(0o755)


# --- No room --------------------------------------------------------------------------


def little_room() -> None:
    """Files may have ten bytes: what is longer is cut off there, as on a disk that gets full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))


def test_what_cannot_be_written_to_its_end_leaves_nothing(person: Person) -> None:
    changes = {"SHELLKIT_MFA_CODE": code(person), "COVERAGE_PROCESS_START": ""}
    done = assume(person, "audit", before=little_room, **changes).went_well()
    assert "the MFA session cannot be kept (File too large" in one_message(done).stderr
    assert tree(person.cache) == {}
    assert not (person.home / ".aws" / "cli" / "cache").is_dir() or not tree(
        person.home / ".aws" / "cli" / "cache"
    )


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with no byte left."""
    place = tmp_path / "disk"
    place.mkdir()
    made = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True
    )
    if not made or made.returncode:
        pytest.skip("no file system can be mounted here (the test above has a limit instead)")
    try:
        with (place / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(b"x" * 4096)
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk(person: Person, full_disk: Path, clock: Clock) -> None:
    person.environ |= {"XDG_CACHE_HOME": str(full_disk), "XDG_STATE_HOME": str(full_disk / "state")}
    one_message(assume(person, "audit")).failed(4, "audit needs a code")
    done = assume(person, "audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert "the MFA session cannot be kept (No space left on device" in one_message(done).stderr
    assert list(tree(full_disk)) == ["filler"]
    # With room again all is as ever.
    (full_disk / "filler").unlink()
    shutil.rmtree(person.home / ".aws" / "cli", ignore_errors=True)
    clock.offset = 60
    assert assume(person, "audit", SHELLKIT_MFA_CODE=code(person)).went_well().stderr == ""
    assert [path.parent.name for path in full_disk.glob("shellkit/sessions/*")] == ["sessions"] * 2


# --- Times ----------------------------------------------------------------------------


def test_files_from_the_future(person: Person) -> None:
    """A clock that was set back, or a home shared with a machine whose clock is ahead."""
    now = code(person)
    assume(person, "audit", SHELLKIT_MFA_CODE=now).went_well()
    later = time.time() + 86400
    for path in person.home.rglob("*"):
        if path.is_file():
            os.utime(path, (later, later))
    assert assume(person, "audit").went_well().stderr == ""
    assume(person, "vault").went_well()
    assert actions(person) == ["GetSessionToken", "AssumeRole", "AssumeRole"]


def test_a_used_code_from_the_future_is_not_held_against_anybody(person: Person) -> None:
    now = code(person)
    assume(person, "audit", SHELLKIT_MFA_CODE=now).went_well()
    (note,) = (person.cache / "mfa").iterdir()
    lines = note.read_text().split("\n")
    lines[1] = str(int(time.time()) + 1000)
    note.write_text("\n".join(lines))
    # It is sent; that AWS refuses it here, since it was used indeed, is AWS's to say.
    done = assume(person, "vault", "-d", "2h", SHELLKIT_MFA_CODE=now)
    one_message(done).failed(1, "AWS refused the MFA code")
    assert actions(person)[-1] == "AssumeRole"


@pytest.mark.parametrize(
    ("ahead", "way"), [(600, "seconds behind AWS's"), (-600, "ahead of AWS's")]
)
def test_a_clock_that_is_ten_minutes_off(
    person: Person, clock: Clock, ahead: int, way: str
) -> None:
    clock.offset = ahead
    mine = totp(person.sample.mfa.seed, time.time())
    done = assume(person, "audit", SHELLKIT_MFA_CODE=mine)
    one_message(done).failed(1, "AWS refused the MFA code", way, "set its clock right")
    assert not (person.cache / "sessions").exists() or sessions(person) == []
    # The phone's code is right whatever this machine's clock says, and the session serves.
    assume(person, "audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    assume(person, "vault").went_well()
    assert actions(person)[1:] == ["GetSessionToken", "AssumeRole", "AssumeRole"]
