"""A terminal whose screen can be read: a pseudo terminal in front, pyte behind it."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pexpect
import pyte
import pytest
from idle import at_work

SNAPSHOTS = Path(__file__).parent / "snapshots"

#: Keys as terminals send them.
KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "s-tab": "\x1b[Z",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "delete": "\x1b[3~",
    "backspace": "\x7f",
    **{f"c-{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
}


class Glass:
    """A program at a terminal of ``columns`` by ``rows``."""

    def __init__(
        self,
        argv: Sequence[str],
        env: dict[str, str],
        columns: int = 80,
        rows: int = 24,
        cwd: str | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.sent = b""
        self.cwd = cwd
        passed = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
        self.child = pexpect.spawn(
            argv[0], list(argv[1:]), env={**passed, **env}, dimensions=(rows, columns), cwd=cwd
        )
        self.child.delaybeforesend = None

    def type(self, text: str) -> None:
        self.child.send(text.encode("utf-8", "surrogateescape"))

    def press(self, *keys: str) -> None:
        """Press keys by their names, or characters."""
        for key in keys:
            self.type(KEYS.get(key, key))

    def resize(self, columns: int, rows: int) -> None:
        self.child.setwinsize(rows, columns)
        self.screen.resize(rows, columns)

    def feed(self, seconds: float = 0.05) -> bool:
        """Show what the program has written, waiting that long for it; whether there was some."""
        try:
            data = self.child.read_nonblocking(65536, seconds)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.sent += data
        self.stream.feed(data)
        return True

    def until(self, seen: str | Callable[[str], bool], seconds: float = 30) -> str:
        """The screen, once it shows ``seen`` and has come to rest.

        What it showed before counts once no program has work to do: it may be about to change.
        """
        shows = seen if callable(seen) else lambda text: re.search(seen, text) is not None
        end = time.monotonic() + seconds
        before = shows(self.text)
        while time.monotonic() < end:
            busy = self.feed() or (before and at_work(self.child.pid))
            if not busy and shows(self.text):
                return self.text
        raise AssertionError(f"{seen!r} never came; the screen is:\n{self.text}")

    @property
    def text(self) -> str:
        """What the screen shows, without the blanks at the ends."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip("\n")

    def styled(self, text: str) -> str:
        """How the first occurrence of ``text`` on the screen is drawn: a letter for each cell.

        ``r`` red, ``m`` marked (bold and underlined), ``v`` in reverse, and sums of these.
        """
        for line, shown in enumerate(self.screen.display):
            at = shown.find(text)
            if at >= 0:
                cells = [self.screen.buffer[line][at + more] for more in range(len(text))]
                return " ".join(
                    ("r" if cell.fg == "red" else "")
                    + ("m" if cell.underscore and cell.bold else "")
                    + ("v" if cell.reverse else "")
                    or "."
                    for cell in cells
                )
        raise AssertionError(f"{text!r} is not on the screen:\n{self.text}")

    def exit(self) -> int:
        """The exit code, once the program has ended."""
        end = time.monotonic() + 30
        while self.child.isalive() and time.monotonic() < end:
            self.feed()
        while self.feed():
            pass
        self.child.close()
        assert self.child.exitstatus is not None, f"ended by signal {self.child.signalstatus}"
        return int(self.child.exitstatus)

    def close(self) -> None:
        self.child.close(force=True)


def same_as_snapshot(name: str, text: str) -> None:
    """Compare ``text`` with the file; SHELLKIT_SNAPSHOTS=write writes it instead."""
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("SHELLKIT_SNAPSHOTS") == "write":
        path.write_text(text + "\n", encoding="utf-8")
    assert path.exists(), f"no snapshot {path.name}; the screen is:\n{text}"
    assert text + "\n" == path.read_text(encoding="utf-8")


def find_fzf() -> str:
    """fzf, from PATH or beside Python; else skip."""
    found = shutil.which("fzf") or shutil.which("fzf", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("fzf is not on PATH")
    return found


PROGRAM = [sys.executable, "-m", "shellkit"]
