"""bash, from 3.2 on (macOS), also in POSIX mode."""

from __future__ import annotations

from shellkit.shells.posix import Posix


class Bash(Posix):
    """bash. See ``templates/bash.j2`` for the functions that the code here calls."""

    name = "bash"
    script = "shellkit.bash"
    # POSIX mode refuses the names of special builtins too.
    reserved = (
        "if then else elif fi case esac for select while until do done in function time coproc"
        " break continue eval exec exit export readonly return set shift source times trap unset"
        " builtin command local shopt"
    )
