"""Numbers without a promise: what else a user waits for, and what others take.

Runs with `./dev bench` only.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable

import pytest
from bench_table import Table
from places import PROFILE, Place
from shell_session import SHELLS, run
from stopwatch import Process, Race
from test_ratios import BARE, FEW, MANY, milliseconds


@pytest.mark.parametrize("shell", SHELLS)
def test_function_call(
    shell: str, place: Place, table: Table, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place.warm(shell).output()
    commands = ["empty", f"assume {PROFILE}", f"assume {PROFILE}", "unassume"]
    steps = run(shell, place, commands * 40, tmp_path_factory.mktemp(shell))
    empty, first, again, _ = (min(step.seconds for step in steps[n::4]) for n in range(4))
    forks = min(step.pids for step in steps[2::4])

    table.add(f"`assume` in {shell}, over an empty function", milliseconds(first - empty))
    label = f"`assume` in {shell} with a role active, over an empty function"
    table.add(label, milliseconds(again - empty), f"{forks} forks")


def test_other_processes(place_of: Callable[[int], Place], table: Table, rounds: int) -> None:
    few, many = place_of(FEW), place_of(MANY)
    boto3 = Process("import boto3", [sys.executable, "-c", "import boto3"], few.env)
    site = Process("site", [sys.executable, "-I", "-c", "pass"], few.env)
    labels = [
        (site, "`python -I -c pass`"),
        (few.without_memo(), f"`assume` without its memo, {FEW} profiles"),
        (many.without_memo(), f"`assume` without its memo, {MANY:,} profiles"),
        (boto3, '`python -c "import boto3"`'),
    ]
    if awsume := shutil.which("awsumepy"):
        for at in (few, many):
            process = Process(f"awsume {at.size}", [awsume, PROFILE], at.env)
            assert process.output().startswith("Awsume "), "it exits with 0 whatever happens"
            labels.append((process, f"awsume's process (asks STS each time), {at.size:,} profiles"))
    floor = few.floor()
    race = Race([floor, *(process for process, _ in labels)])
    race.run(max(rounds // 4, 5))
    for process, label in labels:
        ratio = f"{race.ratio(process.name, 'floor'):.2f} x floor"
        table.add(label, milliseconds(race.best[process.name]), ratio)


def test_cold_assume_with_many_profiles(place_of: Callable[[int], Place], table: Table) -> None:
    many = place_of(MANY)
    cold, bare = many.cold(), many.bare()
    race = Race([bare, cold])
    race.run(10)
    ratio = f"{race.ratio(cold.name, bare.name):.2f} x boto3"
    table.add(f"{BARE}, {MANY:,} profiles", milliseconds(race.best[bare.name]))
    label = f"`assume` with nothing cached, {MANY:,} profiles"
    table.add(label, milliseconds(race.best[cold.name]), ratio)
