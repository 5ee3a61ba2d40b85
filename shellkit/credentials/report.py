"""``--explain``: the hops, which key signs each, what a cache serves, and what would be set."""

from __future__ import annotations

from textwrap import wrap

from shellkit.environment import MANAGED
from shellkit.switch import time_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.credentials.chain import Chain
    from shellkit.credentials.obtain import Caches
    from shellkit.credentials.resolve import Target
    from shellkit.credentials.session import Credentials


def explanation(target: Target, caches: Caches, now: float) -> str:
    """``target`` in words, without a secret. Asks nothing of the network and changes nothing."""
    lines = [target.label]
    if target.chain is None:
        lines.append(f"  AWS_PROFILE={target.label}: each AWS tool finds the credentials itself")
    else:
        lines += _hops(target.chain, caches, now)
    lines += [f"  note: {note}" for note in target.notes]
    return "\n".join([*lines, *_changes(target), ""])


def _hops(chain: Chain, caches: Caches, now: float) -> list[str]:
    lines = [f"  1. {chain.keys.origin}: {chain.keys.credentials.access_key_id}"]
    if chain.mfa is not None and chain.mfa.session is not None:
        lines.append(f"  2. GetSessionToken for {time_left(chain.mfa.session)}, signed by 1")
        lines.append(f"       MFA device: {chain.mfa.serial}")
        lines.append(f"       {_served(caches.mfa_session(chain, 0, now), now)}")
    before = 2 if chain.has_session else 1
    for index, hop in enumerate(chain.hops, before):
        lines.append(f"  {index + 1}. AssumeRole {hop.role_arn}, signed by {index}")
        if index == 1 and chain.mfa is not None:
            lines.append(f"       MFA device: {chain.mfa.serial}")
        for name, value in hop.parameters().items():
            if name != "RoleArn":
                lines.append(f"       {name}: {value}")
        if hop.session_name is None:
            lines.append(f"       RoleSessionName: {chain.default_session_name}")
        lines.append(f"       {_served(caches.usable(chain, index + 1 - before, now), now)}")
    return lines


def _served(cached: Credentials | None, now: float) -> str:
    return "not cached" if cached is None else f"cached, {time_left(cached.seconds_left(now))} left"


def _changes(target: Target) -> list[str]:
    sets = ["AWS_REGION", "AWS_DEFAULT_REGION"]
    if target.chain is None:
        sets.append("AWS_PROFILE")
    else:
        sets += ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWSUME_PROFILE", "SHELLKIT_PROFILE"]
        sets.append("SHELLKIT_ACCOUNT_ID")
        made = target.chain.hops or target.chain.has_session
        if made or target.chain.keys.credentials.session_token:
            sets.append("AWS_SESSION_TOKEN")
        if made:
            sets += ["AWS_CREDENTIAL_EXPIRATION", "SHELLKIT_EXPIRES"]
        if target.chain.hops:
            sets.append("SHELLKIT_ROLE")
    ordered = [name for name in MANAGED if name in sets]
    cleared = [name for name in MANAGED if name not in sets]
    return [
        f"  region: {target.region}",
        *_wrapped("would set:", ordered),
        *_wrapped("would clear:", cleared),
    ]


def _wrapped(title: str, names: list[str]) -> list[str]:
    text = " ".join([title, *names])
    return wrap(text, 88, initial_indent="  ", subsequent_indent="    ")
