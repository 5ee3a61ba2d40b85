"""The calls that a shell waits for, by their short ways: a warm ``assume``, ``init``, TAB.

Everything imported here is paid for at every use: nothing heavy, and nothing
that the answer does not need (``tests/unit/test_imports.py`` counts).
"""

from __future__ import annotations

import os
import sys
import time

from shellkit import shells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


#: The variable by which a shell says that it can ask a person in our place: first that it
#: could, if we wish, and then while it does.
EXCHANGE = "SHELLKIT_EXCHANGE"
OFFERED, OPEN = "offered", "open"

#: Words behind the first: the shell itself is no job in the background, whatever the terminal
#: says of us; and our stdin is the person's terminal, even if we cannot tell.
FRONT, STDIN = "front", "stdin"


def answer(argv: Sequence[str]) -> bool:
    """Answer ``argv`` if a short way is enough; otherwise do nothing, and say ``False``."""
    code: str | None
    if len(argv) == 2 and argv[0] == "init" and argv[1] in shells.NAMES:
        code = _init(argv[1])
    elif len(argv) > 3 and argv[0] == "env" and argv[1] == "--shell" and argv[2] in shells.NAMES:
        # In the exchange the shell reads more than code (shellkit.terminal.exchange).
        code = None if os.environ.get(EXCHANGE) == OPEN else _assume(argv)
    elif len(argv) == 1 and argv[0] == "index":
        code = _index()
    else:
        return False
    if code is not None:
        emit(code)
    return code is not None


def _init(name: str) -> str | None:
    """The script with the defaults; ``None`` where the person's settings may say otherwise."""
    from shellkit import executable, paths
    from shellkit.shells import render

    path = paths.config_file(os.environ.get, os.path.expanduser("~"))
    try:
        if os.path.isfile(path):  # A named pipe would be waited for, and a new shell with it.
            with open(path, "rb") as file:
                if b"prompt" in file.read():
                    return None
    except OSError:
        pass
    return render.script(shells.get(name), *executable.command())


def _index() -> str | None:
    """The path of the index for TAB, made anew where it does not hold."""
    from shellkit import completion, paths

    home = os.path.expanduser("~")
    path = completion.up_to_date(os.environ.get, home, paths.cache_dir(os.environ.get, home))
    return None if path is None else path + "\n"


def _assume(argv: Sequence[str]) -> str | None:
    """The code for an ``assume`` whose memo and session still hold; else ``None``."""
    from shellkit import memo, switch

    now = time.time()
    try:
        found = memo.replay(argv, os.environ, os.path.expanduser("~"), now)
        if found is None:
            return None
        known, credentials = found
        line = "" if known.quiet else switch.success_line(known.identity, credentials, now)
        change = switch.environment_for(known.identity, credentials)
        return shells.get(argv[2]).switch(change, known.recipe, line)
    except (ValueError, OverflowError):  # What no shellkit writes; the pipeline writes it anew.
        return None


def emit(code: str) -> None:
    r"""Write ``code`` to stdout: UTF-8, ``\n`` only, whatever the locale and the platform say."""
    sys.stdout.flush()
    data = code.encode("utf-8", "surrogateescape")
    while data:
        try:
            data = data[os.write(1, data) :]
        except OSError as error:
            from shellkit.errors import ShellkitError, reader_has_gone

            if reader_has_gone(error):
                raise BrokenPipeError from error
            raise ShellkitError(f"cannot write the answer: {error.strerror}") from error
