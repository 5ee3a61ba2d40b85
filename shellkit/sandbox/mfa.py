"""Codes of MFA devices, and the rule that each is good once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from shellkit.sandbox.wire import access_denied
from shellkit.totp import STEP
from shellkit.totp import code as made

if TYPE_CHECKING:
    from collections.abc import Mapping


class CodeChecker:
    """Checks codes, and remembers per device the last step that was used."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[str, int] = {}

    def check(self, seeds: Mapping[str, bytes], serial: str, code: str, now: float) -> None:
        """Refuse unless ``code`` is shown by the device ``serial`` and was not used yet.

        ``seeds`` are the devices of the caller. The code of the step before is
        taken too: a person types more slowly than the clock ticks.
        """
        seed = seeds.get(serial)
        if seed is None:
            raise access_denied(
                "MultiFactorAuthentication failed, unable to validate MFA code.  "
                "Please verify your MFA serial number is valid and associated with this user."
            )
        step = int(now) // STEP
        with self._lock:
            for candidate in (step, step - 1):
                if code == made(seed, candidate * STEP) and candidate > self._used.get(serial, -1):
                    self._used[serial] = candidate
                    return
        raise access_denied("MultiFactorAuthentication failed with invalid MFA one time pass code.")
