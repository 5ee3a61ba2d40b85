"""The managed variables, and the environment from before the first ``assume``."""

from __future__ import annotations

import pytest

from shellkit.environment import (
    BASE_PREFIX,
    CLEARED,
    MANAGED,
    SECRET,
    SET,
    BaseEnvironment,
    EnvChange,
    role_is_saved,
)


def test_set_and_cleared_are_disjoint_and_make_the_managed_list() -> None:
    assert not set(SET) & set(CLEARED)
    assert len(set(MANAGED)) == len(MANAGED) == len(SET) + len(CLEARED)
    assert set(MANAGED) >= SECRET


def test_a_change_says_something_of_every_managed_variable() -> None:
    change = EnvChange({"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIA"})
    assert change.assigned == {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_REGION": "eu-west-1"}
    assert set(change.assigned) | set(change.cleared) == set(MANAGED)
    assert not set(change.assigned) & set(change.cleared)


def test_a_change_shows_no_secret() -> None:
    change = EnvChange({**dict.fromkeys(SECRET, "hunter2"), "AWS_REGION": "eu-west-1"})
    assert "hunter2" not in repr(change)
    assert "eu-west-1" in repr(change)


def test_a_change_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        EnvChange({})._assigned = ()


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "\x1b[31m", "\x00", "\x7f"])
def test_a_change_refuses_control_characters(value: str) -> None:
    with pytest.raises(ValueError, match="AWSUME_PROFILE"):
        EnvChange({"AWSUME_PROFILE": value})


def test_a_change_refuses_what_is_not_managed() -> None:
    with pytest.raises(ValueError, match="PATH"):
        EnvChange({"PATH": "/bin"})


def test_without_an_assume_the_base_is_the_environment() -> None:
    base = BaseEnvironment({"AWS_REGION": "eu-west-1", "HOME": "/h"})
    assert (base.get("AWS_REGION"), base.get("HOME"), base.get("AWS_PROFILE")) == (
        "eu-west-1",
        "/h",
        None,
    )


@pytest.mark.parametrize(
    ("kept", "expected"),
    [("eeu-west-1", "eu-west-1"), ("e", ""), ("u", None), ("sprivate", None), (None, None)],
)
def test_with_a_role_active_the_base_is_what_was_kept(
    kept: str | None, expected: str | None
) -> None:
    environ = {"AWS_REGION": "us-east-2", BASE_PREFIX + "AWS_PROFILE": "u"}
    if kept is not None:
        environ[BASE_PREFIX + "AWS_REGION"] = kept
    assert role_is_saved(environ)
    assert BaseEnvironment(environ).get("AWS_REGION") == expected


def test_reads_are_remembered_but_never_a_secret() -> None:
    base = BaseEnvironment({"AWS_SECRET_ACCESS_KEY": "hunter2", "AWS_REGION": "eu-west-1"})
    base.get("AWS_SECRET_ACCESS_KEY")
    base.get("AWS_REGION")
    base.get("AWS_PROFILE")
    assert base.reads == {"AWS_REGION": "eu-west-1", "AWS_PROFILE": None}
