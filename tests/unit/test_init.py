"""``shellkit init``, and how the functions are told to call the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shellkit import cli, executable, shells
from shellkit.shells import render


@pytest.mark.parametrize("name", shells.NAMES)
def test_init_is_the_rendered_script_with_our_own_words(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["init", name]) == 0
    assert capfd.readouterr().out == render.render(shells.get(name), *executable.command())


@pytest.mark.parametrize("name", shells.NAMES)
def test_another_name_for_the_command(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", name, "--cmd", "role"]) == 0
    code = capfd.readouterr().out
    assert "function role" in code or "function \\role()" in code or "function global:role" in code
    assert "unrole" in code


@pytest.mark.parametrize("name", ["", "a b", "a;b", "-x", "1x", "$(id)", "é"])
def test_a_name_that_no_shell_takes_is_refused(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["init", "bash", f"--cmd={name}"]) == 2
    output = capfd.readouterr()
    assert output.out == ""
    assert "--cmd" in output.err


def test_in_a_virtual_environment_python_is_called_in_isolated_mode() -> None:
    assert sys.prefix != sys.base_prefix, "the tests run in a virtual environment"
    python, isolated, main = executable.command()
    assert (python, isolated) == (os.path.abspath(sys.executable), "-I")
    answer = subprocess.run([python, isolated, main, "--version"], capture_output=True, text=True)
    assert answer.stdout.startswith("shellkit ")


def test_elsewhere_the_installed_command_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert executable.command() == (executable.path(),)


@pytest.mark.posix
def test_the_command_is_found_where_it_was_started_from(tmp_path: Path) -> None:
    command = tmp_path / "bin" / "shellkit"
    command.parent.mkdir()
    command.write_text("")
    command.chmod(0o755)
    link = tmp_path / "shellkit"
    link.symlink_to(command)
    python = str(command.parent / "python")
    assert executable.path(str(link), "/nowhere/python") == str(link)
    assert executable.path(str(tmp_path / "shellkit" / "__main__.py"), python) == str(command)
    assert executable.path("/nowhere/shellkit", "/nowhere/python") == "shellkit"


@pytest.mark.posix
def test_what_is_not_executable_is_not_the_command(tmp_path: Path) -> None:
    (tmp_path / "shellkit").write_text("")
    assert executable.path(str(tmp_path / "shellkit"), "/nowhere/python") == "shellkit"


@pytest.mark.posix
def test_render_says_which_scripts_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(render, "_TOP", str(tmp_path))
    assert render.main(["--check"]) == 1
    assert not list(tmp_path.iterdir())
    assert render.main([]) == 0
    assert len(capsys.readouterr().out.split()) == 2 * len(render.rendered())
    assert render.main(["--check"]) == 0
    (tmp_path / "shell" / shells.get("fish").script).write_text("edited")
    assert render.main(["--check"]) == 1
    assert capsys.readouterr().out.endswith("shellkit.fish\n")


def test_a_script_that_calls_nothing_is_a_mistake_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "_CHECKOUT", str(tmp_path))
    monkeypatch.setattr(render, "_INSTALLED", str(tmp_path / "none"))
    (tmp_path / "shellkit.bash").write_text("assume() { :; }\n")
    with pytest.raises(RuntimeError, match="render it again"):
        render.script(shells.get("bash"), "/shellkit")
