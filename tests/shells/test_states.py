"""Every state a variable can be in comes back, and what cannot be changed stops an assume."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from shellbench import ROLE, Bench, bench, with_role, words_for

from shellkit.environment import BASE_PREFIX, MANAGED

ALL = [*MANAGED, *(BASE_PREFIX + name for name in MANAGED)]


@pytest.mark.parametrize("name", ["bash", "zsh"])
@pytest.mark.parametrize("flags", [(), ("-eu",)], ids=["plain", "eu"])
def test_readonly_leaves_all_as_it_was(name: str, flags: tuple[str, ...], tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    value = 'if [ -n "${%s+set}" ]; then readonly %s; else readonly %s=x; fi'
    code = on.load() + "export AWS_PROFILE=dev AWS_ROLE_ARN=\n"
    for number, variable in enumerate(ALL):
        code += "(\n" + value % (variable, variable, variable) + "\n"
        code += on.dump(f"before{number}") + 'assume prod || echo "$?"\n'
        code += on.dump(f"after{number}") + ")\n"
    result = on.run(code, *flags)

    assert result.stdout.split() == ["3"] * len(ALL)
    lines = result.stderr.splitlines()
    assert len(lines) == len(ALL)
    for number, variable in enumerate(ALL):
        assert lines[number].startswith(
            f"shellkit: {variable} is readonly, so nothing was changed."
        )
        assert on.dumped(f"after{number}") == on.dumped(f"before{number}")


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_readonly_in_a_calling_function(name: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    on_run = on.run(
        on.load()
        + "export AWS_PROFILE=dev\n"
        + on.dump("before")
        + 'set_up() { local -r AWS_REGION=mine; assume prod; echo "$? $AWS_REGION"; }\n'
        + ('also() { local -r AWS_REGION; assume prod; echo "$?"; }\n' if name == "bash" else "")
        + "set_up\n"
        + ("also\n" if name == "bash" else "")
        + on.dump("after")
    )

    assert on_run.stdout.split() == ["3", "mine", *(["3"] if name == "bash" else [])]
    assert on.dumped("after") == on.dumped("before")


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_readonly_during_a_role_stops_unassume_whole(name: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    result = on.run(
        on.load()
        + "export AWS_PROFILE=dev\nassume prod\nreadonly AWS_REGION\n"
        + on.dump("before")
        + "unassume; echo $?\n"
        + on.dump("after")
    )
    assert result.stdout == "3\n"
    assert "AWS_REGION is readonly" in result.stderr
    assert on.dumped("after") == on.dumped("before")


ATTRIBUTES = {
    "bash": (
        "declare -i AWS_ACCESS_KEY_ID=5 AWS_SECRET_ACCESS_KEY; declare -u AWS_REGION=eu\n"
        "declare -l AWS_DEFAULT_REGION=EU; declare -ix AWS_SESSION_TOKEN=7\n"
        "export -n AWS_ROLE_ARN=x\n"
    ),
    "zsh": (
        "typeset -i AWS_ACCESS_KEY_ID=5; typeset -u AWS_REGION=eu\n"
        "typeset -F AWS_DEFAULT_REGION=1.5; typeset -i 16 AWS_ROLE_ARN=3\n"
        "typeset -ix AWS_SESSION_TOKEN=7; typeset -L3 SHELLKIT_PROFILE=abcdef\n"
    ),
}


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_attributes_do_not_touch_or_run_values(name: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    evil = "a[$(touch INJECTED)]"
    from shellkit.environment import EnvChange

    change = EnvChange(dict.fromkeys(MANAGED, evil))
    on.answer("evil", on.shell.switch(change, "r", ""))
    result = on.run(
        ATTRIBUTES[name]
        + 'printf \'%s \' "$AWS_ACCESS_KEY_ID" "$AWS_REGION" "$AWS_DEFAULT_REGION"\n'
        + on.dump("before")
        + on.load()
        + "assume evil\n"
        + on.dump("during")
        + "unassume\n"
        + on.dump("after")
        + 'printf \'%s \' "$AWS_ACCESS_KEY_ID" "$AWS_REGION" "$AWS_DEFAULT_REGION"\n'
    )

    assert (result.status, result.stderr) == (0, "")
    assert {n: v for n, v in on.dumped("during").items() if n in MANAGED} == change.assigned
    assert on.dumped("after") == on.dumped("before")
    first, second = result.stdout.split()[:3], result.stdout.split()[3:]
    assert first == second
    assert on.injected() == []


@pytest.mark.parametrize(
    ("name", "setup", "word"),
    [
        ("bash", "AWS_REGION=(a b)", "array"),
        ("bash", "declare -A AWS_REGION; AWS_REGION[0]=x", "array"),
        ("bash", "declare -n AWS_REGION='target[$(touch INJECTED)]'", "name reference"),
        ("bash", "target=x; declare -n AWS_REGION=target", "name reference"),
        ("zsh", "AWS_REGION=(a b)", "plain variable"),
        ("zsh", "typeset -A AWS_REGION; AWS_REGION[k]=v", "plain variable"),
    ],
)
def test_what_cannot_be_kept_is_refused(name: str, setup: str, word: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    code = f"{setup}\n{on.load()}{on.dump('before')}assume prod; echo $?\n{on.dump('after')}"
    result = on.run(code)

    assert result.stdout == "3\n"
    assert word in result.stderr
    assert on.dumped("after") == on.dumped("before")
    assert on.injected() == []


# ---------------------------------------------------------------- nested shells

UNASSUME_IN = {"bash": "zsh", "zsh": "fish", "fish": "bash"}


@pytest.mark.parametrize("outer", UNASSUME_IN)
def test_a_nested_shell_of_another_kind_can_unassume(outer: str, tmp_path: Path) -> None:
    outside = bench(outer, tmp_path / "outside")
    inside = bench(UNASSUME_IN[outer], tmp_path / "inside")
    inner_script = tmp_path / "inner"
    inner_script.write_text(
        inside.load()
        + inside.dump("seen")
        + "unassume\n"
        + inside.dump("restored")
        + "assume prod\n"
        + inside.dump("again")
        + "unassume\n"
        + inside.dump("after"),
        encoding="utf-8",
    )
    inner = " ".join(outside.shell.quote(word) for word in words_for(inside.shell.name))
    setup = (
        "set -gx AWS_PROFILE dev; set -gx AWS_ROLE_ARN ''; set -g AWS_REGION private\n"
        if outer == "fish"
        else "export AWS_PROFILE=dev AWS_ROLE_ARN=; AWS_REGION=private\n"
    )
    result = outside.run(
        setup
        + outside.load()
        + outside.dump("before")
        + "assume prod\n"
        + f"{inner} {outside.shell.quote(str(inner_script))}\n"
        + "unassume\n"
        + outside.dump("after")
    )

    assert result.status == 0, result.stderr
    before = outside.dumped("before")
    # A private variable of the outer shell was never the nested shell's to see.
    assert "AWS_REGION" not in before
    assert not any("private" in value for value in inside.dumped("seen").values())
    assert inside.dumped("restored") == before
    assert inside.dumped("again") == with_role(before, ROLE)
    assert inside.dumped("after") == before
    assert outside.dumped("after") == before


def test_three_deep(tmp_path: Path) -> None:
    benches = {name: bench(name, tmp_path / name) for name in ("fish", "zsh", "bash")}
    fish, zsh, bash = benches.values()
    scripts = {}
    for on, body in (
        (bash, "unassume\n" + bash.dump("after")),
        (zsh, "assume other\n" + "{bash}\n"),
        (fish, "set -gx AWS_PROFILE dev\n" + fish.dump("before") + "assume prod\n" + "{zsh}\n"),
    ):
        path = on.folder / "deep"
        path.write_text(on.load() + body.format(**scripts), encoding="utf-8")
        # The same words are read alike by all three: no quote is in them.
        scripts[on.shell.name] = " ".join([*words_for(on.shell.name), str(path)])
    done = subprocess.run(
        scripts["fish"].split(),
        env=fish.environment({}),
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert bash.dumped("after") == fish.dumped("before")


# ---------------------------------------------------------------- fish


@pytest.fixture
def fish_with_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """fish with a configuration of its own, since --no-config has no universal variables."""
    import shellbench

    on = bench("fish", tmp_path)
    monkeypatch.setitem(shellbench.COMMAND, "fish", ["fish"])
    return on


def universals(on: Bench) -> str:
    path = on.home / "config" / "fish" / "fish_variables"
    lines = path.read_text().splitlines()
    return "\n".join(sorted(line for line in lines if "AWS_" in line))


def test_fish_universal_variables_survive(fish_with_config: Bench) -> None:
    on = fish_with_config
    on.run("set -Ux AWS_REGION universal; set -U AWS_PROFILE shown; set -U AWS_ROLE_ARN one two\n")
    stored = universals(on)
    result = on.run(
        on.load()
        + on.dump("before")
        + "set -g AWS_ROLE_ARN global\n"
        + "assume prod\n"
        + on.dump("during")
        + "echo [$AWS_PROFILE] [$AWS_REGION] [$AWS_ROLE_ARN]\n"
        + "set -U AWS_REGION changed-meanwhile\n"
        + "unassume\n"
        + "echo [$AWS_PROFILE] [$AWS_REGION] [$AWS_ROLE_ARN]\n"
        + "set -q -g AWS_PROFILE; or echo only universal\n"
        + "set -q -g AWS_REGION; or echo only universal\n"
        + "set -U AWS_REGION universal\n"
        + on.dump("after")
    )

    assert result.stdout.splitlines() == [
        "[eu-west-1]",  # Nothing shows of the other two: fish drops a word with an empty list.
        "[shown] [changed-meanwhile] [global]",
        "only universal",
        "only universal",
    ]
    assert on.dumped("during")["AWS_REGION"] == "eu-west-1"
    assert on.dumped("during")["SHELLKIT_BASE_AWS_REGION"] == "euniversal"
    assert "AWS_PROFILE" not in on.dumped("during")
    assert on.dumped("after") == on.dumped("before")
    assert universals(on) == stored


def test_fish_exported_universal_variable_that_must_go(fish_with_config: Bench) -> None:
    """fish hands these to every program, whatever a shell sets: better no role than a wrong one."""
    on = fish_with_config
    on.run("set -Ux AWS_PROFILE universal\n")
    result = on.run(
        on.load() + on.dump("before") + "assume prod; echo $status\n" + on.dump("after")
    )

    assert result.stdout == "3\n"
    assert "AWS_PROFILE is an exported universal variable" in result.stderr
    assert on.dumped("after") == on.dumped("before")


def test_fish_lists_are_kept(fish: Bench) -> None:
    names = "AWS_PROFILE AWS_ROLE_ARN AWS_ACCOUNT_ID AWS_REGION AWS_DEFAULT_REGION"
    show = f"set -S {names} AWS_CREDENTIAL_FILE"
    result = fish.run(
        fish.load()
        + "set -gx AWS_PROFILE 'a b' c; set -g AWS_ROLE_ARN e '' u; set -g AWS_ACCOUNT_ID\n"
        + "set -gx AWS_REGION \\n'e'\\n\\n\n"
        + "set -gx AWS_DEFAULT_REGION; set -gx AWS_CREDENTIAL_FILE ''\n"
        + f"{show}\nassume prod\nunassume\necho ---\n{show}\n"
    )
    before, after = result.stdout.split("---\n")

    assert "with 3 elements" in before
    assert after == before


# ---------------------------------------------------------------- unassume


OWN_STATE = {
    "bash": 'read -r state </proc/$$/stat; echo "$state"\n',
    "zsh": 'read -r state </proc/$$/stat; echo "$state"\n',
    "fish": 'read state </proc/$fish_pid/stat; echo "$state"\n',
}


def test_unassume_starts_no_process_and_forks_nothing(any_shell: Bench) -> None:
    """The kernel adds the page faults of each child that the shell waited for to the shell's."""
    look = OWN_STATE[any_shell.shell.name]
    rounds = 5
    once = look + "assume prod\n" + look + "unassume\n" + look
    result = any_shell.run(any_shell.load() + once * rounds)

    # cminflt is field 11 of proc(5)'s stat: the ninth after the name in parentheses.
    faults = [int(line.rpartition(")")[2].split()[8]) for line in result.stdout.splitlines()]
    assert len(faults) == 3 * rounds
    for before, assumed, unassumed in zip(faults[::3], faults[1::3], faults[2::3], strict=True):
        assert before < assumed
        assert assumed == unassumed


def test_unassume_words(any_shell: Bench) -> None:
    status = "$status" if any_shell.shell.name == "fish" else "$?"
    result = any_shell.run(
        any_shell.load() + f"unassume\necho {status}\nunassume -x\necho {status}\nunassume '' a\n"
        f"echo {status}\nunassume --help\nunassume -h\necho {status}\n"
    )
    lines = result.stdout.splitlines()

    assert lines[:3] == ["0", "2", "2"]
    assert lines[3] == lines[5] == "usage: unassume"
    assert lines[-1] == "0"
    assert result.stderr == "usage: unassume   (it takes no arguments)\n" * 2


def test_the_same_identity_once_more_keeps_the_one_before(any_shell: Bench) -> None:
    """As with `cd .`: after a refresh, `assume -` still goes to the other one."""
    result = any_shell.run(
        any_shell.load()
        + "assume prod\nassume other\nassume other --refresh\nassume other\nassume -\n"
    )
    assert result.status == 0
    assert any_shell.calls[2] == f"target=other|{RECIPE_OF_PROD}|env --shell " + (
        f"{any_shell.shell.name} assume other --refresh"
    )
    assert any_shell.calls[-1].startswith(f"target=other|{RECIPE_OF_PROD}|")


def test_an_inherited_identity_is_the_one_before(any_shell: Bench) -> None:
    """A nested shell has the role but not its recipe: the program gives it along."""
    code = any_shell.shell.switch(ROLE, "target=inner", "", "target=outer")
    any_shell.answer("inner", code)
    result = any_shell.run(any_shell.load() + "assume inner\nassume -\n")
    assert result.status == 0
    assert any_shell.calls[-1].startswith("target=inner|target=outer|")


def test_identities_before(any_shell: Bench) -> None:
    """What the program is told, so that `assume -` can go back."""
    result = any_shell.run(
        any_shell.load()
        + "assume prod\nassume other\nassume fails\nassume -\n"
        + "assume prod\nunassume\nunassume\nassume other\n"
    )

    assert result.status == 0
    assert [call.rsplit("|", 1)[0] for call in any_shell.calls] == [
        "|",
        f"{RECIPE_OF_PROD}|",
        f"target=other|{RECIPE_OF_PROD}",
        f"target=other|{RECIPE_OF_PROD}",
        "|target=other",
        f"|{RECIPE_OF_PROD}",
    ]
    assert result.stderr.splitlines()[2] == "no role any more"


RECIPE_OF_PROD = "target=it%27s&region=$(touch INJECTED)'"


def test_request_variables_do_not_stay(any_shell: Bench) -> None:
    any_shell.run(any_shell.load() + "assume prod\n" + any_shell.dump("after"))

    assert "SHELLKIT_REQUEST" not in any_shell.dumped("after")
    assert "SHELLKIT_PREVIOUS" not in any_shell.dumped("after")


def test_words_arrive_as_they_are(any_shell: Bench) -> None:
    words = ["-r", "eu", "--tag", "K=a b", "", "*", "$HOME", "--", "it's", "\\"]
    quoted = " ".join(any_shell.shell.quote(word) for word in words)
    args = any_shell.answers / "args"
    any_shell.exe.write_text(f"#!/bin/sh\nprintf '%s\\0' \"$@\" >'{args}'\nexit 7\n")
    result = any_shell.run(any_shell.load() + f"assume {quoted}\n")

    assert result.status == 7
    assert args.read_text().split("\0")[:-1] == [
        "env",
        "--shell",
        any_shell.shell.name,
        "assume",
        *words,
    ]


def test_missing_program(any_shell: Bench) -> None:
    any_shell.exe.unlink()
    result = any_shell.run(any_shell.load() + any_shell.dump("before") + "assume prod\n")

    assert result.status == 127
    assert f"shellkit: {any_shell.exe} is not there any more" in result.stderr
    assert f"shellkit init {any_shell.shell.name}" in result.stderr.splitlines()[-1]


def test_program_that_is_no_program(any_shell: Bench) -> None:
    any_shell.exe.chmod(0o644)
    result = any_shell.run(any_shell.load() + "assume prod\n")

    assert result.status in (126, 127)
    assert "or cannot be run" in result.stderr


def test_program_that_fails_is_not_said_to_be_gone(any_shell: Bench) -> None:
    result = any_shell.run(any_shell.load() + "assume fails\n")

    assert result.status == 4
    assert "not there any more" not in result.stderr
