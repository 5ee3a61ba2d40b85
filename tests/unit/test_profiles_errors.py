"""Files that cannot be read: one message, which names the place and quotes no line."""

from __future__ import annotations

import os
import socket
import traceback
from typing import TYPE_CHECKING

import pytest

from shellkit.errors import ConfigError
from shellkit.profiles import reader, source
from shellkit.profiles.source import read_text

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12"

REFUSED = {
    "[profile a]\nx = y\n[profile a]\n": "/c:3: [profile a] is here twice, first on line 1",
    "[a]\nregion = x\nRegion = y\n": "/c:3: region: [a] sets this key twice, first on line 2",
    "[a]\n\nregion\n": "/c:3: region: a line in [a] has a key without a value",
    f"[a]\n{SECRET}\n": "/c:2: a line in [a] has a key without a value",
    f"{SECRET} = x\n[a]\n": "/c:1: this line stands before the first section",
    "# note\nregion = x\n[a]\n": "/c:2: this line stands before the first section",
    "[profile a\nregion = x\n": "/c:1: this header is not complete",
    "[a]\n[profile b\nregion = x\n": "/c:2: this header is not complete",
    "[a]\n[]\n": "/c:2: this header is not complete",
    f"[a]\n= {SECRET}\n": "/c:2: a line in [a] has no key before its '='",
    f"[a]\ns3 =\n  x = y\n  {SECRET}\n": (
        "/c:4: s3: this line, in the block under line 2 of [a], has no '='"
    ),
    f"[a]\n{SECRET}==\n{SECRET}==\n": "/c:3: [a] sets this key twice, first on line 2",
    f"[a]\n{SECRET} =\n  x\n": "/c:3: this line, in the block under line 2 of [a], has no '='",
    "[a\x1b[31m]\nregion\n": "/c:2: region: a line in [a\\x1b[31m] has a key without a value",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items())
def test_a_file_that_does_not_parse(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        reader.parse(text, config_file="/c")
    error = caught.value
    assert error.message == message
    assert error.exit_code == 3
    assert error.fix
    assert SECRET.lower() not in f"{error} {error.fix}".lower()


@pytest.mark.parametrize("text", [text for text in REFUSED if SECRET in text])
def test_the_error_does_not_bring_the_text_along(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        reader.parse("", text)
    assert caught.value.__context__ is None
    assert SECRET not in "".join(traceback.format_exception_only(caught.value))


def test_the_credentials_file_is_named_when_it_is_at_fault() -> None:
    with pytest.raises(ConfigError, match=r"^/k:2: region: "):
        reader.parse("[a]\n", "[a]\nregion\n", credentials_file="/k")


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"\xef\xbb\xbf[default]\n", 1, "byte order mark"),
        (b"\xff\xfe[\x00a\x00]\x00", 1, "UTF-16"),
        (b"[default]\r\nregion = x\r\nrole_arn = \xe9\r\n", 3, "not UTF-8"),
        (b"\xe9", 1, "not UTF-8"),
    ],
)
def test_a_file_in_another_encoding(tmp_path: Path, data: bytes, line: int, message: str) -> None:
    path = tmp_path / "config"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=message) as caught:
        read_text(str(path))
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a directory"):
        reader.load({"AWS_CONFIG_FILE": str(tmp_path)}.get, str(tmp_path))


def test_a_file_without_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config"
    path.write_text("[default]\n")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ConfigError, match="cannot be read: Permission denied") as caught:
        read_text(str(path))
    assert caught.value.file == str(path)
    monkeypatch.setattr(os, "stat", refuse)
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        read_text(str(path))


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "config"
    with path.open("wb") as file:
        file.truncate(source.LARGEST + 1)
    with pytest.raises(ConfigError, match="larger than 64 MiB"):
        read_text(str(path))


def test_what_is_no_file_is_read_as_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for path in ("", os.devnull, str(tmp_path / "none"), str(file / "below"), "nul\0"):
        assert read_text(path) is None
    assert read_text(str(file)) == ""


@pytest.mark.posix
def test_a_link_to_a_file_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("[a]\n")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "null").symlink_to(os.devnull)
    assert read_text(str(tmp_path / "link")) == "[a]\n"
    assert read_text(str(tmp_path / "null")) is None


@pytest.mark.posix
def test_what_is_no_regular_file_is_said_and_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe counted as no file, and its profiles as not there."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read, write = os.pipe()  # As of `AWS_CONFIG_FILE=<(...)`.
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)  # Its name may not be long.
        server.bind("socket")
        for path, kind in [
            (str(pipe), "is a pipe, and no regular file"),
            (f"/dev/fd/{read}", "is a pipe, and no regular file"),
            ("/dev/zero", "is a device, and no regular file"),
            (str(tmp_path / "socket"), "is no regular file"),
        ]:
            with pytest.raises(ConfigError, match=f"{path}: {kind}"):
                read_text(path)
    os.close(read)
    os.close(write)


def test_all_line_ends_are_one(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(b"[a]\r\nregion = x\r[b]\n")
    assert read_text(str(tmp_path / "config")) == "[a]\nregion = x\n[b]\n"
