"""Codes and seeds of virtual MFA devices."""

from __future__ import annotations

import base64
import contextlib
import inspect
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit import totp

SEED = b"12345678901234567890"
TEXT = base64.b32encode(SEED).decode()


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_vectors_of_rfc_6238(at: int, code: str) -> None:
    assert totp.code(SEED, at) == code
    assert totp.code(SEED, at - at % 30 + 29.9) == code


@given(st.binary(min_size=10, max_size=128))
def test_a_seed_is_read_however_it_is_written(seed: bytes) -> None:
    text = totp.canonical(seed)
    written = [text, text.lower(), f" {text}\n", base64.b32encode(seed).decode()]
    written += ["-".join(re.findall(".{1,4}", text)), " ".join(re.findall(".{1,4}", text))]
    for each in written:
        assert totp.parse_seed(each) == seed
        url = f"otpauth://totp/AWS:alex%40x?secret={text}&issuer=AWS&period=30&digits=6"
        assert totp.parse_seed(url) == seed


@given(st.text(max_size=80))
def test_whatever_is_given_is_a_seed_or_a_sentence_without_it(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert 10 <= len(totp.parse_seed(text)) <= 128
        return
    with pytest.raises(ValueError, match=r".") as caught:
        totp.parse_seed(text)
    ours = text.strip() in inspect.getsource(totp)  # A word of the sentence's own: otpauth.
    assert len(text.strip()) < 4 or ours or text.strip() not in str(caught.value)


URL = f"otpauth://totp/AWS:alex?secret={TEXT}"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "there is no seed"),
        (" \n", "there is no seed"),
        (f"{TEXT}\n{TEXT}", "one line"),
        ("492039", "a code, and not the seed"),
        ("492 039", "a code, and not the seed"),
        (TEXT[:-1] + "1", "base32"),
        (TEXT[:-1] + "\u00e9", "base32"),
        (TEXT + "!", "base32"),
        (TEXT + "A", "33 characters: some are missing"),
        (TEXT[:8], "8 characters is too short"),
        ("A" * 800, "800 characters is too long"),
        ("\uff11" * 6, "base32"),
        ("otpauth://hotp/x?secret=" + TEXT, "otpauth://totp/"),
        ("otpauth:" + TEXT, "otpauth://totp/"),
        ("otpauth://totp/x", "no secret"),
        ("otpauth://totp/x?secret=", "no secret"),
        (f"{URL}&secret={TEXT}", "no secret"),
        (f"{URL}&algorithm=SHA256", "the algorithm of this URL"),
        (f"{URL}&digits=8", "the digits of this URL"),
        (f"{URL}&period=60", "the period of this URL"),
        ("otpauth://[x?secret=A", "no otpauth:// URL"),
    ],
)
def test_what_is_no_seed(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=re.escape(part)) as caught:
        totp.parse_seed(text)
    assert TEXT[:8] not in str(caught.value)


@pytest.mark.parametrize("more", ["", "&algorithm=SHA1", "&algorithm=HmacSHA1", "&issuer=AWS"])
def test_urls_of_awss_kind(more: str) -> None:
    assert totp.parse_seed(URL + more) == SEED
    assert totp.parse_seed((URL + more).replace("otpauth", "OTPAUTH")) == SEED
