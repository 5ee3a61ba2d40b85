"""The lines of an INI file and what each one is, for errors and findings.

``ini`` gives values but no line numbers. This goes over the same text with the same
rules as ``configparser`` (which line continues a value, what is a header), never
fails, and is only used when something has to be said about a file.
"""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER, OPTION, CONTINUED = "header", "option", "continued"
#: Faults: ``configparser`` refuses a file with any of these.
BEFORE_HEADER, NO_DELIMITER, NO_KEY = "before-header", "no-delimiter", "no-key"


@dataclass(frozen=True)
class Line:
    """One line that is neither blank nor a comment. ``number`` counts from 1.

    ``section`` is the header that it is or that it stands under, ``key`` the lower-case
    key that it sets or continues, ``text`` its value (for a header, what follows it).
    """

    number: int
    kind: str
    section: str
    key: str
    text: str
    indented: bool = False

    def __repr__(self) -> str:
        return f"Line({self.number}, {self.kind})"


def scan(text: str) -> Iterator[Line]:
    r"""The lines of ``text``, which end in ``\n``."""
    section: str | None = None
    key = ""
    depth = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        clean = raw.strip()
        if not clean or clean[0] in "#;":
            continue
        indent = len(raw) - len(raw.lstrip())
        if key and section is not None and indent > depth:
            yield Line(number, CONTINUED, section, key, clean, indented=True)
            continue
        depth = indent
        end = clean.rfind("]")
        if clean[0] == "[" and end > 1:
            section, key = clean[1:end], ""
            yield Line(number, HEADER, section, "", clean[end + 1 :], indented=indent > 0)
        elif section is None:
            yield Line(number, BEFORE_HEADER, "", "", clean)
        else:
            line = _option(number, section, clean, indented=indent > 0)
            key = key if line.kind == NO_DELIMITER else line.key
            yield line


def _option(number: int, section: str, clean: str, *, indented: bool) -> Line:
    ends = [at for at in (clean.find("="), clean.find(":")) if at >= 0]
    if not ends:
        return Line(number, NO_DELIMITER, section, "", clean, indented)
    key = clean[: min(ends)].rstrip().lower()
    value = clean[min(ends) + 1 :].strip()
    return Line(number, OPTION if key else NO_KEY, section, key, value, indented)


def line_of(text: str, header: str, key: str | None) -> int | None:
    """The line of ``key`` in ``[header]``, or that of the header itself.

    A key that the section only inherits is found in ``[DEFAULT]``.
    """
    header_line = inherited = None
    for line in scan(text):
        if line.kind == HEADER and line.section == header:
            header_line = line.number
        if line.kind == OPTION and line.key == key:
            if line.section == header:
                return line.number
            if line.section == "DEFAULT":
                inherited = line.number
    return inherited or header_line
