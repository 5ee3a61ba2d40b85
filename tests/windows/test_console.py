"""A console, as cmd, PowerShell, Windows Terminal and winpty have it: Wine makes one of a PTY."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from gitbash import MAIN, PYTHON, GitBash, until

from tools import windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")
pytestmark = pytest.mark.pty

ASK = "audit: MFA code of arn:aws:iam::471112903465:mfa/alex: "

#: In Wine, unlike on Windows, a read of a line notices Ctrl-C at its end only (as does `input`).
CTRL_C = "\x03\r"

types_a_code = pytest.mark.usefixtures("_early_in_a_step")


class Console:
    """``assume`` as PowerShell calls it: the console is there, and only stdout is captured."""

    def __init__(self, of: GitBash, *words: str) -> None:
        out = of.home / ".out"
        script = of.home / ".captured"
        script.write_text('#!/bin/bash\n"$@" | cat >"${HOME}/.out"; exit "${PIPESTATUS[0]}"\n')
        command = [str(windows.wine()), PYTHON, "-I", MAIN, "env", "--shell", "powershell"]
        self.out = out
        self.screen = pyte.Screen(120, 40)
        self.stream = pyte.Stream(self.screen)
        self.child: Any = pexpect.spawn(
            "bash",
            [str(script), *command, "assume", *words],
            env=of.environ,
            cwd=str(of.home),
            encoding="utf-8",
            timeout=40,
            dimensions=(40, 120),
        )

    def type(self, keys: str) -> None:
        self.child.send(keys)

    def shows(self, text: str, *, times: int = 1) -> list[str]:
        """Wait until the screen has ``text``; its lines."""
        end = time.monotonic() + 40
        while sum(line.count(text) for line in self.screen.display) < times:
            assert time.monotonic() < end, "\n".join(self.screen.display)
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=0.1))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                assert any(text in line for line in self.screen.display), self.screen.display
        return [line.rstrip() for line in self.screen.display]

    def reads(self) -> bool:
        """Draw what has come; false where that is nothing."""
        try:
            self.stream.feed(self.child.read_nonblocking(65536, timeout=0.1))
        except pexpect.TIMEOUT:
            return False
        return True

    def ends(self) -> int:
        """Wait for the end; the exit code."""
        while True:
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=40))
            except pexpect.EOF:
                break
        self.child.wait()
        return int(self.child.exitstatus)

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display if line.strip()]


@pytest.fixture
def sits(git_bash: GitBash) -> Iterator[Callable[..., Console]]:
    """Sit down at a console and call ``assume``."""
    made: list[Console] = []

    def sit(*words: str) -> Console:
        made.append(Console(git_bash, *words))
        return made[-1]

    yield sit
    for console in made:
        console.child.close(force=True)


@types_a_code
def test_a_code_is_typed_at_the_console(sits: Callable[..., Console], git_bash: GitBash) -> None:
    console = sits("audit")
    console.shows(ASK)
    console.type("12345\r")
    console.shows("an MFA code has six digits, not 5")
    console.shows(ASK, times=2)
    code = git_bash.code()
    console.type(code + "\r")
    assert console.ends() == 0
    assert console.lines[-1] == ASK + code
    assert "AWSUME_PROFILE" in console.out.read_text()


@types_a_code
def test_a_hidden_code_is_not_shown(sits: Callable[..., Console], git_bash: GitBash) -> None:
    folder = git_bash.local / "shellkit"
    folder.mkdir()
    (folder / "config.toml").write_text("mfa_echo = false\n")
    console = sits("audit")
    console.shows(ASK)
    code = git_bash.code()
    console.type(code + "\r")
    assert console.ends() == 0
    assert console.lines[-1] == ASK.rstrip()


def test_ctrl_c_at_the_question(sits: Callable[..., Console]) -> None:
    console = sits("audit")
    console.shows(ASK)
    console.type(CTRL_C)
    assert console.ends() == 130
    assert console.out.read_text() == ""


def test_the_rest_of_a_paste_answers_nothing(
    sits: Callable[..., Console], git_bash: GitBash
) -> None:
    console = sits("audit")
    console.shows(ASK)
    console.type("12345\rfirst\rsecond\r")
    console.shows(ASK, times=2)
    console.type(CTRL_C)
    assert console.ends() == 130
    assert not any("six digits, not" in line for line in console.lines[3:])
    assert git_bash.actions() == []


def test_the_picker_draws_on_the_console_while_stdout_is_captured(
    sits: Callable[..., Console], git_bash: GitBash
) -> None:
    git_bash.profile("prüfung", "staging")
    console = sits()
    console.shows("prüfung")
    console.type("rüf")
    console.shows("> rüf")
    until(lambda: console.reads() or not any("audit" in line for line in console.lines))
    assert any("prüfung" in line for line in console.lines)
    console.type("\r")
    assert console.ends() == 0
    assert "prüfung" in console.out.read_text(encoding="utf-8")
    assert not any("prüfung" in line for line in console.lines), "what was drawn is still there"


def test_ctrl_c_leaves_the_picker(sits: Callable[..., Console]) -> None:
    console = sits()
    console.shows("audit")
    console.type("\x03")
    assert console.ends() == 130
    assert console.out.read_text() == ""
    assert console.lines == []


def test_the_menu_takes_letters_of_any_language(
    sits: Callable[..., Console], git_bash: GitBash
) -> None:
    git_bash.profile("prüfung", "staging")
    folder = git_bash.local / "shellkit"
    folder.mkdir()
    (folder / "config.toml").write_text('picker = "menu"\n')
    console = sits()
    lines = console.shows("nothing to leave")
    assert any("prüfung" in line for line in lines)
    console.type("üfu\r")
    console.shows("nothing to leave", times=2)
    console.type("1\r")
    assert console.ends() == 0
    assert "prüfung" in console.out.read_text(encoding="utf-8")
