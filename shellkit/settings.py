"""``config.toml``: what a person sets once. Every key has a default; no file is no error."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase

from shellkit.durations import seconds_of
from shellkit.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from shellkit.prompt import Prompt


@dataclass(frozen=True)
class Settings:
    """The settings, with their defaults.

    ``min_time_left``: seconds that a cached session must still be good for to be used.
    ``mode``: what ``assume`` exports, ``env`` or ``profile``.
    ``session_name``: name of assumed-role sessions, instead of the user's name.
    ``mfa_session``: whether one MFA code serves all roles; or a table, from patterns to it.
    ``mfa_session_duration``: seconds that it does, from 15 minutes to 36 hours.
    ``mfa_process``: command that prints the MFA code; or a table, from patterns to commands.
    ``mfa_echo``: whether the digits of an MFA code are seen as they are typed.
    ``picker``: how to choose a profile: ``builtin``, ``fzf``, or ``menu``, a numbered list.
    ``remember_use``: whether to remember which profiles are used, to show those first.
    ``confirm``: patterns of the names that `assume` asks about first, such as `["prod*"]`.
    ``prompt``: a table, below: what the prompt shows of the active role.
    """

    min_time_left: int = 900
    mode: str = "env"
    session_name: str | None = None
    mfa_session: bool | Mapping[str, bool] = True
    mfa_session_duration: int = 43200
    mfa_process: str | Mapping[str, str] | None = None
    mfa_echo: bool = True
    picker: str = "builtin"
    remember_use: bool = True
    confirm: tuple[str, ...] = ()
    prompt: Prompt | None = None

    def one_code_for_all(self, names: Sequence[str]) -> bool:
        """``mfa_session`` for an identity of these ``names``: the first pattern that fits one."""
        found = _by_pattern(self.mfa_session, names)
        return True if found is None else bool(found)

    def code_command(self, names: Sequence[str]) -> str | None:
        """``mfa_process`` for an identity of these ``names``."""
        found = _by_pattern(self.mfa_process, names)
        return None if found is None else str(found)

    def code_command_line(self, path: str | None, names: Sequence[str]) -> int | None:
        """The line of :meth:`code_command` in the file at ``path``, which these were read from."""
        if path is None:
            return None
        pattern = _pattern(self.mfa_process, names)
        try:
            with open(path, encoding="utf-8") as file:
                return _line(file.read(), "mfa_process", () if pattern is None else (pattern,))
        except (OSError, UnicodeDecodeError):  # It has just been changed.
            return None


def _by_pattern(value: object, names: Sequence[str]) -> object:
    """``value``; in a table, that of the first pattern (``*``, ``?``, ``[...]``) for a name."""
    if not isinstance(value, dict):
        return value
    pattern = _pattern(value, names)
    return None if pattern is None else value[pattern]


def _pattern(value: object, names: Sequence[str]) -> str | None:
    """The first pattern in the table ``value`` that one of ``names`` fits."""
    for pattern in value if isinstance(value, dict) else ():
        if any(fnmatchcase(name, pattern) for name in names):
            return str(pattern)
    return None


def load(path: str) -> Settings:
    """The settings in the file at ``path``.

    Raises :class:`ConfigError` with file, line and key where something in it is wrong.
    """
    from shellkit.profiles.source import is_file

    try:
        if not is_file(path):
            return Settings()
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:  # It has just been removed.
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", file=path) from error
    table = _parse(path, text)
    for key in table:
        if key not in _READERS:
            known = ", ".join(sorted(_READERS))
            raise _wrong(path, text, key, "no such setting", f"the settings are: {known}")
    values = {}
    for key, value in table.items():
        try:
            values[key] = _READERS[key](value)
        except ValueError as error:
            inner = (getattr(error, "within", None), getattr(error, "key", None))
            names = [name for name in inner if name is not None]
            raise _wrong(path, text, key, str(error), None, names) from error
    return Settings(**values)


def _parse(path: str, text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not TOML: {error}", file=path) from error


def _wrong(
    path: str, text: str, key: str, message: str, fix: str | None, inner: Sequence[str] = ()
) -> ConfigError:
    """``inner`` is the way from the table ``key`` to what is at fault in it."""
    whole = ".".join((key, *inner))
    line = _line(text, key, inner)
    return ConfigError(message, fix, file=os.path.abspath(path), line=line, key=whole)


def _line(text: str, key: str, inner: Sequence[str]) -> int | None:
    """The line in ``text`` of what is at the end of the way ``inner`` in ``key``, about."""
    heads = [line.partition("=")[0].strip(" \t\"'[]") for line in text.split("\n")]
    names = [head.partition(".")[0] for head in heads]
    line = names.index(key) + 1 if key in names else None
    if inner and line is not None:
        below = [head.rpartition(".")[2].strip("\"'") for head in heads[line - 1 :]]
        line += below.index(inner[-1]) if inner[-1] in below else 0
    return line


def _mode(value: object) -> str:
    if value not in ("env", "profile"):
        raise ValueError('must be "env" or "profile"')
    return str(value)


def _picker(value: object) -> str:
    if value not in ("builtin", "fzf", "menu"):
        raise ValueError('must be "builtin", "fzf" or "menu"')
    return str(value)


def _session_name(value: object) -> str:
    from shellkit.profiles.values import validate_session_name

    if not isinstance(value, str):
        raise ValueError("must be text")
    validate_session_name(value)
    return value


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _session_seconds(value: object) -> int:
    seconds = seconds_of(value)
    if not 900 <= seconds <= 129600:
        raise ValueError("AWS allows 15m to 36h")
    return seconds


def _command(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a command line, as text")
    return value


def _or_table(read: Callable[[object], Any]) -> Callable[[object], Any]:
    """``read`` for one value for all, or for each value of a table of patterns."""

    def either(value: object) -> Any:
        if not isinstance(value, dict):
            return read(value)
        return {pattern: inner(pattern, chosen) for pattern, chosen in value.items()}

    def inner(pattern: str, chosen: object) -> Any:
        from shellkit.prompt import KeyedError

        try:
            return read(chosen)
        except ValueError as error:
            raise KeyedError(pattern, str(error)) from error

    return either


def _confirm(value: object) -> tuple[str, ...]:
    from shellkit import prompt

    return prompt.patterns(value)


def _prompt(value: object) -> Prompt:
    from shellkit import prompt

    return prompt.read(value)


_READERS: Mapping[str, Callable[[object], Any]] = {
    "min_time_left": seconds_of,
    "mode": _mode,
    "session_name": _session_name,
    "mfa_session": _or_table(_yes_or_no),
    "mfa_session_duration": _session_seconds,
    "mfa_process": _or_table(_command),
    "mfa_echo": _yes_or_no,
    "picker": _picker,
    "remember_use": _yes_or_no,
    "confirm": _confirm,
    "prompt": _prompt,
}
