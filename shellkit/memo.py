"""The memo: what the same ``assume`` came to last time.

Most calls of ``assume`` repeat an earlier one while its session is still good.
The full pipeline reads profiles, builds a chain and computes keys to find that
session; the memo finds it in a few file reads. It holds no credentials: it
names the cached session and everything the pipeline looked at to choose it (the
words, every environment variable read, the state of every file read). Where any
of that differs, it is not used, and the pipeline runs.

This is the path of every warm ``assume``: it imports no module that is not
listed below, and any failure in it is a miss.
"""

from __future__ import annotations

import os
from binascii import crc32

import shellkit
from shellkit import files, paths
from shellkit.credentials import session, store
from shellkit.environment import BaseEnvironment, role_is_saved
from shellkit.profiles.signature import signature
from shellkit.switch import Identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEADER = "shellkit-memo 1 "
_END = "end"
_IDENTITY = ("label", "region", "account_id", "role", "mode")


class Memo:
    """Everything that one ``assume`` read and came to. ``min_left`` is in seconds. Immutable.

    ``session_key`` is empty in mode ``profile``, which needs no session.
    """

    __slots__ = ("files", "home", "identity", "min_left", "quiet", "reads", "recipe", "session_key")

    identity: Identity
    session_key: str
    recipe: str
    min_left: int
    quiet: bool
    home: str
    reads: Mapping[str, str | None]
    files: Mapping[str, str]

    def __init__(
        self,
        identity: Identity,
        session_key: str,
        *,
        recipe: str,
        min_left: int,
        quiet: bool,
        home: str,
        reads: Mapping[str, str | None],
        files: Mapping[str, str],
    ) -> None:
        freeze = object.__setattr__
        freeze(self, "identity", identity)
        freeze(self, "session_key", session_key)
        freeze(self, "recipe", recipe)
        freeze(self, "min_left", min_left)
        freeze(self, "quiet", quiet)
        freeze(self, "home", home)
        freeze(self, "reads", reads)
        freeze(self, "files", files)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Memo cannot be changed")


def replay(
    words: Sequence[str], environ: Mapping[str, str], home: str, now: float
) -> tuple[Memo, session.Credentials | None] | None:
    """The memo for ``words`` and its session, where both still hold; else ``None``.

    In mode ``profile`` there is no session to hold.
    """
    if role_is_saved(environ) and not environ.get("SHELLKIT_REQUEST"):
        return None  # An inherited role, which the pipeline has to name.
    base = BaseEnvironment(environ)
    cache = paths.cache_dir(base.get, home)
    memo = _load(files.read_text(_path(cache, words)), words)
    if memo is None or memo.home != home or not _holds(memo, base):
        return None
    if not memo.session_key:
        return memo, None
    credentials = store.read(cache, memo.session_key)
    if credentials is None or credentials.seconds_left(now) < memo.min_left:
        return None
    return memo, credentials


def record(cache: str, words: Sequence[str], memo: Memo) -> None:
    """Remember ``memo`` for ``words``. A memo that cannot be written is only not there."""
    try:
        files.write_private(_path(cache, words), _dump(words, memo), durable=False)
    except OSError:
        return


def _dump(words: Sequence[str], memo: Memo) -> str:
    lines = [_HEADER + shellkit.__version__]
    lines += [f"word {_escape(word)}" for word in words]
    lines += [f"session {memo.session_key}", f"recipe {_escape(memo.recipe)}"]
    lines += [f"min_left {memo.min_left}", f"quiet {int(memo.quiet)}"]
    lines.append(f"home {_escape(memo.home)}")
    for name in _IDENTITY:
        value = getattr(memo.identity, name)
        if value is not None:
            lines.append(f"{name} {_escape(value)}")
    for name, value in memo.reads.items():
        lines.append(f"unset {name}" if value is None else f"env {name} {_escape(value)}")
    lines += [f"file {state} {_escape(path)}" for path, state in memo.files.items()]
    return "\n".join([*lines, _END, ""])


def _path(cache: str, words: Sequence[str]) -> str:
    digest = crc32("\0".join(words).encode("utf-8", "surrogateescape"))
    return os.path.join(cache, "memo", f"{digest:08x}")


def _holds(memo: Memo, base: BaseEnvironment) -> bool:
    return all(base.get(name) == value for name, value in memo.reads.items()) and all(
        signature(path) == state for path, state in memo.files.items()
    )


def _load(text: str | None, words: Sequence[str]) -> Memo | None:
    """The memo in ``text``; ``None`` where it is torn, foreign, or for other words."""
    lines = [] if text is None else text.split("\n")
    if len(lines) < 3 or lines[0] != _HEADER + shellkit.__version__ or lines[-2:] != [_END, ""]:
        return None
    single: dict[str, str] = {}
    reads: dict[str, str | None] = {}
    states: dict[str, str] = {}
    own_words: list[str] = []
    for line in lines[1:-2]:
        kind, _, rest = line.partition(" ")
        if kind == "word":
            own_words.append(_unescape(rest))
        elif kind == "unset":
            reads[rest] = None
        elif kind == "env":
            name, _, value = rest.partition(" ")
            reads[name] = _unescape(value)
        elif kind == "file":
            state, _, path = rest.partition(" ")
            states[_unescape(path)] = state
        else:
            single[kind] = _unescape(rest)
    if own_words != list(words):
        return None
    try:
        return Memo(
            Identity(*(single.get(name) for name in _IDENTITY)),  # type: ignore[arg-type]
            single["session"],
            recipe=single["recipe"],
            min_left=int(single["min_left"]),
            quiet=single["quiet"] == "1",
            home=single["home"],
            reads=reads,
            files=states,
        )
    except (KeyError, ValueError):
        return None


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _unescape(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
