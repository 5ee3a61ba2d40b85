"""Whether a caller may assume a role: its own policy, its session, the role's trust."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from shellkit.sandbox import policy
from shellkit.sandbox.wire import access_denied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shellkit.sandbox.model import Condition, Role, Statement
    from shellkit.sandbox.vault import Caller
    from shellkit.sandbox.wire import StsError

_DENIED_BY_IDENTITY = " with an explicit deny in an identity-based policy"
_DENIED_BY_TRUST = " with an explicit deny in the role trust policy"
_NO_SESSION_POLICY = " because no session policy allows the {} action"


@dataclass(frozen=True)
class Ask:
    """May ``caller`` do ``action`` to ``role_arn``, in this ``context``."""

    caller: Caller
    action: str
    role_arn: str
    context: Mapping[str, str]

    def refusal(self, reason: str = "") -> StsError:
        """Return the refusal, in AWS's words."""
        return access_denied(
            f"User: {self.caller.arn} is not authorized to perform: {self.action} "
            f"on resource: {self.role_arn}{reason}"
        )


def authorize(ask: Ask, role: Role | None) -> None:
    """Refuse unless everything that has a say agrees; a missing role is a refusal too."""
    caller = ask.caller
    if any(fnmatchcase(ask.role_arn, pattern) for pattern in caller.denied):
        raise ask.refusal(_DENIED_BY_IDENTITY)
    session_policy = caller.session.policy if caller.session else None
    if session_policy and not policy.allows(session_policy, ask.action, ask.role_arn):
        raise ask.refusal(_NO_SESSION_POLICY.format(ask.action))
    effects = {s.effect for s in role.trust if _applies(s, ask)} if role else set()
    if "Deny" in effects:
        raise ask.refusal(_DENIED_BY_TRUST)
    if "Allow" not in effects:
        raise ask.refusal()


def _applies(statement: Statement, ask: Ask) -> bool:
    return (
        ask.action in statement.actions
        and any(_is(principal, ask.caller) for principal in statement.principals)
        and all(_holds(condition, ask.context) for condition in statement.conditions)
    )


def _is(principal: str, caller: Caller) -> bool:
    account = caller.account
    return principal in ("*", account.id, account.root_arn, caller.identity_arn, caller.arn)


def _holds(condition: Condition, context: Mapping[str, str]) -> bool:
    value = context.get(condition.key)
    operator = condition.operator.removesuffix("IfExists")
    if operator == "Null":
        return str(value is None).lower() in condition.values
    if value is None:
        # Negated operators and those with IfExists are true of a missing key.
        return operator != condition.operator or operator == "StringNotEquals"
    if operator == "StringNotEquals":
        return value not in condition.values
    return any(_TESTS[operator](value, wanted) for wanted in condition.values)


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": fnmatchcase,
    "Bool": lambda value, wanted: value == wanted.lower(),
    "NumericLessThan": lambda value, wanted: float(value) < float(wanted),
    "NumericLessThanEquals": lambda value, wanted: float(value) <= float(wanted),
}
