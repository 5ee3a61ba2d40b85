"""Start-up files, read as they are and changed all together or not at all."""

from __future__ import annotations

import codecs
import errno
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field

from shellkit import files
from shellkit.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_UNCHANGED = "nothing was changed"


@dataclass(frozen=True)
class File:
    """A start-up file: ``path`` as the shell names it, ``target`` where its links lead.

    ``data`` is what it says, ``None`` where there is no file.
    """

    path: str
    target: str
    data: bytes | None

    @property
    def is_link(self) -> bool:
        """Whether ``path`` itself is a symbolic link, as dotfile managers make them."""
        return os.path.islink(self.path)

    @property
    def text(self) -> str:
        """The text, with bytes that are not UTF-8 as surrogates. Raises :class:`ConfigError`."""
        data = self.data or b""
        try:
            return data.decode(*_codec(data))
        except UnicodeDecodeError:
            raise ConfigError("is neither UTF-8 nor UTF-16", file=self.path) from None

    def edit(self, text: str | None) -> Edit:
        """The change that makes ``text`` of it, in its encoding; ``None`` removes it."""
        return Edit(self, None if text is None else text.encode(*_codec(self.data or b"")))


@dataclass(frozen=True)
class Edit:
    """A change of one file: to ``after``, or, with ``None``, its removal."""

    file: File
    after: bytes | None

    @property
    def text(self) -> str:
        """What ``after`` says."""
        after = self.after or b""
        return after.decode(*_codec(after))


def read(path: str) -> File:
    """The file at ``path``. Raises :class:`ConfigError` for what is no file that can be edited."""
    target = os.path.realpath(path)
    try:
        mode = os.stat(target).st_mode
        if not stat.S_ISREG(mode):
            kind = "a directory" if stat.S_ISDIR(mode) else "no ordinary file"
            raise ConfigError(f"is {kind}, where a start-up file belongs", file=path)
        with open(target, "rb") as file:
            return File(path, target, file.read())
    except FileNotFoundError:
        if os.path.islink(path):
            raise ConfigError(
                f"is a symbolic link to {target}, which is not there",
                "make that file, or remove the link",
                file=path,
            ) from None
        return File(path, target, None)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=path) from error


def check_writable(file: File) -> None:
    """Raise :class:`ConfigError` where it is plain beforehand that ``file`` cannot be changed.

    A file without any write permission is left alone even where we could replace
    it: somebody has locked it.
    """
    if file.data is not None:
        locked = not os.stat(file.target).st_mode & 0o222
        if locked or not os.access(file.target, os.W_OK):
            fix = f"allow it with: chmod u+w {file.target}" if locked else None
            raise ConfigError(f"is read-only; {_UNCHANGED}", fix, file=file.target)
    for path in {file.path, file.target}:
        # Where the file, or the first folder on the way to it, is to be made.
        folder = os.path.dirname((_missing(os.path.dirname(path)) or [path])[0])
        if not os.path.isdir(folder):
            raise ConfigError(f"is not a directory; {_UNCHANGED}", file=folder)
        if not os.access(folder, os.W_OK):
            raise ConfigError(f"cannot be written to; {_UNCHANGED}", file=folder)


def apply(edits: Sequence[Edit], stamp: str) -> dict[str, str]:
    """Make all of ``edits``; the backups, by the path of the file they are of.

    A backup is beside its file, with ``stamp`` in its name. Raises
    :class:`ConfigError` where one cannot be made, or where a file is no longer as
    it was read; those made before are then undone (on Ctrl-C, too).
    """
    for edit in edits:
        _check_unchanged(edit.file)
    changes = [_Change(edit) for edit in edits]
    try:
        for change in changes:
            change.make(stamp)
    except OSError as error:
        where = next(change.edit.file for change in changes if not change.made)
        outcome = _undo(changes)
        message = f"cannot be written: {error.strerror}; {outcome}"
        raise ConfigError(message, file=where.target) from error
    except BaseException:
        _undo(changes)
        raise
    return {change.edit.file.path: change.backup for change in changes if change.backup}


@dataclass
class _Change:
    """An edit on its way, and the way back."""

    edit: Edit
    begun: bool = False
    made: bool = False
    backup: str | None = None
    folders: list[str] = field(default_factory=list)

    def make(self, stamp: str) -> None:
        file, after = self.edit.file, self.edit.after
        if file.data is None:
            folder = os.path.dirname(file.target)
            self.folders = _missing(folder)
            files.make_private_directory(folder)
        elif after is not None:
            self.backup = _copy(file, f"{file.path}.shellkit-backup-{stamp}")
        _check_unchanged(file)
        self.begun = True
        if after is None:
            os.unlink(file.target)
        else:
            _write(file.target, after)
        self.made = True

    def undo(self) -> None:
        """Everything as it was; ``OSError`` where that cannot be done."""
        file = self.edit.file
        if self.begun:
            now = read(file.path).data
            if file.data is None and now is not None:
                os.unlink(file.target)
            elif file.data is not None and now != file.data:
                _write(file.target, file.data)
        with suppress(OSError):
            if self.backup:
                os.unlink(self.backup)
            for folder in reversed(self.folders):
                os.rmdir(folder)


def _undo(changes: Sequence[_Change]) -> str:
    """Undo ``changes``, and say what came of it."""
    stuck = []
    for change in reversed(changes):
        try:
            change.undo()
        except (OSError, ConfigError):
            kept = f" (as it was: {change.backup})" if change.backup else ""
            stuck.append(change.edit.file.target + kept)
    return f"could not be put back: {', '.join(stuck)}" if stuck else _UNCHANGED


def _check_unchanged(file: File) -> None:
    now = read(file.path)
    if now != file:
        raise ConfigError(f"was changed meanwhile; {_UNCHANGED}", "run it again", file=file.path)


def _copy(file: File, name: str) -> str:
    """Copy ``file`` to ``name``, or to a name like it where there is one already."""
    mode = stat.S_IMODE(os.stat(file.target).st_mode)
    for number in range(100):
        path = f"{name}-{number}" if number else name
        try:
            descriptor = os.open(path, _CREATE, 0o600)
        except FileExistsError:
            continue
        try:
            with open(descriptor, "wb") as copy:
                copy.write(file.data or b"")
            os.chmod(path, mode)
        except BaseException:
            os.unlink(path)
            raise
        return path
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)


_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def _write(target: str, data: bytes) -> None:
    """Make the file at ``target`` say ``data``: atomically, with its mode, owner and attributes."""
    old = os.stat(target) if os.path.exists(target) else None
    if old and old.st_nlink > 1:  # A new file would leave its other names behind.
        _overwrite(target, data)
        return
    temporary = f"{target}.{os.getpid()}.{os.urandom(4).hex()}.tmp"
    descriptor = os.open(temporary, _CREATE, 0o600 if old else 0o644)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if old:
            _make_alike(temporary, target, old)
        files.replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(temporary)
        if not (isinstance(error, OSError) and error.errno == errno.EBUSY):
            raise
        _overwrite(target, data)  # Mounted by itself, as into containers.


def _overwrite(target: str, data: bytes) -> None:
    with open(target, "r+b") as file:
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def _make_alike(path: str, other: str, status: os.stat_result) -> None:
    """Give ``path`` the owner, mode and attributes of ``other``, as far as that is allowed."""
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(path, status.st_uid, status.st_gid)
    if hasattr(os, "listxattr"):
        with suppress(OSError):
            for name in os.listxattr(other):
                os.setxattr(path, name, os.getxattr(other, name))
    os.chmod(path, stat.S_IMODE(status.st_mode))


def _missing(folder: str) -> list[str]:
    """``folder`` and those around it, as far as they are not there, outermost first."""
    missing: list[str] = []
    while not os.path.lexists(folder) and os.path.dirname(folder) != folder:
        missing.insert(0, folder)
        folder = os.path.dirname(folder)
    return missing


def _codec(data: bytes) -> tuple[str, str]:
    """How ``data`` is to be read: Windows PowerShell's ``>>`` makes UTF-16 of a new file."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return name, "surrogatepass"
    return "utf-8", "surrogateescape"
