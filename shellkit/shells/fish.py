"""fish, from 3.4 on."""

from __future__ import annotations

from shellkit.shells.base import Shell, without_nul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.environment import EnvChange


class Fish(Shell):
    """fish. See ``templates/fish.j2`` for the functions that the code here calls."""

    name = "fish"
    script = "shellkit.fish"
    reserved = (
        "_ abbr and argparse begin bg bind block break breakpoint builtin case cd command"
        " commandline complete contains continue count disown echo else emit end eval exec exit"
        " false fg fish_indent fish_key_reader for function functions history if in jobs math not"
        " or path printf pwd random read realpath return set set_color source status string switch"
        " test time true type ulimit wait while"
    )

    def quote(self, value: str) -> str:
        """In single quotes, in which fish (unlike other shells) has two escapes."""
        escaped = without_nul(value).replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"

    def exports(self, change: EnvChange) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        steps = [self._set(name, value) for name, value in change.assigned.items()]
        if change.cleared:
            steps.append(_hide(change.cleared))
        return "\nand ".join(steps) + "\n"

    def switch(
        self, change: EnvChange, recipe: str, message: str, inherited: str | None = None
    ) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        steps = [" ".join(("__shellkit_begin", *change.cleared))]
        steps += [self._set(name, value) for name, value in change.assigned.items()]
        recipes = (recipe,) if inherited is None else (recipe, inherited)
        steps.append(f"__shellkit_end {self.words(recipes)}")
        return self._steps(steps, message)

    def revert(self, message: str) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        return self._steps(["__shellkit_restore"], message)

    def text(self, text: str) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        return f"builtin printf '%s' {self.quote(text)}\n"

    def _set(self, name: str, value: str) -> str:
        return f"builtin set -gx {name} {self.quote(value)}"

    def _steps(self, steps: list[str], message: str) -> str:
        if message:
            steps = [*steps, f"__shellkit_say {self.quote(message)}"]
        return "\nand ".join(steps) + "\n"


def _hide(names: tuple[str, ...]) -> str:
    """Unset these global variables; where a universal one would show, cover it."""
    return f"""begin
    builtin set -l __shellkit_name
    for __shellkit_name in {" ".join(names)}
        builtin set -qU $__shellkit_name
        and builtin set -gu $__shellkit_name
        or builtin set -eg $__shellkit_name
    end
    builtin true
end"""
