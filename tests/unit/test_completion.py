"""The index from which the shells complete: what is in it, and when it holds."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shellkit import completion, files, options
from shellkit.credentials import partitions
from shellkit.profiles import index, signature

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CONFIG = f"""\
[default]
region = eu-west-1

[profile acme-production]
role_arn = arn:aws:iam::111122223333:role/team/Admin
source_profile = base
region = eu-central-1
external_id = {SECRET}

[profile "my profile"]
sso_session = corp
sso_account_id = 444455556666
sso_role_name = ReadOnly

[profile wrong]
role_arn = {SECRET}
sso_role_name = {SECRET}
region = {SECRET}

[profile -dash]
region = eu-west-1
"""
CREDENTIALS = f"""\
[base]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = {SECRET}
"""


class House:
    """A home directory with AWS files and a cache."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ: dict[str, str] = {}
        (home / ".aws").mkdir()
        self.config = home / ".aws" / "config"
        self.credentials = home / ".aws" / "credentials"
        self.cache = home / ".cache" / "shellkit"
        self.write(self.config, CONFIG)
        self.write(self.credentials, CREDENTIALS)

    def write(self, path: Path, text: str, age: float = 100.0) -> None:
        """Write the file, as if that had been ``age`` seconds ago."""
        path.write_text(text, encoding="utf-8")
        then = time.time_ns() - int(age * 1e9) | 1
        os.utime(path, ns=(then, then))

    def whole_environment(self) -> dict[str, str]:
        """Of a program that lives in it."""
        home = str(self.home)
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        cache = str(self.cache.parent)
        return {**kept, "HOME": home, "USERPROFILE": home, "XDG_CACHE_HOME": cache}

    @property
    def get(self) -> Callable[[str], str | None]:
        return self.environ.get

    def sources(self) -> index.Sources:
        return completion.watch(self.get, str(self.home))

    def fresh(self) -> bool:
        return index.fresh(str(self.cache), self.sources()) is not None

    def make(self) -> Path:
        path = completion.up_to_date(self.get, str(self.home), str(self.cache))
        assert path is not None
        return Path(path)

    def parts(self) -> list[list[str]]:
        """The lines of each part."""
        text = self.make().read_text(encoding="utf-8")
        return [part.splitlines() for part in text.split(index.SEPARATOR)]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


# ---------------------------------------------------------------- what is in it


def test_profiles_and_roles(house: House) -> None:
    header, _, names, roles, described, rest = house.parts()
    assert header[:3] == [
        index.MAGIC,
        f"{house.home}/.aws/config",
        f"{house.home}/.aws/credentials",
    ]
    assert names == ["acme-production", "base", "default", "my profile", "wrong"]
    assert roles == ["111122223333:team/Admin\tacme-production"]
    assert described == [
        "acme-production\t111122223333 Admin, eu-central-1",
        "base\taccess key",
        "default\teu-west-1",
        "my profile\t444455556666 ReadOnly",
        "wrong\t",
    ]
    assert rest == []


def test_a_torn_index_does_not_hold(house: House) -> None:
    """As a power cut may leave it: its header would still hold."""
    path = house.make()
    data = path.read_bytes()
    for torn in (data[:-1], data[: len(data) // 2], data + b"x", data.replace(b" ", b" x", 1)):
        path.write_bytes(torn)
        assert not house.fresh()
        assert house.make().read_bytes() == data


def test_names_are_in_the_order_of_their_bytes(house: House) -> None:
    """bash finds them by halving, and compares bytes."""
    names = ["b", "B", "é", "a\ue000", "a\U0001f692", "a", "ab"]
    text = "".join(f"[profile {name}]\nregion = eu-west-1\n" for name in names)
    house.config.write_bytes(os.fsencode(text))
    os.utime(house.config, ns=(time.time_ns() - 10**11 | 1,) * 2)
    path = house.make()
    found = path.read_bytes().split(index.SEPARATOR.encode())[2].splitlines()
    assert len(found) == len({*names, "base"})
    assert found == sorted(found)


@pytest.mark.posix
def test_no_secret_and_private(house: House) -> None:
    path = house.make()
    assert SECRET not in path.read_text()
    assert "AKIA" not in path.read_text()
    for each in (path, *path.parent.rglob("*")):
        assert stat.S_IMODE(each.stat().st_mode) == (0o700 if each.is_dir() else 0o600)


def test_lengths_in_the_header(house: House) -> None:
    house.write(house.config, CONFIG + "[profile été]\n")
    data = house.make().read_bytes()
    header, *parts = data.split(b"\x1c")
    lengths = [int(number) for number in header.splitlines()[9].split()]
    assert lengths == [len(part) for part in parts[:4]]


def test_every_command_and_option(house: House) -> None:
    lines = [line.split("\t") for line in house.parts()[1]]
    assert all(len(line) == 4 for line in lines)
    known = {(scope, word): kind for scope, word, kind, _ in lines}
    scopes = {"assume": options.ASSUME_OPTIONS}
    for entry in options.COMMANDS:
        assert (("shellkit", entry.name) in known) is not entry.hidden
        if not entry.hidden:
            scopes[f"shellkit {entry.name}"] = entry.options
    for scope, several in scopes.items():
        for option in several:
            # No kind: the word after it is not its value.
            assert bool(known[scope, f"--{option.name}"]) is not option.is_switch
            assert not option.letter or (scope, f"-{option.letter}") in known
            for choice in option.choices:
                assert (f"{scope} {option.name}", choice) in known
    assert known["assume", "1"] == "targets"
    assert known["assume", "--source"] == "profiles"
    assert known["shellkit init", "--cmd"] == "nothing"


def test_regions_are_those_of_botocore(house: House) -> None:
    import botocore.session

    session = botocore.session.Session()
    theirs = {
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("sts", partition, allow_non_regional=False)
    }
    ours = [name for name, _ in partitions.regions()]
    assert theirs <= set(ours)
    assert len(ours) == len(set(ours))
    assert not [name for name in ours if name.endswith("-global")]
    lines = house.parts()[1]
    assert "regions\teu-west-1\t\tEurope (Ireland)" in lines
    assert [line.split("\t")[1] for line in lines if line.startswith("regions\t")] == ours


def test_capital_letters_are_known(house: House) -> None:
    assert "profiles\tlower-case\t\t" in house.parts()[1]
    house.write(house.config, CONFIG + "[profile Acme]\n", age=50)
    assert "profiles\tlower-case\t\t" not in house.parts()[1]


def test_names_that_no_line_can_hold(house: House) -> None:
    house.write(house.config, '[profile "a\x1cb"]\n[profile "tab\tbed"]\n[profile ok]\n')
    assert house.parts()[2] == ["base", "ok"]


# ---------------------------------------------------------------- when it holds


def test_it_holds_until_something_changes(house: House) -> None:
    assert not house.fresh()
    first = house.make()
    before = first.stat()
    assert house.fresh()
    assert house.make() == first
    assert first.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("age", [1.0, 10_000.0], ids=["newer", "older"])
@pytest.mark.parametrize("which", ["config", "credentials"])
def test_another_time_is_a_change(house: House, which: str, age: float) -> None:
    house.make()
    house.write(getattr(house, which), "[profile new]\n[new]\n", age=age)
    assert not house.fresh()
    assert "new" in house.parts()[2]
    assert house.fresh()


@pytest.mark.parametrize("which", ["config", "credentials"])
def test_a_file_that_comes_or_goes(house: House, which: str) -> None:
    path = getattr(house, which)
    text = path.read_text()
    house.make()
    path.unlink()
    assert not house.fresh()
    house.make()
    assert house.fresh()
    house.write(path, text)
    assert not house.fresh()


@pytest.mark.posix
def test_a_link_to_another_file(house: House, tmp_path: Path) -> None:
    house.make()
    other = tmp_path / "other"
    house.write(other, "[profile elsewhere]\n", age=5000)
    house.config.unlink()
    house.config.symlink_to(other)
    assert not house.fresh()
    assert "elsewhere" in house.parts()[2]


def test_another_version_of_the_program(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.make()
    newer = house.home / "options.py"
    house.write(newer, "")
    monkeypatch.setattr(completion, "_PROGRAM", str(newer))
    assert not house.fresh()


def test_one_index_for_each_pair_of_files(house: House) -> None:
    first = house.make()
    other = house.home / "other"
    house.write(other, "[profile other]\n")
    house.environ = {"AWS_CONFIG_FILE": str(other)}
    assert not house.fresh()
    second = house.make()
    assert second != first
    assert house.parts()[2] == ["base", "other"]
    house.environ = {}
    assert house.fresh()
    house.environ = {"AWS_CONFIG_FILE": "", "AWS_SHARED_CREDENTIALS_FILE": str(house.credentials)}
    assert house.parts()[2] == ["base"]
    assert house.fresh()


def test_there_are_so_many_slots(house: House) -> None:
    made = set()
    for number in range(index.SLOTS + 3):
        house.environ = {"AWS_CONFIG_FILE": str(house.home / str(number))}
        made.add(house.make())
        assert house.fresh()
    assert len(made) == index.SLOTS


@pytest.mark.parametrize("value", ["relative/config", "$HOME/.aws/config", "${X}/config"])
def test_a_name_that_moves_is_never_trusted(
    house: House, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(house.home)
    house.environ = {"AWS_CONFIG_FILE": value, "HOME": str(house.home)}
    house.make()
    assert not house.fresh()


def test_what_could_change_unseen_is_not_trusted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signature, "unsettled", lambda _state, _now: None)
    house.make()
    assert not house.fresh()
    monkeypatch.undo()
    house.make()
    assert house.fresh()


def test_a_file_that_is_written_all_the_while_is_not_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TAB would have hung for as long as something writes to the AWS files."""
    monkeypatch.setattr(signature, "unsettled", lambda _state, _now: 0.001)
    assert "acme-production" in house.parts()[2]
    assert not house.fresh()


def test_a_file_written_just_now(house: House) -> None:
    for number in range(5):
        house.config.write_text(f"[profile p{number}]\n")
        assert house.parts()[2] == ["base", f"p{number}"]


@pytest.mark.parametrize("torn", ["", "shellkit-index 1\n", "shellkit-index 2\nx\n", "\x1c" * 9])
def test_a_torn_index_is_none(house: House, torn: str) -> None:
    house.make().write_text(torn)
    assert not house.fresh()
    house.make()
    assert house.fresh()


def test_without_its_stamps_it_is_none(house: House) -> None:
    for stamp in (house.make().parent / "stamps").iterdir():
        stamp.unlink()
    assert not house.fresh()


def test_broken_files_complete_to_nothing_and_are_not_read_again(house: House) -> None:
    house.write(house.config, "this is no config\n", age=20)
    assert house.parts()[2] == []
    assert house.fresh()


def test_a_cache_that_cannot_be_written(house: House) -> None:
    house.cache.parent.mkdir()
    house.cache.write_text("in the way")
    assert completion.up_to_date(house.get, str(house.home), str(house.cache)) is None


def test_old_stamps_go_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    stamps = house.make().parent / "stamps"
    house.write(house.config, CONFIG, age=30)
    house.make()
    assert len(list(stamps.iterdir())) == 4
    monkeypatch.setattr(index, "_STAMP_AGE", -1)
    house.write(house.config, CONFIG, age=20)
    house.make()
    assert len(list(stamps.iterdir())) == 3
    assert house.fresh()


def test_many_write_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wins, what stays is whole, and is of the state that it says."""
    # Wine gives a file that was just made for a stamp the age that the stamp is to have.
    monkeypatch.setattr(index, "_STAMP_AGE", float("inf"))

    def one(number: int) -> None:
        if number % 4 == 0:
            house.config.write_text("".join(f"[profile p{n}]\n" for n in range(number + 1)))
        # On Windows nobody can open what is just being replaced.
        text = files.read_text(str(house.make()))
        assert text is not None
        assert text.count(index.SEPARATOR) == 5
        assert text.endswith(index.SEPARATOR)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(80)))
    wanted = house.config.read_text().count("[profile")
    assert len(house.parts()[2]) == wanted + 1
    assert house.fresh()
    assert [path.name for path in house.make().parent.glob("*.tmp")] == []


# ---------------------------------------------------------------- who writes it


def run(house: House, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    coverage = {k: v for k, v in os.environ.items() if k.startswith("COVERAGE_")}
    main = Path(completion.__file__).parent / "__main__.py"
    return subprocess.run(
        [sys.executable, "-I", str(main), *words],
        env={**house.whole_environment(), **coverage, **env},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_assume_writes_it_when_it_reads_the_files(house: House) -> None:
    assert run(house, "env", "--shell", "bash", "assume", "no-such-profile").returncode != 0
    assert house.fresh()
    assert house.make().read_text().count("acme-production") == 3


def test_the_command_prints_the_path(house: House) -> None:
    done = run(house, "index")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{house.make()}\n"
    assert run(house, "index", "again").stdout == done.stdout


def test_a_directory_where_the_index_should_be(house: House) -> None:
    for number in range(index.SLOTS - 1):
        (house.cache / "complete" / str(number)).mkdir(parents=True)
    assert house.make().name == str(index.SLOTS - 1)
    assert house.fresh()
    house.make().unlink()
    (house.cache / "complete" / str(index.SLOTS - 1)).mkdir()
    assert completion.up_to_date(house.get, str(house.home), str(house.cache)) is None


# Somebody else's directory, or one that others may write to, is no place for it.
def _missing(path: Path) -> None:
    del path


def _file(path: Path) -> None:
    path.write_text("in the way")


def _link(path: Path) -> None:
    (path.parent / "other").mkdir()
    path.symlink_to("other")


def _shared(path: Path) -> None:
    path.mkdir()
    path.chmod(0o777)


@pytest.mark.parametrize(
    ("place", "works"), [(_missing, True), (_file, False), (_link, False), (_shared, False)]
)
@pytest.mark.skipif(os.name == "nt", reason="a home of one's own for temporary files")
def test_completion_where_the_cache_cannot_be_written(
    place: Callable[[Path], None], works: bool, house: House, tmp_path: Path
) -> None:
    house.cache.parent.mkdir()
    house.cache.write_text("in the way")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    own = temporary / f"shellkit-{os.geteuid()}"
    place(own)
    done = run(house, "index", TMPDIR=str(temporary))
    if works:
        assert done.stdout == f"{own}/complete/0\n"
        assert "acme-production" in Path(done.stdout[:-1]).read_text()
        assert stat.S_IMODE(own.stat().st_mode) == 0o700
        assert run(house, "index", TMPDIR=str(temporary)).stdout == done.stdout
    else:
        assert (done.returncode, done.stdout) == (1, "")
        assert f"cannot be written to {house.cache}" in done.stderr


def test_a_fresh_index_costs_few_imports(house: House) -> None:
    house.make()
    code = (
        "import sys; from shellkit import hot; assert hot.answer(['index']); "
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}",
        ],
        env=house.whole_environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    unwanted = {"re", "typing", "dataclasses", "argparse", "json", "botocore", "jinja2"}
    assert unwanted & set(done.stderr.split()) == set()


ROOT = Path(completion.__file__).parents[1]
