"""Running scripts in real shells, against a stand-in for the program.

The stand-in is a few lines of sh that print code which the test has made with
the real ``Shell.switch``; so nothing here needs AWS, and one shell process can
go through a whole corpus.
"""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shellkit import shells
from shellkit.environment import BASE_PREFIX, MANAGED, EnvChange
from shellkit.shells.base import Shell
from shellkit.shells.render import script

#: Whatever the shell sets for itself.
NOISE = {"_", "SHLVL", "PWD", "OLDPWD"}

POSIX_LIKE = ("bash", "zsh", "fish")

COMMAND = {
    "bash": ["bash", "--noprofile", "--norc"],
    "zsh": ["zsh", "-f"],
    "fish": ["fish", "--no-config"],
    "powershell": ["pwsh", "-NoProfile", "-NonInteractive"],
}

STAND_IN = r"""#!/bin/sh
# Called as: env --shell SHELL assume WORD...
answers={answers}
printf '%s|%s|%s\n' "$SHELLKIT_REQUEST" "$SHELLKIT_PREVIOUS" "$*" >>"$answers/calls"
if [ "$5" = slow ]; then sleep 20; fi
cat "$answers/$5"
if [ -f "$answers/$5.said" ]; then cat "$answers/$5.said" >&2; fi
if [ -f "$answers/$5.status" ]; then
    echo "the program says no" >&2
    exit "$(cat "$answers/$5.status")"
fi
"""

ROLE = EnvChange(
    {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "it's/$(touch INJECTED)+`touch INJECTED`\\",
        "AWS_SESSION_TOKEN": "to\\'ken==",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "SHELLKIT_PROFILE": "=ls ~ * \u2019; touch INJECTED #!x %n",
    }
)
OTHER = EnvChange({"AWS_PROFILE": "other", "AWS_REGION": "us-east-1"})
RECIPE = "target=it%27s&region=$(touch INJECTED)'"
MESSAGE = "prod: account 123456789012, it's $HOME"


def find(name: str) -> str:
    """The program ``name``, from PATH or beside Python; else skip, or fail where required."""
    path = shutil.which(name) or shutil.which(name, path=os.path.dirname(sys.executable))
    if path:
        return path
    required = os.environ.get("SHELLKIT_REQUIRE_SHELLS", "").replace(",", " ").split()
    if name in required or (name == "pwsh" and "powershell" in required):
        pytest.fail(f"{name} is required by SHELLKIT_REQUIRE_SHELLS and is not on PATH")
    reason = "PowerShell (pwsh)" if name == "pwsh" else name
    pytest.skip(f"{reason} is not on PATH")


def words_for(name: str, *flags: str) -> list[str]:
    """The command that runs a script in the shell, with nothing of the user's loaded."""
    program, *own = COMMAND[name]
    # zsh wants --emulate first, bash wants its long options first.
    rest = [*flags, *own] if name == "zsh" else [*own, *flags]
    return [find(program), *rest]


def dotnet() -> dict[str, str]:
    """What PowerShell may not start without on this machine, and what keeps it off the network."""
    mine = {name: value for name, value in os.environ.items() if name.startswith("DOTNET_")}
    return {**mine, "POWERSHELL_TELEMETRY_OPTOUT": "1", "POWERSHELL_UPDATECHECK": "Off"}


@dataclass
class Result:
    """What a script in a shell came to."""

    status: int
    stdout: str
    stderr: str


@dataclass
class Bench:
    """A shell, a folder, and a stand-in for the program with prepared answers."""

    shell: Shell
    folder: Path
    home: Path = field(init=False)
    exe: Path = field(init=False)
    answers: Path = field(init=False)

    def __post_init__(self) -> None:
        self.home = self.folder / "home"
        self.home.mkdir(parents=True)
        self.answers = self.folder / "answers"
        self.answers.mkdir()
        self.exe = self.folder / "it's $(touch INJECTED) \\ `exe`" / "shellkit"
        self.exe.parent.mkdir()
        quoted = "'" + str(self.answers).replace("'", "'\\''") + "'"
        self.exe.write_text(STAND_IN.replace("{answers}", quoted))
        self.exe.chmod(0o755)
        self.answer("prod", self.shell.switch(ROLE, RECIPE, MESSAGE))
        self.answer("other", self.shell.switch(OTHER, "target=other", ""))
        self.answer("-", self.shell.revert("no role any more"))
        self.answer("--help", self.shell.text("usage: it's\n  100%s \\n\n"))
        self.answer("fails", self.shell.exports(EnvChange({"AWS_REGION": "evil"})), status=4)
        self.answer("denied", self.shell.text("evil\n"), status=1)
        self.answer("slow", self.shell.switch(ROLE, RECIPE, MESSAGE))

    def answer(self, word: str, code: str, status: int = 0) -> None:
        """What the stand-in prints, and its exit code, when ``word`` is assumed."""
        (self.answers / word).write_bytes(code.encode())
        if status:
            (self.answers / f"{word}.status").write_text(str(status))

    @property
    def calls(self) -> list[str]:
        """``request|previous|words`` of each call of the stand-in."""
        path = self.answers / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def load(self) -> str:
        """Statements that load the functions, as ``init`` would be loaded."""
        path = self.folder / self.shell.script
        path.write_text(script(self.shell, str(self.exe)), encoding="ascii", newline="")
        return {
            "bash": f"\\builtin eval -- \"$('/bin/cat' {self.shell.quote(str(path))})\"\n",
            "zsh": f"\\builtin eval -- \"$('/bin/cat' {self.shell.quote(str(path))})\"\n",
            "fish": f"/bin/cat {self.shell.quote(str(path))} | builtin source\n",
            "powershell": f"Get-Content -Raw -LiteralPath {self.shell.quote(str(path))}"
            " | Out-String | Invoke-Expression\n",
        }[self.shell.name]

    def dump(self, name: str) -> str:
        """A statement that writes the environment a child sees to a file."""
        return f"/usr/bin/env -0 > {self.shell.quote(str(self.folder / name))}\n"

    def dumped(self, name: str) -> dict[str, str]:
        """What :meth:`dump` wrote."""
        content = (self.folder / name).read_bytes().decode("utf-8", "surrogateescape")
        pairs = (entry.split("=", 1) for entry in content.split("\0") if entry)
        # Under `set -a` bash exports functions too: those of anyone, and as it was told to.
        return {
            key: value
            for key, value in pairs
            if key not in NOISE and not key.startswith("BASH_FUNC_")
        }

    def run(self, code: str, *flags: str, env: dict[str, str] | None = None) -> Result:
        """Run ``code`` as a script file."""
        path = self.folder / "script"
        path.write_text(code, encoding="utf-8", newline="", errors="surrogateescape")
        if self.shell.name == "powershell":
            path = path.rename(path.with_suffix(".ps1"))
        done = subprocess.run(
            [*words_for(self.shell.name, *flags), str(path)],
            env=self.environment(env or {}),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Result(
            done.returncode,
            done.stdout.decode("utf-8", "surrogateescape"),
            done.stderr.decode("utf-8", "surrogateescape"),
        )

    def environment(self, more: dict[str, str]) -> dict[str, str]:
        """An environment with nothing of the machine's in it, but for what shells need to start."""
        return {
            **(dotnet() if self.shell.name == "powershell" else {}),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            "USER": getpass.getuser(),  # zsh and fish set these where they are missing.
            "LOGNAME": getpass.getuser(),
            **more,
        }

    def injected(self) -> list[Path]:
        """Files that exist only if a value was run as a command."""
        return list(self.folder.rglob("INJECTED"))


def bench(name: str, folder: Path) -> Bench:
    """A bench for the shell called ``name``; skips where the shell is missing."""
    words_for(name)
    return Bench(shells.get(name), folder)


def with_role(before: dict[str, str], change: EnvChange) -> dict[str, str]:
    """The environment of a child once ``change`` is made, by the contract."""
    expected = {name: value for name, value in before.items() if name not in MANAGED}
    for name in MANAGED:
        expected[BASE_PREFIX + name] = "e" + before[name] if name in before else "u"
    return {**expected, **change.assigned}
