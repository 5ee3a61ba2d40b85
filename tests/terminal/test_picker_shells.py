"""``assume`` typed in a real shell at a terminal: the picker, and what it leaves behind."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from glass import Glass, find_fzf

from shellkit import shells
from shellkit.sandbox import Sandbox, sample_accounts
from shellkit.sandbox.home import environment, write_home
from shellkit.sandbox.sample import Sample
from shellkit.shells.render import script

pytestmark = pytest.mark.pty

REQUIRED = os.environ.get("SHELLKIT_REQUIRE_SHELLS", "").split(",")
SHELLS = ("bash", "zsh", "fish")
INTERACTIVE = {
    "bash": ["--noprofile", "--norc", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
}
#: A prompt that is seen when the shell waits, in the shell's own words.
PROMPT = {
    "bash": "PS1='READY$ '",
    "zsh": "unsetopt prompt_cr prompt_sp; PS1='READY$ '",
    "fish": "function fish_prompt; echo -n 'READY$ '; end",
}
STATUS = {"bash": "$?", "zsh": "$?", "fish": "$status"}


@pytest.fixture(scope="module")
def sample() -> Sample:
    return sample_accounts()


@pytest.fixture(scope="module")
def sandbox(sample: Sample) -> Iterator[Sandbox]:
    with Sandbox(sample.accounts) as running:
        yield running


@pytest.fixture(params=SHELLS)
def seat(
    request: pytest.FixtureRequest, tmp_path: Path, sample: Sample, sandbox: Sandbox
) -> Iterator[Glass]:
    """An interactive shell with the functions loaded."""
    name = request.param
    if shutil.which(name) is None and name not in REQUIRED:
        pytest.skip(f"{name} is not on PATH")
    home = tmp_path / "home"
    home.mkdir()
    write_home(str(home), sample)
    env = environment(str(home), {"PATH": os.environ["PATH"]}, sandbox.environment)
    env.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME=str(home / ".config"))
    rc = tmp_path / "rc"
    # The role in the prompt has tests of its own.
    code = script(shells.get(name), sys.executable, "-m", "shellkit", segment=False)
    rc.write_text(f"{code}\n{PROMPT[name]}\n")
    glass = Glass([name, *INTERACTIVE[name]], env, rows=20, cwd=str(home))
    glass.feed(0.5)
    glass.type(f". {shells.get(name).quote(str(rc))}; printf '\\033[2J\\033[H'\r")
    glass.until(r"^READY\$$")
    glass.status = STATUS[name]  # type: ignore[attr-defined]
    yield glass
    glass.close()


def command(glass: Glass, line: str, seen: str) -> str:
    glass.type(line + "\r")
    return glass.until(seen)


def who(glass: Glass) -> str:
    """The identity in the shell's environment, as a child sees it, and the last exit code."""
    status = glass.status  # type: ignore[attr-defined]
    glass.type(f"""sh -c 'echo "[$SHELLKIT_PROFILE] $1 do''ne"' sh {status}\r""")
    text = glass.until(r"\] \d+ done\nREADY\$$")
    return text.split("\n")[-2].removesuffix(" done")


def test_pick_and_leave(seat: Glass) -> None:
    command(seat, "assume", "/11")
    seat.type("stag")
    seat.until("> stag .*2/11")
    seat.press("enter")
    first, second, *_, last = seat.until(r"left\nREADY\$$").split("\n")
    assert (first, last) == ("READY$ assume", "READY$")
    assert second.startswith("staging: account ")
    assert who(seat) == "[staging] 0"

    # Used and active now: first, and with a mark. Leaving changes nothing.
    command(seat, "assume", ">\\*staging .*(4h|3h59m)")
    seat.press("esc")
    seat.until(r"assume\nREADY\$$")
    assert who(seat) == "[staging] 130"
    command(seat, "assume", "/11")
    seat.press("c-c")
    seat.until(r"assume\nREADY\$$")
    assert who(seat) == "[staging] 130"

    command(seat, "assume ptnr", "> ptnr .*1/11")
    seat.press("enter")
    seat.until("partner: account .*left\n")
    assert who(seat) == "[partner] 0"
    command(seat, "assume -", "staging: account")
    assert who(seat) == "[staging] 0"
    command(seat, "unassume", r"unassume\nREADY\$$")
    assert who(seat) == "[] 0"


def test_refresh_by_ctrl_r(seat: Glass) -> None:
    """New credentials, where a cached session would have served."""
    keys = []
    for more in ((), ("c-r",)):
        command(seat, "assume dev", r"1h left\nREADY\$$")
        seat.type("printf '\\033[2J\\033[H'\r")
        command(seat, "assume de", "> de ")
        seat.press("c-w", *"dev", *more)
        seat.until("> dev .*refresh" if more else "> dev ")
        seat.press("enter")
        seat.until(r"1h left\nREADY\$$")
        seat.type("echo $AWS_ACCESS_KEY_ID''x\r")
        text = seat.until(r"\n\w+x\nREADY\$$")
        keys.append(text.split("\n")[-2])
        seat.type("printf '\\033[2J\\033[H'\r")
        seat.until(r"^READY\$$")
    assert keys[0] != keys[1]


def test_a_numbered_menu_in_a_dumb_terminal(seat: Glass) -> None:
    command(seat, "TERM=dumb assume", "nothing to leave")
    seat.type("staging\r")
    seat.until("staging: account")
    assert who(seat) == "[staging] 0"
    # The mark of the active one is in the second list only: the first is still on the screen.
    command(seat, "TERM=dumb assume", r"1\* staging(.|\n)*nothing to leave")
    seat.press("c-c")
    seat.until(lambda text: text.rstrip().endswith("READY$"))
    assert who(seat) == "[staging] 130"


def test_fzf(seat: Glass) -> None:
    path = f"{Path(find_fzf()).parent}:{os.environ['PATH']}"
    home = Path(seat.cwd or "")
    config = home / ".config" / "shellkit" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('picker = "fzf"\n')
    with (home / ".aws" / "config").open("a", encoding="utf-8") as file:
        file.write("[profile 東京-zürich]\nregion = eu-west-1\n")
        file.write("role_arn = arn:aws:iam::280650147932:role/dev\nsource_profile = base\n")
    command(seat, f"PATH={path} assume", "12/12")
    seat.resize(100, 24)
    seat.until(lambda text: "12/12" in text and max(map(len, text.split("\n"))) > 90)
    seat.type("zürich")
    seat.until(" 1/12")
    seat.press("enter")
    seat.until("東京-zürich: account .*left")
    assert who(seat) == "[東京-zürich] 0"
    command(seat, f"PATH={path} assume", "12/12")
    seat.press("c-c")
    seat.until(lambda text: "12/12" not in text and text.endswith("READY$"))
    assert who(seat) == "[東京-zürich] 130"
