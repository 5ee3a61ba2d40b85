"""The scripts in shell/: rendered from the templates, and as linters want them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from shellbench import find

from shellkit import shells
from shellkit.environment import MANAGED
from shellkit.prompt import read
from shellkit.shells import render

ROOT = Path(__file__).parents[2]
NASTY_EXE = "/opt/it's \\ $(touch INJECTED) `id` \u2019 %s/shellkit"


def code_of(name: str) -> str:
    """The committed script without its comments."""
    lines = committed(name).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def committed(name: str) -> str:
    return (ROOT / "shell" / shells.get(name).script).read_bytes().decode("ascii")


@pytest.mark.parametrize("name", shells.NAMES)
def test_committed_script_is_the_rendered_one(name: str) -> None:
    assert committed(name) == render.render(shells.get(name)), "run: ./dev render"


@pytest.mark.parametrize("name", shells.NAMES)
@pytest.mark.parametrize(
    "exe", ["/usr/bin/shellkit", NASTY_EXE, "shellkit", "C:\\Program Files\\s.exe"]
)
def test_fast_way_is_the_same_text(name: str, exe: str) -> None:
    shell = shells.get(name)
    assert render.script(shell, exe) == render.render(shell, exe)


@pytest.mark.parametrize("name", shells.NAMES)
def test_fast_way_with_settings_is_the_same_text(name: str) -> None:
    shell = shells.get(name)
    accounts = {"111122223333": "'shellkit'"}
    prompt = read({"format": "'shellkit' {profile} it's", "accounts": accounts})
    fast = render.script(shell, NASTY_EXE, prompt=prompt)
    assert fast == render.render(shell, NASTY_EXE, prompt=prompt)
    assert fast != render.script(shell, NASTY_EXE)
    bare = render.script(shell, NASTY_EXE, segment=False)
    assert bare == render.render(shell, NASTY_EXE, segment=False)
    assert "_prompt" not in bare
    plain = render.script(shell, NASTY_EXE, prompt=prompt, completion=False)
    assert plain == render.render(shell, NASTY_EXE, prompt=prompt, completion=False)
    assert "_complete" not in plain
    neither = render.script(shell, NASTY_EXE, segment=False, completion=False)
    assert neither == render.render(shell, NASTY_EXE, segment=False, completion=False)


@pytest.mark.parametrize("name", shells.NAMES)
def test_output_is_plain(name: str) -> None:
    text = committed(name)
    for what in ("@@", "#%", "<%", "\r", "\t"):
        assert what not in text
    assert text.endswith("\n")
    assert not re.search(r"[ ]+$", text, re.MULTILINE)


@pytest.mark.parametrize("name", shells.NAMES)
def test_every_managed_variable_is_in_once(name: str) -> None:
    # The prompt reads a few of them; what keeps and restores has them from the one list.
    text, _, _ = committed(name).partition(
        "\n# ---------------------------------------------------------------- prompt\n"
    )
    ours = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    # MSYS has to be told of the secret ones, by a list of its own kind.
    text = "\n".join(line for line in ours if "__shellkit_keep_from_msys '" not in line)
    for variable in MANAGED:
        assert len(re.findall(rf"(?<![A-Z_]){variable}(?![A-Z_])", text)) == 1


@pytest.mark.parametrize("name", shells.NAMES)
def test_same_sections_in_the_same_order(name: str) -> None:
    banners = re.findall(r"^# -{10,} (.*)$", committed(name), re.MULTILINE)
    assert banners == ["helpers", "keep and restore", "commands", "prompt", "completion"]


@pytest.mark.parametrize("name", shells.NAMES)
def test_another_name_for_the_command(name: str) -> None:
    text = render.render(shells.get(name), cmd="sudo-aws")
    assert re.search(r"function (global:|\\)?sudo-aws\b", text)
    assert re.search(r"function (global:|\\)?unsudo-aws\b", text)
    assert "usage: unsudo-aws" in text
    # The program is told the name, for its messages.
    assert re.search(r"'?--shell'? '?\w+'? '?sudo-aws'? (\"\$@\"|\||\$native)", text)
    # And who loads it anew is to get it under that name again.
    assert set(re.findall(r"shellkit init \w+(?! --cmd sudo-aws)\b.*", text)) == set()


@pytest.mark.parametrize(
    "cmd", ["", "a b", "a;b", "-a", "1a", "a\n", "a$(id)", "\u00e9", "a'b", "a.b", "\u0661"]
)
def test_a_name_that_is_none_is_refused(cmd: str) -> None:
    with pytest.raises(ValueError, match="name of a command"):
        render.render(shells.get("bash"), cmd=cmd)


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_another_name_works(name: str, tmp_path: Path) -> None:
    from shellbench import bench

    on = bench(name, tmp_path)
    script = on.folder / "renamed"
    script.write_text(render.render(on.shell, str(on.exe), cmd="role"), encoding="ascii")
    result = on.run(
        f". {on.shell.quote(str(script))}\nrole prod\nunrole\nunrole x\n".replace(
            ". ", "source " if name == "fish" else ". ", 1
        )
    )

    assert result.status == 2
    assert result.stderr.endswith("usage: unrole   (it takes no arguments)\n")
    assert (on.answers / "calls").read_text() == f"||env --shell {name} role prod\n"


# ---------------------------------------------------------------- imports

HOT = f"""
import sys
from shellkit import shells
from shellkit.environment import EnvChange
for name in {shells.NAMES!r}:
    shell = shells.get(name)
    shell.switch(EnvChange({{"AWS_REGION": "eu"}}), "recipe", "message")
    shell.revert("x"); shell.text("x"); shell.exports(EnvChange({{}}))
"""


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        (HOT, {"re", "typing", "enum", "dataclasses", "jinja2", "inspect", "pathlib"}),
        (
            "from shellkit.shells import get, render; render.script(get('bash'), '/x')",
            {"re", "jinja2", "typing"},
        ),
    ],
    ids=["assume", "init"],
)
def test_hot_paths_import_little(code: str, unwanted: set[str]) -> None:
    show = "\nimport sys; print(' '.join(sys.modules))"
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}{show}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert unwanted & set(done.stdout.split()) == set()


# ---------------------------------------------------------------- linters

LINTERS = {
    "bash": (
        ["shellcheck", "-s", "bash", "--enable=all"],
        ["shfmt", "-d", "-i", "4", "-ln", "bash"],
        ["bash", "-n"],
        ["bash", "--posix", "-n"],
    ),
    "zsh": (["zsh", "-f", "-n"],),
    "fish": (["fish", "--no-execute"], ["fish_indent", "--check"]),
}
LINT = [(name, command) for name, several in LINTERS.items() for command in several]


@pytest.mark.parametrize(("name", "command"), LINT, ids=lambda v: v if isinstance(v, str) else v[0])
def test_linters_say_nothing(name: str, command: list[str]) -> None:
    path = ROOT / "shell" / shells.get(name).script
    done = subprocess.run(
        [find(command[0]), *command[1:], str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


#: Newer than bash 3.2, which is what macOS has.
NOT_IN_BASH_3_2 = (
    r"declare -[a-z]*[gAn]",
    r"local -[a-z]*[nA]\b",
    r"\[\[ -v",
    r"\[\[ -R",
    r"\b(mapfile|readarray)\b",
    r"(?<!eval ')\bcoproc\b",
    r"\$\{[^}]*@[A-Za-z]\}",
    r"\$\{\w+(,,|\^\^)",
    r"\|&",
    r"&>>",
    r";;?&",
    r"EPOCH",
    r"printf '%\(",
    r"\$'\\u",
    r"\[-1\]",
    r"BASHPID",
    r"read -[a-z]*[iN]",
    r"wait -n",
    r"\{\w+\}>",
    r"shopt -s (globstar|lastpipe)",
)


@pytest.mark.parametrize("pattern", NOT_IN_BASH_3_2)
def test_bash_3_2_can_read_it(pattern: str) -> None:
    assert not re.search(pattern, code_of("bash"))
