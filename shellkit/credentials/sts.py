"""Asking STS. The only module that talks to the network; imports botocore when it does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from shellkit.credentials import partitions
from shellkit.credentials.explain import explain
from shellkit.credentials.session import Credentials
from shellkit.errors import AwsError, ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from shellkit.credentials.chain import Hop

#: Seconds to wait for a connection, and for an answer: a terminal is waiting.
_CONNECT_TIMEOUT, _READ_TIMEOUT = 10, 30


class SessionRefusedError(AwsError):
    """AWS no longer takes the credentials that signed: expired, revoked or deleted."""


class NetworkError(AwsError):
    """STS could not be reached."""


@dataclass(frozen=True)
class Sts:
    """STS as the profile ``profile`` is configured to reach it (``None``: botocore's defaults).

    ``region`` is the region the person wants; a request to another partition goes to
    that partition's own region.
    """

    profile: str | None
    region: str

    def assume_role(self, caller: Credentials, hop: Hop, session_name: str) -> dict[str, Any]:
        """AssumeRole's answer for ``hop``, signed by ``caller``. Raises :class:`AwsError`."""
        parameters = {"RoleSessionName": session_name, **hop.parameters()}
        partition = partitions.of_arn(hop.role_arn)
        region = self.region
        if partitions.of_region(region) != partition:
            region = partitions.default_region(partition)

        def ask(region: str) -> dict[str, Any]:
            answer: dict[str, Any] = self._client(caller, region).assume_role(**parameters)
            return answer

        try:
            try:
                return ask(region)
            except _client_error() as error:
                # The partition's own region cannot be switched off.
                elsewhere = partitions.default_region(partition)
                if _code(error) != "RegionDisabledException" or elsewhere == region:
                    raise
                return ask(elsewhere)
        except _botocore_error() as error:
            raise _our_error(error, f"cannot assume {hop.role_arn}", caller, hop) from error

    def caller_identity(self, caller: Credentials) -> dict[str, Any]:
        """GetCallerIdentity's answer for ``caller``. Raises :class:`AwsError`."""
        try:
            answer: dict[str, Any] = self._client(caller, self.region).get_caller_identity()
        except _botocore_error() as error:
            raise _our_error(error, "cannot use these keys", caller, None) from error
        return answer

    @cached_property
    def _session(self) -> Any:
        from botocore.session import Session

        return Session(profile=self.profile)

    def _client(self, caller: Credentials, region: str) -> Any:
        from botocore.config import Config

        return self._session.create_client(
            "sts",
            region_name=region,
            aws_access_key_id=caller.access_key_id,
            aws_secret_access_key=caller.secret_access_key,
            aws_session_token=caller.session_token,
            config=Config(connect_timeout=_CONNECT_TIMEOUT, read_timeout=_READ_TIMEOUT),
        )


def credentials_of(answer: dict[str, Any], hop: Hop) -> Credentials:
    """AssumeRole's answer as credentials, once it is sure that it is the role we asked for."""
    keys, arn = answer["Credentials"], answer["AssumedRoleUser"]["Arn"]
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


def _client_error() -> Any:
    from botocore.exceptions import ClientError

    return ClientError


def _botocore_error() -> tuple[type[Exception], ...]:
    from botocore.exceptions import BotoCoreError, ClientError

    return (BotoCoreError, ClientError)


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _our_error(error: Any, what: str, caller: Credentials, hop: Hop | None) -> Exception:
    """``error`` in our words: never with a value that could be secret."""
    from botocore import exceptions as botocore_exceptions

    if isinstance(error, _client_error()):
        code = _code(error)
        message = str(error.response["Error"].get("Message", "")).strip() or "no reason given"
        kind = SessionRefusedError if code in _REFUSED else AwsError
        return kind(f"{what}: {message} ({code})", explain(code, message, caller, hop))
    if isinstance(
        error,
        (
            botocore_exceptions.HTTPClientError,
            botocore_exceptions.ConnectionError,
        ),
    ):
        return NetworkError(
            f"{what}: {error}", "check the network, the proxy settings and the region"
        )
    return ConfigError(f"{what}: {error}", "mend the AWS configuration that it names")


_REFUSED = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"})
