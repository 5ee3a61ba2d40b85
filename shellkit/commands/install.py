"""``shellkit install [SHELL]``: writes the line that loads the functions into the start-up file.

Exit codes of its own: 1 where the person says no.
"""

from __future__ import annotations

from shellkit import executable
from shellkit.shells import hosts
from shellkit.startup import plan, talk
from shellkit.startup.detect import detect

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from shellkit.rim import Rim


def run(values: argparse.Namespace, rim: Rim) -> int:
    """Install for ``values.SHELL``, or for the shell this was started from."""
    from shellkit.shells.render import check_command_name

    cmd = values.cmd
    host = hosts.get(values.SHELL or detect(rim.environ))
    if cmd is not None:
        check_command_name(host.shell, cmd)
    around = plan.surroundings(rim)
    exe = executable.path()
    changes = plan.install(host, around, exe, cmd)
    again = f"shellkit install {host.name}{f' --cmd {cmd}' if cmd else ''} --yes"
    if not changes:
        rim.say(f"Already there, for {host.name}: {', '.join(host.start_files(around))}")
    elif not talk.carry_out(changes, rim, yes=values.yes, again=again):
        return 1
    rim.say("Open a new terminal, or load it in this one:")
    rim.say(f"    {host.load(exe, cmd).rstrip()}")
    advice = host.advice(around)
    if advice:
        rim.say(advice)
    return 0
