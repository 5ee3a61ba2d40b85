"""The picker where something is in the way: sizes, pastes, names, signals, files."""

from __future__ import annotations

import os
import signal
import termios
from collections.abc import Callable
from pathlib import Path

import pytest
from glass import PROGRAM, Glass
from test_picker import CONFIG, at_terminal, chosen, environment, home, picked, picker

__all__ = ("at_terminal", "home", "picker")  # Fixtures.

pytestmark = pytest.mark.pty

Open = Callable[..., Glass]


def test_tiny_and_back_again_and_again(picker: Glass) -> None:
    before = picker.text
    picker.press("down", "down")
    picker.until("> acme-prod ")
    for columns, rows in ((20, 5), (80, 24), (5, 2), (1, 1), (80, 24)):
        picker.resize(columns, rows)
        while picker.feed(0.5):  # It draws for one size at a time, as does who looks.
            pass
    picker.press("up", "up")
    picker.until(lambda text: text == before)
    picker.press("enter")
    assert picked(picker) == "base"
    assert "Traceback" not in picker.text


@pytest.mark.parametrize("bracketed", [True, False])
def test_a_paste_of_ten_kilobytes(picker: Glass, bracketed: bool) -> None:
    text = "prod " * 2000
    before = len(picker.sent)
    picker.type(f"\x1b[200~{text}\x1b[201~" if bracketed else text)
    picker.until(lambda shown: "prod prod" in shown and "sandbox" not in shown)
    assert len(picker.sent) - before < 40_000
    picker.press("c-u")
    picker.until("8/8")
    picker.press("esc")
    assert picker.exit() == 130


@pytest.mark.parametrize("columns", [80, 20])
def test_the_caret_stays_behind_a_query_as_long_as_the_line(
    at_terminal: Open, columns: int
) -> None:
    glass = at_terminal(columns=columns, rows=5)
    glass.until("8/8")
    for length in (columns - 4, columns, 200):
        glass.type("x" * (length - glass.text.count("x")))
        glass.until("> x+$|> x+\n")
        glass.until(lambda _: glass.screen.cursor.x == columns - 2)
    glass.press("c-a")
    glass.until(lambda _: glass.screen.cursor.x == 2)


def test_a_paste_that_ends_with_a_newline_picks_nothing(picker: Glass) -> None:
    picker.type("\x1b[200~acme-prod-mfa\n\x1b[201~")
    picker.until("> acme-prod-mfa .*1/8")
    assert picker.child.isalive()
    picker.press("enter")
    assert picked(picker) == "acme-prod-mfa"


def test_a_paste_that_never_ends_is_left_by_a_signal(picker: Glass) -> None:
    picker.type("\x1b[200~acme")
    picker.feed(0.2)
    os.kill(picker.child.pid, signal.SIGTERM)
    assert picker.exit() == 128 + signal.SIGTERM


ODD = {
    "wide": "\u6771\u4eac\U0001f692\U0001f468\u200d\U0001f469\u200d\U0001f467 x",
    "combining": "e\u0301\u0300\u0302\u0323 a\u030a",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "direction override": "safe\u202edorp\u202c",
    "zero width": "a\u200bb\u2060c\ufeff",
    "escape": "red\x1b[31m\x1b]0;title\x07\x1b[2J",
    "delete": "a\x7f\x08\x08b",
    "c1": "a\x9b31mb",
}


@pytest.mark.parametrize("name", ODD.values(), ids=list(ODD))
@pytest.mark.parametrize("columns", [80, 12])
def test_odd_names_keep_the_columns_and_act_on_nothing(
    name: str, columns: int, home: Path, at_terminal: Open
) -> None:
    config = home / ".aws" / "config"
    config.write_text(f"{CONFIG}\n[profile {name}]\nregion = eu-west-1\n", encoding="utf-8")
    glass = at_terminal(columns=columns)
    glass.until("> base")
    glass.press("pagedown")
    glass.until(lambda text: "> base" not in text)
    for command in (b"\x1b]0;", b"\x1b[2J", b"\x9b31m", "\u202e".encode(), b"\x7f"):
        assert command not in glass.sent.replace(b"\xc2\x9b", b"")
    assert b"\xc2\x9b" not in glass.sent
    assert glass.text.startswith(">")
    if columns == 80:
        lines = [line for line in glass.text.split("\n")[2:11] if line.endswith("\u2013")]
        assert len({len(line.rstrip()) for line in lines if line.isascii()}) <= 1
    glass.press("esc")
    assert glass.exit() == 130
    assert glass.text == ""


def test_a_name_with_an_escape_sequence_is_not_assumed(home: Path, at_terminal: Open) -> None:
    (home / ".aws" / "config").write_text("[profile ev\x1b[31mil]\nregion = eu-west-1\n")
    glass = at_terminal()
    glass.until("2/2")
    glass.type("ev")
    glass.until("1/2")
    glass.press("enter")
    assert glass.exit() == 3
    assert "control character" in glass.text


@pytest.mark.parametrize("key", ["c-z", "c-s", "c-q", "c-v", "c-o", "c-t", "c-y", "c-l"])
def test_keys_of_the_terminal_stop_nothing(picker: Glass, key: str) -> None:
    picker.press(key)
    picker.type("dev")
    picker.until("> dev .*1/8")
    picker.press("enter")
    assert picked(picker) == "acme-dev"


def test_stopped_and_continued_from_elsewhere(picker: Glass) -> None:
    os.kill(picker.child.pid, signal.SIGSTOP)
    picker.type("dev")
    picker.feed(0.3)
    os.kill(picker.child.pid, signal.SIGCONT)
    picker.until("> dev .*1/8")
    picker.press("enter")
    assert picked(picker) == "acme-dev"


def test_after_sigkill_the_terminal_is_to_be_mended_by_stty_sane(home: Path) -> None:
    """Nothing can be put back by a program that is killed so. docs/picker.md says what helps."""
    script = '"$@" >/dev/null; echo "status $?"; stty sane; stty -a >modes; echo mended'
    argv = ["sh", "-c", script, "sh", *PROGRAM, "env", "--shell", "bash", "assume"]
    glass = Glass(argv, environment(home), cwd=str(home))
    glass.until("8/8")
    children = Path(f"/proc/{glass.child.pid}/task/{glass.child.pid}/children")
    if not children.exists():
        pytest.skip("needs Linux to find the child")
    os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
    glass.until("mended")
    assert "status 137" in glass.text
    modes = (home / "modes").read_text().split()
    assert {"icanon", "echo", "isig", "icrnl", "opost"} <= {mode.rstrip(";") for mode in modes}
    docs = Path(__file__).parents[2] / "docs" / "picker.md"
    assert "stty sane" in docs.read_text(encoding="utf-8")
    glass.close()


def test_two_at_once_in_two_terminals(home: Path, at_terminal: Open) -> None:
    one, other = at_terminal(), at_terminal()
    one.until("8/8")
    other.until("8/8")
    one.type("sandbox")
    other.type("payments")
    one.until("> sandbox .*1/8")
    other.until("> payments .*1/8")
    one.press("enter")
    other.press("enter")
    assert (picked(one), picked(other)) == ("sandbox", "payments-live")
    uses = (home / ".local/state/shellkit/uses").read_text()
    assert "sandbox" in uses
    assert "payments-live" in uses


def test_its_output_in_a_pipe(home: Path) -> None:
    script = '"$@" </dev/null | cat >out; echo "status $?"'
    argv = ["sh", "-c", script, "sh", *PROGRAM, "env", "--shell", "bash", "assume"]
    glass = Glass(argv, environment(home), cwd=str(home))
    glass.until("8/8")
    glass.type("sandbox")
    glass.until("> sandbox .*1/8")
    glass.press("enter")
    glass.until("status 0")
    assert glass.text == "status 0"
    code = (home / "out").read_text()
    assert "AWS_PROFILE" in code
    assert "\x1b" not in code
    assert termios.tcgetattr(glass.child.child_fd)[3] & termios.ICANON
    glass.close()


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\x7fELF\xff\xfe\x00",
        b"{",
        b"shellkit-uses 99\nx\n",
        b"x" * 300_000,
        b"a\tb\tc\n\n\n1",
    ],
)
def test_a_damaged_memory_of_use_is_none(damage: bytes, home: Path, at_terminal: Open) -> None:
    state = home / ".local/state/shellkit"
    state.mkdir(parents=True)
    (state / "uses").write_bytes(damage)
    glass = at_terminal()
    glass.until("8/8")
    assert chosen(glass) == "base"
    glass.type("sandbox")
    glass.until("1/8")
    glass.press("enter")
    assert picked(glass) == "sandbox"
    glass = at_terminal()
    glass.until("8/8")
    assert chosen(glass) == "sandbox"


def test_a_memory_of_use_that_cannot_be_written(home: Path, at_terminal: Open) -> None:
    (home / ".local").mkdir()
    (home / ".local" / "state").write_text("a file in the way, for root too")
    glass = at_terminal()
    glass.until("8/8")
    glass.type("sandbox")
    glass.until("1/8")
    glass.press("enter")
    assert picked(glass) == "sandbox"


@pytest.mark.timeout(300)
def test_few_bytes_for_a_key_among_ten_thousand(home: Path, at_terminal: Open) -> None:
    """A slow link: a whole screen of 80x24 would be 2 kB without its styles."""
    (home / ".aws" / "config").write_text(
        "".join(
            f"[profile team-{number:05}-prod]\nregion = eu-west-1\n"
            f"role_arn = arn:aws:iam::{100_000_000_000 + number}:role/Developer\n"
            for number in range(10_000)
        )
    )
    glass = at_terminal()
    glass.until("10001/10001")
    assert len(glass.sent) < 8000
    sizes = {}
    for key in ("t", "9", "backspace", "c-u", "down", "pagedown", "?"):
        before = len(glass.sent)
        glass.press(key)
        while not glass.feed(0.5):
            pass
        while glass.feed(1):  # The list follows the line that is typed.
            pass
        sizes[key] = len(glass.sent) - before
    assert max(sizes.values()) < 8000, sizes  # Another list altogether, for c-u.
    assert sizes["down"] < 600, sizes
