"""Lengths of time as people write them: ``3600``, ``90m``, ``2h``, ``1h30m``."""

from __future__ import annotations

import re

_FORM = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)


def parse_duration(text: str) -> int:
    """Seconds in ``text``. ``ValueError``, with a sentence for people, where it is no time."""
    if text.isascii() and text.isdigit():
        return int(text)
    match = _FORM.fullmatch(text.strip().lower())
    if match is None or not any(match.groups()):
        raise ValueError(f"{text!r} is not a time: write seconds, or 90m, 2h, 1h30m")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def seconds_of(value: object) -> int:
    """Seconds, as a setting has them: a number, or a text. Raises ``ValueError``."""
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise ValueError('must be a time: seconds, or text such as "15m"')
