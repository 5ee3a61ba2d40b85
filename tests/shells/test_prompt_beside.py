"""The segment beside the prompts that people have: the real ones, on a real screen.

`./dev` installs them where it can (apt, npm); those that are not there are skipped.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from screen import ACCOUNT, OWN_PROMPT, Terminal, load, role, terminal
from shellbench import Bench, bench, find, words_for

pytestmark = pytest.mark.pty

SEGMENT = f"(prod {ACCOUNT} 42m)"
ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "prompts.md"
THEMES = ROOT / ".venv-themes" / "node_modules"
GIT_PROMPT = (
    "/usr/lib/git-core/git-sh-prompt",
    "/usr/share/git-core/contrib/completion/git-prompt.sh",
    "/usr/share/git/completion/git-prompt.sh",
    "/Library/Developer/CommandLineTools/usr/share/git-core/git-prompt.sh",
)
LIQUID = ("/usr/share/liquidprompt/liquidprompt",)
LEVEL9 = ("/usr/share/powerlevel9k/powerlevel9k.zsh-theme",)

#: Shell, where the theme is, how it is loaded, and what is to be seen of it in a repository.
BESIDE = {
    "git-prompt-in-bash": (
        "bash",
        GIT_PROMPT,
        r"""PS1='\W$(__git_ps1 " (%s)") $? > '""",
        "(trunk)",
    ),
    "git-prompt-as-bash-hook": (
        "bash",
        GIT_PROMPT,
        r"""GIT_PS1_SHOWCOLORHINTS=1; PROMPT_COMMAND='__git_ps1 "\u" " > "'""",
        "(trunk)",
    ),
    "git-prompt-in-zsh": ("zsh", GIT_PROMPT, "precmd() { __git_ps1 %n ' > ' }", "(trunk)"),
    "liquidprompt-in-bash": ("bash", LIQUID, "", ":~]"),
    "liquidprompt-in-zsh": ("zsh", LIQUID, "", ":~]"),
    "powerlevel9k": ("zsh", LEVEL9, "", "trunk"),
    "pure": (
        "zsh",
        (THEMES / "pure-prompt/pure.zsh",),
        "fpath+=({folder}); autoload -U promptinit; promptinit; prompt pure",
        "trunk",
    ),
    "spaceship": ("zsh", (THEMES / "spaceship-prompt/spaceship.zsh",), "", "in home"),
    "fish-git-prompt": (
        "fish",
        (),
        'function fish_prompt; set -l s $status; echo -n (fish_git_prompt) "$s> "; end',
        "(trunk)",
    ),
    "fish-informative": (
        "fish",
        ("/usr/share/fish/tools/web_config/sample_prompts/informative_vcs.fish",),
        "",
        "trunk",
    ),
}


def loaded(name: str, places: tuple[str | Path, ...], more: str) -> str:
    """The line that loads a theme; skips where it is not installed."""
    if not places:
        return more
    found = next((str(place) for place in places if os.path.exists(place)), None)
    if found is None:
        pytest.skip(f"{name} is not installed")
    if "{folder}" in more:
        return more.replace("{folder}", os.path.dirname(found))
    return f"source '{found}'\n{more}"


def repository(on: Bench) -> None:
    subprocess.run(["git", "init", "-q", str(on.home)], check=True)
    head = on.home / ".git" / "HEAD"
    head.write_text("ref: refs/heads/trunk\n", encoding="utf-8")


def drawn(seat: Terminal) -> str:
    """The prompt, once it rests: all lines below the last command."""
    before = None
    while before != seat.rows:
        before = seat.rows
        seat.settle()
    return "\n".join(seat.rows)


def fresh(seat: Terminal, command: str) -> None:
    """Run ``command``, on an empty screen."""
    seat.send(f"{command}; clear\r")
    seat.settle()


#: Who sets PROMPT_COMMAND anew throws every hook out: docs/prompts.md.
EARLY = {"git-prompt-as-bash-hook"}


@pytest.mark.parametrize(
    ("theme", "late"),
    [(t, late) for t in BESIDE for late in (False, True) if not (late and t in EARLY)],
)
def test_beside_a_real_theme(theme: str, late: bool, tmp_path: Path) -> None:
    name, places, more, shown = BESIDE[theme]
    on = bench(name, tmp_path)
    setup = loaded(theme.partition("-in-")[0], places, more)
    on.answer("prod", on.shell.switch(role(AWSUME_PROFILE="prod"), "target=prod", ""))
    repository(on)
    before, after = ("", setup) if late else (setup, "")
    with terminal(on, before, after=after, size=(60, 160)) as seat:
        fresh(seat, "true")
        seat.until(lambda: shown in drawn(seat))
        assert "prod" not in drawn(seat)
        fresh(seat, "assume prod")
        for command in ("true", "false", "true"):
            fresh(seat, command)
            seat.until(lambda: shown in drawn(seat) and SEGMENT in drawn(seat))
            assert drawn(seat).count(SEGMENT) == 1
        fresh(seat, "unassume")
        seat.until(lambda: shown in drawn(seat))
        assert "prod" not in drawn(seat)
        seat.send("echo fi''ne\r")
        seat.until(lambda: "fine" in seat.rows)


def test_spaceship_draws_again_when_its_jobs_are_done(zsh: Bench) -> None:
    """As it does: PROMPT is set once more from a handler, after the hooks."""
    theme = (
        "setopt prompt_subst; spaceship::prompt() { echo -n 'USER> ' }\n"
        "spaceship::populate() { PROMPT='$(spaceship::prompt)' }\n"
        "spaceship_answered() { zle -F $1; exec {fd}<&-; spaceship::populate; zle .reset-prompt\n"
        "    typeset -g answered=$((answered + 1)) }\n"
        "spaceship_ask() { spaceship::populate; exec {fd}< <(sleep 0.1; echo)\n"
        "    zle -F $fd spaceship_answered }\n"
        "precmd_functions+=(spaceship_ask)\n"
    )

    def count(seat: Terminal) -> int:
        seat.settle()
        return int(seat.out("echo $answered")[-1])

    zsh.answer("prod", zsh.shell.switch(role(), "target=prod", ""))
    for before, after in ((theme, ""), ("", theme)):
        with terminal(zsh, before, after=after) as seat:
            seat.type("assume prod")
            seat.type("answered=0")
            seat.until(lambda: seat.row == f"{SEGMENT} USER>")
            seat.until(lambda: count(seat) > 1)
            assert seat.row == f"{SEGMENT} USER>"
            seat.type("unassume")
            seat.until(lambda: seat.row == "USER>")


P10K = "_p9k_precmd() { : }; precmd_functions=(_p9k_precmd)\n"


@pytest.mark.parametrize(
    ("setup", "shown"),
    [
        ("POWERLEVEL9K_LEFT_PROMPT_ELEMENTS=(dir vcs)", True),
        ("POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS=(status aws)", False),
        ("POWERLEVEL9K_LEFT_PROMPT_ELEMENTS=(aws_joined dir)", False),
        (
            "POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS=(status aws)\n"
            "POWERLEVEL9K_AWS_SHOW_ON_COMMAND='aws|terraform'",
            True,
        ),
        (
            "POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS=(shellkit aws)\n"
            "POWERLEVEL9K_AWS_SHOW_ON_COMMAND='aws|terraform'",
            False,
        ),
        ("POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS=(awscli public_ip); setopt nounset ksharrays", True),
        ("", True),
    ],
)
def test_powerlevel10k_only_where_it_shows_the_role(setup: str, shown: bool, zsh: Bench) -> None:
    zsh.answer("prod", zsh.shell.switch(role(), "target=prod", ""))
    with terminal(zsh, P10K + setup) as seat:
        seat.type("assume prod")
        assert seat.row == (f"{SEGMENT} USER>" if shown else "USER>")
        seat.type("unassume")
        assert seat.row == "USER>"


def test_spaceship_with_a_section_of_ours(tmp_path: Path) -> None:
    """The recipe of docs/prompts.md."""
    places = BESIDE["spaceship"][1]
    theme = loaded("spaceship", places, "")
    blocks = re.findall(r"^```zsh\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), re.M | re.S)
    recipe = next(block for block in blocks if "SPACESHIP" in block)
    on = bench("zsh", tmp_path)
    on.answer("prod", on.shell.switch(role(), "target=prod", ""))
    with terminal(on, theme, after=recipe, size=(60, 160)) as seat:
        fresh(seat, "assume prod")
        fresh(seat, "true")
        seat.until(lambda: SEGMENT in drawn(seat))
        assert drawn(seat).count("prod") == 1
        fresh(seat, "unassume")
        seat.until(lambda: "prod" not in drawn(seat))


def test_fish_hands_the_words_of_a_prompt_on(fish: Bench) -> None:
    """fish 4 calls `fish_prompt --final-rendering` where prompts are transient."""
    fish.answer("prod", fish.shell.switch(role(), "target=prod", ""))
    own = (
        "function fish_prompt; contains -- --final-rendering $argv; and echo -n FINAL\n"
        "echo -n 'USER> '; end"
    )
    with terminal(fish, own) as seat:
        for segment in (f"{SEGMENT} ", ""):
            seat.type("assume prod" if segment else "unassume")
            assert seat.row == f"{segment}USER>"
            assert seat.out("fish_prompt --final-rendering; echo")[-1].endswith(
                f"{segment}FINALUSER>"
            )


# ---------------------------------------------------------------- tmux


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_recipe_for_tmux(name: str, tmp_path: Path) -> None:
    """In a real tmux, whose last line is its status."""
    tmux = find("tmux")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), re.M | re.S)
    config = next(text for _, text in blocks if "status-right" in text)
    title = next(
        t for _, t in blocks if ("function fish_title" if name == "fish" else "title()") in t
    )
    if name == "zsh":
        title = title.partition("PROMPT_COMMAND")[0] + "precmd_functions+=(title)\n"
    on = bench(name, tmp_path)
    on.answer("prod", on.shell.switch(role(), "target=prod", ""))
    odd = "#(touch INJECTED) #[fg=red] #{pid} %H"
    on.answer("odd", on.shell.switch(role(odd), "target=odd", ""))
    conf = tmp_path / "tmux.conf"
    conf.write_text(config, encoding="utf-8")
    rc = tmp_path / "rc"
    rc.write_text(OWN_PROMPT[name] + load(on) + title, encoding="utf-8")
    with (
        # A path of a socket has room for some hundred characters.
        tempfile.TemporaryDirectory(prefix="sk-tmux-") as socket,
        terminal(bench("bash", on.folder / "outer"), size=(24, 160)) as seat,
    ):
        inner = " ".join(words_for(name, "-i"))
        env = f"env -i PATH=\"$PATH\" HOME='{on.home}' LC_ALL=C.UTF-8 TERM=linux"
        server = f"{tmux} -S '{socket}/socket'"
        try:
            seat.send(f"{env} {server} -f '{conf}' new-session '{inner}'; exit\r")
            seat.until(lambda: "[0]" in seat.screen.display[-1])
            seat.send(f"source '{rc}'; clear\r")
            seat.until(lambda: seat.row == "USER>")
            assert "prod" not in seat.screen.display[-1]
            seat.send("assume prod\r")
            seat.until(lambda: seat.row == f"{SEGMENT} USER>")
            seat.until(lambda: SEGMENT in seat.screen.display[-1])
            assert seat.look("prod").color == "red"
            seat.send("assume odd\r")
            seat.until(lambda: "#(touch INJECTED)" in seat.screen.display[-1])
            seat.send("unassume; clear\r")
            seat.until(lambda: ACCOUNT not in "".join(seat.screen.display))
            assert on.injected() == []
        finally:
            kill = [tmux, "-S", f"{socket}/socket", "kill-server"]
            subprocess.run(kill, check=False, capture_output=True)
