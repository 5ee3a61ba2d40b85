"""The pictures in docs/images show what this program prints, in the shells that they show."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pexpect")

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"

sys.path.insert(0, str(ROOT / "tools"))
import record  # noqa: E402

#: The versions whose own part of the screen is the one in the picture: bash has PS0 from
#: 4.4 on, and fish 4 draws its list in other colours.
DRAWN_BY = {"bash": r"4\.[4-9]|[5-9]\.", "zsh": r"5\.", "fish": r"3\.[6-7]\."}


def need(shell: str) -> None:
    """Skip, or fail where the shell is required, unless it is one that draws as in the picture."""
    program = shutil.which(shell)
    if program is None:
        if shell in os.environ.get("SHELLKIT_REQUIRE_SHELLS", "").split(","):
            pytest.fail(f"{shell} is required by SHELLKIT_REQUIRE_SHELLS and is not on PATH")
        pytest.skip(f"{shell} is not on PATH")
    said = subprocess.check_output([program, "--version"], text=True)
    version = re.search(r"\d+\.\d[\d.]*", said)
    if version is None or not re.match(DRAWN_BY[shell], version[0]):
        pytest.skip(f"{shell} {version and version[0]} draws its own part in another way")


@pytest.mark.pty
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
@pytest.mark.parametrize("scene", record.SCENES, ids=lambda scene: scene.file)
def test_a_picture_is_what_the_shell_shows(scene: record.Scene) -> None:
    need(scene.shell)
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "record.py", "--check", scene.file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == 0, f"run: python tools/record.py {scene.file}\n{done.stdout}"


def test_every_picture_is_recorded_small_and_shown() -> None:
    pictures = {path.name for path in IMAGES.iterdir()}
    assert pictures == {scene.file for scene in record.SCENES}
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    for picture in pictures:
        assert (IMAGES / picture).stat().st_size < 60_000
        assert re.search(rf"!\[[^]]{{40,}}\]\((docs/)?images/{picture}\)", shown), picture


def test_pictures_hold_nothing_of_this_machine() -> None:
    for scene in record.SCENES:
        text = (IMAGES / scene.file).read_text(encoding="utf-8")
        assert not re.search(r"/tmp/|(AKIA|ASIA)(?!IOSFODNN7EXAMPLE)|root@", text)


def test_the_segment_is_drawn_in_all_its_colours() -> None:
    text = (IMAGES / "demo.svg").read_text(encoding="utf-8")
    for colour, shown in (
        ("cyan", r"\(dev 280650147932 "),
        ("red", r"\(prod 816204759301 "),
        ("brown", r"\(dev 280650147932 14m"),
    ):
        assert re.search(rf'fill="{record.COLOURS[colour]}"[^>]*>{shown}', text), shown
    assert re.search(rf'fill="{record.BACKGROUND}"[^>]*>expired<', text)
