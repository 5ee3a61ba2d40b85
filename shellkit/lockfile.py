"""A lock between processes: a file that one of them holds at a time.

The system takes it from a process that ends, however it ends. The file stays: were it
removed, two processes could hold locks of the same name. (Not on Windows, where nobody can
remove a file that another has open.)
"""

from __future__ import annotations

import os

from shellkit import files


class LockFile:
    """The lock at ``path``, in a directory of our own; not held yet."""

    def __init__(self, path: str) -> None:
        from filelock import FileLock

        self._path = path
        self._lock = FileLock(path, timeout=0, mode=0o600, thread_local=False)

    def acquire(self) -> bool:
        """Take it, unless another has it.

        ``OSError`` where the file system cannot lock, or there can be no such directory.
        """
        from filelock import Timeout

        # Each time: it may be removed while we wait, and the library would make it for all to read.
        files.make_own_directory(os.path.dirname(self._path))
        try:
            self._lock.acquire()
        except Timeout:
            return False
        except NotImplementedError as error:
            raise OSError(str(error)) from error
        return True

    def mark(self) -> None:
        """Say that it is in use, so that it is not pruned: locking itself leaves no mark."""
        os.utime(self._path)

    def close(self) -> None:
        """Give it up."""
        self._lock.release()
