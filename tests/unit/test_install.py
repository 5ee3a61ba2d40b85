"""``install`` and ``uninstall``, on files in a home of the test's own."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shellkit import cli, executable, shells
from shellkit.commands import install, uninstall
from shellkit.errors import ConfigError, PersonNeededError, ShellkitError, UsageError
from shellkit.rim import Rim
from shellkit.shells import hosts
from shellkit.startup import edits, plan
from shellkit.startup.block import BEGIN, END, put
from shellkit.startup.detect import detect

if TYPE_CHECKING:
    from collections.abc import Iterator

EXE = "/opt/it's here/shellkit"
STAMP = "19700102030405"


class Terminal(io.StringIO):
    """A stream that says it is a terminal; ``after`` is called before each line is read."""

    def __init__(self, text: str = "", before_line: object = None) -> None:
        super().__init__(text)
        self.before_line = before_line

    def isatty(self) -> bool:
        return True

    def readline(self, size: int = -1, /) -> str:
        if callable(self.before_line):
            self.before_line()
        return super().readline(size)


@dataclass
class Person:
    """Runs the commands in a home, as a person with or without a terminal."""

    home: Path
    environ: dict[str, str] = field(default_factory=dict)
    out: str = ""
    said: str = ""

    def run(
        self,
        what: str,
        shell: str | None = "bash",
        *,
        stdin: io.StringIO | None = None,
        **more: object,
    ) -> int:
        """``install`` or ``uninstall``; with ``--yes`` unless there is a ``stdin``."""
        out: io.StringIO = Terminal() if isinstance(stdin, Terminal) else io.StringIO()
        err: io.StringIO = Terminal() if isinstance(stdin, Terminal) else io.StringIO()
        rim = Rim(
            self.environ, str(self.home), "me", lambda: 97445.0, stdin or io.StringIO(), out, err
        )
        values = Namespace(**{"SHELL": shell, "yes": stdin is None, "cmd": None, **more})
        try:
            return (install if what == "install" else uninstall).run(values, rim)
        finally:
            self.out, self.said = out.getvalue(), err.getvalue()

    def files(self) -> dict[str, bytes]:
        """Every file in the home, backups apart."""
        return {
            str(path.relative_to(self.home)): path.read_bytes()
            for path in self.home.rglob("*")
            if path.is_file() and "backup" not in path.name
        }

    def backups(self) -> list[Path]:
        return sorted(self.home.rglob("*backup*"))


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux, in UTC, with the executable at a path that needs quoting."""
    monkeypatch.setattr(executable, "path", lambda: EXE)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(time, "localtime", time.gmtime)


@pytest.fixture
def me(tmp_path: Path) -> Person:
    home = tmp_path / "home"
    home.mkdir()
    return Person(home, {"PATH": "/nowhere"})


def platform(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sys, "platform", name)


# ---------------------------------------------------------------- what is written


@pytest.mark.parametrize(
    ("shell", "name"),
    [
        ("bash", ".bashrc"),
        ("zsh", ".zshrc"),
        ("fish", ".config/fish/conf.d/shellkit.fish"),
        ("powershell", ".config/powershell/profile.ps1"),
    ],
)
def test_each_shell_has_its_file_and_it_is_gone_afterwards(
    me: Person, shell: str, name: str
) -> None:
    assert me.run("install", shell) == 0
    assert list(me.files()) == [name]
    lines = me.files()[name].decode().splitlines()
    assert lines[0] == BEGIN
    assert shells.get(shell).quote(EXE) in lines[2]
    assert lines[3:] == [END]
    assert f"+++ {me.home}/{name}" in me.out
    assert f"+{lines[2]}" in me.out
    assert hosts.get(shell).load(EXE).strip() in me.said
    # What TAB needs is said in the one shell where it may be lacking.
    assert ("compinit" in me.said) == (shell == "zsh")

    assert me.run("install", shell) == 0
    assert "Already there" in me.said
    assert me.out == ""

    assert me.run("uninstall", shell) == 0
    assert me.files() == {}
    assert me.backups() == []


def test_the_variables_that_move_the_files(me: Person) -> None:
    me.environ |= {"ZDOTDIR": str(me.home / "z"), "XDG_CONFIG_HOME": str(me.home / "x")}
    for shell in ("zsh", "fish", "powershell"):
        assert me.run("install", shell) == 0
    assert set(me.files()) == {
        "z/.zshrc",
        "x/fish/conf.d/shellkit.fish",
        "x/powershell/profile.ps1",
    }
    assert stat.S_IMODE((me.home / "x/fish").stat().st_mode) == 0o700


def test_cmd_goes_into_the_line(me: Person) -> None:
    assert me.run("install", cmd="aws-as") == 0
    assert b"init bash --cmd 'aws-as'" in me.files()[".bashrc"]
    assert b"# Loads aws-as and unaws-as. " in me.files()[".bashrc"]
    with pytest.raises(UsageError, match="cannot be the name"):
        me.run("install", cmd="a b")


def test_a_command_that_moved_is_updated_in_its_place(me: Person) -> None:
    rc = me.home / ".bashrc"
    rc.write_text("a\n")
    me.run("install", cmd="old")
    rc.write_text(rc.read_text() + "b\n")
    assert me.run("install") == 0
    assert "--- " in me.out
    assert "--cmd" not in rc.read_text()
    assert "# Loads assume and unassume. " in rc.read_text()
    assert rc.read_text().splitlines()[::5] == ["a", "b"]
    assert len(me.backups()) == 2
    me.run("uninstall")
    assert rc.read_bytes() == b"a\nb\n"


def test_the_backup_is_what_was_there(me: Person) -> None:
    rc = me.home / ".bashrc"
    rc.write_bytes(b"secret\xff\n")
    rc.chmod(0o600)
    assert me.run("install") == 0
    [backup] = me.backups()
    assert backup.name == f".bashrc.shellkit-backup-{STAMP}"
    assert backup.read_bytes() == b"secret\xff\n"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert str(backup) in me.said
    assert rc.read_bytes().startswith(b"secret\xff\n" + BEGIN.encode())


CONTENTS = st.lists(
    st.sampled_from(
        [b"", b"alias a=b", b"\xff\x00", b"\xef\xbb\xbf", "é".encode(), b"\r", b"\n", b"\r\n"]
    )
    | st.binary(max_size=4)
).map(b"".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.none() | CONTENTS | CONTENTS.map(lambda data: b"\xff\xfe" + data + data),
    name=st.sampled_from(shells.NAMES),
)
def test_uninstall_leaves_what_was_before_install(before: bytes | None, name: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        me = Person(Path(home), {"PATH": "/nowhere", "ZDOTDIR": home})
        [path] = map(Path, hosts.get(name).start_files(plan.surroundings(_rim(me))))
        if before is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(before)
        try:
            assert me.run("install", name) == 0
        except ConfigError as error:
            if "neither UTF-8 nor UTF-16" not in str(error):
                raise
        else:
            assert BEGIN in me.out
            assert me.run("uninstall", name) == 0
        assert (path.read_bytes() if path.exists() else None) == before


def _rim(me: Person) -> Rim:
    stream = io.StringIO()
    return Rim(me.environ, str(me.home), "me", lambda: 0.0, stream, stream, stream)


def test_utf_16_as_windows_powershell_writes_it(me: Person) -> None:
    profile = me.home / ".config/powershell/profile.ps1"
    profile.parent.mkdir(parents=True)
    profile.write_bytes("\ufeffSet-Alias é ls\r\n".encode("utf-16-le"))
    assert me.run("install", "powershell") == 0
    text = profile.read_bytes().decode("utf-16-le")
    assert text.startswith("\ufeffSet-Alias é ls\r\n" + BEGIN + "\r\n")
    assert text.count("\ufeff") == 1


def test_windows_powershell_is_told_that_a_new_file_is_utf_8(
    me: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executable, "path", lambda: "/home/josé/shellkit")
    assert me.run("install", "powershell") == 0
    assert me.files()[".config/powershell/profile.ps1"].startswith(b"\xef\xbb\xbf# >>>")
    assert me.run("install", "powershell") == 0
    assert "Already" in me.said
    assert me.run("uninstall", "powershell") == 0
    assert me.files() == {}


# ---------------------------------------------------------------- bash where login shells are usual


def test_shells_from_elsewhere_go_by_home_on_windows() -> None:
    get = {"HOME": "/home/msys"}.get
    for platform_, wanted in (("win32", "/home/msys/"), ("linux", "/users/me/")):
        around = hosts.Surroundings(get, "/users/me", platform_)
        for name in ("bash", "zsh", "fish"):
            assert hosts.get(name).start_files(around)[0].startswith(wanted)
            assert all(path.startswith(wanted) for path in hosts.get(name).all_start_files(around))
    windows = hosts.Surroundings(lambda _: None, "/users/me", "win32")
    assert hosts.get("zsh").start_files(windows) == ("/users/me/.zshrc",)


@pytest.mark.parametrize("system", ["darwin", "cygwin", "msys", "win32"])
def test_login_shells_get_the_functions_too(
    me: Person, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    platform(monkeypatch, system)
    monkeypatch.setattr(plan, "_documents", lambda: None)
    me.environ["HOME"] = str(me.home)
    (me.home / ".profile").write_text("PATH=x\n")
    before = me.files()
    assert me.run("install") == 0
    assert set(me.files()) == {".bashrc", ".profile"}
    assert b"init bash" in me.files()[".profile"]
    assert me.run("install") == 0
    assert "Already" in me.said
    assert me.run("uninstall") == 0
    assert me.files() == before


def test_a_new_login_file_reads_bashrc(me: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    platform(monkeypatch, "darwin")
    (me.home / ".bashrc").write_text("alias a=b\n")
    assert me.run("install") == 0
    assert b". ~/.bashrc" in me.files()[".bash_profile"]
    assert b"init bash" not in me.files()[".bash_profile"]
    assert me.run("install") == 0
    assert "Already" in me.said


@pytest.mark.parametrize(
    "line",
    [
        ". ~/.bashrc",
        "test -f ~/.bashrc && . ~/.bashrc",
        '[ -r "$HOME/.bashrc" ] && source "$HOME/.bashrc"',
        "if [ -f ~/.bashrc ]; then . ${HOME}/.bashrc; fi",
        '. "$HOME"/.bashrc',
    ],
)
def test_a_login_file_that_reads_bashrc_is_left_alone(
    me: Person, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    platform(monkeypatch, "darwin")
    (me.home / ".bash_profile").write_text(line + "\n")
    assert me.run("install") == 0
    assert me.files()[".bash_profile"].decode() == line + "\n"
    assert BEGIN.encode() in me.files()[".bashrc"]


@pytest.mark.parametrize("line", ["# . ~/.bashrc", "vi ~/.bashrc", ". ~/.bashrc_other"])
def test_what_only_looks_like_reading_bashrc(
    me: Person, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    platform(monkeypatch, "darwin")
    (me.home / ".bash_profile").write_text(line + "\n")
    assert me.run("install") == 0
    assert BEGIN.encode() in me.files()[".bash_profile"]


@pytest.mark.parametrize("first", [".bashrc", ".bash_profile"])
def test_one_file_under_both_names(me: Person, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    platform(monkeypatch, "darwin")
    (me.home / first).write_text("a\n")
    other = ({".bashrc", ".bash_profile"} - {first}).pop()
    (me.home / other).symlink_to(first)
    assert me.run("install") == 0
    assert (me.home / first).read_text().count(BEGIN) == 1
    assert "declare" not in (me.home / first).read_text()
    assert me.run("install") == 0
    assert "Already" in me.said
    assert me.run("uninstall") == 0
    assert (me.home / first).read_text() == "a\n"


def test_uninstall_finds_the_login_file_of_another_day(
    me: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform(monkeypatch, "darwin")
    (me.home / ".profile").write_text("x=1\n")
    me.run("install")
    (me.home / ".bash_profile").write_text("y=1\n")  # bash now reads this one only
    assert me.run("uninstall") == 0
    assert me.files() == {".profile": b"x=1\n", ".bash_profile": b"y=1\n"}


def test_windows_powershell_is_left_alone_until_it_is_used(tmp_path: Path) -> None:
    def files(*there: str) -> list[str]:
        documents = str(tmp_path / "OneDrive")
        present = {os.path.join(documents, name) for name in there}
        around = hosts.Surroundings(
            lambda _: None, "/home", "win32", present.__contains__, documents=documents
        )
        return [
            os.path.basename(os.path.dirname(path))
            for path in hosts.get("pwsh").start_files(around)
        ]

    assert files() == ["PowerShell"]
    assert files("WindowsPowerShell") == ["WindowsPowerShell"]
    assert files("WindowsPowerShell", "PowerShell") == ["PowerShell", "WindowsPowerShell"]


# ---------------------------------------------------------------- the question


@pytest.mark.parametrize("answer", ["\n", "y\n", "YES\n", "what?\n\n"])
def test_yes(me: Person, answer: str) -> None:
    assert me.run("install", stdin=Terminal(answer)) == 0
    assert "Apply? [Y/n] " in me.said
    assert list(me.files()) == [".bashrc"]


@pytest.mark.parametrize("answer", ["n\n", "No\n", ""])
def test_no_changes_nothing_and_is_no_success(me: Person, answer: str) -> None:
    (me.home / ".bashrc").write_text("a\n")
    assert me.run("install", stdin=Terminal(answer)) == 1
    assert "Nothing was changed." in me.said
    assert me.files() == {".bashrc": b"a\n"}
    assert me.backups() == []


def test_ctrl_c_changes_nothing(me: Person) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        me.run("install", stdin=Terminal("", interrupt))
    assert "Nothing was changed." in me.said
    assert me.files() == {}


@pytest.mark.parametrize("what", ["install", "uninstall"])
def test_without_a_terminal_the_diff_is_printed_and_a_person_needed(me: Person, what: str) -> None:
    (me.home / ".bashrc").write_text("a\n" if what == "install" else put("a\n", "x"))
    before = me.files()
    with pytest.raises(PersonNeededError) as caught:
        me.run(what, stdin=io.StringIO("y\n"))
    assert caught.value.fix == f"to apply this: shellkit {what} bash --yes"
    assert BEGIN in me.out
    assert me.files() == before


def test_colours_are_for_terminals_that_want_them(me: Person) -> None:
    (me.home / ".bashrc").write_text("\x1b]0;title\x07\n")
    me.run("install", stdin=Terminal("n\n"))
    assert f"\x1b[32m+{BEGIN}\x1b[0m" in me.out
    assert " \\x1b]0;title\\x07" in me.out
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        me.environ[name] = value
        me.run("install", stdin=Terminal("n\n"))
        assert "\x1b" not in me.out
        del me.environ[name]
    me.run("install")
    assert "\x1b" not in me.out


def test_a_file_changed_while_the_question_stood(me: Person) -> None:
    rc = me.home / ".bashrc"
    rc.write_text("a\n")

    def edit() -> None:
        rc.write_text("b\n")

    with pytest.raises(ConfigError, match="was changed meanwhile"):
        me.run("install", stdin=Terminal("y\n", edit))
    assert me.files() == {".bashrc": b"b\n"}
    assert me.backups() == []


def test_a_file_that_came_to_be_while_the_question_stood(me: Person) -> None:
    def edit() -> None:
        (me.home / ".bashrc").write_text("b\n")

    with pytest.raises(ConfigError, match="was changed meanwhile"):
        me.run("install", stdin=Terminal("y\n", edit))
    assert me.files() == {".bashrc": b"b\n"}


# ---------------------------------------------------------------- files as people have them


def test_a_link_stays_a_link(me: Person) -> None:
    real = me.home / "dotfiles" / "bashrc"
    real.parent.mkdir()
    real.write_text("a\n")
    link = me.home / ".bashrc"
    link.symlink_to("dotfiles/bashrc")
    assert me.run("install") == 0
    assert os.readlink(link) == "dotfiles/bashrc"
    assert BEGIN in real.read_text()
    assert f"is a symbolic link: the change is made in {real}" in me.said
    assert me.backups() == [me.home / f".bashrc.shellkit-backup-{STAMP}"]
    assert me.run("uninstall") == 0
    assert link.is_symlink()
    assert real.read_text() == "a\n"


def test_uninstall_names_what_stays(me: Person) -> None:
    state = me.home / ".local" / "state" / "shellkit"
    cache = me.home / ".cache" / "shellkit"
    for folder in (state, cache):
        folder.mkdir(parents=True)
    assert me.run("uninstall") == 0
    assert f"for you to remove: {cache}, {state}\n" in me.said
    assert "keyring" not in me.said
    (state / "seeds").write_text("shellkit-seeds 1\nGAHT1\nGAHT2\n")
    assert me.run("uninstall") == 0
    assert "keyring: shellkit mfa remove GAHT1; shellkit mfa remove GAHT2\n" in me.said


def test_a_link_to_nothing_is_refused(me: Person) -> None:
    (me.home / ".bashrc").symlink_to("dotfiles/bashrc")
    with pytest.raises(ConfigError, match=r"symbolic link to .*which is not there"):
        me.run("install")
    assert me.files() == {}
    assert me.run("uninstall") == 0


def test_links_in_a_circle_are_refused(me: Person) -> None:
    (me.home / ".bashrc").symlink_to(".bashrc")
    with pytest.raises(ConfigError):
        me.run("install")


def test_a_directory_in_place_of_the_file_is_refused(me: Person) -> None:
    (me.home / ".bashrc").mkdir()
    with pytest.raises(ConfigError, match="is a directory"):
        me.run("install")
    assert me.run("uninstall") == 0


def test_a_device_in_place_of_the_file_is_refused(me: Person) -> None:
    (me.home / ".bashrc").symlink_to(os.devnull)
    with pytest.raises(ConfigError, match="no ordinary file"):
        me.run("install")


def test_a_file_in_place_of_a_folder_is_refused(me: Person) -> None:
    (me.home / ".config").write_text("")
    with pytest.raises(ConfigError, match=r"\.config"):
        me.run("install", "fish")
    assert me.files() == {".config": b""}


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o700])
def test_the_mode_is_kept(me: Person, mode: int) -> None:
    rc = me.home / ".bashrc"
    rc.write_text("a\n")
    rc.chmod(mode)
    me.run("install")
    assert stat.S_IMODE(rc.stat().st_mode) == mode


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away"
)
def test_the_owner_is_kept(me: Person) -> None:
    rc = me.home / ".bashrc"
    rc.write_text("a\n")
    os.chown(rc, 12345, 12346)
    me.run("install")
    assert (rc.stat().st_uid, rc.stat().st_gid) == (12345, 12346)


def test_other_names_of_the_file_stay_names_of_it(me: Person) -> None:
    rc, other = me.home / ".bashrc", me.home / "other"
    rc.write_text("a\n")
    os.link(rc, other)
    me.run("install")
    assert other.samefile(rc)
    assert BEGIN in other.read_text()
    me.run("uninstall")
    assert other.read_text() == "a\n"


def test_a_read_only_file_is_left_alone(me: Person) -> None:
    rc = me.home / ".bashrc"
    rc.write_text("a\n")
    rc.chmod(0o444)
    with pytest.raises(ConfigError, match="is read-only; nothing was changed") as caught:
        me.run("install")
    assert caught.value.fix == f"allow it with: chmod u+w {rc}"
    assert me.out == ""
    assert me.backups() == []


@contextmanager
def only_reading(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """``folder`` as somebody has it who may not write there: root may, so nobody is asked."""
    folder.chmod(0o555)
    real = os.access
    with monkeypatch.context() as patch:
        patch.setattr(
            os, "access", lambda path, mode: str(path) != str(folder) and real(path, mode)
        )
        yield
    folder.chmod(0o755)


def test_a_read_only_folder_is_one_message(me: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        only_reading(me.home, monkeypatch),
        pytest.raises(ConfigError, match="cannot be written to; nothing was changed"),
    ):
        me.run("install")
    with (
        only_reading(me.home, monkeypatch),
        pytest.raises(ConfigError, match="cannot be written to; nothing was changed"),
    ):
        me.run("install", "fish")
    assert list(me.home.iterdir()) == []


def test_torn_blocks_are_named_by_file_and_line(me: Person) -> None:
    rc = me.home / ".bashrc"
    rc.write_text(f"a\n{BEGIN}\nx\n")
    for what in ("install", "uninstall"):
        with pytest.raises(ConfigError) as caught:
            me.run(what)
        assert str(caught.value).startswith(f"{rc}:2: ")
        assert caught.value.exit_code == 3
    assert rc.read_text() == f"a\n{BEGIN}\nx\n"


# ---------------------------------------------------------------- all or nothing


@pytest.mark.parametrize("fail_at", [1, 2, 3])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("present", [True, False])
def test_when_one_file_cannot_be_written_the_others_are_put_back(
    me: Person, monkeypatch: pytest.MonkeyPatch, fail_at: int, error: BaseException, present: bool
) -> None:
    paths = [me.home / "a" / "rc", me.home / "b" / "rc", me.home / "c" / "d" / "rc"]
    if present:
        for path in paths:
            path.parent.mkdir(parents=True)
            path.write_text("old\n")
    before = sorted(me.home.rglob("*"))
    changes = [edits.read(str(path)).edit("new\n") for path in paths]
    real, calls = os.replace, iter(range(1, 99))

    def replace(source: str, target: str) -> None:
        if next(calls) == fail_at:
            raise error
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    expected = ConfigError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        edits.apply(changes, "1")
    if expected is ConfigError:
        assert str(caught.value) == (
            f"{paths[fail_at - 1]}: cannot be written: No space left on device; nothing was changed"
        )
    assert sorted(me.home.rglob("*")) == before
    assert all(path.read_text() == "old\n" for path in paths if present)


def test_what_cannot_be_put_back_is_said(me: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [me.home / "a", me.home / "b"]
    for path in paths:
        path.write_text("old\n")
    changes = [edits.read(str(path)).edit("new\n") for path in paths]
    real, calls = os.replace, iter(range(99))

    def replace(source: str, target: str) -> None:
        if next(calls):
            raise OSError(30, "Read-only file system")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(ConfigError) as caught:
        edits.apply(changes, "1")
    assert f"could not be put back: {paths[0]} (as it was: {paths[0]}.shellkit-backup-1)" in str(
        caught.value
    )
    assert Path(f"{paths[0]}.shellkit-backup-1").read_text() == "old\n"
    assert paths[1].read_text() == "old\n"


def test_a_file_that_is_a_mount_is_written_in_place(
    me: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    rc = me.home / ".bashrc"
    rc.write_text("a long line that is longer\n" * 20)

    def busy(*_: str) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(os, "replace", busy)
    inode = rc.stat().st_ino
    assert me.run("install") == 0
    assert me.run("uninstall") == 0
    assert rc.stat().st_ino == inode
    assert rc.read_text() == "a long line that is longer\n" * 20
    assert not list(me.home.glob("*.tmp"))


# ---------------------------------------------------------------- uninstall


def test_not_installed_is_said_and_is_no_failure(me: Person) -> None:
    assert me.run("uninstall") == 0
    assert "Not installed for bash" in me.said
    (me.home / ".bashrc").write_text("a\n")
    assert me.run("uninstall") == 0
    assert me.backups() == []


@pytest.mark.parametrize(
    ("shell", "name", "line"),
    [
        ("bash", ".bashrc", r"PS1='$(shellkit_prompt)\\w \\$ '"),
        ("bash", ".profile", 'eval -- "$(shellkit init bash)"'),
        ("bash", ".bash_profile", 'eval "$(/opt/it/bin/shellkit  init bash)"'),
        ("zsh", ".zshrc", "    shellkit_prompt --plain -v text"),
        ("zsh", ".p10k.zsh", "function prompt_shellkit { shellkit_prompt -v x }"),
        ("fish", ".config/fish/config.fish", "shellkit init fish | source"),
        ("fish", ".config/fish/functions/fish_prompt.fish", "  shellkit_prompt"),
        ("powershell", ".config/powershell/profile.ps1", "(shellkit_prompt) + 'PS> '"),
    ],
)
@pytest.mark.parametrize("installed", [True, False])
def test_uninstall_names_lines_of_ones_own_that_call_it(
    shell: str, name: str, line: str, installed: bool, me: Person
) -> None:
    """They would say "command not found" at each prompt."""
    path = me.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# shellkit_prompt is nice\n# {line}\n{line}\nother shellkit things\n")
    before = me.files()
    if installed:
        assert me.run("install", shell) == 0
    assert me.run("uninstall", shell) == 0
    assert f"  {path}:3: {line.strip()}\n" in me.said
    assert me.said.count(f"{path}:") == 1
    assert me.files() == before


def test_uninstall_says_nothing_of_lines_where_there_are_none(me: Person) -> None:
    (me.home / ".bashrc").write_text("PS1='> '\n")
    assert me.run("install") == 0
    assert me.run("uninstall") == 0
    assert "your own" not in me.said


def test_a_line_with_odd_bytes_is_named_and_a_file_that_is_no_text_is_not(me: Person) -> None:
    config = me.home / ".config/fish/config.fish"
    config.parent.mkdir(parents=True)
    config.write_bytes(b"shellkit_prompt \xff\x1b[2J\n")
    assert me.run("uninstall", "fish") == 0
    assert f"  {config}:1: shellkit_prompt \\udcff\\x1b[2J\n" in me.said
    config.write_bytes(b"\xff\xfes\x00h")
    assert me.run("uninstall", "fish") == 0
    assert "your own" not in me.said


def test_settings_and_sessions_stay(me: Person) -> None:
    config, cache = me.home / ".config/shellkit/config.toml", me.home / ".cache/shellkit"
    cache.mkdir(parents=True)
    config.parent.mkdir(parents=True)
    config.write_text("")
    me.run("install")
    assert me.run("uninstall") == 0
    assert f"{config}, {cache}" in me.said
    assert config.exists()
    assert cache.exists()


def test_a_fish_file_with_something_else_in_it_stays(me: Person) -> None:
    me.run("install", "fish")
    path = me.home / ".config/fish/conf.d/shellkit.fish"
    path.write_text(path.read_text() + "set -g mine 1\n")
    assert me.run("uninstall", "fish") == 0
    assert path.read_text() == "set -g mine 1\n"


def test_zshrc_from_before_there_was_a_zdotdir(me: Person) -> None:
    me.run("install", "zsh")
    me.environ["ZDOTDIR"] = str(me.home / "z")
    me.run("install", "zsh")
    assert set(me.files()) == {".zshrc", "z/.zshrc"}
    assert me.run("uninstall", "zsh") == 0
    assert me.files() == {}


# ---------------------------------------------------------------- which shell


@pytest.mark.parametrize(
    ("above", "login", "name"),
    [
        ("bash", "/bin/zsh", "bash"),
        ("pwsh", "/bin/zsh", "powershell"),
        ("powershell", None, "powershell"),
        (None, "/usr/local/bin/fish", "fish"),
        (None, "C:\\Program Files\\Git\\usr\\bin\\bash.exe", "bash"),
        ("sh", "/bin/zsh", "zsh"),
        ("dash", "/bin/bash", "bash"),
    ],
)
def test_the_shell_above_counts_then_the_login_shell(
    above: str | None, login: str | None, name: str
) -> None:
    assert detect({"SHELL": login} if login else {}, lambda: above) == name


@pytest.mark.parametrize(
    ("above", "environ", "message"),
    [
        (None, {}, "cannot find out"),
        ("dash", {}, "cannot find out"),
        ("tcsh", {"SHELL": "/bin/bash"}, "tcsh is not among"),
        (None, {"SHELL": "/bin/ksh"}, "ksh is not among"),
    ],
)
def test_no_shell_of_ours_is_wrong_use(
    above: str | None, environ: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        detect(environ, lambda: above)
    assert caught.value.fix == "name one: bash, zsh, fish, powershell"


def test_shellingham_that_finds_nothing_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import shellingham

    for error in (shellingham.ShellDetectionFailure(), OSError(), ValueError()):

        def fail(error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(shellingham, "detect_shell", fail)
        assert detect({"SHELL": "/bin/zsh"}) == "zsh"


def test_the_command_line_ends_in_one_message(me: Person) -> None:
    (me.home / ".bashrc").mkdir()
    err = io.StringIO()
    rim = Rim(me.environ, str(me.home), "me", lambda: 0.0, io.StringIO(), io.StringIO(), err)
    assert cli.main(["install", "bash", "-y"], rim) == 3
    assert err.getvalue() == (
        f"shellkit: {me.home}/.bashrc: is a directory, where a start-up file belongs\n"
    )
    assert issubclass(ConfigError, ShellkitError)


# ---------------------------------------------------------------- the line itself


@pytest.mark.parametrize("exe", ["/gone/shellkit", "shellkit-that-is-gone"])
@pytest.mark.parametrize(
    "program", ["sh", "bash", "bash --posix", "zsh -f", "zsh -f -eu", "bash -eu"]
)
def test_bash_s_line_is_silent_in_every_shell_that_may_read_it(exe: str, program: str) -> None:
    host = hosts.get("bash")
    for line in (
        host.load_line(exe),
        host.line_for("/.profile", "x=1", exe),
        host.line_for("/.profile", "", exe),
    ):
        done = subprocess.run(
            [*program.split(), "-c", f"{line}\necho end"],
            env={"PATH": os.environ["PATH"], "HOME": "/nowhere"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout, done.stderr) == ("end\n", "")
