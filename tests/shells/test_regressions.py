"""Bugs that other projects have paid for, one test each, named project and issue.

Not here, since they are about completion, which shellkit has not got yet: zoxide
df148c8, 408, 1165; aws-sso 135, 1414; click 1812, 2703; mise 8324. Those of prompts
are in test_prompt_hooks.py.
Others are whole matrices: starship 1612, mise 11467, direnv 808, starship 6922
(test_hostile.py); PowerShell's (test_powershell.py).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from shellbench import POSIX_LIKE, ROLE, Bench, bench, words_for

from shellkit import shells
from shellkit.errors import ConfigError
from shellkit.shells import hosts
from shellkit.shells.hosts import Surroundings
from shellkit.shells.render import render, script
from shellkit.startup import block, plan

QUIET = (0, "", "")

#: The strictest way to load in each shell, as zoxide does it.
STRICT = {
    "bash": ("-eu", "-o", "pipefail"),
    "zsh": ("-eu", "-o", "pipefail"),
    "fish": (),
}


def outcome(on: Bench, code: str, *flags: str) -> tuple[int, str, str]:
    result = on.run(code, *flags)
    return (result.status, result.stdout, result.stderr)


def test_zoxide_0_1_1_direnv_e0991fc_loading_twice_changes_nothing(any_shell: Bench) -> None:
    show = "functions" if any_shell.shell.name != "bash" else "declare -f"
    once = any_shell.run(any_shell.load() + show + "\n")
    twice = any_shell.run(any_shell.load() * 2 + show + "\n")

    assert twice.stdout == once.stdout
    assert twice.stderr == once.stderr == ""


def test_loading_twice_keeps_the_state(any_shell: Bench) -> None:
    result = any_shell.run(
        any_shell.load()
        + any_shell.dump("before")
        + "assume prod\n"
        + any_shell.load()
        + "assume fails\nunassume\n"
        + any_shell.dump("after")
    )
    assert any_shell.calls[1].startswith("target=it%27s")
    assert result.status == 0
    assert any_shell.dumped("after") == any_shell.dumped("before")


def test_starship_5438_virtualenv_3044_mise_8988_unbound_variables(any_shell: Bench) -> None:
    flags = STRICT[any_shell.shell.name]
    assert outcome(any_shell, any_shell.load() + "unassume\n", *flags) == QUIET


def test_virtualenv_3152_2049_mise_6846_loading_survives_errexit(any_shell: Bench) -> None:
    flags = STRICT[any_shell.shell.name]
    assert outcome(any_shell, any_shell.load() + any_shell.load(), *flags) == QUIET


@pytest.mark.parametrize("flags", [(), ("--posix",), ("--posix", "-eu")], ids="".join)
def test_starship_1674_direnv_072b2d2_eval_in_posix_mode(
    flags: tuple[str, ...], bash: Bench
) -> None:
    load = bash.load().replace("\\builtin eval", "eval")
    assert outcome(bash, load + "unassume\n", *flags) == QUIET


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_zoxide_0_7_3_alias_of_the_same_name(name: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    alias = "shopt -s expand_aliases\n" if name == "bash" else ""
    alias += "alias assume='echo HIJACKED'\nalias unassume='echo HIJACKED'\n"
    result = on.run(alias + on.load() + "assume prod\nunassume\n")

    assert "HIJACKED" not in result.stdout
    assert result.stderr.startswith("prod: ")


def test_starship_5908_direnv_616e9bf_traps_are_the_users(bash: Bench) -> None:
    traps = (
        "trap 'true debug' DEBUG\ntrap 'true int' INT\ntrap 'true err' ERR\ntrap 'true exit' EXIT\n"
    )
    result = bash.run(
        traps
        + "trap -p >before\n"
        + bash.load()
        + "assume prod\nassume fails\nunassume\ntrap -p >after\n"
    )
    assert result.status == 0
    assert (bash.home / "after").read_text() == (bash.home / "before").read_text()


def test_atuin_1514_custom_ifs(any_shell: Bench) -> None:
    ifs = "set -g IFS 0_A" if any_shell.shell.name == "fish" else "IFS=0_A"
    result = any_shell.run(f"{ifs}\n{any_shell.load()}assume prod\n" + any_shell.dump("during"))

    assert result.status == 0
    assert any_shell.dumped("during")["AWS_ACCESS_KEY_ID"] == "ASIAEXAMPLE"


def test_starship_5159_no_job_is_left(any_shell: Bench) -> None:
    result = any_shell.run(any_shell.load() + "assume prod\nassume fails\nunassume\njobs\n")

    assert result.stdout.strip() in ("", "jobs: There are no jobs")


def test_virtualenv_2768_values_are_not_commands(any_shell: Bench) -> None:
    run = "touch INJECTED"
    evil = f"';{run};'\\';{run};\"$({run})`{run}`\u2019;{run}\u2019"
    any_shell.answer("evil", any_shell.shell.text(evil))
    result = any_shell.run(any_shell.load() + "assume evil\n")

    assert result.stdout == evil
    assert any_shell.injected() == []


EXES = [
    "with space/shellkit",
    "it's/shellkit",
    'quo"ted/shellkit',
    "$(touch INJECTED)/shellkit",
    "`touch INJECTED`/shell kit",
    "back\\slash\\/shellkit",
    "\u00e9\u2019\U0001f692/shellkit",
    "-n/shellkit",
    "~/*/[a]/{x,y}/shellkit",
    "=ls/!!/#c/shellkit",
    "&& touch INJECTED/shellkit",
]


@pytest.mark.parametrize("exe", EXES)
def test_mise_7315_starship_2893_where_the_program_is(exe: str, any_shell: Bench) -> None:
    path = any_shell.folder / "exes" / exe
    path.parent.mkdir(parents=True)
    path.write_bytes(any_shell.exe.read_bytes())
    path.chmod(0o755)
    code = any_shell.folder / "functions"
    code.write_text(script(any_shell.shell, str(path)), encoding="utf-8", newline="")
    load = "source" if any_shell.shell.name == "fish" else "."
    result = any_shell.run(f"{load} {any_shell.shell.quote(str(code))}\nassume prod\n")

    assert (result.status, result.stdout) == (0, "")
    assert len(any_shell.calls) == 1
    assert any_shell.injected() == []


@pytest.mark.parametrize("name", shells.NAMES)
def test_virtualenv_1818_no_carriage_return(name: str) -> None:
    assert "\r" not in render(shells.get(name))


def test_mise_11188_no_zsh_parameter_module(zsh: Bench) -> None:
    """``${parameters}`` loads a module, which deadlocked under Rosetta."""
    result = zsh.run(zsh.load() + "assume prod\nunassume\nzmodload\n")

    assert "zsh/parameter" not in result.stdout.split()


def test_zoxide_1241_nothing_is_said_by_loading(any_shell: Bench) -> None:
    assert outcome(any_shell, any_shell.load()) == QUIET


def test_direnv_5b4df96_virtualenv_joined_eval(fish: Bench) -> None:
    """Code in lines must reach fish as lines."""
    result = fish.run(fish.load() + "assume prod\n" + fish.dump("during"))

    assert result.status == 0
    seen = fish.dumped("during")
    assert {name: seen[name] for name in ROLE.assigned} == ROLE.assigned


def test_direnv_584_utf_8(any_shell: Bench) -> None:
    text = "\u00e9 \u4e2d \U0001f692 \u2028|"
    any_shell.answer("utf8", any_shell.shell.text(text))

    assert any_shell.run(any_shell.load() + "assume utf8\n").stdout == text


def test_virtualenv_3185_zoxide_865_shadowed_builtins(fish: Bench) -> None:
    shadows = "".join(
        f"function {name}; touch INJECTED; end\n"
        for name in ("printf", "source", "echo", "contains", "count", ".")
    )
    result = fish.run(shadows + fish.load() + "assume prod\nassume --help\nunassume\nunassume -h\n")

    assert result.status == 0
    assert "100%s" in result.stdout
    assert fish.injected() == []


def test_conda_14660_missing_variables_are_no_noise(any_shell: Bench) -> None:
    any_shell.answer("quiet", any_shell.shell.switch(ROLE, "r", ""))
    assert outcome(any_shell, any_shell.load() + "assume quiet\nunassume\nunassume\n") == QUIET


def test_exports_of_missing_variables_are_no_noise(any_shell: Bench) -> None:
    assert outcome(any_shell, any_shell.shell.exports(ROLE)) == QUIET


def test_starship_6337_syntax_of_old_fish() -> None:
    """fish 3.4: no `set --function`, no `string shorten`, no `path`, no `abbr --function`."""
    text = render(shells.get("fish"))
    # The clock of newer ones, after a look at the version; without it nothing asks for an age.
    clock = "(builtin math (builtin path mtime /) + (builtin path mtime -R /))"
    before, _, after = text.partition(clock)
    assert before.splitlines()[-2].endswith(" $version")
    text = before + after.replace("__shellkit_age (builtin path mtime -R /)", "")
    guard = "else if builtin set -q __shellkit_prompt_hold[1]\n"
    assert text.count(guard + "        builtin path mtime -R / | ") == 1
    text = text.replace("builtin path mtime -R / | ", "")
    for newer in (
        "set -f",
        "--function",
        "string shorten",
        "builtin path",
        "abbr",
        "function --inherit",
    ):
        assert newer not in text


def test_aws_sso_1244_unset_is_not_empty(any_shell: Bench) -> None:
    any_shell.run(any_shell.load() + "assume prod\n" + any_shell.dump("during"))

    assert "AWS_PROFILE" not in any_shell.dumped("during")


@pytest.mark.parametrize("name", ["bash", "zsh"])
@pytest.mark.parametrize("mode", ["-e", "-E"])
def test_conda_15710_status_of_the_function(name: str, mode: str, tmp_path: Path) -> None:
    if (name, mode) == ("zsh", "-E"):
        mode = "-u"
    on = bench(name, tmp_path)
    code = (
        on.load() + 'if assume fails; then echo no; else echo "$?"; fi\n'
        'assume denied || echo "$?"\n! assume fails && echo inverted\nassume fails\necho reached\n'
    )
    result = on.run(code, mode)

    assert result.stdout.splitlines()[:3] == ["4", "1", "inverted"]
    assert ("reached" in result.stdout) == (mode != "-e")
    if mode == "-e":
        assert result.status == 4


def test_err_trap_sees_a_failure_once(bash: Bench) -> None:
    code = bash.load() + "trap 'echo \"trapped $?\"' ERR\nassume fails\nassume prod\nunassume\n"
    assert bash.run(code).stdout == "trapped 4\n"


def test_plain_sh_reads_the_exports(tmp_path: Path) -> None:
    on = bench("bash", tmp_path)
    code = on.shell.exports(ROLE) + on.dump("after")
    subprocess.run([words_for("bash")[0], "--posix", "-c", code], check=True, cwd=tmp_path)
    subprocess.run(["/bin/sh", "-c", code], check=True, cwd=tmp_path)

    seen = on.dumped("after")
    assert {name: seen[name] for name in ROLE.assigned} == ROLE.assigned


@pytest.mark.parametrize("name", POSIX_LIKE)
@pytest.mark.parametrize("last", ["true one\\\n", "true one\\", "true one \\\n", "true\n", "true"])
def test_install_after_a_line_that_goes_on(name: str, last: str, tmp_path: Path) -> None:
    """The mark of the block once became a part of the line before it: `one# >>> shellkit >>>`."""
    on = bench(name, tmp_path)
    result = on.run(block.put(last, "echo loaded"))
    assert (result.status, result.stdout, result.stderr) == (0, "loaded\n", "")
    assert not [path for path in on.home.iterdir() if path.is_file()]


UNFINISHED = ("cat <<EOF\nx\n", "alias a='b\n", 'echo "it\n')
#: What only seems to be unfinished, or is another matter.
FINISHED = (
    "shopt -s extglob\ncase x in !(a)) true ;; esac\n",
    "cat <<'EOF'\nit's\nEOF\n",
    "# it's\n",
    "if true; then\n",
    "x='a\nb'\n",
)


@pytest.mark.parametrize(
    ("name", "text"),
    [("bash", text) for text in UNFINISHED + FINISHED]
    # zsh says nothing of a here-document that does not end.
    + [("zsh", text) for text in UNFINISHED[1:] + FINISHED],
)
def test_install_into_a_file_that_ends_within_a_quote(name: str, text: str, tmp_path: Path) -> None:
    words_for(name)
    rc = tmp_path / f".{name}rc"
    rc.write_text(text)
    around = Surroundings(
        {"ZDOTDIR": str(tmp_path)}.get,
        str(tmp_path),
        "linux",
        output_of=lambda argv: plan._output_of(argv, os.environ),
    )
    if text in FINISHED:
        assert plan.install(hosts.get(name), around, "/x/shellkit", None)
    else:
        with pytest.raises(ConfigError, match="ends within a quote") as caught:
            plan.install(hosts.get(name), around, "/x/shellkit", None)
        assert caught.value.file == str(rc)


def test_the_functions_for_bash_show_no_variable_in_zsh(tmp_path: Path) -> None:
    on = bench("zsh", tmp_path)
    text = script(shells.get("bash"), str(on.exe))
    result = on.run(
        f"\\builtin eval -- {on.shell.quote(text)}\nassume prod\nunassume\n",
        env={"AWS_SECRET_ACCESS_KEY": "TOPSECRET"},
    )
    assert "these functions are for bash; for zsh: shellkit init zsh" in result.stderr
    assert "command not found: assume" in result.stderr
    assert result.stdout == ""
    assert "TOPSECRET" not in result.stderr
