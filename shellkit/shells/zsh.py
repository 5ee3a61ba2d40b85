"""zsh, from 5.0 on, under any options."""

from __future__ import annotations

from shellkit.shells.posix import Posix


class Zsh(Posix):
    """zsh. See ``templates/zsh.j2`` for the functions that the code here calls."""

    name = "zsh"
    script = "shellkit.zsh"
