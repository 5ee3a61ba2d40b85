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
    plain = _Plain()
    keys = plain.keys
    for line in text.split("\n"):
        if not line:
            continue
        before, equals, value = line.partition("=")
        key = keys.get(before)
        if key is None or not equals:
            if not plain.add(line):
                return None
        elif key in plain.section:
            return None
        else:
            plain.section[key] = value.strip()
            plain.key = key
    return plain.sections


class _Plain:
    """What has been read, and the lines that are not a key seen before.

    ``keys`` maps what stood before a ``=`` to its key. Files have few different keys,
    and looking one up is all that most lines then need.
    """

    __slots__ = ("key", "keys", "section", "sections")

    def __init__(self) -> None:
        self.sections: Sections = {}
        self.section: Values = {}
        self.key = ""
        self.keys: dict[str, str] = {}

    def add(self, line: str) -> bool:
        """Take ``line``; false where it is out of the common form."""
        clean = line.strip()
        if not clean or clean[0] in "#;":
            return True
        if clean[0] == "[" and line[0] == "[":
            return self._header(clean)
        if not self.sections:
            return False
        return self._option(clean) if clean[0] == line[0] else self._nested(clean)

    def _header(self, clean: str) -> bool:
        name = clean[1:-1]
        if not name or name in self.sections or name == "DEFAULT":
            return False
        self.section = self.sections[name] = {}
        self.key = ""
        return clean.find("]") == len(clean) - 1

    def _option(self, clean: str) -> bool:
        before, delimiter, value = clean.partition("=")
        colon = not delimiter or ":" in before
        if colon:
            before, delimiter, value = clean.partition(":")
        key = before.rstrip().lower()
        if not delimiter or not key or key in self.section:
            return False
        if not colon:
            self.keys[before] = key
        self.section[key] = value.strip()
        self.key = key
        return True

    def _nested(self, clean: str) -> bool:
        block = self.section.get(self.key)
        if block == "":
            block = self.section[self.key] = {}
        name, equals, value = clean.partition("=")
        if not isinstance(block, dict) or not equals or len(clean.splitlines()) != 1:
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
