"""``shellkit uninstall [SHELL]``: takes the line that loads the functions out again.

Exit codes of its own: 1 where the person says no.
"""

from __future__ import annotations

import os

from shellkit import paths
from shellkit.credentials.seeds import Seeds
from shellkit.shells import hosts
from shellkit.startup import plan, talk
from shellkit.startup.detect import detect

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from shellkit.rim import Rim
    from shellkit.shells.hosts import Host, Surroundings


def run(values: argparse.Namespace, rim: Rim) -> int:
    """Uninstall for ``values.SHELL``, or for the shell this was started from."""
    host = hosts.get(values.SHELL or detect(rim.environ))
    around = plan.surroundings(rim)
    changes = plan.uninstall(host, around)
    if not changes:
        rim.say(f"Not installed for {host.name}: there was nothing to take out.")
    elif not talk.carry_out(
        changes, rim, yes=values.yes, again=f"shellkit uninstall {host.name} --yes"
    ):
        return 1
    else:
        rim.say("Terminals that are open keep the functions until they are closed.")
    _say_what_calls_us(host, around, rim)
    _say_what_stays(rim)
    return 0


def _say_what_calls_us(host: Host, around: Surroundings, rim: Rim) -> None:
    """Lines by hand: in a new terminal each prompt would say that there is no such command."""
    lines = plan.own_lines(host, around)
    if lines:
        rim.say("These lines are your own, and call shellkit; take them out, too:")
    for path, number, line in lines:
        rim.say(f"  {path}:{number}: {line}")


def _say_what_stays(rim: Rim) -> None:
    get = rim.environ.get
    state = paths.state_dir(get, rim.home)
    own = (paths.config_file(get, rim.home), paths.cache_dir(get, rim.home), state)
    kept = [path for path in own if os.path.exists(path)]
    if kept:
        rim.say(f"Your settings and sessions stay, for you to remove: {', '.join(kept)}")
    devices = Seeds(state).serials()
    if devices:
        rim.say(
            "So do seeds in the keyring: "
            + "; ".join(f"shellkit mfa remove {device}" for device in devices)
        )
