from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from bench_table import Table
from places import Place, make_place

from shellkit.sandbox import Sandbox, sample_accounts
from shellkit.sandbox.sample import Sample

FULL = os.environ.get("SHELLKIT_BENCH") == "full"

collect_ignore = [] if FULL else ["test_shown.py"]
if os.name != "posix":
    collect_ignore = ["test_ratios.py", "test_shown.py"]  # They need posix_spawn.


TABLE = Table()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if TABLE.rows:
        terminalreporter.write_line("")
        terminalreporter.write_line(str(TABLE))


@pytest.fixture(scope="session")
def table() -> Table:
    return TABLE


@pytest.fixture(scope="session")
def rounds() -> int:
    """How many rounds one attempt has."""
    return 60 if FULL else 20


@pytest.fixture(scope="session")
def sample() -> Sample:
    return sample_accounts()


@pytest.fixture(scope="session")
def sandbox(sample: Sample) -> Iterator[Sandbox]:
    with Sandbox(sample.accounts) as running:
        yield running


@pytest.fixture(scope="session")
def place_of(
    sample: Sample, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[int], Place]:
    """`place_of(25)`: a home with 25 profiles."""

    @cache
    def make(size: int) -> Place:
        folder: Path = tmp_path_factory.mktemp(f"home{size}-")
        return make_place(folder, size, sandbox, sample)

    return make


@pytest.fixture(scope="session")
def place(place_of: Callable[[int], Place]) -> Place:
    """A home with 25 profiles."""
    return place_of(25)
