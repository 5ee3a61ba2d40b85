"""The program."""

from __future__ import annotations

import _thread
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from sys import UnraisableHookArgs

#: A shell adds the number of the signal that ended a program: 2 is SIGINT.
BY_SIGNAL = 128
_INTERRUPTED = BY_SIGNAL + 2


def main() -> int:
    """Run ``shellkit`` with this process's words; the exit code."""
    hook, sys.unraisablehook = sys.unraisablehook, _signals_again(sys.unraisablehook)
    try:
        if None in (sys.stdin, sys.stdout, sys.stderr):
            _open_what_is_closed()
        if os.name == "nt":
            _speak_as_shells_read()
        return _main(sys.argv[1:])
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:  # The reader of a short answer has gone; nothing is left to flush.
        return 1
    finally:
        sys.unraisablehook = hook
        _forget_interrupts()


def _forget_interrupts() -> None:
    """Have the exit code be ours, whatever Ctrl-C ended and wherever it was met.

    Where it ends an ``exec`` or ``eval`` of a text, Python takes it for not met at all, and
    ``python -m`` then kills itself with SIGINT. Many an import is such a moment: named tuples
    and dataclasses are made so. Each further text begins anew (``run_eval_code_obj`` in
    CPython's ``pythonrun.c``).
    """
    exec("")  # noqa: S102 - no text at all


def _signals_again(
    hook: Callable[[UnraisableHookArgs], object],
) -> Callable[[UnraisableHookArgs], object]:
    """``hook``, but a Ctrl-C that Python drops comes a second time, and so do other endings.

    It does where the signal falls into a callback or a ``__del__``, and each import ends
    with such a callback: so a Ctrl-C in the first moments would do nothing.
    """
    main = _thread.get_ident()

    def again(number: int) -> None:
        import signal

        if hasattr(signal, "pthread_kill"):  # It also ends a read that waits.
            signal.pthread_kill(main, number)
        else:  # Windows, where it also ends a sleep; a read from a pipe nothing ends.
            signal.raise_signal(number)

    def dropped(unraisable: UnraisableHookArgs) -> None:
        number = signal_of(unraisable.exc_value)
        if number is not None and main == _thread.get_ident():
            _thread.start_new_thread(again, (number,))  # In this one it would be dropped again.
        else:
            hook(unraisable)

    return dropped


def signal_of(error: BaseException | None) -> int | None:
    """The signal whose handler raised ``error``, if one did (those of ours: ``SystemExit``)."""
    if isinstance(error, KeyboardInterrupt):
        return _INTERRUPTED - BY_SIGNAL
    if isinstance(error, SystemExit) and isinstance(error.code, int) and error.code > BY_SIGNAL:
        return error.code - BY_SIGNAL
    return None


def _main(argv: list[str]) -> int:
    # Imported here, so that Ctrl-C during an import is met as well.
    from shellkit import hot

    try:
        if hot.answer(argv):
            return 0
    except BrokenPipeError:
        raise
    except Exception as error:
        from shellkit import cli, rim

        return cli.failed(rim.real(), error)
    from shellkit import cli

    return cli.main(argv)


def _open_what_is_closed() -> None:
    """Put ``/dev/null`` where a standard stream was closed (``2>&-``).

    Python has ``None`` there, and then ``print`` writes to stdout, of all places, which
    a shell evaluates; and the next file that is opened becomes that stream.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        found = os.open(os.devnull, os.O_RDWR)
        if found != number:
            os.dup2(found, number)
            os.close(found)
        setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8"))  # noqa: SIM115


def _speak_as_shells_read() -> None:
    r"""On Windows too: UTF-8 and ``\n`` alone, wherever it is not the console that reads.

    The terminals of Git Bash are pipes, and read UTF-8; so do the functions.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if not stream.isatty() and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors=stream.errors, newline="\n")


if __name__ == "__main__":
    sys.exit(main())
