"""The tour: the main job played in a real shell, each step checked against what STS says.

The whole tour is one script for the shell. After each command the script prints
its exit code and runs ``whoami``, a program of its own that asks STS; what comes
out is read here, shown, and compared with what should have happened.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from shellkit.sandbox.server import Sandbox
    from shellkit.shells.hosts import Host

_BEGIN, _STATUS = "@@shellkit-tour-step@@", "@@shellkit-tour-status@@"
_WHOAMI = "GetCallerIdentity"


@dataclass(frozen=True)
class Step:
    """One command of the tour, and what must come of it.

    ``role``: the role that STS must say we are afterwards; ``None``: no identity at all.
    ``prints``: a text that the command must print. ``requests``: how many requests STS
    gets from the command, where that is the point. ``restores``: the managed variables
    must be as they were before the first step.
    """

    command: str
    shows: str
    role: str | None = None
    status: int = 0
    prints: str = ""
    requests: int | None = None
    restores: bool = False


STEPS: tuple[Step, ...] = (
    Step("assume dev", "A role, from the keys of the profile base.", "dev", prints="dev: account"),
    Step("assume staging -r eu-west-3", "Another one, in a region of our choice.", "staging",
         prints="eu-west-3"),
    Step("assume -", "Back to the one before, as cd - does; from the cache, so AWS is not asked.",
         "dev", requests=0),
    Step("assume prod --explain", "What would happen: no request, and nothing changes.", "dev",
         prints="AssumeRole", requests=0),
    Step("assume prod --no-input", "It wants MFA. With nobody to ask, assume says so at once.",
         "dev", status=4, prints="needs a code of the MFA device", requests=0),
    Step("assume prod --mfa-code 000000", "A wrong code.", "dev", status=1,
         prints="AWS refused the MFA code"),
    Step("assume prod --mfa-code $(shellkit demo code)", "The code that the demo's device shows.",
         "prod", prints="prod: account", requests=2),
    Step("assume vault", "Another role behind the same device: one code serves every role.",
         "vault", requests=1),
    Step("assume partner", "A role behind an external ID.", "partner"),
    Step("assume release", "A chain: keys, staging, release. staging is cached.", "release"),
    Step("assume gov", "GovCloud, another partition: its own keys and its own STS.", "gov",
         prints="us-gov-west-1"),
    Step("assume locked", "A role that does not trust us. The shell stays who it was, and says so.",
         "gov", status=1, prints="gov is still active"),
    Step("assume prdo", "A slip of the finger is never a guess.", "gov", status=2, prints="prod"),
    Step("assume prod", "Back in production: cached, no code and no request.", "prod", requests=0),
    Step("unassume", "And out: every variable as it was, by the shell alone.", restores=True,
         requests=0),
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What a step did: the lines it printed, its exit code, who STS said we were."""

    lines: tuple[str, ...]
    status: int
    arn: str | None
    variables: dict[str, str]
    requests: int


def script(host: Host, exe: str, python: str, steps: Sequence[Step] = STEPS) -> str:
    """The script that plays ``steps`` in the shell of ``host``."""
    whoami = host.call((python, "-m", "shellkit.sandbox.whoami"))
    text = host.shell.text
    parts = [host.load(exe), text(_BEGIN + "\n"), whoami]
    for step in steps:
        parts += [text(_BEGIN + "\n"), step.command + "\n", host.print_status(_STATUS), whoami]
    return "".join(parts)


def play(
    host: Host,
    argv: Sequence[str],
    environ: dict[str, str],
    sandbox: Sandbox,
    show: Callable[[str], None],
) -> int:
    """Run the script with ``argv``, show each step and check it; the number of failed steps."""
    with subprocess.Popen(
        argv,
        env=environ,
        cwd=environ["HOME"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as shell:
        outcomes = _outcomes(shell.stdout or (), sandbox)
        before = next(outcomes, None)
        failed = _play_steps(outcomes, before, show) if before else len(STEPS)
    if before is None:
        show(f"The shell {host.name} did not start: exit code {shell.returncode}.")
    return failed


def _play_steps(outcomes: Iterator[Outcome], before: Outcome, show: Callable[[str], None]) -> int:
    show(f"Before: {_who(before.arn)}.")
    failed = 0
    for step in STEPS:
        show(f"\n  {step.shows}\n$ {step.command}")
        outcome = next(outcomes, None)
        if outcome is None:
            show("  FAILED: the shell ended here")
            return failed + 1
        for line in outcome.lines:
            show(f"  {line}")
        wrong = check(step, outcome, before)
        failed += bool(wrong)
        show(f"  STS: {_who(outcome.arn)}. {'FAILED: ' + '; '.join(wrong) if wrong else 'ok'}")
    return failed


def check(step: Step, outcome: Outcome, before: Outcome) -> list[str]:
    """What is wrong with ``outcome``, in words; empty where the step did what it should."""
    wrong = []
    if outcome.status != step.status:
        wrong.append(f"exit code {outcome.status} instead of {step.status}")
    if _role(outcome.arn) != step.role:
        wrong.append(f"the role should be {step.role or 'none'}")
    if step.prints and not any(step.prints in line for line in outcome.lines):
        wrong.append(f"it should have printed {step.prints!r}")
    if step.requests is not None and outcome.requests != step.requests:
        wrong.append(f"{outcome.requests} requests to STS instead of {step.requests}")
    if step.restores and outcome.variables != before.variables:
        wrong.append("the variables are not as they were before")
    return wrong


def _outcomes(lines: Iterable[str], sandbox: Sandbox) -> Iterator[Outcome]:
    """What each step printed, cut at the marks. The first outcome is the state before."""
    printed: list[str] = []
    status, seen = 0, 0
    for line in (raw.rstrip("\r\n") for raw in lines):
        if line == _BEGIN:
            printed, status = [], 0
        elif line.startswith(_STATUS):
            status = int(line[len(_STATUS) :] or -1)
        elif line.startswith('{"arn": '):
            answer = json.loads(line)
            actions = [call.action for call in sandbox.calls[seen:]]
            # The shell may be ahead of us: its step ends with the question of whoami.
            own = actions.index(_WHOAMI) if _WHOAMI in actions else len(actions)
            seen += own + (_WHOAMI in actions)
            yield Outcome(tuple(printed), status, answer["arn"], answer["variables"], own)
        else:
            printed.append(line)


def _role(arn: str | None) -> str | None:
    parts = (arn or "").split("/")
    return parts[1] if ":assumed-role" in parts[0] and len(parts) > 2 else None


def _who(arn: str | None) -> str:
    return f"we are {arn}" if arn else "we are nobody: no credentials"
