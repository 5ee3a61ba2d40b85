"""What holds for every test: nobody sits at it."""

from __future__ import annotations

import os


def pytest_configure() -> None:
    """Give up the developer's terminal, or a program under test would ask on it.

    Ctrl-C still works: it goes to the process group. Tests of terminals make their own.
    """
    if os.name != "posix":
        return
    import fcntl
    import termios

    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return
    try:
        fcntl.ioctl(terminal, termios.TIOCNOTTY)
    finally:
        os.close(terminal)
