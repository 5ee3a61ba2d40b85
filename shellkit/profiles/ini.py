r"""From the text of an INI file to its sections, as ``botocore.configloader`` makes them.

botocore uses ``configparser.RawConfigParser``, which takes hundreds of milliseconds
for thousands of profiles. So there are two readers. ``read_plain`` knows the form
that nearly all files have, and gives up (``None``) at the first thing outside of it;
then ``read_any``, which *is* ``RawConfigParser``, decides. A property test holds both
to the same result.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Values = dict[str, str | dict[str, str]]
    Sections = dict[str, Values]


def read(text: str) -> Sections:
    r"""The sections of ``text`` (lines end in ``\n``), by their header's inner text.

    A value is text, or a mapping where it is an indented block. Raises ``ValueError``
    or ``configparser.Error`` where botocore raises ``ConfigParseError``; both may
    quote the text, so they must not be shown (see ``faults``).
    """
    sections = read_plain(text)
    return read_any(text) if sections is None else sections


def read_plain(text: str) -> Sections | None:
    """The sections of a file in the common form; ``None`` for any other.

    Common are: comments and blank lines, ``[header]`` and ``key = value`` that start
    in the first column, and indented blocks under a ``key =``. Not common are faults
    of all kinds, ``[DEFAULT]``, indented headers and values of several lines.
    """
    sections: Sections = {}
    section: Values | None = None
    key = ""
    for line in text.split("\n"):
        clean = line.strip()
        if not clean or clean[0] in "#;":
            continue
        if clean[0] != line[0]:
            if section is None or not _add_nested(section, key, clean):
                return None
        elif clean[0] == "[":
            section, key = _add_section(sections, clean), ""
            if section is None:
                return None
        else:
            key, delimiter, value = clean.partition("=")
            if not delimiter or ":" in key:
                key, delimiter, value = clean.partition(":")
            if not delimiter:
                return None
            key = key.rstrip().lower()
            if section is None or not key or key in section:
                return None
            section[key] = value.strip()
    return sections


def _add_section(sections: Sections, line: str) -> Values | None:
    """The new section of a header ``line``; ``None`` where it is no plain one."""
    name = line[1:-1]
    if not name or line.find("]") != len(line) - 1 or name in sections or name == "DEFAULT":
        return None
    section = sections[name] = {}
    return section


def _add_nested(section: Values, key: str, line: str) -> bool:
    """Add an indented ``line`` to the block of ``key``; false where it is no plain one."""
    block = section.get(key)
    if block == "":
        block = section[key] = {}
    name, equals, value = line.partition("=")
    if not isinstance(block, dict) or not equals or len(line.splitlines()) != 1:
        return False
    block[name.strip()] = value.strip()
    return True


def read_any(text: str) -> Sections:
    """The sections of any file, by the steps of botocore's ``raw_config_parse``."""
    import configparser

    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return {
        name: {key: _value(parser.get(name, key)) for key in parser.options(name)}
        for name in parser.sections()
    }


def _value(text: str) -> str | dict[str, str]:
    if not text.startswith("\n"):
        return text
    block = {}
    for line in text.splitlines():
        if line.strip():
            name, value = line.strip().split("=", 1)
            block[name.strip()] = value.strip()
    return block
