"""The text of a config file, or one clear error."""

from __future__ import annotations

import os
import stat

from shellkit.errors import ConfigError

#: Bytes. 25,000 lines are about one megabyte: a file beyond this is no config file.
LARGEST = 64 * 1024 * 1024

_REGULAR = "AWS tools read regular files alone, and so does shellkit: write it to one."

_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: str) -> str | None:
    r"""The text of the file at ``path``, its lines ended by ``\n``; ``None`` where there is none.

    As in botocore, ``/dev/null`` counts as no file, and what else is none (a directory, a
    pipe) is not read. Unlike in botocore, the text is UTF-8 whatever the locale, and what
    is not read, or cannot be, is a :class:`ConfigError` instead of nothing: silence there
    reads as "no such profile".
    """
    try:
        if not is_file(path):
            return None
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        reason = error.strerror or "an error of the system"
        raise ConfigError(
            f"cannot be read: {reason}", "Check its owner and permissions (chmod 600).", file=path
        ) from None
    return _decoded(data, path).replace("\r\n", "\n").replace("\r", "\n")


def is_file(path: str) -> bool:
    """Whether there is a file at ``path``, or at the other end of a link; ``/dev/null`` is none.

    :class:`ConfigError` for what is there and no regular file, such as a named pipe, which
    might be waited for, for ever. ``OSError`` where that cannot be seen.
    """
    try:
        state = os.stat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    if not stat.S_ISREG(state.st_mode):
        kind = _kind(state)
        if kind is None:
            return False
        fix = "Name a file instead." if stat.S_ISDIR(state.st_mode) else _REGULAR
        raise ConfigError(f"is {kind}", fix, file=path)
    if state.st_size > LARGEST:
        raise ConfigError(
            f"is larger than {LARGEST // 1024 // 1024} MiB: this is no config file",
            "Check which file AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name.",
            file=path,
        )
    return True


def _kind(state: os.stat_result) -> str | None:
    """What it is that is no regular file; ``None`` for ``/dev/null``."""
    if stat.S_ISDIR(state.st_mode):
        return "a directory"
    if stat.S_ISFIFO(state.st_mode):
        return "a pipe, and no regular file"
    if not stat.S_ISCHR(state.st_mode):
        return "no regular file"
    # Windows has no numbers for its devices.
    null = os.name != "posix" or state.st_rdev == os.stat(os.devnull).st_rdev
    return None if null else "a device, and no regular file"


def _decoded(data: bytes, path: str) -> str:
    if data.startswith(_UTF8_BOM):
        raise ConfigError(
            "the file starts with a byte order mark, which AWS tools do not accept",
            "Save it as UTF-8 without BOM.",
            file=path,
            line=1,
        )
    if data.startswith(_UTF16_BOMS):
        raise ConfigError("the file is UTF-16 text", "Save it as UTF-8.", file=path, line=1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        raise ConfigError(
            "this line is not UTF-8 text",
            "Save the file as UTF-8.",
            file=path,
            line=before.count(b"\n") + 1,
        ) from None
