"""A lock between processes: a file that one of them holds at a time.

The system takes it from a process that ends, however it ends. The file stays: were it
removed, two processes could hold locks of the same name.
"""

from __future__ import annotations

import os
import sys

from shellkit import files

#: Python makes descriptors that no child inherits: a program of the user's keeps no lock.
_OPEN = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class LockFile:
    """The lock at ``path``, in a directory of our own; not held yet.

    ``OSError`` where there can be no such file.
    """

    def __init__(self, path: str) -> None:
        files.make_own_directory(os.path.dirname(path))
        self._path = path
        self._descriptor = os.open(path, _OPEN, 0o600)

    def acquire(self) -> bool:
        """Take it, unless another has it. ``OSError`` where the file system cannot lock."""
        return _lock(self._descriptor)

    def mark(self) -> None:
        """Say that it is in use, so that it is not pruned: locking itself leaves no mark."""
        os.utime(self._path)

    def close(self) -> None:
        """Give it up."""
        os.close(self._descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
