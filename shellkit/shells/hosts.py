"""How each shell lives on a machine: its start-up file, how one is opened, how one runs a script.

The other half of a shell, apart from :mod:`shellkit.shells.base` because nothing
here is needed to switch a role.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from shellkit import shells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Get = Callable[[str], str | None]

#: True in bash alone, in every shell that may read bash's files.
_IN_BASH = '[ -n "${BASH_VERSION-}" ]'

#: A login file that reads ``.bashrc`` itself, in the ways in which people write it.
_READS_BASHRC = re.compile(
    r"^[^#\n]*(?:^|[\s;&{])(?:\.|source)\s+[\"']?(?:~|\$HOME|\$\{HOME\})[\"']?/\.bashrc\b",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Surroundings:
    """What decides where start-up files are. ``platform`` is like ``sys.platform``."""

    get: Get
    home: str
    platform: str
    exists: Callable[[str], bool] = os.path.exists
    #: What a program prints, or ``None`` where it cannot be had.
    output_of: Callable[[Sequence[str]], str | None] = lambda _: None
    #: Windows' folder for documents, which OneDrive may have moved.
    documents: str | None = None


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
    #: Whether it reads a file as UTF-8 only where a byte order mark says so.
    marks_unicode = False
    #: What it says, in English, of a script that ends within a quote or a here-document.
    unfinished: re.Pattern[str] | None = None

    @property
    def shell(self) -> shells.base.Shell:
        """The shell itself."""
        return shells.get(self.name)

    def load(self, exe: str, cmd: str | None = None) -> str:
        """The plain statement that loads the functions, wherever it stands.

        ``cmd`` is the name for ``assume``, where it has another.
        """
        raise NotImplementedError

    def load_line(self, exe: str, cmd: str | None = None) -> str:
        """The one line of a start-up file that loads the functions.

        Without a word where ``exe`` has gone, and starting no process to find out.
        """
        raise NotImplementedError

    def line_for(self, path: str, rest: str, exe: str, cmd: str | None = None) -> str | None:
        """The line for the start-up file at ``path``, which says ``rest`` apart from it.

        ``None`` where that file needs none.
        """
        del path, rest
        return self.load_line(exe, cmd)

    def start_files(self, around: Surroundings) -> tuple[str, ...]:
        """The start-up files in which the line belongs, absolute paths.

        Several where one alone would leave some terminals without the functions.
        """
        raise NotImplementedError

    def ends_within(self, path: str, around: Surroundings) -> bool:
        """Whether the start-up file at ``path`` ends within a quote or a here-document.

        The shell is asked, and reads it without running anything. Other errors that it finds
        may be none: options that the file sets are not set then.
        """
        if self.unfinished is None or around.platform == "win32":
            return False
        ask = 'LC_ALL=C exec "$0" -n "$1" 2>&1'
        said = around.output_of(("sh", "-c", ask, self.programs[0], path))
        return said is not None and self.unfinished.search(said) is not None

    def all_start_files(self, around: Surroundings) -> tuple[str, ...]:
        """Every start-up file in which the line may have been written, absolute paths."""
        return self.start_files(around)

    def own_files(self, around: Surroundings) -> tuple[str, ...]:
        """Where people write lines of their own that may call our functions, absolute paths."""
        return self.all_start_files(around)

    def advice(self, around: Surroundings) -> str | None:
        """What else may have to be done before the line works."""
        del around
        return None

    def _words(self, exe: str, cmd: str | None) -> str:
        words = [self.shell.quote(exe), "init", self.name]
        return " ".join(words if cmd is None else [*words, "--cmd", self.shell.quote(cmd)])

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
    def load(self, exe: str, cmd: str | None = None) -> str:
        return f'eval -- "$({self._words(exe, cmd)})"\n'

    def load_line(self, exe: str, cmd: str | None = None) -> str:
        return f"if {self._there(exe)}; then {self.load(exe, cmd).rstrip()}; fi"

    def _there(self, exe: str) -> str:
        word = self.shell.quote(exe)
        return f"[[ -x {word} ]]" if _is_path(exe) else f"command -v {word} >/dev/null"


class Bash(_Posix):
    """bash. Login shells, which macOS and Git Bash open, read another file than the others."""

    name = "bash"
    programs = ("bash",)
    unfinished = re.compile(
        r"EOF while looking for matching `['\"]'|here-document at line \d+ delimited by end-of-file"
    )

    def load_line(self, exe: str, cmd: str | None = None) -> str:
        """Only for people, and only in bash: ``ssh HOST COMMAND`` and zsh may read the file too.

        ``.profile`` is read by dash, which has no ``[[`` but does not get there.
        """
        return self._line((_IN_BASH,), exe, cmd)

    def line_for(self, path: str, rest: str, exe: str, cmd: str | None = None) -> str | None:
        """For login shells: read ``.bashrc``, or load if that was not done."""
        if os.path.basename(path) == ".bashrc":
            return self.load_line(exe, cmd)
        if not rest.strip():
            # A new file, which people expect to read .bashrc (Git for Windows makes it so).
            return f"if {_IN_BASH} && [ -r ~/.bashrc ]; then . ~/.bashrc; fi"
        if _READS_BASHRC.search(rest):
            return None
        return self._line((_IN_BASH, "! declare -F __shellkit_run >/dev/null"), exe, cmd)

    def _line(self, conditions: tuple[str, ...], exe: str, cmd: str | None) -> str:
        tests = " && ".join((*conditions, "[[ $- == *i* ]]", self._there(exe)))
        return f"if {tests}; then {self.load(exe, cmd).rstrip()}; fi"

    def start_files(self, around: Surroundings) -> tuple[str, ...]:
        """``.bashrc``, and on macOS and Git Bash also the file that login shells read."""
        rc, *logins = self.all_start_files(around)
        if around.platform not in ("darwin", "win32", "cygwin", "msys"):
            return (rc,)
        # bash reads the first of these that exists, and no other.
        return (rc, next((path for path in logins if around.exists(path)), logins[0]))

    def all_start_files(self, around: Surroundings) -> tuple[str, ...]:
        """``.bashrc``, and the three that login shells look for, in that order."""
        home = _unix_home(around)
        names = (".bashrc", ".bash_profile", ".bash_login", ".profile")
        return tuple(os.path.join(home, name) for name in names)

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
    unfinished = re.compile(r"unmatched ['\"]")

    def start_files(self, around: Surroundings) -> tuple[str, ...]:
        """``.zshrc``: every interactive zsh reads it, login or not."""
        folder = around.get("ZDOTDIR") or self._told(around) or _unix_home(around)
        return (os.path.join(os.path.abspath(folder), ".zshrc"),)

    def all_start_files(self, around: Surroundings) -> tuple[str, ...]:
        """Also the one in the home directory, from before there was a ``ZDOTDIR``."""
        home = os.path.join(_unix_home(around), ".zshrc")
        return tuple(dict.fromkeys((*self.start_files(around), home)))

    def own_files(self, around: Surroundings) -> tuple[str, ...]:
        """Also powerlevel10k's, in which prompts are put together."""
        files = self.all_start_files(around)
        beside = (os.path.join(os.path.dirname(path), ".p10k.zsh") for path in files)
        return (*files, *dict.fromkeys(beside))

    def _told(self, around: Surroundings) -> str:
        """``ZDOTDIR`` as ``.zshenv`` sets it, often without exporting it: only zsh knows."""
        mark = "shellkit:"
        printed = around.output_of(("zsh", "-c", f'print; print -r -- "{mark}$ZDOTDIR"')) or ""
        found = [line for line in printed.split("\n") if line.startswith(mark)]
        return found[-1].removeprefix(mark) if found else ""

    def advice(self, around: Surroundings) -> str | None:
        """A zsh that nobody has set up, as macOS has it, completes nothing but files."""
        del around
        return "If TAB finds no names: add autoload -Uz compinit; compinit to .zshrc"

    def opening(self, program: str, home: str, start: str) -> Opening:
        """With ``ZDOTDIR``, and without the system's files.

        TAB needs zsh's completion system, which most people's own files load.
        """
        files = {".zshrc": f"autoload -Uz compinit && compinit -u -D\n{start}"}
        return Opening((program, "-d", "-i"), {"ZDOTDIR": home}, files)

    def script_argv(self, program: str, path: str) -> tuple[str, ...]:
        """``-f``: no start-up files."""
        return (program, "-f", path)


class Fish(Host):
    """fish. It reads every file in ``conf.d``, so ours is a file of its own there."""

    name = "fish"
    programs = ("fish",)
    unfinished = re.compile("quotes are not balanced")

    def load(self, exe: str, cmd: str | None = None) -> str:
        """A pipe: fish's ``eval`` would join the lines."""
        return f"{self._words(exe, cmd)} | source\n"

    def load_line(self, exe: str, cmd: str | None = None) -> str:
        """Only for people: scripts read ``conf.d`` too."""
        there = "test -x" if _is_path(exe) else "command -q"
        there = f"{there} {self.shell.quote(exe)}"
        return f"status is-interactive; and {there}; and {self.load(exe, cmd).rstrip()}"

    def start_files(self, around: Surroundings) -> tuple[str, ...]:
        """``conf.d/shellkit.fish`` in fish's configuration directory."""
        return (os.path.join(self._folder(around), "conf.d", "shellkit.fish"),)

    def own_files(self, around: Surroundings) -> tuple[str, ...]:
        """Also ``config.fish``, and the functions that draw a prompt and a title."""
        names = ("fish_prompt", "fish_right_prompt", "fish_title")
        functions = [os.path.join("functions", f"{name}.fish") for name in names]
        folder = self._folder(around)
        own = (os.path.join(folder, name) for name in ("config.fish", *functions))
        return (*self.start_files(around), *own)

    def _folder(self, around: Surroundings) -> str:
        base = around.get("XDG_CONFIG_HOME") or os.path.join(_unix_home(around), ".config")
        return os.path.join(base, "fish")

    def opening(self, program: str, home: str, start: str) -> Opening:
        """With a configuration directory in ``home``.

        fish would begin to make completions out of every manual page of the system, in
        the background, and go on after it was left.
        """
        environ = {"XDG_CONFIG_HOME": os.path.join(home, ".config")}
        files = {
            ".config/fish/config.fish": start,
            ".local/share/fish/generated_completions/none": "",
        }
        return Opening((program, "-i"), environ, files)

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
    marks_unicode = True  # Windows PowerShell

    def load(self, exe: str, cmd: str | None = None) -> str:
        """``Out-String`` keeps the lines apart."""
        return f"& {self._words(exe, cmd)} | Out-String | Invoke-Expression\n"

    def load_line(self, exe: str, cmd: str | None = None) -> str:
        """``Ignore`` leaves ``$error`` alone."""
        word = self.shell.quote(exe)
        there = (
            f"Test-Path -LiteralPath {word}"
            if _is_path(exe)
            else f"Get-Command -Name {word} -CommandType Application -ErrorAction Ignore"
        )
        return f"if ({there}) {{ {self.load(exe, cmd).rstrip()} }}"

    def start_files(self, around: Surroundings) -> tuple[str, ...]:
        """``$PROFILE.CurrentUserAllHosts``: ``profile.ps1``, read by every host program."""
        files = self.all_start_files(around)
        # A profile in a shell that may run no scripts is an error at each start, so
        # Windows PowerShell gets one only where somebody has had one before.
        return tuple(path for path in files if around.exists(os.path.dirname(path))) or files[:1]

    def all_start_files(self, around: Surroundings) -> tuple[str, ...]:
        """On Windows, that of PowerShell 7 and that of Windows PowerShell."""
        if around.platform == "win32":
            base = around.documents or os.path.join(around.home, "Documents")
            folders = [os.path.join(base, name) for name in ("PowerShell", "WindowsPowerShell")]
        else:
            base = around.get("XDG_CONFIG_HOME") or os.path.join(around.home, ".config")
            folders = [os.path.join(base, "powershell")]
        return tuple(os.path.join(folder, "profile.ps1") for folder in folders)

    def advice(self, around: Surroundings) -> str | None:
        """Windows runs no scripts until it is told to."""
        if around.platform != "win32":
            return None
        return "If scripts are disabled: Set-ExecutionPolicy -Scope CurrentUser RemoteSigned"

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


def _unix_home(around: Surroundings) -> str:
    """Where a shell looks that came to Windows from elsewhere: it goes by ``HOME``."""
    return (around.platform == "win32" and around.get("HOME")) or around.home


def _is_path(exe: str) -> bool:
    return os.path.basename(exe) != exe


def get(name: str) -> Host:
    """The host of the shell called ``name`` (or an alias); ``KeyError`` where there is none."""
    name = shells.ALIASES.get(name, name)
    for host in _HOSTS:
        if host.name == name:
            return host
    raise KeyError(name)
