"""How each shell lives on a machine: its start-up file, how one is opened, how one runs a script.

The other half of a shell, apart from :mod:`shellkit.shells.base` because nothing
here is needed to switch a role.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from shellkit import shells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Get = Callable[[str], str | None]


@dataclass(frozen=True)
class Surroundings:
    """What decides where start-up files are. ``platform`` is like ``sys.platform``."""

    get: Get
    home: str
    platform: str
    exists: Callable[[str], bool] = os.path.exists


@dataclass(frozen=True)
class Opening:
    """How to open an interactive shell with start-up files of our own and no others.

    ``files`` maps paths, relative to the home directory, to what to write there.
    """

    argv: tuple[str, ...]
    environ: Mapping[str, str]
    files: Mapping[str, str]


class Host:
    """One shell's place on a machine."""

    name: str
    #: The programs that run it, the most usual first.
    programs: tuple[str, ...]
    #: How the names of its scripts end, where the shell cares.
    script_suffix = ""

    @property
    def shell(self) -> shells.base.Shell:
        """The shell itself."""
        return shells.get(self.name)

    def load_line(self, exe: str) -> str:
        """The one line of a start-up file that loads the functions."""
        raise NotImplementedError

    def load(self, exe: str) -> str:
        """The plain statement that loads the functions, wherever it stands."""
        raise NotImplementedError

    def start_files(self, around: Surroundings) -> tuple[str, ...]:
        """The start-up files in which ``load_line`` belongs, absolute paths.

        Several where one alone would leave some terminals without the functions.
        """
        raise NotImplementedError

    def opening(self, program: str, home: str, start: str) -> Opening:
        """How to open ``program`` in ``home``, with the code ``start`` run first."""
        raise NotImplementedError

    def script_argv(self, program: str, path: str) -> tuple[str, ...]:
        """How ``program`` runs the script at ``path``, with none of the user's set-up."""
        raise NotImplementedError

    def call(self, words: tuple[str, ...]) -> str:
        """A statement that runs the program ``words[0]`` with the rest as its words."""
        quoted = [self.shell.quote(word) for word in words]
        return " ".join(quoted) + "\n"

    def print_status(self, mark: str) -> str:
        """A statement that prints ``mark``, a blank and the last exit code, on a line."""
        return f"printf '%s %s\\n' {self.shell.quote(mark)} \"$?\"\n"


class _Posix(Host):
    def load(self, exe: str) -> str:
        return f'eval -- "$({self.shell.quote(exe)} init {self.name})"\n'

    def load_line(self, exe: str) -> str:
        return f'eval -- "$({self.shell.quote(exe)} init {self.name})"'


class Bash(_Posix):
    """bash. Login shells, which macOS and Git Bash open, read another file than the others."""

    name = "bash"
    programs = ("bash",)

    def start_files(self, around: Surroundings) -> tuple[str, ...]:
        """``.bashrc``, and on macOS and Git Bash also the file that login shells read."""
        rc = os.path.join(around.home, ".bashrc")
        if around.platform not in ("darwin", "win32", "cygwin", "msys"):
            return (rc,)
        logins = [
            os.path.join(around.home, name) for name in (".bash_profile", ".bash_login", ".profile")
        ]
        # bash reads the first of these that exists, and no other.
        return (rc, next((path for path in logins if around.exists(path)), logins[0]))

    def opening(self, program: str, home: str, start: str) -> Opening:
        """With ``--rcfile``, so that no file of the system's or the user's is read."""
        rc = os.path.join(home, ".bashrc")
        return Opening((program, "--noprofile", "--rcfile", rc, "-i"), {}, {".bashrc": start})

    def script_argv(self, program: str, path: str) -> tuple[str, ...]:
        """``--norc`` is implied for scripts; ``BASH_ENV`` is the caller's to unset."""
        return (program, "--noprofile", "--norc", path)


class Zsh(_Posix):
    """zsh. Its files are in ``ZDOTDIR`` where that is set."""

    name = "zsh"
    programs = ("zsh",)

    def start_files(self, around: Surroundings) -> tuple[str, ...]:
        """``.zshrc``: every interactive zsh reads it, login or not."""
        return (os.path.join(around.get("ZDOTDIR") or around.home, ".zshrc"),)

    def opening(self, program: str, home: str, start: str) -> Opening:
        """With ``ZDOTDIR``, and without the system's files."""
        return Opening((program, "-d", "-i"), {"ZDOTDIR": home}, {".zshrc": start})

    def script_argv(self, program: str, path: str) -> tuple[str, ...]:
        """``-f``: no start-up files."""
        return (program, "-f", path)


class Fish(Host):
    """fish. It reads every file in ``conf.d``, so ours is a file of its own there."""

    name = "fish"
    programs = ("fish",)

    def load(self, exe: str) -> str:
        """A pipe: fish's ``eval`` would join the lines."""
        return f"{self.shell.quote(exe)} init fish | source\n"

    def load_line(self, exe: str) -> str:
        """A pipe: fish's ``eval`` would join the lines. Only for people: scripts read ``conf.d`` too."""
        return f"status is-interactive; and {self.shell.quote(exe)} init fish | source"

    def start_files(self, around: Surroundings) -> tuple[str, ...]:
        """``conf.d/shellkit.fish`` in fish's configuration directory."""
        base = around.get("XDG_CONFIG_HOME") or os.path.join(around.home, ".config")
        return (os.path.join(base, "fish", "conf.d", "shellkit.fish"),)

    def opening(self, program: str, home: str, start: str) -> Opening:
        """With a configuration directory in ``home``."""
        environ = {"XDG_CONFIG_HOME": os.path.join(home, ".config")}
        return Opening((program, "-i"), environ, {".config/fish/config.fish": start})

    def script_argv(self, program: str, path: str) -> tuple[str, ...]:
        """``--no-config``: none of the user's functions."""
        return (program, "--no-config", path)

    def print_status(self, mark: str) -> str:
        """Fish's ``$?`` is ``$status``."""
        return f"printf '%s %s\\n' {self.shell.quote(mark)} $status\n"


class PowerShell(Host):
    """PowerShell 7, and Windows PowerShell 5.1."""

    name = "powershell"
    programs = ("pwsh", "powershell")
    script_suffix = ".ps1"

    def load(self, exe: str) -> str:
        """``Out-String`` keeps the lines apart."""
        return f"& {self.shell.quote(exe)} init powershell | Out-String | Invoke-Expression\n"

    def load_line(self, exe: str) -> str:
        """``Out-String`` keeps the lines apart."""
        return f"& {self.shell.quote(exe)} init powershell | Out-String | Invoke-Expression"

    def start_files(self, around: Surroundings) -> tuple[str, ...]:
        """``$PROFILE.CurrentUserAllHosts``: ``profile.ps1``, read by every host program."""
        if around.platform == "win32":
            documents = os.path.join(around.home, "Documents")
            both = [os.path.join(documents, name) for name in ("PowerShell", "WindowsPowerShell")]
            found = [folder for folder in both if around.exists(folder)] or both[:1]
            return tuple(os.path.join(folder, "profile.ps1") for folder in found)
        base = around.get("XDG_CONFIG_HOME") or os.path.join(around.home, ".config")
        return (os.path.join(base, "powershell", "profile.ps1"),)

    def opening(self, program: str, home: str, start: str) -> Opening:
        """A script of ours instead of the profile, and no exit after it."""
        script = os.path.join(home, "start.ps1")
        argv = (program, "-NoLogo", "-NoProfile", "-NoExit", "-File", script)
        return Opening(argv, {}, {"start.ps1": start})

    def script_argv(self, program: str, path: str) -> tuple[str, ...]:
        """``-NoProfile``: none of the user's set-up."""
        return (program, "-NoLogo", "-NoProfile", "-NonInteractive", "-File", path)

    def call(self, words: tuple[str, ...]) -> str:
        """``&`` runs what a string names."""
        return "& " + super().call(words)

    def print_status(self, mark: str) -> str:
        """``$LASTEXITCODE``, which ``assume`` sets as programs do."""
        return f"[Console]::Out.WriteLine({self.shell.quote(mark)} + ' ' + $global:LASTEXITCODE)\n"


_HOSTS: tuple[Host, ...] = (Bash(), Zsh(), Fish(), PowerShell())


def get(name: str) -> Host:
    """The host of the shell called ``name`` (or an alias); ``KeyError`` where there is none."""
    name = shells.ALIASES.get(name, name)
    for host in _HOSTS:
        if host.name == name:
            return host
    raise KeyError(name)
