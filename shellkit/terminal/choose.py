"""Let the person at the terminal choose a profile, in the way that fits them and it."""

from __future__ import annotations

import shutil
import sys

from shellkit.terminal.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shellkit.choices import Choices
    from shellkit.rim import Rim
    from shellkit.terminal.prompt import Prompt
    from shellkit.terminal.tty import Terminal


def choose(
    make: Callable[[], Choices], typed: str, style: str, rim: Rim
) -> tuple[str, bool] | None:
    """A name, and whether its session is to be refreshed; ``None`` where nobody can choose.

    There has to be a terminal, and ``typed``, which is searched for already, has to find
    something: an empty list says less than an error. ``make`` makes the choices, once
    somebody is there to be shown them. ``style`` is the setting ``picker``.
    ``KeyboardInterrupt`` where the person leaves without choosing.
    """
    terminal = None if style == "menu" else rim.open_terminal()
    if terminal is not None and terminal.dumb:
        terminal.close()
        terminal = None
    place = terminal or rim.open_tty(True)
    if place is None:
        return None
    try:
        selection = Selection(make(), typed)
        if not selection.found:
            return None
        picked = _choose(selection, place, style, rim)
    finally:
        place.close()
    if picked is None:
        raise KeyboardInterrupt
    return picked


def _choose(
    selection: Selection, place: Terminal | Prompt, style: str, rim: Rim
) -> tuple[str, bool] | None:
    from shellkit.terminal.tty import Terminal

    if not isinstance(place, Terminal):
        from shellkit.terminal import menu

        return menu.pick(selection, place)
    if style == "fzf" and sys.platform != "win32":
        program = shutil.which("fzf", path=rim.environ.get("PATH"))
        if program is not None:
            from shellkit.terminal import fzf

            return fzf.pick(selection, place, program, rim.environ, rim.command)
        rim.say('shellkit: picker = "fzf", but fzf is not on PATH')
    from shellkit.terminal import picker

    return picker.pick(selection, place)
