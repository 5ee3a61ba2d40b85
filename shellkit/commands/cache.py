"""``shellkit cache list|clear``: which sessions are kept, until when, and their removal."""

from __future__ import annotations

from shellkit import paths
from shellkit.credentials import cached
from shellkit.environment import BaseEnvironment
from shellkit.errors import ShellkitError, UsageError
from shellkit.profiles import reader
from shellkit.switch import rfc3339, time_left

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from shellkit.credentials.cached import Entry
    from shellkit.rim import Rim


def run(values: argparse.Namespace, rim: Rim) -> int:
    """Print the list, or remove; the exit code."""
    if values.ACTION == "list":
        if values.all or values.expired:
            raise UsageError("--all and --expired are for: shellkit cache clear")
        return _list(values, rim)
    given = [values.NAME is not None, values.all, values.expired]
    if sum(given) != 1:
        raise UsageError("say what to remove, one of: NAME, --all, --expired")
    return _clear(values, rim)


def _list(values: argparse.Namespace, rim: Rim) -> int:
    now = rim.clock()
    rows = [_row(entry, now) for entry in _entries(values, rim, aws_cli=values.aws_cli)]
    if not rim.stdout.isatty():
        for row in rows:
            print(*row, sep="\t", file=rim.stdout)
        return 0
    # For people: in columns, and the file below, whose name is longer than all the rest.
    wide = max((len(identity) for identity, *_ in rows), default=0)
    for identity, kind, until, path in rows:
        print(f"{identity:{wide}}  {kind:7}  {until}\n  {path}", file=rim.stdout)
    if not rows:
        rim.say("no session is kept")
    return 0


def _row(entry: Entry, now: float) -> tuple[str, str, str, str]:
    left = entry.expires - now
    state = f"{time_left(left)} left" if left > 0 else "expired"
    until = f"until {rfc3339(entry.expires)} ({state})"
    return entry.identity, entry.kind, until, entry.path


def _clear(values: argparse.Namespace, rim: Rim) -> int:
    now = rim.clock()
    base = BaseEnvironment(rim.environ)
    # What shellkit wrote for the AWS CLI goes too: the next assume would take it back.
    removed, left = set(), set()
    failed: dict[str, ShellkitError] = {}
    for entry in list(_entries(values, rim, aws_cli=True)):
        session = (entry.identity, entry.expires)  # As often as it may be kept.
        if values.expired and entry.expires > now:
            continue
        if entry.foreign and not values.aws_cli:
            left.add(session)
        elif _remove(entry.path, failed):
            removed.add(session)
    if values.all:
        for path in cached.everything(paths.cache_dir(base.get, rim.home)):
            _remove(path, failed)
    _complain(list(failed.values()))
    rim.say(f"{_counted(len(removed))} removed")
    if left:
        rim.say(
            f"  of the AWS CLI's own, which assume may use: {len(left)}; --aws-cli removes them"
        )
    return 0


def _remove(path: str, failed: dict[str, ShellkitError]) -> bool:
    """Remove it, and say whether that went well; if not, note why: it keeps no other."""
    try:
        cached.remove(path)
    except ShellkitError as error:
        failed[path] = error
    return path not in failed


def _complain(failed: list[ShellkitError]) -> None:
    """Raise the first of these, if there is one."""
    for error in failed:
        more = len(failed) - 1
        error.fix = (f"nor can {more} more; " if more else "") + "all else was removed"
        raise error


def _counted(number: int) -> str:
    return f"{number} session{'' if number == 1 else 's'}"


def _entries(values: argparse.Namespace, rim: Rim, *, aws_cli: bool) -> Iterator[Entry]:
    """The sessions that NAME means, or all of them."""
    base = BaseEnvironment(rim.environ)
    wanted = None
    if values.NAME is not None:
        wanted = cached.wanted(values.NAME, reader.load(base.get, rim.home))
    found = [cached.ours(paths.cache_dir(base.get, rim.home))]
    if aws_cli:
        found.append(cached.of_the_aws_cli(rim.home))
    for each in found:
        for entry in each:
            if wanted is None or wanted.fits(entry):
                yield entry
