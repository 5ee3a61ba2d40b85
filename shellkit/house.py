"""What one ``assume`` works with: the person's settings, profiles and caches, read once."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from shellkit import completion, paths, settings
from shellkit.credentials.obtain import Caches
from shellkit.environment import BaseEnvironment
from shellkit.profiles import paths as aws_paths
from shellkit.profiles import reader
from shellkit.profiles.signature import signature, unsettled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shellkit.profiles.model import Profiles
    from shellkit.rim import Rim


@dataclass(frozen=True)
class House:
    """What one pipeline run works with: the person's settings, profiles and caches.

    ``files`` has the signature of each file that was read, taken before it was.
    ``moves``: one of them is named relative to the current directory, or may change without
    a trace.
    """

    base: BaseEnvironment
    settings: settings.Settings
    profiles: Profiles
    caches: Caches
    files: Mapping[str, str | None]
    moves: bool
    settings_file: str


def open_house(rim: Rim, *, index: bool) -> House:
    """What this run works with; with ``index`` the completion's index is kept up as well."""
    base, home = BaseEnvironment(rim.environ), rim.home
    aws_files = (
        aws_paths.config_path(base.get, home),
        aws_paths.credentials_path(base.get, home),
    )
    config = paths.config_file(base.get, home)
    read = {path: _settled(path, rim.clock) for path in (*aws_files, config)}
    moves = not all(os.path.isabs(path) for path in read) or None in read.values()
    sources = completion.watch(rim.environ.get, home)
    chosen, profiles = settings.load(config), reader.load(base.get, home)
    cache = paths.cache_dir(base.get, home)
    if index:
        completion.remember(cache, sources, profiles)
    caches = Caches(cache, home, chosen.min_time_left, profiles)
    return House(base, chosen, profiles, caches, read, moves, config)


def _settled(path: str, clock: Callable[[], float]) -> str | None:
    """The signature of the file at ``path``, once every later write would change it.

    ``None`` where that cannot be had: a second write within the same tick of the
    clock, of as many bytes, would not show.
    """
    state = signature(path)
    wait = unsettled(state, clock())
    if not wait:
        return state if wait == 0 else None
    time.sleep(wait)
    state = signature(path)
    return state if unsettled(state, clock()) == 0 else None
