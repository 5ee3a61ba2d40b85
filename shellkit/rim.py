"""The rim: where the process's own environment, clock, home and streams come in.

Everything below takes them as arguments, so that tests and the demo can give others.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass

from shellkit.shells.base import COMMAND
from shellkit.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

    from shellkit.terminal.prompt import Prompt
    from shellkit.terminal.tty import Terminal


def _no_tty(echo: bool) -> Prompt | None:
    del echo
    return None


def no_terminal() -> Terminal | None:
    """Nothing to draw on."""
    return None


def _real_tty(echo: bool) -> Prompt | None:
    from shellkit.terminal import tty
    from shellkit.terminal.prompt import open_tty

    shows_all = os.name != "posix" or tty.is_utf8(os.environ)
    return open_tty(echo=echo, encoding="utf-8" if shows_all else "ascii")


def _real_terminal() -> Terminal | None:
    from shellkit.terminal import tty

    return tty.open_terminal(os.environ)


@dataclass(frozen=True)
class Rim:
    """One process's surroundings.

    ``clock`` gives epoch seconds, ``home`` is a directory, ``user`` the login name
    (empty where the system knows none). ``open_tty`` opens the person's terminal, where
    there is one, to ask on; its argument is whether what is typed there is seen.
    ``open_terminal`` opens it to draw on. ``repeats``: this call was begun before, and
    what it had to say first was said then. ``command`` is the name of the shell function
    that called us, for messages.
    """

    environ: Mapping[str, str]
    home: str
    user: str
    clock: Callable[[], float]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    open_tty: Callable[[bool], Prompt | None] = _no_tty
    open_terminal: Callable[[], Terminal | None] = no_terminal
    repeats: bool = False
    command: str = COMMAND

    def say(self, line: str) -> None:
        """Tell the person: one line on stderr. It never decides over what is done."""
        try:
            print(visible(line), file=self.stderr, flush=True)
        except OSError:
            # Nobody is there to read it. What could not be written must not be tried
            # again at the end: Python would make an exit code of its own of that.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stderr.fileno())


def real() -> Rim:
    """This process's own."""
    home = os.path.expanduser("~")
    streams = (sys.stdin, sys.stdout, sys.stderr)
    ways = (_real_tty, _real_terminal)
    return Rim(os.environ, home, _user(), time.time, *streams, *ways)


def _user() -> str:
    """The login name of the user that this process runs as, not what a variable says."""
    try:
        import pwd
    except ImportError:  # Windows
        return os.environ.get("USERNAME", "")
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""
