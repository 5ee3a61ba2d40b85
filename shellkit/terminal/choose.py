"""Let the person at the terminal choose a profile, in the way that fits them and it."""

from __future__ import annotations

import shutil

from shellkit.terminal.selection import Selection
from shellkit.terminal.tty import open_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shellkit.choices import Choices
    from shellkit.terminal.tty import Terminal


def choose(
    make: Callable[[], Choices],
    typed: str,
    environ: Mapping[str, str],
    style: str,
    say: Callable[[str], None],
) -> tuple[str, bool] | None:
    """A name, and whether its session is to be refreshed; ``None`` where nobody can choose.

    There has to be a terminal, and ``typed``, which is searched for already, has to find
    something: an empty list says less than an error. ``make`` makes the choices, once
    somebody is there to be shown them. ``style`` is the setting ``picker``.
    ``KeyboardInterrupt`` where the person leaves without choosing.
    """
    terminal = open_terminal(environ)
    if terminal is None:
        return None
    try:
        selection = Selection(make(), typed)
        if not selection.found:
            return None
        picked = _choose(selection, terminal, environ, style, say)
    finally:
        terminal.close()
    if picked is None:
        raise KeyboardInterrupt
    return picked


def _choose(
    selection: Selection,
    terminal: Terminal,
    environ: Mapping[str, str],
    style: str,
    say: Callable[[str], None],
) -> tuple[str, bool] | None:
    if style == "fzf" and not terminal.dumb:
        program = shutil.which("fzf", path=environ.get("PATH"))
        if program is not None:
            from shellkit.terminal import fzf

            return fzf.pick(selection, terminal, program, environ)
        say('shellkit: picker = "fzf", but fzf is not on PATH')
    if style == "menu" or terminal.dumb:
        from shellkit.terminal import menu

        return menu.pick(selection, terminal)
    from shellkit.terminal import picker

    return picker.pick(selection, terminal)
