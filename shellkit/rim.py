"""The rim: where the process's own environment, clock, home and streams come in.

Everything below takes them as arguments, so that tests and the demo can give others.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass

from shellkit.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

    from shellkit.terminal.prompt import Tty


def _no_tty(echo: bool) -> Tty | None:
    del echo
    return None


def _real_tty(echo: bool) -> Tty | None:
    from shellkit.terminal.prompt import open_tty

    return open_tty(echo=echo)


@dataclass(frozen=True)
class Rim:
    """One process's surroundings.

    ``clock`` gives epoch seconds, ``home`` is a directory, ``user`` the login name
    (empty where the system knows none). ``open_tty`` opens the person's terminal, where
    there is one; its argument is whether what is typed there is seen.
    """

    environ: Mapping[str, str]
    home: str
    user: str
    clock: Callable[[], float]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    open_tty: Callable[[bool], Tty | None] = _no_tty

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
    return Rim(os.environ, home, _user(), time.time, *streams, open_tty=_real_tty)


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
