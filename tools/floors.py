"""Pip constraints that pin each dependency of a pyproject.toml at its floor.

`boto3>=1.40.0` becomes `boto3==1.40.0`, its environment marker kept. A
dependency without a floor is an error: what is not declared is not tested.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_REQUIREMENT = re.compile(
    r"""
    (?P<name> [A-Za-z0-9][A-Za-z0-9._-]* ) \s*
    (?: \[ [^]]* \] )? \s*              # extras mean nothing in a constraint
    >= \s* (?P<floor> [0-9][^\s,;]* ) \s*
    (?: , [^;]* )?                      # upper bounds do not matter at the floor
    (?: ; \s* (?P<marker> .+ ) )?
    """,
    re.VERBOSE,
)


def constraint(requirement: str) -> str:
    """The constraint that holds `requirement` at the lowest version it admits.

    Raises ValueError where the requirement names no lower bound.
    """
    match = _REQUIREMENT.fullmatch(requirement.strip())
    if match is None:
        raise ValueError(f"no lower bound: {requirement!r}")
    pin = f"{match['name']}=={match['floor']}"
    return f"{pin}; {match['marker']}" if match["marker"] else pin


def constraints(pyproject: str) -> list[str]:
    """One constraint for each run-time dependency in the text of a pyproject.toml.

    Those of its extras too, but for `dev`, which no user has.
    """
    project = tomllib.loads(pyproject)["project"]
    extras = project.get("optional-dependencies", {})
    added = [each for name, several in extras.items() if name != "dev" for each in several]
    return [constraint(each) for each in (*project["dependencies"], *added)]


if __name__ == "__main__":
    print("\n".join(constraints(Path(sys.argv[1]).read_text(encoding="utf-8"))))
