"""Tests for shellkit.children, by those who start programs and may be ended while they wait."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from shellkit.commands import demo
from shellkit.credentials import mfa_process
from shellkit.credentials.chain import Command

if TYPE_CHECKING:
    from collections.abc import Callable

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]


def runs_a_command(_: Path) -> None:
    mfa_process.run(Command(f'{sys.executable} -c "{SLEEPS[-1]}"', lambda: (None, None)), None)


def opens_the_demo(folder: Path) -> None:
    opening = SimpleNamespace(argv=SLEEPS, files={}, environ={})
    host: Any = SimpleNamespace(
        name="sleep", load=lambda _: "", opening=lambda _program, _home, _load: opening
    )
    sandbox: Any = None
    with demo._signals_put_back(), demo._signals_as_exits() as leave:
        place = demo._Place(str(folder), sandbox, dict(os.environ), leave)
        demo._open(host, "sleep", place)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("waits", [runs_a_command, opens_the_demo])
def test_a_signal_as_python_looks_for_its_end_is_no_wait_for_ever(
    waits: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It left the lock of ``Popen.wait`` taken, and then waited for that lock."""
    started: list[int] = []
    lock = threading.Lock()

    class Unlucky:
        """The lock of ``Popen.wait``; a signal arrives just as it is taken."""

        def acquire(self, blocking: bool = True) -> bool:
            taken = lock.acquire(blocking)
            if taken and threading.current_thread() is threading.main_thread():
                signal.raise_signal(signal.SIGHUP)
            return taken

        __enter__ = acquire

        def __exit__(self, *_: object) -> None:
            lock.release()

        release = __exit__

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **options: Any) -> None:
            super().__init__(*words, **options)
            self._waitpid_lock = Unlucky()
            started.append(self.pid)
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGHUP)).start()

    monkeypatch.setattr(subprocess, "Popen", Watched)
    with pytest.raises(SystemExit) as ended:
        waits(tmp_path)
    assert ended.value.code == 128 + signal.SIGHUP
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_shell_of_the_demo_that_has_just_been_started_is_not_left_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A signal arrived before ``Popen`` was done, so that nobody knew of it."""
    started: list[int] = []

    class Interrupted(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **options: Any) -> None:
            super().__init__(*words, **options)
            started.append(self.pid)
            os.kill(os.getpid(), signal.SIGTERM)
            signal.getsignal(signal.SIGTERM)  # Python looks for signals between two lines.

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    with pytest.raises(SystemExit) as ended:
        opens_the_demo(tmp_path)
    assert ended.value.code == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)
