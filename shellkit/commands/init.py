"""``shellkit init SHELL``: prints the functions."""

from __future__ import annotations

from shellkit import executable, shells
from shellkit.errors import UsageError
from shellkit.hot import emit

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from shellkit.rim import Rim


def run(values: argparse.Namespace, rim: Rim) -> int:
    """Print the script for ``values.SHELL``; with ``--cmd``, under that name."""
    del rim
    from shellkit.shells import render

    shell = shells.get(values.SHELL)
    name = values.cmd
    if name is None:
        emit(render.script(shell, *executable.command()))
        return 0
    if not render.is_command_name(name):
        raise UsageError(f"--cmd: {name!r} cannot be the name of a command in every shell")
    emit(render.render(shell, *executable.command(), cmd=name))
    return 0
