"""bash, from 3.2 on (macOS), also in POSIX mode."""

from __future__ import annotations

from shellkit.shells.posix import Posix


class Bash(Posix):
    """bash. See ``templates/bash.j2`` for the functions that the code here calls."""

    name = "bash"
    script = "shellkit.bash"
    reserved = (
        "alias bg bind break builtin caller case cd command compgen complete compopt continue"
        " coproc declare dirs disown do done echo elif else enable esac eval exec exit export false"
        " fc fg fi for function getopts hash help history if in jobs kill let local logout mapfile"
        " popd printf pushd pwd read readarray readonly return select set shift shopt source"
        " suspend test then time times trap true type typeset ulimit umask unalias unset until wait"
        " while"
    )
