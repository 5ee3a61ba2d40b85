"""The picker among 10,000 profiles, on a pseudo terminal: the first paint, and each key."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence

from bench_table import Table
from places import Place
from stopwatch import Process

MANY = 10_000
#: Times what importing the toolkit alone takes.
LIMIT = 1.5
KEYS = [*"te 1234 dev", *["\x7f"] * 5, *["\x1b[B"] * 5]


class Screen:
    """A program on a pseudo terminal, on the clock from before it is started."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self.started = time.perf_counter()
        self.pid, self.front = pty.fork()
        if self.pid == 0:
            os.execve(argv[0], list(argv), dict(env))
        fcntl.ioctl(self.front, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def until(self, seen: bytes) -> int:
        """How many bytes came until ``seen`` was among them."""
        came = b""
        while seen not in came:
            assert select.select([self.front], [], [], 60)[0], came
            came += os.read(self.front, 65536)
        return len(came)

    def press(self, key: str) -> tuple[float, int]:
        """Seconds until the screen is drawn anew, and the bytes for it."""
        started = time.perf_counter()
        os.write(self.front, key.encode())
        came = self.until(b"\x1b[?7h")
        return time.perf_counter() - started, came

    def close(self) -> None:
        os.write(self.front, b"\x03")
        os.waitpid(self.pid, 0)
        os.close(self.front)


def test_first_paint_and_keys(place_of: Callable[[int], Place], table: Table) -> None:
    place = place_of(MANY)
    argv = [*place.warm().argv[:-1]]
    env = {**place.env, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    toolkit = Process("toolkit", [sys.executable, "-I", "-c", "import prompt_toolkit"], env)
    paints, ready, keys, sizes = [], [], [], []
    alone = []
    for _ in range(12):
        alone.append(toolkit.seconds())
        screen = Screen(argv, env)
        screen.until(b"/%d" % (MANY // 10))  # There are some more.
        paints.append(time.perf_counter() - screen.started)
        screen.until(b"\x1b[?7h")
        ready.append(time.perf_counter() - screen.started)
        for key in KEYS:
            seconds, size = screen.press(key)
            keys.append(seconds)
            sizes.append(size)
        screen.close()
        if len(paints) >= 4 and min(paints) <= LIMIT * min(alone):
            break
    keys.sort()
    sizes.sort()
    ratio = min(paints) / min(alone)
    table.add("importing prompt_toolkit alone", f"{min(alone) * 1000:.1f} ms")
    table.add(
        f"the picker's first paint, {MANY:,} profiles",
        f"{min(paints) * 1000:.1f} ms",
        f"{ratio:.2f} x the import",
        f"<= {LIMIT:g} x the import",
    )
    table.add("the same until it takes keys", f"{min(ready) * 1000:.1f} ms")
    last = keys[int(len(keys) * 0.95)]
    table.add("a key in it, median", f"{keys[len(keys) // 2] * 1000:.1f} ms")
    table.add("a key in it, 95th percentile", f"{last * 1000:.1f} ms")
    table.add("bytes for a key, median", str(sizes[len(sizes) // 2]))
    assert ratio <= LIMIT
