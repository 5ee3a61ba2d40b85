"""Single values: what is accepted, what is refused, and where the error points."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import botocore
import botocore.exceptions
import botocore.utils
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shellkit.errors import ConfigError
from shellkit.profiles import reader, values
from shellkit.profiles.model import Profile

ARN = "arn:aws:iam::123456789012:role/Admin"

Validate = Callable[[str], object]

STS_SHAPES = {
    "roleSessionNameType": values.validate_session_name,
    "sourceIdentityType": values.validate_source_identity,
    "externalIdType": values.validate_external_id,
    "serialNumberType": values.validate_mfa_serial,
}


def profile(key: str, value: str) -> Profile:
    return reader.parse(f"[profile a]\n\n{key} = {value}\n", config_file="/c").get("a")


def accepts(validate: Validate, text: str) -> bool:
    try:
        validate(text)
    except ValueError:
        return False
    return True


def sts_shapes() -> dict[str, dict[str, object]]:
    folder = Path(botocore.__file__).parent / "data" / "sts" / "2011-06-15"
    model: dict[str, dict[str, dict[str, object]]]
    model = json.loads(gzip.decompress((folder / "service-2.json.gz").read_bytes()))
    return model["shapes"]


@pytest.mark.parametrize(("shape", "validate"), STS_SHAPES.items())
def test_patterns_are_those_of_the_service_model(shape: str, validate: Validate) -> None:
    rule = sts_shapes()[shape]
    pattern = re.compile(str(rule["pattern"]), re.ASCII)
    least, most = int(str(rule["min"])), int(str(rule["max"]))
    for char in [chr(code) for code in range(0x180)]:
        text = char * least
        assert accepts(validate, text) == bool(pattern.fullmatch(text)), repr(char)
    assert [accepts(validate, "a" * n) for n in (least - 1, least, most, most + 1)] == [
        False,
        True,
        True,
        False,
    ]


@given(st.text("abzAZ019-_. é", max_size=66))
@example("1" * 3)
@example("-a")
@example("a-")
@example("a" * 64)
def test_a_region_is_what_botocore_takes(text: str) -> None:
    try:
        botocore.utils.validate_region_name(text)
    except botocore.exceptions.InvalidRegionError:
        assert not accepts(values.validate_region, text)
    else:
        assert accepts(values.validate_region, text) or not text


@pytest.mark.parametrize(
    "text",
    [
        ARN,
        "arn:aws-cn:iam::123456789012:role/Admin",
        "arn:aws-us-gov:iam::123456789012:role/path/to/Admin",
        "arn:aws-eusc:iam::123456789012:role/a@b.c_d=e,f+g-h",
        "arn:aws:iam::123456789012:role/" + "a" * 64,
    ],
)
def test_role_arns(text: str) -> None:
    values.validate_role_arn(text)
    assert values.role_arn(profile("role_arn", text)) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is missing"),
        ("Admin", "has the form"),
        ("arn:aws:iam::123456789012", "has the form"),
        ("arn:gcp:iam::123456789012:role/Admin", "partition"),
        ("arn:aws:iam:us-east-1:123456789012:role/Admin", "not that of a role"),
        ("arn:aws:iam::12345678901:role/Admin", "12 digits"),
        ("arn:aws:iam::١٢٣٤٥٦٧٨٩٠١٢:role/Admin", "12 digits"),
        ("arn:aws:iam::123456789012:user/Ann", "not that of a role"),
        ("arn:aws:sts::123456789012:assumed-role/Admin/ann", "of a session"),
        ("arn:aws:iam::123456789012:role/", "name at the end"),
        ("arn:aws:iam::123456789012:role/a b", "name at the end"),
        ("arn:aws:iam::123456789012:role/a b/c", "path"),
        ("arn:aws:iam::123456789012:role/" + "a" * 65, "name at the end"),
        (ARN + " # prod", "name at the end"),
        (ARN + "\nregion = x", "name at the end"),
    ],
)
def test_what_is_no_role_arn(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        values.validate_role_arn(text)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("1h", "Write 3600."),
        ("90m", "Write 5400."),
        ("3600 # an hour", "Give it a line of its own."),
        ("", "Write the seconds, from 900 to 43200."),
        ("899", "Write the seconds, from 900 to 43200."),
        ("43201", "Write the seconds, from 900 to 43200."),
        ("9" * 5000, "Write the seconds, from 900 to 43200."),
        ("-3600", "Write the seconds, from 900 to 43200."),
        ("1e4", "Write the seconds, from 900 to 43200."),
        ("٣٦٠٠", "Write the seconds, from 900 to 43200."),
    ],
)
def test_a_duration_that_is_none_is_an_error(text: str, fix: str) -> None:
    with pytest.raises(ConfigError, match=r"^/c:3: duration_seconds: ") as caught:
        values.duration_seconds(profile("duration_seconds", text))
    assert caught.value.fix == fix
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("seconds", [900, 3600, 43200])
def test_durations(seconds: int) -> None:
    assert values.duration_seconds(profile("duration_seconds", str(seconds))) == seconds


@pytest.mark.parametrize(
    ("read", "key", "good", "bad"),
    [
        (values.region, "region", "eu-west-1", "us-east-1 # prod"),
        (values.role_session_name, "role_session_name", "ann@example.com", "Ann Lee"),
        (values.external_id, "external_id", "a:b/c", "é!"),
        (values.mfa_serial, "mfa_serial", "arn:aws:iam::123456789012:mfa/ann", "short"),
    ],
)
def test_optional_values(
    read: Callable[[Profile], str | None], key: str, good: str, bad: str
) -> None:
    assert read(profile("output", "json")) is None
    assert read(profile(key, good)) == good
    with pytest.raises(ConfigError, match=f"^/c:3: {key}: ") as caught:
        read(profile(key, bad))
    assert caught.value.fix
    assert bad not in f"{caught.value} {caught.value.fix}"


def test_an_empty_region_is_none() -> None:
    assert values.region(profile("region", "")) is None


def test_a_region_under_another_key() -> None:
    session = reader.parse("[sso-session s]\nsso_region = e w\n").sso_session("s")
    assert session is not None
    with pytest.raises(ConfigError, match="config:2: sso_region: a region "):
        values.region(session, "sso_region")


@pytest.mark.parametrize("text", ["", "x"])
def test_a_role_is_needed_where_it_is_asked_for(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^/c:3: role_arn: "):
        values.role_arn(profile("role_arn", text))
    with pytest.raises(ConfigError, match=r"^/c:1: role_arn: a role's ARN is missing"):
        values.role_arn(profile("output", "json"))


def test_a_block_is_no_value() -> None:
    with pytest.raises(ConfigError, match=r"^/c:3: role_arn: has an indented block"):
        values.role_arn(profile("role_arn", "\n  a = b"))


def test_a_value_of_several_lines_is_not_quoted() -> None:
    with pytest.raises(ConfigError) as caught:
        values.duration_seconds(profile("duration_seconds", "1h\n  aws_secret_access_key = S3CR3T"))
    assert "S3CR3T" not in f"{caught.value} {caught.value.fix}"


def test_single_characters_of_a_session_name() -> None:
    assert values.fits_session_name("a")
    assert not values.fits_session_name(" ")
    assert not values.fits_session_name("é")
