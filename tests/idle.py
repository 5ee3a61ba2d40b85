"""Whether the programs at a terminal have come to rest, as far as the system tells."""

from __future__ import annotations

from pathlib import Path

#: Seconds after which silence is enough; a program may well be at work all the time.
LONG = 20

#: States of a process that has work to do, or waits for the disk; see proc(5).
_AT_WORK = "RD"


def at_work(session: int) -> bool:
    """Whether a process of this session runs, or would if it had a processor.

    On a busy machine silence alone says little: one that is about to draw may wait its turn
    for a second. ``False`` where there is no ``/proc``.
    """
    return any(
        state in _AT_WORK
        for state, its in map(_state, Path("/proc").glob("[0-9]*/stat"))
        if its == session
    )


def _state(stat: Path) -> tuple[str, int]:
    try:
        # The name, in parentheses, may have spaces.
        words = stat.read_text(errors="replace").rpartition(")")[2].split()
    except OSError:  # It has ended.
        return "", 0
    return words[0], int(words[3])
