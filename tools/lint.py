"""Every linter of the project, one line each; or, with `fix`, every formatter.

Checks the files that are there: a kind of file of which there is none yet is
said to be so, and is no failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Linter(NamedTuple):
    """One line of the report: a name, and the commands that must all exit with 0."""

    name: str
    commands: list[list[str]]


def scripts(kind: str) -> list[str]:
    """The shell scripts of a kind (`sh`, `bash`, `zsh`, `fish`), relative to the top."""
    if kind == "sh":
        return ["dev", ".ci/run"]
    found = [*ROOT.glob(f"shell/**/*.{kind}"), *ROOT.glob(f"completions/**/*.{kind}")]
    found += ROOT.glob(f"*.{kind}")
    if kind == "zsh":
        found += ROOT.glob("completions/**/_*")  # compinit finds completions by that name
    return sorted(str(path.relative_to(ROOT)) for path in found if path.is_file())


def linters() -> Iterator[Linter]:
    """The linters, quick ones first."""
    bash, zsh, fish = scripts("bash"), scripts("zsh"), scripts("fish")
    shfmt = ["shfmt", "-d", "-i", "4"]
    yield Linter("ruff check", [["ruff", "check", "--quiet", "--output-format=concise", "."]])
    yield Linter("ruff format", [["ruff", "format", "--check", "."]])
    yield Linter("shfmt", [[*shfmt, *scripts("sh"), *bash]])
    yield Linter("zsh -n", [["zsh", "-f", "-n", path] for path in zsh])
    yield Linter("fish --no-execute", [["fish", "--no-execute", path] for path in fish])
    yield Linter("fish_indent", [["fish_indent", "--check", *fish]] if fish else [])
    posix = [["shellcheck", *scripts("sh")]]
    yield Linter("shellcheck", posix + ([["shellcheck", "-s", "bash", *bash]] if bash else []))
    yield Linter("mypy shellkit", [["mypy"]])
    yield Linter("mypy tools", [["mypy", "tools"]])


def formatters() -> Iterator[Linter]:
    """What mends layout, and what ruff can mend safely."""
    fish = scripts("fish")
    yield Linter("ruff check", [["ruff", "check", "--quiet", "--fix-only", "."]])
    yield Linter("ruff format", [["ruff", "format", "--quiet", "."]])
    yield Linter("shfmt", [["shfmt", "-w", "-i", "4", *scripts("sh"), *scripts("bash")]])
    yield Linter("fish_indent", [["fish_indent", "--write", *fish]] if fish else [])


def run(command: list[str]) -> tuple[bool, str]:
    """Whether the command exits with 0, and all that it printed."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        return False, f"{command[0]}: {error.strerror}\n"
    return done.returncode == 0, done.stdout


def report(linter: Linter) -> bool:
    """Run one linter, print its line, and what it found if it failed."""
    results = [run(command) for command in linter.commands]
    good = all(ok for ok, _ in results)
    word = ("ok" if good else "failed") if results else "ok (no such files yet)"
    print(f"{linter.name:<20}{word}", flush=True)
    if not good:
        print("".join(output for ok, output in results if not ok), flush=True)
    return good


def main(words: list[str]) -> int:
    """Run the linters, or the formatters after `fix`; 1 if any of them failed."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    chosen = formatters() if words == ["fix"] else linters()
    results = [report(each) for each in chosen]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
