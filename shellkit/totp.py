"""Time-based one-time codes (RFC 6238) as AWS's virtual MFA devices make them, and their seeds."""

from __future__ import annotations

import hmac

#: How long one code is shown, in seconds; its digits and its hash are AWS's too.
STEP, DIGITS, ALGORITHM = 30, 6, "SHA1"

#: Bytes of a seed. AWS gives 40; under 10 (80 bits) it could be guessed from codes.
_LEAST, _MOST = 10, 128

#: Its letters (RFC 4648).
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def code(seed: bytes, at: float) -> str:
    """The six digits that a device with ``seed`` shows at ``at`` (epoch seconds)."""
    digest = hmac.digest(seed, (int(at) // STEP).to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def parse_seed(text: str) -> bytes:
    """The seed in ``text``: base32, as the AWS console shows it, or an ``otpauth://`` URL.

    ``ValueError``, with a sentence for people that never quotes ``text``, where it is none.
    """
    text = text.strip()
    if not text:
        raise ValueError("there is no seed")
    if "\n" in text or "\r" in text:
        raise ValueError("a seed is one line, and there are more")
    if text.lower().startswith("otpauth:"):
        text = _secret_of(text)
    return _decoded(text)


def canonical(seed: bytes) -> str:
    """``seed`` as base32, the one way in which it is kept."""
    import base64

    return base64.b32encode(seed).decode("ascii").rstrip("=")


def _decoded(text: str) -> bytes:
    import base64
    import binascii

    letters = "".join(text.split()).replace("-", "").upper().rstrip("=")
    if letters.isascii() and letters.isdigit() and len(letters) <= DIGITS + 2:
        raise ValueError("that is a code, and not the seed that codes are made from")
    if letters.strip(BASE32):
        raise ValueError("a seed is base32: the letters A to Z and the digits 2 to 7, nothing else")
    try:
        seed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except binascii.Error:
        raise ValueError(f"no seed has {len(letters)} characters: some are missing") from None
    if not _LEAST <= len(seed) <= _MOST:
        raise ValueError(
            f"a seed of {len(letters)} characters is too "
            f"{'short' if len(seed) < _LEAST else 'long'}: AWS gives 64"
        )
    return seed


def _secret_of(url: str) -> str:
    """The secret of an ``otpauth://totp/...`` URL whose codes are AWS's kind."""
    from urllib.parse import parse_qs, urlsplit

    try:
        parts = urlsplit(url)
        values = parse_qs(parts.query, keep_blank_values=True)
    except ValueError:
        raise ValueError("that is no otpauth:// URL") from None
    if parts.netloc.lower() != "totp":
        raise ValueError("AWS's devices are otpauth://totp/..., by the time, and this URL is not")
    wanted = {"algorithm": (ALGORITHM, f"HMAC{ALGORITHM}"), "digits": ("6",), "period": ("30",)}
    for name, allowed in wanted.items():
        if any(value.upper() not in allowed for value in values.get(name, [])):
            raise ValueError(
                f"AWS's devices make codes of {DIGITS} digits every {STEP} seconds with "
                f"{ALGORITHM}, and the {name} of this URL is another"
            )
    secrets = values.get("secret", [])
    if len(secrets) != 1 or not secrets[0]:
        raise ValueError("the otpauth:// URL has no secret in it")
    return secrets[0]
