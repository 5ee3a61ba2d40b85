"""The demo's place on Windows. Its shell would be Git Bash or PowerShell, which Wine has not."""

from __future__ import annotations

from gitbash import MAIN, GitBash

#: In the Windows Python: the demo's place, and in it what the functions of its shell do.
SCRIPT = f"""
import os, subprocess, sys
from shellkit import rim
from shellkit.commands import demo
with demo._place(rim.real()) as place:
    def run(*words):
        done = subprocess.run(
            [sys.executable, "-I", {MAIN!r}, *words],
            env={{**place.environ, "AWS_PROFILE": "base"}},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        return done.returncode, done.stdout
    code, printed = run("env", "--shell", "bash", "assume", "dev")
    assert (code, "AWSUME_PROFILE='dev'" in printed) == (0, True), printed
    code, digits = run("demo", "code")
    assert (code, len(digits)) == (0, 7), digits
    code, printed = run("env", "--shell", "bash", "assume", "vault", "--mfa-code", digits.strip())
    assert (code, "AWSUME_PROFILE='vault'" in printed) == (0, True), printed
    cache = os.path.join(place.home, "AppData", "Local", "shellkit", "Cache", "sessions")
    assert len(os.listdir(cache)) == 3, os.listdir(cache)
assert not os.path.exists(place.home)
print("all of it")
"""


def test_the_demo_works_and_leaves_nothing(git_bash: GitBash) -> None:
    done = git_bash.python("-I", "-c", SCRIPT)
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("all of it", "", 0)
    assert git_bash.cached("sessions") == []


def test_a_shell_that_is_not_there_is_one_message(git_bash: GitBash) -> None:
    done = git_bash.run("demo", "--shell", "bash")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("shellkit: bash is not on PATH\n")
