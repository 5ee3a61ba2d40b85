"""The last code of each MFA device, as a salted hash with its time.

AWS takes a code once. Given again within its 30 seconds it would only be refused,
and the refusal does not say why: we can.
"""

from __future__ import annotations

import os
from hashlib import sha256

from shellkit import files
from shellkit.credentials import session
from shellkit.totp import STEP

_HEADER = "shellkit-code 1"


def age(cache: str, device: str, code: str, now: float) -> float | None:
    """How many seconds ago ``code`` was used, if it is the last one of ``device``."""
    words = (files.read_text(_path(cache, device)) or "").split("\n")
    if len(words) != 5 or words[0] != _HEADER or words[4] != "":
        return None
    _, used_at, salt, digest, _ = words
    if not session.is_time(used_at) or _digest(salt, code) != digest:
        return None
    passed = now - int(used_at)
    return passed if passed >= 0 else None  # From the future: a clock was set back.


def wait(now: float) -> int:
    """Seconds from ``now`` until a device shows its next code."""
    return STEP - int(now) % STEP


def remember(cache: str, device: str, code: str, now: float) -> None:
    """Keep that ``code`` was used. Where that cannot be done, only AWS will know."""
    salt = os.urandom(16).hex()
    lines = [_HEADER, str(int(now)), salt, _digest(salt, code), ""]
    try:
        files.write_private(_path(cache, device), "\n".join(lines))
    except OSError:
        return


def _digest(salt: str, code: str) -> str:
    return sha256(f"{salt} {code}".encode()).hexdigest()


def _path(cache: str, device: str) -> str:
    return os.path.join(cache, "mfa", device)
