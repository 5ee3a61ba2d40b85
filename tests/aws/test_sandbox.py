"""The sandbox with a real client: what it grants, and each way in which it says no."""

from __future__ import annotations

import json
import re
import secrets
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from shellkit.sandbox import AccessKey, Account, Condition, Role, Sandbox, Statement, User
from shellkit.sandbox.model import ASSUME, TAG

if TYPE_CHECKING:
    from collections.abc import Callable

    from shellkit.sandbox.sample import Sample

    Sts = Callable[..., Any]
    Refused = Callable[..., Any]

ALEX = "arn:aws:iam::471112903465:user/alex"
HOUR = 3600


def assume(client: Any, arn: str, **params: Any) -> Any:
    """Assume ``arn`` under the session name ``test``."""
    return client.assume_role(**{"RoleArn": arn, "RoleSessionName": "test", **params})


def no(arn: str, caller: str = ALEX, action: str = "sts:AssumeRole", reason: str = "") -> str:
    """The text with which ``caller`` is kept from ``arn``."""
    return f"User: {caller} is not authorized to perform: {action} on resource: {arn}{reason}"


def world(*statements: Statement, **user: Any) -> tuple[Account, str, AccessKey]:
    """One account with a user ``kim`` and a role ``target`` that has this trust policy."""
    key = AccessKey.generate()
    role = Role("target", statements, path="/deep/down/", max_session_duration=12 * HOUR)
    account = Account("111111111111", (User("kim", (key,), **user),), (role,))
    return account, account.role_arn(role), key


KIM = "arn:aws:iam::111111111111:user/kim"


# --- who is it


def test_a_user_is_told_who_it_is(sts: Sts) -> None:
    answer = sts().get_caller_identity()
    assert answer["Arn"] == ALEX
    assert answer["Account"] == "471112903465"
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", answer["UserId"])


def test_an_assumed_role_is_told_who_it_is(sts: Sts, sample: Sample) -> None:
    answer = assume(sts(), sample.roles["staging"])
    identity = sts(answer["Credentials"]).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::593047218860:assumed-role/staging/test"
    assert identity["Account"] == "593047218860"
    assert re.fullmatch(r"AROA[A-Z2-7]{17}:test", identity["UserId"])
    assert answer["AssumedRoleUser"] == {
        "Arn": identity["Arn"],
        "AssumedRoleId": identity["UserId"],
    }


def test_a_session_of_a_user_is_the_user(sts: Sts) -> None:
    credentials = sts().get_session_token()["Credentials"]
    identity = sts(credentials).get_caller_identity()
    assert identity["Arn"] == ALEX
    assert identity["UserId"] == sts().get_caller_identity()["UserId"]


def test_the_path_of_a_role_is_not_in_the_arn_of_its_session(sts: Sts) -> None:
    account, arn, key = world(Statement(("*",)))
    with Sandbox([account]) as other:
        answer = assume(sts(key, at=other), arn)
    assert answer["AssumedRoleUser"]["Arn"] == (
        "arn:aws:sts::111111111111:assumed-role/target/test"
    )


def test_the_root_user_is_told_who_it_is(sts: Sts) -> None:
    key = AccessKey.generate()
    with Sandbox([Account("111111111111", root_keys=(key,))]) as other:
        identity = sts(key, at=other).get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::111111111111:root"
    assert identity["UserId"] == identity["Account"] == "111111111111"


# --- the credentials


def test_credentials_look_like_those_of_aws(sandbox: Sandbox, sts: Sts, sample: Sample) -> None:
    before = int(sandbox.clock())
    answers = [assume(sts(), sample.roles["dev"])["Credentials"] for _ in range(4)]
    for credentials in answers:
        assert re.fullmatch(r"ASIA[A-Z2-7]{16}", credentials["AccessKeyId"])
        assert re.fullmatch(r"[A-Za-z0-9/+]{40}", credentials["SecretAccessKey"])
        assert len(credentials["SessionToken"]) > 500
        left = credentials["Expiration"] - datetime.fromtimestamp(before, timezone.utc)
        assert HOUR <= left.total_seconds() < HOUR + 100
    assert sum(c["SecretAccessKey"].startswith("/") for c in answers) >= 2
    assert set("/+=") <= set("".join(c["SessionToken"] for c in answers))
    assert len({c["AccessKeyId"] for c in answers}) == len(answers)


def test_no_repr_shows_a_secret(sts: Sts, sample: Sample, sandbox: Sandbox) -> None:
    assume(sts(), sample.roles["dev"])
    shown = repr(sample) + repr(sandbox.calls) + repr(sandbox._vault._known)
    for credential in sandbox._vault._known.values():
        assert credential.key.secret not in shown
        assert credential.token is None or credential.token not in shown
    assert repr(sample.mfa.seed) not in shown


def test_credentials_end(
    sts: Sts, sample: Sample, travel: Callable[[float], None], refused: Refused
) -> None:
    role = sts(assume(sts(), sample.roles["dev"], DurationSeconds=900)["Credentials"])
    travel(890)
    role.get_caller_identity()
    travel(10)
    with refused("ExpiredToken", "The security token included in the request is expired", 403):
        role.get_caller_identity()


def test_a_test_can_end_or_delete_credentials(
    sandbox: Sandbox, sts: Sts, sample: Sample, refused: Refused
) -> None:
    credentials = assume(sts(), sample.roles["dev"])["Credentials"]
    sandbox.expire(credentials["AccessKeyId"])
    with refused("ExpiredToken", "The security token included in the request is expired", 403):
        sts(credentials).get_caller_identity()
    sandbox.revoke(sample.key.id)
    with refused(
        "InvalidClientTokenId", "The security token included in the request is invalid", 403
    ):
        sts().get_caller_identity()


# --- who may assume what


@pytest.mark.parametrize("role", ["locked", "release", "partner", "vault", "gov"])
def test_a_role_that_does_not_trust_the_caller(
    role: str, sts: Sts, sample: Sample, refused: Refused
) -> None:
    arn = sample.roles[role]
    with refused("AccessDenied", no(arn), 403):
        assume(sts(), arn)


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::816204759301:role/Prod", "arn:aws:iam::000000000000:role/x"]
)
def test_a_role_that_does_not_exist_is_refused_in_the_same_words(
    arn: str, sts: Sts, refused: Refused
) -> None:
    with refused("AccessDenied", no(arn), 403):
        assume(sts(), arn)


@pytest.mark.parametrize(
    "principal",
    ["*", "111111111111", "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:user/kim"],
)
def test_principals_that_mean_the_caller(principal: str, sts: Sts) -> None:
    account, arn, key = world(Statement((principal,)))
    with Sandbox([account]) as other:
        assume(sts(key, at=other), arn)


@pytest.mark.parametrize(
    "principal",
    ["222222222222", "arn:aws:iam::222222222222:root", "arn:aws:iam::111111111111:user/Kim"],
)
def test_principals_that_mean_another(principal: str, sts: Sts, refused: Refused) -> None:
    account, arn, key = world(Statement((principal,)))
    with Sandbox([account]) as other, refused("AccessDenied", no(arn, KIM), 403):
        assume(sts(key, at=other), arn)


def test_an_explicit_deny_of_the_caller(sts: Sts, refused: Refused) -> None:
    account, arn, key = world(Statement(("*",)), denied=("arn:aws:iam::*:role/deep/*",))
    reason = " with an explicit deny in an identity-based policy"
    with Sandbox([account]) as other, refused("AccessDenied", no(arn, KIM, reason=reason), 403):
        assume(sts(key, at=other), arn)


def test_an_explicit_deny_of_the_role(sts: Sts, refused: Refused) -> None:
    account, arn, key = world(Statement(("*",)), Statement((KIM,), effect="Deny"))
    reason = " with an explicit deny in the role trust policy"
    with Sandbox([account]) as other, refused("AccessDenied", no(arn, KIM, reason=reason), 403):
        assume(sts(key, at=other), arn)


@pytest.mark.parametrize(
    ("condition", "tag", "granted"),
    [
        (Condition("StringEquals", "aws:PrincipalTag/team", ("core",)), "core", True),
        (Condition("StringEquals", "aws:PrincipalTag/team", ("core",)), "edge", False),
        (Condition("StringNotEquals", "aws:PrincipalTag/team", ("core",)), "edge", True),
        (Condition("StringNotEquals", "aws:PrincipalTag/team", ("core",)), "core", False),
        (Condition("StringNotEquals", "aws:PrincipalTag/none", ("core",)), "core", True),
        (Condition("StringLike", "aws:PrincipalTag/team", ("x", "c*e")), "core", True),
        (Condition("StringLike", "sts:RoleSessionName", ("t?st",)), "core", True),
        (Condition("StringLike", "sts:RoleSessionName", ("alex-*",)), "core", False),
        (Condition("StringEqualsIfExists", "aws:PrincipalTag/none", ("x",)), "core", True),
        (Condition("Null", "sts:ExternalId", ("true",)), "core", True),
        (Condition("Null", "sts:ExternalId", ("false",)), "core", False),
        (Condition("StringEquals", "aws:PrincipalArn", (KIM,)), "core", True),
    ],
)
def test_conditions(condition: Condition, tag: str, granted: bool, sts: Sts) -> None:
    account, arn, key = world(Statement(("*",), (condition,)), tags=(("team", tag),))
    with Sandbox([account]) as other:
        client = sts(key, at=other)
        if granted:
            assume(client, arn)
        else:
            with pytest.raises(client.exceptions.ClientError, match="not authorized"):
                assume(client, arn)


def test_a_condition_must_be_one_that_the_sandbox_understands() -> None:
    with pytest.raises(ValueError, match="IpAddress"):
        Condition("IpAddress", "aws:SourceIp", ("10.0.0.0/8",))


def test_an_external_id(sts: Sts, sample: Sample, refused: Refused) -> None:
    arn = sample.roles["partner"]
    assume(sts(), arn, ExternalId=sample.external_id)
    with refused("AccessDenied", no(arn), 403):
        assume(sts(), arn, ExternalId=sample.external_id.upper())


def test_the_root_user_may_not_assume_roles(sts: Sts, refused: Refused) -> None:
    account, arn, _ = world(Statement(("*",)))
    key = AccessKey.generate()
    with (
        Sandbox([Account(account.id, roles=account.roles, root_keys=(key,))]) as other,
        refused("AccessDenied", "Roles may not be assumed by root accounts.", 403),
    ):
        assume(sts(key, at=other), arn)


# --- chains


def test_a_chain(sts: Sts, sample: Sample) -> None:
    staging = assume(sts(), sample.roles["staging"])["Credentials"]
    release = assume(sts(staging), sample.roles["release"])["Credentials"]
    identity = sts(release).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::816204759301:assumed-role/release/test"


@pytest.mark.parametrize("first", ["role", "session token"])
def test_a_chain_lasts_an_hour_at_most(
    first: str, sts: Sts, sample: Sample, refused: Refused
) -> None:
    if first == "role":
        before = assume(sts(), sample.roles["staging"])["Credentials"]
        arn = sample.roles["release"]
    else:
        before = sts().get_session_token()["Credentials"]
        arn = sample.roles["staging"]
    assume(sts(before), arn, DurationSeconds=HOUR)
    with refused(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit "
        "for roles assumed by role chaining.",
    ):
        assume(sts(before), arn, DurationSeconds=HOUR + 1)


def test_a_role_may_be_kept_from_the_next(sts: Sts, refused: Refused) -> None:
    account, arn, key = world(Statement(("*",)))
    target = account.roles[0]
    kept = Role("kept", target.trust, denied=(arn,))
    with Sandbox([Account(account.id, account.users, (target, kept))]) as other:
        chained = sts(assume(sts(key, at=other), account.role_arn(kept))["Credentials"], at=other)
        caller = "arn:aws:sts::111111111111:assumed-role/kept/test"
        reason = " with an explicit deny in an identity-based policy"
        with refused("AccessDenied", no(arn, caller, reason=reason), 403):
            assume(chained, arn)


# --- how long


def test_a_duration_within_the_bounds_of_the_role(
    sandbox: Sandbox, sts: Sts, sample: Sample
) -> None:
    before = int(sandbox.clock())
    answer = assume(sts(), sample.roles["dev"], DurationSeconds=12 * HOUR)
    left = answer["Credentials"]["Expiration"].timestamp() - before
    assert 12 * HOUR <= left < 12 * HOUR + 100


def test_longer_than_the_role_allows(sts: Sts, sample: Sample, refused: Refused) -> None:
    with refused(
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ):
        assume(sts(), sample.roles["staging"], DurationSeconds=4 * HOUR + 1)


def test_session_token_durations(sandbox: Sandbox, sts: Sts) -> None:
    for params, expected in ({}, 12 * HOUR), ({"DurationSeconds": 36 * HOUR}, 36 * HOUR):
        before = int(sandbox.clock())
        expiration = sts().get_session_token(**params)["Credentials"]["Expiration"]
        assert expected <= expiration.timestamp() - before < expected + 100


def test_the_root_user_gets_a_session_of_one_hour(sts: Sts) -> None:
    key = AccessKey.generate()
    with Sandbox([Account("111111111111", root_keys=(key,))]) as other:
        before = int(other.clock())
        answer = sts(key, at=other).get_session_token(DurationSeconds=12 * HOUR)
    assert answer["Credentials"]["Expiration"].timestamp() - before < HOUR + 100


@pytest.mark.parametrize("first", ["role", "session token"])
def test_a_session_cannot_get_a_session_token(
    first: str, sts: Sts, sample: Sample, refused: Refused
) -> None:
    answer = assume(sts(), sample.roles["dev"]) if first == "role" else sts().get_session_token()
    with refused("AccessDenied", "Cannot call GetSessionToken with session credentials", 403):
        sts(answer["Credentials"]).get_session_token()


# --- what a request must look like

LEAST = "Member must have length greater than or equal to"
MOST = "Member must have length less than or equal to"
PATTERN = "Member must satisfy regular expression pattern:"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("RoleSessionName", "a", f"{LEAST} 2"),
        ("RoleSessionName", "a" * 65, f"{MOST} 64"),
        ("RoleSessionName", "two words", rf"{PATTERN} [\w+=,.@-]*"),
        ("RoleSessionName", "andré", rf"{PATTERN} [\w+=,.@-]*"),
        ("RoleSessionName", "a\nb", rf"{PATTERN} [\w+=,.@-]*"),
        ("DurationSeconds", 899, "Member must have value greater than or equal to 900"),
        ("DurationSeconds", 43201, "Member must have value less than or equal to 43200"),
        ("DurationSeconds", -1, "Member must have value greater than or equal to 900"),
        ("ExternalId", "x", f"{LEAST} 2"),
        ("ExternalId", "a b", rf"{PATTERN} [\w+=,.@:\/-]*"),
        ("SourceIdentity", "a" * 65, f"{MOST} 64"),
        ("SerialNumber", "short", f"{LEAST} 9"),
        ("TokenCode", "12345", f"{LEAST} 6"),
        ("TokenCode", "1234567", f"{MOST} 6"),
        ("TokenCode", "abcdef", rf"{PATTERN} [\d]*"),
        ("RoleArn", "role/x", f"{LEAST} 20"),
        ("Policy", json.dumps({"a": "x" * 2048}), f"{MOST} 2048"),
    ],
)
def test_a_parameter_that_breaks_a_constraint(
    name: str, value: Any, problem: str, sts: Sts, refused: Refused
) -> None:
    place = name[0].lower() + name[1:]
    text = (
        f"1 validation error detected: Value '{value}' at '{place}' "
        f"failed to satisfy constraint: {problem}"
    )
    with refused("ValidationError", text):
        assume(sts(), **{"arn": "arn:aws:iam::280650147932:role/dev", name: value})


def test_all_that_is_wrong_is_named_at_once(sts: Sts, refused: Refused) -> None:
    session = "Value '!' at 'roleSessionName' failed to satisfy constraint:"
    text = (
        "3 validation errors detected: "
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null; "
        rf"{session} {PATTERN} [\w+=,.@-]*; {session} {LEAST} 2"
    )
    with refused("ValidationError", text):
        sts().assume_role(RoleSessionName="!")


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::816204759301:user/prod",
        "arn:aws:iam::8162047593:role/prodprod",
        "arn:aws:sts::816204759301:assumed-role/prod/x",
        "https://example.com/role/prod",
    ],
)
def test_an_arn_that_is_not_one_of_a_role(arn: str, sts: Sts, refused: Refused) -> None:
    with refused("ValidationError", f"{arn} is invalid"):
        assume(sts(), arn)


def test_the_constraints_are_those_of_the_model() -> None:
    import botocore.session

    from shellkit.sandbox import constraints

    model = botocore.session.Session().get_service_model("sts")
    for action, rules in constraints.SCALARS.items():
        shape = model.operation_model(action).input_shape
        assert tuple(shape.required_members) == constraints.REQUIRED.get(action, ())
        for name, rule in rules.items():
            meta = shape.members[name].metadata
            assert rule.least == meta["min"], name
            assert rule.most == meta.get("max", 2048), name
            assert getattr(rule, "pattern", None) == meta.get("pattern"), name
    tag = model.shape_for("Tag").members
    for rule, shape in (
        (constraints.TAG_KEY, tag["Key"]),
        (constraints.TAG_VALUE, tag["Value"]),
        (constraints.ARN, model.shape_for("arnType")),
    ):
        meta = shape.metadata
        assert (rule.least, rule.most, rule.pattern) == (meta["min"], meta["max"], meta["pattern"])
    lists = model.operation_model("AssumeRole").input_shape.members
    assert lists["Tags"].metadata["max"] == constraints.MOST_TAGS
    assert lists["TransitiveTagKeys"].metadata["max"] == constraints.MOST_TAGS


# --- tags and source identities


def tags(**values: str) -> list[dict[str, str]]:
    """Tags as the client takes them."""
    return [{"Key": key, "Value": value} for key, value in values.items()]


def test_session_tags_are_seen_by_the_next_trust_policy(sts: Sts) -> None:
    team = Condition("StringEquals", "aws:PrincipalTag/team", ("core",))
    account, arn, key = world(Statement(("*",), (team,)))
    first = Role("first", (Statement((KIM,)),))
    with Sandbox([Account(account.id, account.users, (*account.roles, first))]) as other:
        client = sts(key, at=other)
        tagged = assume(client, account.role_arn(first), Tags=tags(team="core", größe="ÿ"))
        assume(sts(tagged["Credentials"], at=other), arn)
        assert 0 < tagged["PackedPolicySize"] <= 100
        plain = sts(assume(client, account.role_arn(first))["Credentials"], at=other)
        with pytest.raises(plain.exceptions.ClientError, match="not authorized"):
            assume(plain, arn)


def test_transitive_tags_go_along_and_cannot_be_changed(sts: Sts, refused: Refused) -> None:
    seen = Condition("StringEquals", "aws:RequestTag/project", ("apollo",))
    key = AccessKey.generate()
    trust = (Statement(("111111111111",)),)
    roles = tuple(Role(name, trust) for name in ("one", "two"))
    last = Role("last", (Statement(("*",), (seen,)),))
    account = Account("111111111111", (User("kim", (key,)),), (*roles, last))
    one, two, three = (account.role_arn(role) for role in account.roles)
    with Sandbox([account]) as other:
        first = assume(
            sts(key, at=other),
            one,
            Tags=tags(project="apollo", team="core"),
            TransitiveTagKeys=["Project"],
        )
        second = assume(sts(first["Credentials"], at=other), two)
        assume(sts(second["Credentials"], at=other), three)
        with refused(
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts "
            "with a transitive tag key from the calling session.",
        ):
            assume(sts(second["Credentials"], at=other), three, Tags=tags(PROJECT="gemini"))
        assume(sts(second["Credentials"], at=other), three, Tags=tags(team="other"))


def test_tags_that_cannot_be(sts: Sts, sample: Sample, refused: Refused) -> None:
    arn = sample.roles["dev"]
    duplicate = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    with refused("InvalidParameterValue", duplicate):
        assume(sts(), arn, Tags=tags(team="a", Team="b"))
    missing = "The specified transitive tag key must be included in the requested tags."
    with refused("InvalidParameterValue", missing):
        assume(sts(), arn, Tags=tags(team="a"), TransitiveTagKeys=["project"])
    constraint = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: {}"
    for key, value, place, shown, problem in (
        ("", "x", "key", "", f"{PATTERN} [\\p{{L}}\\p{{Z}}\\p{{N}}_.:/=+\\-@]+"),
        ("k" * 129, "x", "key", "k" * 129, f"{MOST} 128"),
        ("k", "v" * 257, "value", "v" * 257, f"{MOST} 256"),
        ("k", "<>", "value", "<>", f"{PATTERN} [\\p{{L}}\\p{{Z}}\\p{{N}}_.:/=+\\-@]*"),
    ):
        text = constraint.format(shown, f"tags.1.member.{place}", problem)
        if not key:
            text = text.replace("1 validation error", "2 validation errors") + (
                f"; Value '' at 'tags.1.member.key' failed to satisfy constraint: {LEAST} 1"
            )
        with refused("ValidationError", text):
            assume(sts(), arn, Tags=[{"Key": key, "Value": value}])


def test_more_tags_than_fifty(sts: Sts, sample: Sample) -> None:
    client = sts()
    assume(client, sample.roles["dev"], Tags=tags(**{f"k{n}": "" for n in range(50)}))
    with pytest.raises(client.exceptions.ClientError, match=f"at 'tags' .* {MOST} 50"):
        assume(client, sample.roles["dev"], Tags=tags(**{f"k{n}": "" for n in range(51)}))


def test_tags_that_do_not_fit(sts: Sts, sample: Sample) -> None:
    client = sts()
    many = tags(**{f"k{n}": secrets.token_hex(100) for n in range(40)})
    with pytest.raises(client.exceptions.ClientError) as caught:
        assume(client, sample.roles["dev"], Tags=many)
    error = caught.value.response["Error"]
    assert error["Code"] == "PackedPolicyTooLarge"
    assert re.fullmatch(
        r"Packed size of session tags consumes \d{3}% of allotted space\.", error["Message"]
    )


def test_a_trust_policy_that_takes_no_tags(sts: Sts, refused: Refused) -> None:
    account, arn, key = world(Statement(("*",), actions=frozenset({ASSUME})))
    with Sandbox([account]) as other:
        client = sts(key, at=other)
        assume(client, arn)
        with refused("AccessDenied", no(arn, KIM, "sts:TagSession"), 403):
            assume(client, arn, Tags=tags(team="core"))
        with refused("AccessDenied", no(arn, KIM, "sts:SetSourceIdentity"), 403):
            assume(client, arn, SourceIdentity="kim")


def test_a_source_identity_sticks(sts: Sts, sample: Sample, refused: Refused) -> None:
    first = assume(sts(), sample.roles["staging"], SourceIdentity="alex")
    assert first["SourceIdentity"] == "alex"
    staging = sts(first["Credentials"])
    assert assume(staging, sample.roles["release"])["SourceIdentity"] == "alex"
    assert assume(staging, sample.roles["release"], SourceIdentity="alex")
    caller = "arn:aws:sts::593047218860:assumed-role/staging/test"
    denied = no(sample.roles["release"], caller, "sts:SetSourceIdentity")
    with refused("AccessDenied", denied, 403):
        assume(staging, sample.roles["release"], SourceIdentity="kim")


def test_the_next_role_must_take_the_source_identity(sts: Sts, refused: Refused) -> None:
    account, arn, key = world(Statement(("*",), actions=frozenset({ASSUME, TAG})))
    first = Role("first", (Statement((KIM,)),))
    with Sandbox([Account(account.id, account.users, (*account.roles, first))]) as other:
        named = assume(sts(key, at=other), account.role_arn(first), SourceIdentity="kim")
        caller = "arn:aws:sts::111111111111:assumed-role/first/test"
        with refused("AccessDenied", no(arn, caller, "sts:SetSourceIdentity"), 403):
            assume(sts(named["Credentials"], at=other), arn)


def test_a_trust_policy_that_wants_a_source_identity(sts: Sts) -> None:
    wanted = Condition("StringLike", "sts:SourceIdentity", ("kim@*",))
    account, arn, key = world(Statement(("*",), (wanted,)))
    with Sandbox([account]) as other:
        client = sts(key, at=other)
        assume(client, arn, SourceIdentity="kim@example.com")
        for params in ({}, {"SourceIdentity": "eve@example.com"}):
            with pytest.raises(client.exceptions.ClientError, match="not authorized"):
                assume(client, arn, **params)


# --- session policies


def document(action: Any = "*", **more: Any) -> str:
    """A session policy of one statement."""
    statement = {"Effect": "Allow", "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "This policy contains invalid Json"),
        ("[]", "Syntax errors in policy."),
        ("{}", "Syntax errors in policy."),
        ('{"Statement": []}', "Syntax errors in policy."),
        ('{"Statement": ["x"]}', "Syntax errors in policy."),
        (document(Effect="allow"), "Syntax errors in policy."),
        (document(7), "Syntax errors in policy."),
        (document(NotAction="s3:*"), "Syntax errors in policy."),
        (document(Principal="*"), "Syntax errors in policy."),
        (document().replace("2012-10-17", "2024-01-01"), "Syntax errors in policy."),
    ],
)
def test_a_session_policy_that_is_none(
    text: str, message: str, sts: Sts, sample: Sample, refused: Refused
) -> None:
    with refused("MalformedPolicyDocument", message):
        assume(sts(), sample.roles["dev"], Policy=text)


@pytest.mark.parametrize(
    ("text", "granted"),
    [
        (document(), True),
        (document("STS:Assume*"), True),
        (document(["s3:*", "sts:AssumeRole"], Resource=["arn:aws:iam::*:role/release"]), True),
        (document("s3:*"), False),
        (document("sts:AssumeRole", Resource="arn:aws:iam::*:role/other"), False),
        (document(Effect="Deny"), False),
        (
            json.dumps({"Statement": {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}}),
            True,
        ),
    ],
)
def test_a_session_policy_narrows_the_session(
    text: str, granted: bool, sts: Sts, sample: Sample, refused: Refused
) -> None:
    staging = sts(assume(sts(), sample.roles["staging"], Policy=text)["Credentials"])
    staging.get_caller_identity()
    arn = sample.roles["release"]
    if granted:
        assume(staging, arn)
        return
    caller = "arn:aws:sts::593047218860:assumed-role/staging/test"
    reason = " because no session policy allows the sts:AssumeRole action"
    with refused("AccessDenied", no(arn, caller, reason=reason), 403):
        assume(staging, arn)


def test_a_session_policy_that_does_not_pack(sts: Sts, sample: Sample) -> None:
    client = sts()
    text = document(["s3:" + secrets.token_hex(40) for _ in range(20)])
    arns = [
        {"arn": f"arn:aws:iam::280650147932:policy/{secrets.token_hex(250)}"} for _ in range(10)
    ]
    with pytest.raises(client.exceptions.PackedPolicyTooLargeException) as caught:
        assume(client, sample.roles["dev"], Policy=text, PolicyArns=arns, Tags=tags(a="b"))
    assert re.fullmatch(
        r"Packed policy consumes \d{3}% of allotted space, please use smaller policy\.",
        caught.value.response["Error"]["Message"],
    )


def test_policy_arns(sts: Sts, sample: Sample, refused: Refused) -> None:
    client, arn = sts(), sample.roles["dev"]
    managed = {"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    assert assume(client, arn, PolicyArns=[managed])["PackedPolicySize"] > 0
    with pytest.raises(client.exceptions.ClientError, match=f"at 'policyArns' .* {MOST} 10"):
        assume(client, arn, PolicyArns=[managed] * 11)
    wrong = "arn:aws:iam::aws:role/ReadOnlyAccess"
    with refused("ValidationError", f"ARN {wrong} is not valid."):
        assume(client, arn, PolicyArns=[{"arn": wrong}])


# --- regions and partitions


def test_a_region_in_which_sts_is_off(sts: Sts, refused: Refused) -> None:
    key = AccessKey.generate()
    account = Account(
        "012345678901", (User("kim", (key,)),), disabled_regions=frozenset({"ap-east-1"})
    )
    text = (
        "STS is not activated in this region for account:012345678901. Your account "
        "administrator can activate STS in this region using the IAM Console."
    )
    with Sandbox([account]) as other:
        sts(key, region="us-east-1", at=other).get_caller_identity()
        with refused("RegionDisabledException", text, 403):
            sts(key, region="ap-east-1", at=other).get_caller_identity()


def test_keys_are_known_in_their_own_partition_only(
    sts: Sts, sample: Sample, refused: Refused
) -> None:
    invalid = "The security token included in the request is invalid"
    gov = sts(sample.gov_key, region="us-gov-west-1")
    role = sts(assume(gov, sample.roles["gov"])["Credentials"], region="us-gov-east-1")
    assert role.get_caller_identity()["Arn"].startswith("arn:aws-us-gov:sts::")
    for key, region in (
        (sample.key, "us-gov-west-1"),
        (sample.key, "cn-north-1"),
        (sample.gov_key, "us-east-1"),
        (sample.gov_key, "eu-west-1"),
    ):
        with refused("InvalidClientTokenId", invalid, 403):
            assume(sts(key, region=region), sample.roles["gov"])


def test_trust_does_not_reach_into_another_partition(sts: Sts, refused: Refused) -> None:
    account, _, key = world(Statement(("*",)))
    gov = Account("222222222222", roles=account.roles, partition="aws-us-gov")
    arn = gov.role_arn(gov.roles[0])
    with Sandbox([account, gov]) as other, refused("AccessDenied", no(arn, KIM), 403):
        assume(sts(key, at=other), arn)


def test_the_model_refuses_an_account_id_that_is_none() -> None:
    for wrong in ("", "12345678901", "1234567890123", "12345678901x", "\u0661" * 12):
        with pytest.raises(ValueError, match="twelve digits"):
            Account(wrong)
