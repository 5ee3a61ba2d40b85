"""Where a profile's credentials start: which keys, and whose.

The order is that of ``botocore.credentials``: ``create_credential_resolver`` and
``ProfileProviderBuilder.providers``.
"""

from __future__ import annotations

from shellkit.credentials.chain import Keys
from shellkit.credentials.session import Credentials
from shellkit.environment import has_control_character
from shellkit.errors import ConfigError
from shellkit.profiles import shown
from shellkit.profiles.headers import written
from shellkit.profiles.values import QUOTED, QUOTED_FIX, QUOTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shellkit.environment import BaseEnvironment
    from shellkit.profiles.model import Profile, Profiles

_KEY_ID, _SECRET = "aws_access_key_id", "aws_secret_access_key"

#: Ways to get credentials that come before the static keys of a file, or instead of
#: them, each with its name for people. ``{creds}`` marks the place of the credentials
#: file's keys in botocore's order.
_OTHER_SOURCES: tuple[tuple[str, str], ...] = (
    ("web_identity_token_file", "a web identity token"),
    ("sso_account_id", "IAM Identity Center"),
    ("sso_role_name", "IAM Identity Center"),
)
_LATER_SOURCES: tuple[tuple[str, str], ...] = (
    ("login_session", "aws login"),
    ("credential_process", "credential_process"),
)


def has_role(profile: Profile) -> bool:
    """Whether the profile assumes a role (botocore: ``_has_assume_role_config_vars``)."""
    return "role_arn" in profile.values and "web_identity_token_file" not in profile.values


def has_any_static_key(profile: Profile) -> bool:
    """Whether it has either half of static keys (botocore: ``_has_static_credentials``)."""
    return _KEY_ID in profile.values or _SECRET in profile.values


def source_profile(
    profiles: Profiles, profile: Profile, visited: Sequence[str], command: str
) -> Profile:
    """The profile whose credentials assume ``profile``'s role.

    ``visited`` are the profiles from the one asked for to this one; ``command`` is what
    was called, for errors.
    """
    name = _source_name(profile, visited[0], command)
    if name not in profiles:
        near = profiles.near(name)
        file, line = profile.where("source_profile")
        raise ConfigError(
            f"the source profile {name} of {profile.name} does not exist",
            f"near it: {', '.join(near)}" if near else f"add it, or name another in {profile.name}",
            file=file,
            line=line,
            key="source_profile",
        )
    source = profiles.get(name)
    own_keys = name == profile.name and has_any_static_key(source)
    if name in visited and not own_keys:
        way = " -> ".join([*visited, name])
        file, line = profile.where("source_profile")
        raise ConfigError(
            f"the source profiles go in a circle: {way}",
            "let one of them start from keys instead of a role",
            file=file,
            line=line,
            key="source_profile",
        )
    return source


def _source_name(profile: Profile, asked: str, command: str) -> str:
    """The name in ``source_profile``; :class:`ConfigError` unless there is just one source."""
    name, other = profile.get("source_profile"), profile.get("credential_source")
    if other is not None and name is not None:
        file, line = profile.where("credential_source")
        raise ConfigError(
            f"{profile.name} has both source_profile and credential_source",
            "take one of them out",
            file=file,
            line=line,
            key="credential_source",
        )
    if other is not None:
        what = f"credential_source = {other}"
        raise _not_yet(profile, "credential_source", what, asked, command)
    if not name:
        key = "role_arn" if name is None else "source_profile"
        file, line = profile.where(key)
        raise ConfigError(
            f"{profile.name} has a role, but does not say whose credentials assume it",
            f"name the profile that has them: source_profile in {written(profile.name)}",
            file=file,
            line=line,
            key=key,
        )
    return name


def keys_of(profiles: Profiles, profile: Profile, visited: Sequence[str], command: str) -> Keys:
    """The static keys of ``profile``, the last of ``visited``; ``command`` as above.

    Raises :class:`ConfigError` where it has none, or where it gets its credentials
    in a way that this version does not know.
    """
    for key, what in _OTHER_SOURCES:
        if profile.get(key) is not None:
            raise _not_yet(profile, key, what, visited[0], command)
    in_credentials, in_config = (
        profiles.credentials_section(profile.name),
        profiles.config_section(profile.name),
    )
    if _KEY_ID in in_credentials:
        return _static(profile, in_credentials, profiles.credentials_file)
    for key, what in _LATER_SOURCES:
        if profile.get(key) is not None:
            raise _not_yet(profile, key, what, visited[0], command)
    if _KEY_ID in in_config:
        return _static(profile, in_config, profiles.config_file)
    if profile.get(_SECRET) is not None:
        raise _incomplete(profile, _KEY_ID)
    file, line = profile.where(None)
    by = f", the source of {visited[-2]}," if len(visited) > 1 else ""
    raise ConfigError(
        f"the profile {profile.name}{by} has neither keys nor a role",
        "add role_arn and source_profile, or keys in the credentials file",
        file=file,
        line=line,
    )


def _static(profile: Profile, section: Mapping[str, object], file: str) -> Keys:
    key_id, secret = section.get(_KEY_ID), section.get(_SECRET)
    token = section.get("aws_security_token", section.get("aws_session_token"))
    for key, value in ((_KEY_ID, key_id), (_SECRET, secret), ("aws_session_token", token)):
        if isinstance(value, str) and has_control_character(value):
            where = profile.where(key)
            raise ConfigError(
                "has a control character in it", file=where[0], line=where[1], key=key
            )
        if isinstance(value, str) and value[:1] in QUOTES and value[:1]:
            where = profile.where(key)
            raise ConfigError(QUOTED, QUOTED_FIX, file=where[0], line=where[1], key=key)
    if not isinstance(key_id, str) or not key_id:
        raise _incomplete(profile, _KEY_ID)
    if not isinstance(secret, str) or not secret:
        raise _incomplete(profile, _SECRET)
    found = Credentials(key_id, secret, token if isinstance(token, str) and token else None)
    return Keys(found, f"the keys of {profile.name} in {file}")


def _incomplete(profile: Profile, key: str) -> ConfigError:
    file, line = profile.where(_SECRET if key == _KEY_ID else _KEY_ID)
    return ConfigError(
        f"the keys of {profile.name} are not complete: no {key}",
        f"add {key} beside its other half, in the same file",
        file=file,
        line=line,
        key=key,
    )


def environment_keys(base: BaseEnvironment) -> Keys | None:
    """The keys in the base environment, where it has some.

    botocore reads ``AWS_SECURITY_TOKEN`` before ``AWS_SESSION_TOKEN``; so do we.
    """
    key_id = base.get("AWS_ACCESS_KEY_ID")
    if not key_id:
        return None
    secret = base.get("AWS_SECRET_ACCESS_KEY")
    if not secret:
        raise ConfigError(
            "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not",
            "set both, or unset the one",
        )
    token = base.get("AWS_SECURITY_TOKEN") or base.get("AWS_SESSION_TOKEN")
    if any(has_control_character(value) for value in (key_id, secret, token or "")):
        raise ConfigError(
            "the AWS keys in the environment have a control character in them",
            "copy them again; text from Windows may have brought a carriage return",
        )
    return Keys(Credentials(key_id, secret, token or None), "the keys in the environment")


def sts_endpoint(base: BaseEnvironment, profiles: Profiles, profile: str | None) -> str | None:
    """The configured endpoint of STS, as botocore finds it: a URL, or ``legacy``, or ``None``.

    ``legacy`` (``sts_regional_endpoints``) is the endpoint without a region, whose
    session tokens are not those of the others.
    """
    chosen = profiles.get(profile) if profile is not None else None
    kind = base.get("AWS_STS_REGIONAL_ENDPOINTS")
    if kind is None and chosen is not None:
        kind = chosen.get("sts_regional_endpoints")
    legacy = "legacy" if (kind or "").lower() == "legacy" else None
    return _endpoint_url(base, profiles, chosen) or legacy


def _endpoint_url(base: BaseEnvironment, profiles: Profiles, chosen: Profile | None) -> str | None:
    """The URL, in botocore's order (``ConfiguredEndpointProvider``)."""
    ignore = base.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    if ignore is None and chosen is not None:
        ignore = chosen.get("ignore_configured_endpoint_urls")
    if (ignore or "").lower() == "true":
        return None
    found = base.get("AWS_ENDPOINT_URL_STS") or base.get("AWS_ENDPOINT_URL")
    if found or chosen is None:
        return found
    return _service_url(profiles, chosen) or chosen.get("endpoint_url")


def _service_url(profiles: Profiles, chosen: Profile) -> str | None:
    """The ``endpoint_url`` of STS in the ``[services]`` section that ``chosen`` names."""
    name = chosen.get("services")
    if name is None:
        return None
    section = profiles.services.get(name)
    if not section:
        file, line = chosen.where("services")
        raise ConfigError(
            f"there is no section [services {name}]",
            "add it, or take this line out",
            file=file,
            line=line,
            key="services",
        )
    service = section.get("sts", {})
    return None if isinstance(service, str) else service.get("endpoint_url")


def _not_yet(profile: Profile, key: str, what: str, asked: str, command: str) -> ConfigError:
    """``asked`` is the profile that was asked for, which ``profile`` may be the source of."""
    file, line = profile.where(key)
    word = shown.word(asked)
    return ConfigError(
        f"the profile {profile.name} gets its credentials through {what}, "
        "which this version of shellkit does not do",
        f"until it does, use: aws --profile {word}, or let AWS tools find it: "
        f"{command} {word} --mode profile",
        file=file,
        line=line,
        key=key,
    )
