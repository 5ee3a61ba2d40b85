"""The counts of a lane are pytest's own, whatever way a test ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
TESTS = """
import pytest

def test_passes(): pass
def test_fails(): assert False
@pytest.mark.skip(reason="no such shell")
def test_skipped(): pass
@pytest.mark.xfail(reason="not yet")
def test_xfails(): assert False
@pytest.mark.xfail
def test_xpasses(): pass
@pytest.fixture
def broken(): raise RuntimeError
def test_has_no_fixture(broken): pass
@pytest.fixture
def untidy():
    yield
    raise RuntimeError
def test_passes_and_leaves_a_mess(untidy): pass
"""


@pytest.mark.parametrize("workers", ["0", "1"])
def test_report_of_a_run(tmp_path: Path, workers: str) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "test_broken.py").write_text("import no_such_module_at_all\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    report = tmp_path / "report.json"
    plugin = ["-p", "tools.lane_report", f"--lane-report={report}", "-n", workers]
    options = ["--continue-on-collection-errors", f"--rootdir={tmp_path}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, *options, tmp_path],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    found = json.loads(report.read_text())
    assert {name.split("::")[-1]: outcome for name, outcome in found["outcomes"].items()} == {
        "test_passes": "passed",
        "test_fails": "failed",
        "test_skipped": "skipped",
        "test_xfails": "skipped",
        "test_xpasses": "passed",
        "test_has_no_fixture": "failed",
        "test_passes_and_leaves_a_mess": "failed",
        "test_broken.py": "failed",
    }
    assert found["reasons"] == {
        "test_it.py::test_skipped": "no such shell",
        "test_it.py::test_xfails": "expected to fail: not yet",
    }
    assert found["closing"] in done.stdout


def test_a_skipped_module_is_named(tmp_path: Path) -> None:
    (tmp_path / "test_windows.py").write_text(
        "import pytest\npytest.skip('wine is not on PATH', allow_module_level=True)\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    report = tmp_path / "report.json"
    plugin = ["-p", "tools.lane_report", f"--lane-report={report}"]
    subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, f"--rootdir={tmp_path}", tmp_path],
        cwd=TOP,
        capture_output=True,
        check=False,
    )
    assert json.loads(report.read_text())["reasons"] == {"test_windows.py": "wine is not on PATH"}
