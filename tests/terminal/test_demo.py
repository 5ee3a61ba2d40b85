"""``shellkit demo`` as a person meets it: on a terminal, and the tour in every real shell."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

REQUIRED = os.environ.get("SHELLKIT_REQUIRE_SHELLS", "").split(",")
#: A child's word for it, in words that every shell understands.
WHO = """sh -c 'echo "I am [$SHELLKIT_PROFILE]"'"""
DEMO = [sys.executable, "-m", "shellkit", "demo"]


def need(shell: str) -> None:
    """Without the shell there is nothing to test; where it is required, that is a failure."""
    if shutil.which(shell) is None and shell not in REQUIRED:
        pytest.skip(f"{shell} is not on PATH")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_tour_does_what_it_says(shell: str, tmp_path: Path) -> None:
    need(shell)
    environ = {
        **os.environ,
        "HOME": str(tmp_path),
        "AWS_PROFILE": "the-users-own",
        "TMPDIR": str(tmp_path),
    }
    tour = subprocess.run(
        [*DEMO, "--tour", "--shell", shell],
        env=environ,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert tour.returncode == 0, tour.stdout + tour.stderr
    assert "15 of 15 steps did what they should." in tour.stdout
    assert "FAILED" not in tour.stdout
    assert tour.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.pwsh
def test_the_tour_does_what_it_says_in_powershell(tmp_path: Path) -> None:
    if shutil.which("pwsh") is None and not {"pwsh", "powershell"} & {*REQUIRED}:
        pytest.skip("PowerShell (pwsh) is not on PATH")
    tour = subprocess.run(
        [*DEMO, "--tour", "--shell", "powershell"],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert tour.returncode == 0, tour.stdout + tour.stderr
    assert "15 of 15 steps did what they should." in tour.stdout


def test_the_tour_fails_where_the_functions_do(tmp_path: Path) -> None:
    """A tour that cannot fail proves nothing: here STS refuses one of the roles."""
    broken = tmp_path / "broken.py"
    broken.write_text(
        "import sys\n"
        "from shellkit.sandbox import home\n"
        "home._CONFIG = home._CONFIG.replace('{dev}', '{locked}')\n"
        "from shellkit.__main__ import main\n"
        "sys.exit(main())\n"
    )
    tour = subprocess.run(
        [sys.executable, str(broken), "demo", "--tour", "--shell", "bash"],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert tour.returncode == 1
    assert "10 of 15 steps" in tour.stdout
    assert "FAILED: exit code 1 instead of 0" in tour.stdout


@pytest.mark.pty
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_person_switches_roles_in_the_demo_and_leaves(shell: str, tmp_path: Path) -> None:
    need(shell)
    child = open_demo(shell, tmp_path)
    assert list(tmp_path.glob("shellkit-demo-*"))
    child.sendline("assume dv\t")  # TAB, as the welcome says: dv is no profile.
    child.expect("dev: account 280650147932, role dev, eu-central-1, 1h left")
    child.sendline(WHO)
    child.expect(r"I am \[dev\]")
    child.sendline("assume locked")
    child.expect("nothing was changed: dev is still active")
    child.sendline("shellkit demo code")
    child.expect(r"(?<!\d)(\d{6})\r?\n")
    code = child.match.group(1)
    child.sendline("assume prod")
    child.expect("prod: MFA code of arn:aws:iam::471112903465:mfa/alex: ")
    child.sendline(code)
    child.expect("prod: account 816204759301, role prod, us-east-1, 1h left")
    child.sendline("unassume")
    child.sendline(WHO)
    child.expect(r"I am \[\]")
    child.sendline("exit")
    child.expect(pexpect.EOF)
    child.close()
    assert not list(tmp_path.glob("shellkit-demo-*"))


@pytest.mark.pty
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_killed_cleans_up(ending: signal.Signals, tmp_path: Path) -> None:
    child = open_demo("bash", tmp_path)
    assert list(tmp_path.glob("shellkit-demo-*"))
    os.kill(child.pid, ending)
    child.expect(pexpect.EOF)
    child.close()
    assert not list(tmp_path.glob("shellkit-demo-*"))


@pytest.mark.pty
def test_ctrl_c_while_leaving_the_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    child = open_demo("bash", tmp_path)
    (home,) = tmp_path.glob("shellkit-demo-*")
    time.sleep(0.5)  # The shell is there, and Ctrl-C its own.
    child.sendline("exit")
    deadline = time.monotonic() + 20
    while child.isalive() and time.monotonic() < deadline:
        child.kill(signal.SIGINT)
        time.sleep(0.002)
    assert not home.exists()
    child.close(force=True)


@pytest.mark.pty
def test_ctrl_c_in_the_demo_belongs_to_its_shell(tmp_path: Path) -> None:
    child = open_demo("bash", tmp_path)
    child.sendline("sleep 60")
    child.expect("sleep 60")
    time.sleep(0.5)
    child.sendintr()
    child.sendline("echo still $((40 + 2)) here")
    child.expect("still 42 here")
    child.sendline("exit")
    child.expect(pexpect.EOF)


def open_demo(shell: str, temporary: Path) -> pexpect.spawn[str]:
    child = pexpect.spawn(
        DEMO[0],
        [*DEMO[1:], "--shell", shell],
        encoding="utf-8",
        timeout=120,
        dimensions=(40, 200),
        env={**os.environ, "TERM": "dumb", "TMPDIR": str(temporary)},
    )
    child.expect(re.escape("Leave with: exit."))
    return child
