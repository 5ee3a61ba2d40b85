"""A person with AWS files and a shell, who calls ``assume``: in this process, or in one of its own.

Most calls run the program here (``shellkit.__main__.main`` with the person's
environment and words): a process for each would take longer than its test.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import shellkit
from shellkit import __main__ as program
from shellkit.environment import BASE_PREFIX, MANAGED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shellkit.sandbox import AccessKey, Sandbox
    from shellkit.sandbox.sample import Sample

ROOT = str(Path(shellkit.__file__).parent.parent)


@dataclass(frozen=True)
class Outcome:
    """What one call came to. ``sets`` are the variables that its code exports."""

    code: int
    stdout: str
    stderr: str

    @property
    def sets(self) -> dict[str, str]:
        words = shlex.split(self.stdout)
        pairs = words[words.index("\\builtin".lstrip("\\")) + 2 : words.index("__shellkit_end")]
        return dict(pair.split("=", 1) for pair in pairs if "=" in pair)

    @property
    def recipe(self) -> str:
        words = shlex.split(self.stdout)
        return words[words.index("__shellkit_end") + 1]

    @property
    def said(self) -> str:
        """What the shell prints on stderr once it is done."""
        words = shlex.split(self.stdout)
        return words[words.index("__shellkit_say") + 1] if "__shellkit_say" in words else ""

    @property
    def would_set(self) -> dict[str, str | None]:
        """What ``--explain`` says would be set; ``None`` for a value that it does not show."""
        text = shlex.split(self.stdout)[-1]
        words = text.partition("would set:")[2].partition("would clear:")[0]
        pairs = (word.partition("=") for word in shlex.split(words))
        return {name: value if equals else None for name, equals, value in pairs}

    @property
    def would_clear(self) -> list[str]:
        """And what would be cleared."""
        return shlex.split(self.stdout)[-1].partition("would clear:")[2].split()

    def failed(self, code: int, *parts: str) -> None:
        """Check that it failed with ``code``, changed nothing, and said each of ``parts``."""
        assert (self.code, self.stdout) == (code, ""), self.stderr
        assert self.stderr.startswith("shellkit: "), self.stderr
        assert "Traceback" not in self.stderr
        for part in parts:
            assert part in self.stderr, self.stderr

    def went_well(self) -> Outcome:
        assert self.code == 0, self.stderr
        assert "Traceback" not in self.stderr
        return self


@dataclass
class Person:
    """``environ`` is the whole environment of the person's shell."""

    home: Path
    environ: dict[str, str]
    sandbox: Sandbox
    sample: Sample
    capfd: pytest.CaptureFixture[str]
    profiles: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: dict[str, AccessKey] = field(default_factory=dict)

    def write(self) -> None:
        """Write the AWS files anew."""
        folder = self.home / ".aws"
        folder.mkdir(exist_ok=True)
        lines = []
        for name, values in self.profiles.items():
            lines.append(f"[profile {name}]" if name != "default" else "[default]")
            lines += [f"{key} = {value}" for key, value in values.items()]
        (folder / "config").write_text("\n".join([*lines, ""]))
        lines = []
        for name, key in self.keys.items():
            lines += [f"[{name}]", f"aws_access_key_id = {key.id}"]
            lines.append(f"aws_secret_access_key = {key.secret}")
        (folder / "credentials").write_text("\n".join([*lines, ""]))

    def profile(self, name: str, role: str, source: str = "base", **more: str) -> None:
        """Add a profile for one of the sample's roles, or change it."""
        arn = self.sample.roles[role]
        self.profiles[name] = {"role_arn": arn, "source_profile": source, **more}
        self.write()

    def assume(self, *words: str, **changes: str | None) -> Outcome:
        """Call ``assume`` in this process, with ``changes`` to the environment."""
        return self.run("env", "--shell", "bash", "assume", *words, **changes)

    def run(self, *argv: str, **changes: str | None) -> Outcome:
        """Run ``shellkit`` in this process."""
        self.capfd.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            for name in list(os.environ):
                patch.delenv(name)
            for name, value in self.changed(changes).items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["shellkit", *argv])
            code = program.main()
        printed = self.capfd.readouterr()
        return Outcome(code, printed.out, printed.err)

    def start(self, *words: str, **changes: str | None) -> subprocess.Popen[str]:
        """Call ``assume`` in a process of its own, and do not wait for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "shellkit", "env", "--shell", "bash", "assume", *words],
            cwd=ROOT,
            env=self.changed(changes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def process(self, *words: str, **changes: str | None) -> Outcome:
        """Call ``assume`` in a process of its own."""
        return ended(self.start(*words, **changes))

    def become(self, outcome: Outcome) -> None:
        """Do to the environment what the shell does with the code."""
        before = dict(self.environ)
        for name in MANAGED:
            kept = "e" + before[name] if name in before else "u"
            self.environ.setdefault(BASE_PREFIX + name, kept)
            self.environ.pop(name, None)
        self.environ["SHELLKIT_PREVIOUS"] = before.get("SHELLKIT_REQUEST", "")
        self.environ.update(outcome.sets, SHELLKIT_REQUEST=outcome.recipe)

    def asked(self) -> list[Mapping[str, str]]:
        """The parameters of each AssumeRole so far."""
        return [call.params for call in self.sandbox.calls if call.action == "AssumeRole"]

    def roles(self) -> list[str]:
        """The role of each AssumeRole so far, by its name."""
        return [params["RoleArn"].rsplit("/", 1)[1] for params in self.asked()]

    @property
    def cache(self) -> Path:
        return self.home / ".cache" / "shellkit"

    def changed(self, changes: Mapping[str, str | None]) -> dict[str, str]:
        environ = {**self.environ, **changes}
        return {name: value for name, value in environ.items() if value is not None}


def ended(child: subprocess.Popen[str]) -> Outcome:
    """Wait for ``child``."""
    out, err = child.communicate(timeout=60)
    return Outcome(child.returncode, out, err)


def wait_for_step(*, seconds: float) -> None:
    """Wait until what an MFA device shows will be shown for ``seconds`` more at least.

    So a code that is made now is still the current one when it arrives.
    """
    left = 30 - time.time() % 30
    if left < seconds:
        time.sleep(left)


def make_person(
    home: Path,
    child_env: Mapping[str, str],
    sandbox: Sandbox,
    sample: Sample,
    capfd: pytest.CaptureFixture[str],
) -> Person:
    """Someone with keys in the credentials file, and a profile for each role but ``gov``'s own."""
    managed = {name: v for name, v in child_env.items() if name not in MANAGED}
    # One try: a test that finds nobody there need not wait for four more.
    environ = {**managed, "AWS_MAX_ATTEMPTS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    person = Person(home, environ, sandbox, sample, capfd)
    person.keys = {"base": sample.key, "base2": sample.key, "govkeys": sample.gov_key}
    person.profiles["base"] = {"region": "eu-north-1"}
    for role in ("dev", "staging", "prod", "locked", "partner", "vault"):
        person.profile(role, role)
    person.profiles["partner"]["external_id"] = sample.external_id
    person.profile("release", "release", "staging")
    person.profile("gov", "gov", "govkeys")
    return person
