"""A cheap mark of a file's state, by which a cached answer knows that it is stale.

On the path of every warm ``assume``: it imports only ``os``.
"""

from __future__ import annotations

import os

#: The signature of a file that is not there.
ABSENT = "absent"


def signature(path: str) -> str:
    """The state of the file at ``path``: ``size-mtime-ctime-inode``, times in nanoseconds.

    Two different signatures mean that the file may have changed. Symbolic links are
    followed. A file that is not there, or that cannot be looked at, is ``"absent"``.
    Take it *before* the file is read, so that a write in between shows.
    """
    try:
        state = os.stat(path)
    except (OSError, ValueError):  # ValueError: a NUL in the path.
        return ABSENT
    return f"{state.st_size}-{state.st_mtime_ns}-{state.st_ctime_ns}-{state.st_ino}"
