"""Git Bash, as far as it can be had here: the shell is of this system, the program of Windows.

What counts in mintty without a pseudo console is there: a native Windows program whose
standard handles are pipes, though the shell has a terminal. The names by which the functions
call the program are those that they have on Windows; a script of that name runs it in Wine.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from shellkit.sandbox import totp
from tools import windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shellkit.sandbox import Sandbox
    from shellkit.sandbox.sample import Sample

pexpect = pytest.importorskip("pexpect")

SCRIPTS = windows.VENV / "Scripts"
PYTHON = windows.windows_path(SCRIPTS / "python.exe")
SHELLKIT = windows.windows_path(SCRIPTS / "shellkit.exe")
MAIN = windows.windows_path(windows.VENV / "Lib/site-packages/shellkit/__main__.py")

BARE = {"bash": ["--noprofile", "--norc", "-i"], "zsh": ["-f", "-i", "+Z"]}

#: Runs the Windows program that it is called by the name of. Where the shell would give it
#: the terminal it gets pipes, as from mintty: from its stdin nothing comes, and no end.
#: What it has printed is all shown before the shell goes on.
AS_IN_MINTTY = """\
#!/bin/bash
shown=()
[[ ! -t 0 ]] || exec 0<>"${HOME}/.keyboard"
if [[ -t 1 ]]; then
    exec 1> >(trap '' INT; exec cat)
    shown+=("$!")
fi
if [[ -t 2 ]]; then
    exec 2> >(trap '' INT; exec cat >&2)
    shown+=("$!")
fi
"${WINE}" "${0##*/}" "$@"
status="$?"
exec 1>&- 2>&-
[[ ${#shown[@]} -eq 0 ]] || wait "${shown[@]}"
exit "${status}"
"""


class GitBash:
    """A person on Windows. ``profiles`` are the sections of the AWS config file."""

    def __init__(self, sandbox: Sandbox, sample: Sample) -> None:
        self.sandbox, self.sample = sandbox, sample
        self.home = windows.home()
        self.local = self.home / "AppData/Local"
        self.shells: list[Shell] = []
        self._clear()
        self._write_programs()
        self.profiles: dict[str, dict[str, str]] = {"base": {"region": "eu-north-1"}}
        for role in ("dev", "staging"):
            self.profile(role, role)
        for role in ("prod", "vault", "audit"):
            self.profile(role, role, mfa_serial=sample.mfa_serial)

    def _clear(self) -> None:
        for path in (*self.home.glob(".*"), self.local / "shellkit", *self.home.glob("Z:*")):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def _write_programs(self) -> None:
        """In the home, so that ``[[ -x 'C:\\…' ]]`` finds them there as well as on PATH."""
        os.mkfifo(self.home / ".keyboard")
        for name in (PYTHON, SHELLKIT):
            path = self.home / name
            path.write_text(AS_IN_MINTTY)
            path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def profile(self, name: str, role: str, **more: str) -> None:
        """Add a profile for one of the sample's roles, or change it."""
        arn = self.sample.roles[role]
        self.profiles[name] = {"role_arn": arn, "source_profile": "base", **more}
        self.write()

    def write(self) -> None:
        """Write the AWS files anew."""
        folder = self.home / ".aws"
        folder.mkdir(exist_ok=True)
        lines = []
        for name, values in self.profiles.items():
            lines.append(f"[profile {name}]" if name.isalnum() else f'[profile "{name}"]')
            lines += [f"{key} = {value}" for key, value in values.items()]
        (folder / "config").write_text("\n".join([*lines, ""]), encoding="utf-8")
        key = self.sample.key
        lines = ["[base]", f"aws_access_key_id = {key.id}", f"aws_secret_access_key = {key.secret}"]
        (folder / "credentials").write_text("\n".join([*lines, ""]), encoding="utf-8")

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a shell: MSYS gives Windows programs a HOME, and Wine does not."""
        foreign = ("AWS_", "AWSUME_", "SHELLKIT_", "COVERAGE_", "PYTEST_")
        here = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
        nowhere = "http://127.0.0.1:9"
        return {
            **windows.environment(here),
            **self.sandbox.environment,
            "WINE": str(windows.wine()),
            "WINEHOME": windows.windows_path(self.home),
            "HOME": str(self.home),
            "PATH": f"{self.home}:{os.environ.get('PATH', os.defpath)}",
            "MSYSTEM": "MINGW64",
            "OSTYPE": "msys",
            "TERM": "xterm",
            "HISTFILE": "",
            "HTTP_PROXY": nowhere,
            "HTTPS_PROXY": nowhere,
            "AWS_MAX_ATTEMPTS": "1",
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """``shellkit`` with pipes, as a script would call it."""
        return self.python("-I", MAIN, *words)

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Its Python with pipes."""
        return subprocess.run(
            [str(windows.wine()), PYTHON, *words],
            env=self.environ,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def shell(self, name: str = "bash", *, load: bool = True) -> Shell:
        """A shell with the functions, at a terminal of its own."""
        made = Shell(name, BARE[name], self)
        self.shells.append(made)
        if load:
            made.run(f"eval -- \"$('{SHELLKIT}' init {name} --prompt none)\"")
            assert "function" in made.run("type assume"), "init failed"
        return made

    def login_shell(self) -> Shell:
        """A bash as mintty opens it, with the start-up files of the home."""
        made = Shell("bash", ["--login", "-i"], self)
        self.shells.append(made)
        return made

    def code(self) -> str:
        """What the MFA device shows now."""
        return totp(self.sample.mfa.seed, time.time())

    def wrong(self) -> str:
        return f"{(int(self.code()) + 1) % 1000000:06d}"

    def actions(self) -> list[str]:
        """What STS was asked so far."""
        return [str(call.action) for call in self.sandbox.calls]

    def cached(self, folder: str) -> list[Path]:
        """The files in one of the folders of the cache."""
        path = self.local / "shellkit/Cache" / folder
        return sorted(path.iterdir()) if path.is_dir() else []

    def close(self) -> None:
        for shell in self.shells:
            shell.child.close(force=True)
        for pid in programs():
            os.kill(pid, 9)


class Shell:
    """A shell at a terminal, with the prompt ``$> ``."""

    def __init__(self, name: str, words: list[str], of: GitBash) -> None:
        self.name = name
        self.child: Any = pexpect.spawn(
            name,
            words,
            env=of.environ,
            cwd=str(of.home),
            encoding="utf-8",
            timeout=40,
            dimensions=(50, 200),
        )
        self.child.delaybeforesend = 0.02
        quiet = {"bash": "bind 'set enable-bracketed-paste off'", "zsh": "unsetopt prompt_cr zle"}
        self.child.sendline(f"{quiet[name]}; PS1='$''> '; stty -echo")
        self.child.expect_exact("$> ")
        self.run("")

    def send(self, line: str) -> None:
        self.child.sendline(line)

    def sees(self, text: str) -> str:
        """Wait for ``text``; what stood before it."""
        self.child.expect_exact(text)
        return str(self.child.before)

    def done(self) -> str:
        """Wait for the prompt; what stood before it."""
        return self.sees("$> ").replace("\r\n", "\n")

    def run(self, line: str) -> str:
        """What ``line`` shows."""
        self.send(line)
        return self.done()

    def status(self) -> int:
        return int(self.run('echo "<$?>"').split("<")[-1].split(">")[0])

    def value(self, name: str) -> str:
        """The value of a variable, as a program gets it."""
        return self.run(f"printenv {name}").split("\n")[0]


def programs(*, wrapped: bool = True) -> list[int]:
    """The process IDs of every shellkit in our Wine; with those of the scripts that run it."""
    return [
        pid
        for pid, words in _processes()
        if (MAIN in words or SHELLKIT in words) and (wrapped or words.startswith(PYTHON))
    ]


def _processes() -> Iterable[tuple[int, str]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes()
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if state != "Z":
                yield int(folder.name), words.decode("utf-8", "replace")


def until(true: Callable[[], object], seconds: float = 30) -> None:
    """Wait until it is."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
