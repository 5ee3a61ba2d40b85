"""Where the AWS config and credentials files are.

The rules are botocore's (``configprovider.py`` for the variables,
``configloader.raw_config_parse`` for the expansion): ``$VAR`` first, then ``~``.
On the path of every warm ``assume``: it imports only ``os``.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Get = Callable[[str], str | None]

_ASCII_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def config_path(get: Get, home: str) -> str:
    """The config file: ``AWS_CONFIG_FILE``, or ``~/.aws/config``.

    ``get`` looks up an environment variable, ``home`` is the home directory. A
    variable that is set and empty means no file at all, and gives ``""``.
    """
    return _expanded(get("AWS_CONFIG_FILE"), "~/.aws/config", get, home)


def credentials_path(get: Get, home: str) -> str:
    """The credentials file: ``AWS_SHARED_CREDENTIALS_FILE``, or ``~/.aws/credentials``."""
    return _expanded(get("AWS_SHARED_CREDENTIALS_FILE"), "~/.aws/credentials", get, home)


def _expanded(chosen: str | None, default: str, get: Get, home: str) -> str:
    path = default if chosen is None else chosen
    return _with_home(_with_variables(path, get, percent=os.name == "nt"), home)


def _with_home(path: str, home: str) -> str:
    """``~`` and ``~/x`` under ``home``; ``~user`` as the system knows it."""
    if not path.startswith("~"):
        return path
    rest = path[1:]
    if rest and rest[0] not in (os.sep, os.altsep):
        return os.path.expanduser(path)
    if os.altsep:  # On Windows people write paths in both ways, and read them in one.
        return home.rstrip("/\\") + rest.replace(os.altsep, os.sep)
    return (home.rstrip("/") + rest) or "/"


def _with_variables(path: str, get: Get, *, percent: bool) -> str:
    """``$NAME`` and ``${NAME}``, with ``percent`` also ``%NAME%``; unset names stay as written.

    ``os.path.expandvars`` over ``get`` instead of the process's own environment. Not
    taken over are Windows's quotes and doubled signs, which no path has.
    """
    done = ""
    while path:
        name, length = _variable_at_start(path, percent=percent)
        value = get(name) if name else None
        done += path[:length] if value is None else value
        path = path[length:]
    return done


def _variable_at_start(path: str, *, percent: bool) -> tuple[str, int]:
    """The variable that ``path`` starts with (or ``""``), and how much to go on by."""
    if path.startswith("${"):
        end = path.find("}")
        return (path[2:end], end + 1) if end > 0 else ("", 1)
    if path[0] == "$":
        end = 1
        while end < len(path) and path[end] in _ASCII_WORD:
            end += 1
        return path[1:end], end
    if percent and path[0] == "%":
        end = path.find("%", 1)
        return (path[1:end], end + 1) if end > 0 else ("", 1)
    return "", 1
