"""From a request and the profiles to a chain: which keys sign, and which roles follow.

The rules are botocore's (``AssumeRoleProvider``), so that ``assume x`` and
``aws --profile x`` mean the same identity; ``tests/unit/test_chain.py`` compares
the two on random configurations. Nothing here asks the network.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace

from shellkit.switch import time_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from shellkit.credentials.session import Credentials
    from shellkit.profiles.model import Place

#: STS limits a role assumed with a role's (or a session token's) credentials to one
#: hour, whatever the role allows (IAM user guide, "role chaining").
CHAINED_MAX = 3600


@dataclass(frozen=True)
class Hop:
    """One AssumeRole. ``duration`` is in seconds; ``None`` leaves a matter to AWS.

    ``profile`` is the profile that asks for it, ``None`` for an ad hoc role, and
    ``source`` its source profile, ``None`` where the command line named another start.
    ``session_name`` is the configured one; without one ``default_session_name`` of
    the chain is used.
    """

    role_arn: str
    profile: str | None = None
    source: str | None = None
    session_name: str | None = None
    external_id: str | None = None
    duration: int | None = None
    source_identity: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    transitive_tags: tuple[str, ...] = ()
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    #: ``mfa_serial`` of ``profile``, which is part of the AWS CLI's name for the session.
    mfa_serial: str | None = field(default=None, compare=False)

    @property
    def account_id(self) -> str:
        """The account in the role's ARN."""
        return self.role_arn.split(":", 5)[4]

    @property
    def short(self) -> str:
        """``ACCOUNT:ROLE``, with the role's path: what ``assume`` takes back."""
        return f"{self.account_id}:{self.role_arn.split(':role/', 1)[1]}"

    @property
    def role_name(self) -> str:
        """The role's name, without its path."""
        return self.role_arn.rsplit("/", 1)[1]

    def parameters(self) -> dict[str, Any]:
        """The parameters of AssumeRole that the configuration decides."""
        named = {
            "RoleArn": self.role_arn,
            "RoleSessionName": self.session_name,
            "ExternalId": self.external_id,
            "DurationSeconds": self.duration,
            "SourceIdentity": self.source_identity,
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags] or None,
            "TransitiveTagKeys": list(self.transitive_tags) or None,
            "Policy": self.policy,
            "PolicyArns": [{"arn": arn} for arn in self.policy_arns] or None,
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class Keys:
    """The credentials a chain starts from; ``origin`` says where they are, for people."""

    credentials: Credentials
    origin: str


@dataclass(frozen=True)
class Command:
    """The command line of an ``mfa_process``; ``place`` finds the file and the line it is in."""

    line: str
    place: Callable[[], Place]


@dataclass(frozen=True)
class Mfa:
    """The MFA device that a chain needs a code of, and what the code goes to.

    ``session``: seconds of the session (GetSessionToken) that the code begins, and that
    the first role is assumed from; ``None`` where the code goes to the first AssumeRole
    itself. ``profile`` is named to the person, ``place`` finds the file and the line of ``serial``,
    and ``process`` the command that prints the code, where there is one.
    """

    serial: str
    profile: str
    session: int | None
    process: Command | None = field(default=None, compare=False)
    place: Callable[[], Place] = field(default=lambda: (None, None), compare=False)


@dataclass(frozen=True)
class Chain:
    """Keys, and the roles assumed from them one after the other.

    ``settings_profile`` is the profile whose endpoint, CA bundle and proxies count
    (botocore: the selected one, for every hop). ``endpoint`` is the configured STS
    endpoint, where there is one: its URL, or ``legacy`` for the one without a region.
    """

    keys: Keys
    hops: tuple[Hop, ...] = ()
    settings_profile: str | None = None
    default_session_name: str = "shellkit"
    endpoint: str | None = None
    mfa: Mfa | None = None
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def has_session(self) -> bool:
        """Whether the chain begins with an MFA session."""
        return self.mfa is not None and self.mfa.session is not None

    def session_key(self, hops: int) -> str:
        """The cache key of the session after the first ``hops`` hops; 0: of the MFA session.

        A hash of everything that goes into those credentials: the key that signs, the
        MFA device, each hop's parameters, the default session name and the endpoint.
        """
        content: dict[str, object] = {
            "version": 1,
            "access_key_id": self.keys.credentials.access_key_id,
            "endpoint": self.endpoint,
            "hops": [hop.parameters() for hop in self.hops[:hops]],
        }
        if hops:
            content["session_name"] = self.default_session_name
        if self.mfa is not None:
            content["mfa"] = self.mfa.serial
            if not hops:
                content["mfa_session"] = self.mfa.session
        text = json.dumps(content, sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def limit_duration(hop: Hop, *, chained: bool) -> tuple[Hop, str | None]:
    """``hop`` with its duration brought down to what role chaining allows, and a note saying so."""
    if not chained or hop.duration is None or hop.duration <= CHAINED_MAX:
        return hop, None
    note = (
        f"{hop.profile or hop.role_arn}: asking for 1h instead of {time_left(hop.duration)}: "
        "AWS limits a role assumed from another session to one hour"
    )
    return replace(hop, duration=CHAINED_MAX), note
