"""Record the pictures in docs/images: a real `shellkit demo`, played on a pseudo terminal.

Each scene opens the demo in bash, types its commands, and draws the screen as it
then is as an SVG file. What differs from run to run (keys, the demo's folder, the
user's name) is replaced, so that the same program gives the same picture:

    python tools/record.py            # writes docs/images/*.svg
    python tools/record.py --check    # exit 1 if they would change
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import pexpect
import pyte
from pyte.screens import Char

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
COLUMNS, ROWS = 100, 48
#: Seconds that one command may take; the first one imports botocore.
PATIENCE = 60


class Scene(NamedTuple):
    """One picture: its file, the title of its window, and what is typed."""

    file: str
    title: str
    commands: tuple[str, ...]


SCENES = (
    Scene(
        "demo.svg",
        "shellkit demo",
        (
            "assume dev",
            "assume prod",
            "echo $AWS_REGION",
            "assume prdo",
            "assume -",
            "unassume",
            "echo ${AWS_REGION-unset}",
        ),
    ),
    Scene(
        "explain.svg",
        "assume --explain",
        ("assume staging", "assume release --explain"),
    ),
)

#: The active profile in cyan, a dollar sign that is red after a failure, and what is typed in bold.
PROMPT = "; ".join(
    (
        r"PROMPT_COMMAND='c=$((32 - ($? > 0)))'",
        r"PS1='${SHELLKIT_PROFILE:+\[\e[36m\]($SHELLKIT_PROFILE) }\[\e[${c}m\]$\[\e[0;1m\] '",
        r"PS0='\e[0m'",
        "unset HISTFILE",
        "clear",
    )
)
_AT_PROMPT = re.compile(r"(?:\(\S+\) )?[$] ?")

#: What is replaced: it differs from run to run.
MASKS = (
    (re.compile(r"/tmp/shellkit-demo-\w+"), "~"),
    (re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"), r"\1IOSFODNN7EXAMPLE"),
    (re.compile(r"\bshellkit-(?!demo)[\w+=,.@-]+"), "shellkit-alex"),
)


# --- Recording ---------------------------------------------------------------


class Terminal:
    """The demo on a pseudo terminal, and the screen that a person would see."""

    def __init__(self, home: str) -> None:
        environ = {
            "HOME": home,
            "INPUTRC": os.devnull,
            "LC_ALL": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "TMPDIR": "/tmp",
        }
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "shellkit", "demo", "--shell", "bash"],
            env=environ,
            cwd=str(ROOT),
            dimensions=(ROWS, COLUMNS),
            timeout=PATIENCE,
        )
        self._child.delaybeforesend = None

    def start(self) -> None:
        """Wait for the shell, and give it our prompt and an empty screen."""
        self._child.expect_exact(b"nothing of yours was touched.")
        self._read_until(lambda: self._row().rstrip().endswith(("$", "#")))
        self._child.sendline(PROMPT)
        self._read_until(lambda: self.screen.cursor.y == 0 and self._is_at_prompt())

    def play(self, command: str) -> None:
        """Type ``command``, and wait for the next prompt."""
        self._child.send(command)
        self._read_until(lambda: self._row().rstrip().endswith(command))
        before = self.screen.cursor.y
        self._child.send("\r")
        self._read_until(lambda: self.screen.cursor.y > before and self._is_at_prompt())

    def leave(self) -> None:
        """Leave the shell, and the demo with it."""
        self._child.sendline("exit")
        self._child.expect(pexpect.EOF)
        self._child.close()
        if self._child.exitstatus != 0:
            raise RuntimeError(f"the demo ended with exit code {self._child.exitstatus}")

    def _row(self) -> str:
        return str(self.screen.display[self.screen.cursor.y])

    def _is_at_prompt(self) -> bool:
        return _AT_PROMPT.fullmatch(self._row().rstrip()) is not None

    def _read_until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > end:
                raise TimeoutError("\n".join(self.screen.display))
            try:
                printed: Any = self._child.read_nonblocking(65536, timeout=0.2)
            except pexpect.TIMEOUT:
                continue
            self._stream.feed(printed)


def record(scene: Scene) -> str:
    """The picture of ``scene``, as the text of an SVG file."""
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal(home)
        terminal.start()
        for command in scene.commands:
            terminal.play(command)
        rows = [list(styled(terminal.screen.buffer[y])) for y in range(terminal.screen.cursor.y)]
        terminal.leave()
    return draw(scene.title, rows)


# --- Drawing -----------------------------------------------------------------

CELL, LINE, SIZE = 8.4, 20, 14
PADDING, BAR = 18, 36
BACKGROUND, BORDER, TEXT, BRIGHT, FAINT = "#10151c", "#30363d", "#c2cad4", "#f4f7fa", "#7d8793"
COLOURS = {"red": "#ff7b72", "green": "#56d364", "cyan": "#58c4dc", "default": TEXT}
FONT = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"


class Run(NamedTuple):
    """Neighbouring characters of one look, from column ``x`` on."""

    x: int
    text: str
    colour: str
    bold: bool


def styled(cells: Mapping[int, Char]) -> Iterator[Run]:
    """The runs of a row of the screen, without blanks around them, masked."""
    x, shift = 0, 0
    while x < COLUMNS:
        look, start = (cells[x].fg, cells[x].bold), x
        while x < COLUMNS and (cells[x].fg, cells[x].bold) == look:
            x += 1
        text = "".join(cells[column].data for column in range(start, x))
        shown = text.strip()
        if not shown:
            continue
        start += len(text) - len(text.lstrip()) + shift
        masked = mask(shown)
        shift += len(masked) - len(shown)
        colour = BRIGHT if look == ("default", True) else COLOURS[look[0]]
        yield Run(start, masked, colour, look[1])


def mask(text: str) -> str:
    """``text`` without what differs from run to run."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


def draw(title: str, rows: list[list[Run]]) -> str:
    """A window called ``title`` with ``rows`` in it, as the text of an SVG file."""
    width = round(COLUMNS * CELL + 2 * PADDING)
    height = BAR + len(rows) * LINE + PADDING
    said = "\n".join(_plain(row) for row in rows)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(said)}</desc>',
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="9"'
        f' fill="{BACKGROUND}" stroke="{BORDER}"/>',
    ]
    lines += [f'<circle cx="{20 + 18 * n}" cy="19" r="5.5" fill="{BORDER}"/>' for n in range(3)]
    lines += [
        f'<text x="{width / 2:g}" y="23.5" fill="{FAINT}" font-size="13" text-anchor="middle"'
        f' font-family="system-ui, sans-serif">{escape(title)}</text>',
        f'<g font-family="{FONT}" font-size="{SIZE}" xml:space="preserve">',
    ]
    for number, row in enumerate(rows):
        y = BAR + (number + 1) * LINE - 6
        lines += [_text(run, y) for run in row]
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _text(run: Run, y: int) -> str:
    # textLength keeps the columns in place, whatever font the viewer has.
    bold = ' font-weight="600"' if run.bold else ""
    return (
        f'<text x="{PADDING + run.x * CELL:g}" y="{y}" textLength="{len(run.text) * CELL:g}"'
        f' fill="{run.colour}"{bold}>{escape(run.text)}</text>'
    )


def _plain(row: list[Run]) -> str:
    text = ""
    for run in row:
        text = text.ljust(run.x) + run.text
    return text


def main(argv: list[str]) -> int:
    """Write the pictures, or compare them (``--check``); the exit code."""
    changed = []
    for scene in SCENES:
        path, svg = IMAGES / scene.file, record(scene)
        if path.is_file() and path.read_text(encoding="utf-8") == svg:
            continue
        changed.append(path)
        if "--check" not in argv:
            IMAGES.mkdir(parents=True, exist_ok=True)
            path.write_text(svg, encoding="utf-8")
    for path in changed:
        print(path.relative_to(ROOT))
    return 1 if changed and "--check" in argv else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
