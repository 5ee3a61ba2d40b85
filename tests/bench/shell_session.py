"""A real shell with the functions loaded, driven command by command.

The shell waits before each command until it is let go, and says when it is done:
between the two lies the command and nothing else, and while it waits, what the
kernel knows about it can be read (on Linux; elsewhere it counts nothing).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from places import Place

SHELLS = {
    "bash": ("bash", "--noprofile", "--norc"),
    "zsh": ("zsh", "-f"),
    "fish": ("fish", "--no-config"),
}

_LOAD = {
    "bash": 'eval -- "$({init})"\nempty() {{ :; }}\n',
    "zsh": 'eval -- "$({init})"\nempty() {{ :; }}\n',
    "fish": "{init} | source\nfunction empty; true; end\n",
}
_GATE = {
    "bash": "builtin echo $?; builtin read -r gate\n",
    "zsh": "builtin echo $?; builtin read -r gate\n",
    "fish": "builtin echo $status; builtin read gate\n",
}
_CHILDREN_FAULTS = 8  # cminflt in /proc/PID/stat: the eighth after the state


@dataclass(frozen=True)
class Step:
    """One command in the shell. ``pids``: how many the machine gave away meanwhile.

    ``faults``: page faults of children that it waited for. Each child has some.
    """

    command: str
    seconds: float
    pids: int
    faults: int


def run(name: str, place: Place, commands: Sequence[str], folder: Path) -> list[Step]:
    """Run ``commands`` in a new shell. ``AssertionError`` where one of them fails."""
    program, *flags = SHELLS[name]
    init = " ".join(f"'{word}'" for word in place.init(name).argv)
    script = folder / f"session.{name}"
    gate = _GATE[name]
    script.write_text(
        _LOAD[name].format(init=init)
        + gate
        + "".join(f"{c} >/dev/null 2>&1\n{gate}" for c in commands)
    )
    shell = subprocess.Popen(
        [found(program), *flags, str(script)],
        env={**place.env, "LC_ALL": "C.UTF-8", "TERM": "dumb"},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    try:
        return _drive(shell, commands)
    finally:
        shell.kill()
        shell.communicate()


def found(program: str) -> str:
    """Its path; skips where it is missing, or fails where it is required."""
    path = shutil.which(program)
    if path:
        return path
    if program in os.environ.get("SHELLKIT_REQUIRE_SHELLS", "").split(","):
        pytest.fail(f"{program} is required by SHELLKIT_REQUIRE_SHELLS and is not on PATH")
    pytest.skip(f"{program} is not on PATH")


def _drive(shell: subprocess.Popen[bytes], commands: Sequence[str]) -> list[Step]:
    assert shell.stdin
    assert shell.stdout
    steps = []
    said = shell.stdout.readline()
    for command in commands:
        assert said == b"0\n", said
        pids, faults = _pids(), _children_faults(shell.pid)
        started = time.perf_counter()
        shell.stdin.write(b"\n")
        said = shell.stdout.readline()
        taken = time.perf_counter() - started
        if said != b"0\n":
            pytest.fail(f"{command}: {said!r}")
        steps.append(Step(command, taken, _pids() - pids, _children_faults(shell.pid) - faults))
    return steps


def _pids() -> int:
    """The last process ID that was given away."""
    try:
        return int(Path("/proc/loadavg").read_text().split()[4])
    except FileNotFoundError:
        return 0


def _children_faults(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return 0
    return int(stat.rpartition(")")[2].split()[_CHILDREN_FAULTS])
