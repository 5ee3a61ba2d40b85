"""The session cache: one private file per session, found by the session's key.

A key is a hash of everything that went into the credentials
(:func:`shellkit.credentials.chain.session_key`), so a profile that was edited
simply finds another file. On the warm path: imports nothing heavy.
"""

from __future__ import annotations

import os

from shellkit import files
from shellkit.credentials import session

_FOLDER = "sessions"

#: Seconds. What is no session of this version is left alone for a week: it may be
#: another version's. So are locks and memos, which are only dear while they are used.
_KEPT = 7 * 86400


def read(cache: str, key: str) -> session.Credentials | None:
    """The session kept under ``key``, expired or not; ``None`` where there is none to be read."""
    text = files.read_text(_path(cache, key))
    return None if text is None else session.parse(text, key)


def write(
    cache: str, key: str, credentials: session.Credentials, mfa_serial: str | None = None
) -> None:
    """Keep ``credentials`` under ``key``. ``OSError`` where that cannot be done.

    ``mfa_serial``: the device whose code began them, for an MFA session.
    """
    files.write_private(_path(cache, key), session.dump(credentials, key, mfa_serial))


def remove(cache: str, key: str) -> None:
    """Forget the session under ``key``, if there is one."""
    try:
        os.unlink(_path(cache, key))
    except OSError:
        return


def prune(cache: str, now: float) -> None:
    """Remove sessions that have expired, and what else has not changed for a week."""
    for folder in (_FOLDER, "identities", "locks", "memo", "mfa"):
        for path in _files_in(os.path.join(cache, folder)):
            try:
                if _is_waste(path, now):
                    os.unlink(path)
            except OSError:
                continue


def _files_in(folder: str) -> list[str]:
    try:
        return [os.path.join(folder, name) for name in os.listdir(folder)]
    except OSError:
        return []


def _is_waste(path: str, now: float) -> bool:
    credentials = session.parse(files.read_text(path) or "", os.path.basename(path))
    if credentials is not None:
        return credentials.seconds_left(now) <= 0
    return now - os.stat(path).st_mtime > _KEPT


def _path(cache: str, key: str) -> str:
    return os.path.join(cache, _FOLDER, key)
