"""What each shell is told, as files that a review can read.

After a change on purpose: ``SHELLKIT_UPDATE_GOLDEN=1 ./dev test tests/shells/test_golden.py``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shellkit import shells
from shellkit.environment import EnvChange
from shellkit.shells.base import Shell
from shellkit.shells.render import render

GOLDEN = Path(__file__).parent / "golden"

ROLE = EnvChange(
    {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "it's/\\$(id)",
        "AWS_SESSION_TOKEN": "O\u2019Brien\u2018\u201a\u201b==",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
)


def said(shell: Shell) -> str:
    parts = {
        "switch": shell.switch(ROLE, "target=prod", "prod: it's on"),
        "switch, quiet, mode profile": shell.switch(EnvChange({"AWS_PROFILE": "prod"}), "", ""),
        "switch, nothing set": shell.switch(EnvChange({}), "r", ""),
        "revert": shell.revert("no role"),
        "revert, quiet": shell.revert(""),
        "text": shell.text("usage: it's\n  two lines\n"),
        "exports": shell.exports(ROLE),
        "exports, nothing set": shell.exports(EnvChange({})),
    }
    return "".join(f"# {title}\n{code}\n" for title, code in parts.items())


def agrees(path: Path, text: str) -> bool:
    if os.environ.get("SHELLKIT_UPDATE_GOLDEN") == "1":
        path.write_bytes(text.encode())
    return path.is_file() and path.read_bytes() == text.encode()


@pytest.mark.parametrize("name", shells.NAMES)
def test_statements(name: str) -> None:
    shell = shells.get(name)
    path = GOLDEN / f"statements{Path(shell.script).suffix}"
    assert agrees(path, said(shell))


def test_powershell_under_another_name() -> None:
    text = render(shells.get("powershell"), "C:\\it's\\shellkit.exe", cmd="role")
    assert agrees(GOLDEN / "role.ps1", text)
