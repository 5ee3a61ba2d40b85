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


@dataclass(frozen=True)
class Rim:
    """One process's surroundings.

    ``clock`` gives epoch seconds, ``home`` is a directory, ``user`` the login name
    (empty where the system knows none).
    """

    environ: Mapping[str, str]
    home: str
    user: str
    clock: Callable[[], float]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO

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
    return Rim(os.environ, home, _user(), time.time, sys.stdin, sys.stdout, sys.stderr)


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
