"""Private files: written whole or not at all, readable by their owner only."""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Done = TypeVar("Done")

#: Files up to this many bytes are read; a larger one is not ours.
MAX_BYTES = 1 << 20

# Without O_NONBLOCK a named pipe in a file's place would be waited for, for ever.
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)

#: On Windows a file that another process has open can be neither replaced nor, while it is
#: being replaced, opened. Both are over in a moment: tries, and the seconds between them.
_TRIES, _MOMENT = (100, 0.01) if os.name == "nt" else (1, 0.0)


def is_ours(state: os.stat_result) -> bool:
    """Whether what has ``state`` belongs to the user that this process runs as."""
    return not hasattr(os, "geteuid") or state.st_uid == os.geteuid()


def read_text(path: str) -> str | None:
    """The text of a small file of our own, or ``None`` where there is none to be read.

    A file of another user is not ours, whatever it says.
    """
    try:
        descriptor = _patiently(lambda: os.open(path, _READ))
    except OSError:
        return None
    try:
        if not is_ours(os.fstat(descriptor)):
            return None
        data = os.read(descriptor, MAX_BYTES)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return data.decode("utf-8", "surrogateescape")


def make_own_directory(path: str) -> None:
    """As :func:`make_private_directory`, but another user's is no place for what is ours.

    Its owner could exchange our files among each other, or put links in their places.
    """
    make_private_directory(path)
    if not is_ours(os.stat(path)):
        import errno

        raise PermissionError(errno.EPERM, "the directory belongs to another user", path)


def make_private_directory(path: str) -> None:
    """Create ``path`` and its missing parents, 0700. ``OSError`` as from ``os.makedirs``."""
    parent = os.path.dirname(path)
    if parent and not os.path.isdir(parent):
        make_private_directory(parent)
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        if not os.path.isdir(path):
            raise


def write_private(
    path: str, text: str, *, durable: bool = True, mtime_ns: int | None = None
) -> None:
    """Replace the file at ``path`` by ``text``, atomically, mode 0600.

    A reader sees the old file or the new one. ``OSError`` where that cannot be
    done; the old file is then untouched and nothing is left beside it. What can be
    made again need not be ``durable``: it is not waited for until it is on the disk.
    ``mtime_ns``, in nanoseconds, is when the file is to say that it was written.
    """
    make_own_directory(os.path.dirname(path))
    temporary = f"{path}.{os.getpid()}.{os.urandom(4).hex()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
            file.flush()
            if durable:
                os.fsync(file.fileno())
        if mtime_ns is not None:
            os.utime(temporary, ns=(mtime_ns, mtime_ns))
        replace(temporary, path)
    except BaseException as error:
        _remove(temporary)
        if isinstance(error, OSError) and error.filename is None:  # A full disk.
            error.filename = path
        raise


def replace(path: str, other: str) -> None:
    """Put the file at ``path`` in the place of ``other``, as ``os.replace`` does."""
    _patiently(lambda: os.replace(path, other))


def _patiently(act: Callable[[], Done]) -> Done:
    for left in reversed(range(_TRIES)):
        try:
            return act()
        except PermissionError:
            if not left:
                raise
            time.sleep(_MOMENT)
    raise AssertionError


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return
