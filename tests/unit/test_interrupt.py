"""Ctrl-C in the moments when Python drops it: in a callback, or as something is deleted."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: Runs the program, and in place of a command what a test does there.
PROGRAM = """\
import os, sys, time, weakref, _signal
from shellkit import __main__ as program, hot

class Thing:
    pass

def in_a_callback():
    '''As every import ends: Python's lock of the module goes away.'''
    thing = Thing()
    reference = weakref.ref(thing, lambda _: _signal.raise_signal(_signal.SIGINT))
    del thing
    return reference

def as_something_is_deleted():
    class Deleted:
        def __del__(self):
            _signal.raise_signal(_signal.SIGINT)
    Deleted()

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
"""


def run(does: str, then: str) -> subprocess.CompletedProcess[str]:
    read, write = (subprocess.PIPE, subprocess.PIPE)
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(does=does, then=then)],
        stdin=read,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
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


def test_other_faults_are_reported_as_ever() -> None:
    done = run("another_fault()", "pass")
    assert (done.returncode, done.stdout) == (0, "went on\nto the end\n")
    assert "ValueError: seen" in done.stderr
