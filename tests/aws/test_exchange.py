"""The exchange: a program without a terminal asks through the shell, which has one.

The program is started in a session of its own, so it finds no terminal whatever it tries,
as a native program of Windows does in mintty.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from assuming import ROOT, Person, wait_for_step

from shellkit import shells
from shellkit.sandbox import totp
from shellkit.shells.render import script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.pty

REQUIRED = os.environ.get("SHELLKIT_REQUIRE_SHELLS", "").split(",")
BARE = {"bash": ["--noprofile", "--norc", "-i"], "zsh": ["-f", "-i", "+Z"]}
PROMPT = "shell> "
#: What a shell says at its prompt, where it can ask: zsh, that it is no job in the background.
OFFER = {"bash": "offered stdin", "zsh": "offered front stdin"}
ASK = "audit: MFA code of arn:aws:iam::471112903465:mfa/alex: "
DONE = "audit: account 816204759301, role audit"
HOSTILE = "$(touch${IFS}INJECTED)`touch${IFS}INJECTED`%s\u202e"
SHOWN = HOSTILE.replace("\u202e", "\\u202e")

#: A session of its own, and so no terminal. `pids` has the processes that were started so.
ALONE = """\
#!{python}
import os, sys
os.setsid()
with open({pids!r}, "a") as file:
    print(os.getpid(), os.environ.get("SHELLKIT_EXCHANGE"), file=file)
sys.path.insert(0, {root!r})
from shellkit.__main__ import main
sys.exit(main())
"""


@pytest.fixture(autouse=True)
def _early_in_a_step() -> None:
    """A code that is made now shall still be good when it arrives."""
    wait_for_step(seconds=5)


@pytest.fixture
def person(mfa_person: Person) -> Person:
    mfa_person.environ |= {"TERM": "dumb"}
    mfa_person.environ |= {k: v for k, v in os.environ.items() if k.startswith("COVERAGE_")}
    return mfa_person


class Window:
    """A shell at a terminal, with the functions, whose program has no terminal."""

    def __init__(
        self, name: str, person: Person, pipe: str = "", start: Sequence[str] = ()
    ) -> None:
        if shutil.which(name) is None and name not in REQUIRED:
            pytest.skip(f"{name} is not on PATH")
        self.name, self.person = name, person
        folder = person.home / "program"
        folder.mkdir(exist_ok=True)
        self.pids = folder / "pids"
        alone = folder / "alone"
        alone.write_text(ALONE.format(python=sys.executable, pids=str(self.pids), root=ROOT))
        alone.chmod(0o755)
        exe = alone
        if pipe:
            exe = folder / "piped"
            exe.write_text(
                f'#!/bin/bash\nset -o pipefail\n{shlex.quote(str(alone))} "$@" | {pipe}\n'
            )
            exe.chmod(0o755)
        rc = folder / f"rc.{name}"
        rc.write_text(script(shells.get(name), str(exe), segment=False))
        self.rc = rc
        argv = [*start, name, *BARE[name]]
        self.child = pexpect.spawn(
            argv[0],
            argv[1:],
            env=person.changed({}),
            cwd=str(person.home),
            encoding="utf-8",
            timeout=30,
            dimensions=(50, 200),
        )
        self.child.delaybeforesend = 0.02
        self.run(f"PS1={shlex.quote(PROMPT)}; source {shlex.quote(str(rc))}")

    def type(self, line: str) -> None:
        self.child.sendline(line)

    def sees(self, text: str) -> str:
        """Wait for ``text``; what was shown before it."""
        self.child.expect_exact(text)
        return str(self.child.before)

    def run(self, line: str, wanted: str = "") -> str:
        """Run ``line`` to its end; what was shown."""
        self.type(line)
        shown = self.sees(wanted) if wanted else ""
        return shown + self.end()

    def end(self) -> str:
        """Wait until the shell has come to rest; what was shown."""
        mark = f"mark{time.monotonic_ns()}"
        self.type(f"echo {mark[:3]}''{mark[3:]}")
        return self.sees(mark)

    def interrupt(self) -> None:
        """Press Ctrl-C, and wait for the prompt: what is typed before goes to who reads."""
        self.child.sendintr()
        self.sees(PROMPT)

    def status(self) -> int:
        """``$?`` of the last command."""
        self.type("echo st''atus:$?:")
        self.child.expect(r"status:(\d+):")
        return int(self.child.match.group(1))

    def who(self) -> str:
        self.type("sh -c 'echo I $1 [$SHELLKIT_PROFILE]' sh am")
        self.child.expect(r"I am \[(.*?)\]")
        return str(self.child.match.group(1))

    def started(self) -> list[tuple[int, str]]:
        """The programs so far: their processes, and what each was told of the exchange."""
        if not self.pids.exists():
            return []
        pairs = (line.split(" ", 1) for line in self.pids.read_text().splitlines())
        return [(int(pid), state) for pid, state in pairs]

    def gone(self) -> None:
        """Wait until every program has ended."""
        end = time.monotonic() + 30
        while any(alive(pid) for pid, _ in self.started()):
            assert time.monotonic() < end, "a program outlives its shell"
            time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture
def open_window(person: Person) -> Iterator[Callable[..., Window]]:
    made: list[Window] = []

    def open_(name: str, **more: Any) -> Window:
        made.append(Window(name, person, **more))
        return made[-1]

    yield open_
    for window in made:
        window.child.close(force=True)


@pytest.fixture(params=list(BARE))
def window(request: pytest.FixtureRequest, open_window: Callable[..., Window]) -> Window:
    return open_window(request.param)


def code(person: Person) -> str:
    return totp(person.sample.mfa.seed, time.time())


def wrong(person: Person) -> str:
    return f"{(int(code(person)) + 1) % 1000000:06d}"


def actions(person: Person) -> list[str]:
    return [str(call.action) for call in person.sandbox.calls]


def settings(person: Person, text: str) -> None:
    folder = person.home / ".config" / "shellkit"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text)


# --- MFA ------------------------------------------------------------------------------


def test_a_code_is_typed_once_for_all_roles(person: Person, window: Window) -> None:
    window.type("assume audit")
    window.sees(ASK)
    now = code(person)
    window.type(f"{now[:3]} {now[3:]}")
    window.sees(DONE)
    window.run("assume vault", "vault: account 816204759301, role vault")
    assert window.who() == "vault"
    assert actions(person) == ["GetSessionToken", "AssumeRole", "AssumeRole"]
    offer = OFFER[window.name]
    assert [state for _, state in window.started()] == [offer, "open", offer]


def test_a_wrong_code_first(person: Person, window: Window) -> None:
    window.type("assume audit")
    for text, complaint in [
        ("12345", "an MFA code has six digits, not 5"),
        (wrong(person), "AWS refused the MFA code"),
    ]:
        window.sees(ASK)
        window.type(text)
        window.sees(complaint)
    window.sees(ASK)
    window.type(code(person))
    window.sees(DONE)
    assert window.status() == 0


def test_three_wrong_codes(person: Person, window: Window) -> None:
    window.type("assume audit")
    for text in ("", "\uff11\uff12\uff13\uff14\uff15\uff16", wrong(person)):
        window.sees(ASK)
        window.type(text)
    window.sees("no good MFA code in 3 tries: AWS refused the MFA code")
    assert window.status() == 1
    assert window.who() == ""
    assert actions(person) == ["GetSessionToken"]


def test_a_used_code_is_refused_with_the_seconds_to_wait(person: Person, window: Window) -> None:
    for duration in ("2h", "3h"):  # The code goes to AssumeRole, and serves nothing else.
        window.type(f"assume vault -d {duration}")
        window.sees("vault: MFA code")
        now = code(person)
        window.type(now)
        if duration == "2h":
            window.sees(PROMPT)  # What is typed with the answer would be dropped.
    window.sees("this MFA code was used already")
    window.sees(" for the next one")
    window.sees("vault: MFA code")
    window.child.sendeof()
    window.sees("no MFA code for vault was typed")
    assert window.status() == 4
    assert actions(person) == ["AssumeRole"]


@pytest.mark.parametrize("echo", [True, False])
def test_ctrl_c_leaves_everything_as_it_was(echo: bool, person: Person, window: Window) -> None:
    settings(person, f"mfa_echo = {str(echo).lower()}\n")
    window.type("assume audit")
    window.sees(ASK)
    window.interrupt()
    assert window.status() == 130
    assert window.who() == ""
    window.gone()
    assert actions(person) == []
    # What is typed is seen again, the lock is free, and no job is left.
    window.type("stty -a; jobs")
    shown = window.end()
    assert " echo " in shown
    assert "-echo " not in shown
    assert "alone" not in shown
    window.type("assume audit")
    window.sees(ASK)
    window.type(code(person))
    window.sees(DONE)


def test_a_program_that_could_not_run_when_it_was_interrupted_ends_too(
    person: Person, window: Window
) -> None:
    window.type("assume audit")
    window.sees(ASK)
    pid = window.started()[-1][0]
    os.kill(pid, signal.SIGSTOP)
    window.interrupt()
    assert window.status() == 130
    os.kill(pid, signal.SIGCONT)
    window.gone()
    assert actions(person) == []


def test_ctrl_z_changes_nothing(person: Person, window: Window) -> None:
    window.type("assume audit")
    window.sees(ASK)
    window.child.send("\x1a")
    time.sleep(0.3)
    window.type(code(person))
    window.sees(DONE)
    assert window.status() == 0


def test_the_program_is_killed_at_the_question(window: Window) -> None:
    window.type("assume audit")
    window.sees(ASK)
    os.kill(window.started()[-1][0], signal.SIGKILL)
    window.type("123456")
    window.sees(PROMPT)  # What is typed with the answer would be dropped.
    assert window.status() == 137
    assert window.who() == ""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGHUP])
def test_no_program_outlives_its_shell(ending: signal.Signals, window: Window) -> None:
    window.type("assume audit")
    window.sees(ASK)
    window.child.kill(ending)
    window.gone()


def test_no_program_outlives_its_terminal(window: Window) -> None:
    window.type("assume audit")
    window.sees(ASK)
    window.child.close(force=False)
    window.gone()


def test_an_alias_with_the_name_of_a_keyword_gets_in_no_question(window: Window) -> None:
    """bash expands aliases of now in what it evaluates: one called coproc broke the question."""
    window.type("alias coproc='echo X' builtin='echo Y' wait='echo Z'")
    window.type("assume audit")
    window.sees(ASK)
    window.type(code(window.person))
    window.sees(DONE)


def test_several_shells_have_one_question(
    person: Person, open_window: Callable[..., Window]
) -> None:
    windows = [open_window(name) for name in ("bash", "zsh", "bash", "zsh")]
    first, *others = windows
    first.type("assume audit")
    first.sees(ASK)
    for window in others:
        window.type("assume vault")
        window.sees("another shell asks for the code of arn:aws:iam::471112903465:mfa/alex")
    first.type(code(person))
    first.sees(DONE)
    for window in others:
        window.sees("vault: account 816204759301, role vault")
    assert actions(person).count("GetSessionToken") == 1


def test_the_next_shell_asks_where_the_first_one_left(
    person: Person, open_window: Callable[..., Window]
) -> None:
    first, second = open_window("bash"), open_window("zsh")
    first.type("assume audit")
    first.sees(ASK)
    second.type("assume audit")
    second.sees("another shell asks")
    first.child.sendintr()
    second.sees(ASK)
    second.type(code(person))
    second.sees(DONE)


@pytest.mark.parametrize("echo", [True, False])
def test_digits_are_seen_unless_that_is_not_wanted(
    echo: bool, person: Person, window: Window
) -> None:
    settings(person, f"mfa_echo = {str(echo).lower()}\n")
    window.type("stty -echoctl; assume audit")
    window.sees(ASK)
    now = code(person)
    window.type(now)
    assert (now in window.sees(DONE)) == echo


def test_a_paste_with_more_lines_runs_nothing(person: Person, window: Window) -> None:
    window.type("assume audit")
    window.sees(ASK)
    window.child.send(f"{code(person)}\ntouch pasted\n")
    window.sees(DONE)
    window.end()
    assert not (person.home / "pasted").exists()


@pytest.mark.parametrize("echo", [True, False])
def test_a_paste_that_ends_within_a_line_leaves_nothing(
    echo: bool, person: Person, window: Window
) -> None:
    """In zsh its last line stayed, and the next Enter would run it."""
    settings(person, f"mfa_echo = {str(echo).lower()}\n")
    window.type("assume audit")
    window.sees(ASK)
    window.child.send(f"{code(person)}\ntouch pasted\ntouch past")
    window.sees(DONE)
    window.child.send("\n")
    window.end()
    assert not list(person.home.glob("past*"))


@pytest.mark.parametrize(
    "line",
    [
        "assume audit </dev/null",
        "echo 123456 | assume audit",
        "yes 123456 | assume audit",
        "assume audit | cat",
        "assume audit 2>/dev/null",
        "assume audit 2>&-",
        "(assume audit)",
    ],
)
def test_the_terminal_is_asked_wherever_the_streams_lead(
    line: str, person: Person, window: Window
) -> None:
    window.type(line)
    window.sees(ASK)
    window.type(code(person))
    deadline = time.monotonic() + 20  # What is typed with the code would be dropped.
    while len(actions(person)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    window.end()
    assert actions(person) == ["GetSessionToken", "AssumeRole"]


@pytest.mark.parametrize("name", list(BARE))
def test_a_shell_at_a_terminal_that_is_not_its_own(
    name: str, person: Person, open_window: Callable[..., Window]
) -> None:
    """`/dev/tty` cannot be opened there, but stdin or stderr is a terminal."""
    window = open_window(name, start=["setsid", "-w"])
    window.type("{ true </dev/tty; } 2>/dev/null || echo no''ne")
    window.sees("none")
    window.type("assume audit")
    window.sees(ASK)
    window.type(code(person))
    window.sees(DONE)
    person.run("cache", "clear", "--all").went_well()
    window.type("assume vault </dev/null")
    window.sees("vault: MFA code")
    window.type("1")
    window.sees("six digits, not 1")
    window.sees("vault: MFA code")
    window.child.sendeof()
    assert window.status() == 4
    # At no terminal it is not offered.
    window.type("assume vault </dev/null 2>seen; cat seen")
    window.sees("there is no terminal to ask on")


def asking_command(person: Person) -> None:
    script_ = person.home / "ask.sh"
    script_.write_text("printf 'PIN: ' >&2; read -r line; echo code; echo \"$line\"\n")
    person.profiles["audit"]["mfa_process"] = f"sh {script_}"
    person.write()


def test_a_command_for_the_code_has_the_shells_terminal(person: Person, window: Window) -> None:
    """It had none where the program finds none, though our stdin may well be one."""
    asking_command(person)
    window.type("assume audit")
    window.sees("PIN: ")
    window.type(code(person))
    window.sees(DONE)
    assert window.who() == "audit"
    assert [state for _, state in window.started()] == [OFFER[window.name]]


def test_a_command_for_the_code_reads_nothing_of_the_callers(
    person: Person, window: Window
) -> None:
    asking_command(person)
    window.type("printf '%s\\n' 123456 rest >lines; { assume audit; echo status:$?; cat; } <lines")
    window.sees("mfa_process: printed no code")
    window.sees("status:3")
    window.sees("123456")
    window.sees("rest")
    assert actions(person) == []


def test_a_keyring_that_fails_is_tried_once(person: Person, window: Window) -> None:
    """The program asked it, said that it failed, and did both again when the shell asked."""
    (person.home / ".local/state/shellkit").mkdir(parents=True)
    note = person.home / ".local/state/shellkit/seeds"
    note.write_text(f"shellkit-seeds 1\n{person.sample.mfa_serial}\n")
    window.run("export PYTHON_KEYRING_BACKEND=no.such.Backend")
    window.type("assume audit")
    shown = window.sees(ASK)
    assert shown.count("the keyring failed (ModuleNotFoundError)") == 1
    window.type(code(person))
    window.sees(DONE)


# --- Menu, confirm --------------------------------------------------------------------


def test_the_menu_filters_by_part_and_number(window: Window) -> None:
    window.type("assume")
    window.sees("number, or part of a name")
    window.type("stag")
    window.sees("1  staging")
    window.sees("number, or part of a name")
    window.type("no such thing")
    window.sees("no profile matches no such thing")
    window.sees("number, or part of a name")
    window.type("stag")
    window.sees("number, or part of a name")
    window.type("1")
    window.sees("staging: account")
    assert window.who() == "staging"


def test_the_menu_opens_for_a_name_that_is_not_there(window: Window) -> None:
    window.type("assume stagi")
    window.sees("1  staging")
    window.sees("number, or part of a name")
    window.type("1")
    window.sees("staging: account")


@pytest.mark.parametrize("leaving", ["\r", "\x04", "\x03"])
def test_leaving_the_menu(leaving: str, window: Window) -> None:
    window.type("assume")
    window.sees("number, or part of a name (nothing to leave): ")
    window.child.send(leaving)
    window.sees(PROMPT)  # What is typed with the answer would be dropped.
    assert window.status() == 130
    assert window.who() == ""
    window.gone()


def test_the_menu_then_a_code(person: Person, window: Window) -> None:
    window.type("assume aud")
    window.sees("number, or part of a name")
    window.type("1")
    window.sees(ASK)
    window.type(code(person))
    window.sees(DONE)
    assert window.status() == 0


def test_confirming(person: Person, window: Window) -> None:
    settings(person, 'confirm = ["prod*"]\n')
    person.profile("prod", "staging")
    for answer, said, status, name in [
        ("n\r", "prod was not confirmed", 130, ""),
        ("\x04", "prod was not confirmed", 130, ""),
        ("y\r", "prod: account", 0, "prod"),
    ]:
        window.type("assume prod")
        window.sees("Assume prod? [y/N] ")
        window.child.send(answer)
        window.sees(said)  # What is typed with the answer is dropped.
        assert window.status() == status
        assert window.who() == name


@pytest.mark.parametrize("words", ["chained", "chaine"])
def test_what_is_said_first_is_said_once(words: str, person: Person, window: Window) -> None:
    """The program was started twice by then, or had the menu in between."""
    person.profile("chained", "vault", source="audit", duration_seconds="7200")
    window.type(f"assume {words}")
    if words != "chained":
        window.sees("number, or part of a name")
        window.type("1")
    shown = window.sees("chained: MFA code")
    assert shown.count("asking for 1h instead of 2h") == 1, shown
    window.interrupt()
    assert window.status() == 130


# --- What passes ----------------------------------------------------------------------


def test_a_hostile_name_is_shown_and_not_run(person: Person, window: Window) -> None:
    person.profile(HOSTILE, "staging")
    settings(person, 'confirm = ["*INJECTED*"]\n')
    window.type("assume INJECTED")
    window.sees(f"{SHOWN}")
    window.sees("number, or part of a name")
    window.type("1")
    window.sees(f"Assume {SHOWN}? [y/N] ")
    window.type("y")
    window.sees(f"{SHOWN}: account")
    assert window.status() == 0
    assert not list(person.home.rglob("INJECTED"))


def test_lines_that_end_in_cr_lf(open_window: Callable[..., Window]) -> None:
    for name in BARE:
        window = open_window(name, pipe="sed -u 's/$/\\r/'")
        window.type("assume sta")
        window.sees("number, or part of a name")
        window.type("1")
        window.sees("staging: account")
        window.type("echo \"[$AWS_REGION]\" | od -c | tr -d ' '")
        assert "\\r" not in window.end()
        assert window.who() == "staging"


STRICT = {
    "bash": "set -eu; set -o pipefail; set -C; set -o posix; IFS=k_e",
    "zsh": "setopt errexit nounset noclobber ksharrays shwordsplit",
}


@pytest.mark.parametrize("name", list(STRICT))
def test_under_strict_options(
    name: str, person: Person, open_window: Callable[..., Window]
) -> None:
    window = open_window(name)
    window.run(STRICT[name])
    window.type("assume audit || echo n''o")
    window.sees(ASK)
    window.type("1")
    window.sees(ASK)
    window.interrupt()
    window.end()
    window.type("assume audit && echo ye''s")
    window.sees(ASK)
    window.type(code(person))
    window.sees("yes")
    assert window.who() == "audit"


HANDLERS = {
    "bash": "trap 'echo INT' INT; trap 'echo ERR' ERR; trap 'true' DEBUG; set -ET; set -m",
    "zsh": "trap 'echo ERR' ZERR; trap 'true' DEBUG; setopt monitor notify",
}


@pytest.mark.parametrize("name", list(HANDLERS))
def test_beside_traps_coprocesses_and_job_control(
    name: str, person: Person, open_window: Callable[..., Window]
) -> None:
    window = open_window(name)
    window.run(HANDLERS[name])
    window.run("coproc cat")
    window.run("sleep 1000 &")
    window.type("assume audit")
    window.sees(ASK)
    window.type(code(person))
    shown = window.sees(DONE)
    assert "ERR" not in shown
    assert "coproc" not in shown
    assert "[" not in shown
    shown = window.run("jobs")
    assert shown.count("cat") == 1
    assert shown.count("sleep 1000") == 1
    assert "shellkit" not in shown
    window.run("kill %2; kill %1")


TRACES = {"bash": "set -xv", "zsh": "setopt xtrace verbose"}


@pytest.mark.parametrize("name", list(TRACES))
def test_a_traced_shell_shows_no_code(
    name: str, person: Person, open_window: Callable[..., Window]
) -> None:
    settings(person, "mfa_echo = false\n")
    window = open_window(name)
    window.run(TRACES[name])
    window.type("assume audit")
    window.sees(ASK)
    now = code(person)
    window.type(now)
    shown = window.sees(DONE) + window.end()
    path = person.home / "secrets"
    window.run(f"sh -c 'echo $AWS_SECRET_ACCESS_KEY; echo $AWS_SESSION_TOKEN' >{path}")
    secrets = path.read_text().split()
    assert len(secrets) == 2
    assert not [secret for secret in (now, *secrets) if secret in shown]


def test_nothing_is_left_in_the_shell(person: Person, window: Window) -> None:
    before = names(window)
    window.type("assume audit")
    window.sees(ASK)
    window.type(code(person))
    window.sees(DONE)
    window.run("unassume")
    assert names(window) - before <= {"__shellkit_this", "__shellkit_last"}


def names(window: Window) -> set[str]:
    path = window.person.home / "program" / "names"
    window.run(f"{{ set -o posix; set; set +o posix; }} 2>/dev/null >{path} || set >{path}")
    found = {line.partition("=")[0] for line in path.read_text(errors="replace").splitlines()}
    return {name for name in found if name.isidentifier() and name not in SHELLS_OWN}


#: What a shell sets by itself from command to command (bash: or lists once it was asked for).
SHELLS_OWN = {"BASH_LINENO", "BASH_SUBSHELL", "PIPESTATUS", "OLDPWD", "pipestatus"}
SHELLS_OWN |= {"RANDOM", "SECONDS", "LINENO"}


# --- Where there is none --------------------------------------------------------------


def test_a_script_is_not_offered_it(person: Person, window: Window) -> None:
    script_ = person.home / "script"
    script_.write_text(f". '{window.rc}'\nassume audit\necho status:$?:\n")
    window.type(f"{window.name} {script_}")
    window.sees("there is no terminal to ask on")
    window.sees("status:4:")
    assert [state for _, state in window.started()] == [""]


def test_a_bash_without_coprocesses_does_not_offer_it(open_window: Callable[..., Window]) -> None:
    window = open_window("bash")
    code_ = window.rc.read_text()
    older = code_.replace("${BASH_VERSINFO[0]} -ge 4 ]]", "3 -ge 4 ]]")
    assert older.count("3 -ge 4 ]]") == 1
    window.rc.write_text(older)
    window.run(f". {shlex.quote(str(window.rc))}")
    window.type("assume audit")
    window.sees("there is no terminal to ask on")
    assert window.status() == 4
    assert [state for _, state in window.started()] == [""]


def test_a_shell_without_a_terminal_is_not_offered_it(person: Person) -> None:
    for name, options in BARE.items():
        folder = person.home / "program"
        folder.mkdir(exist_ok=True)
        rc = folder / f"rc.{name}"
        rc.write_text(script(shells.get(name), sys.executable, "-m", "shellkit", segment=False))
        done = subprocess.run(
            [name, *options, "-c", f". {rc}; assume audit; echo status:$?:"],
            env={**person.environ, "PYTHONPATH": ROOT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            timeout=60,
            check=False,
        )
        assert "there is no terminal to ask on" in done.stderr
        assert "status:4:" in done.stdout


def test_a_job_in_the_background_is_asked_nothing(person: Person, window: Window) -> None:
    """It showed its question, on which nobody could answer, and ended with 4 then."""
    window.type("assume audit & wait $!; echo st''atus:$?:")
    shown = window.sees("there is no terminal to ask on")
    shown += window.sees("status:4:")
    assert "MFA code of" not in shown.replace(" needs a code of the MFA device", "")
    assert [state for _, state in window.started()] == [""]
    assert actions(person) == []
    window.gone()


def test_no_input_is_not_asked_through_the_shell(window: Window) -> None:
    window.run("assume audit --no-input", "--no-input forbids to ask")
    assert [state for _, state in window.started()] == [OFFER[window.name]]


def test_a_program_with_a_terminal_asks_by_itself(
    person: Person, open_window: Callable[..., Window]
) -> None:
    window = open_window("bash")
    alone = window.person.home / "program" / "alone"
    alone.write_text(alone.read_text().replace("os.setsid()", ""))
    window.type("assume audit")
    window.sees(ASK)
    assert [state for _, state in window.started()] == ["offered stdin"]
    window.type(code(person))
    window.sees(DONE)
