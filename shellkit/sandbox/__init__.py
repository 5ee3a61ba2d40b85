"""A strict STS on loopback: for `shellkit demo`, and for the tests.

It checks what AWS checks (signatures, clocks, trust policies, durations, MFA)
and says no in AWS's own words, so that what works here works there. Start it
with the accounts it shall know::

    with Sandbox(sample_accounts().accounts) as sandbox:
        subprocess.run(command, env={**environ, **sandbox.environment})
"""

from __future__ import annotations

from shellkit.sandbox.model import AccessKey, Account, Condition, MfaDevice, Role, Statement, User
from shellkit.sandbox.sample import sample_accounts
from shellkit.sandbox.server import Call, Sandbox
from shellkit.totp import code as totp

__all__ = [
    "AccessKey",
    "Account",
    "Call",
    "Condition",
    "MfaDevice",
    "Role",
    "Sandbox",
    "Statement",
    "User",
    "sample_accounts",
    "totp",
]
