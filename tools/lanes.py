"""Runs lint and the lanes of tests, and closes with a summary that can be trusted.

Without arguments all lanes run: lint; every test, with coverage; those in which a
dependency has a part, on the oldest ones; the speed ratios of tests/bench; a Windows Python under
Wine, driven by shells and by its own pytest. `bench` runs only
tests/bench, in full. Any other arguments go to one plain pytest run.

Counts come from pytest itself (`tools/lane_report.py`), not from its output. A
lane that breaks without a failed test counts as one failure.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEWEST = ROOT / ".venv/bin/python"
LOWEST = ROOT / ".venv-lowest/bin/python"
SHELLS = "bash,zsh,fish"
BENCH = "tests/bench"
WINDOWS = "tests/windows"
SHELLS_ALONE = "tests/shells"  # what the shells do with a script, however old what wrote it is
WRITTEN = [f"{SHELLS_ALONE}/test_{name}.py" for name in ("golden", "render", "roundtrip")]
REQUIRE_WINDOWS = "SHELLKIT_REQUIRE_WINDOWS"
TEST_SECONDS = 120  # one test; a terminal that waits for ever ends as a named failure
LANE_SECONDS = 1200
# It plays another platform throughout, which works on one that has POSIX's paths.
WINDOWS_UNIT = ["--ignore=tests/unit/test_install.py", "tests/unit"]
WORST_FILES = 8
FEW = 5  # More that fail at once are no matter of a busy machine.
_STOPPED = 124  # as timeout(1) says it


@dataclass(frozen=True)
class Lane:
    """What one lane came to: its outcomes by test, why tests were skipped, its last words."""

    name: str
    exit_code: int
    closing: str = ""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> list[str]:
        """The tests that failed."""
        return [test for test, outcome in self.outcomes.items() if outcome == "failed"]

    @property
    def broke(self) -> bool:
        """Failed, with no failed test to show for it."""
        return self.exit_code != 0 and "failed" not in self.outcomes.values()

    def __str__(self) -> str:
        words = self.closing or ("ok" if self.exit_code == 0 else "failed")
        if self.exit_code == _STOPPED:
            words = f"stopped after {LANE_SECONDS} s"
        elif self.broke and self.outcomes:
            words += f" (exit code {self.exit_code})"
        return f"{self.name}: {words}"


def totals(lanes: Iterable[Lane]) -> Counter[str]:
    """Outcomes with each test counted once: failed if it failed in any lane, skipped if in all."""
    best = ["failed", "passed", "skipped"]
    found: dict[str, str] = {}
    broken = 0
    for lane in lanes:
        broken += lane.broke
        for test, outcome in lane.outcomes.items():
            found[test] = min(found.get(test, outcome), outcome, key=best.index)
    counts = Counter(found.values())
    counts["failed"] += broken
    return counts


def not_run(lanes: Iterable[Lane]) -> list[str]:
    """A line for each file and reason of the tests that were skipped, with the lanes it was in."""
    seen: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for lane in lanes:
        files = Counter((test.split("::")[0], why) for test, why in lane.reasons.items())
        for key, count in files.items():
            seen[key][lane.name] = count
    return [
        f"{file}: {max(counts.values())} not run ({', '.join(counts)}): {why}"
        for (file, why), counts in sorted(seen.items())
    ]


def environment(python: Path) -> dict[str, str]:
    """The caller's, without an identity or coverage of his, with the venv's programs first."""
    foreign = ("AWS_", "AWSUME_", "SHELLKIT_", "COVERAGE_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    kept |= {name: os.environ[name] for name in ("SHELLKIT_UPDATE_GOLDEN",) if name in os.environ}
    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)])
    return kept | {"PATH": path, "SHELLKIT_REQUIRE_SHELLS": SHELLS}


def version(python: Path) -> str:
    """`Python 3.11.7`."""
    return subprocess.run(
        [python, "-I", "-V"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


def heading(text: str) -> None:
    """Say which lane begins."""
    print(f"\n--- {text}", flush=True)


def call(command: list[str], env: Mapping[str, str], interactive: bool = False) -> int:
    """Run a command at the top of the project; its exit code, or 124 where it took too long."""
    try:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=env,
            stdin=None if interactive else subprocess.DEVNULL,
            timeout=None if interactive else LANE_SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return _STOPPED


def pytest(
    name: str, python: Path, words: list[str], work: Path, *, coverage: Path | None = None
) -> Lane:
    """Run a lane of tests, and read what its plugin wrote."""
    heading(f"{name} ({version(python)})")
    report = work / f"{name}.json"
    env = environment(python)
    command = [str(python), "-m", "pytest", *options(str(report)), *words]
    if any(word.startswith(WINDOWS) for word in words):
        env[REQUIRE_WINDOWS] = "1"
    if coverage:
        env["COVERAGE_FILE"] = str(coverage)
        command[1:2] = ["-m", "coverage", "run", "-m"]
    return lane(name, command, env, report)


def screens_alone(found: Lane, python: Path, work: Path) -> tuple[Lane, list[str]]:
    """``found`` with the few tests of terminals that failed in it run by themselves.

    And those that passed then. A screen is looked at while it changes: where
    four tests share two cores, it may change later than a person would ever see it.
    """
    words = ["-p", "no:xdist", "-m", "pty"]
    return once_more(found, lambda name, failed: pytest(name, python, [*words, *failed], work))


def windows_alone(
    found: Lane, run: Callable[[str, list[str], Path], Lane], work: Path
) -> tuple[Lane, list[str]]:
    """The same for what ``run`` has run on Windows, whatever failed there.

    Once in some thousand times Wine ends a process before it has begun: `WinError 1359`.
    """
    return once_more(found, lambda name, failed: run(name, failed, work))


def once_more(found: Lane, run: Callable[[str, list[str]], Lane]) -> tuple[Lane, list[str]]:
    """``found`` with what failed in it as it is after a run of these alone, where they are few."""
    if found.exit_code != 1 or not 0 < len(found.failed) <= FEW:
        return found, []
    return corrected(found, run(f"{found.name}-alone", found.failed))


def corrected(found: Lane, again: Lane) -> tuple[Lane, list[str]]:
    """``found`` with the outcomes that its failed tests have ``again``; those that passed."""
    passed = [test for test in found.failed if again.outcomes.get(test) == "passed"]
    outcomes = {**found.outcomes, **dict.fromkeys(passed, "passed")}
    code = 1 if "failed" in outcomes.values() else 0
    closing = f"{found.closing}; {len(passed)} of these passed alone" if passed else found.closing
    return replace(found, exit_code=code, closing=closing, outcomes=outcomes), passed


def on_windows(name: str, words: list[str], work: Path) -> Lane:
    """Run a lane of tests that sit down at a Windows."""
    return pytest(name, NEWEST, ["-p", "no:xdist", *words], work)


def windows_pytest(name: str, words: list[str], work: Path) -> Lane:
    """Run a lane of tests in the Windows Python."""
    heading(f"{name} (Windows Python)")
    report = work / f"{name}.json"
    windows = [str(NEWEST), "-I", "tools/windows.py", "-B", "-I", "-m", "pytest", "--color=no"]
    seen_there = "Z:" + str(report).replace("/", "\\")
    words = ["-p", "no:cacheprovider", *options(seen_there), *words]
    return lane(name, [*windows, *words], environment(NEWEST), report)


def options(report: str) -> list[str]:
    """What every lane has pytest do."""
    return ["-p", "tools.lane_report", f"--lane-report={report}", f"--timeout={TEST_SECONDS}"]


def lane(name: str, command: list[str], env: Mapping[str, str], report: Path) -> Lane:
    """Run ``command``, which writes ``report``."""
    code = call(command, env)
    if not report.exists():
        return Lane(name, code or 1)
    return Lane(name, code, **json.loads(report.read_text(encoding="utf-8")))


def coverage_line(data: Path) -> str:
    """Combine what all processes measured: the total, and the files that miss the most."""
    env = environment(NEWEST) | {"COVERAGE_FILE": str(data)}
    tool = [str(NEWEST), "-m", "coverage"]
    output = data.with_suffix(".json")
    for words in (["combine", "--quiet"], ["json", "--quiet", "-o", str(output)]):
        done = subprocess.run([*tool, *words], cwd=ROOT, env=env, check=False)
        if done.returncode:
            return "coverage: not measured (see above)"
    found = json.loads(output.read_text(encoding="utf-8"))
    total = found["totals"]["percent_covered_display"]
    files = [(each["summary"], name) for name, each in found["files"].items()]
    worst = sorted(files, key=lambda each: each[0]["percent_covered"])[:WORST_FILES]
    named = [
        f"  {summary['percent_covered_display']:>3} %  {name}"
        for summary, name in worst
        if summary["percent_covered"] < 100
    ]
    return "\n".join([f"coverage: {total} % of lines and branches; least covered:", *named])


def can_run_windows() -> bool:
    """Whether ./dev has made a Windows here."""
    return (platform.system(), platform.machine()) == ("Linux", "x86_64")


def has_tests(folder: str) -> bool:
    """Whether there is a test file in it."""
    return any((ROOT / folder).rglob("test_*.py"))


def on_the_oldest() -> list[str]:
    """What is run on the oldest dependencies too: all but what no dependency has a part in."""
    folders = sorted(path.parent for path in (ROOT / "tests").glob("*/test_*.py"))
    names = dict.fromkeys(path.relative_to(ROOT).as_posix() for path in folders)
    return [name for name in names if name not in (BENCH, WINDOWS, SHELLS_ALONE)] + WRITTEN


def every_lane(work: Path) -> int:
    """Lint, all tests on both ends of the dependencies, the speed ratios; then the summary."""
    settled: list[tuple[Lane, list[str]]] = []
    notes: list[str] = []
    heading("lint")
    lint = call([sys.executable, "-I", "tools/lint.py"], environment(NEWEST))
    settled.append((Lane("lint", lint), []))

    apart = [f"--ignore={BENCH}", f"--ignore={WINDOWS}"]
    # Half of a worker's time it waits for a terminal, or for the next code of an MFA device.
    workers = str((os.cpu_count() or 1) + 2)
    parallel = ["-n", workers, "--dist", "worksteal", *apart, "tests"]
    data = work / "coverage"
    for python, name, words, cover in (
        (NEWEST, "tests", parallel, data),
        (LOWEST, "lowest", [*parallel[:-1], *on_the_oldest()], None),
    ):
        found = pytest(name, python, words, work, coverage=cover)
        settled.append(screens_alone(found, python, work))
    measured = coverage_line(data)
    if has_tests(BENCH):
        settled.append((pytest("ratios", NEWEST, ["-p", "no:xdist", BENCH], work), []))
    else:
        notes.append(f"ratios: not run: there are no tests in {BENCH}")

    if can_run_windows():
        for name, run, words in (
            ("windows", on_windows, [WINDOWS]),
            ("windows-unit", windows_pytest, WINDOWS_UNIT),
        ):
            settled.append(windows_alone(run(name, words, work), run, work))
    else:
        notes.append("windows: not run: Wine runs it on Linux on x86-64 only")

    lanes = [lane for lane, _ in settled]
    twice = [f"{lane.name}: {test}" for lane, passed in settled for test in passed]
    heading("summary")
    print(measured)
    print("lanes:", *lanes, sep="\n  ")
    notes += not_run(lanes)
    print("not run:", *notes or ["nothing"], sep="\n  ")
    if twice:
        print("failed once, and passed alone (which wait is none?):", *twice, sep="\n  ")
    failed = [f"{lane.name}: {test}" for lane in lanes for test in lane.failed]
    if failed:
        print("failed (again: ./dev test TEST, or ./dev lowest TEST):", *failed, sep="\n  ")
    counts = totals(lanes)
    print("\neach test counted once, over all lanes; a lane that broke counts as failed")
    print("total: {passed} passed, {failed} failed, {skipped} skipped".format_map(counts))
    return 1 if counts["failed"] or not counts["passed"] else 0


def main(words: list[str]) -> int:
    """Run what the words ask for; the exit code."""
    python = Path(sys.executable)
    # Behind `&` in a script it is ignored, and so it would be by what the tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if words:
        env = environment(python)
        if any(word.startswith(WINDOWS) for word in words):
            env[REQUIRE_WINDOWS] = "1"
        if words[0] == "bench":
            env["SHELLKIT_BENCH"] = "full"
            words = ["-p", "no:xdist", "-s", BENCH, *words[1:]]
        return call([str(python), "-m", "pytest", *words], env, interactive=True)
    with tempfile.TemporaryDirectory(prefix="shellkit-tests-") as work:
        return every_lane(Path(work))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
