"""Fixtures of the tests on Windows: one start of it for all, and an empty home for each."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from gitbash import GitBash

from shellkit.sandbox import Sandbox, sample_accounts
from tools import windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shellkit.sandbox.sample import Sample


@pytest.fixture(scope="session", autouse=True)
def _windows() -> Iterator[None]:
    """Windows, from the first test to the last."""
    if not windows.ready():
        if windows.is_possible() and os.environ.get("SHELLKIT_REQUIRE_WINDOWS"):
            pytest.fail("there is no Windows to test on: tools/windows.py makes it", pytrace=False)
        pytest.skip("Windows needs Wine on Linux on x86-64: ./dev test tests/windows sets it up")
    windows.start()
    yield
    windows.stop()


@pytest.fixture
def sample() -> Sample:
    return sample_accounts()


@pytest.fixture
def sandbox(sample: Sample) -> Iterator[Sandbox]:
    """The STS, on Linux; Wine has its loopback from there."""
    with Sandbox(sample.accounts) as running:
        yield running


@pytest.fixture
def git_bash(sandbox: Sandbox, sample: Sample) -> Iterator[GitBash]:
    """A person on Windows, with AWS files for the sandbox, and shells."""
    made = GitBash(sandbox, sample)
    yield made
    made.close()


@pytest.fixture
def _early_in_a_step() -> None:
    """A code that is made now shall still be good when it arrives."""
    left = 30 - time.time() % 30
    if left < 12:
        time.sleep(left)
