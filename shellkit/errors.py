"""The errors that people meet: what happened, how to mend it, and the exit code.

Every failure that is not a bug of ours is a :class:`ShellkitError`. It is
printed in one place (``shellkit.cli.main``), as one message, with no traceback.
The exit codes are part of the contract:

== =========================================================
0  done
1  AWS or the network said no
2  wrong use
3  configuration at fault (names file, line and key)
4  a person is needed and there is no terminal
130 Ctrl-C, or a question that was answered with no
== =========================================================

Between the program and the shell functions there is one more, which no person meets:
see :class:`ThroughShellError`.
"""

from __future__ import annotations

import errno
import os

TYPE_CHECKING = False

if TYPE_CHECKING:
    from pathlib import Path


class ShellkitError(Exception):
    """Base of all errors shown to people.

    ``message`` says what is wrong, ``fix`` how to mend it (a sentence or a
    command, or ``None`` where nothing sensible can be said).
    """

    exit_code = 1

    def __init__(self, message: str, fix: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


class AwsError(ShellkitError):
    """AWS or the network said no."""

    exit_code = 1


class UsageError(ShellkitError):
    """The words of the command line are wrong."""

    exit_code = 2


class UnknownProfileError(UsageError):
    """No profile is called ``name``."""

    def __init__(self, name: str, fix: str) -> None:
        super().__init__(f"no profile is called {name}", fix)
        self.name = name


class ConfigError(ShellkitError):
    """A configuration file is at fault.

    ``file``, ``line`` (counted from 1) and ``key`` say where, as far as known;
    they open the message, in the ``file:line: key:`` form that editors follow.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        fix: str | None = None,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        key: str | None = None,
    ) -> None:
        self.file = None if file is None else str(file)
        self.line = line
        self.key = key
        super().__init__(self._where() + message, fix)

    def _where(self) -> str:
        place = self.file or ""
        if place and self.line is not None:
            place += f":{self.line}"
        parts = [part for part in (place, self.key) if part]
        return "".join(f"{part}: " for part in parts)


class PersonNeededError(ShellkitError):
    """A person would have to answer, and there is no terminal (or ``--no-input``)."""

    exit_code = 4


class ThroughShellError(Exception):
    """A person would have to answer, there is no terminal here, and the shell offers to ask.

    No error to be shown: the shell function starts the program again, to ask through it.
    ``terminal``: the descriptor of ours that another program could ask the person by, if any.
    """

    exit_code = 5

    def __init__(self, terminal: int | None = None) -> None:
        super().__init__()
        self.terminal = terminal


class DeclinedError(ShellkitError):
    """A person was asked, and said no."""

    exit_code = 130


def reader_has_gone(error: OSError) -> bool:
    """Whether ``error`` says that nobody reads any more what was to be written."""
    # Windows calls it an invalid argument (https://github.com/python/cpython/issues/79935).
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == errno.EINVAL)
