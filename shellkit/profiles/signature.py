"""A cheap mark of a file's state, by which a cached answer knows that it is stale.

On the path of every warm ``assume``: it imports only ``os``.
"""

from __future__ import annotations

import os
import stat

#: The signature of a file that is not there.
ABSENT = "absent"

#: The signature of what says something else each time it is read: a named pipe, ``<(...)``.
UNSTEADY = "unsteady"

#: Seconds in which two writes may get the same time: a tick of the kernel's clock, and what
#: file systems have that only keep (even) seconds.
_TICK, _COARSE = 0.02, 2.0


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
    if stat.S_ISFIFO(state.st_mode) or stat.S_ISSOCK(state.st_mode):
        return UNSTEADY
    return f"{state.st_size}-{state.st_mtime_ns}-{state.st_ctime_ns}-{state.st_ino}"


def unsettled(state: str, now: float) -> float | None:
    """For how many seconds a write could still leave the signature ``state`` as it is.

    0 where none can. ``None`` where waiting does not help: the times of the file are
    coarse, or in the future, or it has no state at all.
    """
    if state == ABSENT:
        return 0.0
    if state == UNSTEADY:
        return None
    times = [int(time) for time in state.replace("--", "-").split("-")[1:3]]  # Before 1970: -1.
    coarse = all(time % 1_000_000_000 == 0 for time in times)
    left = max(times) / 1e9 + (_COARSE if coarse else _TICK) - now
    if left <= 0:
        return 0.0
    return left if left <= _TICK else None
