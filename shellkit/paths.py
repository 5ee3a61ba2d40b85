"""Where shellkit keeps its own files. On the warm path: imports only ``os`` and ``sys``."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def cache_dir(get: Callable[[str], str | None], home: str) -> str:
    """The cache directory: ``$XDG_CACHE_HOME/shellkit``, or the platform's own place."""
    return _directory(get, home, "XDG_CACHE_HOME", ".cache", "user_cache_dir")


def config_file(get: Callable[[str], str | None], home: str) -> str:
    """The file ``$XDG_CONFIG_HOME/shellkit/config.toml``, or the one in the platform's place."""
    folder = _directory(get, home, "XDG_CONFIG_HOME", ".config", "user_config_dir")
    return os.path.join(folder, "config.toml")


def state_dir(get: Callable[[str], str | None], home: str) -> str:
    """The state directory: ``$XDG_STATE_HOME/shellkit``, or the platform's own place."""
    return _directory(get, home, "XDG_STATE_HOME", ".local/state", "user_state_dir")


def native(path: str, *, windows: bool = sys.platform == "win32") -> str:
    """``path`` as programs of Windows know it, where MSYS or Cygwin wrote it: ``/c/x`` is ``C:/x``.

    For what MSYS did not translate by itself, since it was told to leave our arguments alone.
    """
    if not windows:
        return path
    rest = path.removeprefix("/cygdrive")
    drive = rest[1:2]
    if rest[:1] != "/" or not (drive.isascii() and drive.isalpha()) or rest[2:3] not in ("", "/"):
        return path
    return f"{drive.upper()}:{rest[2:] or '/'}"


def _directory(
    get: Callable[[str], str | None], home: str, variable: str, default: str, elsewhere: str
) -> str:
    """XDG where its variable is set (absolute, as its standard demands) and on Linux."""
    base = get(variable)
    if base and os.path.isabs(base):
        return os.path.join(base, "shellkit")
    if sys.platform not in ("darwin", "win32"):
        return os.path.join(home, default, "shellkit")
    local = get("LOCALAPPDATA") if sys.platform == "win32" else None
    if local and os.path.isabs(local):  # platformdirs asks the system for it, and takes longer.
        folder = os.path.join(local, "shellkit")
        return os.path.join(folder, "Cache") if elsewhere == "user_cache_dir" else folder
    import platformdirs

    return str(getattr(platformdirs, elsewhere)("shellkit", appauthor=False))
