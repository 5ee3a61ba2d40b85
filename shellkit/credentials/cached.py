"""What is in the caches: whose sessions, until when, in which files; and their removal."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from shellkit import files
from shellkit.credentials import awscli_cache, session
from shellkit.errors import ShellkitError, UsageError
from shellkit.profiles import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from shellkit.profiles.model import Profiles

#: Folders of the cache that hold nothing but what can be had again. Not the locks: a
#: lock that is removed while it is held would be held by two.
_FOLDERS = ("sessions", "memo", "identities", "mfa")


@dataclass(frozen=True)
class Entry:
    """One session. ``expires`` is in epoch seconds; ``identity`` an ARN or a device.

    ``foreign``: another tool wrote it.
    """

    identity: str
    kind: str
    expires: int
    path: str
    foreign: bool = False


@dataclass(frozen=True)
class Wanted:
    """The sessions of one role (``account``, ``role``), or those begun with one MFA device."""

    account: str | None = None
    role: str | None = None
    mfa_serial: str | None = None

    def fits(self, entry: Entry) -> bool:
        """Whether ``entry`` is one of them."""
        if self.mfa_serial is not None:
            return entry.kind == "MFA" and entry.identity == self.mfa_serial
        parts = entry.identity.split(":")
        resource = parts[-1].split("/")
        is_role = len(parts) == 6 and resource[0] == "assumed-role"
        return is_role and (parts[4], resource[1]) == (self.account, self.role)


def wanted(name: str, profiles: Profiles) -> Wanted:
    """Whose sessions ``name`` means: a profile, a role, ``ACCOUNT:ROLE`` or an MFA device."""
    if name in profiles:
        profile = profiles.get(name)
        if profile.get("role_arn") is not None:
            return _of_role(values.role_arn(profile))
        serial = values.mfa_serial(profile)
        if serial is None:
            raise UsageError(f"nothing is cached for {name}: it has keys only")
        return Wanted(mfa_serial=serial)
    if name.startswith("arn:") and ":role/" in name:
        return _of_role(name)
    account, colon, role = name.partition(":")
    if colon and len(account) == 12 and account.isdigit():
        return Wanted(account, role.rsplit("/", 1)[-1])
    if name.startswith("arn:") or name[:4].isupper():
        return Wanted(mfa_serial=name)
    near = profiles.near(name)
    raise UsageError(
        f"no profile is called {name}", f"near it: {', '.join(near)}" if near else None
    )


def _of_role(arn: str) -> Wanted:
    return Wanted(arn.split(":")[4], arn.rsplit("/", 1)[-1])


def ours(cache: str) -> Iterator[Entry]:
    """The sessions in our cache, in the order of their files' names."""
    for path in _files_in(os.path.join(cache, "sessions")):
        text = files.read_text(path) or ""
        found = session.parse(text, os.path.basename(path))
        if found is None or found.expires is None:
            continue
        serial = session.mfa_serial(text)
        kind = "role" if serial is None else "MFA"
        yield Entry(serial or found.arn or "", kind, found.expires, path)


def of_the_aws_cli(home: str) -> Iterator[Entry]:
    """The sessions of roles in the cache of the AWS CLI, of whichever tool."""
    for path in _files_in(os.path.join(home, ".aws", "cli", "cache")):
        try:
            answer = json.loads(files.read_text(path) or "")
            found = awscli_cache.parse(answer)
        except awscli_cache.NOT_AN_ENTRY:
            continue
        foreign = not awscli_cache.is_ours(answer)
        yield Entry(found.arn or "", "AWS CLI", found.expires or 0, path, foreign)


def remove(path: str) -> None:
    """Remove one file; :class:`ShellkitError` where that cannot be done."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ShellkitError(f"cannot be removed: {path}: {error.strerror}") from error


def everything(cache: str) -> Iterator[str]:
    """The path of every file of ours that can be had again."""
    for folder in _FOLDERS:
        yield from _files_in(os.path.join(cache, folder))


def _files_in(folder: str) -> list[str]:
    try:
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    except OSError:
        return []
