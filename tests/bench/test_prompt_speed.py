"""What a draw of the prompt costs, beside that of one process."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from bench_table import Table
from shell_session import SHELLS, found
from stopwatch import Process, Race

from shellkit import shells
from shellkit.shells.render import render

DRAWS = 2000 if os.environ.get("SHELLKIT_BENCH") == "full" else 400
FORKS = 200
#: What a draw without a role may cost, in forks; with one it may cost a whole one.
IDLE = 0.5

#: The user's own prompt, and all that the shell does before it shows it.
OWN = {
    "bash": "PS1='\\u \\$ '\n",
    "zsh": "PS1='%n $ '\n",
    "fish": "function fish_prompt; builtin printf '%s' (builtin string upper u)' $ '; end\n",
}
HOOK = {
    "bash": "PROMPT_COMMAND=__shellkit_prompt_hook\n",
    "zsh": "precmd_functions=(__shellkit_prompt_hook)\n",
    "fish": "",
}
DRAW = {
    "bash": 'x="${PS1@P}"',
    "zsh": 'x="${(%%)PS1}"',
    "fish": "set x (fish_prompt)",
}
LOOP = {
    "bash": "for ((i = 0; i < COUNT; i++)); do DO; done\n",
    "zsh": "for ((i = 0; i < COUNT; i++)); do DO; done\n",
    "fish": "for i in (command seq COUNT); DO; end\n",
}


def process(name: str, what: str, count: int, folder: Path, role: bool) -> Process:
    program, *flags = SHELLS[name]
    functions = render(shells.get(name)).replace(
        "    if builtin status is-interactive\n", "    if builtin true\n"
    )
    before = {"hook": "__shellkit_prompt_hook; ", "fork": "command true; ", "none": ""}[what]
    if what == "fork" and name != "fish":
        before = "(:); "
    loop = LOOP[name].replace("COUNT", str(count)).replace("DO", before + DRAW[name])
    code = (functions + OWN[name] + HOOK[name]) * (what == "hook") + OWN[name] * (what != "hook")
    if what == "hook" and name == "fish":
        # fish counts the lines before a block each time that it runs, and nobody has the
        # prompt of their own behind our functions in one file.
        loaded = folder / "loaded.fish"
        loaded.write_text(functions, encoding="utf-8")
        code = f"source {loaded}\n" + OWN[name]
    path = folder / f"{what}{role:d}.{name}"
    path.write_text(code + loop, encoding="utf-8")
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    env["TERM"] = "xterm-256color"
    if role:
        env["SHELLKIT_PROFILE"] = "acme-prod"
        env["SHELLKIT_ACCOUNT_ID"] = "111122223333"
        env["SHELLKIT_EXPIRES"] = str(int(time.time()) + 2520)
    return Process(f"{what}{role:d}", [found(program), *flags, str(path)], env)


@pytest.mark.parametrize("name", SHELLS)
def test_a_draw_beside_a_fork(name: str, tmp_path: Path, table: Table) -> None:
    none = process(name, "none", DRAWS, tmp_path, False)
    idle = process(name, "hook", DRAWS, tmp_path, False)
    role = process(name, "hook", DRAWS, tmp_path, True)
    fork = process(name, "fork", FORKS, tmp_path, False)
    race = Race([none, idle, role, fork])

    def cost(process: Process, count: int) -> float:
        """One time round the loop, less what the shell itself takes for it."""
        return race.best[process.name] / count - race.best[none.name] / DRAWS

    def holds(_: Race) -> bool:
        one = cost(fork, FORKS)
        return cost(idle, DRAWS) <= IDLE * one and cost(role, DRAWS) <= one

    race.settle(holds, 3)
    one = cost(fork, FORKS)
    for each, label, limit in ((idle, "without a role", IDLE), (role, "with a role", 1)):
        taken = cost(each, DRAWS)
        table.add(
            f"a prompt in {name} {label}, over no hook",
            f"{taken * 1000:.2f} ms",
            f"{taken / one:.2f} x fork",
            f"<= {limit} x fork",
        )
        assert taken <= limit * one
