"""What TAB offers, as data: the words of the command line, the profiles, the roles.

It goes into the index (:mod:`shellkit.profiles.index`), which the shells read. So the
functions in the shells know nothing of our options; they only know how a table is read.
"""

from __future__ import annotations

import os

from shellkit.environment import has_control_character
from shellkit.errors import ConfigError
from shellkit.profiles import index, reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from shellkit.options import Argument, Option
    from shellkit.profiles.index import Sources
    from shellkit.profiles.model import Profiles
    from shellkit.profiles.paths import Get

#: What may stand for the value of an option or an argument, by its name in the help.
#: Profiles are the third part of the index; targets are those and the known roles.
_KINDS = {
    "NAME": "targets",
    "PROFILE": "profiles",
    "REGION": "regions",
    "TIME": "durations",
    "JSON|@FILE": "files",
    "FILE": "files",
}
#: The file from which the words of the command line come.
_PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "options.py")

_NOTHING = "nothing"
_SUBCOMMAND = ">"

#: What names of roles (with their paths) and of regions have in them.
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+=,.@-_/")

_DURATIONS = (
    ("15m", "15 minutes, the shortest that AWS gives"),
    ("30m", "30 minutes"),
    ("1h", "1 hour, the longest for a role assumed from another role"),
    ("2h", "2 hours"),
    ("4h", "4 hours"),
    ("8h", "8 hours"),
    ("12h", "12 hours, the longest that AWS gives"),
)


def watch(get: Get, home: str) -> Sources:
    """The state of all that the index is made from. To be asked *before* the profiles are read."""
    return index.Sources(get, home, _PROGRAM)


def up_to_date(get: Get, home: str, cache: str) -> str | None:
    """The path of the index, made anew where it does not hold; ``None`` where it cannot be."""
    sources = watch(get, home)
    path = index.fresh(cache, sources)
    if path is not None:
        return path
    try:
        return _write(cache, sources, reader.load(get, home))
    except ConfigError:
        # TAB is no place to complain. `assume` does, with file and line.
        return _write(cache, sources, reader.parse(""))


def remember(cache: str, sources: Sources, profiles: Profiles) -> None:
    """Write the index for ``profiles``, which were read since ``sources``, unless it holds."""
    if index.fresh(cache, sources) is None:
        _write(cache, sources, profiles)


def _write(cache: str, sources: Sources, profiles: Profiles) -> str | None:
    described = sorted(_described(profiles))
    parts: list[Iterable[str]] = [
        [*words(), *_letters(described)],
        [name for name, *_ in described],
        _roles(described),
        [f"{name}\t{said}" for name, said, _ in described],
    ]
    try:
        return index.write(cache, sources, parts)
    except OSError:
        return None


def _letters(described: Iterable[tuple[str, str, str | None]]) -> list[str]:
    """Says where no name has a capital letter: matching is twice as quick then."""
    capitals = any(name != name.lower() for name, *_ in described)
    return [] if capitals else ["profiles\tlower-case\t\t"]


def _roles(described: Sequence[tuple[str, str, str | None]]) -> list[str]:
    by_role: dict[str, str] = {}
    for name, _, role in described:
        if role:
            by_role.setdefault(role, name)
    return [f"{role}\t{name}" for role, name in sorted(by_role.items())]


# The words of the command line


def words() -> list[str]:
    """The lines of the second part: ``scope TAB word TAB kind TAB description``.

    The scope is ``assume``, ``shellkit``, ``shellkit COMMAND`` or the name of a kind. The
    word of an argument is its place, from 1 on. The kind is empty for a switch.
    """
    from shellkit import options
    from shellkit.credentials.partitions import regions

    lines = [*_scope("assume", options.ASSUME_OPTIONS, (options.ASSUME_TARGET,))]
    lines += _scope("unassume", (options.HELP,), ())
    lines += ["shellkit\t--version\t\tprint the version", "shellkit\t--help\t\tshow the commands"]
    for entry in options.COMMANDS:
        if not entry.hidden:
            lines.append(f"shellkit\t{entry.name}\t{_SUBCOMMAND}\t{_said(entry.summary)}")
            lines += _scope(f"shellkit {entry.name}", entry.options, entry.arguments)
    lines += [f"regions\t{name}\t\t{_said(said)}" for name, said in regions()]
    lines += [f"durations\t{name}\t\t{said}" for name, said in _DURATIONS]
    return lines


def _scope(
    scope: str, its_options: Iterable[Option], arguments: Iterable[Argument]
) -> Iterator[str]:
    for option in its_options:
        kind, said = "", _said(option.help)
        if not option.is_switch:
            # The NAME that an option takes is one that a person makes up.
            metavar = "" if option.metavar == "NAME" else option.metavar or ""
            kind = _kind(metavar, option.choices, f"{scope} {option.name}")
        if option.letter:
            yield f"{scope}\t-{option.letter}\t{kind}\t{said}"
        yield f"{scope}\t--{option.name}\t{kind}\t{said}"
        yield from (f"{scope} {option.name}\t{choice}\t\t" for choice in option.choices)
    for place, argument in enumerate(arguments, start=1):
        kind = _kind(argument.name, argument.choices, f"{scope} {place}")
        yield f"{scope}\t{place}\t{kind}\t{_said(argument.help)}"
        yield from (f"{scope} {place}\t{choice}\t\t" for choice in argument.choices)


def _kind(metavar: str, choices: tuple[str, ...], own: str) -> str:
    return own if choices else _KINDS.get(metavar, _NOTHING)


def _said(text: str) -> str:
    return " ".join(text.split())


# Profiles


def _described(profiles: Profiles) -> Iterator[tuple[str, str, str | None]]:
    """Of each profile its name, what is shown beside it, and its role as ``ACCOUNT:ROLE``."""
    config, credentials = profiles.files
    for name in profiles:
        # One that begins with a dash would be taken for an option.
        if name[:1] in ("", "-") or (not name.isprintable() and has_control_character(name)):
            continue
        header = profiles.header(name)
        found = {} if header is None else config.sections[header]
        own = credentials.sections.get(name)
        if own:
            found = {**found, **own}
        yield name, *_description(found)


def _description(found: Mapping[str, object]) -> tuple[str, str | None]:
    account, role, path = _account_and_role(found)
    region = _text(found, "region")
    said = f"{account} {role}" if account and role else account or role or _means(found)
    if region and len(region) <= 30 and _PLAIN.issuperset(region):
        said = f"{said}, {region}" if said else region
    return said, f"{account}:{path}" if account and path else None


def _account_and_role(found: Mapping[str, object]) -> tuple[str, str, str]:
    """The account's number, the role's name, and that with its path; empty for what is not known.

    Only what has the form of such: a file can have a secret at any place.
    """
    arn = found.get("role_arn")
    if isinstance(arn, str):
        start, role, path = arn.partition(":role/")
        account = start[-12:]
        name = path.rpartition("/")[2]
        is_role = start[:7] == "arn:aws" and start[-18:-12] == ":iam::"
        if role and is_role and account.isdigit() and name and _PLAIN.issuperset(path):
            return account, name, path
        return "", "", ""
    account, role = _text(found, "sso_account_id"), _text(found, "sso_role_name")
    known = len(account) == 12 and account.isdigit()
    return account if known else "", role if len(role) <= 32 and _PLAIN.issuperset(role) else "", ""


def _means(found: Mapping[str, object]) -> str:
    """How a profile without a role comes by its credentials."""
    if "aws_access_key_id" in found:
        return "access key"
    if "credential_process" in found:
        return "from a program"
    return "sign-in" if "login_session" in found else ""


def _text(found: Mapping[str, object], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""
