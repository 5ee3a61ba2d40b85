"""Identities, the line of success, and lengths of time."""

from __future__ import annotations

import pytest

from shellkit.credentials.session import Credentials
from shellkit.environment import MANAGED
from shellkit.switch import Identity, environment_for, rfc3339, success_line, time_left

NOW = 1_800_000_000
ROLE = Identity("prod", "eu-west-1", "111122223333", "Admin")
SESSION = Credentials("ASIA", "s", "t", expires=NOW + 3600)


def test_a_role_sets_what_tools_and_prompts_read() -> None:
    change = environment_for(ROLE, SESSION)
    assert change.assigned == {
        "AWS_ACCESS_KEY_ID": "ASIA",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_SESSION_TOKEN": "t",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_CREDENTIAL_EXPIRATION": "2027-01-15T09:00:00Z",
        "AWSUME_PROFILE": "prod",
        "SHELLKIT_PROFILE": "prod",
        "SHELLKIT_ACCOUNT_ID": "111122223333",
        "SHELLKIT_ROLE": "Admin",
        "SHELLKIT_EXPIRES": str(NOW + 3600),
    }


def test_static_keys_leave_nothing_of_a_session() -> None:
    change = environment_for(Identity("base", "eu-west-1"), Credentials("AKIA", "s"))
    assert {"AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "SHELLKIT_EXPIRES"} <= set(
        change.cleared
    )


def test_mode_profile_exports_the_profile_and_the_regions_only() -> None:
    change = environment_for(Identity("prod", "eu-west-1", mode="profile"), None)
    assert set(change.assigned) == {"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"}
    assert len(change.assigned) + len(change.cleared) == len(MANAGED)


@pytest.mark.parametrize(
    ("identity", "credentials", "line"),
    [
        (ROLE, SESSION, "prod: account 111122223333, role Admin, eu-west-1, 1h left"),
        (Identity("base", "eu-west-1"), Credentials("A", "s"), "base: eu-west-1, static keys"),
        (Identity("sso", "eu-west-1", mode="profile"), None, "sso: eu-west-1, by AWS_PROFILE"),
    ],
)
def test_the_line_of_success(
    identity: Identity, credentials: Credentials | None, line: str
) -> None:
    assert success_line(identity, credentials, NOW) == line


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"),
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (3570, "1h"),
        (3569, "59m"),
        (3900, "1h05m"),
        (43200, "12h"),
        (86399, "24h"),
    ],
)
def test_time_left(seconds: float, text: str) -> None:
    assert time_left(seconds) == text


def test_times_have_a_zone() -> None:
    assert rfc3339(0) == "1970-01-01T00:00:00Z"


def test_an_identity_cannot_be_changed_and_shows_itself() -> None:
    with pytest.raises(AttributeError):
        ROLE.region = "us-east-1"
    assert len({ROLE, Identity("prod", "eu-west-1", "111122223333", "Admin")}) == 1
    assert "prod" in repr(ROLE)
