"""The picker on a terminal: its screens, and every key."""

from __future__ import annotations

import os
import pty
import re
import signal
import stat
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from glass import KEYS, PROGRAM, Glass, find_fzf, same_as_snapshot

from shellkit import usage

pytestmark = pytest.mark.pty

CONFIG = """\
[profile base]
region = eu-west-1

[profile acme-dev]
role_arn = arn:aws:iam::111122223333:role/Developer
source_profile = base
region = eu-west-1

[profile acme-prod]
role_arn = arn:aws:iam::444455556666:role/team/Admin
source_profile = base
region = us-east-1
description = The shop, handle with care

[profile acme-prod-mfa]
role_arn = arn:aws:iam::444455556666:role/Breakglass
source_profile = base
mfa_serial = arn:aws:iam::999999999999:mfa/alex
region = us-east-1

[profile sandbox]
sso_session = corp
sso_account_id = 777788889999
sso_role_name = PowerUserAccess
region = eu-central-1

[profile münchen]
role_arn = arn:aws:iam::121212121212:role/ReadOnly
source_profile = base
region = eu-central-1

[profile 東京-本番]
role_arn = arn:aws:iam::343434343434:role/ReadOnly
source_profile = base
region = ap-northeast-1

[profile payments-live]
role_arn = arn:aws:iam::565656565656:role/Billing
source_profile = base

[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
"""

#: Mode profile: the picked profile goes through the pipeline, and no AWS is needed.
SETTINGS = 'mode = "profile"\n'

Open = Callable[..., Glass]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "config").write_text(CONFIG, encoding="utf-8")
    (home / ".aws" / "credentials").write_text(
        "[base]\naws_access_key_id = AKIAEXAMPLEEXAMPLE00\naws_secret_access_key = secret\n"
    )
    (home / ".config" / "shellkit").mkdir(parents=True)
    (home / ".config" / "shellkit" / "config.toml").write_text(SETTINGS)
    return home


def environment(home: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
        **more,
    }


@pytest.fixture
def at_terminal(home: Path) -> Iterator[Open]:
    """Open a terminal in which ``assume`` with these words has been typed."""
    opened: list[Glass] = []

    def open_one(*words: str, columns: int = 80, rows: int = 24, **env: str) -> Glass:
        argv = [*PROGRAM, "env", "--shell", "bash", "assume", *words]
        glass = Glass(argv, environment(home, **env), columns, rows)
        opened.append(glass)
        return glass

    yield open_one
    for glass in opened:
        glass.close()


@pytest.fixture
def picker(at_terminal: Open) -> Glass:
    glass = at_terminal()
    glass.until("8/8")
    return glass


def profile_in(code: str) -> str | None:
    """The profile that the code on the screen switches to."""
    found = re.search(r"AWS_PROFILE='?([^'\n ]+)", code)
    return found.group(1) if found else None


def chosen(glass: Glass) -> str:
    """The row that is chosen, by its name."""
    line = next(line for line in glass.text.split("\n")[1:] if line.startswith(">"))
    return line[2:].split(" ")[0]


def picked(glass: Glass) -> str | None:
    assert glass.exit() == 0
    return profile_in(glass.sent.decode())


# The screen


def test_all_profiles(picker: Glass) -> None:
    same_as_snapshot("all", picker.text)


def test_what_is_typed_is_found_and_marked(picker: Glass) -> None:
    picker.type("prd")
    picker.until("2/8")
    same_as_snapshot("prd", picker.text)
    assert picker.styled("acme-prod ").startswith("rv rv rv rv rv rmv rmv rv rmv")
    picker.press("c-u", *"admin 4444")
    picker.until("1/8")
    assert picker.styled("444455556666") == "mv mv mv mv v v v v v v v v"
    assert picker.styled("Admin") == "mv mv mv mv mv"


def test_production_is_red(picker: Glass) -> None:
    picker.press("down", "down", "down")
    picker.until("> acme-prod-mfa")
    assert set(picker.styled("acme-prod ")[:-1].split()) == {"r"}
    assert set(picker.styled("payments-live").split()) == {"r"}
    assert set(picker.styled("acme-dev").split()) == {"."}


PROMPT = """
[prompt]
production = ["sandbox", "shop", "!*mfa*"]
[prompt.accounts]
"444455556666" = "shop"
"777788889999" = "nocturnal"
"""


def test_aliases_and_production_are_those_of_the_prompt(home: Path, at_terminal: Open) -> None:
    (home / ".config/shellkit/config.toml").write_text(SETTINGS + PROMPT)
    glass = at_terminal(columns=100)
    glass.until("8/8")
    assert "  acme-prod      444455556666 (shop)       Admin " in glass.text
    assert set(glass.styled("acme-prod  ")[:-3].split()) == {"r"}  # By its account's alias.
    assert set(glass.styled("sandbox").split()) == {"r"}
    assert set(glass.styled("payments-live").split()) == {"."}  # Only by default.
    glass.type("noctu")
    glass.until("1/8")
    assert chosen(glass) == "sandbox"
    assert glass.styled("nocturnal") == "mv mv mv mv mv v v v v"
    glass.press("enter")
    assert picked(glass) == "sandbox"


def test_no_color(at_terminal: Open) -> None:
    glass = at_terminal(NO_COLOR="1")
    glass.until("8/8")
    assert set(glass.styled("payments-live").split()) == {"."}
    assert b"\x1b[0;31m" not in glass.sent


def test_nothing_is_found(picker: Glass) -> None:
    picker.type("qqq")
    picker.until("no profile matches")
    picker.press("enter", "down", "tab", "pagedown")
    picker.press("c-u")
    picker.until("8/8")
    assert chosen(picker) == "base"


def test_the_session_column(at_terminal: Open) -> None:
    """`mfa` where a code is needed, `sso` where a login is, and a sign where neither is."""
    text = at_terminal().until("8/8")
    states = {line[2:].split(" ")[0]: line.split(" ")[-1] for line in text.split("\n")[2:10]}
    assert states["acme-prod-mfa"] == "mfa"
    assert states["sandbox"] == "sso"
    assert states["acme-dev"] == "\u2013"


def test_the_region_is_the_one_that_would_be_set(at_terminal: Open) -> None:
    """It was empty where the profile itself has none."""
    glass = at_terminal(AWS_REGION="ca-central-1")
    shown = glass.until(r"payments-live .* ca-central-1")
    assert re.search(r"base +eu-west-1", shown)
    glass.press(*"live", "enter")
    assert picked(glass) == "payments-live"
    assert b"ca-central-1" in glass.sent.rpartition(b"AWS_REGION=")[2]


def test_the_active_profile_has_a_mark(at_terminal: Open) -> None:
    glass = at_terminal(SHELLKIT_BASE_AWS_PROFILE="u", AWS_PROFILE="sandbox")
    assert " *sandbox" in glass.until("8/8")


@pytest.mark.parametrize(("columns", "rows"), [(20, 5), (40, 8), (60, 10), (120, 40), (10, 3)])
def test_sizes(at_terminal: Open, columns: int, rows: int) -> None:
    glass = at_terminal(columns=columns, rows=rows)
    glass.until("> base")
    glass.press("down", "down")
    glass.until("> acme-prod" if columns > 12 else "> acme-p")
    same_as_snapshot(f"size-{columns}x{rows}", glass.text)
    glass.press("enter")
    assert picked(glass) == "acme-prod"


def test_it_grows_and_shrinks_with_the_terminal(picker: Glass) -> None:
    picker.press("down")
    picker.until("> acme-dev")
    picker.resize(40, 8)
    picker.until("> acme-dev")
    picker.type("a")
    picker.until("> a  ")
    same_as_snapshot("shrunk", picker.text)
    picker.resize(100, 30)
    picker.press("backspace")
    picker.until("8/8")
    same_as_snapshot("grown", picker.text)
    picker.press("esc")
    assert picker.exit() == 130
    assert picker.text == ""


def test_unicode(picker: Glass) -> None:
    picker.type("東")
    picker.until("1/8")
    same_as_snapshot("wide", picker.text)
    picker.press("c-u")
    picker.type("mu\u0308n")
    picker.until("> mün .*1/8")
    assert chosen(picker) == "münchen"
    picker.press("backspace")
    picker.until("> mü .*1/8")
    picker.press("c-w")
    picker.type("munch")
    picker.until("> munch .*1/8")
    picker.press("enter")
    assert picked(picker) == "münchen"


def test_a_terminal_that_is_not_utf8(at_terminal: Open) -> None:
    glass = at_terminal(LC_ALL="C", columns=60)
    glass.until("8/8")
    same_as_snapshot("ascii", glass.text)
    assert max(glass.sent) < 128


# Gone without a trace


@pytest.mark.parametrize("key", ["esc", "c-c", "c-g", "c-d"])
def test_leaving_changes_nothing(home: Path, key: str) -> None:
    script = 'echo before; out=$("$@"); echo "status $? [$out]"'
    argv = ["sh", "-c", script, "sh", *PROGRAM, "env", "--shell", "bash", "assume"]
    glass = Glass(argv, environment(home))
    glass.until("8/8")
    modes = termios.tcgetattr(glass.child.child_fd)
    glass.press(key)
    glass.until("status")
    assert glass.text == "before\nstatus 130 []"
    assert modes[3] & termios.ICANON == 0
    assert termios.tcgetattr(glass.child.child_fd)[3] & termios.ICANON
    assert glass.sent.count(b"\x1b[?2004h") == glass.sent.count(b"\x1b[?2004l") == 1
    assert b"\x1b[6n" not in glass.sent
    assert b"\x1b[?1049h" not in glass.sent
    assert list((home / ".local").rglob("*")) == []
    glass.close()


def test_at_the_bottom_of_the_screen(home: Path) -> None:
    script = 'for i in 1 2 3 4 5 6 7 8 9; do echo line $i; done; "$@"; echo after'
    argv = ["sh", "-c", script, "sh", *PROGRAM, "env", "--shell", "bash", "assume"]
    glass = Glass(argv, environment(home), rows=10)
    glass.until("8/8")
    glass.press("esc")
    glass.until("after")
    assert glass.text == "line 9\nafter"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_leaves_the_terminal_as_it_was(picker: Glass, ending: signal.Signals) -> None:
    os.kill(picker.child.pid, ending)
    assert picker.exit() == 128 + ending
    assert picker.text == ""
    assert picker.sent.rindex(b"\x1b[?25h") > picker.sent.rindex(b"\x1b[?25l")


def test_a_terminal_that_goes_away_is_no_hang(home: Path) -> None:
    pid, front = pty.fork()
    if pid == 0:
        argv = [*PROGRAM, "env", "--shell", "bash", "assume"]
        os.execve(argv[0], argv, environment(home))
    while b"8/8" not in os.read(front, 65536):
        pass
    os.close(front)
    end = time.monotonic() + 30
    ended = 0
    while not ended and time.monotonic() < end:
        ended, _ = os.waitpid(pid, os.WNOHANG)
        time.sleep(0.05)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    assert ended


# Keys


def test_moving(picker: Glass) -> None:
    names = ["base", "acme-dev", "acme-prod", "acme-prod-mfa"]
    for down, up in (("down", "up"), ("c-n", "c-p"), ("tab", "s-tab")):
        picker.press(down, down)
        picker.until(f"> {names[2]}")
        picker.press(up)
        picker.until(f"> {names[1]}")
        picker.press(up)
        picker.until(f"> {names[0]}")
    picker.press("up")
    picker.press("s-tab")
    picker.until("> payments-live")
    picker.press("down")
    picker.press("tab")
    picker.until("> base")


def test_pages(at_terminal: Open) -> None:
    glass = at_terminal(rows=5)
    glass.until("> base")
    glass.press("pagedown")
    glass.until("> acme-prod-mfa")
    glass.press("pagedown", "pagedown", "pagedown")
    glass.until("> payments-live")
    glass.press("pageup")
    glass.until("> sandbox")
    glass.press("pageup", "pageup")
    glass.until("> base")


def test_editing(picker: Glass) -> None:
    picker.press(*"acme prod")
    picker.until("> acme prod .* 2/8")
    picker.press("c-w")
    picker.until("> acme .* 3/8")
    picker.press("home", "delete", "right", "left", "x", "end", "y")
    picker.until("> xcme y")
    picker.press("c-a", "c-d", "c-e", "backspace", "c-h")
    picker.until("> cme ")
    picker.press("c-a", "a", "c-k")
    picker.until("> a .* 8/8")
    picker.press("c-u")
    picker.until(">   ")
    assert picker.screen.cursor.x == 2
    picker.press("c-x", "\x1bb", "\x1b[15~")
    picker.type("dev")
    picker.until("> dev .* 1/8")
    picker.press("c-b", "c-b", "c-f")
    picker.until(lambda _: picker.screen.cursor.x == 4)


def test_help(picker: Glass) -> None:
    picker.press("?")
    picker.until("Esc leave")
    same_as_snapshot("help", picker.text)
    picker.press("?")
    picker.until(lambda text: "Esc leave" not in text)


def test_refresh(picker: Glass) -> None:
    picker.press("c-r")
    picker.until("refresh  8/8")
    picker.press("c-r")
    picker.until(lambda text: "refresh" not in text)


def test_a_paste_is_one_line_and_presses_no_key(picker: Glass) -> None:
    picker.type("\x1b[200~acme\nprod\x03?\r\x1b[201~")
    picker.until("> acme prod\\?")
    picker.press("backspace")
    picker.press("backspace")
    picker.until("2/8")
    picker.press("enter")
    assert picked(picker) == "acme-prod"


def test_what_was_typed_before_it_came_up(at_terminal: Open) -> None:
    glass = at_terminal()
    glass.type("payl\n")
    assert picked(glass) == "payments-live"


def test_few_bytes_for_a_key(picker: Glass) -> None:
    """A slow link: no whole screen for a move, and one for a burst of letters."""
    before = len(picker.sent)
    picker.press("down")
    picker.until("> acme-dev")
    assert len(picker.sent) - before < 500
    before = len(picker.sent)
    picker.type("pro")
    picker.until("2/8")
    assert len(picker.sent) - before < 2000


# What goes in and out


def test_a_part_of_a_name_opens_it_with_that_typed_in(at_terminal: Open) -> None:
    glass = at_terminal("dev")
    glass.until("> dev .* 1/8")
    glass.press("enter")
    assert picked(glass) == "acme-dev"


def test_a_slip_that_finds_nothing_is_an_error_with_names_near_it(at_terminal: Open) -> None:
    glass = at_terminal("acme-dve")
    assert glass.exit() == 2
    assert "no profile is called acme-dve\n  near it: acme-dev" in glass.text


def test_a_name_opens_nothing(at_terminal: Open) -> None:
    assert picked(at_terminal("acme-dev")) == "acme-dev"


def test_the_options_go_with_what_is_picked(at_terminal: Open) -> None:
    glass = at_terminal("-r", "eu-north-1")
    assert glass.until("8/8").count(" eu-north-1 ") == 8
    glass.press(*"dev", "enter")
    assert picked(glass) == "acme-dev"
    assert b"AWS_REGION='eu-north-1'" in glass.sent or b"AWS_REGION=eu-north-1" in glass.sent


def test_a_pick_is_no_memo(at_terminal: Open) -> None:
    """The next `assume` with the same words asks again."""
    for name in ("acme-dev", "sandbox"):
        glass = at_terminal()
        glass.until("8/8")
        glass.type(name)
        glass.until(f"> {name} .* 1/8")
        glass.press("enter")
        assert picked(glass) == name


def test_input_from_a_file_and_output_captured(home: Path, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("not the keyboard\n")
    script = f'"$@" <{tmp_path}/in >{tmp_path}/out 2>{tmp_path}/err; echo "status $?"'
    argv = ["sh", "-c", script, "sh", *PROGRAM, "env", "--shell", "bash", "assume", "dev"]
    glass = Glass(argv, environment(home))
    glass.until("> dev .* 1/8")
    glass.press("enter")
    glass.until("status 0")
    assert glass.text == "status 0"
    code = (tmp_path / "out").read_text()
    assert profile_in(code) == "acme-dev"
    assert "\x1b" not in code
    assert (tmp_path / "err").read_text() == ""


def test_no_input_asks_nobody(at_terminal: Open) -> None:
    glass = at_terminal("--no-input", "dev")
    assert glass.exit() == 2
    assert "near it: acme-dev" in glass.text
    glass = at_terminal("--no-input")
    assert glass.exit() == 2
    assert "say which profile: assume NAME" in glass.text


def test_another_options_profile_is_not_guessed(at_terminal: Open) -> None:
    glass = at_terminal("acme-dev", "--mode", "env", "--source", "nobody")
    assert glass.exit() == 2
    assert "no profile is called nobody" in glass.text


def without_terminal(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "env", "--shell", "bash", "assume", *words],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
    )


def test_without_a_terminal(home: Path) -> None:
    alone = without_terminal(home)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "say which profile: assume NAME" in alone.stderr
    near = without_terminal(home, "prd")
    assert (near.returncode, near.stdout) == (2, "")
    assert "near it: acme-prod" in near.stderr


def test_without_a_profile_it_says_where_one_would_be(home: Path) -> None:
    config = home / ".aws" / "config"
    config.unlink()
    (home / ".aws" / "credentials").unlink()
    alone = without_terminal(home)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "there is no profile to choose from" in alone.stderr
    assert f"profiles are read from {config}, which does not exist" in alone.stderr


def test_in_the_background_it_asks_nobody(home: Path) -> None:
    script = 'set -m; "$@" >out 2>&1 & wait $!; echo "status $?"; cat out'
    argv = ["bash", "-c", script, "sh", *PROGRAM, "env", "--shell", "bash", "assume"]
    glass = Glass(argv, environment(home), cwd=str(home))
    glass.until("status 2")
    assert "say which profile" in glass.text


# Use


def test_what_is_used_comes_first(home: Path, at_terminal: Open) -> None:
    for _ in range(2):
        usage.record(str(home / ".local/state/shellkit"), "payments-live", time.time())
    assert picked(at_terminal("acme-prod-mfa")) == "acme-prod-mfa"
    glass = at_terminal()
    glass.until("8/8")
    assert [line[2:].split(" ")[0] for line in glass.text.split("\n")[2:5]] == [
        "payments-live",
        "acme-prod-mfa",
        "base",
    ]
    path = home / ".local" / "state" / "shellkit" / "uses"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_use_need_not_be_remembered(home: Path, at_terminal: Open) -> None:
    (home / ".config/shellkit/config.toml").write_text(SETTINGS + "remember_use = false\n")
    usage.record(str(home / ".local/state/shellkit"), "sandbox", time.time())
    before = (home / ".local/state/shellkit/uses").read_text()
    assert picked(at_terminal("payments-live")) == "payments-live"
    assert (home / ".local/state/shellkit/uses").read_text() == before
    glass = at_terminal()
    glass.until("8/8")
    assert chosen(glass) == "base"


def test_only_the_picker_imports_the_toolkit(home: Path) -> None:
    code = (
        "import sys; from shellkit import cli\n"
        "cli.main(['env', '--shell', 'bash', 'assume', 'acme-dev'])\n"
        "sys.exit('prompt_toolkit' in sys.modules or 'shellkit.terminal.choose' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(home), timeout=60)
    assert done.returncode == 0


# Other ways to choose


def test_a_dumb_terminal_gets_a_numbered_menu(at_terminal: Open) -> None:
    glass = at_terminal(TERM="dumb")
    glass.until("nothing to leave")
    same_as_snapshot("menu", glass.text)
    glass.type("acme\r")
    glass.until(lambda text: text.count("nothing to leave") == 2)
    assert "  2  acme-prod      444455556666 Admin us-east-1" in glass.text
    glass.type("2\r")
    assert picked(glass) == "acme-prod"
    assert b"\x1b" not in glass.sent


@pytest.mark.parametrize("leaving", ["\r", "\x04", "\x03"])
def test_leaving_the_menu(at_terminal: Open, leaving: str) -> None:
    glass = at_terminal("acme", TERM="")
    glass.until("nothing to leave")
    assert "sandbox" not in glass.text
    glass.type(leaving)
    assert glass.exit() == 130


def test_a_menu_of_more_than_fits(home: Path, at_terminal: Open) -> None:
    profiles = "".join(f"[profile p{number}]\nregion = eu-west-1\n" for number in range(40))
    (home / ".aws" / "config").write_text(profiles)
    glass = at_terminal(TERM="dumb")
    glass.until("and 26 more")
    glass.type("p39\r")
    assert picked(glass) == "p39"


def test_the_menu_by_setting(home: Path, at_terminal: Open) -> None:
    (home / ".config/shellkit/config.toml").write_text(SETTINGS + 'picker = "menu"\n')
    glass = at_terminal()
    glass.until("nothing to leave")
    glass.type("nothing-like-it\r")
    glass.until("no profile matches nothing-like-it")
    glass.type("sandbox\r")
    assert picked(glass) == "sandbox"


def test_fzf(home: Path, at_terminal: Open) -> None:
    path = f"{Path(find_fzf()).parent}:{os.environ['PATH']}"
    (home / ".config/shellkit/config.toml").write_text(SETTINGS + 'picker = "fzf"\n')
    glass = at_terminal("acme", PATH=path)
    glass.until("3/8")
    glass.type(" prod")
    glass.until("2/8")
    glass.press("enter")
    assert picked(glass) == "acme-prod"
    glass = at_terminal(PATH=path)
    glass.until("8/8")
    glass.type("qqq")
    glass.until("0/8")
    glass.press("enter")
    assert glass.exit() == 130
    glass = at_terminal(PATH=path)
    glass.until("8/8")
    glass.press("esc")
    assert glass.exit() == 130


def test_fzf_gets_no_secret(home: Path, at_terminal: Open) -> None:
    """It may run commands that its options name: the copies of the base had the keys, too."""
    (home / ".config/shellkit/config.toml").write_text(SETTINGS + 'picker = "fzf"\n')
    folder = home / "own"
    folder.mkdir()
    stub = folder / "fzf"
    stub.write_text(f"#!/bin/sh\nenv >'{home}/seen'\nread -r line\nprintf '%s\\n' \"$line\"\n")
    stub.chmod(0o755)
    glass = at_terminal(
        PATH=f"{folder}:{os.environ['PATH']}",
        AWS_SECRET_ACCESS_KEY="hunter2",
        AWS_SESSION_TOKEN="hunter2",
        SHELLKIT_BASE_AWS_SECRET_ACCESS_KEY="ehunter2",
        SHELLKIT_BASE_AWS_SESSION_TOKEN="ehunter2",
        SHELLKIT_MFA_CODE="hunter2",
        SHELLKIT_PROFILE="acme-dev",
    )
    assert glass.exit() == 0
    seen = (home / "seen").read_text()
    assert "SHELLKIT_PROFILE=acme-dev\n" in seen
    assert "hunter2" not in seen


def test_fzf_that_is_not_there(home: Path, at_terminal: Open) -> None:
    (home / ".config/shellkit/config.toml").write_text(SETTINGS + 'picker = "fzf"\n')
    glass = at_terminal(PATH="/nowhere")
    glass.until("8/8")
    assert "fzf is not on PATH" in glass.text
    glass.press("esc")
    assert glass.exit() == 130


def test_every_key_of_the_help_is_a_key() -> None:
    assert {"enter", "esc", "tab", "pageup", "pagedown", "c-u", "c-r"} <= set(KEYS)
