"""The rows of the picker, the states of sessions, and the terminal's own questions."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest
from prompt_toolkit.utils import get_cwidth

from shellkit import choices, settings
from shellkit.credentials import store
from shellkit.credentials.obtain import Caches
from shellkit.credentials.regions import Regions
from shellkit.credentials.resolve import Resolver
from shellkit.credentials.session import Credentials
from shellkit.credentials.state import session_state
from shellkit.environment import BaseEnvironment
from shellkit.profiles import reader
from shellkit.profiles.model import Profiles
from shellkit.prompt import finder
from shellkit.request import Request
from shellkit.terminal import fzf, menu, view, width
from shellkit.terminal.selection import Selection
from shellkit.terminal.tty import Terminal, is_utf8

CONFIG = """\
[profile base]
[profile role]
role_arn = arn:aws:iam::111122223333:role/path/to/Admin
source_profile = base
region = eu-west-1
description = For the shop
[profile of-mfa]
role_arn = arn:aws:iam::111122223333:role/X
source_profile = mfa
[profile mfa]
role_arn = arn:aws:iam::111122223333:role/Y
source_profile = base
mfa_serial = arn:aws:iam::111122223333:mfa/me
[profile sso]
sso_session = corp
sso_account_id = 444455556666
sso_role_name = Dev
[profile instance]
role_arn = arn:aws:iam::111122223333:role/Z
credential_source = Ec2InstanceMetadata
[profile odd]
role_arn = nonsense
region =
  block = 1
[profile round]
role_arn = arn:aws:iam::111122223333:role/R
source_profile = round
"""
CREDENTIALS = "[base]\naws_access_key_id = AKIA\naws_secret_access_key = s\n[role]\nregion = x\n"


@pytest.fixture
def profiles() -> Profiles:
    return reader.parse(CONFIG, CREDENTIALS)


def rows(profiles: Profiles, **weights: float) -> choices.Choices:
    aliases = {"111122223333": "shop"}
    by_word = finder(("shop", "444455556666", "!base"))
    region = Regions(profiles, lambda: ["ca-central-1"]).of
    return choices.choices(profiles, weights, aliases, None, region, lambda _: "", by_word)


def test_rows(profiles: Profiles) -> None:
    by_name = {row[0]: row[1:] for row in rows(profiles).rows}
    # The credentials file goes before the config file.
    assert by_name["role"] == ("111122223333", "shop", "Admin", "base", "x", "For the shop")
    assert by_name["sso"] == ("444455556666", "", "Dev", "corp", "ca-central-1", "")
    assert by_name["instance"][3] == "Ec2InstanceMetadata"
    assert by_name["odd"] == ("", "", "", "", "", "")
    assert by_name["base"] == ("", "", "", "", "ca-central-1", "")


def test_production_by_name_account_or_alias(profiles: Profiles) -> None:
    made = rows(profiles)
    found = [row[choices.NAME] for row in made.rows if made.production(row)]
    assert found == ["role", "of-mfa", "mfa", "sso", "instance", "round"]


def test_those_in_use_come_first(profiles: Profiles) -> None:
    made = rows(profiles, sso=0.5, odd=2.0, gone=9.0, role=0.0)
    assert [row[0] for row in made.rows[:4]] == ["odd", "sso", "base", "role"]
    assert made.used == 2
    assert len(made.rows) == len(profiles)


def test_states(profiles: Profiles, tmp_path: Path) -> None:
    base = BaseEnvironment({})
    resolver = Resolver(profiles, base, settings.Settings())
    caches = Caches(str(tmp_path), str(tmp_path), 900, profiles)

    def state(name: str) -> str:
        return session_state(name, resolver, caches, 1000)

    names = ("base", "role", "mfa", "of-mfa", "sso", "instance", "odd", "round")
    assert [state(name) for name in names] == ["", "", "mfa", "mfa", "sso", "", "", ""]
    chain = resolver.resolve(Request(target="role")).chain
    assert chain is not None
    kept = Credentials("ASIA", "s", "t", expires=1000 + 41 * 60)
    store.write(str(tmp_path), chain.session_key(1), kept)
    assert state("role") == "41m"
    # What `assume` would not use any more is not shown as good.
    assert session_state("role", resolver, caches, 1000 + 30 * 60) == ""
    by_profile = dataclasses.replace(resolver, settings=settings.Settings(mode="profile"))
    assert session_state("role", by_profile, caches, 1000) == "41m"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"LANG": "C"}, False),
        ({"LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "en_US.utf8@euro"}, True),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, False),
        ({"LC_ALL": "", "LC_CTYPE": "UTF-8", "LANG": "C"}, True),
    ],
)
def test_utf8(environ: dict[str, str], expected: bool) -> None:
    assert is_utf8(environ) == expected


def test_what_is_seen_follows_what_is_chosen(profiles: Profiles) -> None:
    selection = Selection(rows(profiles))
    selection.height = 3
    seen = []
    for by in (0, 2, 1, 4, -1, -2, -9):
        selection.move(by)
        seen.append((selection.at, selection.seen()))
    assert seen == [
        (0, [0, 1, 2]),
        (2, [0, 1, 2]),
        (3, [1, 2, 3]),
        (7, [5, 6, 7]),
        (6, [5, 6, 7]),
        (4, [4, 5, 6]),
        (0, [0, 1, 2]),
    ]
    selection.move(7)
    selection.height = 8
    assert selection.seen() == list(range(8))
    selection.insert("sso")
    assert selection.at == 0


def test_a_query_has_an_end(profiles: Profiles) -> None:
    selection = Selection(rows(profiles), "a\tb\x1b\x00c" + "x" * 999)
    assert selection.query.startswith("a bcx")
    assert len(selection.query) == selection.caret == 200


def test_sessions_are_looked_up_however_slow_drawing_is(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With thousands of profiles the time was over before the first: it drew for ever."""
    monkeypatch.setattr(view, "_LOOK_UP", 0.001)
    seen = view.View(Selection(rows(profiles)), Terminal(-1, utf8=True, dumb=False, color=True))

    def cells(text: str) -> int:
        time.sleep(0.0005)
        return len(text)

    frames = [seen.frame(cells) for _ in range(len(profiles) + 1)]
    assert frames[0].pending
    assert not frames[-1].pending


@pytest.mark.parametrize(
    ("text", "expected"),
    [("dev", 3), ("münchen", 7), ("cafe\u0301", 4), ("東京-本番", 9), ("🚀x", 3), ("", 0)],
)
def test_cells(text: str, expected: int) -> None:
    assert width.cells(text) == get_cwidth(text) == expected
    assert width.padded(text, 9) == text + " " * (9 - expected)
    assert width.padded(text, 0) == text


def test_columns_of_lists_by_lines_stand_below_each_other() -> None:
    """Wide characters take two cells, and moved what stood behind them."""
    names = ("dev", "東京-本番", "cafe\u0301", "a\u202eb")
    config = "".join(f"[profile {name}]\nregion = eu-west-1\n" for name in names)
    made = rows(reader.parse(config, ""))
    lines = menu.listed(Selection(made), made.rows)
    lines += [fzf.line_of(row, made) for row in made.rows]
    starts = [width.cells(line.partition("eu-west-1")[0]) for line in lines]
    assert len(set(starts[:4])) == len(set(starts[4:])) == 1


def test_the_widths_of_all_rows_are_not_measured_for_each_key() -> None:
    """With 10,000 profiles it was most of the time that a key took."""
    names = [f"münchen-{number}" for number in range(500)]
    made = rows(reader.parse("".join(f"[profile {name}]\n" for name in names), ""))
    seen = view.View(Selection(made), Terminal(-1, utf8=True, dumb=False, color=True))
    measured: list[str] = []

    def cells(text: str) -> int:
        measured.append(text)
        return len(text)

    seen.frame(cells)
    assert names[-1] in measured
    measured.clear()
    seen.selection.insert("1")
    seen.frame(cells)
    assert measured
    assert not set(names) & set(measured)
