"""PowerShell: what can be said of the script without running it, and then running it.

The tests marked ``pwsh`` need a real one. The facts they rest on are in
docs/shells.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from shellbench import MESSAGE, OTHER, RECIPE, ROLE, Bench, bench, with_role

from shellkit import shells
from shellkit.environment import MANAGED, EnvChange
from shellkit.options import ASSUME_OPTIONS
from shellkit.shells.render import render

POWERSHELL = shells.get("powershell")
STATEMENTS = (
    POWERSHELL.switch(ROLE, RECIPE, MESSAGE)
    + POWERSHELL.revert("it's over")
    + POWERSHELL.text("usage\n")
    + POWERSHELL.exports(OTHER)
)


@pytest.fixture(scope="module")
def text() -> str:
    return render(POWERSHELL)


@pytest.fixture(scope="module")
def code(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


# ---------------------------------------------------------------- reading it


#: What Windows PowerShell 5.1 cannot parse, or has not got.
NOT_IN_5_1 = (
    r"\?\?",
    r"\?\.",
    r"&&",
    r"\|\|",
    r"`u\{",
    r"`e",
    r"-Parallel",
    r"\bclean\s*\{",
    r"\$IsWindows",
    r"-isplit\b.*\?\s",
    r"\s\?\s.*:\s",
    r"\bGet-Error\b",
    r"-AsHashtable",
    r"\bternary\b",
)


def test_gnu_options_keep_their_values_beside_bound_ones(code: str) -> None:
    # `assume --region eu-west-1 prod -q` binds Name=--region, Rest=(eu-west-1, prod): what is
    # put between the two takes the option's value away from it.
    body = code[code.index("function global:assume {") :]
    name, rest = body.index("$words.Add($Name)"), body.index("$words.AddRange($Rest)")
    assert name < rest
    assert body[name:rest].count("\n") == 1
    for option in re.findall(r"\$words\.Add\('--", body):
        assert body.rindex(option) < name


@pytest.mark.parametrize("pattern", NOT_IN_5_1)
def test_windows_powershell_5_1_can_read_it(pattern: str, code: str) -> None:
    # In the strings that match regular expressions `?` means something else; there are none.
    assert not re.search(pattern, code + STATEMENTS)


def test_script_is_ascii_without_carriage_returns(text: str) -> None:
    # 5.1 reads a file without a BOM as the machine's code page.
    assert text.isascii()
    assert "\r" not in text


def test_cmdlets_are_fully_qualified(code: str) -> None:
    """Functions and aliases of the user go before cmdlets, unless these are named in full."""
    without_strings = re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "''", code)
    for found in re.finditer(r"(?<![\w$\\.-])([A-Z][a-z]+-[A-Z]\w+)", without_strings):
        raise AssertionError(f"a bare cmdlet: {found.group()}")
    assert "Microsoft.PowerShell.Utility\\Invoke-Expression" in code


def test_nothing_adds_to_error(code: str) -> None:
    assert "SilentlyContinue" not in code
    assert "-ErrorAction Ignore" in code


def test_unset_is_not_set_to_empty(code: str) -> None:
    """conda 14237, aws-sso 1244: a plain $null arrives as an empty string."""
    assert "[NullString]::Value" in code
    assert not re.search(r"SetEnvironmentVariable\([^)]*\$null\)", code)
    assert not re.search(r"\$env:\w+\s*=", code, re.IGNORECASE)


def test_globals_are_guarded_for_strict_mode(code: str) -> None:
    """zoxide 0.7.3 and 1038, mise 11314."""
    assert "Test-Path -LiteralPath 'variable:global:__shellkit_this'" in code
    functions = re.findall(r"^function (\S+)", code, re.MULTILINE)
    assert functions
    assert all(name.startswith("global:") for name in functions)


def test_console_encoding_is_put_back(code: str) -> None:
    """starship 1810."""
    parts = code.split("finally {")
    assert len(parts) == 3
    for number, part in enumerate(parts):
        sets = part.count("[System.Console]::OutputEncoding =")
        assert sets == (1 if number in (0, len(parts) - 1) else 2)


def test_failure_is_the_last_act(code: str) -> None:
    for body in re.findall(r"^function global:(?:un)?assume \{.*?^\}$", code, re.M | re.S):
        lines = [line.strip() for line in body.strip().splitlines()]
        assert lines[-1] == "}"
        assert lines[-2].startswith("$PSCmdlet.WriteError(")
        assert lines[-3] == "$ErrorActionPreference = 'Ignore'"


@pytest.mark.parametrize("option", ASSUME_OPTIONS, ids=lambda option: option.name)
def test_every_option_is_a_parameter(option, code: str) -> None:  # type: ignore[no-untyped-def]
    name = "".join(part.capitalize() for part in option.name.split("-"))
    if option.name == "verbose":  # A common parameter: declaring it would be an error.
        assert not re.search(r"\]\$Verbose", code)
        assert "$PSBoundParameters.ContainsKey('Verbose')" in code
        assert "'--verbose'" in code
        return
    kind = "switch" if option.is_switch else r"string\[\]" if option.repeatable else "string"
    alias = rf"\[Alias\('{option.letter}'\)\]" if option.letter else ""
    assert re.search(rf"^ {{8}}{alias}\[{kind}\]\${name},$", code, re.MULTILINE)
    assert f"'--{option.name}" in code


def test_parameters_do_not_clash() -> None:
    common = {
        *(
            "verbose",
            "debug",
            "erroraction",
            "warningaction",
            "informationaction",
            "progressaction",
        ),
        *("errorvariable", "warningvariable", "informationvariable", "outvariable", "outbuffer"),
        *(
            "pipelinevariable",
            "vb",
            "db",
            "ea",
            "wa",
            "infa",
            "proga",
            "ev",
            "wv",
            "iv",
            "ov",
            "ob",
            "pv",
        ),
    }
    names = [o.name.replace("-", "") for o in ASSUME_OPTIONS if o.name != "verbose"]
    letters = [o.letter for o in ASSUME_OPTIONS if o.letter and o.name != "verbose"]
    assert len({*names, *letters, "name", "rest"}) == len(names) + len(letters) + 2
    assert not {*names, *letters} & common


def test_c_is_no_beginning_of_chain(code: str) -> None:
    """A parameter is found by its first letters, where these are those of one alone."""
    assert "[Alias('c')]" in code


def test_loading_leaves_no_variable(code: str) -> None:
    """What loops go over at the outermost level stays with the user."""
    assert not re.findall(r"^foreach ", code, re.MULTILINE)
    assert set(re.findall(r"^ {0,4}\$(?!global:)(?:script:)?(\w+) = ", outermost(code))) == set()


def outermost(code: str) -> str:
    """What of the script is in no function and no script block."""
    return re.sub(r"^(?:function .*|.*-ScriptBlock) \{$.*?^\}$", "", code, flags=re.M | re.S)


def test_completions_are_quoted_and_say_something(code: str) -> None:
    """CompletionResult throws at an empty word, list text or tooltip."""
    (made,) = re.findall(r"CompletionResult\]::new\((.*)\)$", code, re.MULTILINE)
    assert made == "(__shellkit_complete_quote ($head + $word)), $word, 'ParameterValue', $said"
    assert "if (-not $said) { $said = $word }" in code


def test_tree_sitter_reads_it(text: str) -> None:
    """A weak stand-in for PowerShell's own parser; it has caught unbalanced brackets."""
    tree_sitter = pytest.importorskip("tree_sitter")
    grammar = pytest.importorskip("tree_sitter_powershell")
    parser = tree_sitter.Parser(tree_sitter.Language(grammar.language()))
    for source in (text, STATEMENTS):
        assert not parser.parse(source.encode()).root_node.has_error


# ---------------------------------------------------------------- running it


@pytest.fixture
def pwsh(tmp_path: Path) -> Bench:
    return bench("powershell", tmp_path)


STRICT = "Set-StrictMode -Version Latest\n$ErrorActionPreference = 'Stop'\n"
REPORT = 'Write-Output "$?|$LASTEXITCODE"\n'


def result_lines(on: Bench, code: str, *, strict: bool = True) -> list[str]:
    result = on.run((STRICT if strict else "") + on.load() + on.load() + code)
    print(result.stderr)  # Is shown where the test fails.
    assert result.status == 0, result.stderr
    return result.stdout.splitlines()


@pytest.mark.pwsh
def test_load_twice_says_nothing(pwsh: Bench) -> None:
    result = pwsh.run(
        STRICT + pwsh.load() + pwsh.load() + "if ($Error.Count) { throw 'left an error' }\n"
    )
    assert (result.status, result.stdout, result.stderr) == (0, "", "")


def dump(on: Bench, name: str) -> str:
    path = POWERSHELL.quote(str(on.folder / name))
    return f'[System.IO.File]::WriteAllText({path}, ((& /usr/bin/env -0) -join "`n"))\n'


@pytest.mark.pwsh
def test_round_trip(pwsh: Bench) -> None:
    code = (
        "[System.Environment]::SetEnvironmentVariable('AWS_PROFILE', 'dev')\n"
        + dump(pwsh, "before")
        + "assume prod\n"
        + REPORT
        + dump(pwsh, "prod")
        + "assume other\n"
        + dump(pwsh, "other")
        + "unassume\n"
        + REPORT
        + dump(pwsh, "after")
        + "unassume\n"
        + REPORT
    )
    assert result_lines(pwsh, code) == ["True|0"] * 3
    before = pwsh.dumped("before")
    assert pwsh.dumped("prod") == with_role(before, ROLE)
    assert pwsh.dumped("other") == with_role(before, OTHER)
    assert pwsh.dumped("after") == before
    assert pwsh.injected() == []


@pytest.mark.pwsh
def test_failure(pwsh: Bench) -> None:
    code = (
        "assume other\n"
        + dump(pwsh, "before")
        + "assume fails\n"
        + REPORT
        + "assume denied || Write-Output fired\n"
        + dump(pwsh, "after")
        + "if ($Error.Count) { Write-Output 'left an error' }\n"
        + "unassume what\n"
        + REPORT
    )
    assert result_lines(pwsh, code) == ["False|4", "fired", "False|2"]
    assert pwsh.dumped("after") == pwsh.dumped("before")


@pytest.mark.pwsh
def test_hostile_values(pwsh: Bench) -> None:
    evil = [
        "it's",
        "O\u2019Brien\u2018\u201a\u201b",
        "$(throw 1)",
        "`n$env:PATH",
        "a\\",
        '"',
        "\u201cx\u201d",
        "-x",
    ]
    change = EnvChange(dict(zip(MANAGED, evil, strict=False)))
    pwsh.answer("evil", POWERSHELL.switch(change, "r'\u2019", "m'\u2019$(throw 2)"))
    result_lines(pwsh, "assume evil\n" + dump(pwsh, "during"))
    seen = pwsh.dumped("during")
    assert {name: seen[name] for name in MANAGED if name in seen} == change.assigned


@pytest.mark.pwsh
def test_shadowed_cmdlets(pwsh: Bench) -> None:
    names = ("Invoke-Expression", "Test-Path", "Remove-Item", "Write-Error", "Get-Item", "Set-Item")
    shadows = "".join(f"function global:{name} {{ throw 'HIJACKED' }}\n" for name in names)
    # Dot-sourcing, since the line that loads is the user's own and uses their Invoke-Expression.
    path = pwsh.folder / "functions.ps1"
    path.write_text(render(POWERSHELL, str(pwsh.exe)), encoding="ascii")
    result = pwsh.run(
        STRICT
        + shadows
        + f". {POWERSHELL.quote(str(path))}\nassume prod\n"
        + REPORT
        + "unassume\n"
        + REPORT
    )
    assert result.stdout.splitlines() == ["True|0", "True|0"], result.stderr


@pytest.mark.pwsh
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("assume prod -Region eu -Duration 90m -Quiet", "--region=eu --duration=90m --quiet prod"),
        ("assume -r eu prod -q -v", "--region=eu --quiet --verbose prod"),
        ("assume -r:eu prod", "--region=eu prod"),
        ("assume --region eu prod", "--region eu prod"),
        ("assume --region eu prod -q", "--quiet --region eu prod"),
        ("assume prod --refresh", "prod --refresh"),
        ("assume prod -Tag a=b,c=d -PolicyArn x", "--tag=a=b --tag=c=d --policy-arn=x prod"),
        ("assume prod -MfaSerial 012345", "--mfa-serial=012345 prod"),
        ("assume -c prod", "-c prod"),
        ("assume -", "-"),
        ("assume -h", "--help"),
        ("assume", ""),
    ],
)
def test_forms(pwsh: Bench, line: str, words: str) -> None:
    path = pwsh.answers / "words"
    pwsh.exe.write_text(f"#!/bin/sh\nshift 4\necho \"$*\" >'{path}'\n")
    result_lines(pwsh, line + "\n")
    assert path.read_text() == f"{words}\n"


@pytest.mark.pwsh
@pytest.mark.parametrize("word", ["*", "p*", "pro?", "[op]rod", "~", "~/x", "dev", "two p*", ""])
def test_no_word_is_a_pattern_of_file_names(word: str, pwsh: Bench) -> None:
    """Outside Windows PowerShell would put files in its place: `prod`, where the shell is."""
    (pwsh.home / "prod").touch()
    path = pwsh.answers / "words"
    pwsh.exe.write_text(f"#!/bin/sh\nshift 4\nprintf '%s|' \"$@\" >'{path}'\n")
    result_lines(pwsh, f"assume {POWERSHELL.quote(word)} -Region {POWERSHELL.quote(word)} p*\n")
    assert path.read_text() == f"--region={word}|{word}|p*|"


@pytest.mark.pwsh
def test_missing_program_is_an_error(pwsh: Bench) -> None:
    pwsh.exe.unlink()
    result = pwsh.run(STRICT + pwsh.load() + "assume prod\n" + REPORT)
    assert result.stdout.splitlines() == ["False|127"], result.stderr
    assert "is not there any more" in result.stderr


# ---------------------------------------------------------------- the prompt


def section(code: str) -> str:
    start = code.index("function global:__shellkit_prompt_settings")
    return code[start : code.index("function global:__shellkit_complete_same")]


def test_the_users_prompt_is_called_first(code: str) -> None:
    """starship 1051 and 3315, mise 10718, atuin 3120: `$?` is lost after any other statement."""
    body = section(code).partition("function global:prompt {")[2]
    assert body.splitlines()[1].strip() == "$text = & $global:__shellkit_prompt_user"


def test_no_word_of_the_user_becomes_code(code: str) -> None:
    """What is put together and run has the words' numbers in it, never the words."""
    start = code.index("$call = {")
    put_together = code[start : code.index("Create($call)")].splitlines()
    assert put_together[0].endswith("'assume' }.ToString()")
    # A word in quotes is no pattern of file names.
    assert put_together[1].strip() == (
        "for ($at = 0; $at -lt $native.Count; $at++) { $call += ' \"$($native[' + $at + '])\"' }"
    )
    assert code.count("scriptblock]::Create") == 1


def test_the_prompt_is_kept_once(code: str) -> None:
    assert "Test-Path -LiteralPath 'variable:global:__shellkit_prompt_user'" in code
    assert code.count("$global:__shellkit_prompt_user = ") == 1


def test_drawing_starts_nothing_and_reads_no_file(code: str) -> None:
    for word in (
        "[System.IO.",
        "Get-Content",
        "Get-Date",
        "Start-Process",
        "Write-Host",
        "LASTEXITCODE",
    ):
        assert word not in section(code)
    # Every call operator runs a script block of our own, or the user's prompt.
    calls = set(re.findall(r"& (\S+)", section(code)))
    assert calls == {"$get", "$global:__shellkit_prompt_user", "$function:prompt"}
    assert section(code).count("& $function:prompt") == 1  # As it is loaded, not as it is drawn.


def in_prompt(on: Bench, code: str, **changes: str) -> list[str]:
    from screen import role

    on.answer("role", POWERSHELL.switch(role(**changes), "target=role", ""))
    own = 'function global:prompt { "[$?]USER> " }\n'
    # No colours: what is compared is the text.
    result = on.run(STRICT + own + on.load() + on.load() + code, env={"NO_COLOR": "1"})
    print(result.stderr)  # Is shown where the test fails.
    assert result.status == 0, result.stderr
    return result.stdout.splitlines()


@pytest.mark.pwsh
def test_prompt(pwsh: Bench) -> None:
    code = "prompt\nassume role\nprompt\nshellkit_prompt -Plain\nunassume\nprompt\n"
    assert in_prompt(pwsh, code + "if ($Error.Count) { 'left an error' }\n") == [
        "[True]USER> ",
        "(prod 111122223333 42m) [True]USER> ",
        "(prod 111122223333 42m) ",
        "[True]USER> ",
    ]


@pytest.mark.pwsh
def test_a_profile_that_is_read_again_keeps_the_segment(pwsh: Bench) -> None:
    """It makes the prompt anew before it loads the functions, and ours is gone."""
    again = "function global:prompt { 'NEW> ' }\n" + pwsh.load()
    code = f"assume role\n{again}prompt\n{again}prompt\nunassume\nprompt\n"
    segment = "(prod 111122223333 42m) "
    assert in_prompt(pwsh, code) == [f"{segment}NEW> ", f"{segment}NEW> ", "NEW> "]


@pytest.mark.pwsh
def test_a_prompt_around_ours_is_left_alone(pwsh: Bench) -> None:
    """As of a virtual environment, or of an editor's terminal: ours is in it once."""
    around = (
        "$global:old = $function:prompt\n"
        "function global:prompt { Write-Host 'said'; '(venv) ' + (& $global:old) }\n"
    )
    code = f"assume role\n{around}{pwsh.load()}prompt\n{pwsh.load()}prompt\n"
    shown = "(venv) (prod 111122223333 42m) [True]USER> "
    assert in_prompt(pwsh, code) == ["said", shown, "said", shown]


@pytest.mark.pwsh
def test_of_several_objects_the_first_is_the_prompt(pwsh: Bench) -> None:
    """As for a prompt that nobody has wrapped."""
    several = "$global:__shellkit_prompt_user = { 'USER> '; 'more'; 3 }\n"
    nothing = "$global:__shellkit_prompt_user = { }\n"
    code = f"{several}prompt\nassume role\nprompt\n{nothing}prompt\n"
    shown = in_prompt(pwsh, code)
    segment = "(prod 111122223333 42m) "
    assert shown == ["USER> ", f"{segment}USER> ", segment]


@pytest.mark.pwsh
def test_prompt_status(pwsh: Bench) -> None:
    code = (
        "assume role\n& /bin/sh -c 'exit 3'\nprompt\n"
        '& /bin/sh -c "exit 3"; $null = prompt\n"code $LASTEXITCODE"\n'
    )
    shown = in_prompt(pwsh, "$PSNativeCommandUseErrorActionPreference = $false\n" + code)
    assert shown == ["(prod 111122223333 42m) [False]USER> ", "code 3"]


@pytest.mark.pwsh
@pytest.mark.parametrize("nasty", ["$(throw 1)", "`n`e[31m", "O\u2019Brien", "{0} $env:PATH"])
def test_prompt_shows_names_as_they_are(nasty: str, pwsh: Bench) -> None:
    shown = in_prompt(pwsh, "assume role\nprompt\n", profile=nasty)
    assert shown == [f"({nasty} 111122223333 42m) [True]USER> "]


@pytest.mark.pwsh
def test_prompt_finds_the_same_names(pwsh: Bench) -> None:
    from test_prompt_hooks import NAMES

    from shellkit.prompt import DEFAULT, matches

    names = [name for name in NAMES if name.isascii()]
    code = "".join(
        f"'[' + (__shellkit_prompt_class {POWERSHELL.quote(f'-{name}-')}) + ']'\n" for name in names
    )
    found = [line == "[production]" for line in in_prompt(pwsh, code)]
    assert found == [matches(DEFAULT.production, name) for name in names]


# ---------------------------------------------------------------- TAB


NAMES = ("acme-prod", "acme-production", "dev", "it's", "my profile", "cost$HOME", "O\u2019Brien")
NAMES += ('quo"te', "back`tick", "été", "@at", "semi;colon", "(paren)", "a,b", "{a}", "#hash")


@pytest.fixture
def tab(pwsh: Bench) -> Callable[[str], list[tuple[str, str, str]]]:
    """What TAB offers at the end of a line, or at the `|` in it: word, list text, tooltip."""
    import sys

    from desk import MAIN
    from test_tab import write_config

    write_config(pwsh.home, NAMES)
    pwsh.exe.write_text(f"#!/bin/sh\nexec '{sys.executable}' -I '{MAIN}' \"$@\"\n")
    loaded = STRICT + pwsh.load()

    def offered(line: str) -> list[tuple[str, str, str]]:
        at = line.index("|") if "|" in line else len(line)
        text = POWERSHELL.quote(line.replace("|", ""))
        code = (
            f"$found = (TabExpansion2 -inputScript {text} -cursorColumn {at}).CompletionMatches\n"
            "foreach ($one in $found) {"
            " $shown = @($one.CompletionText, $one.ListItemText, $one.ToolTip);"
            " [string]::Join([string][char]9, $shown) }\n"
        )
        result = pwsh.run(loaded + code)
        assert (result.status, result.stderr) == (0, "")
        return [tuple(line.split("\t")) for line in result.stdout.splitlines()]  # type: ignore[misc]

    return offered


Offered = Callable[[str], list[tuple[str, str, str]]]


@pytest.mark.pwsh
@pytest.mark.parametrize("name", NAMES)
def test_tab_quotes_names(name: str, tab: Offered) -> None:
    wanted = name if re.fullmatch(r"[A-Za-z0-9_.:/+=-]+", name) else POWERSHELL.quote(name)
    for typed in (POWERSHELL.quote(name), POWERSHELL.quote(name)[:-1], POWERSHELL.quote(name[:-1])):
        assert wanted in [word for word, _, _ in tab(f"assume {typed}")], typed


@pytest.mark.pwsh
def test_tab_finds_by_a_few_letters(tab: Offered) -> None:
    assert [word for word, _, _ in tab("assume prction")] == ["acme-production"]
    assert [word for word, _, _ in tab("assume cmprd")] == ["acme-prod", "acme-production"]
    assert [word for word, _, _ in tab("assume acme")] == ["acme-prod", "acme-production"]
    assert tab("assume de") == [("dev", "dev", "111122220002 Role2")]


@pytest.mark.pwsh
def test_tab_after_options(tab: Offered) -> None:
    for line in (
        "assume --region eu-west-1 de",
        "assume -Region eu-west-1 de",
        "assume -r eu-west-1 -Quiet de",
        "assume -sessionn me de",
        "$x = assume de",
        "assume de| -Region eu-west-1",
        "assume de| --region eu-west-1",
    ):
        assert [word for word, _, _ in tab(line)] == ["dev"], line


@pytest.mark.pwsh
def test_tab_options_regions_and_roles(tab: Offered) -> None:
    assert ("--region", "--region") in [found[:2] for found in tab("assume --reg")]
    assert all(said for _, _, said in tab("assume --"))
    for line in ("assume --region eu-west", "assume -Region eu-west", "assume -r eu-west"):
        assert "eu-west-3" in [word for word, _, _ in tab(line)], line
    assert [word for word, _, _ in tab("assume --region=euw3")] == ["--region=eu-west-3"]
    assert [word for word, _, _ in tab("assume 111122220002:")] == ["111122220002:Role2"]


@pytest.mark.pwsh
def test_tab_of_shellkit(tab: Offered) -> None:
    assert [word for word, _, _ in tab("shellkit uni")] == ["uninstall"]
    assert [word for word, _, _ in tab("shellkit init power")] == ["powershell"]
    assert [word for word, _, _ in tab("shellkit init --no-c")] == ["--no-completion"]
    assert [word for word, _, _ in tab("shellkit ini| powershell")] == ["init"]
