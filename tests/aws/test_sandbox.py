"""The sandbox with a real client: what it grants, and each way it says no."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from shellkit.sandbox import Sandbox
    from shellkit.sandbox.sample import Sample

    Sts = Callable[..., Any]


def assume(client: Any, arn: str, **params: Any) -> Any:
    """Assume ``arn`` under the session name ``test``."""
    return client.assume_role(**{"RoleArn": arn, "RoleSessionName": "test", **params})


def test_a_user_is_told_who_it_is(sts: Sts) -> None:
    answer = sts().get_caller_identity()
    assert answer["Arn"] == "arn:aws:iam::471112903465:user/alex"
    assert answer["Account"] == "471112903465"
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", answer["UserId"])


def test_an_assumed_role_is_told_who_it_is(sts: Sts, sample: Sample) -> None:
    answer = assume(sts(), sample.roles["prod"])
    identity = sts(answer["Credentials"]).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::816204759301:assumed-role/prod/test"
    assert identity["Account"] == "816204759301"
    assert re.fullmatch(r"AROA[A-Z2-7]{17}:test", identity["UserId"])
    assert answer["AssumedRoleUser"] == {
        "Arn": identity["Arn"],
        "AssumedRoleId": identity["UserId"],
    }


def test_credentials_look_like_those_of_aws(sandbox: Sandbox, sts: Sts, sample: Sample) -> None:
    before = int(sandbox.clock())
    answers = [assume(sts(), sample.roles["dev"])["Credentials"] for _ in range(4)]
    for credentials in answers:
        assert re.fullmatch(r"ASIA[A-Z2-7]{16}", credentials["AccessKeyId"])
        assert re.fullmatch(r"[A-Za-z0-9/+]{40}", credentials["SecretAccessKey"])
        assert len(credentials["SessionToken"]) > 500
        left = credentials["Expiration"] - datetime.fromtimestamp(before, timezone.utc)
        assert 3600 <= left.total_seconds() < 3700
    assert any(c["SecretAccessKey"].startswith("/") for c in answers)
    assert any(not c["SecretAccessKey"].startswith("/") for c in answers)
    assert set("/+=") <= set("".join(c["SessionToken"] for c in answers))
    assert len({c["AccessKeyId"] for c in answers}) == len(answers)
