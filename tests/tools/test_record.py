"""The pictures in docs/images show what this program prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pexpect")

ROOT = Path(__file__).parents[2]


def bash_is_new_enough() -> bool:
    """PS0, which ends the bold type of what is typed, is of bash 4.4."""
    try:
        version = subprocess.check_output(
            ["bash", "-c", "echo ${BASH_VERSINFO[0]} ${BASH_VERSINFO[1]}"], text=True
        )
    except OSError:
        return False
    return tuple(map(int, version.split())) >= (4, 4)


@pytest.mark.pty
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
@pytest.mark.skipif(not bash_is_new_enough(), reason="needs bash 4.4 or newer")
def test_the_pictures_are_what_the_demo_shows() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "record.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0, f"run: python tools/record.py\n{done.stdout}"
