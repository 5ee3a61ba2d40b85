"""``assume`` in Git Bash: real shells, a real Windows Python, and pipes between them."""

from __future__ import annotations

import os
import shutil
import signal

import pytest
from gitbash import PYTHON, SHELLKIT, GitBash, Shell, programs, until

from tools import windows

pytestmark = pytest.mark.pty

ASK = "audit: MFA code of arn:aws:iam::471112903465:mfa/alex: "
DONE = "audit: account 816204759301, role audit"

types_a_code = pytest.mark.usefixtures("_early_in_a_step")


@types_a_code
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
    install = f"'{SHELLKIT}' install bash"
    new = git_bash.shell("bash", load=False)
    assert f"+++ {windows.windows_path(git_bash.home)}\\.bashrc\n" in new.run(install)
    assert new.status() == 4  # There is no console to ask on.
    new.run(f"{install} --yes")
    written = {path.name: path.read_bytes() for path in git_bash.home.glob(".bash*")}
    assert sorted(written) == [".bash_profile", ".bashrc"]
    assert b"\r" not in b"".join(written.values())
    assert f"[[ -x '{SHELLKIT}' ]]".encode() in written[".bashrc"]
    assert b". ~/.bashrc" in written[".bash_profile"]

    # What /etc/profile does to PATH on this system is none of Git Bash's.
    login = git_bash.home / ".bash_profile"
    login.write_bytes(b'PATH="${HOME}:${PATH}"\n' + written[".bash_profile"])
    shell = git_bash.login_shell()
    assert "role dev" in shell.run("assume dev")
    assert shell.value("AWSUME_PROFILE") == "dev"
    shell.run(f"unassume; '{SHELLKIT}' uninstall bash --yes")
    assert {path.name for path in git_bash.home.glob(".bash*") if "backup" not in path.name} == {
        ".bash_profile"
    }
    assert login.read_bytes() == b'PATH="${HOME}:${PATH}"\n'


def test_the_program_speaks_utf_8_and_one_newline(git_bash: GitBash) -> None:
    shell = git_bash.shell()
    shell.run(
        f"assume dev; '{SHELLKIT}' cache list | cat >.out; '{SHELLKIT}' löschen 2>&1 | cat >.said"
    )
    printed = (git_bash.home / ".out").read_bytes()
    assert "Zoë Müller".encode() in printed
    said = (git_bash.home / ".said").read_bytes()
    assert said.startswith("shellkit: no command is called löschen\n".encode())
    assert b"\r" not in printed + said


def test_a_reader_that_has_gone_is_no_fault(git_bash: GitBash) -> None:
    shell = git_bash.shell()
    shown = shell.run(f"'{SHELLKIT}' init bash | true; echo \"<${{PIPESTATUS[0]}}>\"")
    assert shown == "<1>\n"


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
    for name in ("dev", "staging", "dev --refresh"):
        shell.run(f"assume {name}")
        seen.append(shell.value("AWS_SECRET_ACCESS_KEY"))
    assert any(secret.startswith("/") for secret in seen)
    assert all(len(secret) == 40 for secret in seen)
    kept = shell.value("MSYS2_ENV_CONV_EXCL")
    assert "AWS_SECRET_ACCESS_KEY" in kept.split(";")


@types_a_code
def test_the_next_call_is_served_from_local_appdata(git_bash: GitBash) -> None:
    """Warm: by the memo, and without a question or a request."""
    first = git_bash.shell()
    first.send("assume audit")
    first.sees(ASK)
    first.send(git_bash.code())
    first.sees(DONE)
    assert len(git_bash.cached("memo")) == 1
    assert len(git_bash.cached("sessions")) == 2
    asked = len(git_bash.actions())

    second = git_bash.shell()
    assert DONE in second.run("assume audit")
    assert second.value("AWS_SESSION_TOKEN")
    listed = second.run(f"'{SHELLKIT}' cache list")
    assert "C:\\users\\Zoë Müller\\AppData\\Local\\shellkit\\Cache\\sessions\\" in listed
    assert len(git_bash.actions()) == asked
    second.run(f"'{SHELLKIT}' cache clear --all")
    assert git_bash.cached("sessions") == []


def test_a_torn_file_in_the_cache_is_a_miss_and_no_error(git_bash: GitBash) -> None:
    shell = git_bash.shell()
    shell.run("assume dev")
    (session,) = git_bash.cached("sessions")
    shutil.rmtree(git_bash.home / ".aws/cli")
    for text in (b"", session.read_bytes()[:60], b"\r\n", b"\xff\xfe\x00"):
        session.write_bytes(text)
        asked = len(git_bash.actions())
        assert "dev: account" in shell.run("unassume; assume dev")
        assert len(git_bash.actions()) == asked + 1
        shutil.rmtree(git_bash.home / ".aws/cli")


@types_a_code
def test_three_shells_at_once_ask_once(git_bash: GitBash) -> None:
    shells = [git_bash.shell() for _ in range(3)]
    for shell in shells:
        shell.send("assume audit")
    asking = whoever_asks(shells)
    asking.send(git_bash.code())
    for shell in shells:
        shell.sees(DONE)
        shell.done()
        assert shell.value("SHELLKIT_PROFILE") == "audit"
    assert git_bash.actions().count("GetSessionToken") == 1
    assert git_bash.actions().count("AssumeRole") == 1


@types_a_code
def test_ctrl_c_at_the_question_leaves_nothing(git_bash: GitBash) -> None:
    shell = git_bash.shell()
    shell.send("assume audit")
    shell.sees(ASK)
    assert programs()
    shell.child.send("\x03")
    shell.done()
    assert shell.status() == 130
    until(lambda: not programs())
    assert shell.value("SHELLKIT_PROFILE") == ""
    # The lock is free, and the terminal as it was.
    shell.send("assume audit")
    shell.sees(ASK)
    shell.send(git_bash.code())
    shell.sees(DONE)


@types_a_code
def test_the_lock_of_a_dead_process_blocks_nobody(git_bash: GitBash) -> None:
    shells = [git_bash.shell(), git_bash.shell()]
    shells[0].send("assume audit")
    shells[0].sees(ASK)
    (holder,) = programs(wrapped=False)
    shells[1].send("assume audit")
    shells[1].sees("another")
    os.kill(holder, signal.SIGKILL)
    shells[1].sees(ASK)
    shells[1].send(git_bash.code())
    shells[1].sees(DONE)


@types_a_code
def test_a_program_gives_the_code(git_bash: GitBash) -> None:
    """With a path as Windows writes it, in quotes."""
    python, counter = PYTHON, git_bash.home / "code.py"
    counter.write_text(f"print('{git_bash.code()}')")
    command = f'"{python}" -I "{windows.windows_path(counter)}"'
    git_bash.profile("audit", "audit", mfa_serial=git_bash.sample.mfa_serial, mfa_process=command)
    assert DONE in git_bash.shell().run("assume audit")


def whoever_asks(shells: list[Shell]) -> Shell:
    """The shell that shows the question; the others say that they wait."""
    seen = [shell.child.expect_exact([ASK, "another"]) for shell in shells]
    assert sorted(seen) == [0, 1, 1]
    return shells[seen.index(0)]
