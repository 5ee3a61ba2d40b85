"""``mfa_process``: a command of the user's that prints an MFA code."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import threading

from shellkit.children import Waiter
from shellkit.errors import ConfigError
from shellkit.terminal.tty import lent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.credentials.chain import Command
    from shellkit.terminal.tty import Leave

#: Seconds that it has. A person may have to touch a key, or to unlock a vault.
TIMEOUT = 60

#: Seconds for what it printed to arrive, once it has ended: it is in the pipe already.
_DRAIN = 2

#: Bytes of what it prints that are kept, the last ones: it may print without end.
_KEPT = 1 << 16

#: What colours a text, or gives a window its title: told by hand, it cannot be seen.
_UNSEEN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")

#: What a word begins with that is meant for a shell: none has a part in it.
_FOR_A_SHELL = tuple("~$`|&;<>()")


def run(command: Command, terminal: int | None) -> str:
    """The last line that ``command`` prints; :class:`ConfigError` where there is none.

    No shell has a part in it. Its stdin is ``terminal`` (a file descriptor), never what
    our own caller reads from; its stderr is ours, for what it has to say to the person.
    Nothing of it is left running, and the terminal is as it was, whatever ends it or us.
    """
    argv = _split(command)
    with lent(terminal) as leave:
        printed = _run(command, argv, terminal, leave)
    line = _last_line(printed)
    if not line:
        raise fault(command, f"{argv[0]} printed nothing")
    return line


def _last_line(printed: str) -> str:
    """The last line in which a person would see something; empty where there is none."""
    lines = _UNSEEN.sub("", printed).split("\n")
    # Of what was printed over on one line, as a spinner is, the last is seen.
    seen = (line.rstrip().rpartition("\r")[2].strip() for line in lines)
    return next((line for line in reversed(list(seen)) if line), "")


def _run(command: Command, argv: list[str], terminal: int | None, leave: Leave) -> str:
    stdin = subprocess.DEVNULL if terminal is None else terminal
    leave.held = True  # It may run already, and we not yet know it.
    try:
        child = subprocess.Popen(argv, stdin=stdin, stdout=subprocess.PIPE, bufsize=0)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a command"
        raise fault(command, f"{argv[0]} cannot be run: {reason}") from None
    watch = _Watch(child)
    try:
        leave.release()
        printed = watch.printed()
    finally:
        watch.end()
    if printed is None:
        raise fault(command, f"{argv[0]} printed no code within {TIMEOUT} seconds")
    if child.returncode:
        how = f"exit code {child.returncode}" if child.returncode > 0 else "killed by a signal"
        raise fault(command, f"{argv[0]} failed: {how}")
    return printed.decode("utf-8-sig", "replace")


def fault(command: Command, message: str) -> ConfigError:
    """What is wrong with the command, and where it is written."""
    file, line = command.place()
    return ConfigError(
        message,
        "try it by hand: its last line on stdout must be the code" + _shell_hint(command),
        file=file,
        line=line,
        key="mfa_process",
    )


def _shell_hint(command: Command) -> str:
    """What to do where the line works by hand, and only there: aws-vault gives it to a shell."""
    try:
        words = _words(command)
    except ValueError:
        return ""
    assigns = bool(words) and "=" in words[0]
    if not assigns and not any(word.lstrip("12").startswith(_FOR_A_SHELL) for word in words):
        return ""
    shell = "cmd /c ..." if os.name == "nt" else "sh -c '...'"
    return f"; no shell reads it, which ~, $, | and the like are for: {shell} is one"


def _split(command: Command) -> list[str]:
    try:
        argv = _words(command)
    except ValueError:
        raise fault(command, "a quote in it is not closed") from None
    if not argv:
        raise fault(command, "is empty")
    return argv


def _words(command: Command) -> list[str]:
    argv = shlex.split(command.line, posix=os.name != "nt")
    return [word.strip('"') for word in argv] if os.name == "nt" else argv


class _Watch:
    """Reads what ``child`` prints, in a thread, and waits for its end."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self._printed = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._waiter = Waiter(child)

    def printed(self) -> bytes | None:
        """The end of what it printed, once it has ended; ``None`` where it did not in its time."""
        if not self._waiter.ended(TIMEOUT):
            return None
        self._reader.join(_DRAIN)  # An agent that it started may hold the pipe.
        return self._printed

    def end(self) -> None:
        """Leave nothing running."""
        self._waiter.end()

    def _read(self) -> None:
        assert self._child.stdout is not None  # noqa: S101 - it is a pipe
        with self._child.stdout as pipe:
            while part := os.read(pipe.fileno(), _KEPT):
                self._printed = (self._printed + part)[-_KEPT:]
