"""A yes or no from a person."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.terminal.prompt import Prompt


def confirmed(prompt: Prompt, question: str) -> bool:
    """Ask ``question`` until it is answered. An empty line, as the end of the input, is a no."""
    while True:
        try:
            answer = prompt.ask(f"{question} [y/N] ")
        except EOFError:
            return False
        word = answer.strip().lower()
        if word in ("y", "yes"):
            return True
        if word in ("", "n", "no"):
            return False
