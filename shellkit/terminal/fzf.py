"""fzf as the picker, for those who have set it up as they like it."""

from __future__ import annotations

import subprocess

from shellkit.choices import ACCOUNT, ALIAS, DESCRIPTION, NAME, REGION, ROLE, SOURCE
from shellkit.environment import BASE_PREFIX, SECRET
from shellkit.errors import ShellkitError
from shellkit.profiles import shown
from shellkit.terminal.tty import lent
from shellkit.terminal.width import padded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from shellkit.choices import Choices, Row
    from shellkit.terminal.selection import Selection
    from shellkit.terminal.tty import Terminal

#: After the person's own options, so that these hold.
_OPTIONS = (
    "--no-multi",
    "--delimiter=\t",
    "--with-nth=2..",
    "--tiebreak=index",
    "--expect=ctrl-r",
    "--header=Enter: use, Ctrl-R: with new credentials",
)

_INTERRUPTED, _NOTHING_FOUND = 130, 1


def pick(
    selection: Selection,
    terminal: Terminal,
    program: str,
    environ: Mapping[str, str],
    command: str,
) -> tuple[str, bool] | None:
    """The name that the person picks, and whether with new credentials; ``None`` for none.

    ``program`` is fzf, and ``command`` the name of the function that was called.
    """
    choices = selection.choices
    lines = "\n".join(f"{index}\t{line_of(row, choices)}" for index, row in enumerate(choices.rows))
    # fzf may run commands that its options name: no keys for those.
    kept = {name: value for name, value in environ.items() if not _is_secret(name)}
    height = () if "--height" in environ.get("FZF_DEFAULT_OPTS", "") else ("--height=~60%",)
    with lent(terminal.descriptor):
        done = subprocess.run(
            [program, *height, *_OPTIONS, f"--prompt={command} ", f"--query={selection.query}"],
            input=lines.encode("utf-8", "surrogateescape"),
            stdout=subprocess.PIPE,
            stderr=terminal.descriptor,
            env=kept,
            check=False,
        )
    if done.returncode in (_INTERRUPTED, _NOTHING_FOUND):
        return None
    index, refresh = None, False
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        number, tab, _ = line.partition("\t")
        if tab and number.isdigit():
            index = int(number)
        refresh = refresh or line == "ctrl-r"
    if done.returncode or index is None:
        raise ShellkitError(
            f"fzf ended with exit code {done.returncode} and no profile",
            'check FZF_DEFAULT_OPTS, or take picker = "fzf" out of config.toml',
        )
    return choices.rows[index][NAME], refresh


def _is_secret(name: str) -> bool:
    """Whether the variable has a secret: one of a role, of the base that is kept, or a code."""
    return name.removeprefix(BASE_PREFIX) in SECRET or name == "SHELLKIT_MFA_CODE"


def line_of(row: Row, choices: Choices) -> str:
    """The line of the list for ``row``."""
    active = "*" if row[NAME] == choices.active else " "
    width = 32
    parts = (row[ACCOUNT], row[ALIAS], row[ROLE], row[REGION], row[SOURCE], row[DESCRIPTION])
    rest = "  ".join(part for part in parts if part)
    return f"{active} {padded(shown.name(row[NAME]), width)}  {shown.name(rest)}".rstrip()
