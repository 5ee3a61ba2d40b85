"""Text that may go to a terminal.

Names in a configuration file, words of a command line and answers of STS may hold
escape sequences, or characters that turn the line around: shown, not sent.
"""

from __future__ import annotations


def visible(text: str) -> str:
    """``text`` with everything written out that is not plainly shown, but line ends and tabs."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char in "\n\t" or char.isprintable():
        return char
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
