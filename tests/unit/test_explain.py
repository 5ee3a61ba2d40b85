"""What AWS's refusals mean."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from shellkit.credentials import sts
from shellkit.credentials.chain import Hop
from shellkit.credentials.explain import explain
from shellkit.credentials.session import Credentials
from shellkit.errors import AwsError

KEYS = Credentials("AKIAEXAMPLE", "hunter2", "token")
HOP = Hop("arn:aws:iam::111122223333:role/Dev")
WITH_ID = Hop("arn:aws:iam::111122223333:role/Dev", external_id="acme")
NOT_AUTHORIZED = "User: x is not authorized to perform: sts:AssumeRole on resource: y"

CASES: list[tuple[str, str, Hop | None, str]] = [
    ("SignatureDoesNotMatch", "The request signature we calculated", HOP, "copy both again"),
    (
        "SignatureDoesNotMatch",
        "Signature expired: 20160609T184512Z is now earlier than 20160610T013008Z (z - 15 min.)",
        HOP,
        "signed at 20160609T184512Z, AWS's limit is 20160610T013008Z",
    ),
    (
        "SignatureDoesNotMatch",
        "Signature not yet current: 20160610T184512Z is still later than 20160610T013008Z (z)",
        None,
        "signed at 20160610T184512Z, AWS's limit is 20160610T013008Z",
    ),
    ("AccessDenied", NOT_AUTHORIZED, HOP, "wants an external ID (external_id"),
    (
        "AccessDenied",
        NOT_AUTHORIZED,
        WITH_ID,
        "the external ID is the right one and whether it wants MFA",
    ),
    ("AccessDenied", NOT_AUTHORIZED + " with an explicit deny in x", HOP, "a policy forbids it"),
    ("AccessDenied", "Roles may not be assumed by root accounts.", HOP, "not root's"),
    ("InvalidClientTokenId", "invalid", None, "AKIAEXAMPLE is unknown here"),
    ("ValidationError", "The requested DurationSeconds exceeds the 1 hour", HOP, "--duration"),
    ("ExpiredToken", "expired", HOP, "have expired"),
    ("PackedPolicyTooLarge", "112%", HOP, "fewer or shorter session tags"),
    ("MalformedPolicyDocument", "syntax", HOP, "--policy"),
    ("RegionDisabledException", "STS is not activated", HOP, "--region"),
    ("Throttling", "Rate exceeded", None, "try again"),
]


@pytest.mark.parametrize(("code", "message", "hop", "part"), CASES)
def test_a_refusal_is_explained(code: str, message: str, hop: Hop | None, part: str) -> None:
    said = explain(code, message, KEYS, hop)
    assert said is not None
    assert part in said
    assert "hunter2" not in said


@pytest.mark.parametrize(
    ("code", "message", "hop"),
    [
        ("Unheard", "of", HOP),
        ("AccessDenied", NOT_AUTHORIZED, None),
        ("ValidationError", "another thing", HOP),
        ("", "", None),
    ],
)
def test_what_we_do_not_understand_is_left_as_it_is(
    code: str, message: str, hop: Hop | None
) -> None:
    assert explain(code, message, KEYS, hop) is None


# --- Answers --------------------------------------------------------------------------


def answer(arn: str = "arn:aws:sts::111122223333:assumed-role/Dev/me") -> dict[str, Any]:
    keys = {
        "AccessKeyId": "ASIA",
        "SecretAccessKey": "hunter2",
        "SessionToken": "token",
        "Expiration": datetime(2027, 1, 1, tzinfo=timezone.utc),
    }
    return {"Credentials": keys, "AssumedRoleUser": {"Arn": arn}}


def test_an_answer_becomes_credentials() -> None:
    made = sts.credentials_of(answer(), HOP)
    assert (made.access_key_id, made.account_id, made.expires) == (
        "ASIA",
        "111122223333",
        1798761600,
    )


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (answer("arn:aws:sts::111122223333:assumed-role/Prod/me"), "STS gave a session of"),
        (answer("arn:aws:sts::999922223333:assumed-role/Dev/me"), "STS gave a session of"),
        (answer(""), "has no credentials"),
        ({}, "has no credentials"),
        ({**answer(), "Credentials": {"AccessKeyId": "ASIA"}}, "has no credentials"),
    ],
)
def test_an_answer_that_is_not_for_our_role_is_refused(given: dict[str, Any], part: str) -> None:
    with pytest.raises(AwsError, match=part) as caught:
        sts.credentials_of(given, HOP)
    assert "hunter2" not in caught.value.message
