"""TAB where something is in the way: odd files, odd options, odd places of the cursor."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from desk import Desk
from shellbench import POSIX_LIKE, Bench, bench
from test_tab import AFTER, PLAIN, RECORDER, complete_and_run, write_config

pytest.importorskip("pexpect")
pytest.importorskip("pyte")
pytestmark = pytest.mark.pty


@pytest.fixture(params=POSIX_LIKE)
def shell_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def place(name: str, folder: Path, names: tuple[str, ...] = PLAIN) -> Bench:
    on = bench(name, folder)
    write_config(on.home, names)
    return on


def slot(on: Bench) -> Path:
    return on.home / ".cache" / "shellkit" / "complete" / "0"


# ---------------------------------------------------------------- the index

#: What happens to the index before TAB is pressed again.
DAMAGE = {
    "torn in the descriptions": lambda data: data[: data.rindex(b"acme-production") + 4],
    "torn behind the names": lambda data: data[: data.index(b"acme-production\ndev") + 4],
    "torn in the names": lambda data: data[: data.rindex(b"acme-production") + 4],
    "torn in the header": lambda data: data[:30],
    "empty": lambda _: b"",
    "foreign": lambda _: b"\x7fELF\x00\x01\x02" + bytes(range(256)) * 40,
    "of the future": lambda data: data.replace(b"shellkit-index 1", b"shellkit-index 2", 1),
    "one long line": lambda _: b"x" * 3_000_000,
    "wrong lengths": lambda data: data.replace(
        data.split(b"\x1c")[0].split(b"\n")[-2], b"9 9 9 9", 1
    ),
    "lengths that are code": lambda data: data.replace(
        data.split(b"\x1c")[0].split(b"\n")[-2], b"a[$(touch${IFS}INJECTED)] 1 1 1", 1
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_index_is_made_anew_or_harmless(
    damage: str, shell_name: str, tmp_path: Path
) -> None:
    on = place(shell_name, tmp_path)
    desk = Desk(on, after=AFTER.get(shell_name, ""))
    desk.press("assume de\t", "assume dev")
    path = slot(on)
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    desk.press("\x15assume prction\t", "assume acme-production")
    desk.press("\x15assume de\t", "assume dev")
    assert all(shown.startswith("$>") for shown in desk.lines), desk.lines
    desk.run("\x15")
    # bash does without the descriptions, and without the lengths; so does fish.
    assert desk.calls() in [["index"], ["index"] * 2]
    assert on.injected() == []
    desk.close()


def test_an_index_that_is_no_file_we_may_read(shell_name: str, tmp_path: Path) -> None:
    on = place(shell_name, tmp_path)
    desk = Desk(on, after=AFTER.get(shell_name, ""))
    desk.press("assume de\t", "assume dev")
    data = slot(on).read_bytes()
    slot(on).unlink()
    slot(on).mkdir()
    desk.press("\x15assume de\t", "assume dev")
    slot(on).rmdir()
    elsewhere = on.home / "elsewhere"
    elsewhere.write_bytes(data)
    slot(on).symlink_to(elsewhere)
    desk.press("\x15assume prction\t", "assume acme-production")
    slot(on).unlink()
    slot(on).symlink_to(slot(on))
    desk.press("\x15assume de\t", "assume dev")
    assert all(shown.startswith("$>") for shown in desk.lines), desk.lines
    desk.close()


def test_while_the_index_is_written_again_and_again(shell_name: str, tmp_path: Path) -> None:
    on = place(shell_name, tmp_path)
    desk = Desk(on, after=AFTER.get(shell_name, ""))
    desk.press("assume de\t", "assume dev")
    data = slot(on).read_bytes()
    for _ in range(8):
        desk.keys("\x15")
        assert not desk.shows("assume acme-production")
        desk.child.send("assume prction\t")
        for _ in range(20):
            new = slot(on).with_name("new")
            new.write_bytes(data)
            new.replace(slot(on))
        desk.shown("assume acme-production")
    assert all(shown.startswith("$>") for shown in desk.lines), desk.lines
    desk.close()


@pytest.mark.parametrize("cache", ["/proc/nowhere", "relative"])
def test_where_no_index_can_be_kept(cache: str, shell_name: str, tmp_path: Path) -> None:
    """A read-only home; a relative path is no place at all, so the default one is taken."""
    on = place(shell_name, tmp_path)
    (tmp_path / "tmp").mkdir()
    env = {"XDG_CACHE_HOME": cache, "TMPDIR": str(tmp_path / "tmp")}
    desk = Desk(on, after=AFTER.get(shell_name, ""), env=env)
    desk.press("assume de\t", "assume dev")
    desk.press("\x15assume prction\t", "assume acme-production")
    assert all(shown.startswith("$>") for shown in desk.lines), desk.lines
    desk.close()


def test_where_no_index_can_be_written(shell_name: str, tmp_path: Path) -> None:
    on = place(shell_name, tmp_path)
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / f"shellkit-{os.geteuid()}").write_text("in the way")
    env = {"XDG_CACHE_HOME": "/proc/nowhere", "TMPDIR": str(tmp_path / "tmp")}
    desk = Desk(on, after=AFTER.get(shell_name, ""), env=env)
    assert desk.press("assume de\tx", "assume dex") == ["$> assume dex"]
    desk.close()


def test_without_a_home(shell_name: str, tmp_path: Path) -> None:
    on = place(shell_name, tmp_path)
    desk = Desk(on, after=AFTER.get(shell_name, ""))
    unset = "set -e HOME" if shell_name == "fish" else "set -u; unset HOME XDG_CACHE_HOME"
    desk.run(f"\x15{unset}; set -u" if shell_name == "zsh" else f"\x15{unset}")
    desk.clear()
    assert desk.press("assume zzz\tx", "assume zzzx") == ["$> assume zzzx"]
    desk.close()


# ---------------------------------------------------------------- the line


@pytest.fixture(params=POSIX_LIKE, scope="module")
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    name = str(request.param)
    on = place(name, tmp_path_factory.mktemp(name), (*PLAIN, "team:admin", "my profile", "wow!"))
    recorder = RECORDER[name].format(on.folder / "words")
    at = Desk(on, after=f"{AFTER.get(name, '')}\n{recorder}")
    at.press("assume dev\t", "assume dev")
    at.run("")
    yield at
    at.close()


def test_cursor_in_the_middle_of_the_line(desk: Desk) -> None:
    """What follows the cursor stays."""
    words = complete_and_run(desk, "assume prct --region=eu-west-1" + "\x1b[D" * 19)
    assert words == ["acme-production", "--region=eu-west-1"]


def test_cursor_in_the_middle_of_a_word_loses_nothing(desk: Desk) -> None:
    words = complete_and_run(desk, "assume dev" + "\x1b[D")
    # bash leaves what follows the cursor behind the word, as it does for files.
    assert words in (["dev"], ["dev", "v"], ["devv"])


def test_history_expansion_is_kept_out(desk: Desk) -> None:
    """With `set -H`, as it is for a person."""
    for typed in ("assume wo", "assume 'wo"):
        assert complete_and_run(desk, typed) == ["wow!"]


def test_in_the_middle_of_a_command_line(desk: Desk) -> None:
    more = ("! ",) if desk.name == "zsh" else ()  # bash takes `!` for the command, fish `not`.
    for before in ("true; ", "true && ", "x=1 ", "x=1 y=2 ", *more):
        assert complete_and_run(desk, f"{before}assume prct") == ["acme-production"], before


# ---------------------------------------------------------------- what users set

BASH = (
    "shopt -s failglob",
    "shopt -s nocaseglob dotglob globstar",
    "set -o nounset; shopt -s failglob nullglob extglob",
    "unset COMP_WORDBREAKS",
    "COMP_WORDBREAKS=$' \\t\\n-./'",
    "complete -D -o default -o bashdefault",
    "bind 'set completion-ignore-case on'; bind 'set menu-complete-display-prefix on'",
    "IFS=",
    "set -o history; HISTCONTROL=; trap 'x=$?' DEBUG ERR",
)


@pytest.mark.parametrize("setup", BASH)
def test_bash(setup: str, tmp_path: Path) -> None:
    on = place("bash", tmp_path, (*PLAIN, "team:admin"))
    desk = Desk(on, before=setup)
    desk.press("assume prction\t", "assume acme-production")
    assert desk.tab("assume de") == "assume dev"
    assert desk.tab("assume --region=euw3") == "assume --region=eu-west-3"
    if "-./" not in setup:
        assert desk.tab("assume team:ad") == "assume team:admin"
    assert "IFS" not in "".join(desk.lines)
    desk.close()


def test_bash_closes_the_quote_behind_a_name_that_ends_with_one(tmp_path: Path) -> None:
    """readline takes the last sign of such a name for the quote that closes it."""
    on = place("bash", tmp_path, ("ab'", 'cd"', "it'", "it's"))
    desk = Desk(on, after=RECORDER["bash"].format(on.folder / "words"))
    desk.press("assume ab\t", "assume ab\\'")
    for typed, name in (("'a", "ab'"), ('"a', "ab'"), ("'c", 'cd"'), ('"c', 'cd"')):
        assert complete_and_run(desk, f"assume {typed}") == [name], typed
    # One of two may go on.
    assert complete_and_run(desk, "assume 'i", "s'") == ["it's"]
    desk.close()


ZSH = (
    "setopt nullglob",
    "setopt cshnullglob nomatch",
    "unsetopt extendedglob bareglobqual",
    "setopt ignorebraces globassign kshglob",
    "setopt completeinword alwaystoend",
    "setopt noautolist nolistambiguous",
    "setopt cshjunkiequotes rcquotes",
    "unsetopt autoparamslash automenu; setopt recexact",
    "zstyle ':completion:*' matcher-list 'm:{a-zA-Z}={A-Za-z}' 'r:|[._-]=* r:|=*' 'l:|=* r:|=*'",
    "zstyle ':completion:*' menu select; zstyle ':completion:*' group-name ''",
    "zstyle ':completion:*' format '-- %d --'; zstyle ':completion:*' verbose yes",
    "zstyle ':completion:*' completer _expand _complete _ignored _approximate",
    "zstyle ':completion:*' list-colors 'di=1'; zmodload zsh/complist",
    "zstyle ':completion:*' insert-tab false; zstyle ':completion:*' list-prompt ''",
    "IFS=",
)


@pytest.mark.parametrize("setup", ZSH)
def test_zsh(setup: str, tmp_path: Path) -> None:
    on = place("zsh", tmp_path, (*PLAIN, "team:admin"))
    desk = Desk(on, before=AFTER["zsh"], after=setup)
    desk.press("assume prction\t", "assume acme-production")
    assert desk.tab("assume de") == "assume dev"
    assert desk.tab("assume --region=euw3") == "assume --region=eu-west-3"
    assert desk.tab("assume team:ad") == "assume team:admin"
    desk.close()


def test_fish_abbreviations(tmp_path: Path) -> None:
    on = place("fish", tmp_path)
    desk = Desk(on, after="abbr -a prd acme-production; abbr -a as assume; alias role assume")
    desk.press("as prction\t", "assume acme-production")
    desk.clear()
    desk.press("role prction\t", "role acme-production")
    desk.close()


def test_fish_4_takes_a_question_mark_literally(tmp_path: Path) -> None:
    """There a pattern has no wildcard for one letter; earlier versions can be told the same."""
    on = place("fish", tmp_path)
    desk = Desk(on, env={"fish_features": "qmark-noglob"})
    desk.press("assume -r euw3\t", "assume -r eu-west-3")
    desk.press("\x15assume --mode env de\t", "assume --mode env dev")
    desk.close()
