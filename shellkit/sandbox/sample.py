"""The accounts of the demo: one user, and roles of every kind to switch to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shellkit.sandbox.model import AccessKey, Account, Condition, MfaDevice, Role, Statement, User

if TYPE_CHECKING:
    from collections.abc import Mapping

EXTERNAL_ID = "acme:partner-7Q2"
DAY = 24 * 3600


@dataclass(frozen=True)
class Sample:
    """Accounts, and what a user of them would know.

    ``roles`` has the ARN of each role by its name; ``key`` may assume all of them
    but ``locked`` (nobody may), ``release`` (only from ``staging``) and ``gov``
    (only with ``gov_key``). ``partner`` wants ``external_id``, ``prod``, ``vault`` and
    ``audit`` MFA, and ``keyroom`` a code that is no older than an hour.
    """

    accounts: tuple[Account, ...]
    roles: Mapping[str, str]
    key: AccessKey
    gov_key: AccessKey
    mfa: MfaDevice
    mfa_serial: str
    external_id: str = field(default=EXTERNAL_ID, repr=False)


def sample_accounts() -> Sample:
    """Return a new set of accounts; the keys and the MFA seed are made anew each time."""
    key, gov_key, device = AccessKey.generate(), AccessKey.generate(), MfaDevice("alex")
    alex = User("alex", keys=(key,), mfa=(device,))
    tools = Account("471112903465", users=(alex,))
    trusted = Statement((tools.user_arn(alex),))

    dev = Account("280650147932", roles=(Role("dev", (trusted,), max_session_duration=DAY // 2),))
    staging_role = Role("staging", (trusted,), max_session_duration=DAY // 6)
    staging = Account("593047218860", roles=(staging_role,))
    prod = Account("816204759301", roles=_prod_roles(trusted, staging.role_arn(staging_role)))
    with_id = Condition("StringEquals", "sts:ExternalId", (EXTERNAL_ID,))
    partner_role = Role("partner", (Statement((tools.root_arn,), (with_id,)),))
    partner = Account("739518260047", roles=(partner_role,))
    gov = _gov_account(gov_key)

    accounts = (tools, dev, staging, prod, partner, gov)
    return Sample(
        accounts=accounts,
        roles={role.name: account.role_arn(role) for account in accounts for role in account.roles},
        key=key,
        gov_key=gov_key,
        mfa=device,
        mfa_serial=tools.mfa_arn(device),
    )


def _prod_roles(trusted: Statement, staging_arn: str) -> tuple[Role, ...]:
    present = Condition("Bool", "aws:MultiFactorAuthPresent", ("true",))
    with_mfa = Statement(trusted.principals, (present,))
    lately = Condition("NumericLessThan", "aws:MultiFactorAuthAge", ("3600",))
    return (
        Role("prod", (with_mfa,), max_session_duration=DAY // 6),
        Role("release", (Statement((staging_arn,)),), max_session_duration=DAY // 6),
        Role("vault", (with_mfa,), path="/security/", max_session_duration=DAY // 2),
        Role("audit", (with_mfa,)),
        Role("keyroom", (Statement(trusted.principals, (lately,)),)),
        Role("locked", (Statement((staging_arn,), effect="Deny"),)),
    )


def _gov_account(key: AccessKey) -> Account:
    alex = User("alex", keys=(key,))
    account = Account("364820915577", users=(alex,), partition="aws-us-gov")
    role = Role("gov", (Statement((account.user_arn(alex),)),))
    return Account(account.id, users=(alex,), roles=(role,), partition=account.partition)
