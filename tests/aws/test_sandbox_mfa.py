"""The sandbox and MFA: codes, their reuse, and how far a code reaches."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from shellkit.sandbox import (
    AccessKey,
    Account,
    Condition,
    MfaDevice,
    Role,
    Sandbox,
    Statement,
    User,
    totp,
)
from shellkit.sandbox.mfa import STEP, CodeChecker
from shellkit.sandbox.wire import StsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shellkit.sandbox.sample import Sample

    Sts = Callable[..., Any]
    Refused = Callable[..., Any]

WRONG_CODE = "MultiFactorAuthentication failed with invalid MFA one time pass code."
WRONG_SERIAL = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  "
    "Please verify your MFA serial number is valid and associated with this user."
)
NOT_BOTH = (
    "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
)


@pytest.fixture
def code(sample: Sample, clock: Any) -> Callable[[], dict[str, str]]:
    """The parameters of MFA, with the code that the user's device shows."""

    def now() -> dict[str, str]:
        return {
            "SerialNumber": sample.mfa_serial,
            "TokenCode": totp(sample.mfa.seed, clock()),
        }

    return now


def assume(client: Any, sample: Sample, role: str = "vault", **params: Any) -> Any:
    """Assume a role of the sample."""
    return client.assume_role(RoleArn=sample.roles[role], RoleSessionName="test", **params)


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(at: int, shown: str) -> None:
    assert totp(b"12345678901234567890", at) == shown


def test_a_seed_is_what_an_authenticator_app_takes(sample: Sample) -> None:
    assert len(base64.b32encode(sample.mfa.seed)) == 32


def test_a_code_opens_a_role_for_as_long_as_the_role_allows(
    sts: Sts, sample: Sample, code: Any
) -> None:
    assume(sts(), sample, DurationSeconds=12 * 3600, **code())


def test_a_code_is_good_once(
    sts: Sts, sample: Sample, code: Any, travel: Any, refused: Refused
) -> None:
    used = code()
    sts().get_session_token(**used)
    with refused("AccessDenied", WRONG_CODE, 403):
        assume(sts(), sample, **used)
    travel(STEP)
    assume(sts(), sample, **code())


def test_a_code_of_the_step_before_will_do_unless_a_later_one_was_used() -> None:
    seed, checker = b"12345678901234567890", CodeChecker()
    now = 1_000_000 * STEP + 5.0
    checker.check({"device": seed}, "device", totp(seed, now - STEP), now)
    checker.check({"device": seed}, "device", totp(seed, now), now)
    for at in (now - STEP, now, now + STEP, now - 2 * STEP):
        with pytest.raises(StsError, match="one time pass code"):
            checker.check({"device": seed}, "device", totp(seed, at), now)


def test_of_many_who_bring_the_same_code_one_gets_in(sts: Sts, code: Any) -> None:
    shown = code()

    def bring(client: Any) -> bool:
        try:
            client.get_session_token(**shown)
        except client.exceptions.ClientError:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(bring, [sts() for _ in range(10)])) == 1


@pytest.mark.parametrize("action", ["assume_role", "get_session_token"])
def test_mfa_that_fails(action: str, sts: Sts, sample: Sample, code: Any, refused: Refused) -> None:
    role = {"RoleArn": sample.roles["vault"], "RoleSessionName": "test"}
    call = getattr(sts(), action)
    given = role if action == "assume_role" else {}
    right = code()
    for text, params in (
        (WRONG_CODE, {**right, "TokenCode": totp(sample.mfa.seed, 0)}),
        (WRONG_CODE, {**right, "TokenCode": totp(b"another device", 0)}),
        (WRONG_SERIAL, {**right, "SerialNumber": right["SerialNumber"].replace("mfa", "user")}),
        (WRONG_SERIAL, {**right, "SerialNumber": "arn:aws:iam::816204759301:mfa/alex"}),
        (NOT_BOTH, {"SerialNumber": right["SerialNumber"]}),
        (NOT_BOTH, {"TokenCode": right["TokenCode"]}),
    ):
        with refused("AccessDenied", text, 403):
            call(**given, **params)
    call(**given, **code())


def test_a_device_of_another_user_will_not_do(sts: Sts, refused: Refused) -> None:
    device, key = MfaDevice("kim"), AccessKey.generate()
    users = (User("kim", mfa=(device,)), User("lee", (key,)))
    account = Account("111111111111", users)
    with Sandbox([account]) as other, refused("AccessDenied", WRONG_SERIAL, 403):
        sts(key, at=other).get_session_token(
            SerialNumber=account.mfa_arn(device), TokenCode=totp(device.seed, other.clock())
        )


def test_a_code_reaches_from_a_session_to_roles(sts: Sts, sample: Sample, code: Any) -> None:
    session = sts(sts().get_session_token(**code())["Credentials"])
    assume(session, sample)
    assume(session, sample, "prod")


@pytest.mark.parametrize("first", ["nothing", "a session without MFA", "a role with MFA"])
def test_where_no_code_reaches(first: str, sts: Sts, clock: Any) -> None:
    key = AccessKey.generate()
    device = MfaDevice("kim")
    with_mfa = Condition("Bool", "aws:MultiFactorAuthPresent", ("true",))
    open_role = Role("open", (Statement(("*",)),))
    strict = Role("strict", (Statement(("*",), (with_mfa,)),))
    account = Account("111111111111", (User("kim", (key,), (device,)),), (open_role, strict))
    with Sandbox([account], clock=clock) as other:
        client = sts(key, at=other)
        if first == "a session without MFA":
            client = sts(client.get_session_token()["Credentials"], at=other)
        elif first == "a role with MFA":
            answer = client.assume_role(
                RoleArn=account.role_arn(open_role),
                RoleSessionName="test",
                SerialNumber=account.mfa_arn(device),
                TokenCode=totp(device.seed, clock()),
            )
            client = sts(answer["Credentials"], at=other)
        with pytest.raises(client.exceptions.ClientError, match="not authorized"):
            client.assume_role(RoleArn=account.role_arn(strict), RoleSessionName="test")


def test_trust_policies_that_deny_without_mfa(sts: Sts) -> None:
    """``BoolIfExists`` denies long-term keys too; ``Bool`` alone would let them through."""
    key = AccessKey.generate()
    for operator, granted in (("Bool", True), ("BoolIfExists", False)):
        without = Condition(operator, "aws:MultiFactorAuthPresent", ("false",))
        role = Role("r", (Statement(("*",)), Statement(("*",), (without,), effect="Deny")))
        account = Account("111111111111", (User("kim", (key,)),), (role,))
        with Sandbox([account]) as other:
            client = sts(key, at=other)
            params = {"RoleArn": account.role_arn(role), "RoleSessionName": "test"}
            if granted:
                client.assume_role(**params)
            else:
                with pytest.raises(client.exceptions.ClientError, match="explicit deny"):
                    client.assume_role(**params)


def test_a_code_grows_old(sts: Sts, travel: Any, clock: Any) -> None:
    key, device = AccessKey.generate(), MfaDevice("kim")
    young = Condition("NumericLessThan", "aws:MultiFactorAuthAge", ("3600",))
    role = Role("r", (Statement(("*",), (young,)),))
    account = Account("111111111111", (User("kim", (key,), (device,)),), (role,))
    with Sandbox([account], clock=clock) as other:
        answer = sts(key, at=other).get_session_token(
            SerialNumber=account.mfa_arn(device), TokenCode=totp(device.seed, clock())
        )
        session = sts(answer["Credentials"], at=other)
        params = {"RoleArn": account.role_arn(role), "RoleSessionName": "test"}
        travel(3500)
        session.assume_role(**params)
        travel(100)
        with pytest.raises(session.exceptions.ClientError, match="not authorized"):
            session.assume_role(**params)
