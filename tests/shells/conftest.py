from __future__ import annotations

from pathlib import Path

import pytest
from shellbench import POSIX_LIKE, Bench, bench


@pytest.fixture(params=POSIX_LIKE)
def any_shell(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    """A bench for each shell that can run on this machine."""
    return bench(request.param, tmp_path)


@pytest.fixture
def bash(tmp_path: Path) -> Bench:
    return bench("bash", tmp_path)


@pytest.fixture
def zsh(tmp_path: Path) -> Bench:
    return bench("zsh", tmp_path)


@pytest.fixture
def fish(tmp_path: Path) -> Bench:
    return bench("fish", tmp_path)
