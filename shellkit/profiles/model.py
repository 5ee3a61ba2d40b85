"""Profiles, as data: frozen, and printable without secrets.

Nothing here is built before it is asked for: of 5,000 profiles, one chain needs three.
"""

from __future__ import annotations

import os
from types import MappingProxyType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from shellkit.profiles.findings import Dropped

    Values = Mapping[str, str | Mapping[str, str]]
    Place = tuple[str | None, int | None]
    #: From a key (``None``: the section itself) to its file and line.
    Locate = Callable[[str | None], Place]


class Section:
    """One section: its ``name``, and its ``values`` by lower-case key.

    A value is text, or a mapping where the file has an indented block.
    """

    __slots__ = ("_locate", "name", "values")
    name: str
    values: Values
    _locate: Locate | None

    def __init__(self, name: str, values: Values, locate: Locate | None = None) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "values", _frozen(values))
        object.__setattr__(self, "_locate", locate)

    def get(self, key: str) -> str | None:
        """The text of ``key``; ``None`` where it is not set, or is a block."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def block(self, key: str) -> Mapping[str, str] | None:
        """The indented block under ``key``; ``None`` where there is none."""
        value = self.values.get(key)
        return None if isinstance(value, str) else value

    def where(self, key: str | None = None) -> Place:
        """The file and line of ``key``, or of the section where it has no such key.

        Looked up on each call by going over the file's text: for errors only.
        ``(None, None)`` for a section that comes from no file.
        """
        return (None, None) if self._locate is None else self._locate(key)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Section):
            return NotImplemented
        return (type(self), self.name, self.values) == (type(other), other.name, other.values)

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    def __repr__(self) -> str:
        from shellkit.profiles import shown

        keys = ", ".join(shown.key(key) or "***" for key in self.values)
        return f"{type(self).__name__}({self.name!r}, keys: {keys or 'none'})"


class Profile(Section):
    """One profile: what the config and the credentials file say of it, merged."""

    __slots__ = ()


class File:
    """One file as read: its ``path``, its ``text``, and its ``sections`` by header."""

    __slots__ = ("path", "sections", "text")

    def __init__(self, path: str, text: str, sections: Mapping[str, Values]) -> None:
        self.path = path
        self.text = text
        self.sections = sections

    def place(self, header: str, key: str | None) -> Place:
        """The file and line of ``key`` in ``[header]``, or of the header."""
        from shellkit.profiles import scan

        return self.path, scan.line_of(self.text, header, key)

    def __repr__(self) -> str:
        return f"File({self.path!r}, {len(self.sections)} sections)"


class Profiles:
    """All profiles of one config and one credentials file.

    Iterating gives the names: those of the config file in its order, then those that
    only the credentials file has.
    """

    __slots__ = ("_config", "_credentials", "_headers", "_names", "_other")

    def __init__(self, config: File, credentials: File) -> None:
        self._config = config
        self._credentials = credentials
        # From a kind and a name to the header that gives its values: the last one.
        self._headers: dict[str, str] = {}
        self._other: dict[str, dict[str, str]] = {"sso-session": {}, "services": {}}
        self._index()
        self._names: dict[str, None] = dict.fromkeys((*self._headers, *credentials.sections))

    def _index(self) -> None:
        from shellkit.profiles.headers import PROFILE, kind_and_name

        for header in self._config.sections:
            found = kind_and_name(header)
            if found is None:
                continue
            kind, name = found
            (self._headers if kind == PROFILE else self._other[kind])[name] = header

    @property
    def config_file(self) -> str:
        """The path of the config file, whether it exists or not."""
        return self._config.path

    @property
    def credentials_file(self) -> str:
        """The path of the credentials file, whether it exists or not."""
        return self._credentials.path

    def where(self) -> str:
        """Where profiles are looked for, and whether there are any, as people are told."""
        file = self.config_file
        if not os.path.exists(file):
            return f"profiles are read from {file}, which does not exist"
        if not self.names:
            return f"profiles are read from {file}, which has none"
        return f"profiles are read from {file}"

    @property
    def files(self) -> tuple[File, File]:
        """The config and the credentials file as read."""
        return self._config, self._credentials

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all profiles."""
        return tuple(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def get(self, name: str) -> Profile:
        """The profile ``name``, as both files together make it. ``KeyError`` where there is none.

        The credentials file wins, key by key (botocore: ``Session.full_config``).
        """
        if name not in self._names:
            raise KeyError(name)
        in_credentials = self._credentials.sections.get(name, {})
        values = {**self._in_config(name), **in_credentials}
        return Profile(name, values, lambda key: self._place(name, key))

    def values_of(self, name: str) -> Values:
        """The values of the profile ``name``, empty for none: :meth:`get` for going over all.

        Not a copy, and so not to be changed.
        """
        in_credentials = self._credentials.sections.get(name)
        if in_credentials is None:
            return self._in_config(name)
        return {**self._in_config(name), **in_credentials}

    def config_section(self, name: str) -> Values:
        """What the config file alone says of the profile ``name``; empty for nothing."""
        return _frozen(self._in_config(name))

    def credentials_section(self, name: str) -> Values:
        """What the credentials file alone says of the profile ``name``; empty for nothing."""
        return _frozen(self._credentials.sections.get(name, {}))

    def header(self, name: str) -> str | None:
        """The inner text of the header in the config file that makes ``name``."""
        return self._headers.get(name)

    @property
    def sso_sessions(self) -> Mapping[str, Values]:
        """The values of the ``[sso-session NAME]`` sections of the config file, by name."""
        return self._values("sso-session")

    @property
    def services(self) -> Mapping[str, Values]:
        """The values of the ``[services NAME]`` sections of the config file, by name."""
        return self._values("services")

    def sso_session(self, name: str) -> Section | None:
        """The section ``[sso-session name]``, which knows its lines; ``None`` for none."""
        header = self._other["sso-session"].get(name)
        if header is None:
            return None
        config = self._config
        return Section(name, config.sections[header], lambda key: config.place(header, key))

    def near(self, name: str, n: int = 3) -> tuple[str, ...]:
        """At most ``n`` names of profiles that ``name`` may have meant, the likeliest first."""
        from shellkit.profiles.near import near

        return near(name, self._names, n)

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """The sections that look like profiles and are none, found by going over the text."""
        from shellkit.profiles.findings import dropped

        return dropped(self)

    def dropped_as(self, name: str) -> Dropped | None:
        """The section that was meant as the profile ``name`` but is none, or ``None``."""
        return next((each for each in self.dropped if each.name_guess == name), None)

    def __repr__(self) -> str:
        return f"Profiles({len(self)} names, {self.config_file!r}, {self.credentials_file!r})"

    def _in_config(self, name: str) -> Values:
        header = self._headers.get(name)
        return {} if header is None else self._config.sections[header]

    def _place(self, name: str, key: str | None) -> Place:
        header = self._headers.get(name)
        in_credentials = self._credentials.sections.get(name, {})
        if header is None or (key is not None and key in in_credentials):
            return self._credentials.place(name, key)
        return self._config.place(header, key)

    def _values(self, kind: str) -> Mapping[str, Values]:
        sections = self._config.sections
        found = {name: _frozen(sections[header]) for name, header in self._other[kind].items()}
        return MappingProxyType(found)


def _frozen(values: Values) -> Values:
    """``values`` behind a read-only view, and so the blocks in it."""
    blocks = {
        key: MappingProxyType(value) if isinstance(value, dict) else value
        for key, value in values.items()
    }
    return MappingProxyType(blocks)
