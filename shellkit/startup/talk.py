"""What ``install`` and ``uninstall`` say and ask."""

from __future__ import annotations

import sys
import time

from shellkit.errors import PersonNeededError
from shellkit.startup import edits
from shellkit.startup.diff import unified
from shellkit.terminal import ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from shellkit.rim import Rim


def carry_out(changes: Sequence[edits.Edit], rim: Rim, *, yes: bool, again: str) -> bool:
    """Show ``changes``, ask, and make them; whether they were made.

    ``again`` is the command that would not ask. Raises
    :class:`PersonNeededError` where there is nobody to ask.
    """
    for edit in changes:
        rim.stdout.write(_for(rim.stdout, unified(edit, coloured=_coloured(rim))))
        if edit.file.target != edit.file.path and edit.file.is_link:
            rim.say(
                f"{edit.file.path} is a symbolic link: the change is made in {edit.file.target}"
            )
    rim.stdout.flush()
    if not yes and not _agreed(rim, again):
        rim.say("Nothing was changed.")
        return False
    stamp = time.strftime("%Y%m%d%H%M%S", time.localtime(rim.clock()))
    backups = edits.apply(changes, stamp)
    for edit in changes:
        path = edit.file.path
        rim.say(f"{_done(edit)} {path}")
        if path in backups:
            rim.say(f"  as it was before: {backups[path]}")
    return True


def _done(edit: edits.Edit) -> str:
    if edit.file.data is None:
        return "Wrote"
    return "Changed" if edit.after is not None else "Removed"


def _agreed(rim: Rim, again: str) -> bool:
    streams = ask.Streams(rim)
    if not streams.is_seen():
        raise PersonNeededError(
            "there is no terminal to ask on, so nothing was changed", f"to apply this: {again}"
        )
    try:
        return ask.confirmed(streams, "Apply?", default=True)
    except KeyboardInterrupt:
        rim.say("\nNothing was changed.")
        raise


def _coloured(rim: Rim) -> bool:
    get = rim.environ.get
    # A Windows console says by these that it understands colours.
    able = sys.platform != "win32" or get("WT_SESSION") or get("TERM")
    return bool(rim.stdout.isatty() and not get("NO_COLOR") and get("TERM") != "dumb" and able)


def _for(stream: TextIO, text: str) -> str:
    """``text`` with what the stream's encoding cannot say written out."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
