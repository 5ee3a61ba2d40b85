"""assume and unassume in shells that are set up to break them.

Each set-up goes through the same play: load twice, assume, fail twice, assume
another, unassume twice. After each act the complete environment of a child is
compared, by the contract, with what it was before.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from shellbench import OTHER, ROLE, Bench, bench, with_role

ALIASES = """
alias export='echo HIJACKED' local='echo HIJACKED' eval='echo HIJACKED' return='echo HIJACKED'
alias unset='echo HIJACKED' command='echo HIJACKED' builtin='echo HIJACKED' printf='echo HIJACKED'
alias assume='echo HIJACKED' unassume='echo HIJACKED' true='echo HIJACKED' set='echo HIJACKED'
alias declare='echo HIJACKED' typeset='echo HIJACKED' test='echo HIJACKED' cat='echo HIJACKED'
"""

BASH: dict[str, tuple[str, ...]] = {
    "plain": ("",),
    "eu-pipefail": ("", "-eu", "-o", "pipefail"),
    "posix": ("", "--posix"),
    "posix-eu": ("", "--posix", "-eu"),
    "noglob": ("set -f",),
    "ifs": ("IFS=abcSHK_=",),
    "aliases": ("shopt -s expand_aliases" + ALIASES,),
    "aliases-posix": (ALIASES, "--posix"),
    "functions": (
        "export() { echo HIJACKED; }; unset() { echo HIJACKED; }; eval() { echo HIJACKED; }\n"
        "printf() { echo HIJACKED; }; local() { echo HIJACKED; }; command() { echo HIJACKED; }\n"
        "return() { echo HIJACKED; }; declare() { echo HIJACKED; }; test() { echo HIJACKED; }\n"
        "set() { echo HIJACKED; }; shellkit() { echo HIJACKED; }; true() { echo HIJACKED; }",
    ),
    "err-trap": ("set -E; trap 'echo HIJACKED >&2' ERR",),
    "exit-and-debug-traps": ("trap 'true debug' DEBUG; trap 'echo bye' EXIT; set -T",),
    "cdpath": ("export CDPATH=/:/tmp",),
    "noclobber": ("set -C",),
    "allexport": ("set -a",),
    "extglob-nullglob": ("shopt -s extglob nullglob dotglob nocasematch nocaseglob",),
    "failglob": ("shopt -s failglob",),
    "localvar": ("shopt -s localvar_inherit localvar_unset",),
    "verbose-histexpand": ("set -H; set +B; set -h",),
    "same-names": ("name=mine value=mine copy=mine code=mine i=mine status=mine",),
}

ZSH: dict[str, tuple[str, ...]] = {
    "plain": ("",),
    "eu": ("", "-eu"),
    "ksharrays-shwordsplit": ("setopt ksharrays shwordsplit",),
    "noglob": ("setopt noglob",),
    "cshjunkiequotes": ("setopt cshjunkiequotes",),
    "posixidentifiers": ("setopt posixidentifiers",),
    "posixbuiltins": ("setopt posixbuiltins",),
    "globs": ("setopt extendedglob nullglob globsubst",),
    "nomatch-cshnullglob": ("setopt cshnullglob nomatch kshglob",),
    "emulate-sh": ("emulate sh",),
    "emulate-ksh": ("emulate ksh",),
    "emulate-csh": ("emulate csh; unsetopt cshjunkieloops",),
    "rcquotes": ("setopt rcquotes",),
    "rcexpandparam": ("setopt rcexpandparam",),
    "warncreateglobal": ("setopt warncreateglobal warnnestedvar",),
    "noglobalexport": ("setopt noglobalexport",),
    "allexport": ("setopt allexport",),
    "errreturn": ("setopt errreturn",),
    "typesettounset": ("setopt typesettounset",),
    "magicequalsubst": ("setopt magicequalsubst kshtypeset",),
    "aliases": (ALIASES + "alias emulate='echo HIJACKED' setopt='echo HIJACKED'",),
    "global-aliases": ("alias -g L='| less' assume=HIJACKED unassume=HIJACKED",),
    "functions": (
        "export() { echo HIJACKED }; unset() { echo HIJACKED }; eval() { echo HIJACKED }\n"
        "printf() { echo HIJACKED }; local() { echo HIJACKED }; command() { echo HIJACKED }\n"
        "emulate() { echo HIJACKED }; typeset() { echo HIJACKED }; shellkit() { echo HIJACKED }",
    ),
    "ifs": ("IFS=abcSHK_=",),
    "ignorebraces": ("setopt ignorebraces",),
    "nobanghist": ("setopt nobanghist",),
    "noclobber": ("setopt noclobber",),
    "err-trap": ("TRAPZERR() { print -u2 HIJACKED }",),
    "noequals": ("setopt noequals noshortloops",),
    "same-names": ("name=mine value=mine copy=mine code=mine i=mine",),
}

FISH: dict[str, tuple[str, ...]] = {
    "plain": ("",),
    "functions": (
        "\n".join(
            f"function {name}; echo HIJACKED; end"
            for name in ("printf", "source", "echo", "true", "contains", "count", "env", "shellkit")
        ),
    ),
    "ifs": ("set -g IFS ''",),
    "same-names": ("set -g name mine; set -g value mine; set -g argv mine",),
    "read-limit": ("set -g fish_read_limit 100000",),
    "trace-off": ("set -g fish_trace",),
    "handlers": ("function h --on-variable AWS_REGION; echo changed >>seen; end",),
}

START = {
    "bash": "export AWS_PROFILE=dev AWS_ROLE_ARN= AWS_SESSION_TOKEN=$'t\\nt\\n'\n"
    "AWS_REGION=private\n",
    "zsh": "export AWS_PROFILE=dev AWS_ROLE_ARN= AWS_SESSION_TOKEN=$'t\\nt\\n'\n"
    "AWS_REGION=private\n",
    "fish": "set -gx AWS_PROFILE dev; set -gx AWS_ROLE_ARN ''; set -gx AWS_SESSION_TOKEN t\\nt\\n\n"
    "set -g AWS_REGION private\n",
}

SAY = {
    "bash": "\\builtin printf '%s\\n' \"{0} ${{{1}-unset}}\"\n",
    "zsh": "\\builtin printf '%s\\n' \"{0} ${{{1}-unset}}\"\n",
    "fish": "set -q {1}; and builtin printf '%s\\n' \"{0} ${1}\"\n"
    "set -q {1}; or builtin printf '%s\\n' '{0} unset'\n",
}

SAY_FAILURE = {
    "bash": "{0} || \\builtin printf '%s\\n' \"{0} $?\"\n",
    "zsh": "{0} || \\builtin printf '%s\\n' \"{0} $?\"\n",
    "fish": "{0}; or builtin printf '%s\\n' \"{0} $status\"\n",
}


def play(on: Bench, setup: str) -> str:
    name = on.shell.name
    # `\\` keeps the user's alias of that name away, as it would in their scripts.
    assume, unassume = ("assume", "unassume") if name == "fish" else ("\\assume", "\\unassume")
    return "".join(
        (
            START[name],
            on.dump("before"),
            setup + "\n",
            on.load(),
            on.load(),
            f"{assume} prod\n",
            on.dump("prod"),
            SAY_FAILURE[name].format(f"{assume} fails"),
            SAY_FAILURE[name].format(f"{assume} denied"),
            on.dump("failed"),
            f"{assume} other\n",
            on.dump("other"),
            SAY[name].format("this", "__shellkit_this"),
            f"{unassume}\n",
            on.dump("after"),
            SAY[name].format("region", "AWS_REGION"),
            f"{unassume}\n",
            on.dump("again"),
            SAY[name].format("this", "__shellkit_this"),
            SAY[name].format("last", "__shellkit_last"),
            SAY_FAILURE[name].format(f"{unassume} now"),
        )
    )


def check(on: Bench, setup: str, flags: tuple[str, ...], changes: frozenset[str]) -> None:
    result = on.run(play(on, setup), *flags)

    escape = "" if on.shell.name == "fish" else "\\"
    assert result.stdout.splitlines() == [
        f"{escape}assume fails 4",
        f"{escape}assume denied 1",
        "this target=other",
        "region private",
        "this ",
        "last target=other",
        f"{escape}unassume now 2",
        *(["bye"] if "bye" in setup else []),
    ]
    assert result.stderr.splitlines() == [
        "prod: account 123456789012, it's $HOME",
        "the program says no",
        "the program says no",
        "usage: unassume   (it takes no arguments)",
    ]
    assert result.status == 0
    before = {k: v for k, v in on.dumped("before").items() if k not in changes}

    def now(name: str) -> dict[str, str]:
        return {k: v for k, v in on.dumped(name).items() if k not in changes}

    kept_private = with_role(before, ROLE)
    del kept_private["SHELLKIT_BASE_AWS_REGION"]
    assert now("prod") == kept_private
    assert now("failed") == now("prod")
    other = with_role(before, OTHER)
    del other["SHELLKIT_BASE_AWS_REGION"]
    assert now("other") == other
    assert now("after") == before
    assert now("again") == before
    assert on.injected() == []
    assert [call.split("|")[2] for call in on.calls] == [
        f"env --shell {on.shell.name} assume {word}"
        for word in ("prod", "fails", "denied", "other")
    ]


#: What the set-ups themselves export.
EXPORTED_BY_SETUPS = frozenset({"CDPATH"})


@pytest.mark.parametrize("setup", BASH)
def test_bash(setup: str, tmp_path: Path) -> None:
    code, *flags = BASH[setup]
    check(bench("bash", tmp_path), code, tuple(flags), EXPORTED_BY_SETUPS)


@pytest.mark.parametrize("setup", ZSH)
def test_zsh(setup: str, tmp_path: Path) -> None:
    code, *flags = ZSH[setup]
    check(bench("zsh", tmp_path), code, tuple(flags), EXPORTED_BY_SETUPS)


@pytest.mark.parametrize("setup", FISH)
def test_fish(setup: str, tmp_path: Path) -> None:
    code, *flags = FISH[setup]
    check(bench("fish", tmp_path), code, tuple(flags), EXPORTED_BY_SETUPS)
