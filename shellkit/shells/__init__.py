"""The shells that shellkit speaks. Nothing outside this package asks which shell it is.

Each shell is one small module with one class, a subclass of
:class:`shellkit.shells.base.Shell`, and one template in ``templates/``.
``get`` imports only the module that is asked for, since a warm ``assume``
goes through here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.shells.base import Shell

#: The names of the shells, in the order in which help and docs show them.
NAMES: tuple[str, ...] = ("bash", "zsh", "fish", "powershell")

#: Other names under which people and programs know them.
ALIASES: dict[str, str] = {"pwsh": "powershell"}


def get(name: str) -> Shell:
    """The shell called ``name`` (or one of ``ALIASES``); ``KeyError`` where there is none."""
    name = ALIASES.get(name, name)
    if name == "bash":
        from shellkit.shells.bash import Bash

        return Bash()
    if name == "zsh":
        from shellkit.shells.zsh import Zsh

        return Zsh()
    if name == "fish":
        from shellkit.shells.fish import Fish

        return Fish()
    if name == "powershell":
        from shellkit.shells.powershell import PowerShell

        return PowerShell()
    raise KeyError(name)
