r"""The exchange: the shell asks in our place, where we have no terminal and it has one.

So it is in mintty (Git Bash), where a native program of Windows sees pipes and no console.
The function in the shell runs us as a coprocess: what it writes to our stdin are answers,
and our stdout has a line for each thing that the shell is to do (docs/shells.md):

``ask QUESTION``, ``hide QUESTION``
    show it, read a line (``hide``: without showing it), and answer with
    ``answer LINE``, or ``end`` where the input ends
``say LINE``
    show it
``run LINE``
    a line of the code to be evaluated, if we end well

The shell opens with ``hello``, so that nothing is written before it listens.
"""

from __future__ import annotations

import _thread
import os
import queue
import signal
import threading
import time

from shellkit.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.terminal.prompt import Prompt

#: Seconds that we have to end by ourselves once the shell has gone.
_GRACE = 5

_INTERRUPTED = 130


def line(kind: str, text: str) -> bytes:
    """One line to the shell. What is not plainly shown is written out, ends of lines too."""
    shown = visible(text).replace("\n", "\\n").replace("\t", "\\t")
    return f"{kind} {shown}\n".encode("utf-8", "replace")


def code_lines(code: str) -> bytes:
    """``code``, exactly, as lines to the shell."""
    lines = code.split("\n")
    if not lines[-1]:
        lines.pop()
    return b"".join(b"run " + one.encode("utf-8", "surrogateescape") + b"\n" for one in lines)


class Exchange:
    """The two ends of the exchange; ``read`` and ``write`` are descriptors.

    Once ``read`` has ended, the shell has gone, and so do we: in a background job's place,
    which we have, Ctrl-C may not reach us.
    """

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._answer()

    def prompt(self, echo: bool) -> Prompt:
        """Where a person is asked through the shell."""
        return _Through(self, "ask" if echo else "hide")

    def run(self, code: str) -> None:
        """Give the shell ``code`` to evaluate."""
        self.send(code_lines(code))

    def ask(self, kind: str, question: str) -> str:
        """The line that the person types; ``EOFError`` where there is none to come."""
        self.send(line(kind, question))
        kind, _, answer = self._answer().partition(" ")
        if kind != "answer":
            raise EOFError
        return answer

    def send(self, data: bytes) -> None:
        """Write ``data`` to the shell."""
        while data:
            data = data[os.write(self._write, data) :]

    def _answer(self) -> str:
        answer = self._answers.get()
        if answer is None:
            raise KeyboardInterrupt
        return answer

    def _listen(self) -> None:
        """Take in answers, also while nobody waits for one: so the end is seen at once."""
        rest = b""
        while True:
            try:
                data = os.read(self._read, 4096)
            except OSError:
                data = b""
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            for one in lines:
                self._answers.put(one.decode("utf-8", "replace").removesuffix("\r"))
        self._answers.put(None)
        _interrupt()
        time.sleep(_GRACE)
        os._exit(_INTERRUPTED)


class _Through:
    """A :class:`~shellkit.terminal.prompt.Prompt` at the other end of an exchange."""

    def __init__(self, exchange: Exchange, kind: str) -> None:
        self._exchange, self._kind = exchange, kind

    def ask(self, question: str) -> str:
        return self._exchange.ask(self._kind, question)

    def say(self, line_: str) -> None:
        for one in line_.split("\n"):
            self._exchange.send(line("say", one))

    def descriptor(self) -> None:
        """No other program can ask this way."""

    def close(self) -> None:
        pass


def open_exchange() -> Exchange:
    """The exchange on our stdin and stdout, which nobody else can then read from.

    ``KeyboardInterrupt`` where the shell has gone before it began.
    """
    # A job in the background ignores it from the start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    read = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return Exchange(read, 1)


def _interrupt() -> None:
    """Ctrl-C, for the main thread, whatever it waits for."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGINT)
    else:  # Not the signal itself: where the main thread is ending, that would be exit code 3.
        _thread.interrupt_main()
