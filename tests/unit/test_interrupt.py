"""Ctrl-C, and other endings, in the moments that Python itself has no good answer for.

It drops them in a callback and as something is deleted, and takes those in the ``exec`` of a
text for not met.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: Runs the program, and in place of a command what a test does there.
PROGRAM = '''\
import os, sys, time, weakref, _signal
from shellkit import __main__ as program, hot

class Thing:
    pass

def in_a_callback():
    """As every import ends: Python's lock of the module goes away."""
    thing = Thing()
    reference = weakref.ref(thing, lambda _: _signal.raise_signal(_signal.SIGINT))
    del thing
    return reference

def as_something_is_deleted():
    class Deleted:
        def __del__(self):
            _signal.raise_signal(_signal.SIGINT)
    Deleted()

def another_ending():
    from shellkit.terminal.tty import Leave
    _signal.signal(_signal.SIGTERM, Leave())
    class Deleted:
        def __del__(self):
            _signal.raise_signal(_signal.SIGTERM)
    Deleted()

def in_a_text():
    """As an import makes a named tuple or a dataclass."""
    exec("_signal.raise_signal(_signal.SIGINT)\\nwhile True: pass", globals())

def caught_in_a_text():
    try:
        in_a_text()
    except KeyboardInterrupt:
        pass

def on_the_way_out(number=_signal.SIGINT):
    """As argparse does, which puts back what it had not yet put away."""
    from shellkit.terminal.tty import Leave
    _signal.signal(_signal.SIGTERM, Leave())
    try:
        _signal.raise_signal(number)
    finally:
        Thing().nothing

def another_fault():
    class Deleted:
        def __del__(self):
            raise ValueError("seen")
    Deleted()

def answer(argv):
    {does}
    os.write(1, b"went on\\n")
    {then}
    os.write(1, b"to the end\\n")
    return True

hot.answer = answer
before = sys.unraisablehook
code = program.main()
assert sys.unraisablehook is before
sys.exit(code)
'''


def run(does: str, then: str, *, module: Path | None = None) -> subprocess.CompletedProcess[str]:
    """As ``python -c``, or with a directory as ``python -m``, as the functions call it."""
    program = PROGRAM.format(does=does, then=then)
    words = ["-c", program]
    if module:
        (module / "program.py").write_text(program)
        words = ["-m", "program"]
    child = subprocess.Popen(
        [sys.executable, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, filter(None, (ROOT, module))))},
    )
    # Its stdin stays open, so that reading from it would last.
    code = child.wait(60)
    out, err = child.communicate()
    return subprocess.CompletedProcess([], code, out, err)


@pytest.mark.parametrize("does", ["in_a_callback()", "as_something_is_deleted()"])
@pytest.mark.parametrize(
    "then",
    [
        pytest.param("os.read(0, 1)", marks=pytest.mark.posix),  # On Windows nothing ends that.
        "time.sleep(1000)",
        "while True: pass",
    ],
    ids=lambda t: t.split("(")[0],
)
def test_a_dropped_ctrl_c_comes_again(does: str, then: str) -> None:
    done = run(does, then)
    assert (done.returncode, done.stderr) == (130, "")
    assert "to the end" not in done.stdout


@pytest.mark.posix  # On Windows nothing ends a sleep for it, and nothing sends it.
def test_a_dropped_sigterm_comes_again() -> None:
    done = run("another_ending()", "time.sleep(1000)")
    assert (done.returncode, done.stdout, done.stderr) == (128 + 15, "went on\n", "")


@pytest.mark.posix
def test_ctrl_c_within_an_import_does_not_kill(tmp_path: Path) -> None:
    """A named tuple was just being made: the shell saw a program that SIGINT had killed."""
    done = run("in_a_text()", "pass", module=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.posix
def test_ctrl_c_that_was_met_does_not_kill_at_the_end(tmp_path: Path) -> None:
    done = run("caught_in_a_text()", "pass", module=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\nto the end\n", "")


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 128 + 15)])
def test_what_comes_up_on_the_way_out_is_no_fault_of_shellkits(number: str, code: int) -> None:
    """Ctrl-C as argparse began: `a fault in shellkit itself (AttributeError)`, exit code 1."""
    done = run(f"on_the_way_out(_signal.{number})", "pass")
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


def test_a_fault_without_a_signal_is_still_told_of() -> None:
    done = run("Thing().nothing", "pass")
    assert done.returncode == 1
    assert "a fault in shellkit itself (AttributeError)" in done.stderr


def test_other_faults_are_reported_as_ever() -> None:
    done = run("another_fault()", "pass")
    assert (done.returncode, done.stdout) == (0, "went on\nto the end\n")
    assert "ValueError: seen" in done.stderr
