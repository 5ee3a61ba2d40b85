"""What the documents say exists: links, commands, variables, exit codes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from shellkit import options, words
from shellkit.environment import BASE_PREFIX, MANAGED
from shellkit.errors import AwsError, ConfigError, PersonNeededError, ShellkitError, UsageError
from shellkit.request_words import request_of

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
#: Those whose commands are for users to type.
FOR_USERS = [ROOT / "README.md", ROOT / "docs" / "guide.md", ROOT / "docs" / "reference.md"]

#: 127 is the shell's own, where a program is not there.
EXIT_CODES = {0, 127, 130} | {
    error.exit_code for error in (AwsError, ConfigError, PersonNeededError, UsageError)
}
#: Variables of AWS that shellkit leaves to botocore.
BOTOCORE_READS = {"AWS_CA_BUNDLE"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


pages = pytest.mark.parametrize("page", PAGES, ids=name_of)
pages_for_users = pytest.mark.parametrize("page", FOR_USERS, ids=name_of)


# --- Links -------------------------------------------------------------------

FENCE = re.compile(r"^(```+)([^\n]*)\n(.*?)^\1 *$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    """Without code blocks."""
    return FENCE.sub("", text_of(page))


def anchors_of(page: Path) -> set[str]:
    """The anchors that GitHub makes of headings."""
    found = set()
    for heading in HEADING.findall(prose_of(page)):
        plain = LINK.sub(lambda link: link[0].partition("]")[0].lstrip("!["), heading)
        found.add(re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-"))
    return found


@pages
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for link in LINK.findall(prose_of(page)):
        if re.match(r"[a-z]+:", link):
            continue
        where, _, anchor = link.partition("#")
        target = (page.parent / where).resolve() if where else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            dead.append(link)
    assert not dead


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [("## Caches and --refresh", "caches-and---refresh"), ("## `assume`", "assume")],
)
def test_anchors_are_githubs(tmp_path: Path, heading: str, anchor: str) -> None:
    (tmp_path / "page.md").write_text(heading + "\n", encoding="utf-8")
    assert anchors_of(tmp_path / "page.md") == {anchor}


# --- Commands ----------------------------------------------------------------

CALL = re.compile(
    r"(?:(?<=^)|(?<=\$\()|(?<=; then )|(?<=&& )|(?<=\|\| ))(assume|unassume|shellkit) "
)
#: Arguments of commands, as their usage names them.
WORDS = {"ACTION": "list", "[NAME]": "", "[WHAT]": ""}
#: What stands for a word of the user's.
PLACES = {"SHELL": "bash", "[SHELL]": "bash", "[OPTION...]": "", "...": "", **WORDS}


def code_of(page: Path) -> Iterator[tuple[str, str]]:
    """Each line that somebody is to type, with its language: ``sh`` or ``powershell``."""
    for _, language, body in FENCE.findall(text_of(page)):
        for line in body.splitlines():
            if language == "console":
                if line.startswith("$ "):
                    yield "sh", line[2:]
            elif language in ("sh", "bash", "zsh", "powershell"):
                yield "powershell" if language == "powershell" else "sh", line.strip()
    for line in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose_of(page)):
        yield "sh", line.replace("\\|", "|")


def calls_of(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Each call of ours in ``page``, as its language and its words."""
    for language, line in code_of(page):
        for found in CALL.finditer(line):
            rest = re.split(r"[|;)]| && | \|\| ", line[found.start() :])[0]
            lexer = shlex.shlex(rest, posix=True, punctuation_chars=False)
            lexer.whitespace_split, lexer.commenters = True, "#"
            yield language, [word for word in (PLACES.get(w, w) for w in lexer) if word]


def gnu(given: list[str]) -> list[str]:
    """PowerShell's names of options as the function hands them on."""
    known = {
        "-" + "".join(part.capitalize() for part in each.name.split("-")): f"--{each.name}"
        for each in options.ASSUME_OPTIONS
    }
    found: list[str] = []
    for word in given:
        if word.endswith(","):  # An array: the first of several values.
            found += [word.rstrip(","), found[-1]]
        else:
            found.append(known.get(word, word))
    return found


def parse(command: list[str]) -> None:
    """Raise :class:`ShellkitError` where the program would."""
    name, *given = command
    if name == "shellkit":
        if given[0] in ("--version", "--help"):
            return
        if given[0] == "env":
            assert given[1:4:2] == ["--shell", "assume"]
            name, given = "assume", given[4:]
    if name == "unassume":
        assert given in ([], ["--help"])
    elif name == "assume":
        parser = words.make_parser(
            "assume", "", options.ASSUME_OPTIONS, (options.ASSUME_TARGET,), ""
        )
        parsed = words.parse(parser, given)
        if parsed is not None:
            parsed.policy = None  # The file is the user's.
            request_of(parsed)
    else:
        chosen = options.command(given[0])
        assert chosen is not None, f"no command {given[0]}"
        words.parse(words.parser_for(chosen), given[1:])


@pages_for_users
def test_commands_are_taken_by_the_parser(page: Path) -> None:
    calls = list(calls_of(page))
    assert calls
    wrong = []
    for language, call in calls:
        try:
            parse(gnu(call) if language == "powershell" else call)
        except (ShellkitError, AssertionError) as error:
            wrong.append(f"{shlex.join(call)}: {error}")
    assert not wrong


def test_a_wrong_command_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text('Say `assume prod --bogus`:\n```sh\neval "$(shellkit init tcsh)"\n```\n')
    for _, call in calls_of(page):
        with pytest.raises(UsageError):
            parse(call)
    assert len(list(calls_of(page))) == 2


@pages_for_users
def test_options_that_are_named_exist(page: Path) -> None:
    known = {f"--{each.name}" for each in options.ASSUME_OPTIONS}
    known |= {f"--{each.name}" for command in options.COMMANDS for each in command.options}
    others = {"--version", "--profile"}  # shellkit's own, and the AWS CLI's.
    named = set(re.findall(r"`(--[a-z-]+)", prose_of(page)))
    assert named <= known | others


# --- Variables and exit codes ------------------------------------------------


@cache
def source() -> str:
    files = [ROOT / "dev", *ROOT.glob("shellkit/**/*.py"), *ROOT.glob("tests/**/*.py")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file != Path(__file__))


@pages
def test_variables_that_are_named_exist(page: Path) -> None:
    named = set(re.findall(r"\b(?:AWS|AWSUME|SHELLKIT)_[A-Z][A-Z_]*[A-Z]\b", text_of(page)))
    known = set(MANAGED) | {BASE_PREFIX + name for name in MANAGED} | BOTOCORE_READS
    known |= {BASE_PREFIX + "NAME", BASE_PREFIX.rstrip("_")}
    unknown = {name for name in named - known if name not in source()}
    assert not unknown


@pages
def test_exit_codes_that_are_named_exist(page: Path) -> None:
    named = re.findall(r"\b(?:exit code|ends? with|ended with) `?(\d+)\b", prose_of(page), re.I)
    assert {int(code) for code in named} <= EXIT_CODES


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "docs" / "reference.md"], ids=name_of)
def test_tables_of_exit_codes_have_all_of_them(page: Path) -> None:
    rows = {int(code) for code in re.findall(r"^\| `?(\d+)`? \|", prose_of(page), re.MULTILINE)}
    assert rows | {0, 127} == EXIT_CODES
