"""What bash and zsh say alike. On the warm path: imports nothing heavy."""

from __future__ import annotations

from shellkit.shells.base import Shell, without_nul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.environment import EnvChange


class Posix(Shell):
    """A shell of the Bourne family.

    Words begin with a backslash against aliases (also those of the user on
    ``export``), and with ``builtin`` against functions. ``exports`` does without
    ``builtin``, so that dash and other ``sh`` can read it too.
    """

    def quote(self, value: str) -> str:
        """Always in single quotes: bare words are not safe (zsh runs ``=word``)."""
        return "'" + without_nul(value).replace("'", "'\\''") + "'"

    def exports(self, change: EnvChange) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        lines = [f"\\export {name}={self.quote(v)}" for name, v in change.assigned.items()]
        if change.cleared:
            lines.append("\\unset -v " + " ".join(change.cleared))
        return " &&\n".join(lines) + "\n"

    def switch(
        self, change: EnvChange, recipe: str, message: str, inherited: str | None = None
    ) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        # __shellkit_begin has unset every managed variable, so what is cleared is not named.
        assigned = " ".join(f"{name}={self.quote(v)}" for name, v in change.assigned.items())
        steps = ["__shellkit_begin"]
        if assigned:
            steps.append(f"\\builtin export {assigned}")
        recipes = (recipe,) if inherited is None else (recipe, inherited)
        steps.append(f"__shellkit_end {self.words(recipes)}")
        return self._steps(steps, message)

    def revert(self, message: str) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        return self._steps(["__shellkit_restore"], message)

    def text(self, text: str) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        return f"\\builtin printf '%s' {self.quote(text)}\n"

    def _steps(self, steps: list[str], message: str) -> str:
        if message:
            steps = [*steps, f"__shellkit_say {self.quote(message)} done"]
        return " &&\n".join(steps) + "\n"
