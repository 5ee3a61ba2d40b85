"""The program."""

from __future__ import annotations

import sys

from shellkit import hot

#: As a shell reports a program that SIGINT ended.
_INTERRUPTED = 130


def main() -> int:
    """Run ``shellkit`` with this process's words; the exit code."""
    argv = sys.argv[1:]
    try:
        if hot.answer(argv):
            return 0
        from shellkit import cli

        return cli.main(argv)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:  # The reader of a short answer has gone; nothing is left to flush.
        return 1


if __name__ == "__main__":
    sys.exit(main())
