"""From the templates to the scripts: for ``init``, and for ``shell/`` and ``completions/``.

``python -m shellkit.shells.render`` writes those two; with ``--check`` it only
says which files differ from what it would write, and exits 1 if any do.

The only module that imports jinja2, and only where a template is rendered:
``init`` without ``--cmd`` reads a rendered script and puts the program's words into it.
"""

from __future__ import annotations

import os

from shellkit import shells
from shellkit.shells.base import COMMAND, is_command_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    import jinja2

    from shellkit.prompt import Prompt
    from shellkit.shells.base import Shell

#: The executable in the rendered scripts: found on PATH. ``init`` puts the absolute path.
ON_PATH = "shellkit"

#: The files in ``completions/``, as package managers want them called.
COMPLETIONS = {"bash": "shellkit.bash", "zsh": "_assume", "fish": "assume.fish"}

_HERE = os.path.dirname(os.path.abspath(__file__))
_TEMPLATES = os.path.join(_HERE, "templates")
#: Where the rendered scripts are: in an installed package, and in a checkout.
_INSTALLED = os.path.join(_HERE, "rendered")
_TOP = os.path.normpath(os.path.join(_HERE, os.pardir, os.pardir))
_CHECKOUT = os.path.join(_TOP, "shell")


class ShellCode(str):
    """Text that a template takes over as it is. Everything else is quoted."""

    __slots__ = ()


#: The line of dashes that opens each section.
_SECTION = "\n# ---------------------------------------------------------------- "


def script(
    shell: Shell,
    *exe: str,
    prompt: Prompt | None = None,
    segment: bool = True,
    completion: bool = True,
) -> str:
    """The script that ``init`` prints, calling the program by the words ``exe``.

    ``prompt``: the settings of the prompt segment, where they are not the defaults;
    ``segment``, ``completion``: whether these are there at all. The same text as
    :func:`render` gives, without the time that jinja2 takes to load.
    """
    folder = _INSTALLED if os.path.isdir(_INSTALLED) else _CHECKOUT
    with open(os.path.join(folder, shell.script), encoding="ascii", newline="") as file:
        text = file.read()
    word = shell.quote(ON_PATH)
    if word not in text:
        raise RuntimeError(f"{shell.script} does not call {ON_PATH}: render it again")
    text = text.replace(word, shell.words(exe))
    if not completion:
        text = text.partition(_SECTION + "completion\n")[0]
    if not segment:
        before, _, rest = text.partition(_SECTION + "prompt\n")
        _, next_section, after = rest.partition(_SECTION)
        return before + next_section + after
    if prompt is not None:
        from shellkit.shells import segment as segments

        before, _, rest = text.partition(segments.BEGIN)
        return before + segments.settings(shell, prompt) + rest.partition(segments.END)[2]
    return text


def render(
    shell: Shell,
    *exe: str,
    cmd: str = COMMAND,
    prompt: Prompt | None = None,
    segment: bool = True,
    completion: bool = True,
    alone: bool = False,
) -> str:
    """The functions for ``shell`` under the name ``cmd``, calling the program by the words ``exe``.

    Without any, it is found on ``PATH``. ``alone``: only what completion needs, for a
    file of its own.

    ``cmd`` must be a name that every shell takes (``[A-Za-z_][A-Za-z0-9_-]*``),
    else ``ValueError``. The other function is called ``un`` + ``cmd``.
    """
    if not is_command_name(cmd):
        raise ValueError(f"{cmd!r} cannot be the name of a command in every shell")
    from shellkit.environment import MANAGED
    from shellkit.options import ASSUME_OPTIONS
    from shellkit.prompt import DEFAULT
    from shellkit.shells import segment as segments

    template = _environment(shell).get_template(f"{shell.name}.j2")
    return template.render(
        exe=ShellCode(shell.words(exe or (ON_PATH,))),
        assume=ShellCode(cmd),
        unassume=ShellCode("un" + cmd),
        renamed=ShellCode("" if cmd == COMMAND else f" --cmd {cmd}"),
        managed=ShellCode(_wrapped(MANAGED)),
        names=MANAGED,
        options=ASSUME_OPTIONS,
        prompt=segment,
        completion=completion,
        alone=alone,
        settings=ShellCode(segments.settings(shell, prompt or DEFAULT).removesuffix("\n")),
    )


def check_command_name(shell: Shell, name: str) -> None:
    """``UsageError`` unless ``name`` and ``un`` + ``name`` can be functions in ``shell``."""
    from shellkit.errors import UsageError

    if not is_command_name(name):
        raise UsageError(f"--cmd: {name!r} cannot be the name of a command in every shell")
    for each in (name, f"un{name}"):
        if shell.reserves(each):
            raise UsageError(
                f"--cmd: {each} has a meaning of its own in {shell.name}, so no function of ours"
                " can be called that",
                "choose another name: its functions are NAME and unNAME, as in --cmd role",
            )


def _environment(shell: Shell) -> jinja2.Environment:
    import jinja2

    def finalize(value: object) -> str:
        """The shell's autoescape: what is substituted is one literal word."""
        if isinstance(value, ShellCode):
            return value
        if isinstance(value, str):
            return shell.quote(value)
        if isinstance(value, jinja2.Undefined):
            return str(value)  # Raises.
        raise TypeError(f"a template cannot show a {type(value).__name__}")

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701  HTML has no part in this; `finalize` quotes for the shell.
        finalize=finalize,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        line_statement_prefix="#%",
        variable_start_string="@@",
        variable_end_string="@@",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<%#",
        comment_end_string="#%>",
    )
    environment.filters["camel"] = _camel
    environment.filters["code"] = ShellCode
    return environment


def _wrapped(words: Sequence[str], width: int = 92) -> str:
    """``words`` in lines of up to ``width`` characters that bash, zsh and fish read as one."""
    lines, line = [], ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return " \\\n        ".join([*lines, line])


def _camel(name: str) -> ShellCode:
    """``session-name`` as PowerShell spells it: ``SessionName``."""
    return ShellCode("".join(part.capitalize() for part in name.split("-")))


def rendered() -> dict[str, str]:
    """Every file that is rendered, by its path from the top of a checkout."""
    found = {}
    for name in shells.NAMES:
        shell = shells.get(name)
        found[os.path.join("shell", shell.script)] = render(shell)
        if name in COMPLETIONS:
            found[os.path.join("completions", COMPLETIONS[name])] = render(shell, alone=True)
    return found


def main(argv: Sequence[str]) -> int:
    """Write the rendered scripts, or compare them (``--check``); the exit code."""
    differing = []
    for name, text in rendered().items():
        path = os.path.join(_TOP, name)
        wanted = text.encode("ascii")
        if _content(path) == wanted:
            continue
        differing.append(path)
        if "--check" not in argv:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(wanted)
    for path in differing:
        print(os.path.relpath(path))
    return 1 if differing and "--check" in argv else 0


def _content(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
