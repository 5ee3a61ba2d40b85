"""AWS Signature Version 4, from the side that checks it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from shellkit.sandbox.wire import StsError

if TYPE_CHECKING:
    from shellkit.sandbox.wire import Request

ALGORITHM = "AWS4-HMAC-SHA256"
TOLERANCE = timedelta(minutes=15)
_STAMP = "%Y%m%dT%H%M%SZ"
_STAMP_FORM = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


@dataclass(frozen=True)
class Signature:
    """What the ``Authorization`` and ``X-Amz-Date`` headers claim."""

    key_id: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    value: str
    stamp: str


def read(request: Request) -> Signature:
    """Return the claim of a request, before anything of it is believed."""
    header = request.header("Authorization")
    if header is None:
        raise StsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    scheme, _, rest = header.partition(" ")
    parts = _parts(rest, header) if scheme == ALGORITHM else {}
    stamp = request.header("X-Amz-Date")
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if not parts.get(name)
    ]
    if stamp is None:
        missing.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    if stamp is None or missing:
        raise _incomplete(" ".join([*missing, f"Authorization={header}"]))
    if not _STAMP_FORM.fullmatch(stamp):
        raise _incomplete(
            "Date must be in ISO-8601 'basic format'. "
            f"Got '{stamp}'. See http://en.wikipedia.org/wiki/ISO_8601"
        )
    credential = parts["Credential"].split("/")
    if len(credential) != 5:
        raise _incomplete(
            "Credential must have exactly 5 slash-delimited elements, "
            f"e.g. keyid/date/region/service/term, got '{parts['Credential']}'"
        )
    key_id, date, region, service, terminator = credential
    signed = tuple(parts["SignedHeaders"].split(";"))
    return Signature(key_id, date, region, service, terminator, signed, parts["Signature"], stamp)


def check(
    request: Request, claim: Signature, secret: str, now: datetime, service: str = "sts"
) -> None:
    """Refuse unless ``claim`` was made for ``request``, with ``secret``, about ``now``."""
    _check_time(claim, now)
    _check_scope(claim, service)
    _check_headers(request, claim)
    if not hmac.compare_digest(sign(request, claim, secret).encode(), claim.value.encode()):
        raise mismatch(
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. "
            "Consult the service documentation for details."
        )


def sign(request: Request, claim: Signature, secret: str) -> str:
    """Return the signature that ``claim`` ought to carry, in hex."""
    scope = f"{claim.date}/{claim.region}/{claim.service}/{claim.terminator}"
    digest = hashlib.sha256(canonical(request, claim.signed_headers)).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in (claim.date, claim.region, claim.service, claim.terminator):
        key = hmac.digest(key, part.encode(), "sha256")
    text = "\n".join((ALGORITHM, claim.stamp, scope, digest))
    return hmac.digest(key, text.encode(), "sha256").hex()


def canonical(request: Request, signed_headers: tuple[str, ...]) -> bytes:
    """Return the canonical request, as the bytes that are hashed.

    The hash of the body is taken from the body, whatever a header says of it.
    """
    names = sorted(name.lower() for name in signed_headers)
    lines = [
        request.method,
        quote(unquote(request.path), safe="/-_.~"),
        _canonical_query(request.query),
        *(f"{name}:{request.header(name)}" for name in names),
        "",
        ";".join(names),
        hashlib.sha256(request.body).hexdigest(),
    ]
    return "\n".join(lines).encode("latin-1")


def mismatch(message: str) -> StsError:
    """Return the refusal of a signature that was not made as it should be."""
    return StsError("SignatureDoesNotMatch", message, 403)


def _canonical_query(query: str) -> str:
    pairs = [part.partition("=") for part in query.split("&") if part]
    encoded = sorted((_encode(name), _encode(value)) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def _encode(text: str) -> str:
    return quote(unquote(text), safe="-_.~")


def _parts(text: str, header: str) -> dict[str, str]:
    parts = {}
    for part in text.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals:
            raise _incomplete(
                f"'{part.strip()}' not a valid key=value pair (missing equal-sign) "
                f"in Authorization header: '{header}'."
            )
        parts[name] = value
    return parts


def _incomplete(message: str) -> StsError:
    return StsError("IncompleteSignature", message, 400)


def _check_time(claim: Signature, now: datetime) -> None:
    try:
        signed = datetime.strptime(claim.stamp, _STAMP).replace(tzinfo=timezone.utc)
    except ValueError:
        raise _incomplete(f"'{claim.stamp}' is not a date.") from None
    oldest, newest = now - TOLERANCE, now + TOLERANCE
    if signed < oldest.replace(microsecond=0):
        raise mismatch(
            f"Signature expired: {claim.stamp} is now earlier than {oldest:{_STAMP}} "
            f"({now:{_STAMP}} - 15 min.)"
        )
    if signed > newest:
        raise mismatch(
            f"Signature not yet current: {claim.stamp} is still later than {newest:{_STAMP}} "
            f"({now:{_STAMP}} + 15 min.)"
        )


def _check_scope(claim: Signature, service: str) -> None:
    problems = []
    if claim.service != service:
        problems.append(f"Credential should be scoped to correct service: '{service}'. ")
    if claim.terminator != "aws4_request":
        problems.append(
            "Credential should be scoped with a valid terminator: 'aws4_request', "
            f"not '{claim.terminator}'. "
        )
    if claim.date != claim.stamp[:8]:
        problems.append(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
            f"from HTTP: '{claim.date}' != '{claim.stamp[:8]}', from '{claim.stamp}'."
        )
    if problems:
        raise mismatch("".join(problems))


def _check_headers(request: Request, claim: Signature) -> None:
    signed = {name.lower() for name in claim.signed_headers}
    present = {name.lower() for name, _ in request.headers}
    for name in sorted(signed - present):
        raise _incomplete(
            f"'{name}' is named as a SignedHeader, but it does not exist in the HTTP request."
        )
    if "host" not in signed:
        raise mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    for name in sorted(present - signed):
        if name.startswith("x-amz-"):
            raise mismatch(f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")
