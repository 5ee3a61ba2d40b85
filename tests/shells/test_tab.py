"""TAB in real shells at a terminal: what comes to stand in the line, and what is listed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import MAIN, Desk
from shellbench import POSIX_LIKE, Bench, bench

from shellkit import shells
from shellkit.profiles import headers
from shellkit.shells import render

pytest.importorskip("pexpect")
pytest.importorskip("pyte")
pytestmark = pytest.mark.pty

#: No two begin alike, so that a few letters of each are enough.
HOSTILE = (
    "my profile",
    "it's",
    'quo"te',
    "cost$HOME",
    "$(touch INJECTED)",
    "`id`",
    "=equals",
    "~tilde",
    "back\\slash",
    "semi;touch INJECTED",
    "Glob*[a]?",
    "{a,b}",
    "#hash",
    "land&or|",
    "team:admin",
    "user@host",
    "key=value",
    "été",
    "\U0001f692 engine",
    "O\u2019Brien",
    "%percent",
    "(paren)",
    "^caret",
    "wow!",
)
PLAIN = ("acme-prod", "acme-production", "dev")
AFTER = {"zsh": "autoload -Uz compinit; compinit -u -D"}

#: Records the words that it is called with. Completion goes by the name.
RECORDER = {
    "bash": "assume() {{ printf '%s\\n' \"$#\" \"$@\" >'{0}'; }}",
    "zsh": "assume() {{ printf '%s\\n' \"$#\" \"$@\" >'{0}'; }}",
    "fish": "function assume; printf '%s\\n' (count $argv) $argv >'{0}'; end",
}


def write_config(home: Path, names: tuple[str, ...]) -> None:
    (home / ".aws").mkdir(exist_ok=True)
    text = "".join(
        f"{headers.written(name)}\nrole_arn = arn:aws:iam::{111122220000 + at}:role/Role{at}\n"
        for at, name in enumerate(names)
    )
    path = home / ".aws" / "config"
    path.write_text(text, encoding="utf-8")
    then = time.time_ns() - 60_000_000_000 | 1
    os.utime(path, ns=(then, then))


@pytest.fixture(params=POSIX_LIKE, scope="module")
def shell_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def desk(shell_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all tests of a shell, with an index."""
    on = bench(shell_name, tmp_path_factory.mktemp(shell_name))
    write_config(on.home, HOSTILE + PLAIN)
    recorder = RECORDER[shell_name].format(on.folder / "words")
    at = Desk(on, after=f"{AFTER.get(shell_name, '')}\n{recorder}\nset +H 2>/dev/null")
    at.press("assume dev\t", "assume dev")
    at.run("")
    yield at
    at.close()


def complete_and_run(desk: Desk, typed: str, rest: str = "") -> list[str]:
    """The words of the line, once TAB has been pressed after ``typed``, and ``rest`` typed."""
    record = desk.on.folder / "words"
    record.unlink(missing_ok=True)
    desk.child.send(f"\x15{typed}\t")
    if desk.name == "zsh":
        desk.settle(0.15)  # What is typed ahead of it would be taken for an answer.
    desk.child.send(f"{rest}\r")
    end = time.monotonic() + 10
    while True:
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        if lines and len(lines) == int(lines[0]) + 1:
            return lines[1:]
        if time.monotonic() > end:
            shown = "\n".join(desk.lines)
            desk.keys("\x03")  # Leaves nothing for the next one to fall over.
            raise AssertionError(shown)
        desk.read(0.02)


def escaped(name: str, style: str, shell: str) -> str:
    """``name`` as a person types it, with the quote of ``style`` left open."""
    if style == "'":
        inner = {"fish": "\\'"}.get(shell, "'\\''")
        text = name.replace("\\", "\\\\") if shell == "fish" else name
        return "'" + text.replace("'", inner)
    if style == '"':
        signs = '\\"$' if shell == "fish" else '\\"$`'
        return '"' + "".join("\\" + char if char in signs else char for char in name)
    return "".join(
        char if char.isalnum() or char in "-_./:@%+=," or ord(char) > 127 else "\\" + char
        for char in name
    ).replace("=", "\\=" if name.startswith("=") else "=", 1)


@pytest.mark.parametrize("style", ["", "'", '"'], ids=["bare", "single", "double"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_from_their_first_letters(desk: Desk, name: str, style: str) -> None:
    if "!" in name and style == '"' and desk.name == "zsh":
        pytest.skip("history expansion: zsh has no way to write it there")
    for length in {1, len(name) - 1}:
        typed = escaped(name[:length], style, desk.name)
        if desk.name == "zsh" and "'\\''" in typed:
            continue  # zsh sees neither where such a word begins nor that a quote is open.
        if desk.name == "zsh" and typed.count("`") % 2 and "\\`" not in typed and style != "'":
            continue
        assert complete_and_run(desk, f"assume {typed}") == [name], typed
    assert desk.on.injected() == []


@pytest.mark.parametrize("style", ["", "'", '"'], ids=["bare", "single", "double"])
@pytest.mark.parametrize("name", ["my profile", "team:admin", "user@host", "key=value"])
def test_every_cursor_position(desk: Desk, name: str, style: str) -> None:
    for length in range(1, len(name) + 1):
        typed = escaped(name[:length], style, desk.name)
        assert complete_and_run(desk, f"assume {typed}") == [name], typed


def test_a_quote_in_the_middle(desk: Desk) -> None:
    if desk.name != "fish":
        assert complete_and_run(desk, "assume m'y p'ro") == ["my profile"]
        assert complete_and_run(desk, 'assume te"am":a') == ["team:admin"]
    assert complete_and_run(desk, "assume -q my\\ p") == ["-q", "my profile"]


def test_fuzzy(desk: Desk) -> None:
    assert complete_and_run(desk, "assume prction") == ["acme-production"]
    assert complete_and_run(desk, "assume tmadm") == ["team:admin"]
    if desk.name != "fish":  # fish ranks by itself, and minds capitals.
        assert complete_and_run(desk, "assume PRCTION") == ["acme-production"]
        assert complete_and_run(desk, "assume 'myrfl") == ["my profile"]


def test_several_leave_the_word_and_are_listed(desk: Desk) -> None:
    desk.clear()
    assert desk.tab("assume cmprd", times=1 if desk.name != "bash" else 2) == "assume cmprd"
    shown = "\n".join(desk.lines)
    assert "acme-prod " in shown
    assert "acme-production" in shown
    if desk.name != "bash":
        assert "111122220024 Role24" in shown
    desk.keys("\x03")


def test_backslashes_and_colons_are_seen_in_the_list_of_zsh(tmp_path: Path) -> None:
    on = bench("zsh", tmp_path)
    write_config(on.home, ("x\\one", "x\\:two", "x:three"))
    desk = Desk(on, before=AFTER["zsh"])
    shown = desk.press("assume x\t", "x:three  ")
    assert [line.split() for line in shown if "Role" in line] == [
        ["x:three", "111122220002", "Role2"],
        ["x\\:two", "111122220001", "Role1"],
        ["x\\one", "111122220000", "Role0"],
    ]
    desk.close()


def test_prefix_goes_before_fuzzy(desk: Desk) -> None:
    # `dev` has one that begins with it; that others have its letters does not count.
    assert complete_and_run(desk, "assume de") == ["dev"]
    if desk.name != "fish":  # Goes through them at once.
        desk.clear()
        assert desk.tab("assume acme") == "assume acme-prod"
        desk.keys("\x03")


def test_options_and_their_values(desk: Desk) -> None:
    for typed, words in {
        "assume --reg": ["--region"],
        "assume --region=eu-central-1": ["--region=eu-central-1"],
        "assume --region=euw3": ["--region=eu-west-3"],
        "assume -r eu-west-3": ["-r", "eu-west-3"],
        "assume --mode p": ["--mode", "profile"],
        "assume --mode=e": ["--mode=env"],
        "assume -d 15": ["-d", "15m"],
        "assume --source my": ["--source", "my profile"],
        "assume --source=key": ["--source=key=value"],
        "assume -r eu-west-1 --refresh de": ["-r", "eu-west-1", "--refresh", "dev"],
        "assume -- de": ["--", "dev"],
        "assume 111122220000:": ["111122220000:Role0"],
        "assume --session-name de": ["--session-name", "de"],
        "assume dev de": ["dev", "de"],
    }.items():
        assert complete_and_run(desk, typed) == words, typed


def test_descriptions_of_options(desk: Desk) -> None:
    desk.clear()
    desk.tab("assume --s", times=2 if desk.name == "bash" else 1)
    shown = "\n".join(desk.lines)
    assert "source-identity" in shown
    assert "session-name" in shown
    if desk.name != "bash":
        assert "seen in CloudTrail" in shown
    desk.keys("\x03")


def test_letters_of_a_description_are_not_taken_for_the_word(desk: Desk) -> None:
    # fish by itself finds `demo` by "exits" in what is said of it.
    for line in ("shellkit exec", "assume --zone", "assume -r Ireland", "assume --region=Ireland"):
        desk.clear()
        assert desk.tab(line) == line
        desk.keys("\x03")


def test_shellkit_and_its_commands(desk: Desk) -> None:
    desk.clear()
    assert desk.tab("shellkit uni") == "shellkit uninstall"
    assert desk.tab("shellkit init power") == "shellkit init powershell"
    assert desk.tab("shellkit init --no-c") == "shellkit init --no-completion"
    assert desk.tab("shellkit install --y") == "shellkit install --yes"
    assert desk.tab("unassume --h") == "unassume --help"
    desk.keys("\x03")


def children(desk: Desk) -> str:
    """What the system counts of the children that the shell has waited for: their page faults."""
    return Path(f"/proc/{desk.child.pid}/stat").read_text().rpartition(")")[2].split()[8]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux")
def test_no_process_while_the_index_is_fresh(desk: Desk) -> None:
    desk.clear()
    desk.tab("assume de")
    before, calls = children(desk), desk.calls()
    for typed in ("assume de", "assume prction", "assume --reg", "assume -r eu", "assume 1111:"):
        desk.tab(typed)
    assert children(desk) == before
    assert desk.calls() == calls == ["index"]


# ---------------------------------------------------------------- when the files change


@pytest.fixture
def fresh_desk(shell_name: str, tmp_path: Path) -> Iterator[Desk]:
    on = bench(shell_name, tmp_path)
    write_config(on.home, ("one-profile",))
    at = Desk(on, after=AFTER.get(shell_name, ""))
    yield at
    at.close()


def test_first_tab_makes_the_index_and_changes_are_seen(fresh_desk: Desk) -> None:
    desk = fresh_desk
    desk.press("assume one\t", "assume one-profile")
    desk.tab("assume one")
    assert desk.calls() == ["index"]
    write_config(desk.on.home, ("two-profile",))
    desk.press("\x15assume two\t", "assume two-profile")
    assert desk.tab("assume two") == "assume two-profile"
    assert desk.calls() == ["index"] * 2

    other = desk.on.home / "elsewhere" / ".aws" / "config"
    other.parent.mkdir(parents=True)
    write_config(other.parent.parent, ("three-profile",))
    export = "set -gx AWS_CONFIG_FILE" if desk.name == "fish" else "export AWS_CONFIG_FILE="
    desk.run(f"\x15{export}{' ' if desk.name == 'fish' else ''}'{other}'")
    desk.press("assume thr\t", "assume three-profile")
    unset = "set -e AWS_CONFIG_FILE" if desk.name == "fish" else "unset AWS_CONFIG_FILE"
    desk.run(f"\x15{unset}")
    assert desk.tab("assume two") == "assume two-profile"
    assert desk.calls() == ["index"] * 3


def test_without_the_program_there_is_no_noise(fresh_desk: Desk) -> None:
    fresh_desk.exe.unlink()
    assert fresh_desk.tab("assume one") == "assume one"
    assert fresh_desk.lines == ["$> assume one"]


def test_an_index_of_somebody_else_is_not_read(fresh_desk: Desk) -> None:
    desk = fresh_desk
    desk.press("assume one\t", "assume one-profile")
    slot = desk.on.home / ".cache" / "shellkit" / "complete" / "0"
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    slot.write_text(slot.read_text().replace("one-profile", "one-of-theirs"))
    os.chown(slot, 12345, 12345)
    desk.clear()
    assert desk.press("assume one\t", "assume one-") == ["$> assume one-profile"]


# ---------------------------------------------------------------- set-ups


def zsh_desk(tmp_path: Path, before: str = "", after: str = "") -> Desk:
    on = bench("zsh", tmp_path)
    write_config(on.home, PLAIN)
    return Desk(on, before=before, after=after)


def test_zsh_compinit_before_after_again_and_never(tmp_path: Path) -> None:
    compinit = "autoload -Uz compinit; compinit -u -D"
    setups = {"before": (compinit, ""), "after": ("", compinit), "again": (compinit, compinit)}
    for name, (before, after) in setups.items():
        desk = zsh_desk(tmp_path / name, before, after)
        desk.press("assume de\t", "assume dev")
        desk.close()
    desk = zsh_desk(tmp_path / "never")
    assert desk.tab("assume de") == "assume de"
    assert desk.lines == ["$> assume de"]
    desk.run(f"\x15{compinit}")
    desk.press("assume de\t", "assume dev")
    desk.close()


ZSH_OPTIONS = (
    "ksharrays shwordsplit",
    "nounset",
    "no_glob glob_subst",
    "no_multibyte posixidentifiers",
    "warncreateglobal",
    "menu_complete",
    "xtrace",
)


@pytest.mark.parametrize("setup", ZSH_OPTIONS)
def test_zsh_options(setup: str, tmp_path: Path) -> None:
    desk = zsh_desk(tmp_path, after=f"{AFTER['zsh']}")
    desk.run(f"setopt {setup}")
    desk.child.send("\x15")
    desk.settle()
    desk.press("assume prction\t", "assume acme-production")
    desk.close()


BASH_SETUPS = (
    "set -u",
    "set -f",
    "IFS=abc",
    "shopt -s nocasematch extglob nullglob",
    "set -o posix",
    "alias local='echo HIJACKED' printf='echo HIJACKED' complete='echo HIJACKED'",
    "trap 'true' DEBUG; set -T",
    "bind 'set show-all-if-ambiguous on'",
    "bind 'TAB: menu-complete'",
    "COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=@]/}",
)


@pytest.mark.parametrize("setup", BASH_SETUPS)
def test_bash_set_ups(setup: str, tmp_path: Path) -> None:
    on = bench("bash", tmp_path)
    write_config(on.home, (*PLAIN, "team:admin", "user@host"))
    desk = Desk(on, before=setup)
    desk.press("assume prction\t", "assume acme-production")
    assert desk.tab("assume --region=euw3") == "assume --region=eu-west-3"
    assert desk.tab("assume team:ad") == "assume team:admin"
    assert desk.tab("assume user@h") == "assume user@host"
    assert "HIJACKED" not in "\n".join(desk.lines)
    desk.run("\x15shopt -po noglob; set -o | grep noglob >flags")
    assert ("on" in (on.home / "flags").read_text()) == (setup == "set -f")
    desk.close()


def test_bash_finds_by_halving_what_begins_alike(tmp_path: Path) -> None:
    on = bench("bash", tmp_path)
    names = ["", "a", "a b", "a\u0301", "ab", "ab-1", "ab-2", "abc", "B"]
    names += ["Dev", "dev", "dev-1", "é", "été", "z", "\ue000x", "\U0001f692", "\U0001f692 x"]
    ordered = sorted(names[1:], key=os.fsencode)
    listed = on.shell.quote("".join(f"{name}\n" for name in ordered))
    wanted, code = [], on.load()
    for typed in (*names[1:], "d", "D", "x", "\udcc3", "é\u0301"):
        found = [name for name in ordered if os.fsencode(name).startswith(os.fsencode(typed))]
        wanted += [f"{typed}: {len(found)}", *found]
        code += (
            f"COMPREPLY=() IFS=$'\\n'; LC_ALL=C __shellkit_complete_slice {listed} "
            f"{on.shell.quote(typed)}; echo {on.shell.quote(typed)}: ${{#COMPREPLY[@]}}\n"
            '[[ ${#COMPREPLY[@]} -eq 0 ]] || printf "%s\\n" "${COMPREPLY[@]}"\n'
        )
    for setup in ("set -u\n", "shopt -s nocasematch\n", "set -o posix\n"):
        done = on.run(setup + code)
        assert (done.status, done.stderr) == (0, "")
        assert done.stdout.splitlines() == wanted


def test_bash_keeps_the_options_of_the_user(tmp_path: Path) -> None:
    on = bench("bash", tmp_path)
    write_config(on.home, PLAIN)
    desk = Desk(on)
    desk.press("assume de\t", "assume dev")
    desk.run("\x15set -o >options; set >variables")
    options = (on.home / "options").read_text()
    assert "noglob         \toff" in options
    variables = (on.home / "variables").read_text()
    assert "acme-prod" not in variables.replace("COMPREPLY", "")
    desk.close()


# ---------------------------------------------------------------- ways of installing


def test_another_name_for_the_command(shell_name: str, tmp_path: Path) -> None:
    on = bench(shell_name, tmp_path)
    write_config(on.home, PLAIN)
    desk = Desk(on, load=False)
    text = render.render(on.shell, str(desk.exe), cmd="role")
    desk.script.write_text(text, encoding="ascii")
    desk.run(f"{AFTER.get(shell_name, '')}")
    desk.run(f"source {on.shell.quote(str(desk.script))}")
    desk.press("role prction\t", "role acme-production")
    assert desk.tab("unrole --h") == "unrole --help"
    desk.close()


def test_no_completion(shell_name: str) -> None:
    text = render.render(shells.get(shell_name), completion=False)
    assert "__shellkit_complete" not in text
    assert "# ---------------------------------------------------------------- commands" in text


#: What may stand before a command in fish, and what has to stand after it.
FISH_BEFORE = (
    ("not ", ""),
    ("true; and ", ""),
    ("false; or ", ""),
    ("time ", ""),
    ("begin; ", "; end"),
    ("if ", "; end"),
    ("if not ", "; end"),
    ("while ", "; break; end"),
    ("not x=1 ", ""),
    ("x=1 not ", ""),
    ("true && not ", ""),
    ("true | ", ""),
    ("echo (not ", ")"),
)


@pytest.fixture(scope="module")
def whole_fish(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """fish with the completions that come with it: without any it knows none after `not` either."""
    on = bench("fish", tmp_path_factory.mktemp("whole"))
    write_config(on.home, PLAIN)
    recorder = RECORDER["fish"].format(on.folder / "words")
    other = recorder.replace("function assume", "function other")
    shipped = "set -g fish_complete_path $__fish_data_dir/completions"
    desk = Desk(on, after=f"{shipped}\n{recorder}\n{other}\ncomplete -c other -f -a 'dev prod'")
    desk.press("assume dev\t", "assume dev")
    desk.run("")
    yield desk
    desk.close()


@pytest.mark.parametrize(("before", "rest"), FISH_BEFORE, ids=lambda word: word.strip() or "-")
def test_after_what_may_stand_before_a_command_in_fish(
    before: str, rest: str, whole_fish: Desk
) -> None:
    """Where fish completes another function, it completes ours."""
    assert complete_and_run(whole_fish, f"{before}other de", rest) == ["dev"]
    assert complete_and_run(whole_fish, f"{before}assume de", rest) == ["dev"]
    assert complete_and_run(whole_fish, f"{before}assume prct", rest) == ["acme-production"]
    words = complete_and_run(whole_fish, f"{before}assume dev --region eu-west-3", rest)
    assert words == ["dev", "--region", "eu-west-3"]


@pytest.mark.parametrize("name", POSIX_LIKE)
def test_committed_completions_are_the_rendered_ones(name: str) -> None:
    root = Path(render.__file__).parents[2]
    committed = (root / "completions" / render.COMPLETIONS[name]).read_text(encoding="ascii")
    assert committed == render.render(shells.get(name), alone=True), "run: ./dev render"
    assert "assume()" not in committed
    assert "function assume" not in committed


def program_on_path(on: Bench) -> str:
    folder = on.folder / "bin"
    folder.mkdir()
    import sys

    program = folder / "shellkit"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -I '{MAIN}' \"$@\"\n")
    program.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def test_files_of_package_managers(shell_name: str, tmp_path: Path) -> None:
    """As bash-completion, compinit and fish find them, beside ``init --no-completion``."""
    on = bench(shell_name, tmp_path)
    write_config(on.home, PLAIN)
    root = Path(render.__file__).parents[2] / "completions"
    own = on.folder / "own"
    own.mkdir()
    committed = root / render.COMPLETIONS[shell_name]
    (own / committed.name).write_bytes(committed.read_bytes())
    before = {
        "bash": "__load() { . '{0}/shellkit.bash' && return 124; }; complete -F __load assume",
        "zsh": "fpath=('{0}' $fpath); autoload -Uz compinit; compinit -u -D",
        "fish": "set -g fish_complete_path '{0}' $fish_complete_path",
    }[shell_name].replace("{0}", str(own))
    (own / "functions").write_text(render.render(on.shell, completion=False), encoding="ascii")
    before += f"\nsource '{own}/functions'"
    desk = Desk(on, before=before, load=False, env={"PATH": program_on_path(on)})
    desk.press("assume prction\t", "assume acme-production")
    assert desk.tab("assume de") == "assume dev"
    desk.close()


def test_completions_of_the_user_stay(shell_name: str, tmp_path: Path) -> None:
    on = bench(shell_name, tmp_path)
    write_config(on.home, PLAIN)
    theirs = {
        "bash": "complete -W 'their-word' mine",
        "zsh": f"{AFTER['zsh']}; _mine() {{ compadd their-word; }}; compdef _mine mine",
        "fish": "complete -c mine -f -a their-word",
    }[shell_name]
    desk = Desk(on, before=theirs)
    assert desk.tab("mine the").startswith("mine their-word")
    desk.press("\x15assume prction\t", "assume acme-production")
    desk.close()
