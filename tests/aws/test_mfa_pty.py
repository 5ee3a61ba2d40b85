"""A person at a terminal is asked for a code: on real pseudo terminals, in real shells."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from assuming import ROOT, Person, wait_for_step

from shellkit.sandbox import totp

if TYPE_CHECKING:
    from collections.abc import Iterator


pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.pty

REQUIRED = os.environ.get("SHELLKIT_REQUIRE_SHELLS", "").split(",")
BARE = {
    "bash": ["--noprofile", "--norc", "-i"],
    "zsh": ["-f", "-i", "+Z"],
    "fish": ["--no-config", "-i"],
}
#: What Python is called with for `assume`, as the functions call it.
ASSUME = ["-m", "shellkit", "env", "--shell", "bash", "assume"]
ASK = "audit: MFA code of arn:aws:iam::471112903465:mfa/alex: "
WHO = "sh -c 'echo I $1 [$SHELLKIT_PROFILE]' sh am"


@pytest.fixture
def person(mfa_person: Person) -> Person:
    mfa_person.environ |= {"TERM": "dumb", "PYTHONPATH": ROOT}
    return mfa_person


@pytest.fixture(autouse=True)
def _early_in_a_step() -> None:
    """A code that is made now shall still be good when it arrives."""
    wait_for_step(seconds=5)


def code(person: Person) -> str:
    return totp(person.sample.mfa.seed, time.time())


def wrong(person: Person) -> str:
    return f"{(int(code(person)) + 1) % 1000000:06d}"


class Seats:
    """Terminals, all closed at the end."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.open: list[pexpect.spawn] = []

    def program(self, *words: str, **changes: str) -> pexpect.spawn:
        """``shellkit`` at a terminal of its own, as the functions call it."""
        return self._spawn(sys.executable, [*ASSUME, *words], changes)

    def held(self, *words: str) -> pexpect.spawn:
        """As ``program``, but it begins only with :meth:`go`: nothing is at the terminal yet."""
        wait = 'until [ -e go ]; do sleep 0.01; done; exec "$@"'
        return self._spawn("sh", ["-c", wait, "sh", sys.executable, *ASSUME, *words], {})

    def go(self) -> None:
        """Have what is ``held`` begin."""
        (self.person.home / "go").touch()

    def shellkit(self, *words: str) -> pexpect.spawn:
        """``shellkit`` as a person calls it."""
        return self._spawn(sys.executable, ["-m", "shellkit", *words], {})

    def shell(self, name: str) -> pexpect.spawn:
        """A shell with the functions."""
        if shutil.which(name) is None and name not in REQUIRED:
            pytest.skip(f"{name} is not on PATH")
        rc = self.person.home / "rc"
        script = subprocess.run(
            [sys.executable, "-m", "shellkit", "init", name],
            cwd=ROOT,
            env=self.person.environ,
            capture_output=True,
            check=True,
        )
        rc.write_bytes(script.stdout)
        child = self._spawn(name, BARE[name], {})
        child.sendline(f"source {shlex.quote(str(rc))}; echo rea''dy")
        child.expect("ready")
        return child

    def _spawn(self, name: str, argv: list[str], changes: dict[str, str]) -> pexpect.spawn:
        child = pexpect.spawn(
            name,
            argv,
            env=self.person.changed(changes),
            cwd=str(self.person.home),
            encoding="utf-8",
            timeout=30,
            dimensions=(40, 200),
        )
        child.delaybeforesend = 0.02
        self.open.append(child)
        return child


@pytest.fixture
def seats(person: Person) -> Iterator[Seats]:
    made = Seats(person)
    yield made
    for child in made.open:
        child.close(force=True)


def asked(child: pexpect.spawn) -> None:
    child.expect_exact(ASK)


def prompts(child: pexpect.spawn, shell: str) -> None:
    """Have the shell say when it reads again: what is typed before may be dropped."""
    line = "PS1='at''-rest> '"
    if shell == "fish":
        line = "function fish_prompt; builtin printf 'at''-rest> '; end"
    child.sendline(line)
    child.expect_exact("at-rest> ")


def status(child: pexpect.spawn) -> int:
    child.expect(pexpect.EOF)
    child.wait()
    return child.exitstatus if child.exitstatus is not None else -child.signalstatus


def reads(child: pexpect.spawn) -> None:
    """Wait until it has gone to sleep over its question, which it does after it has printed it."""
    stat = Path(f"/proc/{child.pid}/stat")
    deadline = time.monotonic() + 30
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "S":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.1)


def eventually(path: Path) -> str:
    """What is in the file, once there is a line in it."""
    deadline = time.monotonic() + 30
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return path.read_text()


def actions(person: Person) -> list[str]:
    return [str(call.action) for call in person.sandbox.calls]


# --- In shells ------------------------------------------------------------------------


@pytest.mark.parametrize("shell", list(BARE))
def test_a_code_is_typed_once_in_every_shell(shell: str, person: Person, seats: Seats) -> None:
    child = seats.shell(shell)
    child.sendline("assume audit")
    asked(child)
    child.sendline("\uff11\uff12\uff13\uff14\uff15\uff16")
    child.expect(r"an MFA code has six digits \(0 to 9\) and nothing else")
    asked(child)
    now = code(person)
    child.sendline(f"{now[:3]} {now[3:]}")
    child.expect("audit: account 816204759301, role audit")
    child.sendline("assume vault")
    child.expect("vault: account 816204759301, role vault")
    child.sendline("sh -c 'echo I am [$SHELLKIT_PROFILE]'")
    child.expect(r"I am \[vault\]")
    assert actions(person) == ["GetSessionToken", "AssumeRole", "AssumeRole"]


@pytest.mark.parametrize("shell", list(BARE))
def test_the_question_is_on_the_terminal_where_stderr_is_a_file(
    shell: str, person: Person, seats: Seats
) -> None:
    child = seats.shell(shell)
    variable = "$status" if shell == "fish" else "$?"
    child.sendline(f"assume audit 2>said; echo st''atus:{variable}:")
    asked(child)
    child.sendline(code(person))
    child.expect(r"status:(\d+):")
    assert child.match.group(1) == "0"
    assert "account" not in child.before
    said = (person.home / "said").read_text()
    assert said.startswith("audit: account 816204759301, role audit")
    child.sendline("sh -c 'echo I am [$SHELLKIT_PROFILE]'")
    child.expect(r"I am \[audit\]")


@pytest.mark.parametrize("shell", list(BARE))
def test_a_code_as_an_option_of_the_function(shell: str, person: Person, seats: Seats) -> None:
    child = seats.shell(shell)
    child.sendline("assume audit --mfa-code 12345")
    child.expect("--mfa-code: an MFA code has six digits, not 5")
    child.sendline("assume audit --mfa-code")
    child.expect("argument --mfa-code: expected one argument")
    child.sendline(f"assume audit --mfa-code {code(person)}")
    child.expect("audit: account 816204759301, role audit")
    assert actions(person) == ["GetSessionToken", "AssumeRole"]


@pytest.mark.parametrize("shell", list(BARE))
def test_ctrl_c_leaves_everything_as_it_was(shell: str, person: Person, seats: Seats) -> None:
    child = seats.shell(shell)
    variable = "$status" if shell == "fish" else "$?"
    child.sendline("assume audit")
    asked(child)
    child.sendintr()
    # What is typed before the prompt is there goes to who still reads.
    child.expect(r"[#$%>] ?(\x1b\S*)*$")
    child.sendline(f"echo st''atus:{variable}:")
    child.expect(r"status:(\d+):")
    assert child.match.group(1) == "130"
    child.sendline("sh -c 'echo I am [$SHELLKIT_PROFILE]'")
    child.expect(r"I am \[\]")
    assert actions(person) == []
    # No lock was left behind, and the terminal is good for another try.
    child.sendline("assume audit")
    asked(child)
    child.sendline(code(person))
    child.expect("audit: account")


@pytest.mark.parametrize(
    "line",
    [
        "assume audit </dev/null",
        "assume audit <rc",
        "echo 123456 | assume audit",
        "assume audit | cat",
        "echo $(assume audit) | wc -c",
        "assume audit 2>/dev/null",
    ],
)
def test_the_terminal_is_asked_wherever_the_streams_lead(
    line: str, person: Person, seats: Seats
) -> None:
    child = seats.shell("bash")
    child.sendline(line)
    asked(child)
    child.sendline(code(person))
    deadline = time.monotonic() + 20  # What is typed with the code would be dropped.
    while len(actions(person)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    child.sendline("echo do''ne")
    child.expect("done")
    assert actions(person) == ["GetSessionToken", "AssumeRole"]


@pytest.mark.parametrize("shell", list(BARE))
@pytest.mark.parametrize("beginning", ["yes 123456", "sleep 1"])
def test_the_terminal_is_asked_at_the_end_of_a_pipe_that_still_runs(
    beginning: str, shell: str, person: Person, seats: Seats
) -> None:
    """In zsh the pipe's beginning is in front of the terminal, and not the function."""
    child = seats.shell(shell)
    child.sendline(f"{beginning} | assume audit")
    asked(child)
    child.sendline("1")
    child.expect("an MFA code has six digits, not 1")
    asked(child)
    child.sendline(code(person))
    child.expect("audit: account 816204759301, role audit")
    # In bash that was a subshell.
    variable, name = "$status" if shell == "fish" else "$?", "" if shell == "bash" else "audit"
    child.sendline(f"echo st''atus:{variable}:; {WHO}")
    child.expect_exact("status:0:")
    child.expect_exact(f"I am [{name}]")
    assert actions(person) == ["GetSessionToken", "AssumeRole"]


@pytest.mark.parametrize("shell", list(BARE))
def test_ctrl_c_at_the_end_of_a_pipe_that_still_runs(
    shell: str, person: Person, seats: Seats
) -> None:
    child = seats.shell(shell)
    prompts(child, shell)
    child.sendline("yes | assume audit")
    asked(child)
    child.sendintr()
    child.expect_exact("at-rest> ")
    child.sendline(f"{WHO}; stty -a")
    child.expect_exact("I am []")
    child.expect_exact(" echo ")
    assert actions(person) == []
    child.sendline("assume audit")
    asked(child)
    child.sendline(code(person))
    child.expect("audit: account")


def test_the_picker_is_drawn_at_the_end_of_a_pipe_that_still_runs(seats: Seats) -> None:
    child = seats.shell("zsh")
    child.sendline("TERM=xterm")
    prompts(child, "zsh")
    child.sendline("yes | assume")
    child.expect("816204759301")
    child.send("\x03")
    child.expect_exact("at-rest> ")
    child.sendline(f"echo st''atus:$?:; {WHO}")
    child.expect_exact("status:130:")
    child.expect_exact("I am []")


def test_a_job_in_the_background_is_not_stopped(person: Person, seats: Seats) -> None:
    child = seats.shell("bash")
    child.sendline("assume audit & wait $!; echo st''atus:$?:")
    child.expect("there is no terminal to ask on")
    child.expect("status:4:")
    assert actions(person) == []


def test_a_paste_with_more_lines_runs_nothing(person: Person, seats: Seats) -> None:
    child = seats.shell("bash")
    child.sendline("assume audit")
    asked(child)
    child.send(f"{code(person)}\ntouch pasted\n")
    child.expect("audit: account")
    child.sendline("echo do''ne")
    child.expect("done")
    assert not (person.home / "pasted").exists()


# --- At a terminal --------------------------------------------------------------------


def test_three_tries_in_all(person: Person, seats: Seats) -> None:
    child = seats.program("audit")
    for text, complaint in [
        ("", "there is none"),
        ("\uff11\uff12\uff13\uff14\uff15\uff16", "six digits \\(0 to 9\\)"),
        (wrong(person), "no good MFA code in 3 tries: AWS refused the MFA code"),
    ]:
        asked(child)
        child.sendline(text)
        child.expect(complaint)
    assert status(child) == 1
    assert actions(person) == ["GetSessionToken"]


@pytest.mark.parametrize("echo", [True, False])
def test_digits_are_seen_unless_that_is_not_wanted(
    echo: bool, person: Person, seats: Seats
) -> None:
    folder = person.home / ".config" / "shellkit"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f"mfa_echo = {str(echo).lower()}")
    child = seats.held("audit")
    child.setecho(False)
    before = termios.tcgetattr(child.child_fd)
    seats.go()
    asked(child)
    now = code(person)
    child.sendline(now)
    child.expect("audit: account|__shellkit_say")
    assert (now in child.before) == echo
    assert termios.tcgetattr(child.child_fd) == before
    assert status(child) == 0


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_the_terminal_is_put_back_whatever_ends_it(
    ending: signal.Signals, person: Person, seats: Seats
) -> None:
    folder = person.home / ".config" / "shellkit"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("mfa_echo = false")
    child = seats.held("audit")
    before = termios.tcgetattr(child.child_fd)
    seats.go()
    asked(child)
    assert termios.tcgetattr(child.child_fd) != before
    reads(child)
    os.kill(child.pid, ending)
    code = status(child)
    assert code == 128 + ending
    assert termios.tcgetattr(child.child_fd) == before


def test_the_end_of_input_is_no_code(seats: Seats) -> None:
    child = seats.program("audit")
    asked(child)
    child.sendeof()
    child.expect("no MFA code for audit was typed")
    assert status(child) == 4


def test_ctrl_z_does_not_leave_the_shell_waiting_for_ever(person: Person, seats: Seats) -> None:
    child = seats.shell("bash")
    child.sendline("assume audit")
    asked(child)
    child.send("\x1a")
    time.sleep(0.3)
    child.sendline(code(person))
    child.expect("audit: account")


def test_without_a_controlling_terminal_it_ends_at_once(person: Person) -> None:
    """As under cron, ``ssh -T``, CI and ``setsid``."""
    for stdin in (subprocess.DEVNULL, subprocess.PIPE):
        done = subprocess.run(
            [sys.executable, *ASSUME, "audit"],
            cwd=ROOT,
            env=person.environ,
            stdin=stdin if stdin == subprocess.DEVNULL else None,
            input="123456\n" if stdin == subprocess.PIPE else None,
            capture_output=True,
            text=True,
            start_new_session=True,
            timeout=20,
        )
        assert done.returncode == 4
        assert "there is no terminal to ask on" in done.stderr
        assert done.stdout == ""


def test_a_command_has_the_persons_terminal(person: Person, seats: Seats) -> None:
    script = person.home / "ask.sh"
    script.write_text("printf 'touch: ' >&2; read -r line; echo code; echo \"$line\"\n")
    person.profiles["audit"]["mfa_process"] = f"sh {script}"
    person.write()
    child = seats.program("audit")
    child.expect_exact("touch: ")
    child.sendline(code(person))
    child.expect("__shellkit_say")
    assert status(child) == 0


@pytest.mark.parametrize("ending", ["INT", "TERM", "HUP"])
@pytest.mark.parametrize("shell", list(BARE))
def test_a_command_that_is_ended_leaves_the_terminal_as_it_was(
    shell: str, ending: str, person: Person, seats: Seats
) -> None:
    """One that hides what is typed, as for a PIN, is ended before it shows it again."""
    script = person.home / "pin.sh"
    script.write_text("stty -echo; printf 'PIN: ' >&2; echo $$ >pid; read -r line; stty echo\n")
    person.profiles["audit"]["mfa_process"] = f"sh {script}"
    person.write()
    child = seats.shell(shell)
    child.sendline("assume audit")
    child.expect_exact("PIN: ")
    pid = int(eventually(person.home / "pid"))
    if ending == "INT":
        child.sendintr()
    else:
        parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        os.kill(int(parent), getattr(signal, f"SIG{ending}"))
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    variable = "$status" if shell == "fish" else "$?"
    number = {"INT": "130", "TERM": "143", "HUP": "129"}[ending]
    # What stands on the line when the shell is interrupted is dropped, so once it is back.
    while child.expect([r"status:(\d+):", pexpect.TIMEOUT], timeout=1):
        assert time.monotonic() < deadline
        child.sendline(f"echo st''atus:{variable}:")
    assert child.match.group(1) == number
    child.sendline("stty -a; echo do''ne")
    child.expect("done")
    assert " echo " in child.before


@pytest.mark.parametrize("shell", list(BARE))
def test_ctrl_c_ends_the_wait_for_the_next_code_of_a_command(
    shell: str, person: Person, seats: Seats
) -> None:
    script = person.home / "code.sh"
    script.write_text(f"echo x >>'{person.home}/ran'; echo {code(person)}\n")
    for name in ("audit", "vault"):
        person.profiles[name] |= {"mfa_process": f"sh {script}", "shellkit_mfa_session": "false"}
    person.write()
    child = seats.shell(shell)
    child.sendline("assume audit")
    child.expect("audit: account")
    prompts(child, shell)
    child.sendline("assume vault")
    child.expect("was used already: waiting [0-9]+ seconds? for the next")
    child.sendintr()
    child.expect_exact("at-rest> ")
    variable = "$status" if shell == "fish" else "$?"
    child.sendline(f"echo st''atus:{variable}:; {WHO}")
    child.expect_exact("status:130:")
    child.expect_exact("I am [audit]")
    assert (person.home / "ran").read_text() == "x\nx\n"
    assert actions(person) == ["AssumeRole"]


def test_a_command_cannot_ask_where_nobody_is_to_be_asked(person: Person, seats: Seats) -> None:
    script = person.home / "ask.sh"
    script.write_text('read -r line; echo "$line"\n')
    person.profiles["audit"]["mfa_process"] = f"sh {script}"
    person.write()
    child = seats.program("audit", "--no-input")
    child.expect("printed nothing")
    assert status(child) == 3


@pytest.mark.parametrize("modes", ["igncr", "raw", "inlcr"])
def test_enter_ends_the_answer_whatever_the_terminal_makes_of_it(
    modes: str, person: Person, seats: Seats
) -> None:
    child = seats.shell("bash")
    child.sendline(f"stty {modes}; assume audit; stty sane")
    asked(child)
    child.send(f"{code(person)}\r")
    child.expect("audit: account")


def test_a_question_ends_with_the_shell_that_waits_for_it(person: Person, seats: Seats) -> None:
    """A shell within a shell is killed: the question is then behind the outer one."""
    child = seats.shell("bash")
    child.sendline(shlex.join(["bash", *BARE["bash"]]))
    child.sendline(f"source {person.home / 'rc'}; echo in''ner $$:")
    child.expect(r"inner (\d+):")
    inner = int(child.match.group(1))
    child.sendline("assume audit")
    asked(child)
    other = seats.program("audit")
    other.expect(WAITING)
    os.kill(inner, signal.SIGKILL)
    child.expect("no MFA code for audit was typed")
    asked(other)
    child.sendline("echo do''ne")
    child.expect("done")
    assert "fault" not in child.before


# --- Many shells ----------------------------------------------------------------------

WAITING = "another shell asks for the code of"


def test_twenty_shells_ask_one_person_once(person: Person, seats: Seats) -> None:
    children = [seats.program("audit") for _ in range(20)]
    holder = None
    for child in children:
        if child.expect([re.escape(ASK), WAITING]) == 0:
            assert holder is None
            holder = child
    assert holder is not None
    holder.sendline(code(person))
    for child in children:
        child.expect("role audit")
        assert status(child) == 0
    assert sorted(actions(person)) == ["AssumeRole", "GetSessionToken"]


@pytest.mark.parametrize("end", ["killed", "interrupted"])
def test_another_shell_takes_over(end: str, person: Person, seats: Seats) -> None:
    first = seats.program("audit")
    asked(first)
    second = seats.program("audit")
    second.expect(WAITING)
    if end == "killed":
        os.kill(first.pid, signal.SIGKILL)
    else:
        first.sendintr()
        assert status(first) == 130
    asked(second)
    second.sendline(code(person))
    assert status(second) == 0
    assert actions(person) == ["GetSessionToken", "AssumeRole"]


def test_who_waits_can_leave(seats: Seats) -> None:
    first = seats.program("audit")
    asked(first)
    second = seats.program("audit")
    second.expect(WAITING)
    second.expect("if nobody is there: Ctrl-C, and give the code here by --mfa-code")
    second.sendintr()
    assert status(second) == 130


def test_at_a_terminal_the_cache_is_listed_in_columns(seats: Seats) -> None:
    seats.person.assume("audit", SHELLKIT_MFA_CODE=code(seats.person)).went_well()
    child = seats.shellkit("cache", "list")
    child.expect(pexpect.EOF)
    lines = child.before.replace("\r", "").splitlines()
    lines, files = lines[::2], lines[1::2]
    assert [Path(file.strip()).is_file() for file in files] == [True, True]
    assert len({line.index("  until ") for line in lines}) == 1
    assert all(line.endswith(" left)") for line in lines)
    assert "\t" not in child.before
