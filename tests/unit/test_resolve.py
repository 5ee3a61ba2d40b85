"""From requests to chains: where each value comes from, and what is refused with which words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from shellkit.credentials.chain import Keys
from shellkit.credentials.resolve import Resolver, Target
from shellkit.credentials.session import Credentials
from shellkit.environment import BASE_PREFIX, BaseEnvironment
from shellkit.errors import ConfigError, ShellkitError, UsageError
from shellkit.profiles import reader
from shellkit.request import Request
from shellkit.settings import Settings
from shellkit.switch import time_left

if TYPE_CHECKING:
    from collections.abc import Mapping

DEV = "arn:aws:iam::111122223333:role/Dev"
GOV = "arn:aws-us-gov:iam::111122223333:role/Gov"
CONFIG = f"""\
[default]
region = sa-east-1

[profile keys]
region = eu-north-1

[profile dev]
role_arn = {DEV}
source_profile = keys

[profile far]
role_arn = {DEV}
source_profile = dev
duration_seconds = 7200
external_id = acme:1
role_session_name = me

[profile west]
role_arn = {DEV}
source_profile = keys
region = us-west-2

[profile gov]
role_arn = {GOV}
source_profile = keys
"""
CREDENTIALS = """\
[keys]
aws_access_key_id = AKIAKEYS
aws_secret_access_key = hunter2
"""
ACTIVE = Keys(Credentials("ASIAACTIVE", "s", "t"), "the active role, x")


def resolve(
    request: Request,
    config: str = CONFIG,
    credentials: str = CREDENTIALS,
    environ: Mapping[str, str] | None = None,
    active: Keys | None = None,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    user: str = "",
) -> Target:
    profiles = reader.parse(config, credentials, config_file="/c", credentials_file="/k")
    base = BaseEnvironment(environ or {})
    return Resolver(profiles, base, settings, active=active, user=user).resolve(request)


def named(target: str, **asked: Any) -> Request:
    return Request(target=target, **asked)


def start(target: Target) -> str:
    assert target.chain is not None
    return target.chain.keys.credentials.access_key_id


def roles(target: Target) -> list[Mapping[str, object]]:
    assert target.chain is not None
    return [hop.parameters() for hop in target.chain.hops]


# --- Options ----------------------------------------------------------------------


def test_options_are_for_the_last_role_only() -> None:
    request = named(
        "far",
        duration=1800,
        session_name="you",
        external_id="other",
        source_identity="alex",
        tags=(("team", "blue"), ("cost", "")),
        transitive_tags=("team",),
        policy="{}",
        policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",),
    )
    assert roles(resolve(request)) == [
        {"RoleArn": DEV},
        {
            "RoleArn": DEV,
            "DurationSeconds": 1800,
            "RoleSessionName": "you",
            "ExternalId": "other",
            "SourceIdentity": "alex",
            "Tags": [{"Key": "team", "Value": "blue"}, {"Key": "cost", "Value": ""}],
            "TransitiveTagKeys": ["team"],
            "Policy": "{}",
            "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        },
    ]


@pytest.mark.parametrize(
    ("user", "setting", "name"),
    [
        ("", None, "shellkit"),
        ("alex", None, "shellkit-alex"),
        ("Søren Å", None, "shellkit-Sren"),
        ("x" * 99, None, "shellkit-" + "x" * 55),
        ("alex", "ci", "ci"),
    ],
)
def test_who_it_was_is_in_the_session_name(user: str, setting: str | None, name: str) -> None:
    target = resolve(named("dev"), user=user, settings=Settings(session_name=setting))
    assert target.chain is not None
    assert target.chain.default_session_name == name


@pytest.mark.parametrize(
    ("profile", "asked", "active", "durations"),
    [
        ("far", None, None, [None, 3600]),
        ("far", 43200, None, [None, 3600]),
        ("far", 1800, None, [None, 1800]),
        ("dev", 43200, None, [43200]),
        ("dev", 43200, ACTIVE, [3600]),
        ("dev", 43200, Keys(Credentials("AKIA", "s"), "static keys"), [43200]),
    ],
)
def test_a_chained_role_is_brought_down_to_an_hour(
    profile: str, asked: int | None, active: Keys | None, durations: list[int | None]
) -> None:
    target = resolve(named(profile, duration=asked, chain=active is not None), active=active)
    assert [role.get("DurationSeconds") for role in roles(target)] == durations
    wanted = asked or (7200 if profile == "far" else None)
    if durations[-1] == 3600:
        (note,) = target.notes
        assert f"asking for 1h instead of {time_left(wanted)}: " in note
        assert "\n" not in note
    else:
        assert target.notes == ()


def test_a_role_from_a_session_token_is_chained() -> None:
    credentials = CREDENTIALS + "aws_session_token = t\n"
    target = resolve(named("dev", duration=7200), credentials=credentials)
    assert roles(target) == [{"RoleArn": DEV, "DurationSeconds": 3600}]


# --- Where it starts ----------------------------------------------------------------


def test_source_names_another_start() -> None:
    target = resolve(named("dev", source="far"))
    assert (start(target), len(roles(target))) == ("AKIAKEYS", 3)
    assert target.label == "dev"


def test_chain_starts_from_the_active_role() -> None:
    target = resolve(named(DEV, chain=True), active=ACTIVE)
    assert (start(target), roles(target)) == ("ASIAACTIVE", [{"RoleArn": DEV}])


def test_an_ad_hoc_role_starts_from_the_base_even_while_a_role_is_active() -> None:
    environ = {"AWS_ACCESS_KEY_ID": "ASIAROLE", "AWS_SECRET_ACCESS_KEY": "x"}
    kept = {
        BASE_PREFIX + "AWS_ACCESS_KEY_ID": "eAKIABASE",
        BASE_PREFIX + "AWS_SECRET_ACCESS_KEY": "esecret",
        BASE_PREFIX + "AWS_SECURITY_TOKEN": "eold",
        BASE_PREFIX + "AWS_SESSION_TOKEN": "enew",
    }
    target = resolve(named(DEV), environ={**environ, **kept}, active=ACTIVE)
    assert target.chain is not None
    assert target.chain.keys.credentials == Credentials("AKIABASE", "secret", "old")


def test_account_and_role_make_an_arn_in_the_partition_of_the_base() -> None:
    for region, partition in [("us-east-1", "aws"), ("cn-north-1", "aws-cn")]:
        environ = {"AWS_PROFILE": "keys", "AWS_REGION": region}
        target = resolve(named("111122223333:team/Dev"), environ=environ)
        assert roles(target) == [{"RoleArn": f"arn:{partition}:iam::111122223333:role/team/Dev"}]
        assert target.label == "111122223333:team/Dev"


def test_a_profile_may_be_called_like_an_ad_hoc_role() -> None:
    config = CONFIG.replace("[profile dev]", "[profile 111122223333:Dev]")
    assert resolve(named("111122223333:Dev"), config).chain is not None
    assert start(resolve(named("111122223333:Dev"), config)) == "AKIAKEYS"


# --- Regions ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "asked", "environ", "region"),
    [
        ("west", "eu-west-1", {"AWS_REGION": "us-east-2"}, "eu-west-1"),
        ("west", None, {"AWS_REGION": "us-east-2"}, "us-west-2"),
        ("dev", None, {"AWS_REGION": "us-east-2", "AWS_DEFAULT_REGION": "x"}, "us-east-2"),
        ("dev", None, {"AWS_DEFAULT_REGION": "us-east-2"}, "us-east-2"),
        ("dev", None, {"AWS_REGION": "", "AWS_DEFAULT_REGION": "us-east-2"}, "us-east-2"),
        ("far", None, {}, "eu-north-1"),
        # A region that only falls to us counts in the role's partition only.
        ("gov", None, {"AWS_REGION": "eu-west-1"}, "us-gov-west-1"),
        ("gov", None, {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "x"}, "us-gov-west-1"),
        ("gov", None, {"AWS_REGION": "us-gov-east-1"}, "us-gov-east-1"),
        ("gov", "eu-west-1", {}, "eu-west-1"),
        ("dev", None, {"AWS_REGION": "cn-north-1"}, "eu-north-1"),
        # An ad hoc role has the region of the profile that it starts from.
        (DEV, None, {"AWS_PROFILE": "keys"}, "eu-north-1"),
        (GOV, None, {"AWS_PROFILE": "keys"}, "us-gov-west-1"),
        (DEV, None, {"AWS_PROFILE": "keys", "AWS_REGION": "eu-west-3"}, "eu-west-3"),
        ("keys", None, {"AWS_REGION": "us-east-2"}, "eu-north-1"),
    ],
)
def test_the_region(target: str, asked: str | None, environ: dict[str, str], region: str) -> None:
    assert resolve(named(target, region=asked), environ=environ).region == region


@pytest.mark.parametrize(
    ("request_", "reads"),
    [(named("west"), False), (named("dev", region="eu-west-1"), False), (named("dev"), True)],
)
def test_the_region_of_the_environment_is_read_where_it_counts(
    request_: Request, reads: bool
) -> None:
    """What was read goes into the memo, which another region would make useless."""
    base = BaseEnvironment({})
    Resolver(reader.parse(CONFIG, CREDENTIALS), base, Settings()).resolve(request_)
    assert ("AWS_REGION" in base.reads) == reads


@pytest.mark.parametrize(
    ("partition", "region"),
    [
        ("aws", "us-east-1"),
        ("aws-cn", "cn-northwest-1"),
        ("aws-us-gov", "us-gov-west-1"),
        ("aws-eusc", "eusc-de-east-1"),
        ("aws-iso", "us-iso-east-1"),
        ("aws-iso-b", "us-isob-east-1"),
        ("aws-iso-e", "eu-isoe-west-1"),
        ("aws-iso-f", "us-isof-south-1"),
    ],
)
def test_with_no_region_anywhere_it_is_the_partitions(partition: str, region: str) -> None:
    arn = f"arn:{partition}:iam::111122223333:role/x"
    config = f"[profile x]\nrole_arn = {arn}\nsource_profile = keys\n"
    assert resolve(named("x"), config).region == region


# --- Mode profile ------------------------------------------------------------------


def test_mode_profile_assumes_nothing() -> None:
    for asked, setting in [("profile", "env"), (None, "profile")]:
        target = resolve(named("far", mode=asked), settings=Settings(mode=setting))
        assert (target.chain, target.mode, target.region) == (None, "profile", "eu-north-1")
    assert resolve(named("far", mode="env"), settings=Settings(mode="profile")).chain is not None


def test_mode_profile_of_the_settings_is_not_for_ad_hoc_roles() -> None:
    target = resolve(named(DEV), environ={"AWS_PROFILE": "keys"}, settings=Settings(mode="profile"))
    assert target.chain is not None


# --- Refusals ----------------------------------------------------------------------

ONE_OPTION = [
    ("duration", 900, "--duration"),
    ("session_name", "me", "--session-name"),
    ("external_id", "id", "--external-id"),
    ("source_identity", "me", "--source-identity"),
    ("tags", (("a", "b"),), "--tag"),
    ("transitive_tags", ("a",), "--transitive-tag"),
    ("policy", "{}", "--policy"),
    ("policy_arns", ("arn",), "--policy-arn"),
    ("source", "dev", "--source"),
    ("chain", True, "--chain"),
]


@pytest.mark.parametrize(("field", "value", "word"), ONE_OPTION)
def test_what_has_no_meaning_is_refused(field: str, value: object, word: str) -> None:
    for request, why in [
        (named("keys"), "keys has no role of its own"),
        (named("dev", mode="profile"), "mode profile only names the profile"),
    ]:
        asked = replace(request, **{field: value})  # type: ignore[arg-type]
        with pytest.raises(UsageError, match=f"{why}.*: {word} has no meaning there"):
            resolve(asked, active=ACTIVE)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (named("def"), "no profile is called def / near it: default, dev"),
        (named("zzz"), "no profile is called zzz / profiles are read from /c"),
        (named(""), "no profile is called  / profiles are read from /c"),
        (named(DEV, source="der"), "no profile is called der / near it: dev"),
        (named(DEV, source="keys", chain=True), "--chain and --source each name a start"),
        (named(DEV, chain=True), "--chain needs an active role"),
        (named(DEV, mode="profile"), "mode profile needs a profile"),
        (named("arn:aws:iam::1:role/x"), "arn:aws:iam::1:role/x: the account in a role's ARN"),
        (named("arn:aws:s3:::bucket"), "arn:aws:s3:::bucket: the ARN is not that of a role"),
        (named("arn:aws-x:iam::111122223333:role/x"), "no partition is called aws-x / the part"),
        (named("1111222233334:Dev"), "no profile is called 1111222233334:Dev"),
        (named("111122223333:"), "no profile is called 111122223333:"),
    ],
)
def test_words_that_do_not_fit(request_: Request, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve(request_)
    said = f"{caught.value.message} / {caught.value.fix}"
    assert said.startswith(message), said


X = "[profile x]\n"
BAD: list[tuple[str, str, str]] = [
    # The config, the place that is named, a part of the message.
    (f"{X}role_arn = {DEV}\n", "/c:2: role_arn: ", "whose credentials"),
    (f"{X}role_arn = {DEV}\nsource_profile =\n", "/c:3: source_profile: ", "whose credentials"),
    (f"{X}role_arn = {DEV}\nsource_profile = kyes\n", "/c:3: source_profile: ", "near it: keys"),
    (f"{X}role_arn = {DEV}\nsource_profile = x\n", "/c:3: source_profile: ", "x -> x"),
    (
        f"{X}role_arn = {DEV}\nsource_profile = y\n"
        f"[profile y]\nrole_arn = {DEV}\nsource_profile = x\n",
        "/c:6: source_profile: ",
        "in a circle: x -> y -> x",
    ),
    (
        f"{X}role_arn = {DEV}\nsource_profile = keys\ncredential_source = Environment\n",
        "/c:4: credential_source: ",
        "both source_profile and credential_source",
    ),
    (f"{X}role_arn =\nsource_profile = keys\n", "/c:2: role_arn: ", "ARN is missing"),
    (f"{X}role_arn =\n  a = b\nsource_profile = keys\n", "/c:2: role_arn: ", "indented block"),
    (f"{X}role_arn = x\nsource_profile = keys\n", "/c:2: role_arn: ", "has the form arn:aws:iam"),
    (
        f"{X}role_arn = {DEV.replace('aws', 'awsx')}\nsource_profile = keys\n",
        "/c:2: role_arn: ",
        "no partition is called awsx",
    ),
    (
        f"{X}role_arn = {DEV}\nsource_profile = keys\nduration_seconds = 1h\n",
        "/c:4: duration_seconds: ",
        "Write 3600.",
    ),
    (
        f"{X}role_arn = {DEV}\nsource_profile = keys\nduration_seconds = 1\n",
        "/c:4: duration_seconds: ",
        "from 900 to 43200",
    ),
    (
        f"{X}role_arn = {DEV}\nsource_profile = keys\nrole_session_name = a b\n",
        "/c:4: role_session_name: ",
        "session name",
    ),
    (
        f"{X}role_arn = {DEV}\nsource_profile = keys\nexternal_id = !\n",
        "/c:4: external_id: ",
        "external id",
    ),
    (
        f"{X}role_arn = {DEV}\nsource_profile = keys\nregion = eu west\n",
        "/c:4: region: ",
        "a region",
    ),
    (f"{X}region = eu-west-1\n", "/c:1: ", "neither keys nor a role"),
    (
        f"{X}role_arn = {DEV}\nsource_profile = y\n[profile y]\n",
        "/c:4: ",
        "y, the source of x, has neither keys nor a role",
    ),
    (f"{X}aws_access_key_id = A\n", "/c:2: aws_secret_access_key: ", "add aws_secret"),
    (f"{X}aws_secret_access_key = A\n", "/c:2: aws_access_key_id: ", "add aws_access_key_id"),
    (f"{X}role_arn = {DEV}\nsource_profile = keys\nservices = s\n", "/c:4: services: ", "services"),
    (
        f"{X}role_arn = {DEV}\nsource_profile = keys\nmfa_serial = arn:aws:iam::1:u2f/user/x/y\n",
        "/c:4: mfa_serial: ",
        "passkey",
    ),
    (
        f"{X}role_arn = {DEV}\nsource_profile = keys\nmfa_serial = short\n",
        "/c:4: mfa_serial: ",
        "MFA serial",
    ),
    (
        f"{X}role_arn = {DEV}\nsource_profile = keys\nmfa_serial = 123456789\n"
        "shellkit_mfa_session = off\n",
        "/c:5: shellkit_mfa_session: ",
        "true or false",
    ),
    # What this version does not do yet says so.
    (
        f"{X}role_arn = {DEV}\ncredential_source = Ec2InstanceMetadata\n",
        "/c:3: credential_source: ",
        "credential_source = Ec2InstanceMetadata",
    ),
    (f"{X}sso_account_id = 1\nsso_role_name = r\n", "/c:2: sso_account_id: ", "Identity Center"),
    (f"{X}credential_process = p\n", "/c:2: credential_process: ", "credential_process"),
    (f"{X}login_session = p\n", "/c:2: login_session: ", "aws login"),
    (
        f"{X}role_arn = {DEV}\nweb_identity_token_file = f\n",
        "/c:3: web_identity_token_file: ",
        "web identity",
    ),
    (
        f"{X}role_arn = {DEV}\nsource_profile = y\n[profile y]\nsso_role_name = r\n",
        "/c:5: sso_role_name: ",
        "the profile y gets its credentials through IAM Identity Center",
    ),
]


@pytest.mark.parametrize(("config", "place", "part"), BAD)
def test_a_fault_in_the_config_names_its_place_and_the_fix(
    config: str, place: str, part: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve(named("x"), config)
    assert caught.value.exit_code == 3
    assert caught.value.message.startswith(place)
    assert part in f"{caught.value.message} {caught.value.fix}"
    assert caught.value.fix


def test_a_header_that_aws_tools_pass_over_is_pointed_at() -> None:
    with pytest.raises(ConfigError, match=r"^/c:1: .*my prod is not read"):
        resolve(named("my prod"), f"[profile my prod]\nrole_arn = {DEV}\n")


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "no base credentials"),
        ({"AWS_PROFILE": "nope"}, "AWS_PROFILE names the profile nope, which does not exist"),
        ({"AWS_DEFAULT_PROFILE": "nope"}, "the profile nope, which does not exist"),
        ({"AWS_ACCESS_KEY_ID": "A"}, "AWS_SECRET_ACCESS_KEY is not"),
    ],
)
def test_base_credentials_that_are_not_there(environ: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        resolve(named(DEV), "", environ=environ)


def test_no_error_quotes_a_secret() -> None:
    secret = "hunter2\x01"
    environ = {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": secret}
    credentials = f"[x]\naws_access_key_id = A\naws_secret_access_key = {secret}\n"
    for request in (named("x"), named(DEV, source="x"), named(DEV)):
        with pytest.raises(ShellkitError) as caught:
            resolve(request, "", credentials, environ)
        assert "hunter2" not in f"{caught.value.message} {caught.value.fix}"


# --- Endpoints ---------------------------------------------------------------------

SERVICES = """\
[profile x]
role_arn = {DEV}
source_profile = keys
endpoint_url = http://global
{more}
[services s]
sts =
  endpoint_url = http://sts
[services other]
s3 =
  endpoint_url = http://s3
"""


@pytest.mark.parametrize(
    ("more", "environ", "endpoint"),
    [
        ("", {}, "http://global"),
        ("services = s", {}, "http://sts"),
        ("services = other", {}, "http://global"),
        ("services = s", {"AWS_ENDPOINT_URL": "http://env"}, "http://env"),
        ("", {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_STS": "http://b"}, "http://b"),
        ("ignore_configured_endpoint_urls = true", {"AWS_ENDPOINT_URL": "http://a"}, None),
        ("services = s", {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"}, None),
        (
            "ignore_configured_endpoint_urls = true",
            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"},
            "http://global",
        ),
        (
            "sts_regional_endpoints = legacy",
            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            "legacy",
        ),
    ],
)
def test_the_endpoint_is_part_of_the_key(
    more: str, environ: dict[str, str], endpoint: str | None
) -> None:
    config = SERVICES.format(DEV=DEV, more=more)
    chain = resolve(named("x"), config, environ=environ).chain
    assert chain is not None
    assert chain.endpoint == endpoint
    assert (chain.session_key(1) == replace(chain, endpoint=None).session_key(1)) == (not endpoint)


# --- Keys of the cache --------------------------------------------------------------


def test_everything_that_goes_into_the_credentials_is_in_the_key() -> None:
    base = resolve(named("far")).chain
    assert base is not None
    different = [base.session_key(1), base.session_key(2)]
    for field, value, _ in ONE_OPTION[:-2]:
        other = "another" if field == "session_name" else value
        chain = resolve(named("far", **{field: other})).chain
        assert chain is not None
        assert chain.session_key(1) == base.session_key(1)
        different.append(chain.session_key(2))
    for changed in (
        resolve(named("far"), credentials=CREDENTIALS.replace("AKIAKEYS", "AKIAOTHER")).chain,
        resolve(named("far"), CONFIG.replace("= me\n", "= you\n")).chain,
        resolve(named("far"), CONFIG.replace("acme:1", "acme:2")).chain,
        resolve(named("far"), user="someone").chain,
        resolve(named("far"), environ={"AWS_ENDPOINT_URL": "http://x"}).chain,
    ):
        assert changed is not None
        different.append(changed.session_key(2))
    assert len(set(different)) == len(different)


def test_what_does_not_go_into_the_credentials_is_not_in_the_key() -> None:
    keys = set()
    for request, environ in [
        (named("dev"), {}),
        (named("west"), {}),
        (named("dev", region="us-west-2", refresh=True, verbose=True), {"AWS_REGION": "x"}),
        (named(DEV, source="keys"), {"EDITOR": "vi"}),
    ]:
        chain = resolve(request, environ=environ).chain
        assert chain is not None
        keys.add(chain.session_key(1))
    assert len(keys) == 1
