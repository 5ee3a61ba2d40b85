"""`shellkit mfa`: the seed of a device in a keyring, from which the codes are made then.

With real keyrings: the library's own choice of one by variable, a file of keyrings.alt, and
backends that fail as those of desktops do.
"""

from __future__ import annotations

import base64
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from assuming import ROOT, Outcome, Person, ended, wait_for_step

from shellkit.credentials import seeds
from shellkit.sandbox import totp

if TYPE_CHECKING:
    from collections.abc import Iterator


FILE = "keyrings.alt.file.PlaintextKeyring"

#: Backends as a module that a child can load, by PYTHON_KEYRING_BACKEND=backends.NAME.
BACKENDS = """
import time
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

class Locked(KeyringBackend):
    priority = 1
    def get_password(self, service, username): raise KeyringLocked("secret words")
    def set_password(self, service, username, password): self.get_password(service, username)
    delete_password = get_password

class Broken(Locked):
    def get_password(self, service, username): raise RuntimeError("secret words")

class Silent(Locked):
    def get_password(self, service, username): time.sleep(600)

class Forgetful(Locked):
    def get_password(self, service, username): return None
    def set_password(self, service, username, password): pass

class Garbled(Locked):
    def get_password(self, service, username): return "secret words"
"""


@pytest.fixture
def person(mfa_person: Person, home: Path) -> Person:
    """Someone with a keyring that is a file below the home directory."""
    (home / "backends.py").write_text(BACKENDS)
    mfa_person.environ |= {
        "PYTHON_KEYRING_BACKEND": FILE,
        "XDG_DATA_HOME": str(home / "data"),
        "PYTHONPATH": os.pathsep.join([ROOT, str(home)]),
    }
    return mfa_person


@pytest.fixture(autouse=True)
def _early_in_a_step() -> None:
    wait_for_step(seconds=5)


def text_of(person: Person) -> str:
    return base64.b32encode(person.sample.mfa.seed).decode()


def program(
    person: Person, *words: str, stdin: str | None = None, **changes: str | None
) -> Outcome:
    """`shellkit WORDS...` in a process with no terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "shellkit", *words],
        cwd=ROOT,
        env=person.changed(changes),
        input=stdin or "",
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=60,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def kept(person: Person) -> Person:
    """The person, with the seed in the keyring."""
    added = program(
        person, "mfa", "add", person.sample.mfa_serial, "-", "--yes", stdin=text_of(person) + "\n"
    )
    assert added.code == 0, added.stderr
    return person


def actions(person: Person) -> list[str]:
    return [str(call.action) for call in person.sandbox.calls]


def assume(person: Person, *words: str, **changes: str | None) -> Outcome:
    return program(person, "env", "--shell", "bash", "assume", *words, **changes)


# --- shellkit mfa ---------------------------------------------------------------------


def test_a_seed_is_kept_listed_used_and_removed(person: Person) -> None:
    serial = person.sample.mfa_serial
    added = program(person, "mfa", "add", serial, "-", "--yes", stdin=text_of(person))
    assert (added.code, added.stdout) == (0, "")
    assert "gives up the second factor" in added.stderr
    assert "whoever has this machine unlocked has both" in added.stderr
    assert "a file in clear text" in added.stderr
    assert program(person, "mfa", "list").stdout == f"{serial}\n"
    now = program(person, "mfa", "code", serial).stdout.strip()
    assert now in {totp(person.sample.mfa.seed, time.time() - back) for back in (0, 30)}
    assert program(person, "mfa", "remove", serial).code == 0
    assert program(person, "mfa", "list").stdout == ""
    gone = program(person, "mfa", "code", serial)
    gone.failed(2, f"no seed of {serial} is kept")
    # Nor is it in the keyring any more.
    (kept_in,) = (person.home / "data").rglob("keyring_pass.cfg")
    assert "471112903465" not in kept_in.read_text()


def test_our_own_files_have_no_seed(person: Person) -> None:
    kept(person)
    assume(person, "audit").went_well()
    text = text_of(person)
    for path in person.home.rglob("*"):
        if path.is_file() and "data" not in path.parts:
            content = path.read_bytes().decode("utf-8", "replace").upper()
            assert text not in content, path
    (note,) = (person.home / ".local").rglob("seeds")
    assert note.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("words", [("add",), ("remove",), ("code",)])
def test_a_device_must_be_named(person: Person, words: tuple[str, ...]) -> None:
    program(person, "mfa", *words).failed(2, f"say which device: shellkit mfa {words[0]} SERIAL")


def test_a_seed_as_an_argument_is_refused_and_not_repeated(person: Person) -> None:
    text = text_of(person)
    for words in (("add", person.sample.mfa_serial, text), ("add", text), ("add", text.lower())):
        said = program(person, "mfa", *words, "--yes")
        said.failed(2, "seed")
        assert text not in said.stderr.upper()
    assert program(person, "mfa", "list").stdout == ""


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "there is no seed"),
        ("492039\n", "a code, and not the seed"),
        ("JBSWY3DP\n", "too short"),
        ("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PX1", "base32"),
        ("JBSWY3DPEHPK3PXP\nJBSWY3DPEHPK3PXP\n", "one line"),
        ("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=8", "the digits of this URL"),
    ],
)
def test_what_is_no_seed_is_not_kept(person: Person, text: str, part: str) -> None:
    said = program(person, "mfa", "add", person.sample.mfa_serial, "-", "--yes", stdin=text)
    said.failed(2, "nothing was kept", part)
    assert "JBSW" not in said.stderr
    assert program(person, "mfa", "list").stdout == ""
    assert not list(person.home.rglob("keyring_pass.cfg"))


def test_bytes_that_are_no_text(person: Person) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "shellkit", "mfa", "add", person.sample.mfa_serial, "-", "-y"],
        cwd=ROOT,
        env=person.changed({"PYTHONIOENCODING": "utf-8:strict"}),
        input=b"\xff\xfe\x00",
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert b"nothing was kept" in done.stderr


def test_without_a_terminal_it_says_how_to_do_it(person: Person) -> None:
    said = program(person, "mfa", "add", person.sample.mfa_serial)
    said.failed(4, "there is no terminal to ask on", "shellkit mfa add SERIAL - --yes")
    # A seed on stdin is no yes.
    said = program(person, "mfa", "add", person.sample.mfa_serial, "-", stdin=text_of(person))
    said.failed(4)
    assert program(person, "mfa", "list").stdout == ""


@pytest.mark.parametrize(
    "serial", ["x", "arn:aws:iam::471112903465:u2f/user/alex/key", "a b c d e f"]
)
def test_a_device_that_shows_no_code(person: Person, serial: str) -> None:
    program(person, "mfa", "add", serial, "-", "-y", stdin=text_of(person)).failed(2, "SERIAL: ")


def test_options_of_add_alone(person: Person) -> None:
    serial = person.sample.mfa_serial
    program(person, "mfa", "list", serial).failed(2, "takes no SERIAL")
    program(person, "mfa", "code", serial, "--yes").failed(2, "shellkit mfa add SERIAL")
    program(person, "mfa", "remove", serial, "-").failed(2, "shellkit mfa add SERIAL")


# --- At a terminal --------------------------------------------------------------------


@pytest.fixture
def terminals(person: Person) -> Iterator[Any]:
    pexpect = pytest.importorskip("pexpect")
    opened = []

    def start(line: str) -> Any:
        child = pexpect.spawn(
            "/bin/sh",
            ["-c", line],
            env=person.changed({"TERM": "dumb"}),
            cwd=ROOT,
            encoding="utf-8",
            timeout=30,
        )
        opened.append(child)
        return child

    yield start
    for child in opened:
        child.close(force=True)


def shellkit(*words: str) -> str:
    return shlex.join([sys.executable, "-m", "shellkit", *words])


def over(child: Any) -> int:
    import pexpect

    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus)


@pytest.mark.pty
def test_a_person_reads_the_sentence_and_types_the_seed_unseen(
    person: Person, terminals: Any
) -> None:
    child = terminals(shellkit("mfa", "add", person.sample.mfa_serial))
    child.expect("gives up the second factor")
    child.expect(r"Keep it there\? \[y/N\] ")
    child.sendline("y")
    child.expect("The seed, which is not shown as you type: ")
    child.sendline(text_of(person)[:20] + " " + text_of(person)[20:].lower())
    child.expect("kept; assume asks for no code of it now")
    assert text_of(person)[:20] not in child.before
    assert over(child) == 0
    assert program(person, "mfa", "list").stdout == f"{person.sample.mfa_serial}\n"


@pytest.mark.pty
def test_what_is_neither_yes_nor_no_is_asked_again(person: Person, terminals: Any) -> None:
    """It was taken for a no, as nowhere else."""
    child = terminals(shellkit("mfa", "add", person.sample.mfa_serial))
    for answer in ("492039", "ys", " YES "):
        child.expect(r"Keep it there\? \[y/N\] ")
        child.sendline(answer)
    child.expect("The seed, which is not shown as you type: ")
    child.sendline(text_of(person))
    child.expect("kept; assume asks for no code of it now")
    assert over(child) == 0


@pytest.mark.pty
@pytest.mark.parametrize("answer", ["", "n", "No"])
def test_a_no_keeps_nothing(person: Person, terminals: Any, answer: str) -> None:
    child = terminals(shellkit("mfa", "add", person.sample.mfa_serial))
    child.expect(r"Keep it there\? \[y/N\] ")
    child.sendline(answer)
    child.expect("nothing was kept")
    assert over(child) == 130
    assert program(person, "mfa", "list").stdout == ""


@pytest.mark.pty
def test_a_seed_that_is_piped_is_still_confirmed_at_the_terminal(
    person: Person, terminals: Any
) -> None:
    line = f"echo {text_of(person)} | " + shellkit("mfa", "add", person.sample.mfa_serial, "-")
    child = terminals(line)
    child.expect(r"Keep it there\? \[y/N\] ")
    child.sendline("yes")
    child.expect("kept; assume asks")
    assert over(child) == 0


@pytest.mark.pty
def test_a_seed_is_not_typed_where_it_would_show(person: Person, terminals: Any) -> None:
    child = terminals("exec " + shellkit("mfa", "add", person.sample.mfa_serial, "-", "--yes"))
    child.expect("that is your terminal, which would show it")
    assert over(child) == 2


@pytest.mark.pty
def test_ctrl_c_keeps_nothing(person: Person, terminals: Any) -> None:
    child = terminals("exec " + shellkit("mfa", "add", person.sample.mfa_serial))
    child.expect(r"Keep it there\? \[y/N\] ")
    child.sendline("y")
    child.expect("The seed, which is not shown as you type: ")
    child.sendintr()
    assert over(child) == 130
    assert program(person, "mfa", "list").stdout == ""


# --- As a source of codes -------------------------------------------------------------


def test_assume_needs_nobody(person: Person) -> None:
    kept(person)
    assume(person, "audit", "--no-input").went_well()
    assert actions(person) == ["GetSessionToken", "AssumeRole"]


def test_the_order_of_the_sources(person: Person) -> None:
    kept(person)
    marker = person.home / "ran"
    command = f"{sys.executable} -c \"open({str(marker)!r}, 'w').write('x'); print('111111')\""
    person.profile("audit", "audit", mfa_serial=person.sample.mfa_serial, mfa_process=command)
    person.write()
    assume(person, "audit").failed(1, "AWS refused the MFA code")
    assert marker.exists()
    assume(person, "vault", SHELLKIT_MFA_CODE="12").failed(2, "SHELLKIT_MFA_CODE: ")
    assert actions(person) == ["GetSessionToken"]
    assume(person, "vault").went_well()


def test_a_code_that_was_used_is_waited_for(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nobody may be asked: there is nothing to ask."""
    kept(person)
    person.profiles["audit"]["shellkit_mfa_session"] = "false"
    person.profiles["vault"]["shellkit_mfa_session"] = "false"
    person.write()
    slept: list[float] = []
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + sum(slept))
    monkeypatch.setattr(time, "sleep", slept.append)
    first = person.assume("audit", "--no-input").went_well()
    assert "waiting" not in first.stderr
    earlier = len(slept)
    second = person.assume("vault", "--no-input").went_well()
    waited = re.search(r"used already: waiting (\d+) seconds? for the next", second.stderr)
    assert waited is not None
    assert int(waited[1]) == slept[earlier]
    assert 0 < slept[earlier] <= 30
    assert actions(person) == ["AssumeRole", "AssumeRole"]


def test_a_seed_of_another_device_is_said_to_be_one(person: Person) -> None:
    serial = person.sample.mfa_serial
    program(person, "mfa", "add", serial, "-", "-y", stdin="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    said = assume(person, "audit")
    said.failed(1, "AWS refused the MFA code", f"shellkit mfa remove {serial}")


def test_it_serves_other_tools_as_a_command(person: Person) -> None:
    """`mfa_process = shellkit mfa code SERIAL`, as another tool would call it."""
    kept(person)
    person.profile(
        "audit",
        "audit",
        mfa_serial=person.sample.mfa_serial,
        mfa_process=shellkit("mfa", "code", person.sample.mfa_serial),
    )
    person.write()
    assume(person, "audit").went_well()


def test_twenty_shells_make_one_code(person: Person) -> None:
    kept(person)
    person.write()
    for child in [person.start("audit" if n % 2 else "vault") for n in range(20)]:
        ended(child).went_well()
    assert sorted(actions(person)) == ["AssumeRole", "AssumeRole", "GetSessionToken"]


# --- Keyrings that fail ---------------------------------------------------------------

FAILING = [
    ("backends.Locked", 4, "the keyring is locked"),
    ("backends.Broken", 3, "the keyring failed (RuntimeError)"),
    ("backends.Garbled", 3, "is no seed"),
    ("backends.Forgetful", 3, "the keyring has no seed of"),
    ("keyring.backends.fail.Keyring", 3, "there is no keyring on this machine"),
    ("keyring.backends.null.Keyring", 3, "the keyring has no seed of"),
    ("no.such.Backend", 3, "the keyring failed (ModuleNotFoundError)"),
]


@pytest.mark.parametrize(("backend", "code", "part"), FAILING)
def test_a_keyring_that_fails_is_one_message(
    person: Person, backend: str, code: int, part: str
) -> None:
    kept(person)
    said = program(person, "mfa", "code", person.sample.mfa_serial, PYTHON_KEYRING_BACKEND=backend)
    said.failed(code, part)
    assert "secret words" not in said.stderr
    assert said.stderr.count("shellkit: ") == 1


@pytest.mark.parametrize(
    ("backend", "part"),
    [
        ("backends.Locked", "the keyring is locked"),
        ("backends.Broken", "the keyring failed"),
        ("backends.Forgetful", "does not give it back"),
        ("keyring.backends.fail.Keyring", "there is no keyring"),
        ("keyring.backends.null.Keyring", "there is no keyring"),
        ("no.such.Backend", "the keyring failed"),
    ],
)
def test_nothing_is_noted_where_nothing_was_kept(person: Person, backend: str, part: str) -> None:
    serial = person.sample.mfa_serial
    changes = {"PYTHON_KEYRING_BACKEND": backend}
    said = program(person, "mfa", "add", serial, "-", "-y", stdin=text_of(person), **changes)
    assert said.code in (3, 4)
    assert part in said.stderr
    assert text_of(person) not in said.stderr
    assert "Traceback" not in said.stderr
    assert program(person, "mfa", "list").stdout == ""


@pytest.mark.parametrize(("backend", "code", "part"), FAILING)
def test_a_keyring_that_fails_leaves_it_to_the_person(
    person: Person, backend: str, code: int, part: str, terminals: Any
) -> None:
    del code
    kept(person)
    person.environ["PYTHON_KEYRING_BACKEND"] = backend
    without = assume(person, "audit")
    assert without.code == 4
    assert part in without.stderr
    assert "there is no terminal to ask on" in without.stderr
    child = terminals(shellkit("env", "--shell", "bash", "assume", "audit"))
    child.expect_exact(part)
    child.expect("audit: MFA code of")
    child.sendline(totp(person.sample.mfa.seed, time.time()))
    child.expect("role audit")
    assert over(child) == 0


def test_a_keyring_that_never_answers_is_not_waited_for_for_ever(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeds, "TIMEOUT", 0.2)
    kept_by = kept(person)
    monkeypatch.syspath_prepend(str(person.home))
    import keyring

    before = keyring.get_keyring()
    import backends  # type: ignore[import-not-found]

    keyring.set_keyring(backends.Silent())
    try:
        said = kept_by.assume("audit", "--no-input")
    finally:
        keyring.set_keyring(before)
    said.failed(4, "the keyring did not answer within")


def test_a_seed_that_cannot_be_removed_is_at_least_not_used(person: Person) -> None:
    kept(person)
    serial = person.sample.mfa_serial
    gone = program(person, "mfa", "remove", serial, PYTHON_KEYRING_BACKEND="backends.Locked")
    gone.failed(4, "the keyring is locked")
    assert program(person, "mfa", "list").stdout == ""


def without_keyring(person: Person) -> Path:
    """A place on the path in which the library is not to be found."""
    place = person.home / "without"
    (place / "keyring").mkdir(parents=True)
    (place / "keyring" / "__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'keyring'\", name='keyring')\n"
    )
    return place


def test_without_the_library_it_says_what_to_install(person: Person) -> None:
    kept(person)
    path = os.pathsep.join([str(without_keyring(person)), ROOT])
    for words in (("add", person.sample.mfa_serial, "-", "-y"), ("code", person.sample.mfa_serial)):
        said = program(person, "mfa", *words, stdin=text_of(person), PYTHONPATH=path)
        said.failed(3, "the library keyring, which is not installed", "inject shellkit keyring")
        # By its name, a package index may have another program.
        assert "install 'shellkit" not in said.stderr
    said = assume(person, "audit", PYTHONPATH=path)
    assert said.code == 4
    assert "pipx inject shellkit keyring" in said.stderr


@pytest.mark.parametrize("words", [("vault",), ("dev",)])
def test_no_keyring_is_loaded_for_a_device_without_a_seed(
    person: Person, words: tuple[str, ...]
) -> None:
    """A broken one would be told of, and a slow one would be felt."""
    other = "arn:aws:iam::471112903465:mfa/other"
    program(person, "mfa", "add", other, "-", "-y", stdin=text_of(person))
    assert program(person, "mfa", "list").stdout == f"{other}\n"
    path = os.pathsep.join([str(without_keyring(person)), ROOT])
    code = totp(person.sample.mfa.seed, time.time())
    for changes in ({"SHELLKIT_MFA_CODE": code}, {}):
        done = subprocess.run(
            [
                sys.executable,
                *["-X", "importtime", "-m", "shellkit", "env", "--shell", "bash", "assume"],
                *words,
            ],
            cwd=ROOT,
            env=person.changed({**changes, "PYTHONPATH": path}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert "keyring" not in done.stderr


def test_a_seed_is_loaded_for_no_assume_that_a_cache_serves(person: Person) -> None:
    kept(person)
    assume(person, "audit").went_well()
    path = os.pathsep.join([str(without_keyring(person)), ROOT])
    warm = assume(person, "audit", PYTHONPATH=path).went_well()
    assert "keyring" not in warm.stderr
    without_memo = assume(person, "audit", "-v", PYTHONPATH=path).went_well()
    assert "keyring" not in without_memo.stderr


@pytest.mark.parametrize("note", ["", "shellkit-seeds 9\nx\n", "shellkit-seeds 1\narn", "\0"])
def test_a_note_that_is_torn_or_foreign_is_none(person: Person, note: str) -> None:
    kept(person)
    (path,) = (person.home / ".local").rglob("seeds")
    path.write_text(note)
    assert program(person, "mfa", "list").stdout == ""
    assume(person, "audit").failed(4)
