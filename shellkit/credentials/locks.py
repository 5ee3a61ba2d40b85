"""Locks between shells that want the same thing: one gets it, and the others find it."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import TypeVar

    Found = TypeVar("Found")

#: Seconds to wait for another shell's request before making our own.
_REQUEST_TIMEOUT = 60

#: Seconds between two looks, and until the person is told why it takes so long.
_INTERVAL, _PATIENCE = 0.05, 0.3


def for_request(
    cache: str, name: str, look: Callable[[], Found | None]
) -> AbstractContextManager[Found | None]:
    """Hold the lock ``name`` and give ``None``; or give what ``look`` finds, without the lock.

    Where it cannot be had in time, goes on without.
    """
    return _held(cache, name, look, _untold, _REQUEST_TIMEOUT)


def for_person(
    cache: str,
    name: str,
    look: Callable[[], Found | None],
    tell: Callable[[], None],
    timeout: float | None,
) -> AbstractContextManager[Found | None]:
    """As :func:`for_request`, for longer: a person may be typing in another shell.

    ``timeout`` is in seconds, ``None`` for as long as it takes. ``tell`` is called once if
    it takes a while.
    """
    return _held(cache, name, look, tell, timeout)


@contextmanager
def _held(
    cache: str,
    name: str,
    look: Callable[[], Found | None],
    tell: Callable[[], None],
    timeout: float | None,
) -> Iterator[Found | None]:
    """``look`` says whether the shell that has the lock got what we want."""
    from shellkit.lockfile import LockFile

    begun, told, lock = time.monotonic(), False, None
    found: Found | None = None
    try:
        lock = LockFile(os.path.join(cache, "locks", name))
        while not lock.acquire() and found is None:
            found = look()
            waited = time.monotonic() - begun
            if timeout is not None and waited > timeout:
                break
            if not told and waited > _PATIENCE:
                told = True
                tell()
            time.sleep(_INTERVAL)
        if found is None:
            lock.mark()
    except OSError:  # Not every file system can lock.
        pass
    try:
        yield look() if found is None else found
    finally:
        if lock is not None:
            lock.close()


def _untold() -> None:
    """A request is short: nobody needs to know."""
