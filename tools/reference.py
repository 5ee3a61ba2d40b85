"""Write the tables of docs/reference.md from the program's own lists.

Each table stands between two marks, `<!-- NAME: ... -->` and `<!-- end of NAME -->`;
what is outside the marks is written by hand and stays as it is.

    python tools/reference.py            # writes the tables
    python tools/reference.py --check    # exit 1 if they would change
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # This checkout's lists, not an installed package's.

from shellkit import errors, options, prompt, settings  # noqa: E402
from shellkit.environment import CLEARED, SECRET, SET  # noqa: E402

PAGE = ROOT / "docs" / "reference.md"

#: What each variable holds while a role is active.
HOLDS = {
    "AWS_ACCESS_KEY_ID": "the access key",
    "AWS_SECRET_ACCESS_KEY": "the secret key",
    "AWS_SESSION_TOKEN": "the session token; unset for static keys",
    "AWS_REGION": "the region",
    "AWS_DEFAULT_REGION": "the same, for tools that read only this one",
    "AWS_CREDENTIAL_EXPIRATION": "when the session ends: `2030-01-31T12:00:00Z`;"
    " unset for static keys",
    "AWSUME_PROFILE": "the name, for prompts: starship and powerlevel10k show it, no SDK reads it",
    "SHELLKIT_PROFILE": "the name: a profile, or `ACCOUNT:ROLE`",
    "SHELLKIT_ACCOUNT_ID": "the account's number, where it is known",
    "SHELLKIT_ROLE": "the role's name, without its path; unset for static keys",
    "SHELLKIT_EXPIRES": "when the session ends, in seconds since 1970; unset for static keys",
}

#: What each variable would do to the programs that read it.
WOULD = {
    "AWS_PROFILE": "would go before the keys in some tools; set in mode `profile`",
    "AWS_DEFAULT_PROFILE": "its older name, still read by the AWS CLI and boto3",
    "AWS_SECURITY_TOKEN": "the session token's older name: boto3 reads it first",
    "AWS_SESSION_EXPIRATION": "another tool's expiry, shown by prompts",
    "AWS_ROLE_ARN": "would make SDKs assume this role by web identity",
    "AWS_ROLE_SESSION_NAME": "the session name for it",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "the token for it",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "credentials of an ECS task",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "credentials of a container, or of a local server",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "the password for them",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "the file with that password",
    "AWS_CREDENTIAL_FILE": "a file with keys, read by old tools",
    "AWS_ACCOUNT_ID": "the account of other credentials, which SDKs put into endpoints",
    "AWSUME_EXPIRATION": "another tool's expiry, shown by prompts",
}


# --- Tables ------------------------------------------------------------------


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; a bar in a cell is escaped."""
    lines = [list(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def commands() -> str:
    """The commands of `shellkit`."""
    shown = (entry for entry in options.COMMANDS if not entry.hidden)
    return table(("command", "does"), ((f"`{_usage(each)}`", each.summary) for each in shown))


def assume() -> str:
    """The options of `assume`."""
    return table(
        ("option", "in PowerShell also", "does"),
        (
            (_spelled(each), f"`-{_camel(each.name)}`", _help(each))
            for each in options.ASSUME_OPTIONS
        ),
    )


def command_options() -> str:
    """The options of the commands of `shellkit`."""
    return table(
        ("command", "option", "does"),
        (
            (f"`{entry.name}`", _spelled(each), _help(each))
            for entry in options.COMMANDS
            if not entry.hidden
            for each in entry.options
            if each.name != "help"
        ),
    )


def variables_set() -> str:
    """The variables that are set."""
    return table(("variable", "holds"), _variables(SET, HOLDS))


def variables_cleared() -> str:
    """The variables that are cleared."""
    return table(("variable", "why"), _variables(CLEARED, WOULD))


def exit_codes() -> str:
    """The exit codes, from the table in :mod:`shellkit.errors`."""
    rows = re.findall(r"^(\d+) +(\S.*)$", errors.__doc__ or "", re.MULTILINE)
    return table(("code", "means"), ((f"`{code}`", meaning) for code, meaning in rows))


def settings_keys() -> str:
    """The keys of config.toml, from the docstring of its dataclass."""
    return _keys(settings.Settings)


def prompt_keys() -> str:
    """The keys of its table [prompt]."""
    return _keys(prompt.Prompt)


def _keys(kind: type[settings.Settings | prompt.Prompt]) -> str:
    said = dict(re.findall(r"^ *``(\w+)``: (.+)$", kind.__doc__ or "", re.MULTILINE))
    return table(
        ("key", "default", "does"),
        (
            (f"`{each.name}`", _default(each.default), said[each.name].replace("``", "`"))
            for each in fields(kind)
        ),
    )


TABLES: dict[str, Callable[[], str]] = {
    "commands": commands,
    "options of assume": assume,
    "options of the commands": command_options,
    "variables that are set": variables_set,
    "variables that are cleared": variables_cleared,
    "exit codes": exit_codes,
    "settings": settings_keys,
    "settings of the prompt": prompt_keys,
}


def _usage(entry: options.Command) -> str:
    words = ["shellkit", entry.name]
    words += [each.name if each.required else f"[{each.name}]" for each in entry.arguments]
    return " ".join(words)


def _spelled(option: options.Option) -> str:
    value = "" if option.is_switch else f" {option.metavar}"
    names = [f"-{option.letter}"] if option.letter else []
    return ", ".join(f"`{name}{value}`" for name in (*names, f"--{option.name}"))


def _help(option: options.Option) -> str:
    more = [f"one of {', '.join(f'`{word}`' for word in option.choices)}"] if option.choices else []
    more += ["may be given more than once"] if option.repeatable else []
    return "; ".join([option.help, *more])


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


def _variables(names: Iterable[str], said: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name in names:
        yield f"`{name}`", said[name] + (" (secret)" if name in SECRET else "")


def _default(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        pairs = all(isinstance(each, tuple) for each in value)
        inner = ", ".join(f'{each[0]} = "{each[1]}"' if pairs else f'"{each}"' for each in value)
        return f"`{{ {inner} }}`" if value and pairs else f"`[{inner}]`" if value else ""
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


# --- The page ----------------------------------------------------------------


def filled(page: str) -> str:
    """``page`` with its tables written anew. ``ValueError`` where a mark is missing."""
    for name, make in TABLES.items():
        begin = f"<!-- {name}: made by tools/reference.py -->"
        end = f"<!-- end of {name} -->"
        before, first, rest = page.partition(begin)
        _, last, after = rest.partition(end)
        if not first or not last:
            raise ValueError(f"{PAGE.name} has no place for the table of {name}")
        page = f"{before}{begin}\n{make()}\n{end}{after}"
    return page


def main(argv: list[str]) -> int:
    """Write the page, or compare it (``--check``); the exit code."""
    page = PAGE.read_text(encoding="utf-8")
    wanted = filled(page)
    if page == wanted:
        return 0
    print(PAGE.relative_to(ROOT))
    if "--check" in argv:
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
