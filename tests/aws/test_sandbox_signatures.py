"""The sandbox and Signature Version 4: it takes what AWS takes, and nothing else."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import botocore.auth
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from shellkit.sandbox import AccessKey, sigv4
from shellkit.sandbox.wire import Request, StsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shellkit.sandbox import Sandbox
    from shellkit.sandbox.sample import Sample

    Sts = Callable[..., Any]
    Refused = Callable[..., Any]

MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method. "
    "Consult the service documentation for details."
)
INVALID = "The security token included in the request is invalid"


def changed(client: Any, change: Callable[[Any], None]) -> Any:
    """Let ``change`` have each request of ``client`` after it was signed."""
    client.meta.events.register("before-send.sts.*", lambda request, **_: change(request))
    return client


def header(request: Any, name: str, *swap: str) -> None:
    """Replace ``swap[0]`` by ``swap[1]`` in a header that is already signed."""
    old = request.headers[name]
    old = old.decode() if isinstance(old, bytes) else old
    del request.headers[name]
    new = old.replace(*swap)
    assert new != old
    request.headers[name] = new


# --- keys and tokens


def test_a_wrong_secret(sts: Sts, sample: Sample, refused: Refused) -> None:
    with refused("SignatureDoesNotMatch", MISMATCH, 403):
        sts(AccessKey(sample.key.id, sample.key.secret[:-1] + "\r")).get_caller_identity()


def test_an_unknown_key(sts: Sts, refused: Refused) -> None:
    with refused("InvalidClientTokenId", INVALID, 403):
        sts(AccessKey.generate()).get_caller_identity()


def test_a_session_token_belongs_to_its_key(sts: Sts, sample: Sample, refused: Refused) -> None:
    one, two = (
        sts().assume_role(RoleArn=sample.roles[role], RoleSessionName="test")["Credentials"]
        for role in ("dev", "staging")
    )
    for wrong in (
        {**one, "SessionToken": None},
        {**one, "SessionToken": two["SessionToken"]},
        {**one, "SessionToken": one["SessionToken"].lower()},
        {**one, "AccessKeyId": sample.key.id, "SecretAccessKey": sample.key.secret},
    ):
        with refused("InvalidClientTokenId", INVALID, 403):
            sts(wrong).get_caller_identity()
    with refused("SignatureDoesNotMatch", MISMATCH, 403):
        sts({**one, "SecretAccessKey": two["SecretAccessKey"]}).get_caller_identity()


# --- clocks


@pytest.mark.parametrize("offset", [-14 * 60, 14 * 60])
def test_a_clock_that_is_a_little_wrong_will_do(offset: float, clock: Any, sts: Sts) -> None:
    clock.offset = offset
    sts().get_caller_identity()


@pytest.mark.parametrize(
    ("offset", "form"),
    [
        (16 * 60, r"Signature expired: (\S+) is now earlier than (\S+) \((\S+) - 15 min\.\)"),
        (
            -16 * 60,
            r"Signature not yet current: (\S+) is still later than (\S+) \((\S+) \+ 15 min\.\)",
        ),
    ],
)
def test_a_clock_that_is_wrong(offset: float, form: str, clock: Any, sts: Sts) -> None:
    clock.offset = offset
    client = sts()
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.get_caller_identity()
    error = caught.value.response["Error"]
    assert error["Code"] == "SignatureDoesNotMatch"
    found = re.fullmatch(form, error["Message"])
    assert found
    signed, bound, now = (datetime.strptime(s, "%Y%m%dT%H%M%SZ") for s in found.groups())
    assert abs((now - bound).total_seconds()) == 15 * 60
    assert abs((now - signed).total_seconds() - offset) <= 60


def test_the_date_of_an_answer_is_that_of_the_sandbox(clock: Any, sts: Sts) -> None:
    clock.offset = 10 * 60
    answer = sts().get_caller_identity()
    date = answer["ResponseMetadata"]["HTTPHeaders"]["date"]
    told = datetime.strptime(date, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=timezone.utc)
    assert abs(told.timestamp() - clock()) < 60


# --- the header


def test_no_signature(sandbox: Sandbox, refused: Refused, botocore_session: Any) -> None:
    client = botocore_session.create_client(
        "sts",
        region_name="eu-west-1",
        endpoint_url=sandbox.url,
        config=Config(signature_version=UNSIGNED),
    )
    with refused("MissingAuthenticationToken", "Request is missing Authentication Token", 403):
        client.get_caller_identity()


@pytest.mark.parametrize(
    ("swap", "text"),
    [
        (("AWS4-HMAC-SHA256", "AWS4-ECDSA"), r"Authorization header requires 'Credential' .*"),
        (("Signature=", "Signatur="), r"Authorization header requires 'Signature' parameter\. .*"),
        (("SignedHeaders=", "X="), r"Authorization header requires 'SignedHeaders' parameter\. .*"),
        (("Signature=", ""), r"'[0-9a-f]{64}' not a valid key=value pair \(missing equal-sign\).*"),
        (("/sts/", "/"), r"Credential must have exactly 5 slash-delimited elements, .*"),
        (("host;", "host;x-none;"), r"'x-none' is named as a SignedHeader, but it does not .*"),
    ],
)
def test_an_incomplete_signature(swap: tuple[str, str], text: str, sts: Sts) -> None:
    client = changed(sts(), lambda request: header(request, "Authorization", *swap))
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.get_caller_identity()
    answer = caught.value.response
    assert answer["Error"]["Code"] == "IncompleteSignature"
    assert re.fullmatch(text, answer["Error"]["Message"])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_no_date(sts: Sts) -> None:
    def remove(request: Any) -> None:
        del request.headers["X-Amz-Date"]

    client = changed(sts(), remove)
    with pytest.raises(client.exceptions.ClientError, match=r"IncompleteSignature.*'X-Amz-Date'"):
        client.get_caller_identity()


@pytest.mark.parametrize("date", ["Sat, 22 Nov 2025 06:04:00 GMT", "20251322T060400Z"])
def test_a_date_that_is_none(date: str, sts: Sts) -> None:
    def replace(request: Any) -> None:
        del request.headers["X-Amz-Date"]
        request.headers["X-Amz-Date"] = date

    client = changed(sts(), replace)
    with pytest.raises(client.exceptions.ClientError, match="IncompleteSignature.*" + date):
        client.get_caller_identity()


@pytest.mark.parametrize(
    ("swap", "text"),
    [
        (("/sts/", "/s3/"), "Credential should be scoped to correct service: 'sts'. "),
        (
            ("/aws4_request", "/aws5_request"),
            "Credential should be scoped with a valid terminator: 'aws4_request', "
            "not 'aws5_request'. ",
        ),
        (("/eu-west-1/", "/eu-west/"), "Credential should be scoped to a valid region. "),
        (("/eu-west-1/", "/eu-west-2/"), MISMATCH),
        (("content-type;", ""), MISMATCH),
        (
            ("host;", ""),
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        ((";x-amz-date", ""), "'x-amz-date' must be a 'SignedHeader' in the AWS Authorization."),
    ],
)
def test_a_signature_for_something_else(
    swap: tuple[str, str], text: str, sts: Sts, refused: Refused
) -> None:
    client = changed(sts(), lambda request: header(request, "Authorization", *swap))
    # The client strips the text at its end, AWS does not.
    with refused("SignatureDoesNotMatch", text, 403):
        client.get_caller_identity()


def test_the_scope_is_of_the_day_of_the_signature(sts: Sts) -> None:
    today = f"/{datetime.now(timezone.utc):%Y}"
    client = changed(sts(), lambda request: header(request, "Authorization", today, "/1999"))
    with pytest.raises(client.exceptions.ClientError, match="Date in Credential scope does not"):
        client.get_caller_identity()


# --- what is signed


@pytest.mark.parametrize("name", ["Content-Type", "X-Amz-Date"])
def test_a_signed_header_that_was_changed(name: str, sts: Sts, refused: Refused) -> None:
    def change(request: Any) -> None:
        value = request.headers[name]
        value = value.decode() if isinstance(value, bytes) else value
        del request.headers[name]
        # Another second, or another charset: plausible, and not what was signed.
        request.headers[name] = (
            f"{value[:-3]}{(int(value[-3:-1]) + 1) % 60:02d}Z"
            if name == "X-Amz-Date"
            else value.replace("utf-8", "ascii")
        )

    with refused("SignatureDoesNotMatch", MISMATCH, 403):
        changed(sts(), change).get_caller_identity()


def test_a_body_that_was_changed(sts: Sts, sample: Sample, refused: Refused) -> None:
    def change(request: Any) -> None:
        body = request.body if isinstance(request.body, bytes) else request.body.encode()
        assert b"role%2Fdev" in body
        request.body = body.replace(b"role%2Fdev", b"role%2Fops")

    with refused("SignatureDoesNotMatch", MISMATCH, 403):
        changed(sts(), change).assume_role(RoleArn=sample.roles["dev"], RoleSessionName="test")


def test_a_body_that_is_not_signed(sts: Sts, refused: Refused) -> None:
    def leave_out(request: Any, **_: Any) -> None:
        request.headers["X-Amz-Content-SHA256"] = "UNSIGNED-PAYLOAD"

    client = sts()
    client.meta.events.register("before-sign.sts.*", leave_out)
    with refused("SignatureDoesNotMatch", MISMATCH, 403):
        client.get_caller_identity()


def test_a_region_that_is_none(sts: Sts, refused: Refused) -> None:
    text = "Credential should be scoped to a valid region. "
    with refused("SignatureDoesNotMatch", text, 403):
        sts(region="mars-north-1").get_caller_identity()


# --- any request that botocore can sign

PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,12}", fullmatch=True).map("X-T-".__add__)
REQUESTS = st.fixed_dictionaries(
    {
        "query": st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=4),
        "headers": st.dictionaries(NAMES, st.text(PRINTABLE), max_size=4),
        "body": st.dictionaries(st.text(min_size=1), st.text(), max_size=6),
        "secret": st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1),
    }
)


def signed(query: Any, headers: Any, body: Any, secret: str) -> Request:
    """What arrives when botocore signs such a request and sends it."""
    url = "http://127.0.0.1:8000/" + ("?" + urlencode(query, quote_via=_quote) if query else "")
    request = AWSRequest("POST", url, dict(headers), urlencode(body).encode())
    request.headers["Host"] = "127.0.0.1:8000"
    keys = Credentials("AKIAEXAMPLE", secret)
    botocore.auth.SigV4Auth(keys, "sts", "eu-west-1").add_auth(request)
    arrived = tuple(request.headers.items())
    return Request("POST", "/", url.partition("?")[2], arrived, request.body or b"")


def _quote(text: str, *_: Any) -> str:
    from urllib.parse import quote

    return quote(text, safe="-_.~")


def accepts(request: Request, secret: str) -> bool:
    """Whether the sandbox takes the signature."""
    try:
        claim = sigv4.read(request)
        sigv4.check(request, claim, secret, datetime.now(timezone.utc))
    except StsError:
        return False
    return True


@given(REQUESTS)
def test_what_botocore_signs_is_accepted(parts: dict[str, Any]) -> None:
    assert accepts(signed(**parts), parts["secret"])


@given(REQUESTS, st.data())
def test_one_changed_byte_is_refused(parts: dict[str, Any], data: st.DataObject) -> None:
    request, secret = signed(**parts), parts["secret"]
    flip = data.draw(st.integers(1, 255))
    if request.body:
        place = data.draw(st.integers(0, len(request.body) - 1))
        body = bytearray(request.body)
        body[place] ^= flip
        changed_body = Request("POST", "/", request.query, request.headers, bytes(body))
        assert not accepts(changed_body, secret)
    place = data.draw(st.integers(0, len(secret) - 1))
    other = secret[:place] + chr(ord(secret[place]) ^ flip) + secret[place + 1 :]
    assert not accepts(request, other)


@given(REQUESTS, st.sampled_from(["method", "path", "query", "headers", "body"]))
def test_nothing_that_is_signed_may_change(parts: dict[str, Any], what: str) -> None:
    whole = signed(**parts)
    fields = {
        "method": whole.method,
        "path": whole.path,
        "query": whole.query,
        "headers": whole.headers,
        "body": whole.body,
    }
    more = {
        "method": "GET",
        "path": "/x",
        "query": fields["query"] + "&zz=1",
        "headers": (*whole.headers, ("Host", "127.0.0.1")),
        "body": whole.body + b"&",
    }
    assert not accepts(Request(**{**fields, what: more[what]}), parts["secret"])


@given(REQUESTS)
def test_spaces_around_header_values_do_not_matter(parts: dict[str, Any]) -> None:
    whole = signed(**parts)
    padded = tuple(
        (name, f"  {value.replace(' ', '   ')} ") if name.startswith("X-T-") else (name, value)
        for name, value in whole.headers
    )
    assert accepts(Request("POST", "/", whole.query, padded, whole.body), parts["secret"])
