"""A person in front of an interactive shell: what is asserted is the screen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from idle import LONG, at_work
from shellbench import Bench, words_for

from shellkit.environment import EnvChange
from shellkit.prompt import Prompt
from shellkit.shells.render import script

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")

INTERACTIVE = {
    "bash": ["--noprofile", "--norc", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
}
ACCOUNT = "111122223333"
#: With some seconds to spare, so that it stays so on a slow machine.
MINUTES_42 = 42 * 60 + 25

#: The user's own prompt in each shell, before the functions are loaded.
OWN_PROMPT = {
    "bash": "PS1='USER> '\n",
    "zsh": "PROMPT='USER> '\n",
    "fish": "function fish_prompt; echo -n 'USER> '; end\n",
}


@dataclass(frozen=True)
class Cell:
    """How one stretch of the screen looks."""

    color: str
    bold: bool
    inverse: bool


class Terminal:
    """A shell on a pseudo terminal, and what it has drawn there."""

    def __init__(self, on: Bench, env: dict[str, str], size: tuple[int, int]) -> None:
        self.on = on
        name = on.shell.name
        rows, self.columns = size
        self.screen = pyte.Screen(self.columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(
            words_for(name)[0],
            INTERACTIVE[name],
            env=on.environment({"TERM": "xterm-256color", "HISTFILE": "", **env}),
            cwd=str(on.home),
            dimensions=size,
            timeout=20,
        )
        self.child.delaybeforesend = None
        self.number = 0

    def until(self, holds: Callable[[], bool], seconds: float = 30) -> None:
        """Read what the shell draws until ``holds``; if never, fail with the screen."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "\n".join(self.screen.display).rstrip()
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                pass
            except pexpect.EOF:
                raise AssertionError("the shell is gone:\n" + "\n".join(self.rows)) from None

    @property
    def rows(self) -> list[str]:
        """The screen's lines down to the cursor."""
        return [line.rstrip() for line in self.screen.display[: self.screen.cursor.y + 1]]

    @property
    def row(self) -> str:
        """The line with the cursor: the prompt, where nothing has been typed."""
        return self.rows[-1]

    def send(self, keys: str) -> None:
        """Press keys."""
        self.child.send(keys)

    def out(self, line: str) -> list[str]:
        """Run ``line``; what it printed."""
        self.number += 1
        begin, done = f"begin{self.number}", f"done{self.number}"
        # On one line: the terminal would echo what is typed ahead amid what is printed.
        self.send(f"echo be''gin{self.number}; {line}; echo do''ne{self.number}\r")
        self.until(lambda: done in self.rows and self.row not in ("", done))
        self.settle()
        return self.rows[self.rows.index(begin) + 1 : self.rows.index(done)]

    def type(self, line: str) -> None:
        """Run ``line``."""
        self.number += 1
        mark = f"done{self.number}"
        self.send(line + "\r")
        # Split, so that the echo of the line is not taken for its output.
        self.send(f"echo do''ne{self.number}\r")
        self.until(lambda: mark in self.rows and self.row not in ("", mark))
        self.settle()

    def settle(self) -> None:
        """Read until nothing more comes for a moment, and none has work to do."""
        end = time.monotonic() + LONG
        while True:
            try:
                self.stream.feed(self.child.read_nonblocking(65536, timeout=0.15))
            except pexpect.EOF:
                return
            except pexpect.TIMEOUT:
                if time.monotonic() > end or not at_work(self.child.pid):
                    return

    def look(self, word: str) -> Cell:
        """How ``word`` looks on the line with the cursor."""
        at = self.row.index(word)
        cells = [self.screen.buffer[self.screen.cursor.y][at + n] for n in range(len(word))]
        looks = {Cell(cell.fg, cell.bold, cell.reverse) for cell in cells}
        assert len(looks) == 1
        return looks.pop()

    def close(self) -> None:
        self.child.close(force=True)


def role(profile: str = "prod", left: int | None = MINUTES_42, **more: str) -> EnvChange:
    """What ``assume`` sets for ``profile``, as far as a prompt sees it."""
    values = {
        "SHELLKIT_PROFILE": profile,
        "SHELLKIT_ACCOUNT_ID": ACCOUNT,
        "SHELLKIT_ROLE": "Admin",
        "AWS_REGION": "eu-west-1",
    }
    if left is not None:
        values["SHELLKIT_EXPIRES"] = str(int(time.time()) + left)
    return EnvChange({**values, **more})


def load(on: Bench, prompt: Prompt | None = None, name: str = "functions") -> str:
    """A statement that loads the functions with ``prompt`` as their settings."""
    path = on.folder / name
    path.write_text(script(on.shell, str(on.exe), prompt=prompt), encoding="utf-8", newline="")
    source = "builtin source" if on.shell.name == "fish" else "source"
    return f"{source} {on.shell.quote(str(path))}\n"


@contextmanager
def terminal(
    on: Bench,
    setup: str | None = None,
    *,
    prompt: Prompt | None = None,
    after: str = "",
    env: dict[str, str] | None = None,
    size: tuple[int, int] = (200, 100),
) -> Iterator[Terminal]:
    """An interactive shell: its own prompt, ``setup``, the functions, and ``after``."""
    rc = Path(on.folder / "rc")
    own = OWN_PROMPT[on.shell.name]
    rc.write_text(own + (setup or "") + "\n" + load(on, prompt) + after + "\n", encoding="utf-8")
    seat = Terminal(on, env or {}, size)
    try:
        seat.type(f"source {on.shell.quote(str(rc))}")
        yield seat
    finally:
        seat.close()
