"""TAB with 5,000 profiles: what the shells' own functions take, beside one start of Python.

And beside awsume's completer, where that is on PATH (`./dev bench` puts it there).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from bench_table import Table
from places import Place
from shell_session import SHELLS, found
from stopwatch import Race

MANY = 5000
#: Typed, and how many of the profiles `team-0000` to `team-4979` it stands for; `None` for all.
TYPED = {"": None, "team-012": 10, "tm0127": 1, "--re": 2}
#: What TAB must not take more of than a start of Python that does nothing (7 ms or so), however
#: busy the machine is. The bound that is aimed at is 15 ms.
LIMIT = 4
#: What awsume's completer has to take at least, in TABs of ours.
BESIDE_AWSUME = 5

_BASH = """
{load}
awsume() {{
    COMP_WORDS=(awsume "$typed") COMP_CWORD=1
    {awsume}
}}
measure() {{
    best= COMPREPLY=()
    for round in {rounds}; do
        start=${{EPOCHREALTIME/[.,]/}}
        "$@"
        taken=$((${{EPOCHREALTIME/[.,]/}} - start))
        [[ -n $best && $best -le $taken ]] || best=$taken
    done
}}
for typed in {typed}; do
    COMP_LINE="assume $typed" COMP_POINT=$((7 + ${{#typed}})) COMP_TYPE=63
    measure __shellkit_complete
    echo "ours [$typed] $best ${{#COMPREPLY[@]}}"
done
typed=team-012
[[ -z "{awsume}" ]] || {{ measure awsume; echo "awsume [$typed] $best ${{#COMPREPLY[@]}}"; }}
"""
#: What `awsume-configure` writes into a start-up file, but for its names.
_AWSUME = 'COMPREPLY=( $(compgen -W "$(awsume-autocomplete)" -- ${COMP_WORDS[COMP_CWORD]}) )'

# Run by a key, since the completion system is there only while a person types.
_ZSH = """
PS1='> '; zmodload zsh/datetime; autoload -Uz compinit; compinit -u -D
setopt no_auto_menu
{load}
timed() {{
    local start=$EPOCHREALTIME taken
    __shellkit_complete "$@"
    (( taken = (EPOCHREALTIME - start) * 1000000 ))
    [[ -n $best && $best -le $taken ]] || best=$taken
    count=$compstate[nmatches]
}}
measure() {{
    for typed in {typed}; do
        best=
        for round in {rounds}; do
            BUFFER="assume $typed" CURSOR=100
            zle complete-word
        done
        printf 'ours [%s] %.0f %s\\n' "$typed" $best $count >>{out}
    done
    echo done >>{out}
}}
zle -N measure; bindkey '^T' measure
"""


def measured_bash(rc: str, place: Place, folder: Path) -> list[str]:
    script = folder / "script"
    script.write_text(rc)
    program, *flags = SHELLS["bash"]
    done = subprocess.run(
        [found(program), *flags, str(script)],
        env={**place.env, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def measured_zsh(rc: str, place: Place, folder: Path) -> list[str]:
    pexpect = pytest.importorskip("pexpect")
    (folder / "rc").write_text(rc)
    env = {**place.env, "LC_ALL": "C.UTF-8", "TERM": "xterm"}
    shell = pexpect.spawn(found("zsh"), ["-f", "-i"], env=env, dimensions=(24, 100))
    try:
        shell.sendline(f"source {folder}/rc; echo loa''ded")
        shell.expect("loaded.*> ", timeout=60)
        shell.sendline("compdef timed assume; echo rea''dy")  # Ours came with the prompt.
        shell.expect("ready.*> ", timeout=60)
        shell.send("\x14")
        out, end = folder / "out", time.monotonic() + 100
        while not (out.exists() and out.read_text().endswith("done\n")):
            assert time.monotonic() < end
            try:
                shell.read_nonblocking(65536, 0.1)
            except pexpect.TIMEOUT:
                continue
        return out.read_text().splitlines()[:-1]
    finally:
        shell.close(force=True)


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_tab(
    name: str, place_of: Callable[[int], Place], table: Table, rounds: int, tmp_path: Path
) -> None:
    place = place_of(MANY)
    load = tmp_path / "load"
    load.write_text(place.init(name).output())
    rc = {"bash": _BASH, "zsh": _ZSH}[name].format(
        load=f". '{load}'",
        typed=" ".join(f"'{typed}'" for typed in TYPED),
        rounds=" ".join(str(number) for number in range(rounds)),
        awsume=_AWSUME if shutil.which("awsume-autocomplete") else "",
        out=tmp_path / "out",
    )
    if name == "bash":
        clock = subprocess.run(
            [found("bash"), "-c", "echo ${EPOCHREALTIME-}"], capture_output=True, check=True
        )
        if not clock.stdout.strip():
            pytest.skip("this bash has no clock")
    race = Race([place.floor()])
    best: dict[tuple[str, str], float] = {}
    for _ in range(4):
        race.run(rounds)
        for line in {"bash": measured_bash, "zsh": measured_zsh}[name](rc, place, tmp_path):
            whose, typed, microseconds, count = line.split()
            key = whose, typed.strip("[]")
            assert int(count) == TYPED[key[1]] or (TYPED[key[1]] is None and int(count) >= MANY)
            best[key] = min(int(microseconds) / 1e6, best.get(key, 9e9))
        (tmp_path / "out").unlink(missing_ok=True)
        if max(best["ours", typed] for typed in TYPED) <= LIMIT * race.best["floor"]:
            break
    for (whose, typed), seconds in best.items():
        label = f"TAB after `{'assume' if whose == 'ours' else whose} {typed}` in {name}"
        must = f"<= {LIMIT} x floor" if whose == "ours" else f">= {BESIDE_AWSUME} x ours"
        ratio = f"{seconds / race.best['floor']:.2f} x floor"
        table.add(f"{label}, {MANY:,} profiles", f"{seconds * 1000:.1f} ms", ratio, must)
        if whose == "ours":
            assert seconds <= LIMIT * race.best["floor"]
        else:
            assert seconds >= BESIDE_AWSUME * best["ours", typed]
