"""The tour must be able to fail: each kind of wrong outcome is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shellkit.environment import MANAGED
from shellkit.sandbox import home, sample_accounts, tour
from shellkit.shells import hosts

ARN = "arn:aws:sts::111122223333:assumed-role/dev/me"
BEFORE = tour.Outcome((), 0, "arn:aws:iam::111122223333:user/me", {"AWS_PROFILE": "x"}, 0)
STEP = tour.Step("assume dev", "", "dev", prints="dev:", requests=1)
GOOD = tour.Outcome(("dev: account 1",), 0, ARN, {}, 1)


def test_what_should_happen_is_right() -> None:
    assert tour.check(STEP, GOOD, BEFORE) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"status": 1}, "exit code 1"),
        ({"arn": None}, "role should be dev"),
        ({"arn": "arn:aws:iam::111122223333:user/dev"}, "role should be dev"),
        ({"arn": ARN.replace("/dev/", "/prod/")}, "role should be dev"),
        ({"arn": "refused: ExpiredToken"}, "role should be dev"),
        ({"lines": ()}, "should have printed"),
        ({"requests": 2}, "2 requests"),
    ],
)
def test_what_should_not_happen_is_found(change: dict[str, object], complaint: str) -> None:
    (wrong,) = tour.check(STEP, replace(GOOD, **change), BEFORE)  # type: ignore[arg-type]
    assert complaint in wrong


def test_a_variable_that_is_not_given_back_is_found() -> None:
    step = tour.Step("unassume", "", restores=True)
    assert tour.check(step, replace(BEFORE, lines=()), BEFORE) == []
    assert tour.check(step, replace(BEFORE, variables={}), BEFORE)


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "powershell"])
def test_the_script_has_every_step_in_each_shell(name: str) -> None:
    script = tour.script(hosts.get(name), "/it's here/shellkit", "/python")
    assert [line for line in script.splitlines() if line in {s.command for s in tour.STEPS}] == [
        step.command for step in tour.STEPS
    ]


def test_the_demo_leaves_nothing_of_the_users_own_aws() -> None:
    mine = dict.fromkeys(MANAGED, "mine")
    mine |= {"AWS_CONFIG_FILE": "mine", "SHELLKIT_BASE_AWS_PROFILE": "emine", "PATH": "/bin"}
    made = home.environment("/demo", mine, {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1"})
    assert "mine" not in "".join(made.values())
    assert made["AWS_ENDPOINT_URL"] == made["AWS_ENDPOINT_URL_STS"] == "http://127.0.0.1:1"
    assert (made["HOME"], made["PATH"]) == ("/demo", "/bin")


def test_the_sample_accounts_are_new_each_time() -> None:
    assert sample_accounts().key != sample_accounts().key
