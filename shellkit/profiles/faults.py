"""Why a config file is refused: the line, the key, and how to mend it.

The messages of ``configparser`` are of no use here: they quote raw lines, which may
hold secrets, and some name no line. So the file is gone over once more.
"""

from __future__ import annotations

from shellkit.errors import ConfigError
from shellkit.profiles import scan, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from shellkit.profiles.scan import Line


def explain(text: str, file: str) -> ConfigError:
    """The first fault of ``text``, which botocore refuses, as an error to raise."""
    sections: dict[str, int] = {}
    options: dict[tuple[str, str], Line] = {}
    for line in scan.scan(text):
        if line.kind == scan.HEADER:
            error = _header(line, file, sections)
        elif line.kind == scan.OPTION:
            error = _option(line, file, options)
        elif line.kind == scan.CONTINUED:
            error = _continued(line, file, options[line.section, line.key])
        else:
            error = _malformed(line, file)
        if error is not None:
            return error
    return ConfigError("the file cannot be parsed", "Check its form.", file=file)


def _header(line: Line, file: str, sections: dict[str, int]) -> ConfigError | None:
    first = sections.setdefault(line.section, line.number)
    if first == line.number or line.section == "DEFAULT":
        return None
    return ConfigError(
        f"{_title(line)} is here twice, first on line {first}",
        "Merge the two sections, or rename one of them.",
        file=file,
        line=line.number,
    )


def _option(line: Line, file: str, options: dict[tuple[str, str], Line]) -> ConfigError | None:
    first = options.setdefault((line.section, line.key), line)
    if first is line:
        return None
    return ConfigError(
        f"{_title(line)} sets this key twice, first on line {first.number}",
        "Remove one of the two lines.",
        file=file,
        line=line.number,
        key=shown.key(line.key),
    )


def _continued(line: Line, file: str, option: Line) -> ConfigError | None:
    if option.text or all("=" in part for part in line.text.splitlines() if part.strip()):
        return None
    return ConfigError(
        f"this line, in the block under line {option.number} of {_title(line)}, has no '='",
        "Write it as 'name = value', or remove it.",
        file=file,
        line=line.number,
        key=shown.key(line.key),
    )


def _malformed(line: Line, file: str) -> ConfigError:
    if line.text.startswith("[") and line.kind != scan.NO_KEY:
        what, fix = "this header is not complete", "Write it as [profile NAME]."
    elif line.kind == scan.BEFORE_HEADER:
        what = "this line stands before the first section"
        fix = "Put a header such as [default] above it."
    elif line.kind == scan.NO_KEY:
        what, fix = f"a line in {_title(line)} has no key before its '='", "Add the key."
    else:
        what = f"a line in {_title(line)} has a key without a value"
        fix = "Write it as 'key = value', or remove it."
    return ConfigError(what, fix, file=file, line=line.number, key=_bare_key(line))


def _bare_key(line: Line) -> str | None:
    return shown.bare_key(line.text) if line.kind == scan.NO_DELIMITER else None


def _title(line: Line) -> str:
    return f"[{shown.name(line.section)}]"
