"""Values through real shells: one process for a whole corpus."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shellbench import Bench, bench

from shellkit.environment import MANAGED, EnvChange

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from test_quote import NASTY, TRICKY, VALUES

FLAGS = {
    "bash": ((), ("--posix",), ("-H",), ("-eu",)),
    "zsh": (
        (),
        ("-o", "rcquotes"),
        ("-o", "ksharrays"),
        ("-o", "shwordsplit"),
        ("-o", "magicequalsubst"),
        ("--emulate", "sh"),
        ("--emulate", "ksh"),
    ),
    "fish": ((),),
}
CASES = [(name, flags) for name, several in FLAGS.items() for flags in several]


def through(on: Bench, values: list[str], flags: tuple[str, ...]) -> list[str]:
    """``values`` as a program gets them that is called with each in quotes."""
    show = "/usr/bin/printf '%s\\0' "
    code = "".join(show + on.shell.quote(value) + "\n" for value in values)
    result = on.run(code, *flags)
    assert (result.status, result.stderr) == (0, "")
    return result.stdout.split("\0")[:-1]


@pytest.mark.parametrize(
    ("name", "flags"), CASES, ids=lambda v: v if isinstance(v, str) else "".join(v)
)
def test_words(name: str, flags: tuple[str, ...], tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    assert through(on, list(NASTY), flags) == list(NASTY)
    assert on.injected() == []


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(values=st.lists(VALUES | TRICKY, min_size=150, max_size=300))
def test_words_made_up(any_shell: Bench, values: list[str]) -> None:
    assert through(any_shell, values, ()) == values


def printable(value: str) -> bool:
    return not any(char < " " or char == "\x7f" for char in value)


@pytest.mark.parametrize("how", ["switch", "exports"])
def test_environment(any_shell: Bench, how: str) -> None:
    """Each value of the corpus as the value of each variable that can be set."""
    values = [value for value in NASTY if printable(value)]
    changes = []
    for start in range(0, len(values), len(MANAGED)):
        some = values[start : start + len(MANAGED)]
        changes.append(EnvChange(dict(zip(MANAGED, some, strict=False))))
    code = any_shell.load()
    for number, change in enumerate(changes):
        if how == "switch":
            any_shell.answer(f"n{number}", any_shell.shell.switch(change, "r", ""))
            code += f"assume n{number}\n"
        else:
            code += any_shell.shell.exports(change)
        code += any_shell.dump(f"dump{number}")
    result = any_shell.run(code)

    assert (result.status, result.stdout, result.stderr) == (0, "", "")
    for number, change in enumerate(changes):
        seen = any_shell.dumped(f"dump{number}")
        assert {name: seen[name] for name in MANAGED if name in seen} == change.assigned
    assert any_shell.injected() == []


def test_text_is_printed_as_it_is(any_shell: Bench) -> None:
    text = "".join(f"{value}|" for value in NASTY) + "100%s \\n end\n\n"
    result = any_shell.run(any_shell.shell.text(text))

    assert (result.status, result.stdout, result.stderr) == (0, text, "")


def test_recipe_and_message_are_literal(any_shell: Bench) -> None:
    values = [value for value in NASTY if "\r" not in value]
    code = any_shell.load()
    for number, value in enumerate(values):
        any_shell.answer(f"n{number}", any_shell.shell.switch(EnvChange({}), value, value))
        code += f"assume n{number}\n"
    show = '/usr/bin/printf "%s\\0" "$__shellkit_this"\n'
    lines = code.splitlines(keepends=True)
    shown = "".join(line + (show if line.startswith("assume n") else "") for line in lines)
    result = any_shell.run(shown)

    assert result.status == 0
    assert result.stdout.split("\0")[:-1] == values
    assert result.stderr == "".join(f"{value}\n" for value in values if value)
    assert any_shell.injected() == []


def test_carriage_returns_of_windows(any_shell: Bench) -> None:
    """A Python on Windows may end its lines with CR LF."""
    code = any_shell.shell.switch(EnvChange({"AWS_REGION": "eu"}), "recipe", "done")
    any_shell.answer("crlf", code.replace("\n", "\r\n"))
    result = any_shell.run(any_shell.load() + "assume crlf\n" + any_shell.dump("after"))

    assert (result.status, result.stderr) == (0, "done\n")
    assert any_shell.dumped("after")["AWS_REGION"] == "eu"


def test_exports_stop_at_the_first_failure(bash: Bench) -> None:
    # Written for plain scripts; `sh` reads them too, where a failing export ends the script.
    change = EnvChange({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "c"})
    code = "readonly AWS_SECRET_ACCESS_KEY\n" + bash.shell.exports(change)

    assert bash.run(code + 'echo "$? ${AWS_REGION-unset}"\n').stdout == "1 unset\n"
