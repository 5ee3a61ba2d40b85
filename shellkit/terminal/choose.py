"""Let the person at the terminal choose a profile, in the way that fits them and it."""

from __future__ import annotations

import shutil

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
    """A name, and whether its session is to be refreshed; ``None`` where there is no terminal.

    ``make`` makes the choices, once somebody is there to be shown them; ``typed`` is
    searched for already. ``style`` is the setting ``picker``. ``KeyboardInterrupt``
    where the person leaves without choosing.
    """
    terminal = open_terminal(environ)
    if terminal is None:
        return None
    try:
        picked = _choose(make(), typed, terminal, environ, style, say)
    finally:
        terminal.close()
    if picked is None:
        raise KeyboardInterrupt
    return picked


def _choose(
    choices: Choices,
    typed: str,
    terminal: Terminal,
    environ: Mapping[str, str],
    style: str,
    say: Callable[[str], None],
) -> tuple[str, bool] | None:
    if style == "fzf" and not terminal.dumb:
        program = shutil.which("fzf", path=environ.get("PATH"))
        if program is not None:
            from shellkit.terminal import fzf

            return fzf.pick(choices, typed, terminal, program, environ)
        say('shellkit: picker = "fzf", but fzf is not on PATH')
    if style == "menu" or terminal.dumb:
        from shellkit.terminal import menu

        return menu.pick(choices, typed, terminal)
    from shellkit.terminal import picker

    return picker.pick(choices, typed, terminal)
