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


def test_the_line_that_install_writes_loads_the_functions(git_bash: GitBash) -> None:
    """And uninstall takes it out: the files of bash are under HOME, as Git Bash has it."""
    git_bash.shell("bash", load=False).run(f"'{SHELLKIT}' install bash --yes")
    written = {path.name: path.read_bytes() for path in git_bash.home.glob(".bash*")}
    assert sorted(written) == [".bash_profile", ".bashrc"]
    assert b"\r" not in b"".join(written.values())
    assert f"[[ -x '{SHELLKIT}' ]]".encode() in written[".bashrc"]
    assert b". ~/.bashrc" in written[".bash_profile"]
    shell = git_bash.login_shell()
    assert shell.run("assume dev") == "dev: account 280650147932, role dev, region eu-north-1, 1h left\n"
    assert shell.value("AWSUME_PROFILE") == "dev"
    shell.run(f"unassume; '{SHELLKIT}' uninstall bash --yes")
    assert list(git_bash.home.glob(".bash*")) == []


def test_the_program_speaks_utf_8_and_one_newline(git_bash: GitBash) -> None:
    shell = git_bash.shell()
    shell.run(f"'{SHELLKIT}' cache list | od -c >od; '{SHELLKIT}' no-such-thing 2>err; :")
    assert b"\r" not in (git_bash.home / "err").read_bytes()


def test_a_menu_of_the_shell_picks_a_profile(git_bash: GitBash) -> None:
    git_bash.profile("prüf umgebung €", "staging")
    shell = git_bash.shell()
    shell.send("assume")
    listed = shell.sees("nothing to leave")
    assert "prüf umgebung €" in listed
    assert "audit" in listed
    shell.send("pr")
    narrowed = shell.sees("nothing to leave")
    assert "audit" not in narrowed
    number = next(line.split()[0] for line in narrowed.splitlines() if "umgebung" in line)
    shell.send(number)
    shell.sees("role staging")
    shell.done()
    assert shell.value("SHELLKIT_PROFILE") == "prüf umgebung €"
    shell.send("assume")
    shell.sees("nothing to leave")
    shell.send("")
    shell.done()
    assert shell.status() == 130
    assert shell.value("SHELLKIT_PROFILE") == "prüf umgebung €"


def test_a_secret_that_begins_with_a_slash_arrives_as_it_is(git_bash: GitBash) -> None:
    shell = git_bash.shell()
    seen = []
    for name in ("dev", "prod", "staging"):
        shell.run(f"assume {name}")
        seen.append(shell.value("AWS_SECRET_ACCESS_KEY"))
    assert any(secret.startswith("/") for secret in seen)
    assert all(len(secret) == 40 for secret in seen)
    kept = shell.value("MSYS2_ENV_CONV_EXCL")
    assert "AWS_SECRET_ACCESS_KEY" in kept.split(";")
