"""A yes or no from a person."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from shellkit.rim import Rim

    class Asks(Protocol):
        """Where a question is asked."""

        def ask(self, question: str) -> str:
            """What the person types. ``EOFError`` where there is nothing to come."""


def confirmed(prompt: Asks, question: str, *, default: bool = False) -> bool:
    """Ask ``question`` until it is answered.

    An empty line is ``default``, the end of the input a no.
    """
    while True:
        try:
            answer = prompt.ask(f"{question} {'[Y/n]' if default else '[y/N]'} ")
        except EOFError:
            return False
        word = answer.strip().lower()
        if word in ("y", "yes"):
            return True
        if word in ("n", "no"):
            return False
        if not word:
            return default


class Streams:
    """Asks on stderr, and reads from stdin what may have been put there on purpose."""

    def __init__(self, rim: Rim) -> None:
        self._rim = rim

    def is_seen(self) -> bool:
        """Whether there is somebody who sees the question and can answer it."""
        return self._rim.stdin.isatty() and self._rim.stderr.isatty()

    def ask(self, question: str) -> str:
        """The line that is typed. ``EOFError`` where there is none to come."""
        self._rim.stderr.write(question)
        self._rim.stderr.flush()
        line = self._rim.stdin.readline()
        if not line:
            self._rim.say("")
            raise EOFError
        return line
