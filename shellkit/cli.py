"""From words to a call, and from errors to an exit code."""

from __future__ import annotations

import importlib
import os

import shellkit
from shellkit import words as words_
from shellkit.errors import ShellkitError, UsageError, reader_has_gone
from shellkit.options import COMMANDS, command
from shellkit.rim import Rim, real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

#: As a shell reports a program that SIGINT ended.
INTERRUPTED = 130


def main(argv: Sequence[str], rim: Rim | None = None) -> int:
    """Run ``shellkit`` with ``argv`` (without the program's name); the exit code."""
    rim = rim or real()
    try:
        code = run(argv, rim)
        _flush(rim)
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and reader_has_gone(error):  # Which is its right.
            _forget_output(rim)
            return 1
        return failed(rim, error)


def _flush(rim: Rim) -> None:
    try:
        rim.stdout.flush()
    except OSError as error:
        if reader_has_gone(error):
            raise
        _forget_output(rim)
        raise ShellkitError(f"cannot write the answer: {error.strerror}") from error


def _forget_output(rim: Rim) -> None:
    """Python would complain about it once more when it flushes stdout at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), rim.stdout.fileno())


def failed(rim: Rim, error: Exception) -> int:
    """Tell the person of ``error``; the exit code."""
    if not isinstance(error, ShellkitError):
        ended = _ended(error)
        if ended is not None:
            return ended
        # Its message may quote anything, so it is not shown.
        fault = ShellkitError(
            f"a fault in shellkit itself ({type(error).__name__})",
            "please report it, with what SHELLKIT_DEBUG=1 adds; nothing was changed",
        )
        fault.__cause__ = error
        error = fault
    if rim.environ.get("SHELLKIT_DEBUG") == "1":
        _print_traceback(rim, error)
    rim.say(f"shellkit: {error.message}")
    if error.fix:
        rim.say(f"  {error.fix}")
    return error.exit_code


def _ended(error: BaseException) -> int | None:
    """The exit code of the ending (Ctrl-C, a signal) on whose way out ``error`` came up, if any.

    A library may clean up what it had not begun (``parse_known_intermixed_args`` of argparse
    does): that is no fault of anybody's, and the person wants to leave.
    """
    from shellkit.__main__ import BY_SIGNAL, signal_of

    earlier = error.__context__
    while earlier is not None:
        number = signal_of(earlier)
        if number is not None:
            return BY_SIGNAL + number
        earlier = earlier.__context__
    return None


def run(argv: Sequence[str], rim: Rim) -> int:
    """As :func:`main`, but errors are raised."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        rim.stdout.write(_help())
        return 0 if argv else 2
    if argv[0] in ("-V", "--version"):
        rim.stdout.write(f"shellkit {shellkit.__version__}\n")
        return 0
    chosen = command(argv[0])
    if chosen is None:
        names = [entry.name for entry in COMMANDS if not entry.hidden]
        if argv[0] in ("assume", "unassume"):
            raise UsageError(
                f"{argv[0]} is a function of your shell, not a command of this program",
                "shellkit install loads it into new terminals; then: assume NAME",
            )
        raise UsageError(f"no command is called {argv[0]}", f"the commands are: {', '.join(names)}")
    module = importlib.import_module(f"shellkit.commands.{chosen.module}")
    if hasattr(module, "run_words"):  # Takes its words as they are.
        return int(module.run_words(argv[1:], rim))
    parser = words_.parser_for(chosen)
    values = words_.parse(parser, argv[1:])
    if values is None:
        rim.stdout.write(parser.format_help())
        return 0
    return int(module.run(values, rim))


def _help() -> str:
    lines = [
        "usage: shellkit COMMAND [OPTION...]",
        "",
        "Switch AWS roles in the shell you are in. Load the functions assume and unassume",
        "with one line in your rc file (shellkit install writes it), then: assume PROFILE.",
        "",
        "commands:",
    ]
    lines += [f"  {entry.name:<12}{entry.summary}" for entry in COMMANDS if not entry.hidden]
    lines += [
        "",
        "shellkit COMMAND --help and assume --help say more. --version prints the version.",
    ]
    return "\n".join(lines) + "\n"


def _print_traceback(rim: Rim, error: ShellkitError) -> None:
    """Where it happened, without the values in it: frames only, of the whole cause chain."""
    import traceback

    shown: BaseException | None = error
    while shown is not None:
        rim.say(f"{type(shown).__name__}")
        for line in traceback.format_tb(shown.__traceback__):
            rim.say(line.rstrip("\n"))
        shown = shown.__cause__
