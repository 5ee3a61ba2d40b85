"""How long processes take, and how much memory: compared with each other, never with a clock.

Other work on the machine can only make a process slower. So what is compared runs
in turns, the best time of each counts, and a ratio that does not hold yet gets more
rounds before it is called missed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

#: A process that only starts Python, under the interpreter of everything else here.
FLOOR_ARGV = (sys.executable, "-I", "-S", "-c", "pass")

# A child's peak memory includes that of the process it was forked from: so the
# one that forks is hardly more than the floor itself.
_MEMORY = """
import posix, sys
argv = sys.argv[1:]
null = posix.open("/dev/null", posix.O_RDWR)
actions = [(posix.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)]
pid = posix.posix_spawn(argv[0], argv, posix.environ, file_actions=actions)
_, status, usage = posix.wait4(pid, 0)
print(status, usage.ru_maxrss)
"""


@dataclass(frozen=True)
class Process:
    """Something to run. ``before`` is called before each run, off the clock."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    before: Callable[[], None] | None = None

    def output(self) -> str:
        """Its stdout. ``AssertionError`` with its stderr where it fails."""
        if self.before:
            self.before()
        done = subprocess.run(
            self.argv,
            env=dict(self.env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{self.name}: exit {done.returncode}: {done.stderr}"
        return done.stdout

    def seconds(self) -> float:
        """How long one run takes, from before it is started until it is gone."""
        if self.before:
            self.before()
        null = os.open(os.devnull, os.O_RDWR)
        try:
            actions = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)]
            started = time.perf_counter()
            pid = os.posix_spawn(self.argv[0], list(self.argv), self.env, file_actions=actions)
            _, status = os.waitpid(pid, 0)
            taken = time.perf_counter() - started
        finally:
            os.close(null)
        assert status == 0, f"{self.name}: wait status {status}"
        return taken

    def peak_megabytes(self) -> float:
        """The most memory that it has at once (``ru_maxrss``)."""
        if self.before:
            self.before()
        launcher = [sys.executable, "-I", "-S", "-c", _MEMORY, *self.argv]
        done = subprocess.run(
            launcher, env=dict(self.env), stdout=subprocess.PIPE, text=True, check=True
        )
        status, peak = done.stdout.split()
        assert status == "0", f"{self.name}: wait status {status}"
        return int(peak) / (1 << 20 if sys.platform == "darwin" else 1 << 10)


@dataclass
class Race:
    """Processes that run in turns; ``best`` has the shortest time of each, in seconds."""

    processes: Sequence[Process]
    best: dict[str, float] = field(default_factory=dict)
    runs: int = 0  # of each process

    def __post_init__(self) -> None:
        for process in self.processes:
            process.output()  # Fills caches, and shows what is wrong with it.

    def run(self, rounds: int) -> None:
        """Run everything ``rounds`` times, each round beginning with another one."""
        for number in range(rounds):
            self.runs += 1
            first = number % len(self.processes)
            for process in (*self.processes[first:], *self.processes[:first]):
                taken = process.seconds()
                self.best[process.name] = min(taken, self.best.get(process.name, taken))

    def ratio(self, name: str, to: str) -> float:
        """The best time of ``name`` in best times of ``to``."""
        return self.best[name] / self.best[to]

    def settle(self, holds: Callable[[Race], bool], rounds: int, attempts: int = 8) -> None:
        """Run ``rounds``, and up to ``attempts`` times as many until ``holds`` is true."""
        for _ in range(attempts):
            self.run(rounds)
            if holds(self):
                return
