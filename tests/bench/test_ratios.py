"""The speeds that shellkit promises, as ratios within one run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping

import pytest
from bench_table import Table
from places import PROFILE, Place
from shell_session import SHELLS, run
from stopwatch import Process, Race

FEW, MANY = 25, 5000
MEGABYTES = 15
BARE = "boto3 alone: a client and `assume_role`"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def check(race: Race, to: str, limits: Mapping[str, float]) -> None:
    missed = [
        f"{name}: {race.ratio(name, to):.2f} x {to}, must be <= {limit:g}"
        for name, limit in limits.items()
        if race.ratio(name, to) > limit
    ]
    assert not missed, "; ".join(missed)


def test_warm_assume_and_init(place_of: Callable[[int], Place], table: Table, rounds: int) -> None:
    few, many = place_of(FEW), place_of(MANY)
    floor, init = few.floor(), few.init()
    warm_few, warm_many, script = few.warm(), many.warm(), few.warm_console_script()
    labels: list[tuple[Process, str, float | None]] = [
        (init, "`shellkit init bash`", 3),
        (warm_few, f"`assume` from the cache, {FEW} profiles", 3),
        (warm_many, f"`assume` from the cache, {MANY:,} profiles", 4),
        (script, f"the same by the console script, {FEW} profiles", None),
    ]
    limits = {process.name: limit for process, _, limit in labels if limit}

    race = Race([floor, *(process for process, _, _ in labels)])
    asked = len(few.sandbox.calls)
    race.settle(
        lambda race: all(race.ratio(name, "floor") <= limit for name, limit in limits.items()),
        rounds,
    )

    assert len(few.sandbox.calls) == asked
    table.add("the floor: `python -I -S -c pass`", milliseconds(race.best["floor"]), "1.00 x floor")
    for process, label, limit in labels:
        ratio = f"{race.ratio(process.name, 'floor'):.2f} x floor"
        must = f"<= {limit:g} x floor" if limit else ""
        table.add(label, milliseconds(race.best[process.name]), ratio, must)
    check(race, "floor", limits)


def test_what_is_measured_is_an_assume(place: Place) -> None:
    for process in (place.cold(), place.without_memo(), place.warm(), place.warm_console_script()):
        code = process.output()
        assert f"AWSUME_PROFILE='{PROFILE}'" in code
        assert code == place.warm().output()


def test_cold_assume(place: Place, table: Table, rounds: int) -> None:
    cold, bare = place.cold(), place.bare()
    limit = 1.2
    race = Race([bare, cold])
    asked = len(place.sandbox.calls)
    race.settle(lambda race: race.ratio(cold.name, bare.name) <= limit, max(rounds // 4, 5), 5)

    calls = place.sandbox.calls[asked:]
    assert {(call.action, call.outcome) for call in calls} == {("AssumeRole", "ok")}
    assert len(calls) == race.runs * 2, "each run asks once"
    table.add(f"{BARE}, {FEW} profiles", milliseconds(race.best[bare.name]))
    table.add(
        f"`assume` with nothing cached, {FEW} profiles",
        milliseconds(race.best[cold.name]),
        f"{race.ratio(cold.name, bare.name):.2f} x boto3",
        f"<= {limit:g} x boto3",
    )
    check(race, bare.name, {cold.name: limit})


def test_line_numbers_are_looked_up_for_errors_only(place: Place) -> None:
    """Each look-up goes over the whole file: it once took most of the time at 5,000 profiles."""
    argv = place.without_memo().argv
    place.warm().output()
    place.forget_memos()
    done = subprocess.run(
        [argv[0], "-X", "importtime", *argv[1:]],
        env=dict(place.env),
        capture_output=True,
        text=True,
        check=True,
    )

    assert "shellkit.profiles.reader" in done.stderr
    assert "shellkit.profiles.scan" not in done.stderr


def test_memory_of_a_warm_assume(place_of: Callable[[int], Place], table: Table) -> None:
    few, many = place_of(FEW), place_of(MANY)
    floor = min(few.floor().peak_megabytes() for _ in range(5))
    for at in (few, many):
        at.warm().output()
        over = min(at.warm().peak_megabytes() for _ in range(5)) - floor
        label = f"memory of a cached `assume`, {at.size:,} profiles"
        table.add(label, f"{floor + over:.1f} MB", f"floor + {over:.1f} MB", f"<= {MEGABYTES} MB")
        assert over <= MEGABYTES


@pytest.mark.skipif(not os.path.exists("/proc/loadavg"), reason="no /proc to count forks by")
@pytest.mark.parametrize("shell", SHELLS)
def test_unassume_forks_nothing(
    shell: str, place: Place, table: Table, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place.warm(shell).output()
    rounds = 15
    steps = run(
        shell, place, [f"assume {PROFILE}", "unassume"] * rounds, tmp_path_factory.mktemp(shell)
    )
    assumed, unassumed = steps[::2], steps[1::2]

    # The control: a child is seen where there is one.
    assert all(step.faults > 0 and step.pids > 0 for step in assumed)
    # Other processes of the machine take IDs too; a fork of ours would take one every time.
    forks = min(step.pids for step in unassumed)
    table.add(
        f"`unassume` in {shell}",
        milliseconds(min(step.seconds for step in unassumed)),
        f"{forks} forks",
        "0 forks",
    )
    assert forks == 0
    assert [step.faults for step in unassumed] == [0] * rounds
