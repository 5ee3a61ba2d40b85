"""The accounts a sandbox knows: users, roles, and who may become whom.

Everything is frozen. ARNs are made here and nowhere else; secrets are kept out
of every repr.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import string
from dataclasses import dataclass, field

_KEY_ID_ALPHABET = string.ascii_uppercase + "234567"
_SECRET_ALPHABET = string.ascii_letters + string.digits + "/+"

#: What a trust statement may speak about.
ASSUME, TAG, SOURCE = "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"

OPERATORS = frozenset(
    {
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "Bool",
        "NumericLessThan",
        "NumericLessThanEquals",
        "Null",
    }
)


@dataclass(frozen=True)
class AccessKey:
    """An access key id and its secret."""

    id: str
    secret: str = field(repr=False)

    @classmethod
    def generate(cls, prefix: str = "AKIA", first: str = "") -> AccessKey:
        """Return a new, unpredictable key; its secret begins with ``first``."""
        key_id = prefix + "".join(secrets.choice(_KEY_ID_ALPHABET) for _ in range(16))
        rest = (secrets.choice(_SECRET_ALPHABET) for _ in range(40 - len(first)))
        return cls(key_id, first + "".join(rest))


@dataclass(frozen=True)
class MfaDevice:
    """A virtual MFA device; ``seed`` is its raw RFC 6238 secret."""

    name: str
    seed: bytes = field(repr=False, default_factory=lambda: secrets.token_bytes(20))


@dataclass(frozen=True)
class Condition:
    """One line of a ``Condition`` block; any of ``values`` will do.

    ``operator`` is one of :data:`OPERATORS`, optionally with ``IfExists``.
    """

    operator: str
    key: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.operator.removesuffix("IfExists") not in OPERATORS:
            raise ValueError(f"the sandbox does not know the operator {self.operator}")


@dataclass(frozen=True)
class Statement:
    """One statement of a trust policy.

    A principal is ``*``, an account id, or the ARN of an account root, a user,
    a role or an assumed-role session.
    """

    principals: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    effect: str = "Allow"
    actions: frozenset[str] = frozenset({ASSUME, TAG, SOURCE})


@dataclass(frozen=True)
class Role:
    """A role, who may assume it, and for how long (seconds).

    ``denied`` lists role ARNs (with ``*``) that its own sessions may not assume.
    """

    name: str
    trust: tuple[Statement, ...]
    path: str = "/"
    max_session_duration: int = 3600
    denied: tuple[str, ...] = ()


@dataclass(frozen=True)
class User:
    """An IAM user. It may assume whatever trusts it, except what is ``denied``."""

    name: str
    keys: tuple[AccessKey, ...] = ()
    mfa: tuple[MfaDevice, ...] = ()
    path: str = "/"
    tags: tuple[tuple[str, str], ...] = ()
    denied: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    """An account of one partition. ``disabled_regions`` are those without STS."""

    id: str
    users: tuple[User, ...] = ()
    roles: tuple[Role, ...] = ()
    partition: str = "aws"
    root_keys: tuple[AccessKey, ...] = ()
    disabled_regions: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not (len(self.id) == 12 and self.id.isascii() and self.id.isdigit()):
            raise ValueError(f"an account id has twelve digits, not {self.id!r}")

    @property
    def root_arn(self) -> str:
        """The ARN of the root user, which stands for the whole account in policies."""
        return self._iam("root")

    def user_arn(self, user: User) -> str:
        """Return the ARN of one of its users."""
        return self._iam(f"user{user.path}{user.name}")

    def role_arn(self, role: Role) -> str:
        """Return the ARN of one of its roles."""
        return self._iam(f"role{role.path}{role.name}")

    def mfa_arn(self, device: MfaDevice) -> str:
        """Return the serial number of a virtual MFA device."""
        return self._iam(f"mfa/{device.name}")

    def session_arn(self, role: Role, session_name: str) -> str:
        """Return the ARN of a session of one of its roles; the path is not part of it."""
        return f"arn:{self.partition}:sts::{self.id}:assumed-role/{role.name}/{session_name}"

    def _iam(self, resource: str) -> str:
        return f"arn:{self.partition}:iam::{self.id}:{resource}"


def unique_id(prefix: str, arn: str) -> str:
    """Return the stable id that IAM gives a user (``AIDA``) or a role (``AROA``)."""
    digest = base64.b32encode(hashlib.sha256(arn.encode()).digest()).decode()
    return prefix + digest[:17]
