"""From the parsed words of ``assume`` to a :class:`~shellkit.request.Request`.

Every value is checked here, by STS's own rules, before anything is asked of AWS.
"""

from __future__ import annotations

import json

from shellkit import paths
from shellkit.codes import parse_code
from shellkit.durations import parse_duration
from shellkit.environment import has_control_character
from shellkit.errors import UsageError
from shellkit.profiles import values
from shellkit.request import Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

#: STS allows 15 minutes to 12 hours (AssumeRole, DurationSeconds).
_SHORTEST, _LONGEST = 900, 43200

#: Letters of a policy's file; AWS takes some thousands. ``/dev/zero`` would take all memory.
_POLICY_AT_MOST = 1 << 20


def request_of(parsed: argparse.Namespace) -> Request:
    """The request that ``parsed`` makes. Raises :class:`UsageError`, naming the option."""
    target = parsed.NAME
    if target is not None and (not target or has_control_character(target)):
        raise UsageError("NAME must be a profile, a role ARN, ACCOUNT:ROLE or -")
    return Request(
        target=target,
        region=_checked("--region", parsed.region, values.validate_region),
        duration=_duration(parsed.duration),
        session_name=_checked("--session-name", parsed.session_name, values.validate_session_name),
        external_id=_checked("--external-id", parsed.external_id, values.validate_external_id),
        source_identity=_checked(
            "--source-identity", parsed.source_identity, values.validate_source_identity
        ),
        tags=tuple(_tag(text) for text in parsed.tag),
        transitive_tags=tuple(
            _valid("--transitive-tag", key, values.validate_tag_key)
            for key in parsed.transitive_tag
        ),
        policy=_policy(parsed.policy),
        policy_arns=tuple(
            _valid("--policy-arn", arn, values.validate_policy_arn) for arn in parsed.policy_arn
        ),
        source=parsed.source,
        chain=parsed.chain,
        mode=parsed.mode,
        mfa_serial=_checked("--mfa-serial", parsed.mfa_serial, values.validate_code_device),
        mfa_code=_code(parsed.mfa_code),
        refresh=parsed.refresh,
        no_input=parsed.no_input,
        quiet=parsed.quiet,
        verbose=parsed.verbose,
        explain=parsed.explain,
    )


def _checked(option: str, text: str | None, validate: Callable[[str], object]) -> str | None:
    return None if text is None else _valid(option, text, validate)


def _valid(option: str, text: str, validate: Callable[[str], object]) -> str:
    try:
        validate(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error
    return text


def _code(text: str | None) -> str | None:
    """The code, six digits; never quoted where it is wrong."""
    if text is None:
        return None
    try:
        return parse_code(text)
    except ValueError as error:
        raise UsageError(f"--mfa-code: {error}") from error


def _duration(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise UsageError(f"--duration: {error}") from error
    if not _SHORTEST <= seconds <= _LONGEST:
        raise UsageError(f"--duration: {text} is out of range: AWS allows 15m to 12h")
    return seconds


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError(f"--tag: {text!r} is not KEY=VALUE")
    return (
        _valid("--tag", key, values.validate_tag_key),
        _valid("--tag", value, values.validate_tag_value),
    )


def _policy(text: str | None) -> str | None:
    """The session policy as compact JSON: AWS counts its characters."""
    if text is None:
        return None
    if text.startswith("@"):
        try:
            with open(paths.native(text[1:]), encoding="utf-8") as file:
                text = file.read(_POLICY_AT_MOST + 1)
        except (OSError, UnicodeDecodeError) as error:
            why = (isinstance(error, OSError) and error.strerror) or error
            raise UsageError(f"--policy: {text[1:]} cannot be read: {why}") from error
        if len(text) > _POLICY_AT_MOST:
            raise UsageError("--policy: the file is far too large for a policy")
    try:
        policy = json.loads(text)
    except RecursionError as error:
        raise UsageError("--policy: too deeply nested for a policy") from error
    except ValueError as error:
        raise UsageError(
            f"--policy: not JSON: {error}", "or name a file: --policy @FILE"
        ) from error
    return json.dumps(policy, separators=(",", ":"))
