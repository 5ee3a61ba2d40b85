"""A person at a terminal: keys go in, and what is asserted is the screen."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from idle import LONG, at_work
from shellbench import Bench, words_for

from shellkit.shells.render import script

MAIN = Path(__file__).parents[2] / "shellkit" / "__main__.py"
PROMPT = "$> "

INTERACTIVE = {
    "bash": ["--noprofile", "--norc", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
}
#: No colours, no bell, a prompt that can be waited for.
SETUP = {
    "bash": "bind 'set enable-bracketed-paste off'; bind 'set bell-style none'; PS1='$> '",
    "zsh": "unsetopt prompt_cr prompt_sp beep; PROMPT='$> '; bindkey -e",
    "fish": "function fish_prompt; echo -n '$> '; end; set -g fish_greeting",
}


class Desk:
    """An interactive shell with shellkit loaded, and the screen that a person would see."""

    def __init__(
        self,
        on: Bench,
        *,
        env: dict[str, str] | None = None,
        before: str = "",
        after: str = "",
        size: tuple[int, int] = (24, 100),
        load: bool = True,
    ) -> None:
        pexpect = pytest.importorskip("pexpect")
        pyte = pytest.importorskip("pyte")
        self.on, self.name = on, on.shell.name
        # A name of its own for the program, so that a test can see whether it was started.
        self.called = on.folder / "called"
        self.exe = on.folder / "counting it's"
        self.exe.write_text(
            f"#!/bin/sh\necho \"$*\" >>'{self.called}'\n"
            f"exec '{sys.executable}' -I '{MAIN}' \"$@\"\n"
        )
        self.exe.chmod(0o755)
        self.script = on.folder / f"{on.shell.script}.loaded"
        self.script.write_text(script(on.shell, str(self.exe)), encoding="ascii", newline="")
        lines, columns = size
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.Stream(self.screen)
        coverage = {k: v for k, v in os.environ.items() if k.startswith("COVERAGE_")}
        self.child = pexpect.spawn(
            words_for(self.name)[0],
            INTERACTIVE[self.name],
            env=on.environment({"TERM": "xterm", "HISTFILE": "", **coverage, **(env or {})}),
            cwd=str(on.home),
            dimensions=size,
            encoding="utf-8",
            timeout=20,
        )
        self.child.delaybeforesend = None
        rc = on.folder / "rc"
        source = f"source {on.shell.quote(str(self.script))}" if load else ""
        rc.write_text("\n".join((before, source, after, SETUP[self.name], "")), encoding="utf-8")
        self.settle(0.3)
        self.run(f" source {on.shell.quote(str(rc))}")
        self.clear()

    def read(self, seconds: float = 0.05) -> bool:
        """Draw what the shell has written; false where that is nothing."""
        import pexpect

        try:
            self.stream.feed(self.child.read_nonblocking(65536, timeout=seconds))
        except pexpect.TIMEOUT:
            return False
        return True

    def settle(self, quiet: float = 0.15) -> None:
        """Until for a while nothing has been written, and none has had work to do."""
        last = began = time.monotonic()
        while time.monotonic() - last < quiet:
            if self.read() or (time.monotonic() < began + LONG and at_work(self.child.pid)):
                last = time.monotonic()

    def keys(self, text: str) -> list[str]:
        """The screen after these keys, without empty lines at its end."""
        self.child.send(text)
        self.settle()
        return self.lines

    def press(self, text: str, wanted: str, seconds: float = 40) -> list[str]:
        """As ``keys``, but waits until ``wanted`` shows, which is not there before."""
        if text.startswith("\x15"):
            text = text[1:]
            self.child.send("\x15")
            self.wait(lambda: not self.shows(wanted), f"{wanted!r} stays", seconds)
        assert not self.shows(wanted), "\n".join(self.lines)
        self.child.send(text)
        return self.shown(wanted, seconds)

    def shown(self, wanted: str, seconds: float = 40) -> list[str]:
        """The screen, once ``wanted`` shows and nothing more comes."""
        self.wait(lambda: self.shows(wanted), f"no {wanted!r}", seconds)
        self.settle()
        return self.lines

    def wait(self, holds: Callable[[], bool], complaint: str, seconds: float) -> None:
        """Draw what the shell writes until ``holds``; else fail with the screen."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"{complaint} in\n" + "\n".join(self.lines)
            self.read()

    def shows(self, text: str) -> bool:
        """Whether ``text`` is in a line of the screen."""
        return any(text in line for line in self.lines)

    def run(self, line: str) -> None:
        """Run ``line``, and wait until it is done. The terminal may echo what is typed ahead."""
        mark = self.on.folder / "mark"
        mark.unlink(missing_ok=True)
        self.child.send(f"{line}\r")
        self.child.send(f" : >{self.on.shell.quote(str(mark))}\r")
        for _ in range(400):
            if mark.exists():
                break
            self.read()
        assert mark.exists(), "\n".join(self.lines)
        self.settle()

    def clear(self) -> None:
        """An empty screen with a prompt."""
        self.child.send("\x15")
        self.run(" printf '\\033[H\\033[2J'")
        self.screen.reset()
        self.child.send("\x0c")
        self.settle()

    @property
    def lines(self) -> list[str]:
        """What is on the screen."""
        shown = [line.rstrip() for line in self.screen.display]
        while shown and not shown[-1]:
            shown.pop()
        return shown

    @property
    def line(self) -> str:
        """The command line: what stands after the last prompt, up to the cursor's line."""
        for at in range(self.screen.cursor.y, -1, -1):
            if self.screen.display[at].startswith(PROMPT):
                rows = self.screen.display[at : self.screen.cursor.y + 1]
                return "".join(rows)[len(PROMPT) :].rstrip()
        return "\n".join(self.lines)

    def tab(self, typed: str, times: int = 1) -> str:
        """The command line after ``typed`` and TAB."""
        self.child.send("\x15")
        self.settle(0.05)
        self.child.send(typed)
        self.settle(0.1)
        for _ in range(times):
            self.child.send("\t")
            self.settle(0.25)
        return self.line

    def calls(self) -> list[str]:
        """What the program was started with, so far."""
        return self.called.read_text().splitlines() if self.called.exists() else []

    def close(self) -> None:
        self.child.close(force=True)
