"""One code for all roles where people sit: fish in tmux, zsh in an editor, bash over ssh."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from assuming import ROOT, Person, wait_for_step

from shellkit.sandbox import totp

if TYPE_CHECKING:
    pass

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")
pytestmark = pytest.mark.pty

ASKED = "audit: MFA code of arn:aws:iam::471112903465:mfa/alex: "
INTERACTIVE = {
    "bash": "bash --noprofile --norc -i",
    "zsh": "zsh -f -i",
    "fish": "fish --no-config -i",
}


@pytest.fixture
def person(mfa_person: Person) -> Person:
    # What tmux draws, pyte knows as a `linux` terminal.
    mfa_person.environ |= {"TERM": "linux", "LC_ALL": "C.UTF-8", "PYTHONPATH": ROOT}
    return mfa_person


@pytest.fixture(autouse=True)
def _early_in_a_step() -> None:
    """A code that is made now shall still be good when it arrives."""
    wait_for_step(seconds=5)


def program(name: str) -> str:
    """Its path; skips where it is missing, or fails where it is required."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if found is None:
        if name in os.environ.get("SHELLKIT_REQUIRE_SHELLS", "").split(","):
            pytest.fail(f"{name} is required by SHELLKIT_REQUIRE_SHELLS and is not on PATH")
        pytest.skip(f"{name} is not on PATH")
    return found


def functions(person: Person, shell: str) -> str:
    """The line that loads the functions into ``shell``."""
    rc = person.home / "rc"
    argv = [sys.executable, "-m", "shellkit", "init", shell]
    done = subprocess.run(argv, cwd=ROOT, env=person.environ, capture_output=True, check=True)
    rc.write_bytes(done.stdout)
    return f"source {shlex.quote(str(rc))}"


class Screen:
    """A program at a terminal, and what is on its screen."""

    def __init__(self, argv: list[str], person: Person) -> None:
        self.screen = pyte.Screen(120, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(
            argv[0], argv[1:], env=person.environ, cwd=str(person.home), dimensions=(24, 120)
        )
        self.child.delaybeforesend = 0.02

    def type(self, line: str) -> None:
        self.child.send(line + "\r")

    def until(self, shown: str | Callable[[str], bool], seconds: float = 40) -> None:
        """Read until the screen shows ``shown``."""
        holds = shown if callable(shown) else lambda text: shown in text
        end = time.monotonic() + seconds
        while not holds("\n".join(self.screen.display)):
            assert time.monotonic() < end, "\n".join(self.screen.display)
            try:
                self.stream.feed(self.child.read_nonblocking(65536, 0.2))
            except pexpect.TIMEOUT:
                pass
            except pexpect.EOF:
                raise AssertionError("\n".join(self.screen.display)) from None


def one_code_for_two_roles(seat: Screen, person: Person, shell: str) -> None:
    """What a person does in the morning, whatever is around the shell."""
    seat.type(f"{functions(person, shell)}; echo rea''dy")
    seat.until(lambda text: re.search(r"^ready *$", text, re.M) is not None)
    seat.type("assume audit")
    seat.until(ASKED)
    seat.type(totp(person.sample.mfa.seed, time.time()))
    seat.until("audit: account 816204759301, role audit")
    seat.until("(audit 816204759301 ")
    seat.type("assume vault")
    seat.until("vault: account 816204759301, role vault")
    seat.type("sh -c 'echo I am [$SHELLKIT_PROFILE]'")
    seat.until("I am [vault]")
    actions = [str(call.action) for call in person.sandbox.calls]
    assert actions == ["GetSessionToken", "AssumeRole", "AssumeRole"]


@pytest.mark.parametrize("shell", ["fish", "bash", "zsh"])
def test_in_tmux(shell: str, person: Person) -> None:
    tmux, _ = program("tmux"), program(shell)
    # A path of a socket has room for some hundred characters.
    with tempfile.TemporaryDirectory(prefix="sk-tmux-") as folder:
        server = [tmux, "-S", f"{folder}/socket", "-f", os.devnull]
        seat = Screen([*server, "new-session", INTERACTIVE[shell]], person)
        try:
            one_code_for_two_roles(seat, person, shell)
        finally:
            subprocess.run([*server, "kill-server"], check=False, capture_output=True)
            seat.child.close(force=True)


@pytest.mark.parametrize("shell", ["zsh", "bash", "fish"])
def test_in_the_terminal_of_an_editor(shell: str, person: Person) -> None:
    vim, _ = program("vim"), program(shell)
    has = subprocess.run([vim, "--version"], capture_output=True, text=True, check=True).stdout
    if "+terminal" not in has:
        pytest.skip("this vim has no :terminal")
    words = [vim, "-N", "-u", "NONE", "-i", "NONE", "-n"]
    seat = Screen([*words, "-c", f"terminal ++curwin {INTERACTIVE[shell]}"], person)
    try:
        one_code_for_two_roles(seat, person, shell)
    finally:
        seat.child.close(force=True)


# --- ssh -------------------------------------------------------------------------------


@contextmanager
def ssh(folder: Path) -> Iterator[list[str]]:
    """The words that run a command over ssh, on this machine, as this user.

    Keys, port and configuration are the test's own.
    """
    sshd, client, keygen = program("sshd"), program("ssh"), program("ssh-keygen")
    if os.geteuid() == 0 and not os.path.isdir("/run/sshd"):
        os.mkdir("/run/sshd", 0o755)  # Where its service would make it.
    for name in ("host", "own"):
        make = [keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(make, check=True)
    shutil.copy(folder / "own.pub", folder / "authorized")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "ListenAddress": "127.0.0.1",
        "Port": port,
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "authorized",
        "StrictModes": "no",
        "UsePAM": "no",
        "PidFile": "none",
        "PermitRootLogin": "yes",
        "PrintMotd": "no",
        "PrintLastLog": "no",
    }
    conf = folder / "sshd_config"
    conf.write_text("".join(f"{k} {v}\n" for k, v in settings.items()), encoding="utf-8")
    server = subprocess.Popen(
        [sshd, "-D", "-e", "-f", str(conf)], stderr=subprocess.PIPE, text=True
    )
    try:
        end = time.monotonic() + 20
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > end:
                server.kill()
                pytest.skip(f"sshd does not start here: {server.communicate()[1][:200]}")
            time.sleep(0.05)
        yield [
            *(client, "-F", os.devnull, "-p", str(port), "-i", str(folder / "own")),
            *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"),
            *("-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR"),
        ]
    finally:
        server.kill()
        server.wait()
        assert server.stderr
        server.stderr.close()


def _answers(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


def remote(person: Person, command: str) -> str:
    """``command`` as what is run over there, with nothing but the person's variables."""
    pairs = [f"{name}={value}" for name, value in person.environ.items()]
    return f"cd {shlex.quote(str(person.home))} && exec env -i {shlex.join(pairs)} {command}"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_over_ssh_with_a_terminal(shell: str, person: Person, tmp_path: Path) -> None:
    program(shell)
    with ssh(tmp_path) as words:
        command = remote(person, INTERACTIVE[shell])
        seat = Screen([*words, "-tt", "127.0.0.1", command], person)
        try:
            one_code_for_two_roles(seat, person, shell)
        finally:
            seat.child.close(force=True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_over_ssh_without_a_terminal_it_ends_at_once(
    shell: str, person: Person, tmp_path: Path
) -> None:
    program(shell)
    load = functions(person, shell)
    bare = INTERACTIVE[shell].removesuffix(" -i")
    line = f"{load}; assume audit; echo status:{'$status' if shell == 'fish' else '$?'}"
    with ssh(tmp_path) as words:
        argv = [*words, "-T", "127.0.0.1", remote(person, f"{bare} -c {shlex.quote(line)}")]
        # Its input stays open, as where a program holds it: a question would wait for ever.
        pipe = subprocess.PIPE
        with subprocess.Popen(
            argv, env=person.environ, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        ) as client:
            assert client.stdout
            assert client.stderr
            assert client.stdout.readline() == "status:4\n"
            # ssh brings the two streams in no order.
            assert any("there is no terminal to ask on" in line for line in client.stderr)
            client.kill()
    assert not person.sandbox.calls
