"""The prompt segment on the screen of real shells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from screen import ACCOUNT, Cell, load, role, terminal
from shellbench import Bench, bench, words_for

from shellkit.prompt import DEFAULT, Prompt, read

pytestmark = pytest.mark.pty

SEGMENT = f"(prod {ACCOUNT} 42m) "
SHELLS = ("bash", "zsh", "fish")


def give(on: Bench, word: str = "prod", **changes: object) -> None:
    """Let the stand-in answer ``assume WORD`` with a role."""
    on.answer(word, on.shell.switch(role(**changes), f"target={word}", ""))  # type: ignore[arg-type]


def test_it_comes_with_a_role_and_goes_with_it(any_shell: Bench) -> None:
    give(any_shell)
    give(any_shell, "dev", profile="dev", left=3 * 3600 + 25)
    with terminal(any_shell) as seat:
        assert seat.row == "USER>"
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"
        assert seat.look("prod") == Cell("red", True, False)
        assert seat.look("42m") == Cell("red", True, False)
        assert seat.look("USER") == Cell("default", False, False)
        seat.type("assume dev")
        assert seat.row == f"(dev {ACCOUNT} 3h) USER>"
        assert seat.look("dev") == Cell("cyan", False, False)
        seat.type("assume fails")
        assert seat.row == f"(dev {ACCOUNT} 3h) USER>"
        seat.type("unassume")
        assert seat.row == "USER>"


def test_time_runs_out(any_shell: Bench) -> None:
    give(any_shell, "dev", profile="dev", left=14 * 60 + 25)
    give(any_shell, "prod", left=14 * 60 + 25)
    give(any_shell, "gone", profile="dev", left=-5)
    with terminal(any_shell) as seat:
        seat.type("assume dev")
        assert seat.row == f"(dev {ACCOUNT} 14m) USER>"
        assert seat.look("dev") == Cell("brown", False, False)  # As pyte calls yellow.
        assert seat.look("14m") == Cell("brown", False, False)
        seat.type("assume prod")  # Production stays red; the time is a warning.
        assert seat.look("prod").color == "red"
        assert seat.look("14m").color == "brown"
        seat.type("assume gone")
        assert seat.row == f"(dev {ACCOUNT} expired) USER>"
        assert seat.look("expired") == Cell("cyan", False, True)
        assert seat.look("dev") == Cell("cyan", False, False)


def test_time_goes_on_while_nothing_else_changes(any_shell: Bench) -> None:
    give(any_shell, "short", profile="short", left=4)
    with terminal(any_shell) as seat:
        seat.type("assume short")
        seat.type("sleep 4")
        seat.type("true")
        assert seat.row == f"(short {ACCOUNT} expired) USER>"


def test_keys_that_do_not_expire_and_mode_profile(any_shell: Bench) -> None:
    give(any_shell, "keys", profile="keys", left=None)
    from shellkit.environment import EnvChange

    change = EnvChange({"AWS_PROFILE": "sso", "AWS_REGION": "eu-west-1"})
    any_shell.answer("sso", any_shell.shell.switch(change, "target=sso", ""))
    with terminal(any_shell) as seat:
        seat.type("assume keys")
        assert seat.row == f"(keys {ACCOUNT}) USER>"
        seat.type("assume sso")
        assert seat.row == "(sso) USER>"
        seat.type("unassume")
        assert seat.row == "USER>"


@pytest.mark.parametrize(
    ("env", "color"),
    [
        ({"TERM": "xterm"}, "red"),
        ({"TERM": "xterm-256color"}, "ff5f00"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "fe5e01"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "default"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "ff5f00"),
    ],
    ids=["8", "256", "24bit", "no-color", "no-color-empty"],
)
def test_colors_by_terminal(env: dict[str, str], color: str, any_shell: Bench) -> None:
    prompt = read({"colors": {"production": "#fe5e01"}})
    give(any_shell)
    with terminal(any_shell, prompt=prompt, env=env) as seat:
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"
        assert seat.look("prod").color == color


def test_dumb_terminal_gets_no_escape_sequence(any_shell: Bench) -> None:
    give(any_shell)
    with terminal(any_shell, env={"TERM": "dumb"}) as seat:
        seat.type("assume prod")
        assert seat.row.endswith(SEGMENT + "USER>")
        assert seat.look("prod").color == "default"


def test_everything_configured(any_shell: Bench) -> None:
    prompt = read(
        {
            "format": "{{{profile}|{account}|{account_id}|{role}|{region}}} [{left} \u2713]it's ",
            "warning": "2h",
            "production": ["acme-*", "!acme-dev"],
            "colors": {"warning": "magenta", "*staging*": "blue on white"},
            "accounts": {ACCOUNT: "it's $(touch INJECTED) acme"},
        }
    )
    give(any_shell, "staging", profile="x-Staging-1")
    with terminal(any_shell, prompt=prompt) as seat:
        seat.type("assume staging")
        alias = "it's $(touch INJECTED) acme"
        assert seat.row == (
            f"{{x-Staging-1|{alias}|{ACCOUNT}|Admin|eu-west-1}} [42m \u2713]it's USER>"
        )
        assert seat.look("Staging").color == "blue"
        assert seat.look("42m").color == "magenta"
        assert seat.look("it's USER"[:4]).color == "blue"
    assert any_shell.injected() == []


def test_an_alias_can_be_production(any_shell: Bench) -> None:
    give(any_shell, "a", profile="admin")
    with terminal(any_shell, prompt=read({"accounts": {ACCOUNT: "acme-live"}})) as seat:
        seat.type("assume a")
        assert seat.look("acme-live").color == "red"


@pytest.mark.parametrize("position", ["before", "after", "right"])
def test_position(position: str, any_shell: Bench) -> None:
    give(any_shell)
    setup = {
        "bash": "",
        "zsh": "RPROMPT=mine",
        "fish": "function fish_right_prompt; echo mine; end",
    }[any_shell.shell.name]
    mine = "" if any_shell.shell.name == "bash" else "mine"
    with terminal(any_shell, setup, prompt=read({"position": position})) as seat:
        seat.type("assume prod")
        left, _, right = seat.row.partition("USER>")
        if position == "before":
            assert (left, right.strip()) == (SEGMENT, mine)
        elif position == "after":
            assert (left, right.split()) == ("", [*SEGMENT.split(), *mine.split()])
        else:
            assert (left, right.strip()) == ("", (SEGMENT + mine).strip())
            assert len(seat.row) in (99, 100)
        column = seat.screen.cursor.x
        assert column == len({"before": SEGMENT, "after": SEGMENT}.get(position, "") + "USER> ")
        seat.send("echo typed")
        seat.until(lambda: "echo typed" in seat.row)
        assert seat.row[column : column + 10] == "echo typed"


def test_wide_letters_at_the_right_edge_stay_in_their_line(any_shell: Bench) -> None:
    give(any_shell)
    alias = "\u672c\u756a\u30a2\u30ab\u30a6\u30f3\u30c8 \ud55c \U0001f692"
    prompt = read({"position": "right", "accounts": {ACCOUNT: alias}})
    with terminal(any_shell, prompt=prompt, size=(24, 60)) as seat:
        seat.type("assume prod")
        assert seat.row.startswith("USER>")
        assert "".join(seat.row.split()).endswith(f"(prod{''.join(alias.split())}42m)")
        line = seat.screen.buffer[seat.screen.cursor.y]
        assert max(at for at in range(60) if line[at].data.strip()) >= 57


# ---------------------------------------------------------------- hostile names

NASTY = [
    "a$(touch INJECTED)`touch INJECTED`b",
    "%n%~%{%F{red}%(!.x.y)%",
    "\\u\\w\\$\\[x\\]\\e[31m\\",
    "!! !1 ^a^b !",
    "${HOME}$HOME~ *?[a]",
    "'\"`; touch INJECTED; #",
    "{left} {profile} =x -n",
    "\u00e9\u4e2d \u2019quoted\u2019",
]
OPTIONS = {
    "bash": [
        "",
        "shopt -u promptvars",
        "set -o posix",
        "shopt -u promptvars; set -o posix",
        "set -f; set -eu",
    ],
    "zsh": [
        "",
        "setopt promptsubst",
        "setopt promptsubst ksharrays promptbang",
        "setopt promptbang",
        "unsetopt promptpercent",
        "setopt promptsubst globsubst shwordsplit extendedglob",
        "emulate ksh",
        "emulate sh",
    ],
    "fish": [""],
}


@pytest.mark.parametrize(
    ("name", "setup"), [(n, o) for n, several in OPTIONS.items() for o in several]
)
def test_hostile_names_show_as_they_are(name: str, setup: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    for number, nasty in enumerate(NASTY):
        give(on, f"n{number}", profile=nasty)
    with terminal(on, setup, size=(200, 120)) as seat:
        for number, nasty in enumerate(NASTY):
            seat.type(f"assume n{number}")
            # pyte keeps a cell behind each wide character.
            assert seat.row.replace("\u4e2d ", "\u4e2d") == (
                f"({nasty} {ACCOUNT} 42m) USER>".replace("\u4e2d ", "\u4e2d")
            )
        seat.type("unassume")
        assert seat.row == "USER>"
    assert on.injected() == []


def test_control_characters_of_the_environment_do_nothing(any_shell: Bench) -> None:
    put = "set -gx" if any_shell.shell.name == "fish" else "export"
    sign = " " if any_shell.shell.name == "fish" else "="
    value = any_shell.shell.quote("a\x1b[2J\n\rb\x07")
    rc = any_shell.folder / "evil"
    rc.write_text(f"{put} SHELLKIT_PROFILE{sign}{value}\n")
    with terminal(any_shell) as seat:
        seat.type(f"source {any_shell.shell.quote(str(rc))}")
        assert seat.row == "(a?[2J??b?) USER>"


# ---------------------------------------------------------------- states that survive


def test_status_and_pipestatus(any_shell: Bench) -> None:
    give(any_shell)
    shown = {
        "bash": 'echo "s$? ${PIPESTATUS[*]}"',
        "zsh": 'echo "s$? $pipestatus"',
        "fish": 'echo "s$status $pipestatus"',
    }[any_shell.shell.name]
    with terminal(any_shell) as seat:
        for _ in range(2):
            seat.send(f"false | true | false\r{shown}\r")
            seat.until(lambda: "s1 1 0 1" in seat.rows)
            seat.type("clear")
            seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"


@pytest.mark.parametrize("name", SHELLS)
def test_the_users_prompt_sees_the_status(name: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    give(on)
    setup = {
        "bash": "PS1='[$? ${PIPESTATUS[*]}]USER> '",
        "zsh": "setopt promptsubst; PROMPT='[$? $pipestatus]USER> '",
        "fish": 'function fish_prompt; echo -n "[$status $pipestatus]USER> "; end',
    }[name]
    with terminal(on, setup) as seat:
        seat.type("assume prod")
        seat.send("false | true | false\r")
        seat.until(lambda: seat.row == SEGMENT + "[1 1 0 1]USER>")


def test_loading_twice_adds_nothing(any_shell: Bench) -> None:
    give(any_shell)
    again = load(any_shell)
    with terminal(any_shell, after=again + again) as seat:
        seat.type("assume prod")
        seat.type(again.strip())
        assert seat.row == SEGMENT + "USER>"
        seat.type("unassume")
        seat.type(again.strip())
        assert seat.row == "USER>"


def test_a_nested_shell_shows_it_and_can_take_it_away(any_shell: Bench) -> None:
    give(any_shell)
    name = any_shell.shell.name
    flags = {"bash": "--noprofile --norc -i", "zsh": "-f -i", "fish": "--no-config -i"}[name]
    with terminal(any_shell) as seat:
        seat.type("assume prod")
        seat.type(f"{words_for(name)[0]} {flags}")
        seat.type(f"source {any_shell.shell.quote(str(any_shell.folder / 'rc'))}")
        assert seat.row == SEGMENT + "USER>"
        seat.type("unassume")
        assert seat.row == "USER>"
        seat.type("exit")
        seat.type("true")
        assert seat.row == SEGMENT + "USER>"


def test_long_lines_wrap_where_they_should(any_shell: Bench) -> None:
    """Escape sequences without marks would put the cursor into the wrong column."""
    give(any_shell)
    line = "echo " + "0123456789" * 5
    with terminal(any_shell, size=(60, 50)) as seat:
        seat.type("assume prod")
        start = SEGMENT + "USER> "
        seat.send(line)
        seat.until(lambda: len(seat.rows) > 1 and seat.row.endswith("89"))
        seat.settle()
        assert (seat.rows[-2] + seat.row).replace(" ", "") == (start + line).replace(" ", "")
        seat.send("\x01")  # To the line's start
        seat.settle()
        assert seat.screen.cursor.x == len(start)
        seat.send("\x0b" + "echo found\r")
        seat.until(lambda: "found" in seat.rows)
        seat.type("true")
        seat.send("\x10\x10\x10")  # Back in the history
        seat.settle()
        assert seat.row.startswith(start)


@pytest.mark.parametrize(
    ("name", "position"),
    # bash has no right prompt; docs/prompts.md says what it does instead.
    [(n, p) for n in SHELLS for p in ("before", "after", "right") if (n, p) != ("bash", "right")],
)
def test_history_draws_long_and_short_lines_in_place(
    name: str, position: str, tmp_path: Path
) -> None:
    """Where the shell takes the prompt for longer or shorter than it is, bits of lines stay."""
    on = bench(name, tmp_path)
    give(on)
    long = "echo " + "0123456789" * 7 + "END"
    start = {"before": SEGMENT + "USER> ", "after": "USER> " + SEGMENT}.get(position, "USER> ")
    with terminal(on, prompt=replace(DEFAULT, position=position), size=(60, 50)) as seat:

        def drawn() -> str:
            """All below the mark, lines that wrap put together."""
            seat.settle()
            rows = [row.rstrip() for row in seat.screen.display]
            below = rows[len(rows) - rows[::-1].index("MARK") :]
            return "".join(row.ljust(50) for row in below).rstrip()

        def is_at(line: str) -> bool:
            if position != "right":
                return drawn() == (start + line).rstrip()
            return drawn().replace(SEGMENT.strip(), "").split() == (start + line).split()

        def press(keys: str, line: str) -> None:
            seat.send(keys)
            seat.until(lambda: is_at(line))

        seat.type("assume prod")
        seat.send(f"{long}\r")
        seat.until(lambda: any("END" in row and "echo" not in row for row in seat.rows))
        seat.send("echo ab\r")
        seat.send("clear; echo MA''RK\r")
        seat.until(lambda: "MARK" in seat.rows and is_at(""))
        up, down = "\x10", "\x0e"
        if name == "fish":  # There the search is a list below.
            press(up + up + up, long)
        else:
            seat.send("\x120123")
            seat.until(lambda: "search" in drawn() and "END" in drawn())
            press("\x05", long)
        press(down, "echo ab")
        press(up, long)
        press("\x01", long)
        assert seat.screen.cursor.x == len(start)
        press("\x05\x15", "")
        press("echo x", "echo x")


def test_a_prompt_of_two_lines(any_shell: Bench) -> None:
    give(any_shell)
    setup = {
        "bash": "PS1='\\n~~ top\\nUSER> '",
        "zsh": "PROMPT=$'\\n~~ top\\nUSER> '",
        "fish": "function fish_prompt; printf '\\n~~ top\\nUSER> '; end",
    }[any_shell.shell.name]
    with terminal(any_shell, setup) as seat:
        seat.type("assume prod")
        assert seat.rows[-3:] == ["", SEGMENT + "~~ top", "USER>"]


# ---------------------------------------------------------------- who shows it


def test_it_can_be_off(any_shell: Bench) -> None:
    give(any_shell)
    with terminal(any_shell, prompt=replace(DEFAULT, enabled="never")) as seat:
        seat.type("assume prod")
        assert seat.row == "USER>"
        assert seat.out("shellkit_prompt --plain; echo") == [SEGMENT.strip()]


def test_starship_shows_it_by_itself(any_shell: Bench) -> None:
    give(any_shell)
    name = any_shell.shell.name
    with terminal(any_shell, env={"STARSHIP_SHELL": name}) as seat:
        seat.type("assume prod")
        assert seat.row == "USER>"
    with terminal(any_shell, env={"STARSHIP_SHELL": "another"}) as seat:
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"
    always = Prompt(enabled="always")
    with terminal(any_shell, env={"STARSHIP_SHELL": name}, prompt=always) as seat:
        seat.type("assume prod")
        assert seat.row == SEGMENT + "USER>"


def test_a_prompt_that_calls_shellkit_prompt(any_shell: Bench) -> None:
    give(any_shell)
    setup = {
        "bash": "PS1='$(shellkit_prompt)$? USER> '",
        "zsh": "setopt promptsubst; PROMPT='$(shellkit_prompt)$? USER> '",
        "fish": 'function fish_prompt; shellkit_prompt; echo -n "$status USER> "; end',
    }[any_shell.shell.name]
    with terminal(any_shell, setup) as seat:
        seat.type("assume prod")
        seat.send("false\r")
        seat.until(lambda: seat.row == f"{SEGMENT}1 USER>")
        assert seat.look("prod").color == "red"
        # The marks for its width are right: the line begins where it should.
        seat.send("echo typed\x01")
        seat.settle()
        assert seat.screen.cursor.x == len(f"{SEGMENT}1 USER> ")


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_shellkit_prompt_into_a_variable(name: str, tmp_path: Path) -> None:
    on = bench(name, tmp_path)
    give(on, profile="a$(touch INJECTED)%n\\u")
    result = on.run(
        on.load()
        + 'assume prod\nfalse || shellkit_prompt --plain -v found; printf "%s\\n" "$found"\n'
        "false; shellkit_prompt >/dev/null; echo $?\nshellkit_prompt --what; echo $?\n",
        env={"NO_COLOR": ""},
    )
    assert result.stdout.splitlines()[0] == f"(a$(touch INJECTED)%n\\u {ACCOUNT} 42m) "
    assert result.stdout.splitlines()[-1] == "2"
    assert result.stderr == "usage: shellkit_prompt [--plain] [-v NAME]\n"
    assert on.injected() == []
