"""What the closing lines of the test command say must be what happened."""

from pathlib import Path

import pytest

from tools import lanes
from tools.lanes import FEW, Lane, corrected, not_run, screens_alone, totals, windows_alone


def test_each_test_counts_once_at_the_worst_that_it_did() -> None:
    newest = Lane(
        "tests", 0, outcomes={"a": "passed", "b": "passed", "c": "skipped", "d": "skipped"}
    )
    lowest = Lane(
        "lowest", 1, outcomes={"a": "passed", "b": "failed", "c": "passed", "d": "skipped"}
    )
    assert totals([newest, lowest]) == {"passed": 2, "failed": 1, "skipped": 1}


def test_a_lane_that_broke_counts_as_failed() -> None:
    fine = Lane("tests", 0, outcomes={"a": "passed"})
    assert totals([fine, Lane("lowest", 3), Lane("lint", 1)])["failed"] == 2


def test_a_lane_with_failed_tests_is_not_counted_twice() -> None:
    assert totals([Lane("tests", 1, outcomes={"a": "failed"})])["failed"] == 1


def test_a_lane_says_how_it_ended() -> None:
    assert str(Lane("lint", 0)) == "lint: ok"
    assert str(Lane("lint", 1)) == "lint: failed"
    assert str(Lane("tests", 0, "3 passed", {"a": "passed"})) == "tests: 3 passed"
    assert str(Lane("tests", 3, "1 passed", {"a": "passed"})) == "tests: 1 passed (exit code 3)"
    assert str(Lane("tests", 124)) == "tests: stopped after 1200 s"


def test_what_was_not_run_is_named_with_reason_and_lanes() -> None:
    reasons = {
        "tests/x.py::a": "no pwsh",
        "tests/x.py::b[1]": "no pwsh",
        "tests/y.py::c": "no wine",
    }
    lanes = [
        Lane("tests", 0, reasons=reasons),
        Lane("lowest", 0, reasons={"tests/y.py::c": "no wine"}),
    ]
    assert not_run(lanes) == [
        "tests/x.py: 2 not run (tests): no pwsh",
        "tests/y.py: 1 not run (tests, lowest): no wine",
    ]


def test_a_screen_that_failed_beside_others_counts_as_it_does_alone() -> None:
    found = Lane(
        "tests", 1, "3 failed", {"a": "failed", "b": "failed", "c": "failed", "d": "passed"}
    )
    # What is no test of a screen is not run again, and stays what it was.
    lane, crowded = corrected(found, Lane("tests-alone", 1, "", {"a": "passed", "b": "failed"}))
    assert lane.outcomes == {"a": "passed", "b": "failed", "c": "failed", "d": "passed"}
    assert (lane.exit_code, lane.failed, crowded) == (1, ["b", "c"], ["a"])
    assert str(lane) == "tests: 3 failed; 1 of these passed alone"


def test_a_lane_is_fine_once_all_that_failed_pass_alone() -> None:
    found = Lane("tests", 1, "1 failed", {"a": "failed", "d": "passed"})
    lane, crowded = corrected(found, Lane("tests-alone", 0, "", {"a": "passed"}))
    assert (lane.exit_code, lane.failed, lane.broke, crowded) == (0, [], False, ["a"])
    nothing = Lane("tests-alone", 5)  # Where none of them is a screen.
    assert corrected(found, nothing) == (found, [])


@pytest.mark.parametrize(
    "found",
    [
        Lane("tests", 0, outcomes={"a": "passed"}),
        Lane("tests", 1, outcomes={str(n): "failed" for n in range(FEW + 1)}),
        Lane("tests", 3, outcomes={"a": "failed"}),
        Lane("tests", 124),
    ],
    ids=["fine", "many", "broke", "stopped"],
)
def test_only_a_few_failures_are_looked_at_again(
    found: Lane, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lanes, "pytest", lambda *_: pytest.fail("was run again"))
    assert screens_alone(found, Path("python"), tmp_path) == (found, [])
    again = windows_alone(found, lambda *_: pytest.fail("was run again"), tmp_path)
    assert again == (found, [])


def test_a_process_that_wine_did_not_begin_is_no_failure_of_the_project(tmp_path: Path) -> None:
    ran: list[tuple[str, list[str]]] = []

    def run(name: str, words: list[str], _: Path) -> Lane:
        ran.append((name, words))
        return Lane(name, 1, "", {"a": "passed", "b": "failed"})

    found = Lane("windows-unit", 1, "2 failed", {"a": "failed", "b": "failed", "c": "passed"})
    lane, passed = windows_alone(found, run, tmp_path)
    assert ran == [("windows-unit-alone", ["a", "b"])]
    assert (lane.failed, passed) == (["b"], ["a"])
