"""Locks between shells. The system takes them from a process that ends, however it ends."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager

from shellkit import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from filelock import BaseFileLock

    Found = TypeVar("Found")

#: Seconds to wait for another shell's request before making our own.
_REQUEST_TIMEOUT = 60

#: Seconds between two looks, and until the person is told why it takes so long.
_INTERVAL, _PATIENCE = 0.05, 0.3


@contextmanager
def for_request(cache: str, name: str) -> Iterator[None]:
    """Hold the lock ``name``; where it cannot be had in time, go on without."""
    from filelock import Timeout

    try:
        lock = _lock(cache, name)
        lock.acquire(timeout=_REQUEST_TIMEOUT)
        _mark(lock)
    except (OSError, NotImplementedError, Timeout):  # Not every file system can lock.
        yield
        return
    try:
        yield
    finally:
        lock.release()


@contextmanager
def for_person(
    cache: str, name: str, look: Callable[[], Found | None], tell: Callable[[], None]
) -> Iterator[Found | None]:
    """Hold the lock ``name`` and give ``None``; or give what ``look`` finds, without the lock.

    Waits for as long as another shell has it, since a person may be typing there. ``look``
    says whether that shell got what we want, ``tell`` is called once if it takes a while.
    Where there can be no lock, goes on without.
    """
    from filelock import Timeout

    begun, told, lock = time.monotonic(), False, None
    found: Found | None = None
    try:
        lock = _lock(cache, name)
        while not _acquired(lock, Timeout) and found is None:
            found = look()
            if not told and time.monotonic() - begun > _PATIENCE:
                told = True
                tell()
            time.sleep(_INTERVAL)
        if found is None:
            _mark(lock)
    except (OSError, NotImplementedError):  # Not every file system can lock.
        lock = None
    try:
        yield look() if found is None else found
    finally:
        if lock is not None:
            lock.release()


def _acquired(lock: BaseFileLock, timeout: type[Exception]) -> bool:
    try:
        lock.acquire(timeout=0)
    except timeout:
        return False
    return True


def _lock(cache: str, name: str) -> BaseFileLock:
    from filelock import FileLock

    folder = os.path.join(cache, "locks")
    files.make_own_directory(folder)
    return FileLock(os.path.join(folder, name), mode=0o600)


def _mark(lock: BaseFileLock) -> None:
    """In use, so not to be pruned: locking itself leaves no mark."""
    os.utime(lock.lock_file)
