"""``shellkit demo``: the sandbox, sample accounts, and a shell in which ``assume prod`` works."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass

from shellkit import executable, files
from shellkit.children import Waiter
from shellkit.errors import UsageError
from shellkit.sandbox import Sandbox, home, sample_accounts, tour
from shellkit.shells import hosts
from shellkit.terminal.tty import Leave

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from shellkit.rim import Rim
    from shellkit.shells.hosts import Host

_WELCOME = """\
shellkit demo: a sandbox AWS on this machine, sample accounts, and {name} with the functions.

  assume dev              a role                 assume prod --explain   how it would go
  assume                  choose from a list     assume stg, then TAB    a few letters will do
  assume -                the one before         assume locked           one that says no
  shellkit demo code      an MFA code            assume prod             a role that wants it
  unassume                out again              assume --help           every option

The profiles are in ~/.aws/config (HOME is {home}).
Leave with: exit. Nothing of this stays, and nothing of yours was touched.
"""


@dataclass(frozen=True)
class _Place:
    """A running demo: its home, its sandbox, the environment for a shell in it.

    And what a signal that ends the demo calls.
    """

    home: str
    sandbox: Sandbox
    environ: dict[str, str]
    leave: Leave


def run(values: argparse.Namespace, rim: Rim) -> int:
    """Open the shell, play the tour, or print the MFA code; the exit code."""
    if values.WHAT == "code":
        return _code(rim)
    host = hosts.get(values.shell or _own_shell(rim))
    program = _program(host)
    with _place(rim) as place:
        if values.tour:
            return _tour(host, program, place, rim)
        return _open(host, program, place)


def _code(rim: Rim) -> int:
    """What the MFA device of the demo that we are in shows now."""
    now = rim.clock()
    code = home.code(rim.home, now)
    if code is None:
        raise UsageError("there is a code in the demo's shell only", "open it: shellkit demo")
    print(code, file=rim.stdout)
    if rim.stdout.isatty():
        rim.say(f"It changes in {30 - int(now) % 30} seconds, and is good for one use.")
    return 0


def _own_shell(rim: Rim) -> str:
    """The shell this was started from; bash where that is not clear, or is another one."""
    from shellkit.startup.detect import detect

    try:
        return detect(rim.environ)
    except UsageError:
        return "bash"


def _program(host: Host) -> str:
    for name in host.programs:
        found = shutil.which(name)
        if found:
            return found
    raise UsageError(
        f"{host.programs[0]} is not on PATH", "choose a shell that is: shellkit demo --shell bash"
    )


@contextmanager
def _place(rim: Rim) -> Iterator[_Place]:
    """A demo that is gone afterwards, also where a signal ends it."""
    sample = sample_accounts()
    with (
        _signals_put_back(),
        _folder() as folder,
        Sandbox(sample.accounts) as sandbox,
        _signals_as_exits() as leave,
    ):
        home.write_home(folder, sample)
        environ = home.environment(folder, rim.environ, sandbox.environment)
        yield _Place(folder, sandbox, _with_ourselves(environ), leave)


def _with_ourselves(environ: dict[str, str]) -> dict[str, str]:
    """``environ`` in which ``shellkit`` is this program."""
    folder = os.path.dirname(executable.path())
    found = [part for part in (folder, environ.get("PATH")) if part]
    return {**environ, "PATH": os.pathsep.join(found)}


@contextmanager
def _folder() -> Iterator[str]:
    """A directory that is gone afterwards, also where the shell's helpers still write to it."""
    path = tempfile.mkdtemp(prefix="shellkit-demo-")
    try:
        yield path
    finally:
        for _ in range(_REMOVALS):
            shutil.rmtree(path, ignore_errors=True)
            if not os.path.exists(path):
                break
            time.sleep(0.1)


#: How often a directory is removed that others fill again, a tenth of a second apart.
_REMOVALS = 30

#: What a closed terminal and ``kill`` send.
_ENDINGS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def _signals_put_back() -> Iterator[None]:
    before = [(number, signal.getsignal(number)) for number in (*_ENDINGS, signal.SIGINT)]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


@contextmanager
def _signals_as_exits() -> Iterator[Leave]:
    """A signal ends what is within by ``SystemExit``; the cleaning up after it, none can end."""
    leave = Leave()
    try:
        for number in _ENDINGS:
            signal.signal(number, leave)
        yield leave
    finally:
        for number in (*_ENDINGS, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)


def _tour(host: Host, program: str, place: _Place, rim: Rim) -> int:
    path = os.path.join(place.home, "tour")
    code = tour.script(host, executable.path(), os.path.abspath(sys.executable))
    files.write_private(path + host.script_suffix, code)

    def show(line: str) -> None:
        print(line, file=rim.stdout, flush=True)

    show(f"The tour of shellkit in {host.name}, against a sandbox AWS on this machine.")
    argv = host.script_argv(program, path + host.script_suffix)
    environ = {**place.environ, "AWS_PROFILE": "base"}
    failed = tour.play(host, argv, environ, place.sandbox, show)
    steps = len(tour.STEPS)
    show(f"\n{steps - failed} of {steps} steps did what they should.")
    return 1 if failed else 0


def _open(host: Host, program: str, place: _Place) -> int:
    opening = host.opening(program, place.home, host.load(executable.path()))
    for name, text in opening.files.items():
        files.write_private(os.path.join(place.home, *name.split("/")), text)
    print(_WELCOME.format(name=host.name, home=place.home), flush=True)
    # Ctrl-C belongs to the shell; the demo waits until it is left, and cleans up undisturbed. Were
    # it ignored here, the shell would ignore it too.
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    place.leave.held = True  # It may run already, and we not yet know it.
    shell = subprocess.Popen(
        opening.argv,
        env={**place.environ, **opening.environ},
        cwd=place.home,
    )
    waiter = Waiter(shell)
    try:
        place.leave.release()
        waiter.ended()
    finally:
        waiter.end()
    return int(shell.returncode)
