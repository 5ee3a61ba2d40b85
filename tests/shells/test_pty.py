"""Where a person sits: interactive shells at a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from shellbench import MESSAGE, RECIPE, ROLE, Bench, bench, words_for

pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.pty

INTERACTIVE = {
    "bash": ["--noprofile", "--norc", "-i"],
    # Its line editor, while it is switched off, would take what is typed ahead as it comes.
    "zsh": ["-f", "-i", "-o", "nozle", "-o", "nopromptcr", "-o", "nopromptsp"],
    "fish": ["--no-config", "-i"],
}


class Seat:
    """A person's seat: type a line, see what it printed."""

    def __init__(self, on: Bench) -> None:
        self.on = on
        name = on.shell.name
        program = words_for(name)[0]
        env = on.environment({"TERM": "dumb", "HISTFILE": str(on.home / "history")})
        self.child = pexpect.spawn(
            program, INTERACTIVE[name], env=env, cwd=str(on.home), encoding="utf-8", timeout=20
        )
        self.child.delaybeforesend = 0.02
        self.number = 0
        self.status = "$status" if name == "fish" else "$?"
        self.type("true")
        rc = on.folder / "rc"
        rc.write_text(on.load(), encoding="utf-8")
        self.type(f"source {on.shell.quote(str(rc))}")

    def type(self, line: str, *, interrupt: bool = False) -> tuple[str, int]:
        """What ``line`` printed (with its echo), and its status."""
        self.number += 1
        mark = f"done{self.number}"
        self.child.sendline(line)
        if interrupt:
            self.wait_for_call("slow")
            self.child.sendintr()
            time.sleep(0.3)
        # Split, so that the echo of the line is not taken for its output.
        self.child.sendline(f"echo do''ne{self.number}:{self.status}:")
        self.child.expect(rf"{mark}:(\d+):")
        return self.child.before, int(self.child.match.group(1))

    def wait_for_call(self, word: str) -> None:
        """Until the program has been started with ``word``."""
        for _ in range(200):
            if any(call.endswith(word) for call in self.on.calls):
                return
            time.sleep(0.05)
        raise AssertionError(f"{word} was never called")

    def close(self) -> None:
        self.child.close(force=True)


@pytest.fixture
def seat(any_shell: Bench) -> Iterator[Seat]:
    seat = Seat(any_shell)
    yield seat
    seat.close()


def test_assume_and_unassume(seat: Seat) -> None:
    on = seat.on
    seat.type(on.dump("before").strip())
    shown, status = seat.type("assume prod")
    assert status == 0
    assert "prod: account 123456789012, it's $HOME" in shown
    seat.type(on.dump("during").strip())
    assert on.dumped("during")["AWS_SECRET_ACCESS_KEY"] == ROLE.assigned["AWS_SECRET_ACCESS_KEY"]
    assert seat.type("assume fails")[1] == 4
    assert seat.type("unassume")[1] == 0
    seat.type(on.dump("after").strip())
    assert on.dumped("after") == on.dumped("before")


SUBSHELL = "this is a subshell: the shell around it is unchanged"


@pytest.mark.parametrize("line", ["assume prod | cat", "(assume prod)", "x=$(assume prod)"])
@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_a_subshell_says_that_it_is_one(name: str, line: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    on.answer("quiet", on.shell.switch(ROLE, RECIPE, ""))
    seat = Seat(on)
    try:
        seat.type(on.dump("before").strip())
        assert SUBSHELL not in seat.type("assume prod; unassume")[0]
        assert SUBSHELL in seat.type(line)[0]
        assert SUBSHELL not in seat.type(line.replace("prod", "quiet"))[0]
        assert SUBSHELL not in seat.type(f"{{ {line}; }} 2>log")[0]
        assert SUBSHELL not in seat.type("cat log")[0]
        seat.type(on.dump("after").strip())
        assert on.dumped("after") == on.dumped("before")
    finally:
        seat.close()


def test_fish_has_no_subshell(fish: Bench) -> None:
    for line in ("assume prod | cat", "set x (assume prod)"):
        seat = Seat(fish)
        try:
            assert SUBSHELL not in seat.type(line)[0]
            seat.type(fish.dump("after").strip())
            assert fish.dumped("after")["AWS_REGION"] == ROLE.assigned["AWS_REGION"]
        finally:
            seat.close()


def test_ctrl_c_while_the_program_works(seat: Seat) -> None:
    on = seat.on
    seat.type("assume other")
    seat.type(on.dump("before").strip())
    _, status = seat.type("assume slow", interrupt=True)
    assert status == 130
    seat.type(on.dump("after").strip())
    assert on.dumped("after") == on.dumped("before")
    assert seat.type("assume prod")[1] == 0
    assert seat.type("unassume")[1] == 0


@pytest.mark.parametrize(
    "line", ["assume {} 2>said", "{{ assume {}; }} 2>said", "assume {} 2>&1 >/dev/null | cat >said"]
)
def test_messages_go_where_stderr_goes(line: str, seat: Seat) -> None:
    """In fish what a command substitution runs has the stderr of the shell, not the function's."""
    on = seat.on
    if on.shell.name == "fish":
        line = line.replace("{{", "begin;").replace("}}", "end")
    # More than a pipe holds, with spaces and empty lines at both ends.
    much = "  \n\n" + "x" * 200_000 + "\n \n\n"
    on.answer("much", "", status=3)
    (on.answers / "much.said").write_text(much)
    no = "the program says no\n"
    for word, said, wanted in (
        ("fails", no, 4),
        ("prod", MESSAGE + "\n", 0),
        ("much", much + no, 3),
    ):
        shown, status = seat.type(line.format(word))
        assert status == wanted * ("|" not in line)
        assert said.strip()[:19] not in shown
        assert (on.home / "said").read_text() == said, word
        assert seat.type("unassume")[1] == 0
    # What follows is said on the terminal again.
    shown, status = seat.type("assume fails")
    assert "the program says no" in shown
    assert status == 4


def test_ctrl_c_with_stderr_in_a_file(seat: Seat) -> None:
    on = seat.on
    seat.type(on.dump("before").strip())
    assert seat.type("assume slow 2>said", interrupt=True)[1] == 130
    seat.type(on.dump("after").strip())
    assert on.dumped("after") == on.dumped("before")
    shown, status = seat.type("assume fails")
    assert "the program says no" in shown
    assert status == 4


def test_ctrl_c_leaves_the_users_trap_alone(tmp_path: Path) -> None:
    seat = Seat(bench("bash", tmp_path))
    try:
        seat.type("trap 'echo my-trap' INT")
        seat.type("assume slow", interrupt=True)
        assert "my-trap" in seat.type("trap -p INT")[0]
    finally:
        seat.close()


def test_history_and_screen_have_no_secret(seat: Seat) -> None:
    on = seat.on
    screen = ""
    if on.shell.name == "fish":
        seat.type("set -g fish_trace 1")
    else:
        seat.type("set -x")
    for line in (
        "assume prod",
        "assume fails",
        "assume prod",
        "unassume",
        "assume prod",
        "unassume",
    ):
        screen += seat.type(line)[0]
    seat.type("set -e fish_trace" if on.shell.name == "fish" else "set +x")
    screen += seat.type("fc -l 1" if on.shell.name == "zsh" else "history | cat")[0]
    assert "assume prod" in screen
    assert "INJECTED)+" not in screen
    assert "ken==" not in screen
    seat.child.sendline("exit")
    seat.child.expect(pexpect.EOF)
    for path in on.home.rglob("*history*"):
        if path.is_file():
            content = path.read_text(errors="replace")
            assert "INJECTED)+" not in content
            assert "ken==" not in content


def test_aliases_of_an_interactive_shell(seat: Seat) -> None:
    on = seat.on
    if on.shell.name == "fish":
        seat.type("function source; echo HIJACKED; end; function printf; echo HIJACKED; end")
    else:
        seat.type("alias export='echo HIJACKED' unset='echo HIJACKED' eval='echo HIJACKED'")
        seat.type("alias local='echo HIJACKED' builtin='echo HIJACKED' command='echo HIJACKED'")
    load = "builtin source" if on.shell.name == "fish" else "."
    seat.type(f"{load} {on.shell.quote(str(on.folder / 'rc'))}")
    shown = seat.type("assume prod")[0] + seat.type("unassume")[0]
    assert "HIJACKED" not in shown
    assert "prod: account" in shown
