"""The lines of the exchange between a program without a terminal and the shell that has one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit.terminal import exchange
from shellkit.visible import visible

TEXT = st.text(st.characters(exclude_categories=[]))


@given(st.sampled_from(["ask", "hide", "say"]), TEXT)
def test_any_text_is_one_line_that_can_be_shown(kind: str, text: str) -> None:
    data = exchange.line(kind, text)
    assert data.endswith(b"\n")
    shown = data.decode("utf-8")[:-1]
    assert shown.startswith(f"{kind} ")
    assert shown.isprintable()
    if text.isprintable():
        assert shown == f"{kind} {text}"
    else:
        assert shown == f"{kind} " + visible(text).replace("\n", "\\n").replace("\t", "\\t")


@given(TEXT.filter(lambda text: "\r" not in text))
def test_code_arrives_as_it_was(code: str) -> None:
    """Read as the shells do: lines that begin with `run`, and the last end of line is added."""
    code = code.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    data = exchange.code_lines(code)
    lines = data.split(b"\n")
    assert lines.pop() == b""
    assert all(line.startswith(b"run ") for line in lines)
    read = b"".join(line.removeprefix(b"run ") + b"\n" for line in lines)
    wanted = code.encode("utf-8", "surrogateescape")
    assert read == (wanted if wanted.endswith(b"\n") or not wanted else wanted + b"\n")


class Shell:
    """The other end of an exchange."""

    def __init__(self) -> None:
        answers, self.answers = os.pipe()
        lines, self._write = os.pipe()
        self._lines = open(lines, "rb")  # noqa: SIM115
        self.send("hello")
        self.exchange = exchange.Exchange(answers, self._write)

    def send(self, line: str, end: str = "\n") -> None:
        os.write(self.answers, (line + end).encode())

    def line(self) -> str:
        return self._lines.readline().decode()


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    over = threading.Event()
    # The end of the exchange ends the program, which is this one.
    monkeypatch.setattr(exchange, "_interrupt", over.set)
    monkeypatch.setattr(exchange.time, "sleep", lambda _: None)
    monkeypatch.setattr(exchange.os, "_exit", lambda _: None)
    made = Shell()
    yield made
    os.close(made.answers)
    assert over.wait(30)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_answer(end: str, shell: Shell) -> None:
    shell.send("answer 123 456 ", end)
    assert shell.exchange.prompt(True).ask("code: ") == "123 456 "
    assert shell.line() == "ask code: \n"
    shell.send("answer ", end)
    assert shell.exchange.prompt(False).ask("code: ") == ""
    assert shell.line() == "hide code: \n"


@pytest.mark.parametrize("line", ["end", "", "what"])
def test_no_answer(line: str, shell: Shell) -> None:
    shell.send(line)
    with pytest.raises(EOFError):
        shell.exchange.prompt(True).ask("code: ")


def test_what_is_said_is_said_line_by_line(shell: Shell) -> None:
    shell.exchange.prompt(True).say("one\ntwo \x1b[1m")
    assert [shell.line(), shell.line()] == ["say one\n", "say two \\x1b[1m\n"]


def test_no_other_program_has_the_terminal(shell: Shell) -> None:
    assert shell.exchange.prompt(True).descriptor() is None


PROGRAM = """\
import os, sys, time
from shellkit.terminal.exchange import open_exchange
try:
    open_exchange()
    os.write(1, b"say open\\n")
    assert os.read(0, 1) == b""  # Nobody else reads the answers.
    {then}
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.parametrize(
    "then",
    [
        "time.sleep(1000)",
        "__import__('threading').Event().wait()",
        "__import__('socket').create_server(('127.0.0.1', 0)).accept()",
        "open_exchange.__globals__['signal'].signal(2, lambda *_: None); time.sleep(1000)",
    ],
    ids=["asleep", "waiting", "on-the-network", "deaf"],
)
def test_a_program_ends_when_its_shell_has_gone(then: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(then=then)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(b"hello\n")
    child.stdin.flush()
    assert child.stdout.readline() == b"say open\n"
    child.stdin.close()
    assert child.wait(60) == 130
    child.stdout.close()


def test_a_shell_that_never_says_hello() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(then="")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (130, b"")
