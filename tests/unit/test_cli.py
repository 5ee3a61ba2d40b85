"""The program as a whole: help, exit codes, and what a traceback may show."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import shellkit
from shellkit import cli
from shellkit.errors import AwsError, ConfigError, PersonNeededError, UsageError
from shellkit.options import COMMANDS
from shellkit.rim import Rim

ROOT = str(Path(shellkit.__file__).parent.parent)
SECRET = "hunter2hunter2"


def rim(**environ: str) -> Rim:
    out, err = io.StringIO(), io.StringIO()
    return Rim(environ, "/home/none", "alex", lambda: 0.0, io.StringIO(), out, err)


def run(*argv: str, **environ: str) -> tuple[int, str, str]:
    made = rim(**environ)
    code = cli.main(argv, made)
    return code, _text(made.stdout), _text(made.stderr)


def _text(stream: object) -> str:
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


def test_assume_is_no_command_of_the_program() -> None:
    status, out, err = run("assume", "prod")
    assert (status, out) == (2, "")
    assert "assume is a function of your shell" in err
    assert "shellkit install" in err


@pytest.mark.parametrize("argv", [["--help"], ["-h"], ["help"]])
def test_help_lists_every_command(argv: list[str]) -> None:
    code, out, err = run(*argv)
    assert (code, err) == (0, "")
    for entry in COMMANDS:
        assert (f"\n  {entry.name} " in out) == (not entry.hidden)


def test_no_words_get_help_and_are_wrong_use() -> None:
    code, out, err = run()
    assert code == 2
    assert "usage: shellkit COMMAND" in out + err


@pytest.mark.parametrize("argv", [["--version"], ["-V"]])
def test_the_version(argv: list[str]) -> None:
    assert run(*argv) == (0, f"shellkit {shellkit.__version__}\n", "")


@pytest.mark.parametrize("entry", [entry for entry in COMMANDS if not entry.hidden])
def test_each_command_has_help(entry: object) -> None:
    name = entry.name  # type: ignore[attr-defined]
    code, out, err = run(name, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: shellkit {name}")
    assert run(name, "--nonsense", "-h")[0] == 0


def test_an_unknown_command_gets_the_names_of_all() -> None:
    code, out, err = run("instal")
    assert (code, out) == (2, "")
    names = ", ".join(entry.name for entry in COMMANDS if not entry.hidden)
    assert err == f"shellkit: no command is called instal\n  the commands are: {names}\n"


@pytest.mark.parametrize(
    "argv",
    [["env"], ["env", "--shell", "bash"], ["env", "--shell", "tcsh", "assume", "x"], ["env", "x"]],
)
def test_env_is_for_the_functions(argv: list[str]) -> None:
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert err.startswith("shellkit: ")


# --- Errors ------------------------------------------------------------------------


def broken(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def raise_it(*_: object) -> int:
        raise error

    monkeypatch.setattr(cli, "run", raise_it)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (AwsError("no", "try"), 1, "shellkit: no\n  try\n"),
        (UsageError("no"), 2, "shellkit: no\n"),
        (ConfigError("no", file="f", line=3, key="k"), 3, "shellkit: f:3: k: no\n"),
        (PersonNeededError("no"), 4, "shellkit: no\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_exit_codes(
    error: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, error)
    assert run("init") == (code, "", said)


def chain_with_secrets() -> AwsError:
    secret = SECRET
    try:
        try:
            raise ValueError(f"bad value {secret}")
        except ValueError as inner:
            raise RuntimeError(f"still {secret}") from inner
    except RuntimeError as middle:
        error = AwsError("STS says no")
        error.__cause__ = middle
        return error


def test_a_traceback_on_request_shows_places_and_no_values(monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, chain_with_secrets())
    assert run("init") == (1, "", "shellkit: STS says no\n")
    assert run("init", SHELLKIT_DEBUG="0") == (1, "", "shellkit: STS says no\n")
    code, out, err = run("init", SHELLKIT_DEBUG="1")
    assert (code, out) == (1, "")
    assert err.endswith("shellkit: STS says no\n")
    for part in ("AwsError\n", "RuntimeError\n", "ValueError\n", "chain_with_secrets", ", line "):
        assert part in err
    assert SECRET not in err


def test_a_fault_of_ours_is_one_message_that_quotes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken(monkeypatch, KeyError(SECRET))
    for environ in ({}, {"SHELLKIT_DEBUG": "1"}):
        code, out, err = run("init", **environ)
        assert (code, out) == (1, "")
        assert "a fault in shellkit itself (KeyError)" in err
        assert SECRET not in err
        assert ("raise_it" in err) == bool(environ)


# --- Pipes -------------------------------------------------------------------------


@pytest.mark.parametrize("argv", [["--help"], ["init", "bash"], ["init", "bash", "--cmd", "x"]])
def test_a_reader_that_went_away_is_no_traceback(argv: list[str]) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no broken pipes of this kind")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "shellkit", *argv],
        cwd=ROOT,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")
