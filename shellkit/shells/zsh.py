"""zsh, from 5.0 on, under any options."""

from __future__ import annotations

from shellkit.shells.posix import Posix


class Zsh(Posix):
    """zsh. See ``templates/zsh.j2`` for the functions that the code here calls."""

    name = "zsh"
    script = "shellkit.zsh"
    reserved = (
        "if then else elif fi case esac for foreach select while until repeat do done end in"
        " function time coproc nocorrect declare export float integer local readonly typeset"
        " break continue eval exec exit return set shift source trap unset"
        " builtin command emulate setopt"
    )
