"""One question to a person."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.rim import Rim


def can_ask(rim: Rim) -> bool:
    """Whether there is somebody who sees the question and can answer it."""
    return rim.stdin.isatty() and rim.stderr.isatty()


def confirmed(rim: Rim, question: str, *, default: bool = False) -> bool:
    """Ask ``question`` until it is answered.

    An empty line is ``default``, the end of the input a no.
    """
    while True:
        rim.stderr.write(f"{question} {'[Y/n]' if default else '[y/N]'} ")
        rim.stderr.flush()
        answer = rim.stdin.readline()
        if not answer:
            rim.say("")
            return False
        word = answer.strip().lower()
        if word in ("y", "yes"):
            return True
        if word in ("n", "no"):
            return False
        if not word:
            return default
