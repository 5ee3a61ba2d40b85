"""``shellkit init SHELL``: prints the functions."""

from __future__ import annotations

import re

from shellkit import executable, shells
from shellkit.hot import emit
from shellkit.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from shellkit.rim import Rim

_COMMAND = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)


def run(values: argparse.Namespace, rim: Rim) -> int:
    """Print the script for ``values.SHELL``; with ``--cmd``, under that name."""
    del rim
    from shellkit.shells import render

    shell = shells.get(values.SHELL)
    name = values.cmd
    if name is None:
        emit(render.script(shell, executable.path()))
        return 0
    if not _COMMAND.fullmatch(name):
        raise UsageError(f"--cmd: {name!r} cannot be the name of a command in every shell")
    emit(render.render(shell, executable.path(), cmd=name))
    return 0
