"""``shellkit init SHELL``: prints the functions."""

from __future__ import annotations

from dataclasses import replace

from shellkit import executable, paths, settings, shells
from shellkit.errors import ConfigError
from shellkit.hot import emit
from shellkit.prompt import DEFAULT, Prompt

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from shellkit.rim import Rim


def run(values: argparse.Namespace, rim: Rim) -> int:
    """Print the script for ``values.SHELL``; with ``--cmd``, under that name."""
    from shellkit.shells import render

    shell = shells.get(values.SHELL)
    name = values.cmd
    if name is not None:
        render.check_command_name(shell, name)
    prompt = _prompt(values.prompt, rim)
    segment = values.prompt != "none"
    exe = executable.command()
    completion = not values.no_completion
    if name is None:
        code = render.script(shell, *exe, prompt=prompt, segment=segment, completion=completion)
    else:
        code = render.render(
            shell, *exe, cmd=name, prompt=prompt, segment=segment, completion=completion
        )
    emit(code)
    return 0


def _prompt(mode: str | None, rim: Rim) -> Prompt:
    """The settings of the prompt; what the command line says goes before the file."""
    try:
        path = paths.config_file(rim.environ.get, rim.home)
        prompt = settings.load(path).prompt or DEFAULT
    except ConfigError as error:
        # This runs whenever a shell is opened: a fault in the file must not cost the functions.
        rim.say(f"shellkit: {error.message}")
        prompt = DEFAULT
    if mode == "function":
        return replace(prompt, enabled="never")
    if mode == "auto" and prompt.enabled == "never":
        return replace(prompt, enabled="auto")
    return prompt
