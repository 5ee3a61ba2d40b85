"""The second lane is worth nothing if a floor slips out of its constraints."""

import pytest

from tools import floors


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("boto3>=1.40.0", "boto3==1.40.0"),
        ("jinja2 >= 3.1.2, <4", "jinja2==3.1.2"),
        ("coverage[toml]>=7.10", "coverage==7.10"),
        ("tomli>=2.0; python_version < '3.11'", "tomli==2.0; python_version < '3.11'"),
        (
            "ruamel.yaml>=0.18,!=0.18.3 ; sys_platform != 'win32'",
            "ruamel.yaml==0.18; sys_platform != 'win32'",
        ),
    ],
)
def test_a_floor_becomes_a_pin(requirement: str, expected: str) -> None:
    assert floors.constraint(requirement) == expected


@pytest.mark.parametrize(
    "requirement", ["boto3", "boto3<2", "boto3==1.40.0", "boto3 @ https://x", ""]
)
def test_no_floor_is_an_error(requirement: str) -> None:
    with pytest.raises(ValueError, match="no lower bound"):
        floors.constraint(requirement)


def test_every_dependency_of_a_project_is_pinned() -> None:
    pyproject = '[project]\ndependencies = ["a>=1", "b>=2.0; python_version < \'3.11\'"]\n'
    assert floors.constraints(pyproject) == ["a==1", "b==2.0; python_version < '3.11'"]
