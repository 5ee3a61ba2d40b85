"""``shellkit index``: brings the index that the shells complete from up to date.

Prints its path, and nothing else. The completion functions call this where the index is
missing or does not hold.
"""

from __future__ import annotations

from shellkit import paths
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
    path = completion.up_to_date(get, rim.home, paths.cache_dir(get, rim.home))
    if path is None:
        raise ShellkitError("the index for completion cannot be written", "see shellkit doctor")
    emit(path + "\n")
    return 0
