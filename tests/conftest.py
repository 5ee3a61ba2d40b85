"""What holds for every test: nobody sits at it."""

from __future__ import annotations

import os

import pytest


def pytest_configure() -> None:
    """Before anything is collected."""
    _have_patience()
    if os.name == "posix":
        _give_up_the_terminal()


def _have_patience() -> None:
    """How long an example takes on a busy machine says nothing about it."""
    try:
        from hypothesis import HealthCheck, settings
    except ImportError:
        return
    slow = [HealthCheck.too_slow]
    settings.register_profile("shellkit", deadline=None, suppress_health_check=slow)
    settings.load_profile("shellkit")


def _give_up_the_terminal() -> None:
    """Give up the developer's terminal, or a program under test would ask on it.

    Ctrl-C still works: it goes to the process group. Tests of terminals make their own.
    """
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out on Windows what is of POSIX: modes, links, other shells."""
    if os.name == "posix":
        return
    for item in items:
        if item.get_closest_marker("posix"):
            item.add_marker(pytest.mark.skip(reason="of POSIX only"))
