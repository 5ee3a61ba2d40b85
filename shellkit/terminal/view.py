"""What the picker shows: the selection, the terminal's size, and the states of sessions."""

from __future__ import annotations

import os
import time

from shellkit.terminal import frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from shellkit.terminal.frame import Frame
    from shellkit.terminal.selection import Selection
    from shellkit.terminal.tty import Terminal

#: Seconds for which one drawing looks up sessions, one at least; the rest is looked up after it.
_LOOK_UP = 0.01


class View:
    """A selection as it is seen on ``terminal``."""

    def __init__(self, selection: Selection, terminal: Terminal) -> None:
        self.selection = selection
        self.terminal = terminal
        self._widest: dict[str, int] | None = None
        self._states: dict[str, str] = {}
        self._until: float | None = None

    def size(self) -> tuple[int, int]:
        """The terminal's columns and rows, as they are now."""
        try:
            columns, rows = os.get_terminal_size(self.terminal.descriptor)
        except (
            OSError,
            ValueError,
        ):  # ValueError: an older Python on Windows, not asked for stdout.
            columns = rows = 0
        # Some terminals do not know their own size.
        return columns or 80, rows or 24

    def frame(self, cells: Callable[[str], int], *, sessions: bool = True) -> Frame:
        """The frame to be drawn; ``cells`` says how wide a text is.

        Without ``sessions`` none is looked up: the first of them takes a while.
        """
        columns, rows = self.size()
        signs = frame.UTF8 if self.terminal.utf8 else frame.ASCII
        state = self._state if sessions else self._states.get
        if self._widest is None:
            self._widest = frame.widest(self.selection.choices.rows, cells)
        look = frame.Look(columns, rows, signs, cells, self._widest, state)
        self._until = None
        return frame.frame(look, self.selection)

    def _state(self, name: str) -> str | None:
        """The state of a session, looked up once; ``None`` where the time is over."""
        if name not in self._states:
            now = time.monotonic()
            if self._until is None:
                self._until = now + _LOOK_UP
            if now > self._until:
                return None
            self._states[name] = self.selection.choices.session(name)
        return self._states[name]
