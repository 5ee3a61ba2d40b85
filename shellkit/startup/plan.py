"""What is to be changed to load the functions at each start, and to stop that."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from shellkit.errors import ConfigError
from shellkit.shells.base import COMMAND
from shellkit.shells.hosts import Surroundings
from shellkit.startup import block, edits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from shellkit.rim import Rim
    from shellkit.shells.hosts import Host

#: A call of the prompt's function, or of the program for the functions.
_CALLS_US = re.compile(r"\bshellkit_prompt\b|\bshellkit['\"]?\s+init\b")

#: Seconds. A shell takes some hundredths; a start-up file may wait for what never comes.
_PATIENCE = 5


def surroundings(rim: Rim) -> Surroundings:
    """What decides where start-up files are, on this machine."""
    return Surroundings(
        rim.environ.get,
        rim.home,
        sys.platform,
        output_of=lambda argv: _output_of(argv, rim.environ),
        documents=_documents(),
    )


def install(host: Host, around: Surroundings, exe: str, cmd: str | None) -> list[edits.Edit]:
    """The edits that make every new ``host`` load the functions; none where they are made."""
    found = []
    for file in _each_once(host.start_files(around)):
        text = _or_torn(file, block.take_out)
        line = host.line_for(file.path, text or "", exe, cmd)
        if line is not None:
            if file.data and text == file.text and host.ends_within(file.target, around):
                raise ConfigError(
                    "ends within a quote or a here-document, of which our lines would become"
                    " a part; nothing was changed",
                    f"close it ({host.programs[0]} -n {file.path} says more), then run it again",
                    file=file.path,
                )
            text = block.put(file.text, line, cmd=cmd or COMMAND, new_file=file.data is None)
            if file.data is None and host.marks_unicode and not text.isascii():
                text = block.BYTE_ORDER_MARK + text
        found.append(file.edit(text))
    return _changes(found)


def uninstall(host: Host, around: Surroundings) -> list[edits.Edit]:
    """The edits that take out what ``install`` may have written, wherever it is."""
    paths = [path for path in host.all_start_files(around) if os.path.isfile(path)]
    return _changes(file.edit(_or_torn(file, block.take_out)) for file in _each_once(paths))


def own_lines(host: Host, around: Surroundings) -> list[tuple[str, int, str]]:
    """Lines of the person's own that call our functions or load them: path, number, line.

    ``uninstall`` does not touch them; comments do not count.
    """
    found = []
    for path in host.own_files(around):
        if not os.path.isfile(path):
            continue
        try:
            text = _or_torn(edits.read(path), block.take_out) or ""
        except ConfigError:  # Not to be read, or torn; then nothing of it was changed either.
            continue
        for number, line in enumerate(text.split("\n"), 1):
            said = line.strip()
            if _CALLS_US.search(said) and not said.startswith("#"):
                found.append((path, number, said))
    return found


def _each_once(paths: Iterable[str]) -> Iterable[edits.File]:
    """The files, by their first names: ``.bash_profile`` may be a link to ``.bashrc``."""
    found: dict[str, edits.File] = {}
    for file in map(edits.read, paths):
        found.setdefault(file.target, file)
    return found.values()


def _changes(found: Iterable[edits.Edit]) -> list[edits.Edit]:
    changes = [edit for edit in found if edit.after != edit.file.data]
    for edit in changes:
        edits.check_writable(edit.file)
    return changes


def _or_torn(file: edits.File, touch: Callable[[str], str | None]) -> str | None:
    try:
        return touch(file.text)
    except block.TornBlock as torn:
        raise ConfigError(
            f"the lines of shellkit are torn: {torn.message}",
            "take out what is left of them in an editor, then run it again",
            file=file.path,
            line=torn.line,
        ) from None


def _output_of(argv: Sequence[str], environ: Mapping[str, str]) -> str | None:
    try:
        done = subprocess.run(
            argv,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return os.fsdecode(done.stdout)


def _documents() -> str | None:
    if sys.platform != "win32":
        return None
    import platformdirs

    return platformdirs.user_documents_dir()
