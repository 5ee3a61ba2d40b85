"""`--cmd NAME`: which names the functions can have, as the shells themselves see it."""

from __future__ import annotations

import pytest
from shellbench import Bench

from shellkit import shells
from shellkit.cli import main
from shellkit.shells.render import render

#: How a shell lists the words that have a meaning of their own.
OWN = {
    "bash": "compgen -bk\n",
    "zsh": "zmodload zsh/parameter; print -l ${(k)reswords} ${(k)builtins}\n",
    "fish": "builtin -n\n",
}


def test_every_word_and_builtin_of_a_shells_own_is_refused(any_shell: Bench) -> None:
    """Scripts and functions of the user call them: `cd` that switches roles would break those."""
    shell = any_shell.shell
    listed = any_shell.run(OWN[shell.name]).stdout.split()
    words = [word for word in listed if word.replace("_", "a").isalnum()]
    assert {"if", "cd", "exit", "set", "eval", "source", "printf"} <= set(words)
    assert len(words) > 50
    assert [word for word in words if not shell.reserves(word)] == []


@pytest.mark.parametrize(
    ("shell", "name", "said"),
    [
        ("bash", "if", "if"),
        ("bash", "til", "until"),
        ("bash", "builtin", "builtin"),
        ("bash", "alias", "alias"),
        ("zsh", "source", "source"),
        ("fish", "cd", "cd"),
        ("powershell", "cd", "cd"),
        ("powershell", "Prompt", "Prompt"),
        ("bash", "shellkit_prompt", "shellkit_prompt"),
        ("zsh", "__shellkit_run", "__shellkit_run"),
        ("fish", "[", "'['"),
        ("powershell", "%", "'%'"),
        ("zsh", "foreach", "foreach"),
        ("fish", "end", "end"),
        ("powershell", "Switch", "Switch"),
        ("powershell", "til", "until"),
        ("zsh", "shellkit", "shellkit"),
        ("bash", "[[", "'[['"),
        ("bash", "a b", "'a b'"),
    ],
)
@pytest.mark.parametrize("command", ["init", "install"])
def test_such_a_name_is_wrong_use(
    command: str, shell: str, name: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, shell, "--cmd", name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"shellkit: --cmd: {said} ")
    assert err.count("--cmd:") == 1


@pytest.mark.parametrize("name", ["role", "a", "aws-role", "If", "do_it"])
def test_other_names_work(name: str, any_shell: Bench) -> None:
    assert not any_shell.shell.reserves(name)
    path = any_shell.folder / "named"
    path.write_text(render(any_shell.shell, str(any_shell.exe), cmd=name), encoding="utf-8")
    result = any_shell.run(f"source {any_shell.shell.quote(str(path))}\n{name} prod && un{name}\n")
    assert result.status == 0, result.stderr
    assert "prod: account" in result.stderr


def test_powershell_tells_no_large_letters_from_small_ones() -> None:
    assert shells.get("powershell").reserves("IF")
    assert not shells.get("bash").reserves("IF")
