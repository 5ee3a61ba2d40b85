"""What of a config file may be shown. A file may hold secrets, also in the wrong place."""

from __future__ import annotations

_KEY_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")

#: The keys of AWS that profiles and ``sso-session`` sections mostly have.
KNOWN = frozenset(
    (
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "ca_bundle",
        "credential_process",
        "credential_source",
        "duration_seconds",
        "endpoint_url",
        "external_id",
        "login_session",
        "mfa_serial",
        "output",
        "region",
        "role_arn",
        "role_session_name",
        "services",
        "source_profile",
        "sso_account_id",
        "sso_region",
        "sso_registration_scopes",
        "sso_role_name",
        "sso_session",
        "sso_start_url",
        "web_identity_token_file",
    )
)


def key(text: str) -> str | None:
    """``text`` where it looks like the name of a key, else ``None``.

    A secret that lost its key reads as a key when it has a ``=`` at its end. Names of
    keys are short words, or have underscores; secrets are long, and have neither.
    """
    plain = bool(text) and set(text) <= _KEY_LETTERS
    return text if plain and len(text) <= (36 if "_" in text else 20) else None


def bare_key(text: str) -> str | None:
    """``text``, a line with no value, where it is the name of a key of AWS, else ``None``."""
    word = text.strip().lower()
    return word if word in KNOWN else None


def name(text: str) -> str:
    """``text``, a name, with what a terminal would obey made visible."""
    return text if text.isprintable() else "".join(_visible(char) for char in text)


def word(text: str) -> str:
    """``text``, a name, as it is to be typed in a command."""
    import shlex

    return shlex.quote(name(text))


def _visible(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
