"""A question on a terminal, and what signals do to it that come at the worst moment."""

from __future__ import annotations

import os
import sys
import termios
from pathlib import Path

import pytest

import shellkit
from shellkit.terminal.prompt import Tty, answered
from shellkit.terminal.tty import Ends

pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.pty

#: Asks unseen. Once the file is there it is sent a signal in another thread, which ends no
#: system call of the main one: as for a signal that comes just before the main one reads.
ASKS = """\
import os, signal, sys, threading, time
from shellkit.terminal import prompt

def wait(file):
    while not os.path.exists(file):
        time.sleep(0.01)

def send():
    wait({file!r})
    signal.pthread_kill(threading.get_ident(), signal.{signal})

threading.Thread(target=send, daemon=True).start()
wait({file!r} + ".ready")
prompt.open_tty(echo=False).ask("What? ")
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_just_before_it_reads_is_not_lost(name: str, tmp_path: Path) -> None:
    """It was noticed once somebody typed: until then the terminal showed nothing."""
    file = tmp_path / "now"
    child = pexpect.spawn(
        sys.executable,
        ["-c", ASKS.format(file=str(file), signal=name)],
        cwd=str(Path(shellkit.__file__).parent.parent),
        encoding="utf-8",
        timeout=30,
    )
    before = termios.tcgetattr(child.child_fd)
    file.with_suffix(".ready").touch()
    child.expect_exact("What? ")
    assert termios.tcgetattr(child.child_fd) != before
    file.touch()
    child.expect(pexpect.EOF)
    assert termios.tcgetattr(child.child_fd) == before
    child.close()


def test_a_signal_in_the_way_of_putting_it_back_leaves_it_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys, screen = os.openpty()
    before = termios.tcgetattr(screen)
    real, calls = termios.tcsetattr, list[int]()

    def interrupted(*words: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(termios, "tcsetattr", interrupted)
    os.write(keys, b"answer\n")
    with pytest.raises(KeyboardInterrupt):
        Tty(Ends(screen, screen), echo=False).ask("What? ")
    assert termios.tcgetattr(screen) == before
    assert len(calls) == 3
    os.close(keys)
    os.close(screen)


@pytest.mark.parametrize(
    ("typed", "is_ended", "shown", "outcome"),
    [
        ("prüf\r\n", True, "What? ", "prüf"),
        ("prüf\n", False, "What? \n", "prüf"),
        ("prüf", False, "What? \n", "prüf"),
        ("", False, "What? \n", EOFError),
        (None, True, "What? \n", KeyboardInterrupt),
    ],
)
def test_what_comes_next_is_on_a_line_of_its_own(
    typed: str | None, is_ended: bool, shown: str, outcome: str | type[BaseException]
) -> None:
    """On a terminal and on the console of Windows: both ask through this."""

    def read() -> bytes:
        if typed is None:
            raise KeyboardInterrupt
        return typed.encode()

    parts: list[str] = []
    if isinstance(outcome, str):
        assert answered("What? ", read, parts.append, lambda _: is_ended) == outcome
    else:
        with pytest.raises(outcome):
            answered("What? ", read, parts.append, lambda _: is_ended)
    assert "".join(parts) == shown
