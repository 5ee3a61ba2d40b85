"""Which profiles were used, how often and how lately: the picker shows those first.

One small file of names, kept only while ``remember_use`` is on. It is written when a
session is begun or a profile is picked, not by an ``assume`` that a cached session serves.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager

from shellkit import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = "shellkit-uses 1"

#: Seconds after which a use counts for half: what was used daily until last week
#: still stands before what was used once today, and no longer than that.
_HALF_LIFE = 3 * 86400

#: Names that are kept; the least used go first.
_KEPT = 500

#: Seconds to wait for another shell that writes the file. It is not worth more.
_LOCK_TIMEOUT = 1

#: Seconds between two looks.
_INTERVAL = 0.01


def weights(state: str, now: float) -> dict[str, float]:
    """How much each name was used: 1 for once just now, less for longer ago.

    ``state`` is the state directory. A file that is not there, torn, or of another
    version is no use at all.
    """
    return {
        name: weight * 0.5 ** (max(0.0, now - last) / _HALF_LIFE)
        for name, (weight, last) in _read(state).items()
    }


def record(state: str, name: str, now: float) -> None:
    """Count one use of ``name``. Where that cannot be written it is not counted."""
    try:
        with _lock(state):
            known = weights(state, now)
            known[name] = known.get(name, 0.0) + 1
            kept = sorted(known.items(), key=lambda item: item[1], reverse=True)[:_KEPT]
            lines = [f"{weight:.6f} {int(now)} {_escape(name)}" for name, weight in kept]
            files.write_private(_path(state), "\n".join([_HEADER, *lines, ""]), durable=False)
    except OSError:
        return


def _read(state: str) -> dict[str, tuple[float, float]]:
    lines = (files.read_text(_path(state)) or "").split("\n")
    if lines[0] != _HEADER or lines[-1]:
        return {}
    found = {}
    for line in lines[1:-1]:
        try:
            weight, last, name = line.split(" ", 2)
            found[_unescape(name)] = float(weight), float(last)
        except ValueError:
            return {}
    return found


@contextmanager
def _lock(state: str) -> Iterator[None]:
    """Keep other shells from writing; one that holds it too long raises ``OSError``."""
    from shellkit.lockfile import LockFile

    lock = LockFile(_path(state) + ".lock")
    try:
        until = time.monotonic() + _LOCK_TIMEOUT
        while not lock.acquire():
            if time.monotonic() > until:
                raise OSError("the list of uses is locked")
            time.sleep(_INTERVAL)
        yield
    finally:
        lock.close()


def _path(state: str) -> str:
    return os.path.join(state, "uses")


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _unescape(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
