"""Homes with many profiles, and the processes that work in them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stopwatch import FLOOR_ARGV, Process

from shellkit.sandbox import Sandbox, home
from shellkit.sandbox.sample import Sample

#: The profile that is assumed. It comes last in the file.
PROFILE = "dev"
REGION = "eu-central-1"

_FILLER = """\
[profile team-{number:04}]
role_arn = arn:aws:iam::{account:012}:role/Developer
source_profile = base
region = eu-west-1
external_id = team-{number:04}
role_session_name = someone

"""

# What anyone would write who has boto3 and wants to assume a role.
_BARE = """
import boto3, sys
sts = boto3.client("sts", region_name=sys.argv[1])
sts.assume_role(RoleArn=sys.argv[2], RoleSessionName="bench")
"""


@dataclass(frozen=True)
class Place:
    """A home with ``size`` profiles, and a sandbox that answers for them."""

    size: int
    home: Path
    env: Mapping[str, str]
    sandbox: Sandbox
    sample: Sample

    @property
    def cache(self) -> Path:
        return self.home / ".cache" / "shellkit"

    def floor(self) -> Process:
        return Process("floor", FLOOR_ARGV, self.env)

    def init(self, shell: str = "bash") -> Process:
        return Process(f"init {shell}", [*self._program(), "init", shell], self.env)

    def warm(self, shell: str = "bash") -> Process:
        """What the shell function calls, for an answer that its caches have."""
        env = {**self.env, "SHELLKIT_REQUEST": "", "SHELLKIT_PREVIOUS": ""}
        return Process(f"warm {self.size}", self._call(shell), env)

    def warm_console_script(self) -> Process:
        warm = self.warm()
        argv = [str(console_script()), *warm.argv[-5:]]
        return Process(f"console script {self.size}", argv, warm.env)

    def without_memo(self) -> Process:
        """The whole pipeline, with a session in the cache."""
        warm = self.warm()
        return Process(f"no memo {self.size}", warm.argv, warm.env, self.forget_memos)

    def cold(self) -> Process:
        """No cache at all: STS is asked."""
        warm = self.warm()
        return Process(f"cold {self.size}", warm.argv, warm.env, self.forget)

    def bare(self) -> Process:
        """The same question to STS, by boto3 alone."""
        role = self.sample.roles[PROFILE]
        keys = {
            "AWS_ACCESS_KEY_ID": self.sample.key.id,
            "AWS_SECRET_ACCESS_KEY": self.sample.key.secret,
        }
        argv = [sys.executable, "-I", "-c", _BARE, REGION, role]
        return Process(f"bare boto3 {self.size}", argv, {**self.env, **keys})

    def forget_memos(self) -> None:
        shutil.rmtree(self.cache / "memo", ignore_errors=True)

    def forget(self) -> None:
        shutil.rmtree(self.cache, ignore_errors=True)
        shutil.rmtree(self.home / ".aws" / "cli", ignore_errors=True)

    def _program(self) -> list[str]:
        return self._call("bash")[:-5]

    def _call(self, shell: str) -> list[str]:
        """The words that the generated function calls, with `dev`."""
        script = _script(shell)
        before = r"(?:command|exec|builtin printf '%s\\0')"
        call = rf"{before} (.+? '?env'? '?--shell'? \S+ '?assume'?) "
        (line,) = re.findall(call, script)
        return [*shlex.split(line), PROFILE]


def make_place(folder: Path, size: int, sandbox: Sandbox, sample: Sample) -> Place:
    """A new home in ``folder`` with ``size`` profiles; :data:`PROFILE` is the last of them."""
    home.write_home(str(folder), sample)
    config = folder / ".aws" / "config"
    own = config.read_text()
    head, last = own.split(f"[profile {PROFILE}]\n")
    section, tail = last.split("\n\n", 1)
    filler = "".join(
        _FILLER.format(number=number, account=100_000_000_000 + number)
        for number in range(size - own.count("[profile "))
    )
    config.write_text(f"{head}{tail}\n{filler}[profile {PROFILE}]\n{section}\n")
    assert config.read_text().count("[profile ") == size
    inherited = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "COVERAGE"))}
    env = home.environment(str(folder), inherited, sandbox.environment)
    return Place(size, folder, env, sandbox, sample)


def console_script() -> Path:
    """The command that an installer made beside the interpreter."""
    return Path(sys.executable).with_name("shellkit")


_scripts: dict[str, str] = {}


def _script(shell: str) -> str:
    """What `shellkit init SHELL` prints."""
    if shell not in _scripts:
        _scripts[shell] = subprocess.run(
            [console_script(), "init", shell], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
    return _scripts[shell]
