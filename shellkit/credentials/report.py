"""``--explain``: the hops, which key signs each, what a cache serves, and what would be set."""

from __future__ import annotations

from shlex import quote

from shellkit.credentials import identities
from shellkit.credentials.session import Credentials
from shellkit.environment import SECRET
from shellkit.switch import environment_for, time_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from shellkit.credentials.chain import Chain
    from shellkit.credentials.obtain import Caches
    from shellkit.credentials.resolve import Target
    from shellkit.environment import EnvChange

    #: A change, and the variables whose values are not known yet.
    Change = tuple[EnvChange, frozenset[str]]

#: What AWS makes anew with each session.
_MADE = frozenset({"AWS_ACCESS_KEY_ID", "AWS_CREDENTIAL_EXPIRATION", "SHELLKIT_EXPIRES"})


def explanation(
    target: Target, caches: Caches, environ: Mapping[str, str], now: float, *, refresh: bool
) -> str:
    """``target`` in words, without a secret. Asks nothing of the network and changes nothing."""
    lines = [target.label]
    if target.chain is None:
        lines.append(f"  AWS_PROFILE={target.label}: each AWS tool finds the credentials itself")
    else:
        lines += _hops(target.chain, caches, now, refresh=refresh)
    lines += [f"  note: {note}" for note in target.notes]
    lines.append(f"  region: {target.region}")
    change, unknown = _would(target, caches, now, refresh=refresh)
    return "\n".join([*lines, *changes(change, environ, unknown), ""])


def _hops(chain: Chain, caches: Caches, now: float, *, refresh: bool) -> list[str]:
    lines = [f"  1. {chain.keys.origin}: {chain.keys.credentials.access_key_id}"]
    if chain.mfa is not None and chain.mfa.session is not None:
        lines.append(f"  2. GetSessionToken for {time_left(chain.mfa.session)}, signed by 1")
        lines.append(f"       MFA device: {chain.mfa.serial}")
        # A new session of a role needs no new one of the device.
        anew = refresh and not chain.hops
        lines.append(f"       {_served(caches.mfa_session(chain, 0, now), now, refresh=anew)}")
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
        cached = caches.usable(chain, index + 1 - before, now)
        lines.append(f"       {_served(cached, now, refresh=refresh)}")
    return lines


def _served(cached: Credentials | None, now: float, *, refresh: bool) -> str:
    if cached is None:
        return "not cached"
    anew = ", but --refresh asks for a new one" if refresh else ""
    return f"cached, {time_left(cached.seconds_left(now))} left{anew}"


def _would(target: Target, caches: Caches, now: float, *, refresh: bool) -> Change:
    """What ``target`` would come to, as far as that is known before AWS is asked."""
    if target.chain is None:
        return environment_for(target.identity(None), None), frozenset()
    found = None if refresh else _at_hand(target.chain, caches, now)
    if found is not None:
        return environment_for(target.identity(found), found), frozenset()
    hops = target.chain.hops
    account = hops[-1].account_id if hops else _account(target.chain, caches)
    new = Credentials("", "", "", expires=0, account_id=account)
    return environment_for(target.identity(new), new), _MADE


def _at_hand(chain: Chain, caches: Caches, now: float) -> Credentials | None:
    """The credentials at the end of ``chain``, where nobody has to be asked for them."""
    if chain.hops:
        return caches.usable(chain, len(chain.hops), now)
    if chain.has_session:
        return caches.mfa_session(chain, caches.min_left, now)
    keys = chain.keys.credentials
    return identities.identified(keys, _account(chain, caches), keys.arn)


def _account(chain: Chain, caches: Caches) -> str:
    """The account of the keys; empty where STS has not been asked for it yet."""
    known = identities.read(caches.directory, chain.keys.credentials, chain.endpoint)
    return (known.account_id if known is not None else None) or ""


def changes(
    change: EnvChange, environ: Mapping[str, str], unknown: Container[str] = ()
) -> list[str]:
    """What of ``environ`` would be another: lines with names, and values that are no secret.

    The values of ``unknown`` are not known yet. What is not there need not be cleared.
    """
    shown = [
        name if not value or name in SECRET or name in unknown else f"{name}={quote(value)}"
        for name, value in change.assigned.items()
    ]
    cleared = [name for name in change.cleared if name in environ]
    return [*_wrapped("would set:", shown), *(_wrapped("would clear:", cleared) if cleared else [])]


def _wrapped(title: str, words: list[str]) -> list[str]:
    """``title`` and ``words`` in lines of some 88 characters; no word is taken apart."""
    lines = [f"  {title}"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > 88:
            lines.append("   ")
        lines[-1] += f" {word}"
    return lines
