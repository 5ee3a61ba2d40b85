"""Pytest plugin: writes what a run came to as JSON, for `tools/lanes.py`.

It asks the terminal reporter, so its counts are those of pytest's own last line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest
    from _pytest.terminal import TerminalReporter

# The worst that happened to a test in setup, call and teardown is its outcome.
_WORST_FIRST = {
    "error": "failed",
    "failed": "failed",
    "skipped": "skipped",
    "xfailed": "skipped",
    "xpassed": "passed",
    "passed": "passed",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--lane-report FILE`."""
    parser.addoption("--lane-report", metavar="FILE", help="write the outcomes to FILE as JSON")


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Write outcomes by test, reasons of skips by test, and pytest's closing words."""
    target = config.getoption("--lane-report")
    if not target:
        return
    outcomes: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for category, outcome in _WORST_FIRST.items():
        for report in terminalreporter.stats.get(category, []):
            outcomes.setdefault(report.nodeid, outcome)
            if outcome == "skipped":
                reasons.setdefault(report.nodeid, _reason(report))
    parts, _ = terminalreporter.build_summary_stats_line()
    closing = ", ".join(text for text, _ in parts)
    found = {"closing": closing, "outcomes": outcomes, "reasons": reasons}
    Path(target).write_text(json.dumps(found), encoding="utf-8")


def _reason(report: Any) -> str:
    """Why a test was skipped, or was expected to fail."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return "expected to fail: " + (getattr(report, "wasxfail", "") or "no reason given")
