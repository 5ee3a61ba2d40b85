"""What STS does: AssumeRole, GetSessionToken, GetCallerIdentity."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from shellkit.sandbox import constraints, policy, trust
from shellkit.sandbox.constraints import invalid, members
from shellkit.sandbox.model import ASSUME, SOURCE, TAG
from shellkit.sandbox.vault import Session, role_caller
from shellkit.sandbox.wire import StsError, access_denied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shellkit.sandbox.mfa import CodeChecker
    from shellkit.sandbox.model import Account, Role
    from shellkit.sandbox.vault import Caller, Credential, Vault

VERSION = "2011-06-15"
IAM_VERSION = "2010-05-08"
HOUR = 3600
HALF_A_DAY = 43200

# AWS does not say how it packs policies and tags; this stands in for it.
_PACKED_BYTES = 2048

_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/[\x21-\x7e]+", re.ASCII)
_POLICY_ARN = re.compile(r"arn:[a-z-]+:iam::(\d{12}|aws):policy/[\x21-\x7e]+", re.ASCII)

Result = dict[str, object]


@dataclass(frozen=True)
class Service:
    """What the actions work with."""

    roles: Mapping[str, tuple[Account, Role]]
    vault: Vault
    codes: CodeChecker


@dataclass(frozen=True)
class Call:
    """One authenticated call. ``now`` is in epoch seconds."""

    action: str
    params: Mapping[str, str]
    caller: Caller
    now: float


def perform(service: Service, call: Call) -> Result:
    """Return the result of a call, or the refusal of it."""
    act = {**ACTIONS, **IAM_ACTIONS}.get(call.action)
    version = call.params.get("Version", "NO_VERSION_SPECIFIED")
    if act is None or version != (IAM_VERSION if call.action in IAM_ACTIONS else VERSION):
        raise StsError(
            "InvalidAction", f"Could not find operation {call.action} for version {version}"
        )
    constraints.check(call.action, call.params)
    return act(service, call)


def get_caller_identity(_service: Service, call: Call) -> Result:
    """Who signed. Needs no permission."""
    caller = call.caller
    return {"Arn": caller.arn, "UserId": caller.user_id, "Account": caller.account.id}


def get_session_token(service: Service, call: Call) -> Result:
    """Temporary credentials of the same user, with MFA if a code was given."""
    caller = call.caller
    if caller.session is not None:
        raise access_denied("Cannot call GetSessionToken with session credentials")
    # A root user gets an hour whatever it asks for.
    longest = HOUR if caller.kind == "root" else 3 * HALF_A_DAY
    duration = min(int(call.params.get("DurationSeconds", HALF_A_DAY)), longest)
    session = Session(mfa_at=_mfa(service, call))
    owner = replace(caller, session=session)
    return {"Credentials": _credentials(service.vault.issue(owner, int(call.now) + duration))}


def list_mfa_devices(_service: Service, call: Call) -> Result:
    """IAM's: the devices of the user that signs."""
    caller = call.caller
    if caller.kind != "user":
        raise StsError(
            "ValidationError", "Must specify userName when calling with non-User credentials", 400
        )
    name = caller.arn.rsplit("/", 1)[-1]
    members = [{"UserName": name, "SerialNumber": serial} for serial in caller.mfa_seeds]
    return {"IsTruncated": "false", "MFADevices": {"member": members}}


def assume_role(service: Service, call: Call) -> Result:
    """Temporary credentials of a role."""
    caller, params = call.caller, call.params
    if caller.kind == "root":
        raise access_denied("Roles may not be assumed by root accounts.")
    arn = params["RoleArn"]
    if not _ROLE_ARN.fullmatch(arn):
        raise invalid(f"{arn} is invalid")
    session = _role_session(call)
    packed = _packed_size(params)
    context = _context(call, session, _mfa(service, call))
    account, role = service.roles.get(arn, (None, None))
    if account and account.partition != caller.account.partition:
        role = None  # No trust policy reaches into another partition.
    for action in _actions_needed(session):
        trust.authorize(trust.Ask(caller, action, arn, context), role)
    if caller.session and caller.session.source_identity not in (None, session.source_identity):
        # Once it is set, no later hop may change it, whatever its policies say.
        raise trust.Ask(caller, SOURCE, arn, context).refusal()
    assert account is not None and role is not None  # noqa: S101, PT018 - authorize refuses None
    owner = role_caller(account, role, params["RoleSessionName"], session)
    made = service.vault.issue(owner, int(call.now) + _role_duration(call, role))
    result: Result = {
        "AssumedRoleUser": {"AssumedRoleId": owner.user_id, "Arn": owner.arn},
        "Credentials": _credentials(made),
    }
    if packed:
        result["PackedPolicySize"] = packed
    if session.source_identity:
        result["SourceIdentity"] = session.source_identity
    return result


ACTIONS: Mapping[str, Callable[[Service, Call], Result]] = {
    "AssumeRole": assume_role,
    "GetCallerIdentity": get_caller_identity,
    "GetSessionToken": get_session_token,
}

#: What IAM is asked, at the same address.
IAM_ACTIONS: Mapping[str, Callable[[Service, Call], Result]] = {
    "ListMFADevices": list_mfa_devices,
}


def _mfa(service: Service, call: Call) -> float | None:
    """When the caller gave a good code with this call, or ``None`` where it gave none."""
    serial, code = call.params.get("SerialNumber"), call.params.get("TokenCode")
    if serial is None and code is None:
        return None
    if serial is None or code is None:
        raise access_denied(
            "MultiFactorAuthentication failed, must provide both MFA serial number "
            "and one time pass code."
        )
    service.codes.check(call.caller.mfa_seeds, serial, code, call.now)
    return call.now


def _role_duration(call: Call, role: Role) -> int:
    duration = int(call.params.get("DurationSeconds", HOUR))
    if call.caller.session is not None and duration > HOUR:
        raise invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit "
            "for roles assumed by role chaining."
        )
    if duration > role.max_session_duration:
        raise invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    return duration


def _role_session(call: Call) -> Session:
    """Return what the new session carries: what is asked for, and what the caller hands down."""
    params, before = call.params, call.caller.session or Session()
    text = params.get("Policy")
    if text is not None:
        policy.check(text)
    asked = _asked_tags(params)
    transitive = frozenset(key.lower() for key in members(params, "TransitiveTagKeys"))
    lower = {key.lower() for key, _ in asked}
    if not transitive <= lower:
        raise _bad_tags("The specified transitive tag key must be included in the requested tags.")
    if lower & before.transitive:
        raise _bad_tags(
            "One of the specified transitive tag keys can't be set because it conflicts "
            "with a transitive tag key from the calling session."
        )
    inherited = tuple((k, v) for k, v in before.tags if k.lower() in before.transitive)
    return Session(
        source_identity=params.get("SourceIdentity", before.source_identity),
        tags=inherited + asked,
        transitive=before.transitive | transitive,
        policy=text,
    )


def _asked_tags(params: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    keys, values = members(params, "Tags", "Key"), members(params, "Tags", "Value")
    if len({key.lower() for key in keys}) != len(keys):
        raise _bad_tags("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    if len(keys) != len(values):
        raise invalid(
            "1 validation error detected: Value null at 'tags' failed to satisfy constraint: "
            "Member must not be null"
        )
    return tuple(zip(keys, values, strict=True))


def _bad_tags(message: str) -> StsError:
    return StsError("InvalidParameterValue", message, 400)


def _actions_needed(session: Session) -> tuple[str, ...]:
    tagging = (TAG,) if session.tags else ()
    naming = (SOURCE,) if session.source_identity else ()
    return (ASSUME, *tagging, *naming)


def _context(call: Call, session: Session, mfa_at: float | None) -> dict[str, str]:
    """Return the condition keys that trust policies may look at."""
    caller, params = call.caller, call.params
    before = caller.session
    context = {
        "aws:PrincipalArn": caller.identity_arn,
        "aws:PrincipalAccount": caller.account.id,
        "sts:RoleSessionName": params["RoleSessionName"],
    }
    context |= {f"aws:PrincipalTag/{key}": value for key, value in caller.tags}
    context |= {f"aws:RequestTag/{key}": value for key, value in session.tags}
    if "ExternalId" in params:
        context["sts:ExternalId"] = params["ExternalId"]
    if session.source_identity:
        context["sts:SourceIdentity"] = session.source_identity
    if before and before.source_identity:
        context["aws:SourceIdentity"] = before.source_identity
    if mfa_at is None and before:
        mfa_at = before.mfa_at
    if mfa_at is not None:
        context["aws:MultiFactorAuthPresent"] = "true"
        context["aws:MultiFactorAuthAge"] = str(int(call.now - mfa_at))
    elif before:
        # Long-term keys without a code leave the key out, temporary ones say false.
        context["aws:MultiFactorAuthPresent"] = "false"
    return context


def _packed_size(params: Mapping[str, str]) -> int:
    """How full the packed policies and tags are, in percent; 0 where there are none."""
    arns = members(params, "PolicyArns", "arn")
    for arn in arns:
        if not _POLICY_ARN.fullmatch(arn):
            raise invalid(f"ARN {arn} is not valid.")
    tags = [text for pair in _asked_tags(params) for text in pair]
    parts = [*arns, *tags, *filter(None, [params.get("Policy")])]
    if not parts:
        return 0
    packed = -(-100 * len(zlib.compress("\0".join(parts).encode(), 9)) // _PACKED_BYTES)
    if packed > 100:
        raise StsError("PackedPolicyTooLarge", _too_large(packed, only_tags=parts == tags))
    return packed


def _too_large(packed: int, *, only_tags: bool) -> str:
    if only_tags:
        return f"Packed size of session tags consumes {packed}% of allotted space."
    return f"Packed policy consumes {packed}% of allotted space, please use smaller policy."


def _credentials(made: Credential) -> Result:
    expires = datetime.fromtimestamp(made.expires or 0, timezone.utc)
    return {
        "AccessKeyId": made.key.id,
        "SecretAccessKey": made.key.secret,
        "SessionToken": made.token,
        "Expiration": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
    }
