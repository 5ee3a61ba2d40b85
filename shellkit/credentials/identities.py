"""Which account and user static keys belong to, as GetCallerIdentity once said.

Kept without the keys: the file is found by a hash of them and holds the account
and the ARN only. Keys never change hands, so the answer stays true.
"""

from __future__ import annotations

import os
from hashlib import sha256

from shellkit import files
from shellkit.credentials.session import Credentials
from shellkit.environment import has_control_character


def read(cache: str, keys: Credentials, endpoint: str | None) -> Credentials | None:
    """``keys`` with their account and ARN, where STS at ``endpoint`` named them; else ``None``."""
    text = (files.read_text(_path(cache, keys, endpoint)) or "").removesuffix("\n")
    words = text.split(" ")
    if len(words) != 2 or not words[1].startswith("arn:") or has_control_character(text):
        return None
    return identified(keys, words[0], words[1])


def write(cache: str, known: Credentials, endpoint: str | None) -> None:
    """Keep what is known of ``known``. ``OSError`` where that cannot be done."""
    files.write_private(_path(cache, known, endpoint), f"{known.account_id} {known.arn}\n")


def identified(keys: Credentials, account_id: str | None, arn: str | None) -> Credentials:
    """``keys`` with the account and the ARN that they belong to."""
    return Credentials(
        keys.access_key_id,
        keys.secret_access_key,
        keys.session_token,
        expires=keys.expires,
        account_id=account_id,
        arn=arn,
    )


def _path(cache: str, keys: Credentials, endpoint: str | None) -> str:
    # What a stand-in for AWS says of the same keys is true of the stand-in only.
    words = (keys.access_key_id, keys.secret_access_key, keys.session_token or "", endpoint or "")
    material = "\0".join(words)
    digest = sha256(material.encode("utf-8", "surrogateescape")).hexdigest()
    return os.path.join(cache, "identities", digest)
