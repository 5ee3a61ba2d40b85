"""Standard streams that are closed, full or a terminal: what is said never becomes code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from assuming import ROOT, Person

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="redirects as sh knows them")


def redirected(person: Person, redirects: str, *argv: str) -> subprocess.CompletedProcess[str]:
    """``shellkit ARGV`` with ``redirects`` as a shell makes them."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirects}', "sh", sys.executable, "-m", "shellkit", *argv],
        cwd=ROOT,
        env=person.changed({}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


ASSUME = ("env", "--shell", "bash", "assume")


@pytest.mark.parametrize("redirects", ["2>&-", "2>&- <&-"])
def test_what_is_said_with_stderr_closed_does_not_become_code(
    redirects: str, person: Person
) -> None:
    # Python's print(file=None) writes to stdout, which the shell evaluates.
    person.profile("$(touch INJECTED)", "release", "staging", duration_seconds="7200")
    person.profiles['"$(touch INJECTED)"'] = person.profiles.pop("$(touch INJECTED)")
    person.write()
    done = redirected(person, redirects, *ASSUME, "$(touch INJECTED)", "-v")
    assert done.returncode == 0
    assert done.stdout.startswith("__shellkit_begin &&\n")
    assert len(done.stdout.splitlines()) == 4
    # Nor on the warm path, nor where it fails.
    assert redirected(person, redirects, *ASSUME, "nobody").stdout == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_with_stderr_closed(shell: str, person: Person, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    person.profiles['"a;touch INJECTED;"'] = {
        "role_arn": person.sample.roles["release"],
        "source_profile": "staging",
        "duration_seconds": "7200",
    }
    person.write()
    start = {"fish": '"$py" -m shellkit init fish | source'}.get(
        shell, f'eval -- "$("$py" -m shellkit init {shell})"'
    )
    done = subprocess.run(
        [shell, "-c", f"{start}; assume 'a;touch INJECTED;' 2>&-; echo \"$SHELLKIT_PROFILE\""],
        cwd=tmp_path,
        env={**person.changed({}), "py": sys.executable, "PYTHONPATH": ROOT},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "a;touch INJECTED;\n", done.stderr
    assert not (tmp_path / "INJECTED").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("name", [".config/shellkit/config.toml", ".aws/config"])
def test_a_named_pipe_in_the_place_of_a_file_is_not_waited_for(
    name: str, shell: str, person: Person
) -> None:
    """`assume` did, for ever, and so did each new shell, in `init`."""
    pipe = person.home / name
    pipe.parent.mkdir(parents=True, exist_ok=True)
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    done = loaded(person, shell, f"assume dev; echo {STATUS[shell]}")
    assert done.stdout == "3\n"
    assert f"shellkit: {pipe}: is a pipe, and no regular file\n" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_file_that_a_shell_makes_of_a_commands_output(shell: str, person: Person) -> None:
    """`<(...)` is a pipe, which AWS tools take for no file; what is a file is read."""
    config = "(cat ~/.aws/config)"
    pipe, file = {
        "bash": (f"AWS_CONFIG_FILE=<{config}", None),
        "zsh": (f"AWS_CONFIG_FILE=<{config}", "AWS_CONFIG_FILE==" + config),
        "fish": (None, "AWS_CONFIG_FILE=(cat ~/.aws/config | psub --file)"),
    }[shell]
    if pipe:
        done = loaded(person, shell, f"{pipe} assume dev; echo {STATUS[shell]}")
        assert done.stdout == "3\n"
        assert ": is a pipe, and no regular file\n" in done.stderr
    if file:
        done = loaded(person, shell, f"{file} assume dev; echo {STATUS[shell]}")
        assert done.stdout == "0\n"


STATUS = {"bash": "$?", "zsh": "$?", "fish": "$status"}


def loaded(person: Person, shell: str, line: str) -> subprocess.CompletedProcess[str]:
    """``line`` in a shell with the functions."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    start = {"fish": '"$py" -m shellkit init fish | source'}.get(
        shell, f'eval -- "$("$py" -m shellkit init {shell})"'
    )
    return subprocess.run(
        [shell, "-c", f"{start}; {line}"],
        env={**person.changed({}), "py": sys.executable, "PYTHONPATH": ROOT},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")
def test_a_message_that_cannot_be_written_is_no_failure(person: Person) -> None:
    done = redirected(person, "2>/dev/full", *ASSUME, "dev", "-v")
    assert done.returncode == 0
    assert "SHELLKIT_PROFILE='dev'" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")
@pytest.mark.parametrize("argv", [("init", "bash"), (*ASSUME, "dev")])
def test_a_full_disk_is_one_message(argv: tuple[str, ...], person: Person) -> None:
    for _ in range(2):  # Cold and warm.
        done = redirected(person, ">/dev/full", *argv)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("shellkit: cannot write the answer: No space left on device")
        assert "Traceback" not in done.stderr
    assert redirected(person, ">&-", *argv).returncode in (0, 1)
    assert "Traceback" not in redirected(person, ">&-", *argv).stderr


@pytest.mark.parametrize(
    "name", ["zebr\x1b]0;t\x07a", "zebr\x9b31ma", "zebr\u202ea", "zebr\u2066a"]
)
def test_names_send_nothing_to_the_terminal_but_themselves(name: str, person: Person) -> None:
    person.profiles[f'"{name}"'] = {"region": "eu-west-1"}
    person.write()
    shown = name.encode("unicode_escape").decode()
    person.assume("zebra").failed(2, shown)
    assert name not in person.assume("zebra").stderr
    person.assume(f"--{name}").failed(2)
    assert name not in person.assume(f"--{name}").stderr


def test_the_success_line_sends_nothing_to_the_terminal_either(person: Person) -> None:
    name = "dev\u202eved"
    person.profiles[f'"{name}"'] = {
        "role_arn": person.sample.roles["dev"],
        "source_profile": "base",
    }
    person.write()
    for _ in range(2):  # Cold and warm.
        done = person.assume(name).went_well()
        assert done.said.startswith("dev\\u202eved: account")
        assert done.sets["SHELLKIT_PROFILE"] == name
    assert name not in person.assume(name, "--explain").went_well().stdout
