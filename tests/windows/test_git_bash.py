"""``assume`` in Git Bash: real shells, a real Windows Python, and pipes between them."""

from __future__ import annotations

import pytest
from gitbash import SHELLKIT, GitBash

pytestmark = [pytest.mark.pty, pytest.mark.usefixtures("_early_in_a_step")]

ASK = "audit: MFA code of arn:aws:iam::471112903465:mfa/alex: "
DONE = "audit: account 816204759301, role audit"


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_a_wrong_code_a_right_one_and_out_again(name: str, git_bash: GitBash) -> None:
    shell = git_bash.shell(name)
    shell.send("export AWS_REGION=us-west-2; assume audit")
    shell.sees(ASK)
    shell.send("12345")
    shell.sees("an MFA code has six digits, not 5")
    shell.sees(ASK)
    shell.send(git_bash.wrong())
    shell.sees(ASK)
    code = git_bash.code()
    shell.send(f"{code[:3]} {code[3:]}")
    shell.sees(DONE)
    shell.done()
    assert shell.status() == 0
    assert shell.value("SHELLKIT_PROFILE") == "audit"
    assert git_bash.actions()[-2:] == ["GetSessionToken", "AssumeRole"]
    shell.run("unassume")
    assert shell.status() == 0
    assert shell.run("env | grep -c -e ^AWS_ACCESS -e ^AWS_SECRET -e ^SHELLKIT_") == "0\n"
    assert shell.value("AWS_REGION") == "us-west-2"
