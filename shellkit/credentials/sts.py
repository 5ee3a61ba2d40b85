"""Asking STS. The only module that talks to the network; imports botocore when it does."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property

from shellkit.credentials import partitions
from shellkit.credentials.explain import explain
from shellkit.credentials.session import Credentials
from shellkit.errors import AwsError, ConfigError, ShellkitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from shellkit.credentials.chain import Hop
    from shellkit.profiles.model import Profile

#: Seconds to wait for a connection, and for an answer: a terminal is waiting.
_PATIENT = {"connect_timeout": 10, "read_timeout": 30}

#: The same for an answer that can be done without: one try, and no long one.
_BRIEF = {"connect_timeout": 3, "read_timeout": 5, "retries": {"total_max_attempts": 1}}


_KEYS = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
_NOT_AWS = "check that it is AWS that answers: a proxy, a captive portal or endpoint_url may not be"


class SessionRefusedError(AwsError):
    """AWS no longer takes the credentials that signed: expired, revoked or deleted."""


class NetworkError(AwsError):
    """STS could not be reached."""


class CodeRefusedError(AwsError):
    """AWS says that an MFA code is not a good one. ``at``: when, by its clock, in epoch seconds."""

    at: float | None = None


class DeviceRefusedError(AwsError):
    """AWS says that an MFA device is not one of the user's."""


class NotAuthorizedError(AwsError):
    """AWS denies it, and does not say why: a trust policy, MFA, an external ID, a typo."""


@dataclass(frozen=True)
class Code:
    """A code of the MFA device ``serial``. Its repr has none."""

    serial: str
    digits: str = field(repr=False)


@dataclass(frozen=True)
class Sts:
    """STS as the profile ``profile`` is configured to reach it (``None``: botocore's defaults).

    ``region`` is the region the person wants; a request to another partition goes to
    that partition's own region.
    """

    profile: Profile | None
    region: str

    def assume_role(
        self, caller: Credentials, hop: Hop, session_name: str, code: Code | None = None
    ) -> dict[str, Any]:
        """AssumeRole's answer for ``hop``, signed by ``caller``. Raises :class:`AwsError`."""
        parameters = {"RoleSessionName": session_name, **hop.parameters(), **_with(code)}
        try:
            return self._ask("assume_role", caller, partitions.of_arn(hop.role_arn), parameters)
        except _botocore_error() as error:
            raise _our_error(
                error, f"cannot assume {hop.profile or hop.short}", caller, hop
            ) from error

    def session_token(
        self, caller: Credentials, seconds: int, code: Code, partition: str
    ) -> dict[str, Any]:
        """GetSessionToken's answer: a session of ``caller`` with MFA. Raises :class:`AwsError`."""
        parameters = {"DurationSeconds": seconds, **_with(code)}
        try:
            return self._ask("get_session_token", caller, partition, parameters)
        except _botocore_error() as error:
            raise _our_error(error, "cannot begin an MFA session", caller, None) from error

    def _ask(
        self, operation: str, caller: Credentials, partition: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        """The answer of STS in ``partition``; errors are botocore's."""
        elsewhere = partitions.default_region(partition)
        region = self.region if partitions.of_region(self.region) == partition else elsewhere

        def ask(region: str) -> dict[str, Any]:
            call = getattr(self._client(caller, region), operation)
            answer: dict[str, Any] = call(**parameters)
            return answer

        try:
            return ask(region)
        except _client_error() as error:
            # The partition's own region cannot be switched off.
            if _code(error) != "RegionDisabledException" or elsewhere == region:
                raise
            return ask(elsewhere)

    def mfa_devices(self, caller: Credentials) -> list[str]:
        """The serial numbers of the MFA devices of ``caller``, as far as IAM says."""
        try:
            client = self._client(caller, self.region, _BRIEF, service="iam")
            found = client.list_mfa_devices().get("MFADevices", [])
            return [str(device["SerialNumber"]) for device in found]
        except ShellkitError:
            return []
        except _botocore_error():
            return []

    def caller_identity(self, caller: Credentials) -> dict[str, Any]:
        """GetCallerIdentity's answer for ``caller``. Raises :class:`AwsError`."""
        try:
            answer: dict[str, Any] = self._client(caller, self.region, _BRIEF).get_caller_identity()
        except _botocore_error() as error:
            raise _our_error(error, "cannot use these keys", caller, None) from error
        if not answer.get("Account") or not answer.get("Arn"):
            raise NetworkError("the answer does not say whose keys these are", _NOT_AWS)
        return answer

    @cached_property
    def _session(self) -> Any:
        from botocore.session import Session

        from shellkit.credentials import aws_files

        aws_files.are_utf_8()
        session = Session(
            # Of the environment's AWS_PROFILE, which may be the active role's, nothing.
            session_vars={"profile": (None, None, None, None)},
            profile=None if self.profile is None else self.profile.name,
        )
        self._check_ca_bundle(session.get_config_variable("ca_bundle"))
        return session

    def _client(
        self,
        caller: Credentials,
        region: str,
        patience: dict[str, Any] | None = None,
        *,
        service: str = "sts",
    ) -> Any:
        from botocore.config import Config

        session, config = self._session, Config(**(patience or _PATIENT))
        try:
            return session.create_client(
                service,
                region_name=region,
                aws_access_key_id=caller.access_key_id,
                aws_secret_access_key=caller.secret_access_key,
                aws_session_token=caller.session_token,
                config=config,
            )
        except ValueError as error:
            if "endpoint" not in str(error):  # As of `int`: AWS_MAX_ATTEMPTS=x.
                raise ConfigError(
                    f"a setting of botocore's is wrong: {error}",
                    "look at AWS_MAX_ATTEMPTS, AWS_RETRY_MODE and their like, and at "
                    "max_attempts, retry_mode and their like in the profile",
                ) from error
            raise ConfigError(
                f"{error}: that is no URL",
                "write it as https://HOST in AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL or "
                "endpoint_url, whichever it comes from",
            ) from error

    def _check_ca_bundle(self, path: str | None) -> None:
        """Name a missing file: botocore would fail in the middle of a connection, without it."""
        if not path or os.path.exists(path):
            return
        own = self.profile is not None and self.profile.get("ca_bundle") == path
        file, line = self.profile.where("ca_bundle") if self.profile and own else (None, None)
        raise ConfigError(
            f"there is no file {path}",
            "name a file of certificates, with its whole path",
            file=file,
            line=line,
            key="ca_bundle" if own else "AWS_CA_BUNDLE",
        )


def credentials_of(answer: dict[str, Any], hop: Hop) -> Credentials:
    """AssumeRole's answer as credentials, once it is sure that it is the role we asked for."""
    keys, arn = answer.get("Credentials", {}), answer.get("AssumedRoleUser", {}).get("Arn")
    if not arn or not all(keys.get(name) for name in _KEYS):
        raise AwsError(f"asked for {hop.role_arn}, but the answer has no credentials", _NOT_AWS)
    if arn.split(":")[4] != hop.account_id or arn.split("/")[1] != hop.role_name:
        raise AwsError(f"asked for {hop.role_arn}, but STS gave a session of {arn}")
    return Credentials(
        keys["AccessKeyId"],
        keys["SecretAccessKey"],
        keys["SessionToken"],
        expires=int(keys["Expiration"].timestamp()),
        account_id=hop.account_id,
        arn=arn,
    )


def session_of(answer: dict[str, Any], caller: Credentials) -> Credentials:
    """GetSessionToken's answer as credentials of whoever ``caller`` is."""
    keys = answer.get("Credentials", {})
    if not all(keys.get(name) for name in _KEYS):
        raise AwsError("asked for an MFA session, but the answer has no credentials", _NOT_AWS)
    return Credentials(
        keys["AccessKeyId"],
        keys["SecretAccessKey"],
        keys["SessionToken"],
        expires=int(keys["Expiration"].timestamp()),
        account_id=caller.account_id,
        arn=caller.arn,
    )


def _with(code: Code | None) -> dict[str, str]:
    return {} if code is None else {"SerialNumber": code.serial, "TokenCode": code.digits}


def _client_error() -> Any:
    from botocore.exceptions import ClientError

    return ClientError


def _botocore_error() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    # LookupError: from its parser, where XML is not that of STS.
    return (BotoCoreError, ClientError, ResponseParserError, LookupError)


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _our_error(error: Any, what: str, caller: Credentials, hop: Hop | None) -> Exception:
    """``error`` in our words: never with a value that could be secret."""
    from botocore import exceptions

    if isinstance(error, exceptions.ClientError):
        return _refusal(error, what, caller, hop)
    if isinstance(error, (exceptions.HTTPClientError, exceptions.ConnectionError)):
        return NetworkError(
            f"{what}: {error}", "check the network, the proxy settings and the region"
        )
    if isinstance(error, exceptions.BotoCoreError):
        return ConfigError(f"{what}: {error}", "mend the AWS configuration that it names")
    return NetworkError(f"{what}: the answer is not that of STS", _NOT_AWS)


def _refusal(error: Any, what: str, caller: Credentials, hop: Hop | None) -> AwsError:
    code = _code(error)
    # The first line only: a refused signature goes on with all that was signed, the token too.
    text = str(error.response.get("Error", {}).get("Message") or "").strip()
    message = text.partition("\n")[0].strip() or "no reason given"
    said, fix = f"{what}: {message} ({code})", explain(code, message, caller, hop)
    if code == "AccessDenied" and _BAD_CODE in message:
        refused = CodeRefusedError(said, fix)
        refused.at = _date(error)
        return refused
    kind: type[AwsError] = AwsError
    if code in _GONE or (code == "AccessDenied" and _REVOKED in message):
        kind = SessionRefusedError
    elif code == "AccessDenied" and _BAD_DEVICE in message:
        kind = DeviceRefusedError
    elif code == "AccessDenied" and hop is not None and _may_want_mfa(message):
        kind = NotAuthorizedError
    return kind(said, fix)


def _may_want_mfa(message: str) -> bool:
    """Whether a denial may be for want of MFA, or of a newer one: no other reason is given."""
    named = "explicit deny" in message or "because no " in message
    return "is not authorized to perform" in message and (
        not named or "role trust policy" in message
    )


def _date(error: Any) -> float | None:
    """The time at which STS answered, by its own clock."""
    from email.utils import parsedate_to_datetime

    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return None


#: AWS's words about a code, and about a device (IAM user guide; public issue threads).
_BAD_CODE = "invalid MFA one time pass code"
_BAD_DEVICE = "unable to validate MFA code"

_GONE = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"})

#: IAM revokes the sessions of a role by a policy of its own, which denies all to older ones.
_REVOKED = "with an explicit deny in an identity-based policy"
