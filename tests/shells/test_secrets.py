"""Where a secret must not be: traces, history, variables, arguments of processes."""

from __future__ import annotations

from pathlib import Path

import pytest
from shellbench import ROLE, Bench, bench

SECRETS = [ROLE.assigned["AWS_SECRET_ACCESS_KEY"], ROLE.assigned["AWS_SESSION_TOKEN"]]
#: Unlike the whole values, these show under any quoting too.
MARKS = ["INJECTED)+", "ken==", "base-secret"]

TRACE_ON = {
    "bash": "set -xv\n",
    "zsh": "set -xv\n",
    "fish": "set -g fish_trace 1\n",
}
TRACE_SETUP = {
    "bash": "export AWS_SECRET_ACCESS_KEY=base-secret AWS_SESSION_TOKEN=base-secret\n",
    "zsh": "export AWS_SECRET_ACCESS_KEY=base-secret AWS_SESSION_TOKEN=base-secret\n",
    "fish": "set -gx AWS_SECRET_ACCESS_KEY base-secret; set -gx AWS_SESSION_TOKEN base-secret\n",
}


def test_traces_have_no_secret(any_shell: Bench) -> None:
    name = any_shell.shell.name
    result = any_shell.run(
        any_shell.load()
        + TRACE_SETUP[name]
        + TRACE_ON[name]
        + "assume prod\nassume other\nassume prod\nunassume\n"
        + "true still-traced\n"
    )

    assert result.status == 0
    for mark in MARKS:
        assert mark not in result.stdout + result.stderr
    # The user's own tracing is on again afterwards.
    assert "true still-traced" in result.stderr


DEBUG_TRAPS = {
    "bash": "set -ET; trap 'echo \"$BASH_COMMAND\"' DEBUG\n",
    "zsh": "trap 'print -r -- $ZSH_DEBUG_CMD' DEBUG\n",
}


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_debug_traps_see_no_secret(name: str, tmp_path: Path) -> None:
    """What bash-preexec and audit loggers hook into."""
    on = bench(name, tmp_path)
    result = on.run(
        on.load()
        + TRACE_SETUP[name]
        + DEBUG_TRAPS[name]
        + "assume prod\nassume other\nassume prod\nunassume\ntrue still-hooked\ntrap\n"
    )
    for mark in MARKS:
        assert mark not in result.stdout + result.stderr
    assert "true still-hooked" in result.stdout
    assert "DEBUG" in result.stdout.splitlines()[-1]


@pytest.mark.parametrize("flag", ["-x", "-v", "-a", "-E", "-T"])
def test_flags_come_back_after_a_failure(bash: Bench, flag: str) -> None:
    result = bash.run(bash.load() + f'set {flag}\nassume fails\necho "flags=$-"\n')

    assert flag[1] in result.stdout.split("flags=")[1]


ALL_VARIABLES = {
    "bash": "set\n",
    "zsh": "typeset -p\n",
    "fish": "set --show\n",
}


def test_no_other_variable_keeps_a_secret(any_shell: Bench) -> None:
    result = any_shell.run(any_shell.load() + "assume prod\n" + ALL_VARIABLES[any_shell.shell.name])
    lines = [
        line
        for line in result.stdout.splitlines()
        if any(mark in line for mark in MARKS[:2]) and not line.startswith(("_=", "typeset _="))
    ]
    names = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    assert len(lines) == 2, lines
    for name, line in zip(names, sorted(lines), strict=True):
        assert name in line


def test_no_variable_is_left_behind(any_shell: Bench) -> None:
    """Loop variables and temporaries stay inside."""
    show = {
        "bash": "compgen -v | sort\n",
        "zsh": "print -l ${(ok)parameters}\n",
        "fish": "set --names\n",
    }[any_shell.shell.name]
    warm = "zmodload zsh/parameter\n" if any_shell.shell.name == "zsh" else ""
    result = any_shell.run(
        warm
        + show
        + "echo ----\n"
        + any_shell.load()
        + "assume prod\nassume fails\nunassume\nunassume x\n"
        + show
    )
    before, after = (set(part.split()) for part in result.stdout.split("----\n"))
    own = {"__shellkit_this", "__shellkit_last"}

    ours_by_the_shell = {"PIPESTATUS", "BASH_LINENO", "pipestatus", "_", "FUNCNAME"}
    assert after - before - ours_by_the_shell == own
    assert before - after == set()


def test_globals_are_not_exported(any_shell: Bench) -> None:
    any_shell.run(any_shell.load() + "assume prod\nassume other\n" + any_shell.dump("during"))

    assert [n for n in any_shell.dumped("during") if n.startswith("__shellkit")] == []


def test_nothing_secret_in_arguments(any_shell: Bench) -> None:
    any_shell.run(any_shell.load() + "assume prod\nassume other\nassume -\n")

    for call in any_shell.calls:
        for secret in SECRETS:
            assert secret not in call
