"""The settings of the prompt segment: what is read, and one clear error for each fault."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit import shells
from shellkit.commands import init
from shellkit.errors import ConfigError
from shellkit.prompt import DEFAULT, PARTS, Color, Piece, Prompt, matches, parse_color, read
from shellkit.rim import Rim
from shellkit.settings import Settings, load
from shellkit.shells import segment

EVERYTHING = """
confirm = ["prod*", "!prod-sandbox"]

[prompt]
enabled = true
position = "right"
format = "{profile}{left}"
warning = "1h"
production = ["p"]

[prompt.colors]
normal = ""
"*-staging" = "bold 208 on #000000"

[prompt.accounts]
111122223333 = "acme"
"""


def test_everything(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(EVERYTHING)
    found = load(str(file))
    assert found.confirm == ("prod*", "!prod-sandbox")
    assert found.prompt == Prompt(
        enabled="always",
        position="right",
        format="{profile}{left}",
        warning=3600,
        production=("p",),
        colors=(
            ("normal", ""),
            *DEFAULT.colors[1:],
            ("*-staging", "bold 208 on #000000"),
        ),
        accounts=(("111122223333", "acme"),),
    )
    assert found.prompt.patterns == ("*-staging",)


def test_without_it_there_is_nothing() -> None:
    assert Settings().prompt is None
    assert read({}) == DEFAULT


@pytest.mark.parametrize(
    ("text", "place", "part"),
    [
        ("prompt = 1", ":1: prompt: ", "must be a table"),
        ("[prompt]\ncolour = 1", ":2: prompt.colour: ", "no such setting"),
        ('[prompt]\nenabled = "yes"', ":2: prompt.enabled: ", "true or false"),
        ('[prompt]\n\nposition = "left"', ":3: prompt.position: ", "before"),
        ('[prompt]\nformat = "{who}"', ":2: prompt.format: ", "{who} is no part"),
        ('[prompt]\nformat = "{profile"', ":2: prompt.format: ", "a lone {"),
        ('[prompt]\nformat = "{left}{left}"', ":2: prompt.format: ", "once"),
        ('[prompt]\nformat = "\\u001b[31m"', ":2: prompt.format: ", "control character"),
        ('[prompt]\nwarning = "soon"', ":2: prompt.warning: ", "is not a time"),
        ('[prompt]\nproduction = "prod"', ":2: prompt.production: ", "must be a list"),
        ('[prompt]\nproduction = ["!"]', ":2: prompt.production: ", "empty pattern"),
        ('[prompt.colors]\nnormal = "pink"', ":2: prompt.colors.normal: ", "'pink' is no colour"),
        ('[prompt.colors]\nnormal = "256"', ":2: prompt.colors.normal: ", "is no colour"),
        ('[prompt.accounts]\n1 = "a\\nb"', ":2: prompt.accounts.1: ", "control character"),
        ("[prompt.accounts]\n1 = 2", ":2: prompt.accounts.1: ", "must be text"),
        ('[prompt.accounts]\n1234 = "x"', ":2: prompt.accounts.1234: ", "12 digits"),
        ('[prompt.accounts]\nprod = "x"', ":2: prompt.accounts.prod: ", "no account number"),
        ('confirm = "prod"', ":1: confirm: ", "must be a list"),
    ],
)
def test_faults(text: str, place: str, part: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(str(file))
    assert str(caught.value).startswith(f"{file}{place}")
    assert part in str(caught.value)


def test_pieces() -> None:
    assert DEFAULT.pieces == (
        Piece("", "("),
        Piece("profile", ""),
        Piece("account", " "),
        Piece("left", " "),
        Piece("", ") "),
    )
    assert Prompt(format="{{ {role}  x}}").pieces == (
        Piece("", "{"),
        Piece("role", " "),
        Piece("", "  x}"),
    )


@given(st.lists(st.sampled_from([f"{{{part}}}" for part in PARTS] + [" ", "x", "{{", "}}"])))
def test_pieces_lose_nothing(words: list[str]) -> None:
    again = "".join(
        piece.lead.replace("{", "{{").replace("}", "}}") + (piece.part and f"{{{piece.part}}}")
        for piece in Prompt(format="".join(words)).pieces
    )
    assert again == "".join(words)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ("", "", "")),
        ("red", ("31",) * 3),
        ("Bold RED", ("1;31",) * 3),
        ("bright-blue", ("94",) * 3),
        ("white on bright-red", ("37;101",) * 3),
        ("208", ("33", "38;5;208", "38;5;208")),
        ("244", ("37", "38;5;244", "38;5;244")),
        ("9", ("31", "38;5;9", "38;5;9")),
        ("#ff0000 underline", ("31;4", "38;5;196;4", "38;2;255;0;0;4")),
        ("on #0000ff", ("44", "48;5;21", "48;2;0;0;255")),
    ],
)
def test_colors(text: str, codes: tuple[str, str, str]) -> None:
    assert parse_color(text) == Color(codes)


@pytest.mark.parametrize(
    ("pattern", "found", "not_found"),
    [
        ("prod", ["prod", "a-PROD-b", "prod2", "AcmeProdAdmin", "a prod"], ["product", "nonprod"]),
        ("prod*", ["prod", "production", "PROD-1"], ["acme-prod"]),
        ("*", ["", "x"], []),
        ("a?c", ["abc", "A-C"], ["ac", "xabc"]),
        ("[a]", ["[a]"], ["a"]),
        ("1111", ["1111", "a-1111"], ["11112", "x1111y"][:0]),
    ],
)
def test_patterns(pattern: str, found: list[str], not_found: list[str]) -> None:
    assert [name for name in found if not matches((pattern,), name)] == []
    assert [name for name in not_found if matches((pattern,), name)] == []


@pytest.mark.parametrize(
    "name",
    [
        *(
            "prod",
            "PROD",
            "acme-prod",
            "acme_production",
            "live.eu",
            "prd1",
            "AcmeProd",
            "a/prod-2",
        ),
        "AcmeProdAdmin",
        "production-line",
    ],
)
def test_production_by_default(name: str) -> None:
    assert matches(DEFAULT.production, name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "product", "delivery", "alive", "non-prod", "nonprod", "NonProd", "pre-prod"),
        "preprod",
        "dev",
        "livestream",
    ],
)
def test_not_production_by_default(name: str) -> None:
    assert not matches(DEFAULT.production, name)


def test_exceptions_go_first() -> None:
    assert not matches(("prod", "!*sandbox*"), "prod-sandbox")
    assert matches(("!*sandbox*", "prod"), "prod-1")
    assert not matches(("!*sandbox*",), "prod-1")


NUMBER = "111122223333"
EVIL = "'; touch INJECTED; $(touch INJECTED) `touch INJECTED` \\ \u2019 %s @@ exe @@"


@pytest.mark.parametrize("name", shells.NAMES)
def test_settings_reach_code_as_words_only(name: str) -> None:
    prompt = read({"format": EVIL + "{profile}", "accounts": {NUMBER: EVIL}, "production": [EVIL]})
    text = segment.settings(shells.get(name), prompt)
    quote = shells.get(name).quote
    assert quote("=" + EVIL) in text
    assert quote(EVIL) in text
    assert "\n'; touch" not in text


# ---------------------------------------------------------------- init


def answer(argv: list[str], home: Path, capfd: pytest.CaptureFixture[str]) -> tuple[str, str]:
    from shellkit.options import command
    from shellkit.words import parse, parser_for

    entry = command("init")
    assert entry
    values = parse(parser_for(entry), argv)
    err = io.StringIO()
    environ = {"XDG_CONFIG_HOME": str(home)}
    rim = Rim(environ, str(home), "u", lambda: 0.0, io.StringIO(), io.StringIO(), err)
    assert values
    assert init.run(values, rim) == 0
    return capfd.readouterr().out, err.getvalue()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "shellkit").mkdir()
    return tmp_path / "shellkit" / "config.toml"


@pytest.mark.parametrize("name", shells.NAMES)
def test_init(name: str, config: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    quote = shells.get(name).quote
    plain, said = answer([name], tmp_path, capfd)
    assert "__shellkit_prompt_hook" in plain or name == "powershell"
    assert said == ""
    assert answer([name, "--prompt", "auto"], tmp_path, capfd)[0] == plain
    none = answer([name, "--prompt", "none"], tmp_path, capfd)[0]
    assert "_prompt" not in none
    assert "assume" in none
    config.write_text('[prompt]\nformat = "<{profile}>"\n')
    changed = answer([name], tmp_path, capfd)[0]
    assert quote("=<") in changed
    function = answer([name, "--prompt", "function"], tmp_path, capfd)[0]
    assert "never" in function
    assert quote("=<") in function
    renamed = answer([name, "--cmd", "role", "--prompt", "function"], tmp_path, capfd)[0]
    assert "never" in renamed
    assert quote("=<") in renamed
    config.write_text("[prompt]\nenabled = false\n")
    assert "never" in answer([name], tmp_path, capfd)[0]
    assert answer([name, "--prompt", "auto"], tmp_path, capfd)[0] == plain


def test_a_fault_in_the_file_does_not_cost_the_functions(
    config: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plain, _ = answer(["bash"], tmp_path, capfd)
    config.write_text("[prompt]\nformat = 1\n")
    code, said = answer(["bash"], tmp_path, capfd)
    assert code == plain
    assert "prompt.format: must be text" in said


def test_the_short_way_sees_the_file(config: Path, tmp_path: Path) -> None:
    root = Path(init.__file__).parents[2]

    def run() -> str:
        done = subprocess.run(
            [sys.executable, "-m", "shellkit", "init", "bash"],
            cwd=root,
            env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        return done.stdout

    without = run()
    config.write_text('min_time_left = "10m"\n')
    assert run() == without
    config.write_text('[prompt]\nposition = "after"\n')
    assert "__shellkit_position='after'" in run()
