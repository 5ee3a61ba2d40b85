"""Which credentials exist, whom they speak for, and until when."""

from __future__ import annotations

import base64
import secrets
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from shellkit.sandbox.model import AccessKey, Account, unique_id
from shellkit.sandbox.wire import StsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from shellkit.sandbox.model import Role, User

# "origin_ec" and the rest of what AWS's own tokens begin with.
_TOKEN_PREFIX = base64.b64decode("IQoJb3JpZ2luX2Vj")


@dataclass(frozen=True)
class Session:
    """What temporary credentials carry along.

    ``tags`` holds all session tags, ``transitive`` the lower-cased keys of those
    that go on to the next role. ``mfa_at`` is when a code was given, in epoch seconds.
    """

    mfa_at: float | None = None
    source_identity: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    transitive: frozenset[str] = frozenset()
    policy: str | None = None


@dataclass(frozen=True)
class Caller:
    """Who signs: a root user, a user, or a session of a role.

    ``arn`` is what GetCallerIdentity says, ``identity_arn`` the user or role behind it.
    ``session`` is ``None`` for long-term keys.
    """

    account: Account
    kind: str
    arn: str
    identity_arn: str
    user_id: str
    denied: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    mfa_seeds: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    session: Session | None = None


@dataclass(frozen=True)
class Credential:
    """A key, its session token (temporary keys only), its end (epoch seconds), its owner."""

    key: AccessKey
    caller: Caller
    token: str | None = field(default=None, repr=False)
    expires: float | None = None


class Vault:
    """All credentials of a sandbox. Safe to use from several threads."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._lock = threading.Lock()
        self._issued = 0
        self._known = {
            key.id: Credential(key, caller)
            for account in accounts
            for key, caller in _long_term(account)
        }

    def find(self, key_id: str, token: str | None, now: float) -> Credential:
        """Return the credential that ``key_id`` and ``token`` name, if it is good at ``now``."""
        with self._lock:
            found = self._known.get(key_id)
        if found is None or not _same(found.token, token):
            raise invalid_token()
        if found.expires is not None and now >= found.expires:
            raise StsError(
                "ExpiredToken", "The security token included in the request is expired", 403
            )
        return found

    def issue(self, caller: Caller, expires: float) -> Credential:
        """Return new temporary credentials for ``caller``.

        Every other secret begins with a slash, as one of 64 does at AWS: shells
        that mangle such values shall be caught at once.
        """
        with self._lock:
            self._issued += 1
            key = AccessKey.generate("ASIA", first="/" if self._issued % 2 == 0 else "")
            made = Credential(key, caller, _new_token(), expires)
            self._known[key.id] = made
        return made

    def revoke(self, key_id: str) -> None:
        """Forget a key, as if it had been deleted."""
        with self._lock:
            del self._known[key_id]

    def expire(self, key_id: str) -> None:
        """Let temporary credentials end at once, whatever the clock says."""
        with self._lock:
            self._known[key_id] = replace(self._known[key_id], expires=float("-inf"))


def invalid_token() -> StsError:
    """Return the refusal of a key that this partition does not know."""
    return StsError(
        "InvalidClientTokenId", "The security token included in the request is invalid", 403
    )


def role_caller(account: Account, role: Role, session_name: str, session: Session) -> Caller:
    """Return a session of ``role``."""
    arn = account.role_arn(role)
    return Caller(
        account=account,
        kind="role",
        arn=account.session_arn(role, session_name),
        identity_arn=arn,
        user_id=f"{unique_id('AROA', arn)}:{session_name}",
        denied=role.denied,
        tags=session.tags,
        session=session,
    )


def _long_term(account: Account) -> Iterator[tuple[AccessKey, Caller]]:
    root = Caller(account, "root", account.root_arn, account.root_arn, account.id)
    for key in account.root_keys:
        yield key, root
    for user in account.users:
        for key in user.keys:
            yield key, _user_caller(account, user)


def _user_caller(account: Account, user: User) -> Caller:
    arn = account.user_arn(user)
    return Caller(
        account=account,
        kind="user",
        arn=arn,
        identity_arn=arn,
        user_id=unique_id("AIDA", arn),
        denied=user.denied,
        tags=user.tags,
        mfa_seeds={account.mfa_arn(device): device.seed for device in user.mfa},
    )


def _new_token() -> str:
    # A length that is not a multiple of three, so that the padding occurs as well.
    return base64.b64encode(_TOKEN_PREFIX + secrets.token_bytes(520)).decode()


def _same(expected: str | None, given: str | None) -> bool:
    if expected is None or given is None:
        return expected is given
    return secrets.compare_digest(expected.encode(), given.encode())
