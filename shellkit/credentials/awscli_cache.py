"""The AWS CLI's own cache of assumed roles, ``~/.aws/cli/cache``, read and written its way.

Its key leaves out who signed the request (``botocore.credentials``,
``CachedCredentialFetcher``), so two profiles with the same role share an entry.
What shellkit writes there therefore carries shellkit's own key beside AWS's
answer, and is taken back only for the same key. An entry of the AWS CLI's is
taken if it is younger than the configuration: a profile that was edited never
gets the old session back. A role that profiles have from different sources is
neither read nor written.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime, timezone

from shellkit import files
from shellkit.credentials.session import Credentials
from shellkit.environment import has_control_character

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from shellkit.credentials.chain import Hop
    from shellkit.profiles.model import Profiles

_OUR_KEY = "ShellkitKey"

#: What a key of an AWS session begins with; a stand-in for AWS may have left another.
_TEMPORARY = "ASIA"

#: What Python makes of text that is not of the form of an entry.
NOT_AN_ENTRY = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


def key(hop: Hop) -> str | None:
    """The name under which the AWS CLI keeps ``hop``; ``None`` where it could not ask for it.

    Source identity, tags and policies are no profile keys, so the AWS CLI never
    asks for a role with them; nor for one from a source that no profile names.
    """
    if hop.source is None:
        return None
    if hop.source_identity or hop.tags or hop.transitive_tags or hop.policy or hop.policy_arns:
        return None
    named = hop.parameters()
    if hop.mfa_serial is not None:
        named["SerialNumber"] = hop.mfa_serial
    text = json.dumps(named, sort_keys=True)
    return hashlib.sha1(text.encode("utf-8"), usedforsecurity=False).hexdigest()


def read(home: str, hop: Hop, session_key: str, profiles: Profiles) -> Credentials | None:
    """The AWS CLI's session for ``hop``, expired or not; ``None`` where there is none for us."""
    path = _path(home, hop)
    text = None if path is None else files.read_text(path)
    if path is None or text is None:
        return None
    try:
        answer = json.loads(text)
        if is_ours(answer):
            ours = answer[_OUR_KEY] == session_key
        else:
            ours = (
                answer["Credentials"]["AccessKeyId"].startswith(_TEMPORARY)
                and _is_younger(path, profiles)
                and _has_one_source(hop, profiles)
            )
        found = parse(answer)
    except (*NOT_AN_ENTRY, OSError):
        return None
    return found if ours and _is_role(found, hop) else None


def write(
    home: str, hop: Hop, session_key: str, profiles: Profiles, answer: dict[str, Any]
) -> None:
    """Keep AssumeRole's ``answer`` where the AWS CLI finds it. ``OSError`` where it cannot be."""
    path = _path(home, hop)
    if path is None or not _has_one_source(hop, profiles):
        return
    kept = {**answer, _OUR_KEY: session_key}
    files.write_private(path, json.dumps(kept, default=_serialize))


def is_ours(answer: dict[str, Any]) -> bool:
    """Whether it was shellkit that wrote ``answer`` there."""
    return _OUR_KEY in answer


def _path(home: str, hop: Hop) -> str | None:
    name = key(hop)
    return None if name is None else os.path.join(home, ".aws", "cli", "cache", f"{name}.json")


def _is_younger(path: str, profiles: Profiles) -> bool:
    written = os.stat(path).st_mtime_ns
    return all(
        _changed(file) < written for file in (profiles.config_file, profiles.credentials_file)
    )


def _changed(file: str) -> int:
    """When ``file`` became what it is, in ns; 0 where there is none.

    ``cp -p`` and ``mv`` keep the time of writing, and a link that is set to another
    file has times of its own.
    """
    if not os.path.exists(file):
        return 0
    states = (os.stat(file), os.lstat(file))
    return max(time for state in states for time in (state.st_mtime_ns, state.st_ctime_ns))


def _has_one_source(hop: Hop, profiles: Profiles) -> bool:
    """Whether all profiles with ``hop``'s role have its source: else the entry may be theirs."""
    return all(
        profile.get("source_profile") == hop.source
        for profile in map(profiles.get, profiles)
        if profile.get("role_arn") == hop.role_arn
    )


def _is_role(credentials: Credentials, hop: Hop) -> bool:
    """Whether the session is one of ``hop``'s role, as far as AWS's answer says."""
    if credentials.arn is None:
        return False
    return credentials.arn.split("/")[:2] == [
        f"arn:{hop.role_arn.split(':')[1]}:sts::{hop.account_id}:assumed-role",
        hop.role_name,
    ]


def parse(answer: dict[str, Any]) -> Credentials:
    """What ``answer`` gives; one of :data:`NOT_AN_ENTRY` where it is not of AssumeRole's form."""
    keys, arn = answer["Credentials"], answer["AssumedRoleUser"]["Arn"]
    texts = [arn, *(keys[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))]
    if not all(isinstance(text, str) and not has_control_character(text) for text in texts):
        raise TypeError("not text")
    return Credentials(
        *texts[1:], expires=_epoch(keys["Expiration"]), account_id=arn.split(":")[4], arn=arn
    )


def _epoch(text: str) -> int:
    """The time in ``text``, which ends in ``Z`` (AWS CLI), ``UTC`` (botocore) or an offset."""
    for zone in ("Z", "UTC"):
        if text.endswith(zone):
            text = text.removesuffix(zone) + "+00:00"
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return int(moment.timestamp())


def _serialize(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    raise TypeError(type(value).__name__)
