"""Codes of MFA devices as people type them: ``123456``, ``123 456``."""

from __future__ import annotations

DIGITS = 6


def parse_code(text: str) -> str:
    """The six digits in ``text``. ``ValueError``, with a sentence for people, where it has others.

    The sentence never quotes ``text``.
    """
    code = "".join(text.split())
    if not code:
        raise ValueError("an MFA code has six digits, and there is none")
    if not (code.isascii() and code.isdigit()):
        raise ValueError("an MFA code has six digits (0 to 9) and nothing else")
    if len(code) != DIGITS:
        raise ValueError(f"an MFA code has six digits, not {len(code)}")
    return code
