"""The picker: a fuzzy list on the terminal itself, below the prompt, gone when it is left.

The only module that imports prompt_toolkit, and only once somebody is to choose.
"""

from __future__ import annotations

import os
import signal
import time
from functools import partial

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Point, Size
from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import Layout
from prompt_toolkit.layout.containers import Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.utils import get_cwidth

from shellkit.terminal import frame
from shellkit.terminal.selection import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyPressEvent

    from shellkit.choices import Choices
    from shellkit.terminal.tty import Terminal

#: Seconds after which an Esc is an Esc, and not the start of an arrow key; and once more,
#: until it is not the start of an Alt with a letter either.
_ESCAPE = 0.05

#: Seconds that one drawing may take to look up sessions; the rest is looked up after it.
_LOOK_UP = 0.01

#: What a closed terminal and ``kill`` send.
_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


class _Sessions:
    """The states of sessions, each looked up once, and never for long at a time."""

    def __init__(self, choices: Choices) -> None:
        self._look_up = choices.session
        self._known: dict[str, str] = {}
        self._until = 0.0

    def start(self) -> None:
        """A drawing starts."""
        self._until = time.monotonic() + _LOOK_UP

    def state(self, name: str) -> str | None:
        """The state of the session of ``name``; ``None`` where the time is over."""
        if name not in self._known:
            if time.monotonic() > self._until:
                return None
            self._known[name] = self._look_up(name)
        return self._known[name]


class _Picker:
    def __init__(self, choices: Choices, typed: str, terminal: Terminal) -> None:
        self.selection = Selection(choices, typed)
        self._sessions = _Sessions(choices)
        self._terminal = terminal
        self._signs = frame.UTF8 if terminal.utf8 else frame.ASCII
        self._caret = 0

    def run(self) -> bool:
        """Let the person choose; whether they did. ``SystemExit`` where a signal ended it."""
        with (
            open(self._terminal.descriptor, encoding="utf-8", closefd=False) as keys,
            open(
                self._terminal.descriptor,
                "w",
                encoding=self._terminal.encoding,
                errors="replace",
                closefd=False,
            ) as screen,
        ):
            # No cursor position requests: a late answer would end up in the shell.
            output = Vt100_Output(screen, self._size, enable_cpr=False, enable_bell=False)
            app = self._application(Vt100Input(keys), output)
            try:
                result = app.run(pre_run=partial(_catch_endings, app), set_exception_handler=False)
            except EOFError:  # The terminal has gone.
                return False
        if result > 1:
            raise SystemExit(128 + result - 1)
        return bool(result)

    def _application(self, keys: Vt100Input, output: Vt100_Output) -> Application[int]:
        control = FormattedTextControl(
            self._fragments,
            focusable=True,
            get_cursor_position=lambda: Point(x=self._caret, y=0),
        )
        app: Application[int] = Application(
            Layout(Window(control)),
            key_bindings=_bindings(self.selection),
            color_depth=ColorDepth.DEPTH_4_BIT if self._terminal.color else ColorDepth.DEPTH_1_BIT,
            include_default_pygments_style=False,
            erase_when_done=True,
            input=keys,
            output=output,
        )
        app.ttimeoutlen = app.timeoutlen = _ESCAPE
        return app

    def _size(self) -> Size:
        try:
            columns, rows = os.get_terminal_size(self._terminal.descriptor)
        except OSError:
            columns = rows = 0
        # Some terminals do not know their own size.
        return Size(rows=rows or 24, columns=columns or 80)

    def _fragments(self) -> StyleAndTextTuples:
        size = self._size()
        look = frame.Look(size.columns, size.rows, self._signs, get_cwidth, self._sessions.state)
        self._sessions.start()
        drawn = frame.frame(look, self.selection)
        self._caret = drawn.caret
        text: StyleAndTextTuples = []
        for number, line in enumerate(drawn.lines):
            if number:
                text.append(("", "\n"))
            text.extend(line)
        if drawn.pending:
            _draw_again()
        return text


def _draw_again() -> None:
    from prompt_toolkit.application import get_app

    app = get_app()
    if app.loop is not None:
        app.loop.call_later(0, app.invalidate)


def _catch_endings(app: Application[int]) -> None:
    """Leave the terminal as it was, also when a signal ends the program."""

    def leave(number: int) -> None:
        if not app.is_done:
            app.exit(result=number + 1)

    for ending in _ENDINGS:
        if app.loop is not None:
            app.loop.add_signal_handler(ending, leave, ending)


def _bindings(selection: Selection) -> KeyBindings:
    bindings = KeyBindings()
    _bind_actions(bindings, selection)
    _bind_typing(bindings, selection)
    _bind_leaving(bindings, selection)
    return bindings


def _bind_actions(bindings: KeyBindings, selection: Selection) -> None:
    def on(keys: str, action: Callable[[], object]) -> None:
        for key in keys.split():
            bindings.add(key, eager=True)(lambda _: action())

    on("tab", lambda: selection.move(1, around=True))
    on("s-tab", lambda: selection.move(-1, around=True))
    on("down c-n", lambda: selection.move(1))
    on("up c-p", lambda: selection.move(-1))
    on("pagedown", lambda: selection.move(selection.height))
    on("pageup", lambda: selection.move(-selection.height))
    on("left c-b", lambda: selection.go(-1))
    on("right c-f", lambda: selection.go(1))
    on("home c-a", lambda: selection.go(-len(selection.query)))
    on("end c-e", lambda: selection.go(len(selection.query)))
    on("c-h", selection.erase)
    on("delete", selection.erase_forward)
    on("c-w", selection.erase_word)
    on("c-k", selection.erase_rest)
    on("c-u", selection.clear)
    on("c-r", lambda: setattr(selection, "refresh", not selection.refresh))
    on("?", lambda: setattr(selection, "help", not selection.help))


def _bind_typing(bindings: KeyBindings, selection: Selection) -> None:
    @bindings.add(Keys.BracketedPaste, eager=True)
    def _(event: KeyPressEvent) -> None:
        selection.insert(event.data)

    @bindings.add(Keys.Any)
    def _(event: KeyPressEvent) -> None:
        if not isinstance(event.key_sequence[0].key, Keys):
            selection.insert(event.data)

    @bindings.add("escape", Keys.Any)
    def _(event: KeyPressEvent) -> None:
        """Alt with a key: nothing, rather than an Esc and a letter."""


def _bind_leaving(bindings: KeyBindings, selection: Selection) -> None:
    def leave(event: KeyPressEvent, result: int) -> None:
        if not event.app.is_done:
            event.app.exit(result=result)

    # c-j is an Enter from before the terminal was ours.
    @bindings.add("enter", eager=True)
    @bindings.add("c-j", eager=True)
    def _(event: KeyPressEvent) -> None:
        if selection.chosen is not None:
            leave(event, 1)

    @bindings.add("escape")
    @bindings.add("c-c", eager=True)
    @bindings.add("c-g", eager=True)
    @bindings.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        leave(event, 0)

    @bindings.add("c-d", eager=True)
    def _(event: KeyPressEvent) -> None:
        if selection.query:
            selection.erase_forward()
        else:
            leave(event, 0)


def pick(choices: Choices, typed: str, terminal: Terminal) -> tuple[str, bool] | None:
    """The name that the person picks, and whether with new credentials; ``None`` for none."""
    picker = _Picker(choices, typed, terminal)
    chosen = picker.selection.chosen if picker.run() else None
    return None if chosen is None else (chosen[0], picker.selection.refresh)
