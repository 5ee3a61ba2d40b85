"""The identity that is active in a shell, as the variables of its environment tell."""

from __future__ import annotations

from shellkit.credentials.chain import Keys
from shellkit.credentials.session import Credentials
from shellkit.environment import role_is_saved
from shellkit.request import Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def active_name(environ: Mapping[str, str]) -> str | None:
    """The label of the active identity, or ``None``."""
    if not role_is_saved(environ):
        return None
    return environ.get("SHELLKIT_PROFILE") or environ.get("AWS_PROFILE")


def inherited_recipe(environ: Mapping[str, str]) -> str | None:
    """The recipe of an active identity that the shell has from its parent, as its variables tell.

    ``None`` where the shell made the identity itself, or has none.
    """
    name = active_name(environ)
    if name is None or environ.get("SHELLKIT_REQUEST"):
        return None
    mode = None if "SHELLKIT_PROFILE" in environ else "profile"
    return Request(target=name, region=environ.get("AWS_REGION"), mode=mode).recipe()


def active_keys(environ: Mapping[str, str]) -> Keys | None:
    """The keys of the active role, where one is active."""
    name = active_name(environ)
    key_id, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if name is None or not key_id or not secret:
        return None
    token = environ.get("AWS_SESSION_TOKEN") or None
    return Keys(Credentials(key_id, secret, token), f"the active role, {name}")
