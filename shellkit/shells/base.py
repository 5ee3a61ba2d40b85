"""What a shell must be able to say. On the warm path: imports nothing heavy."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from shellkit.environment import EnvChange


#: The name of the function, unless ``--cmd`` gives it another.
COMMAND = "assume"


class Shell:
    r"""One shell: how it quotes a value, and how it says each thing shellkit emits.

    All code comes back as text that ends in a newline, uses ``\n`` only, and
    contains values only through :meth:`quote`.
    """

    #: The name on the command line, and of the template and the rendered script.
    name: str
    #: The rendered script's file name in ``shell/``.
    script: str
    #: The shell's own words, between blanks: a function would not be called, or would hide them.
    reserved: str

    def reserves(self, name: str) -> bool:
        """Whether no function of ours may be called ``name``."""
        return name.startswith(("shellkit", "__shellkit")) or name in self.reserved.split()

    def quote(self, value: str) -> str:
        """``value`` as one literal word of this shell.

        Total over ``str`` but for NUL, which no environment can hold (``ValueError``).
        """
        raise NotImplementedError

    def words(self, words: Sequence[str]) -> str:
        """``words`` as the words of a command."""
        return " ".join(self.quote(word) for word in words)

    def exports(self, change: EnvChange) -> str:
        """Plain statements that make ``change``, for scripts without our functions.

        They stop at the first failure, and the exit status says so.
        """
        raise NotImplementedError

    def switch(
        self, change: EnvChange, recipe: str, message: str, inherited: str | None = None
    ) -> str:
        """Code for the loaded functions: keep the base, make ``change``, report.

        ``recipe`` is the request in a form that ``assume -`` can give back
        (:mod:`shellkit.request`), with no secret. ``message`` is printed on stderr
        once all is done; empty prints nothing. ``inherited`` is the recipe of the active
        identity where the shell cannot know it, having inherited it. When something fails, the
        environment is as it was and the status is not 0.
        """
        raise NotImplementedError

    def revert(self, message: str) -> str:
        """Code for the loaded functions: do what ``unassume`` does, then print ``message``."""
        raise NotImplementedError

    def text(self, text: str) -> str:
        """Code that prints ``text`` on the shell's stdout, as it is."""
        raise NotImplementedError


def is_command_name(name: str) -> bool:
    """Whether every shell takes ``name`` as the name of a function."""
    return (
        name.isascii()
        and not name[:1].isdigit()
        and not name.startswith("-")
        and name.replace("_", "a").replace("-", "a").isalnum()
    )


def without_nul(value: str) -> str:
    """``value``, or ``ValueError`` where it has a NUL: no environment can hold one."""
    if "\0" in value:
        raise ValueError("a value has a NUL character, which no environment can hold")
    return value
