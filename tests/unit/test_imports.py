"""What is imported, and by whom: the price of each hot path, and the walls of the house."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import shellkit
from shellkit import memo
from shellkit.credentials import store
from shellkit.credentials.session import Credentials
from shellkit.profiles.signature import signature
from shellkit.switch import Identity

PACKAGE = Path(shellkit.__file__).parent

#: Runs the program and writes down what it imported that a bare interpreter has not.
PROBE = """\
import sys
before = set(sys.modules)
from shellkit.__main__ import main
code = main()
print(*sorted(set(sys.modules) - before), file=sys.stderr)
sys.exit(code)
"""

ALWAYS = {"__future__", "shellkit", "shellkit.__main__", "shellkit.hot", "shellkit.shells", "time"}

WARM = ALWAYS | {
    "binascii",
    "shellkit.credentials",
    "shellkit.credentials.session",
    "shellkit.credentials.store",
    "shellkit.environment",
    "shellkit.files",
    "shellkit.memo",
    "shellkit.paths",
    "shellkit.profiles",
    "shellkit.profiles.signature",
    "shellkit.shells.base",
    "shellkit.shells.bash",
    "shellkit.shells.posix",
    "shellkit.switch",
}

INIT = ALWAYS | {
    "shellkit.environment",
    "shellkit.executable",
    "shellkit.paths",
    "shellkit.shells.base",
    "shellkit.shells.bash",
    "shellkit.shells.posix",
    "shellkit.shells.render",
}


def imported(*argv: str, environ: dict[str, str] | None = None) -> set[str]:
    """The modules that ``shellkit ARGV`` imports; its own messages must be none."""
    system = ("PATH", "SYSTEMROOT", "LOCALAPPDATA", "USERPROFILE")
    kept = {name: os.environ[name] for name in system if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *argv],
        cwd=PACKAGE.parent,
        env={**kept, **(environ or {})},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout
    # The codecs are the locale's matter.
    return {name for name in done.stderr.split() if not name.startswith("encodings.")}


@pytest.mark.skipif(sys.platform == "darwin", reason="platformdirs finds the place")
def test_init_imports_only_what_it_needs() -> None:
    assert imported("init", "bash") <= INIT


@pytest.mark.skipif(sys.platform == "darwin", reason="platformdirs finds the place")
def test_a_warm_assume_imports_only_what_it_needs(tmp_path: Path) -> None:
    words = ("env", "--shell", "bash", "assume", "dev")
    config = str(tmp_path / "config")
    found = memo.Memo(
        Identity("dev", "eu-west-1", "111122223333", "Dev"),
        "key",
        recipe="target=dev",
        min_left=900,
        quiet=False,
        home=str(tmp_path),
        reads={"AWS_PROFILE": None},
        files={config: signature(config)},
    )
    cache = str(tmp_path / "shellkit")
    memo.record(cache, words, found)
    store.write(cache, "key", Credentials("ASIA", "s", "t", expires=4_000_000_000))
    home = str(tmp_path)
    environ = {"HOME": home, "USERPROFILE": home, "XDG_CACHE_HOME": home}
    assert imported(*words, environ=environ) <= WARM


@pytest.mark.parametrize(
    "module", ["re", "json", "typing", "dataclasses", "argparse", "contextlib", "functools", "enum"]
)
def test_the_lists_have_nothing_heavy_in_them(module: str) -> None:
    assert not {name for name in WARM | INIT if name.split(".")[0] == module}


# --- Walls ----------------------------------------------------------------------------

#: Who may import what (and each of them only inside of a function).
ROOMS = {
    "botocore": ("credentials",),
    "boto3": ("credentials",),
    "prompt_toolkit": ("terminal",),
    "jinja2": ("shells", "terminal"),
    "filelock": ("lockfile.py",),
    "keyring": ("credentials",),
}


#: An ordinary AWS program, which asks as every SDK does.
STRANGERS = {"sandbox/whoami.py"}


def imports(tree: ast.AST, *, top: bool = True) -> list[tuple[str, bool]]:
    """The packages that are imported, each with whether that happens on import of the module."""
    found: list[tuple[str, bool]] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name.split(".")[0], top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.module.split(".")[0], top))
        inner = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        found += imports(node, top=top and not inner and not typing_only)
    return found


def test_each_library_stays_in_its_room_and_is_imported_where_it_is_used() -> None:
    strayed = []
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.as_posix() in STRANGERS:
            continue
        for library, top in imports(ast.parse(path.read_text(encoding="utf-8"))):
            if library in ROOMS and (top or place.parts[0] not in ROOMS[library]):
                strayed.append(f"{place}: {library}")
    assert strayed == []


def test_the_scan_sees_what_it_should() -> None:
    code = "import a.b\nif TYPE_CHECKING:\n    import c\ndef f():\n    from d import e\n"
    assert imports(ast.parse(code)) == [("a", True), ("c", False), ("d", False)]
