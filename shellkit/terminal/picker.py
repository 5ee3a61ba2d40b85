"""The picker: a fuzzy list on the terminal itself, below the prompt, gone when it is left.

The only module that imports prompt_toolkit, and only once somebody is to choose.
"""

from __future__ import annotations

import signal
import sys
from functools import partial

from shellkit.terminal.tty import ENDINGS
from shellkit.terminal.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from prompt_toolkit.application import Application
    from prompt_toolkit.data_structures import Size
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.layout import Layout
    from prompt_toolkit.output import Output

    from shellkit.terminal.selection import Selection
    from shellkit.terminal.tty import Terminal

#: Seconds after which an Esc is an Esc, and not the start of an arrow key; and once more,
#: until it is not the start of an Alt with a key either.
_ESCAPE = 0.05

#: What the application ends with; above these, a signal's number is added.
_LEFT, _PICKED, _ENDED = 0, 1, 2


def pick(selection: Selection, terminal: Terminal) -> tuple[str, bool] | None:
    """The name that the person picks, and whether with new credentials; ``None`` for none.

    ``SystemExit`` where a signal ended it.
    """
    view = View(selection, terminal)
    result = _run_on_console(view) if sys.platform == "win32" else _run_on_terminal(view)
    if result >= _ENDED:
        raise SystemExit(128 + result - _ENDED)
    chosen = selection.chosen if result == _PICKED else None
    return None if chosen is None else (chosen[0], selection.refresh)


def _run_on_console(view: View) -> int:
    """As on a terminal; the console is Windows', and is drawn on by calls.

    So it works on a console that knows no escape sequences, as winpty's.
    """
    if sys.platform == "win32":
        from prompt_toolkit.input.win32 import Win32Input
        from prompt_toolkit.output.win32 import Win32Output

        from shellkit.terminal.console import as_output

        console = view.terminal.descriptor
        with open(console, "w", encoding="utf-8", closefd=False) as screen, as_output(console):
            app = _application(view, Win32Input(), Win32Output(screen))
            return app.run(pre_run=_silence_wake_ups, set_exception_handler=False)
    raise NotImplementedError


def _silence_wake_ups() -> None:
    """Where a Ctrl-C cannot wake the loop, as it is awake already, Python would say so."""
    signal.set_wakeup_fd(signal.set_wakeup_fd(-1), warn_on_full_buffer=False)


def _run_on_terminal(view: View) -> int:
    from shellkit.terminal.early import painted

    terminal = view.terminal
    with (
        painted(view),
        open(terminal.descriptor, encoding="utf-8", closefd=False) as keys,
        open(
            terminal.descriptor, "w", encoding=terminal.encoding, errors="replace", closefd=False
        ) as screen,
    ):
        # Only now, with something on the screen: it takes longer than all the rest.
        from prompt_toolkit.input.vt100 import Vt100Input

        app = _application(view, Vt100Input(keys), _output(view, screen))
        try:
            return app.run(pre_run=partial(_catch_endings, app), set_exception_handler=False)
        except EOFError:  # The terminal has gone.
            return _LEFT


def _output(view: View, screen: TextIO) -> Output:
    from prompt_toolkit.data_structures import Size
    from prompt_toolkit.output.vt100 import Vt100_Output

    def size() -> Size:
        columns, rows = view.size()
        return Size(rows=rows, columns=columns)

    # No requests for the cursor's place: a late answer would end up in the shell.
    return Vt100_Output(screen, size, enable_cpr=False, enable_bell=False)


def _application(view: View, keys: Input, output: Output) -> Application[int]:
    from prompt_toolkit.application import Application
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.output import ColorDepth

    bindings = KeyBindings()
    _bind_actions(bindings, view.selection)
    _bind_typing(bindings, view.selection)
    _bind_leaving(bindings, view.selection)
    app: Application[int] = Application(
        _layout(view),
        key_bindings=bindings,
        color_depth=ColorDepth.DEPTH_4_BIT if view.terminal.color else ColorDepth.DEPTH_1_BIT,
        include_default_pygments_style=False,
        erase_when_done=True,
        input=keys,
        output=output,
    )
    app.ttimeoutlen = app.timeoutlen = _ESCAPE
    return app


def _layout(view: View) -> Layout:
    from prompt_toolkit.data_structures import Point
    from prompt_toolkit.layout import Layout
    from prompt_toolkit.layout.containers import Window
    from prompt_toolkit.layout.controls import FormattedTextControl
    from prompt_toolkit.utils import get_cwidth

    caret = 0

    def text() -> StyleAndTextTuples:
        nonlocal caret
        drawn = view.frame(get_cwidth)
        caret = drawn.caret
        if drawn.pending:
            _draw_again()
        fragments: StyleAndTextTuples = []
        for number, line in enumerate(drawn.lines):
            fragments += [("", "\n")] if number else []
            fragments += line
        return fragments

    # Where the caret had no room once, on a terminal of two columns, it would stay scrolled.
    return Layout(
        Window(
            FormattedTextControl(
                text, focusable=True, get_cursor_position=lambda: Point(x=caret, y=0)
            ),
            get_horizontal_scroll=lambda _: 0,
            get_vertical_scroll=lambda _: 0,
        )
    )


def _draw_again() -> None:
    from prompt_toolkit.application import get_app

    app = get_app()
    if app.loop is not None:
        app.loop.call_later(0, app.invalidate)


def _catch_endings(app: Application[int]) -> None:
    """Leave the terminal as it was, also when a signal ends the program."""

    def leave(number: int) -> None:
        if not app.is_done:
            app.exit(result=_ENDED + number)

    for number in (getattr(signal, name) for name in ENDINGS):
        if app.loop is not None:
            app.loop.add_signal_handler(number, leave, number)


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
    from prompt_toolkit.keys import Keys

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
            leave(event, _PICKED)

    @bindings.add("escape")
    @bindings.add("c-c", eager=True)
    @bindings.add("c-g", eager=True)
    @bindings.add("<sigint>")
    def _(event: KeyPressEvent) -> None:
        leave(event, _LEFT)

    @bindings.add("c-d", eager=True)
    def _(event: KeyPressEvent) -> None:
        if selection.query:
            selection.erase_forward()
        else:
            leave(event, _LEFT)
