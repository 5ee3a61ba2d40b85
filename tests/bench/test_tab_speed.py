"""TAB with 5,000 profiles: what the shell's own functions take, beside one start of Python."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from bench_table import Table
from places import Place
from shell_session import SHELLS, found
from stopwatch import Race

MANY = 5000
#: Typed, and how many of the profiles `team-0000` to `team-4999` it stands for.
TYPED = {"team-012": 10, "tm0127": 1}

_BASH = """
{load}
for typed in {typed}; do
    COMP_LINE="assume $typed" COMP_POINT=$((7 + ${{#typed}})) COMP_TYPE=63 best=
    for round in {rounds}; do
        start=${{EPOCHREALTIME/[.,]/}}
        __shellkit_complete
        taken=$((${{EPOCHREALTIME/[.,]/}} - start))
        [[ -n $best && $best -le $taken ]] || best=$taken
    done
    echo "$typed $best ${{#COMPREPLY[@]}}"
done
"""
# Without the completion system, which is there only while a person types.
_ZSH = """
zmodload zsh/datetime
{load}
complete() {{
    emulate -L zsh
    local -a words __shellkit_list __shellkit_found
    local __shellkit_kind __shellkit_scope __shellkit_head __shellkit_fuzzy __shellkit_mixed=1
    local -i CURRENT=2
    words=(assume "$1")
    __shellkit_complete_find "$1"
    __shellkit_complete_match "$1"
    count=${{#__shellkit_found}}
}}
for typed in {typed}; do
    best=
    for round in {rounds}; do
        start=$EPOCHREALTIME
        complete "$typed"
        (( taken = (EPOCHREALTIME - start) * 1000000 ))
        [[ -n $best && $best -le $taken ]] || best=$taken
    done
    printf '%s %.0f %s\\n' $typed $best $count
done
"""
_SCRIPTS = {"bash": _BASH, "zsh": _ZSH}


@pytest.mark.parametrize("name", _SCRIPTS)
def test_tab(
    name: str, place_of: Callable[[int], Place], table: Table, rounds: int, tmp_path: Path
) -> None:
    place = place_of(MANY)
    program, *flags = SHELLS[name]
    init = place.init(name)
    load = tmp_path / "load"
    load.write_text(init.output())
    script = tmp_path / "script"
    script.write_text(
        _SCRIPTS[name].format(
            load=f". '{load}'",
            typed=" ".join(TYPED),
            rounds=" ".join(str(number) for number in range(rounds)),
        )
    )
    race = Race([place.floor()])
    race.run(rounds)
    done = subprocess.run(
        [found(program), *flags, str(script)],
        env={**place.env, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    if name == "bash" and not done.stdout.split()[1].isdigit():
        pytest.skip("this bash has no clock")
    assert done.stderr == ""
    for line in done.stdout.splitlines():
        typed, microseconds, count = line.split()
        assert int(count) == TYPED[typed]
        seconds = int(microseconds) / 1e6
        ratio = f"{seconds / race.best['floor']:.2f} x floor"
        table.add(
            f"TAB after `{typed}` in {name}, {MANY:,} profiles", f"{seconds * 1000:.1f} ms", ratio
        )
