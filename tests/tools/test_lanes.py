"""What the closing lines of the test command say must be what happened."""

from tools.lanes import Lane, not_run, totals


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
