"""The text of a config file, or one clear error."""

from __future__ import annotations

import os
import stat

from shellkit.errors import ConfigError

#: Bytes. 25,000 lines are about one megabyte: a file beyond this is no config file.
LARGEST = 64 * 1024 * 1024

_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: str) -> str | None:
    r"""The text of the file at ``path``, its lines ended by ``\n``; ``None`` where there is none.

    As in botocore, what is neither a file nor a directory (``/dev/null``, a pipe) is
    not read and counts as no file. Unlike in botocore, the text is UTF-8 whatever the
    locale, and a directory or a file without read permission is a
    :class:`ConfigError` instead of nothing: silence there reads as "no such profile".
    """
    try:
        if not _is_file(path):
            return None
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        reason = error.strerror or "an error of the system"
        raise ConfigError(
            f"cannot be read: {reason}", "Check its owner and permissions (chmod 600).", file=path
        ) from None
    return _decoded(data, path).replace("\r\n", "\n").replace("\r", "\n")


def _is_file(path: str) -> bool:
    try:
        state = os.stat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    if stat.S_ISDIR(state.st_mode):
        raise ConfigError("is a directory", "Name a file instead.", file=path)
    if state.st_size > LARGEST:
        raise ConfigError(
            f"is larger than {LARGEST // 1024 // 1024} MiB: this is no AWS config file",
            "Check which file AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name.",
            file=path,
        )
    return stat.S_ISREG(state.st_mode)


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
