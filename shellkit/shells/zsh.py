"""zsh, from 5.0 on, under any options."""

from __future__ import annotations

from shellkit.shells.posix import Posix


class Zsh(Posix):
    """zsh. See ``templates/zsh.j2`` for the functions that the code here calls."""

    name = "zsh"
    script = "shellkit.zsh"
    reserved = (
        "alias autoload bg bindkey break builtin bye case cd chdir command compadd comparguments"
        " compcall compctl compdescribe compfiles compgroups compquote compset comptags comptry"
        " compvalues continue coproc declare dirs disable disown do done echo echotc echoti elif"
        " else emulate enable end esac eval exec exit export false fc fg fi float for foreach"
        " function functions getln getopts hash history if in integer jobs kill let limit local log"
        " logout nocorrect noglob popd print printf private pushd pushln pwd r read readonly rehash"
        " repeat return sched select set setopt shift source suspend test then time times trap true"
        " ttyctl type typeset ulimit umask unalias unfunction unhash unlimit unset unsetopt until"
        " vared wait whence where which while zcompile zformat zle zmodload zparseopts zregexparse"
        " zstyle"
    )
