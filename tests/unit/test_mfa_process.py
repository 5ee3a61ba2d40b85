"""``mfa_process`` from the inside: what a signal finds at an unlucky moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from shellkit.credentials import mfa_process
from shellkit.credentials.chain import Command


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT"])
def test_a_signal_while_it_is_being_started_leaves_none_running(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = getattr(signal, name)
    started: list[int] = []

    class Interrupted(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **options: Any) -> None:
            super().__init__(*words, **options)
            started.append(self.pid)
            os.kill(os.getpid(), number)
            signal.getsignal(number)  # Python looks for signals between two lines.

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    line = f"{sys.executable} -c 'import time; time.sleep(60)'"
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as ended:
        mfa_process.run(Command(line, lambda: (None, None)), None)
    assert ended.value.code == 128 + number
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)
    assert signal.getsignal(number) == before


def test_what_is_printed_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    """``yes`` took nearly a gigabyte in a second, and had sixty."""
    size = 1 << 25
    program = tmp_path / "talker.py"
    program.write_text(
        f"import sys\nfor _ in range({size // 4096}): print(4095 * 'x')\nprint()\nprint(123456)\n"
    )
    line = f'"{sys.executable}" "{program}"'
    tracemalloc.start()
    try:
        assert mfa_process.run(Command(line, lambda: (None, None)), None) == "123456"
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < size / 8
