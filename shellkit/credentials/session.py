"""Credentials, and their form in a file of the session cache.

On the path of every warm ``assume``: imports nothing heavy.
"""

from __future__ import annotations

from shellkit.environment import has_control_character

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_HEADER: Final = "shellkit-session 2"
_END: Final = "end"
_TEXT: Final = ("access_key_id", "secret_access_key", "session_token", "account_id", "arn")

#: Digits of a time that everything can reckon with: enough until the year 5138.
_TIME_DIGITS: Final = 11


class Credentials:
    """AWS credentials, with what is known of whom they make us. Immutable.

    ``expires`` is in epoch seconds. It and ``session_token`` are ``None`` for static
    keys. ``account_id`` and ``arn`` (of the assumed-role session or the user, as
    GetCallerIdentity gives it) are ``None`` where unknown. The repr has no secret.
    """

    __slots__ = (
        "access_key_id",
        "account_id",
        "arn",
        "expires",
        "secret_access_key",
        "session_token",
    )

    access_key_id: str
    secret_access_key: str
    session_token: str | None
    expires: int | None
    account_id: str | None
    arn: str | None

    def __init__(
        self,
        access_key_id: str,
        secret_access_key: str,
        session_token: str | None = None,
        *,
        expires: int | None = None,
        account_id: str | None = None,
        arn: str | None = None,
    ) -> None:
        freeze = object.__setattr__
        freeze(self, "access_key_id", access_key_id)
        freeze(self, "secret_access_key", secret_access_key)
        freeze(self, "session_token", session_token)
        freeze(self, "expires", expires)
        freeze(self, "account_id", account_id)
        freeze(self, "arn", arn)

    def seconds_left(self, now: float) -> float:
        """Seconds until they expire, counted from ``now`` (epoch); infinite for static keys."""
        return float("inf") if self.expires is None else self.expires - now

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("credentials cannot be changed")

    def _fields(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Credentials) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        return f"Credentials({self.access_key_id}, arn={self.arn}, expires={self.expires})"


def dump(credentials: Credentials, key: str, mfa_serial: str | None = None) -> str:
    """The text of a session file: a header, one ``name value`` a line, and ``end``.

    It says under which ``key`` it is kept, so that no other file can be put in its place.
    ``mfa_serial``: the device whose code began it, for an MFA session.
    """
    lines = [_HEADER, f"key {key}"]
    for name in _TEXT:
        value = getattr(credentials, name)
        if value is not None:
            lines.append(f"{name} {value}")
    if credentials.expires is not None:
        lines.append(f"expires {credentials.expires}")
    if mfa_serial is not None:
        lines.append(f"mfa_serial {mfa_serial}")
    return "\n".join([*lines, _END, ""])


def parse(text: str, key: str) -> Credentials | None:
    """What :func:`dump` wrote for ``key``; ``None`` for anything else, torn or foreign."""
    lines = text.split("\n")
    if len(lines) < 3 or lines[0] != _HEADER or lines[-2:] != [_END, ""]:
        return None
    found: dict[str, str] = {}
    for line in lines[1:-2]:
        name, _, value = line.partition(" ")
        if has_control_character(value):
            return None
        found[name] = value
    if found.get("key") != key or "" in found.values() or not is_time(found.get("expires", "0")):
        return None
    try:
        return Credentials(
            found["access_key_id"],
            found["secret_access_key"],
            found.get("session_token"),
            expires=int(found["expires"]) if "expires" in found else None,
            account_id=found.get("account_id"),
            arn=found.get("arn"),
        )
    except (KeyError, ValueError):
        return None


def is_time(text: str) -> bool:
    """Whether ``text`` is a time in epoch seconds, as everything can reckon with."""
    return text.isascii() and text.isdigit() and len(text) <= _TIME_DIGITS


def mfa_serial(text: str) -> str | None:
    """The device whose code began the session in ``text``; ``None`` for one of a role."""
    for line in text.split("\n"):
        if line.startswith("mfa_serial "):
            return line.partition(" ")[2]
    return None
