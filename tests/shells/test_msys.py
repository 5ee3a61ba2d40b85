"""What MSYS and Cygwin are told: not to rewrite secrets that look like paths.

No shell here is one of theirs: `OSTYPE` is set by hand, which is all that the script looks at.
"""

from __future__ import annotations

import pytest
from shellbench import Bench, bench

OURS = "AWS_ACCESS_KEY_ID;AWS_SECRET_ACCESS_KEY;AWS_SESSION_TOKEN;SHELLKIT_"
NAME = "MSYS2_ENV_CONV_EXCL"


@pytest.fixture(params=["bash", "zsh"])
def on(request: pytest.FixtureRequest, tmp_path: object) -> Bench:
    return bench(request.param, tmp_path)  # type: ignore[arg-type]


@pytest.mark.parametrize("system", ["msys", "cygwin", "msys2.0"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", OURS),
        (f"{NAME}=", OURS),
        (f"{NAME}='MINE;OTHER_'", f"MINE;OTHER_;{OURS}"),
        (f"export {NAME}=MINE", f"MINE;{OURS}"),
        (f"{NAME}='*'", "*"),
        (f"{NAME}='{OURS};MINE'", f"{OURS};MINE"),
        (f"set -eu; export {NAME}='A B * $(touch INJECTED)'", f"A B * $(touch INJECTED);{OURS}"),
    ],
)
def test_it_is_told_once(system: str, before: str, after: str, on: Bench) -> None:
    twice = on.load() * 2
    result = on.run(f"OSTYPE={system}\n{before}\n{twice}{on.dump('after')}")
    assert (result.status, result.stdout, result.stderr) == (0, "", "")
    assert on.dumped("after")[NAME] == after
    assert on.injected() == []


@pytest.mark.parametrize("options", ["setopt ksharrays shwordsplit", "emulate sh", "set -a"])
def test_under_other_options(options: str, on: Bench) -> None:
    if on.shell.name == "bash" and options != "set -a":
        options = "set -o posix; IFS=';A'"
    result = on.run(f"OSTYPE=msys\n{NAME}=MINE\n{options}\n{on.load()}{on.dump('after')}")
    assert (result.status, result.stderr) == (0, "")
    assert on.dumped("after")[NAME] == f"MINE;{OURS}"


@pytest.mark.parametrize("system", ["linux-gnu", "darwin24", ""])
def test_elsewhere_nothing_is_set(system: str, on: Bench) -> None:
    on.run(f"OSTYPE={system}\n{on.load()}{on.dump('after')}")
    assert NAME not in on.dumped("after")


def test_arguments_are_left_alone_in_that_one_call(on: Bench) -> None:
    """`arn:aws:iam::1:role/x` is no list of paths, and `/x` no path of the program's."""
    path = on.folder / "seen"
    on.exe.write_text(f"#!/bin/sh\necho \"$MSYS2_ARG_CONV_EXCL $MSYS_NO_PATHCONV\" >'{path}'\n")
    on.run(f"OSTYPE=msys\n{on.load()}\\assume prod\n{on.dump('after')}")
    assert path.read_text() == "* \n"
    assert "MSYS2_ARG_CONV_EXCL" not in on.dumped("after")
