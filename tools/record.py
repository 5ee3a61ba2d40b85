"""Record the pictures in docs/images: real shells in a real `shellkit demo`, on a pseudo terminal.

Each scene opens the demo in a shell, presses keys, and draws the screen as it then is
as an SVG file. The shell has a plain prompt of its own; all else on the screen is
shellkit's or the shell's. What differs from run to run (keys, the demo's folder, the
user's name, the time) is replaced or held, so that the same program gives the same picture:

    python tools/record.py                 # writes docs/images/*.svg
    python tools/record.py --check [FILE]  # exit 1 if they would change
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

from shellkit.sandbox.home import code

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
COLUMNS, ROWS = 100, 30
#: Seconds that one step may take; the first command imports botocore.
PATIENCE = 60
#: A picture that is another one than before is taken again: a busy machine lets minutes pass.
TRIES = 3


class Scene(NamedTuple):
    """One picture: its file, the title of its window, the shell, and the steps.

    A step is a line to run; ``KEYS|UNTIL`` presses keys, and waits for what ``UNTIL`` matches;
    ``#`` answers with the code of the demo's MFA device; ``@SECONDS`` sets the clock of the
    prompt to that many before the end of the session.
    ``profiles``: what is added to the demo's ``~/.aws/config``. ``cursor``: whether it is
    drawn, where somebody is still typing.
    """

    file: str
    title: str
    shell: str
    steps: tuple[str, ...]
    profiles: tuple[str, ...] = ()
    cursor: bool = False


#: More of them than the demo has, as people have: account and name.
PROFILES = tuple(
    f"[profile {name}]\nrole_arn = arn:aws:iam::{account}:role/{role}\n"
    f"source_profile = base\nregion = {region}\n"
    for name, account, role, region in (
        ("acme-dev", "280650147932", "Developer", "eu-central-1"),
        ("acme-staging", "593047218860", "Developer", "eu-west-1"),
        ("acme-production", "816204759301", "ReadOnly", "eu-west-1"),
        ("acme-production-admin", "816204759301", "Admin", "eu-west-1"),
        ("globex-dev", "105938274650", "Developer", "us-east-1"),
        ("globex-prod", "204857361948", "Operator", "us-east-1"),
        ("globex-prod-billing", "204857361948", "Billing", "us-east-1"),
        ("initech-preprod", "317264058193", "Developer", "us-west-2"),
        ("pipeline-live", "428195730462", "Deploy", "eu-west-1"),
    )
)

SCENES = (
    Scene(
        "demo.svg",
        "bash",
        "bash",
        (
            "assume dev",
            "assume prod\r|MFA code",
            "#",
            "assume prdo",
            "assume -",
            "@840",
            "echo $AWS_REGION",
            "@0",
            "true",
            "unassume",
            "echo ${AWS_REGION-unset}",
        ),
    ),
    Scene(
        "explain.svg", "assume --explain", "bash", ("assume staging", "assume release --explain")
    ),
    Scene(
        "picker.svg",
        "zsh",
        "zsh",
        ("assume dev", "assume\r|base", "prd|6/"),
        profiles=PROFILES,
        cursor=True,
    ),
    Scene("tab.svg", "fish", "fish", ("assume dev", "assume prd\t|billing"), PROFILES, cursor=True),
)

#: A prompt of the user's own: a sign that is red after a failure, and what is typed in bold. And
#: the clock of the segment, which says what the file .left says.
SET_UP = {
    "bash": r"""
PROMPT_COMMAND="c=\$((32 - (\$? > 0)));$PROMPT_COMMAND"
PS1='\[\e[${c}m\]$\[\e[0;1m\] ' PS0='\e[0m'
__shellkit_prompt_clock() {
    read -r __shellkit_now <~/.left
    __shellkit_now=$((SHELLKIT_EXPIRES - __shellkit_now))
}
unset HISTFILE
""",
    "zsh": r"""
PROMPT='%(?.%F{green}.%F{red})%%%f ' zle_highlight=(default:bold)
__shellkit_prompt_clock() {
    read -r __shellkit_now <~/.left
    __shellkit_now=$((SHELLKIT_EXPIRES - __shellkit_now))
}
unset HISTFILE
""",
    "fish": r"""
function fish_prompt
    test $status -eq 0; and set_color green; or set_color red
    printf '> '
    set_color normal
end
function fish_title; end
function fish_right_prompt; end
function __shellkit_prompt_clock -S
    read -l left <~/.left
    set __shellkit_now (math $SHELLKIT_EXPIRES - $left)
end
""",
}
_AT_PROMPT = re.compile(r"(?:\([^()]+\) )?[$%>] ?")

#: What is replaced: it differs from run to run.
MASKS = (
    (re.compile(r"/tmp/shellkit-demo-\w+"), "/home/alex"),
    (re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"), r"\1IOSFODNN7EXAMPLE"),
    (re.compile(r"\bshellkit-(?!demo)[\w+=,.@-]+"), "shellkit-alex"),
    (re.compile(r"(MFA code\b.*: )\d{6}\b"), r"\g<1>492039"),
)


# --- Recording ---------------------------------------------------------------


class Terminal:
    """The demo on a pseudo terminal, and the screen that a person would see."""

    def __init__(self, scene: Scene, home: str) -> None:
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
        self._scene = scene
        self._left = Path(home)
        self._child: Any = pexpect.spawn(
            sys.executable,
            ["-m", "shellkit", "demo", "--shell", scene.shell],
            env=environ,
            cwd=str(ROOT),
            dimensions=(ROWS, COLUMNS),
            timeout=PATIENCE,
        )
        self._child.delaybeforesend = None

    def start(self) -> None:
        """Wait for the shell, and give it our prompt and an empty screen."""
        self._child.expect(rb"HOME is ([^)\s]+)")
        found: Any = self._child.match
        home = Path(found[1].decode())
        self._left = home / ".left"
        self._left.write_text("3600\n", encoding="utf-8")
        with (home / ".aws" / "config").open("a", encoding="utf-8") as config:
            config.write("".join(self._scene.profiles))
        set_up = home / ".set-up"
        set_up.write_text(SET_UP[self._scene.shell], encoding="utf-8")
        self._child.expect_exact(b"nothing of yours was touched.")
        self._read_until(lambda: self._row().rstrip().endswith(("$", "#", "%", ">")))
        self._child.sendline("source ~/.set-up; clear")
        self._read_until(lambda: self.screen.cursor.y == 0 and self._is_at_prompt())
        self.rest()

    def play(self, step: str) -> None:
        """Do one step of a scene."""
        if step.startswith("@"):
            self._left.write_text(step[1:] + "\n", encoding="utf-8")
        elif step == "#":
            self._run(code(str(self._left.parent), time.time()) or "")
        elif "|" in step:
            keys, _, shown = step.partition("|")
            self._child.send(keys)
            self._read_until(lambda: re.search(shown, "\n".join(self.screen.display)) is not None)
        else:
            self._run(step)
        self.rest()

    def _run(self, command: str) -> None:
        self._child.send(command)
        self._read_until(lambda: self._row().rstrip().endswith(command))
        before = self.screen.cursor.y
        self._child.send("\r")
        self._read_until(lambda: self.screen.cursor.y > before and self._is_at_prompt())

    def rest(self) -> None:
        """Take in what is still being drawn."""
        while self._read(0.3):
            pass

    def close(self) -> None:
        """Leave the shell, whatever it is at, and the demo with it."""
        self._child.close(force=True)

    def _row(self) -> str:
        return str(self.screen.display[self.screen.cursor.y])

    def _is_at_prompt(self) -> bool:
        return _AT_PROMPT.fullmatch(self._row().rstrip()) is not None

    def _read_until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > end:
                raise TimeoutError("\n".join(self.screen.display))
            self._read(0.2)

    def _read(self, seconds: float) -> bool:
        try:
            printed: Any = self._child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return False
        self._stream.feed(printed)
        return True


def record(scene: Scene) -> str:
    """The picture of ``scene``, as the text of an SVG file."""
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal(scene, home)
        try:
            terminal.start()
            for step in scene.steps:
                terminal.play(step)
            return draw(scene, terminal.screen)
        finally:
            terminal.close()


# --- Drawing -----------------------------------------------------------------

CELL, LINE, SIZE = 8.4, 20, 14
PADDING, BAR = 18, 36
BACKGROUND, BORDER, TEXT, BRIGHT, FAINT = "#10151c", "#30363d", "#c2cad4", "#f4f7fa", "#7d8793"
#: What pyte calls brown is yellow.
COLOURS = {
    "black": "#484f58",
    "red": "#ff7b72",
    "green": "#56d364",
    "brown": "#e3b341",
    "blue": "#79c0ff",
    "magenta": "#d2a8ff",
    "cyan": "#58c4dc",
    "white": TEXT,
    "brightblack": FAINT,
    "default": TEXT,
}
FONT = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"


class Look(NamedTuple):
    """How a character is drawn; ``back`` is empty where the window shows through."""

    colour: str
    back: str
    bold: bool
    underlined: bool


class Run(NamedTuple):
    """Neighbouring characters of one look, from column ``x`` on."""

    x: int
    text: str
    look: Look


def look(cell: Char) -> Look:
    """The colours and the weight of ``cell``."""
    fore = BRIGHT if (cell.fg, cell.bold) == ("default", True) else _colour(cell.fg)
    back = "" if cell.bg == "default" else _colour(cell.bg)
    if cell.reverse:
        fore, back = back or BACKGROUND, fore
    return Look(fore, back, cell.bold, cell.underscore)


def _colour(name: str) -> str:
    if name in COLOURS:
        return COLOURS[name]
    plain = COLOURS.get(name.removeprefix("bright"))
    return plain or f"#{name}"


def styled(cells: Mapping[int, Char]) -> Iterator[Run]:
    """The runs of a row of the screen, without blanks around them, masked."""
    x, shift = 0, 0
    while x < COLUMNS:
        this, start = look(cells[x]), x
        while x < COLUMNS and look(cells[x]) == this:
            x += 1
        text = "".join(cells[column].data for column in range(start, x))
        shown = text if this.back else text.strip()
        if not shown:
            continue
        start += (0 if this.back else len(text) - len(text.lstrip())) + shift
        masked = mask(shown)
        shift += len(masked) - len(shown)
        yield Run(start, masked, this)


def mask(text: str) -> str:
    """``text`` without what differs from run to run."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


def rows_of(screen: pyte.Screen, cursor: bool) -> list[list[Run]]:
    """What the screen shows, to its last line; without the prompt that waits, if nobody types."""
    end = ROWS if cursor else screen.cursor.y
    rows = [list(styled(screen.buffer[y])) for y in range(end)]
    while rows and not rows[-1]:
        del rows[-1]
    return rows


def draw(scene: Scene, screen: pyte.Screen) -> str:
    """A window with what ``screen`` shows, as the text of an SVG file."""
    rows = rows_of(screen, scene.cursor)
    width = round(COLUMNS * CELL + 2 * PADDING)
    height = BAR + len(rows) * LINE + PADDING
    said = "\n".join(_plain(row) for row in rows)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(scene.title)}</title>',
        f'<desc id="desc">{escape(said)}</desc>',
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="9"'
        f' fill="{BACKGROUND}" stroke="{BORDER}"/>',
    ]
    lines += [f'<circle cx="{20 + 18 * n}" cy="19" r="5.5" fill="{BORDER}"/>' for n in range(3)]
    lines += [
        f'<text x="{width / 2:g}" y="23.5" fill="{FAINT}" font-size="13" text-anchor="middle"'
        f' font-family="system-ui, sans-serif">{escape(scene.title)}</text>',
        f'<g font-family="{FONT}" font-size="{SIZE}" xml:space="preserve">',
    ]
    for number, row in enumerate(rows):
        lines += [line for run in row for line in _drawn(run, BAR + number * LINE)]
    if scene.cursor:
        lines.append(_box(screen.cursor.x, 1, BAR + screen.cursor.y * LINE, TEXT, ' opacity=".7"'))
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _drawn(run: Run, top: int) -> Iterator[str]:
    if run.look.back:
        yield _box(run.x, len(run.text), top, run.look.back)
    if not run.text.strip():
        return
    # textLength keeps the columns in place, whatever font the viewer has.
    more = ' font-weight="600"' if run.look.bold else ""
    more += ' text-decoration="underline"' if run.look.underlined else ""
    yield (
        f'<text x="{PADDING + run.x * CELL:g}" y="{top + LINE - 6}"'
        f' textLength="{len(run.text) * CELL:g}"'
        f' fill="{run.look.colour}"{more}>{escape(run.text)}</text>'
    )


def _box(x: int, cells: int, top: int, colour: str, more: str = "") -> str:
    return (
        f'<rect x="{PADDING + x * CELL:g}" y="{top}" width="{cells * CELL:g}" height="{LINE}"'
        f' fill="{colour}"{more}/>'
    )


def _plain(row: list[Run]) -> str:
    text = ""
    for run in row:
        text = text.ljust(run.x) + run.text
    return text.rstrip()


def main(argv: list[str]) -> int:
    """Write the pictures, or compare them (``--check``), all or those named; the exit code."""
    check = "--check" in argv
    named = [word for word in argv if word != "--check"]
    changed = []
    for scene in SCENES:
        if named and scene.file not in named:
            continue
        path = IMAGES / scene.file
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        for _ in range(TRIES):
            svg = record(scene)
            if svg == before:
                break
        else:
            changed.append(path)
            if not check:
                IMAGES.mkdir(parents=True, exist_ok=True)
                path.write_text(svg, encoding="utf-8")
    for path in changed:
        print(path.relative_to(ROOT))
    return 1 if changed and check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
