r"""The index: a text file from which the shells complete, with no process started.

It is data only, has no secret in it, and is written whenever shellkit has read the AWS
files and they have changed. Its parts end with ``SEPARATOR``:

1. the header: ``MAGIC``; the names of the two AWS files as a shell sees them; for each of
   these and for ``options.py`` its path and its stamp; the lengths of parts 2 to 5 in bytes;
2. the words of the command line: lines of ``scope TAB word TAB kind TAB description``;
3. the names of the profiles;
4. the known roles: lines of ``ACCOUNT:ROLE TAB description``;
5. the profiles with descriptions, in the order of part 3: lines of ``name TAB description``.

Shells cannot ask for the time of a file, but all of them can ask which of two files is
the newer. So for each file that went into the index there is a *stamp*, an empty file
whose time is exactly that of the file when it was read. While neither is newer than the
other, the index holds. A stamp is named after its time and never changes, so that
nobody can take the stamp of one state for that of another.

There are as many slots as indexes are kept, for as many pairs of AWS files: shells go
through them without listing a directory.
"""

from __future__ import annotations

import errno
import os
import time

from shellkit import files
from shellkit.profiles import paths, signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from shellkit.profiles.paths import Get

MAGIC = "shellkit-index 1"
SEPARATOR = "\x1c"
SLOTS = 8

_HEADER_LINES = 10

#: In place of a stamp: the file was not there.
ABSENT = "absent"
#: In place of a stamp: nobody can tell whether the file has changed.
UNKNOWN = "unknown"

#: How often a file is looked at that somebody is just writing.
_LOOKS = 3

#: Seconds. Stamps that no index names are removed when they have been there for so long.
_STAMP_AGE = 3600


class Sources:
    """The files that an index is made from, and how they were when it was begun.

    Make one *before* the AWS files are read: what is written to them afterwards then shows.
    ``keys`` are their names as a shell sees them, ``watched`` their paths and states.
    """

    __slots__ = ("keys", "watched")

    def __init__(self, get: Get, home: str, program: str) -> None:
        base = home.rstrip("/\\")
        config = get("AWS_CONFIG_FILE")
        credentials = get("AWS_SHARED_CREDENTIALS_FILE")
        self.keys = (
            f"{base}/.aws/config" if config is None else config,
            f"{base}/.aws/credentials" if credentials is None else credentials,
        )
        aws = (paths.config_path(get, home), paths.credentials_path(get, home))
        self.watched = [
            (path, _state(path) if _is_fixed(given) else None)
            for given, path in zip((config, credentials), aws, strict=True)
        ]
        self.watched.append((program, _state(program)))


def _is_fixed(given: str | None) -> bool:
    """Whether ``given`` names the same file at any time and from everywhere."""
    if not given:
        return True
    return "$" not in given and "%" not in given and (given[0] == "~" or os.path.isabs(given))


def _state(path: str) -> int | None:
    """When the file at ``path`` was last written, in nanoseconds; 0 where there is none.

    ``None`` where it could be written again and have the same time, or is all the while.
    """
    for _ in range(_LOOKS):
        mtime = _mtime(path)
        wait = signature.unsettled(signature.signature(path), time.time())
        if not wait:
            return mtime if wait == 0 else None
        time.sleep(wait)
    return None


def _mtime(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except (OSError, ValueError):
        return 0


def folder(cache: str) -> str:
    """Where the indexes are, in the cache directory."""
    return os.path.join(cache, "complete")


def fresh(cache: str, sources: Sources) -> str | None:
    """The path of an index that holds for ``sources``, if there is one."""
    for path in _slots(cache):
        header = _header(path)
        if header[1:3] == list(sources.keys) and _holds(header, sources):
            return path
    return None


def write(cache: str, sources: Sources, parts: Iterable[Iterable[str]]) -> str:
    """Write the index of ``sources``, of whose ``parts`` each is lines; its path.

    ``OSError`` where it cannot be written.
    """
    lines = [MAGIC, *sources.keys]
    for path, state in sources.watched:
        lines += [path, _stamp(cache, state)]
    texts = ["".join(f"{line}\n" for line in part) for part in parts]
    lines.append(" ".join(str(len(text.encode("utf-8", "surrogateescape"))) for text in texts))
    head = "".join(_clean(line) + "\n" for line in lines)
    slot = _slot_for(cache, sources)
    files.write_private(slot, SEPARATOR.join((head, *texts, "")), durable=False)
    _remove_old_stamps(cache)
    return slot


def _clean(line: str) -> str:
    """``line`` as one line. A path with a newline in it is never found again, and that is all."""
    return "".join("?" if char < " " or char == "\x7f" else char for char in line)


def _slots(cache: str) -> list[str]:
    return [os.path.join(folder(cache), str(number)) for number in range(SLOTS)]


def _header(path: str) -> list[str]:
    """The lines of the header; none where this is no index of ours, or a torn one."""
    try:
        with open(path, "rb") as file:
            state = os.fstat(file.fileno())
            if hasattr(os, "geteuid") and state.st_uid != os.geteuid():
                return []
            head = file.read(16384).partition(SEPARATOR.encode())[0]
    except OSError:
        return []
    lines = head.decode("utf-8", "surrogateescape").split("\n")
    if len(lines) != _HEADER_LINES + 1 or lines[0] != MAGIC:
        return []
    lengths = lines[-2].split(" ")
    if not all(length.isdecimal() for length in lengths):
        return []
    # Behind each part there is a separator.
    whole = len(head) + 1 + sum(int(length) + 1 for length in lengths)
    return lines if state.st_size == whole else []


def _holds(header: list[str], sources: Sources) -> bool:
    for number, (path, state) in enumerate(sources.watched):
        known, stamp = header[3 + 2 * number], header[4 + 2 * number]
        if known != path or state is None:
            return False
        if stamp == ABSENT if state else stamp != ABSENT:
            return False
        if state and _mtime(stamp) != state:
            return False
    return True


def _slot_for(cache: str, sources: Sources) -> str:
    """The slot that has the index of these files, or is free, or was written first.

    ``OSError`` where there is none.
    """
    slots = [path for path in _slots(cache) if not os.path.isdir(path)]
    headers = [_header(path) for path in slots]
    keys = list(sources.keys)
    for wanted in (keys, []):
        for path, header in zip(slots, headers, strict=True):
            if header[1:3] == wanted:
                return path
    if not slots:
        raise FileExistsError(errno.EEXIST, "directories are in the way", folder(cache))
    return min(slots, key=_mtime)


def _stamp(cache: str, state: int | None) -> str:
    """What the header says of a file in this state: the path of its stamp, or a word."""
    if state is None:
        return UNKNOWN
    if state == 0:
        return ABSENT
    path = os.path.join(folder(cache), "stamps", str(state))
    if _mtime(path) != state:
        files.write_private(path, "", durable=False, mtime_ns=state)
    return path


def _remove_old_stamps(cache: str) -> None:
    named = {line for path in _slots(cache) for line in _header(path)}
    stamps = os.path.join(folder(cache), "stamps")
    try:
        with os.scandir(stamps) as entries:
            for entry in entries:
                old = entry.stat().st_ctime < time.time() - _STAMP_AGE
                if old and entry.path not in named:
                    os.unlink(entry.path)
    except OSError:
        return
