"""Windows PowerShell 5.1, and PowerShell 7 on every system."""

from __future__ import annotations

from shellkit.shells.base import Shell, without_nul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.environment import EnvChange

#: Each of these ends a single-quoted string: PowerShell takes what a word
#: processor makes of an apostrophe for one.
QUOTES = "'\u2018\u2019\u201a\u201b"


class PowerShell(Shell):
    """PowerShell. See ``templates/powershell.j2`` for the functions that the code here calls."""

    name = "powershell"
    script = "shellkit.ps1"
    reserved = (
        "begin break catch class clean configuration continue data define do dynamicparam else"
        " elseif end enum exit filter finally for foreach from function hidden if in inlinescript"
        " parallel param process return sequence static switch throw trap try until using var"
        " while workflow"
    )

    def reserves(self, name: str) -> bool:
        """See :class:`~shellkit.shells.base.Shell`. Large letters are small ones here."""
        return super().reserves(name.lower())

    def quote(self, value: str) -> str:
        """In single quotes, with each of the five characters that end them doubled."""
        escaped = without_nul(value)
        for char in QUOTES:
            if char in escaped:
                escaped = escaped.replace(char, char + char)
        return f"'{escaped}'"

    def exports(self, change: EnvChange) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        lines = [_set(name, self.quote(value)) for name, value in change.assigned.items()]
        lines += [_set(name, "[NullString]::Value") for name in change.cleared]
        # A block of its own, so that the caller's ErrorActionPreference stays as it is.
        body = "".join(f"    {line}\n" for line in lines)
        return f"& {{\n    $ErrorActionPreference = 'Stop'\n{body}}}\n"

    def switch(
        self, change: EnvChange, recipe: str, message: str, inherited: str | None = None
    ) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        pairs = "; ".join(f"{name} = {self.quote(v)}" for name, v in change.assigned.items())
        recipes = (recipe,) if inherited is None else (recipe, inherited)
        return self._steps(f"__shellkit_switch @{{ {pairs} }} {self.words(recipes)}", message)

    def revert(self, message: str) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        return self._steps("__shellkit_restore", message)

    def text(self, text: str) -> str:
        """See :class:`~shellkit.shells.base.Shell`."""
        # What a statement leaves goes to the caller's pipeline, which ends the line by itself.
        return self.quote(text.removesuffix("\n")) + "\n"

    def _steps(self, step: str, message: str) -> str:
        if not message:
            return f"{step}\n"
        return f"{step}\n__shellkit_say {self.quote(message)}\n"


def _set(name: str, value: str) -> str:
    return f"[System.Environment]::SetEnvironmentVariable('{name}', {value})"
