"""How the session of a profile is, without asking AWS: for lists and the picker."""

from __future__ import annotations

from shellkit.credentials.obtain import TO_SIGN
from shellkit.errors import ShellkitError
from shellkit.request import Request
from shellkit.switch import time_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shellkit.credentials.obtain import Caches
    from shellkit.credentials.resolve import Resolver
    from shellkit.profiles.model import Profiles, Values


def session_state(name: str, resolver: Resolver, caches: Caches, now: float) -> str:
    """What ``assume name`` would find: ``41m`` left in a cache, or what it would need.

    ``mfa`` for a code where no MFA session serves, ``sso`` for a login; nothing where it
    would just ask AWS, or where the profile is at fault, which is for ``assume`` to say.
    """
    try:
        chain = resolver.resolve(Request(target=name, mode="env")).chain
        found = caches.usable(chain, len(chain.hops), now) if chain and chain.hops else None
        signed_in = caches.mfa_session(chain, TO_SIGN, now) if chain else None
    except ShellkitError:
        found = signed_in = None
    if found is not None:
        return time_left(found.seconds_left(now))
    if signed_in is not None:
        return ""
    for values in _and_sources(name, resolver.profiles):
        if values.get("mfa_serial"):
            return "mfa"
        if "sso_session" in values or "sso_start_url" in values:
            return "sso"
    return ""


def _and_sources(name: str, profiles: Profiles) -> Iterator[Values]:
    """The values of the profile ``name`` and of those that its role is assumed from."""
    seen = set()
    next_name: object = name
    while isinstance(next_name, str) and next_name not in seen:
        seen.add(next_name)
        values = profiles.values_of(next_name)
        yield values
        next_name = values.get("source_profile")
