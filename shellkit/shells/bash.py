"""bash, from 3.2 on (macOS), also in POSIX mode."""

from __future__ import annotations

from shellkit.shells.posix import Posix


class Bash(Posix):
    """bash. See ``templates/bash.j2`` for the functions that the code here calls."""

    name = "bash"
    script = "shellkit.bash"
