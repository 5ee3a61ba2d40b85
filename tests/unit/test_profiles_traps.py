"""What people write into the AWS files, and what AWS tools make of it (facts, A4)."""

from __future__ import annotations

import pytest

from shellkit.profiles import reader
from shellkit.profiles.findings import Finding, findings
from shellkit.profiles.model import Profiles

NAMES = {
    'profile "my profile"': "my profile",
    "profile 'my profile'": "my profile",
    "profile my\\ profile": "my profile",
    "profile a\\b": "ab",
    'profile a"b c"d': "ab cd",
    "profiles foo": "foo",
    "profilefoo bar": "bar",
    "profile-x y": "y",
    "profile  foo": "foo",
    "profile\tfoo": "foo",
    "profile foo ": "foo",
    "profile default": "default",
    "default": "default",
    "profile a.b/c@d+e=f:g#h": "a.b/c@d+e=f:g#h",
    "profile $(id)": "$(id)",
    "profile `id`": "`id`",
    "profile é本番": "é本番",
}

DROPPED = {
    "profile my profile": ("my profile", "its name has spaces and no quotes"),
    "profile o'brien": ("o'brien", "a quote in its header stays open"),
    " profile foo": ("foo", "there is a space before 'profile'"),
    "Profile X": ("X", "'profile' must be in lower case"),
    'PROFILE "a b"': ("a b", "'profile' must be in lower case"),
    "prod": ("prod", "in the config file, the header of a profile starts with 'profile'"),
}

WRITTEN = {
    "foo": "[profile foo]",
    "my profile": '[profile "my profile"]',
    "o'brien": '[profile "o\'brien"]',
    'a"b\\c': '[profile "a\\"b\\\\c"]',
    "default": "[default]",
    "": '[profile ""]',
}


def places(profiles: Profiles) -> list[tuple[int, str]]:
    return [(finding.line, finding.message) for finding in findings(profiles)]


@pytest.mark.parametrize(("header", "name"), NAMES.items())
def test_headers_and_the_profiles_that_they_are(header: str, name: str) -> None:
    profiles = reader.parse(f"[{header}]\nregion = eu-west-1\n")
    assert profiles.names == (name,)
    assert profiles.get(name).get("region") == "eu-west-1"
    assert profiles.dropped == ()


def test_an_indented_header_is_a_header() -> None:
    assert reader.parse(" [profile foo]\nregion = x\n").names == ("foo",)


@pytest.mark.parametrize(("header", "expected"), DROPPED.items())
def test_headers_that_are_dropped_without_a_word(header: str, expected: tuple[str, str]) -> None:
    profiles = reader.parse(f"# note\n[{header}]\nregion = eu-west-1\n", config_file="/c")
    name, why = expected
    assert profiles.names == ()
    (dropped,) = profiles.dropped
    assert (dropped.name_guess, dropped.file, dropped.line, dropped.why) == (name, "/c", 2, why)
    assert profiles.dropped_as(name) == dropped
    assert profiles.dropped_as("other") is None
    message = f"this is no profile: {why}"
    assert findings(profiles) == (Finding("/c", 2, message, dropped.fix),)


@pytest.mark.parametrize("name", [name for name, _ in DROPPED.values()])
def test_the_fix_of_a_dropped_header_gives_the_profile(name: str) -> None:
    (header,) = (header for header, (meant, _) in DROPPED.items() if meant == name)
    (dropped,) = reader.parse(f"[{header}]\nregion = x\n").dropped
    fixed = dropped.fix.removeprefix("Write it as ").removesuffix(".")
    assert reader.parse(f"{fixed}\nregion = x\n").names == (name,)


@pytest.mark.parametrize(("name", "header"), WRITTEN.items())
def test_names_as_headers_read_back(name: str, header: str) -> None:
    from shellkit.profiles.headers import written

    assert written(name) == header
    assert reader.parse(f"{header}\n").names == (name,)


@pytest.mark.parametrize("header", ["plugins", "preview", "toolkit", "sso-session", "services"])
def test_sections_of_other_kinds_are_no_findings(header: str) -> None:
    assert findings(reader.parse(f"[{header}]\ncli_follow = x\n")) == ()


def test_the_credentials_file_takes_headers_word_by_word() -> None:
    profiles = reader.parse("", '["my profile"]\n[profile foo]\n[a b]\n', credentials_file="/k")
    assert profiles.names == ('"my profile"', "profile foo", "a b")
    (dropped,) = profiles.dropped
    assert (dropped.name_guess, dropped.line, dropped.fix) == ("foo", 2, "Write it as [foo].")


@pytest.mark.parametrize(
    ("first", "last"), [("default", "profile default"), ("profile a", 'profile "a"')]
)
def test_of_two_headers_for_one_profile_the_last_wins_entirely(first: str, last: str) -> None:
    for one, two in ((first, last), (last, first)):
        profiles = reader.parse(f"[{one}]\nregion = x\n[{two}]\noutput = json\n")
        (name,) = profiles.names
        assert dict(profiles.get(name).values) == {"output": "json"}
        assert profiles.get(name).where("output")[1] == 4
        assert places(profiles) == [
            (1, f"nothing of this section counts: [{two}] is the same profile")
        ]


def test_every_section_inherits_the_keys_of_default_in_capitals() -> None:
    profiles = reader.parse("[DEFAULT]\nregion = x\n[profile a]\noutput = json\n")
    assert profiles.names == ("a",)
    assert dict(profiles.get("a").values) == {"output": "json", "region": "x"}
    assert profiles.get("a").where("region")[1] == 2
    assert [line for line, _ in places(profiles)] == [1]


def test_a_comment_after_a_value_is_part_of_it() -> None:
    profiles = reader.parse(
        "[profile a]\nregion = us-east-1 # prod\nrole_arn = x ; y\n"
        "credential_process = run # this is its own\n"
    )
    assert profiles.get("a").get("region") == "us-east-1 # prod"
    assert places(profiles) == [
        (2, "the comment is part of the value of region"),
        (3, "the comment is part of the value of role_arn"),
    ]


def test_an_indented_key_continues_the_value_above_it() -> None:
    profiles = reader.parse("[profile a]\nrole_arn = x\n  region = y\n")
    assert profiles.get("a").get("role_arn") == "x\nregion = y"
    assert places(profiles) == [(3, "this indented line is part of the value on line 2")]


def test_headers_that_other_tools_do_not_read_are_findings() -> None:
    profiles = reader.parse("[profiles foo]\n[services-old z]\n[profile a\\b]\n[profile x\\ y]\n")
    assert places(profiles) == [
        (1, "the AWS CLI reads this header as [profile foo], other tools do not"),
        (2, "the AWS CLI reads this header as [services z], other tools do not"),
        (3, "the backslash is dropped: this is the profile ab"),
    ]
    assert list(profiles.services) == ["z"]


def test_keys_are_lower_case_and_values_are_taken_as_written() -> None:
    profile = reader.parse("[profile a]\nRole_ARN = %(x)s\noutput = a\x00b\n").get("a")
    assert dict(profile.values) == {"role_arn": "%(x)s", "output": "a\x00b"}


def test_findings_are_in_the_order_of_files_and_lines() -> None:
    profiles = reader.parse(
        "[profile a]\nregion = x # y\n[profile b c]\n", "[profile z]\nregion = x # y\n"
    )
    found = [(finding.file, finding.line) for finding in findings(profiles)]
    config, credentials = "~/.aws/config", "~/.aws/credentials"
    assert found == [(config, 2), (config, 3), (credentials, 1), (credentials, 2)]


def test_a_name_cannot_write_to_the_terminal() -> None:
    profiles = reader.parse("[profile a \x1b[31m b]\n[profiles \x1b[32m]\n")
    assert all(each.message.isprintable() and each.fix.isprintable() for each in findings(profiles))
