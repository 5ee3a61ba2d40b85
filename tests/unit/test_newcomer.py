"""Mistakes that newcomers made: each is met with what is really wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from shellkit.credentials.chain import Hop
from shellkit.credentials.explain import explain
from shellkit.credentials.resolve import Resolver
from shellkit.credentials.session import Credentials
from shellkit.environment import BaseEnvironment
from shellkit.errors import ConfigError, ShellkitError
from shellkit.profiles import reader
from shellkit.request import Request
from shellkit.settings import Settings

ROLE = "arn:aws:iam::111122223333:role/dev"
KEYS = "[base]\naws_access_key_id = AKIA\naws_secret_access_key = s\n"


def refusal(config: str, target: str, credentials: str = KEYS) -> ShellkitError:
    profiles = reader.parse(config, credentials)
    with pytest.raises(ShellkitError) as caught:
        Resolver(profiles, BaseEnvironment({}), Settings()).resolve(Request(target=target))
    return caught.value


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ('region = "us-east-1"', "region", "the quotes are a part of the value"),
        ("region = us-east-1 # home", "region", "a comment is a part of the value"),
        ("duration_seconds = '3600'", "duration_seconds", "the quotes are a part of the value"),
        ("external_id = x\n  region = us-east-1", "external_id", "the next line is indented"),
    ],
)
def test_habits_of_other_files(line: str, key: str, said: str) -> None:
    error = refusal(f"[profile dev]\nrole_arn = {ROLE}\nsource_profile = base\n{line}\n", "dev")
    assert isinstance(error, ConfigError)
    assert (error.line, error.key) == (4, key)
    assert said in error.message


def test_quoted_role_arn() -> None:
    error = refusal(f'[profile dev]\nrole_arn = "{ROLE}"\nsource_profile = base\n', "dev")
    assert "the quotes are a part of the value" in error.message


def test_quoted_keys() -> None:
    keys = '[base]\naws_access_key_id = "AKIA"\naws_secret_access_key = s\n'
    error = refusal("", "base", keys)
    assert isinstance(error, ConfigError)
    assert (error.line, error.key) == (2, "aws_access_key_id")
    assert "quotes" in error.message


def test_a_source_that_is_not_there_yet_sends_nobody_to_the_source() -> None:
    config = (
        f"[profile dev]\nrole_arn = {ROLE}\nsource_profile = proc\n"
        "[profile proc]\ncredential_process = /bin/keys\n"
    )
    error = refusal(config, "dev")
    assert "--profile dev" in str(error.fix)
    assert "assume dev --mode profile" in str(error.fix)
    assert "--profile proc" not in str(error.fix)


def test_a_default_that_nobody_named_is_not_blamed() -> None:
    error = refusal("[default]\nregion = eu-west-1\n", "111122223333:dev")
    assert "no base credentials" in error.message
    assert "--source" in str(error.fix)


def test_no_config_file_at_all(tmp_path: Path) -> None:
    profiles = reader.load({}.get, str(tmp_path))
    with pytest.raises(ShellkitError) as caught:
        Resolver(profiles, BaseEnvironment({}), Settings()).resolve(Request(target="dev"))
    assert "which does not exist" in str(caught.value.fix)


def test_a_wrong_external_id_is_named_as_a_cause() -> None:
    message = "User: x is not authorized to perform: sts:AssumeRole on resource: y"
    said = explain("AccessDenied", message, Credentials("A", "s"), Hop(ROLE, external_id="nope"))
    assert "external ID is the right one" in str(said)
