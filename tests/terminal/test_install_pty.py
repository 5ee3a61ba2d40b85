"""``shellkit install`` from a real shell at a terminal, and the shells that start afterwards."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pexpect
import pytest

from shellkit import shells
from shellkit.shells import hosts
from shellkit.startup import plan
from shellkit.startup.block import BEGIN

pytestmark = pytest.mark.pty

REQUIRED = os.environ.get("SHELLKIT_REQUIRE_SHELLS", "").split(",")
#: The shell with no start-up file of the user's, in which `install` is typed.
BARE = {
    "bash": ["--noprofile", "--norc", "-i"],
    "zsh": ["-f", "-i", "+Z"],
    "fish": ["--no-config", "-i"],
}
WHAT_IS = {"bash": "type -t {}", "zsh": "whence -w {}", "fish": "type -t {}"}
FILES = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/conf.d/shellkit.fish"}

#: Says where it is as an installed command would, and keeps count of its calls.
LAUNCHER = """#!/bin/sh
echo call >>{log}
exec {python} -c 'import sys
sys.argv[0] = sys.argv.pop(1)
from shellkit.__main__ import main
sys.exit(main())' "$0" "$@"
"""


@dataclass
class Machine:
    """A home of its own, with shellkit installed at a path that needs quoting."""

    shell: str
    home: Path
    exe: Path
    environ: dict[str, str]

    @property
    def rc(self) -> Path:
        return self.home / FILES[self.shell]

    @property
    def calls(self) -> int:
        log = self.home / "calls"
        return log.read_text().count("\n") if log.exists() else 0

    def type(self, line: str) -> pexpect.spawn:
        """A person in a bare shell who types the command, with ``shellkit`` for its path."""
        child = pexpect.spawn(
            self.shell, BARE[self.shell], env=self.environ, encoding="utf-8", timeout=30
        )
        child.delaybeforesend = 0.1
        line = line.replace("shellkit", shells.get(self.shell).quote(str(self.exe)))
        # Not `exec`: the shell must be there above, for shellingham to find.
        child.sendline(f"{line}; exit {'$status' if self.shell == 'fish' else '$?'}")
        return child

    def install(self, words: str = "") -> str:
        """Install and agree; all that was shown."""
        child = self.type(f"shellkit install {words}")
        child.expect_exact("Apply? [Y/n] ")
        shown = str(child.before)
        child.sendline("y")
        assert leave(child) == 0
        return shown + str(child.before)

    def start(self, code: str = "true", *flags: str) -> str:
        """What a new interactive shell prints that runs ``code`` after its start-up files."""
        words = [*flags, "-i", "-c", code]
        printed, status = pexpect.run(
            shlex.join([self.shell, *words]), env=self.environ, withexitstatus=True, timeout=30
        )
        assert status == 0, printed
        return printed.decode().replace("\r\n", "\n")

    def kind_of(self, name: str, *flags: str) -> str:
        """`function`, where ``name`` is one in a new interactive shell."""
        return (
            self.start(WHAT_IS[self.shell].format(name), *flags).removeprefix(f"{name}: ").strip()
        )


def leave(child: pexpect.spawn) -> int:
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus is not None
    return child.exitstatus


def make(shell: str, folder: Path) -> Machine:
    if shutil.which(shell) is None and shell not in REQUIRED:
        pytest.skip(f"{shell} is not on PATH")
    home, exe = folder / "home", folder / "it's a \\ place" / "shellkit"
    home.mkdir()
    exe.parent.mkdir()
    log, python = shlex.quote(str(home / "calls")), shlex.quote(sys.executable)
    exe.write_text(LAUNCHER.format(log=log, python=python))
    exe.chmod(0o755)
    kept = ("PATH", "LANG", "LC_ALL", "PYTHONPATH")
    environ = {name: os.environ[name] for name in kept if name in os.environ}
    # A login shell that is none of ours: what is found was found above.
    return Machine(
        shell, home, exe, {**environ, "HOME": str(home), "SHELL": "/bin/tcsh", "TERM": "xterm"}
    )


@pytest.fixture(params=["bash", "zsh", "fish"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    return make(request.param, tmp_path)


@pytest.fixture
def bash(tmp_path: Path) -> Machine:
    return make("bash", tmp_path)


@pytest.fixture
def zsh(tmp_path: Path) -> Machine:
    return make("zsh", tmp_path)


def test_install_from_the_shell_itself(machine: Machine) -> None:
    shown = machine.install()
    assert f"+++ {machine.rc}" in shown
    assert "\x1b[32m+" in shown
    assert "Open a new terminal" in shown
    assert machine.start() == ""
    assert machine.kind_of("assume") == "function"
    assert machine.kind_of("unassume") == "function"

    again = machine.type("shellkit install")
    assert leave(again) == 0
    assert "Already there" in again.before
    assert machine.start() == ""

    gone = machine.type("shellkit uninstall --yes")
    assert leave(gone) == 0
    assert not machine.rc.exists()


def test_a_shell_says_nothing_when_the_command_has_gone(machine: Machine) -> None:
    machine.install()
    machine.exe.unlink()
    assert machine.start() == ""
    assert machine.start("echo end") == "end\n"
    machine.exe.symlink_to("/gone/with/the/venv")
    assert machine.start() == ""


def test_looking_for_the_command_starts_no_process(machine: Machine) -> None:
    machine.install()
    machine.exe.unlink()
    machine.environ["PATH"] = "/nowhere"
    shell = shutil.which(machine.shell)
    machine.shell = str(shell)
    assert machine.start() == ""


def test_scripts_do_not_load_it(machine: Machine) -> None:
    machine.install()
    before = machine.calls
    rc = shells.get(machine.shell).quote(str(machine.rc))
    # zsh reads its file in interactive shells only, by itself.
    code = "true" if machine.shell == "zsh" else f"source {rc}"
    printed = pexpect.run(shlex.join([machine.shell, "-c", code]), env=machine.environ)
    assert printed == b""
    assert machine.calls == before


def test_no(machine: Machine) -> None:
    child = machine.type("shellkit install")
    child.expect_exact("Apply? [Y/n] ")
    child.sendline("perhaps")
    child.expect_exact("Apply? [Y/n] ")
    child.sendline("n")
    assert leave(child) == 1
    assert "Nothing was changed." in child.before
    assert not machine.rc.exists()


def test_ctrl_c_at_the_question(machine: Machine) -> None:
    line = "shellkit install; echo st''atus "
    child = machine.type(line + ("$status" if machine.shell == "fish" else "$?"))
    child.expect_exact("Apply? [Y/n] ")
    child.sendintr()
    child.expect_exact("Nothing was changed.")
    if machine.shell == "fish":  # bash and zsh give up the rest of the line, too.
        child.expect_exact("status 130")
    else:
        child.sendline("echo st''atus $?")
        child.expect_exact("status 130")
    child.close(force=True)
    assert not machine.rc.exists()


def test_end_of_file_at_the_question(bash: Machine) -> None:
    child = bash.type("shellkit install")
    child.expect_exact("Apply? [Y/n] ")
    child.sendeof()
    assert leave(child) == 1
    assert not bash.rc.exists()


def test_another_name(machine: Machine) -> None:
    machine.install("--cmd aws-as")
    assert machine.start() == ""
    assert machine.kind_of("aws-as") == "function"


def test_a_file_with_windows_line_endings(machine: Machine) -> None:
    machine.rc.parent.mkdir(parents=True, exist_ok=True)
    machine.rc.write_bytes(b"# one\r\n# two\r\n")
    machine.install()
    assert machine.rc.read_bytes().count(b"\r\n") == 6
    assert machine.start() == ""
    assert machine.kind_of("assume") == "function"


def test_a_linked_bashrc(bash: Machine) -> None:
    real = bash.home / "dotfiles" / "bashrc"
    real.parent.mkdir()
    real.write_text("set -eu\nalias a=b")
    bash.rc.symlink_to(real)
    shown = bash.install()
    assert "is a symbolic link" in shown
    assert bash.rc.is_symlink()
    assert bash.start() == ""
    assert bash.kind_of("assume") == "function"
    gone = bash.type("shellkit uninstall --yes")
    assert leave(gone) == 0
    assert real.read_text() == "set -eu\nalias a=b"


@pytest.mark.parametrize(
    "how", ["export ZDOTDIR=~/z", "ZDOTDIR=~/z", "echo noise; ZDOTDIR=$HOME/z"]
)
def test_zsh_that_sets_its_own_folder(zsh: Machine, how: str) -> None:
    (zsh.home / ".zshenv").write_text(how + "\n")
    zsh.install()
    assert BEGIN in (zsh.home / "z" / ".zshrc").read_text()
    assert not (zsh.home / ".zshrc").exists()
    assert zsh.kind_of("assume").endswith("function")


def test_zsh_folder_from_the_environment(zsh: Machine) -> None:
    zsh.environ["ZDOTDIR"] = str(zsh.home / "z")
    zsh.install()
    assert BEGIN in (zsh.home / "z" / ".zshrc").read_text()
    assert zsh.kind_of("assume") == "function"


@pytest.mark.parametrize(
    "profile",
    [
        None,
        "PATH=$PATH:/x\n",
        ". ~/.bashrc\n",
        # Reads it in a way that is not recognised.
        "for f in ~/.bashrc; do . $f; done\n",
    ],
)
@pytest.mark.parametrize("name", [".bash_profile", ".profile"])
def test_login_shells_load_it_once(bash: Machine, profile: str | None, name: str) -> None:
    """As on macOS and in Git Bash, where each terminal opens a login shell."""
    if profile is not None:
        (bash.home / name).write_text(profile)
    around = hosts.Surroundings(bash.environ.get, str(bash.home), "darwin")
    changes = plan.install(hosts.get("bash"), around, str(bash.exe), None)
    for edit in changes:
        Path(edit.file.path).write_bytes(edit.after or b"")
    assert bash.kind_of("assume", "-l") == "function"
    assert bash.calls == 1
    assert bash.kind_of("assume") == "function"
    assert bash.calls == 2
    # The system's sh reads .profile as well.
    printed = pexpect.run("sh -l -i -c true", env={**bash.environ, "ENV": ""}, encoding="utf-8")
    assert printed == ""
