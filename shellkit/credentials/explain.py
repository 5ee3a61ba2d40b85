"""What AWS's refusals mean, and how to mend them.

AWS's own texts are short and several mean more than they say. Codes and texts as
seen in public issue threads and in the IAM guide's troubleshooting pages.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.credentials.chain import Hop
    from shellkit.credentials.session import Credentials

#: What is left out where the request had MFA.
WANTS_MFA = "whether it wants MFA (mfa_serial, or --mfa-serial)"

_STAMP = re.compile(r"Signature (?:expired|not yet current): (\d{8}T\d{6}Z) is .*? (\d{8}T\d{6}Z)")


def explain(code: str, message: str, caller: Credentials, hop: Hop | None) -> str | None:
    """How to mend the refusal ``code``/``message`` of a request that ``caller`` signed."""
    if code == "SignatureDoesNotMatch":
        return _signature(message)
    if code == "AccessDenied" and hop is not None:
        return _denied(message, hop)
    if code == "ValidationError" and "DurationSeconds exceeds" in message:
        return "ask for less time with --duration, or lower duration_seconds in the profile"
    if code == "InvalidClientTokenId":
        return (
            f"the access key {caller.access_key_id} is unknown here: deleted, deactivated, of "
            "another partition, or a temporary key without its session token"
        )
    return _BY_CODE.get(code)


_BY_CODE = {
    "ExpiredToken": "the credentials that sign this request have expired: get new ones",
    "PackedPolicyTooLarge": "use fewer or shorter session tags, or a shorter session policy",
    "MalformedPolicyDocument": "mend the JSON given with --policy",
    "RegionDisabledException": "activate STS in this region, or choose another with --region",
    "Throttling": "too many requests: try again in a moment",
}


def _denied(message: str, hop: Hop) -> str:
    if "explicit deny" in message:
        return "a policy forbids it: ask whoever runs that account"
    if "Roles may not be assumed by root" in message:
        return "use the keys of an IAM user or a role as the source, not root's"
    checks = ["the role's name (case counts)", "its trust policy"]
    if hop.external_id is None:
        checks.append("whether it wants an external ID (external_id, or --external-id)")
    else:
        checks.append("whether the external ID is the right one")
    checks.append(WANTS_MFA)
    return "check " + ", ".join(checks[:-1]) + " and " + checks[-1]


def _signature(message: str) -> str:
    stamps = _STAMP.search(message)
    if stamps is None:
        return "the secret access key does not belong to this access key ID: copy both again"
    return f"this machine's clock is wrong: it signed at {stamps[1]}, AWS's limit is {stamps[2]}"
