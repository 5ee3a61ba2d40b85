"""What AWS tools read otherwise than its writer meant: as data, for messages and ``doctor``.

None of this stops a file from being read, as it stops no AWS tool. Each rule is from
``botocore/configloader.py`` or ``configparser``.
"""

from __future__ import annotations

from dataclasses import dataclass

from shellkit.profiles import headers, scan, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shellkit.profiles.model import File, Profiles
    from shellkit.profiles.scan import Line

#: Keys whose values may have a `` #`` or `` ;`` in them.
_FREE_TEXT = frozenset(("ca_bundle", "credential_process", "web_identity_token_file"))

#: Sections of the config file that are not profiles and are not meant as such.
_NO_PROFILES = frozenset(("DEFAULT", "default", "plugins", "preview"))


@dataclass(frozen=True)
class Finding:
    """Something that AWS tools read otherwise than it looks. ``line`` counts from 1."""

    file: str
    line: int
    message: str
    fix: str


@dataclass(frozen=True)
class Dropped:
    """A section that looks like a profile and is none. ``name_guess`` is what it was meant as."""

    name_guess: str
    file: str
    line: int
    why: str
    fix: str


def findings(profiles: Profiles) -> tuple[Finding, ...]:
    """All findings in both files, the config file's first, each file's in the order of lines."""
    config, credentials = profiles.files
    found = [
        *(
            Finding(each.file, each.line, f"this is no profile: {each.why}", each.fix)
            for each in profiles.dropped
        ),
        *_headers_of_config(profiles, config),
        *_lines(config),
        *_lines(credentials),
    ]
    order = {config.path: 0, credentials.path: 1}
    return tuple(sorted(found, key=lambda each: (order[each.file], each.line)))


def dropped(profiles: Profiles) -> tuple[Dropped, ...]:
    """The sections of both files that look like profiles and are none."""
    config, credentials = profiles.files
    return (*_dropped_in_config(config), *_dropped_in_credentials(credentials))


def _dropped_in_config(file: File) -> Iterator[Dropped]:
    for line in _header_lines(file):
        header = line.section
        if headers.kind_and_name(header) is not None or header in _NO_PROFILES:
            continue
        guess, why = _meant(header, file)
        if guess:
            fix = f"Write it as {shown.name(headers.written(guess))}."
            yield Dropped(guess, file.path, line.number, why, fix)


def _meant(header: str, file: File) -> tuple[str, str]:
    """The profile that a dropped ``header`` was meant to be (``""``: none), and why it is none."""
    first, _, rest = header.strip().partition(" ")
    rest = rest.strip()
    if header.startswith(headers.PROFILE):
        words = headers.split(header)
        return rest, (
            "its name has spaces and no quotes" if words else "a quote in its header stays open"
        )
    if first.lower() == headers.PROFILE:
        words = headers.split(rest)
        lower = first == headers.PROFILE
        why = "there is a space before 'profile'" if lower else "'profile' must be in lower case"
        return (words[0] if len(words) == 1 else rest), why
    other = header.startswith((headers.SSO_SESSION, headers.SERVICES))
    if other or shown.KNOWN.isdisjoint(file.sections[header]):
        return "", ""
    return header.strip(), "in the config file, the header of a profile starts with 'profile'"


def _dropped_in_credentials(file: File) -> Iterator[Dropped]:
    for line in _header_lines(file):
        words = headers.split(line.section)
        if len(words) == 2 and words[0].lower() == headers.PROFILE:
            yield Dropped(
                words[1],
                file.path,
                line.number,
                "in the credentials file, a header is the name alone",
                f"Write it as [{shown.name(words[1])}].",
            )


def _headers_of_config(profiles: Profiles, file: File) -> Iterator[Finding]:
    """Headers that are read, but not as they look."""
    for line in _header_lines(file):
        header = line.section
        found = headers.kind_and_name(header)
        if header == "DEFAULT":
            yield Finding(
                file.path,
                line.number,
                "[DEFAULT] in capitals is no profile: every section inherits its keys",
                "Write [default], if you mean the default profile.",
            )
        if found is None:
            continue
        kind, name = found
        winner = profiles.header(name) if kind == headers.PROFILE else header
        if winner != header:
            yield Finding(
                file.path,
                line.number,
                f"nothing of this section counts: [{shown.name(str(winner))}] is the same profile",
                "Merge the two sections.",
            )
        yield from _odd_header(file, line, kind, name)


def _odd_header(file: File, line: Line, kind: str, name: str) -> Iterator[Finding]:
    header = line.section
    fix = headers.written(name) if kind == headers.PROFILE else f"[{kind} {name}]"
    if header != "default" and headers.split(header)[0] != kind:
        read = f"[{kind} {shown.name(name)}]"
        message = f"the AWS CLI reads this header as {read}, other tools do not"
    elif "\\" in header and name == header.partition(" ")[2].replace("\\", ""):
        if " " in name:  # An escaped space is what its writer meant.
            return
        message = f"the backslash is dropped: this is the profile {shown.name(name)}"
    else:
        return
    yield Finding(file.path, line.number, message, f"Write it as {shown.name(fix)}.")


def _lines(file: File) -> Iterator[Finding]:
    """Values that are read, but not as they look."""
    option: Line | None = None
    for line in scan.scan(file.text):
        if line.kind == scan.OPTION:
            option = line
            if _is_commented(line):
                yield Finding(
                    file.path,
                    line.number,
                    f"the comment is part of the value of {line.key}",
                    "Put the comment on a line of its own.",
                )
        elif line.kind == scan.CONTINUED and option is not None and option.text:
            yield Finding(
                file.path,
                line.number,
                f"this indented line is part of the value on line {option.number}",
                "Remove the spaces before it.",
            )


def _is_commented(line: Line) -> bool:
    checked = line.key in shown.KNOWN - _FREE_TEXT
    return checked and (" #" in line.text or " ;" in line.text)


def _header_lines(file: File) -> Iterator[Line]:
    return (line for line in scan.scan(file.text) if line.kind == scan.HEADER)
