"""``shellkit index``: brings the index that the shells complete from up to date.

Prints its path, and nothing else. The completion functions call this where the index is
missing or does not hold. Where the cache cannot be written (a read-only home, a full disk)
they get one in the directory for temporary files, and call for it each time.
"""

from __future__ import annotations

import os
import stat

from shellkit import files, paths
from shellkit.errors import ShellkitError
from shellkit.hot import emit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from shellkit.rim import Rim


def run_words(argv: Sequence[str], rim: Rim) -> int:
    """Run ``index``, which takes no words; the exit code."""
    del argv
    from shellkit import completion

    get = rim.environ.get
    cache = paths.cache_dir(get, rim.home)
    path = completion.up_to_date(get, rim.home, cache)
    if path is None and (temporary := _temporary_cache()) is not None:
        path = completion.up_to_date(get, rim.home, temporary)
    if path is None:
        raise ShellkitError(
            f"the index for completion cannot be written to {cache}",
            "let yourself write there, or set XDG_CACHE_HOME to a directory where you can",
        )
    emit(path + "\n")
    return 0


def _temporary_cache() -> str | None:
    """A directory for temporary files that nobody else can write to, if there can be one."""
    import tempfile

    try:
        user = f"-{os.geteuid()}" if hasattr(os, "geteuid") else ""
        path = os.path.join(tempfile.gettempdir(), f"shellkit{user}")
        files.make_private_directory(path)
        state = os.lstat(path)
    except OSError:
        return None
    # Everybody may make directories there, under any name. Windows has one for each user.
    private = os.name == "nt" or not state.st_mode & 0o022
    return path if stat.S_ISDIR(state.st_mode) and files.is_ours(state) and private else None
