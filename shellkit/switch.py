"""From an identity and its credentials to what the shell is told.

The last steps of every ``assume``, shared by the full pipeline
(:mod:`shellkit.commands.env`) and the memo (:mod:`shellkit.memo`).
On the warm path: imports nothing heavy.
"""

from __future__ import annotations

from shellkit.environment import EnvChange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.credentials.session import Credentials


class Identity:
    """Whom an ``assume`` makes us, as the shell's variables and the success line show it.

    ``label`` is the profile's name, or ``ACCOUNT:ROLE`` for an ad hoc role. In mode
    ``profile`` no credentials are exported and ``label`` goes to ``AWS_PROFILE``.
    Immutable.
    """

    __slots__ = ("account_id", "label", "mode", "region", "role")

    label: str
    region: str
    account_id: str | None
    role: str | None
    mode: str

    def __init__(
        self,
        label: str,
        region: str,
        account_id: str | None = None,
        role: str | None = None,
        mode: str = "env",
    ) -> None:
        freeze = object.__setattr__
        freeze(self, "label", label)
        freeze(self, "region", region)
        freeze(self, "account_id", account_id)
        freeze(self, "role", role)
        freeze(self, "mode", mode)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("an Identity cannot be changed")

    def _fields(self) -> tuple[str | None, ...]:
        return (self.label, self.region, self.account_id, self.role, self.mode)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        return f"Identity{self._fields()!r}"


def environment_for(identity: Identity, credentials: Credentials | None) -> EnvChange:
    """The change that makes ``identity`` the active one (``credentials`` in mode ``env``)."""
    values: dict[str, str | None] = {
        "AWS_REGION": identity.region,
        "AWS_DEFAULT_REGION": identity.region,
    }
    if credentials is None:
        values["AWS_PROFILE"] = identity.label
    else:
        values.update(_credential_values(identity, credentials))
    return EnvChange({name: value for name, value in values.items() if value is not None})


def _credential_values(identity: Identity, credentials: Credentials) -> dict[str, str | None]:
    expires = credentials.expires
    return {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_CREDENTIAL_EXPIRATION": None if expires is None else rfc3339(expires),
        "AWSUME_PROFILE": identity.label,
        "SHELLKIT_PROFILE": identity.label,
        "SHELLKIT_ACCOUNT_ID": identity.account_id,
        "SHELLKIT_ROLE": identity.role,
        "SHELLKIT_EXPIRES": None if expires is None else str(expires),
    }


def success_line(identity: Identity, credentials: Credentials | None, now: float) -> str:
    """The one line that says who we are now: profile, account, role, region, time left."""
    parts = []
    if identity.account_id:
        parts.append(f"account {identity.account_id}")
    if identity.role:
        parts.append(f"role {identity.role}")
    parts.append(identity.region)
    if credentials is None:
        parts.append("by AWS_PROFILE")
    elif credentials.expires is None:
        parts.append("static keys")
    else:
        parts.append(f"{time_left(credentials.seconds_left(now))} left")
    line = f"{identity.label}: {', '.join(parts)}"
    if line.isprintable():
        return line
    from shellkit.visible import visible

    return visible(line)


def time_left(seconds: float) -> str:
    """A length of time as people read it: ``45s``, ``42m``, ``1h05m``; never less than ``0s``."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    # Rounded, so that a session of an hour does not open with "59m".
    minutes = (whole + 30) // 60
    if minutes < 60:
        return f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02d}m" if minutes else f"{hours}h"


def rfc3339(epoch: int) -> str:
    """``epoch`` seconds as RFC 3339 in UTC, with ``Z``: SDKs refuse a time without a zone."""
    from time import gmtime, strftime

    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(epoch))
