"""The memo: used exactly when the pipeline would come to the same."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit import memo
from shellkit.credentials import store
from shellkit.credentials.session import Credentials
from shellkit.environment import BASE_PREFIX
from shellkit.profiles.signature import signature
from shellkit.switch import Identity

NOW = 1_800_000_000.0
WORDS = ("env", "--shell", "bash", "assume", "dev")
IDENTITY = Identity("dev", "eu-west-1", "111122223333", "Dev")
SESSION = Credentials("ASIA", "secret", "token", expires=int(NOW) + 3600)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@dataclass(frozen=True)
class Place:
    """A home with a recorded memo, and what it was recorded with."""

    home: Path
    config: Path

    @property
    def cache(self) -> str:
        return str(self.home / "cache" / "shellkit")

    @property
    def environ(self) -> dict[str, str]:
        return {
            "AWS_CONFIG_FILE": str(self.config),
            "AWS_REGION": "eu-west-1",
            "XDG_CACHE_HOME": str(self.home / "cache"),
        }

    def record(self, session_key: str = "key") -> None:
        found = memo.Memo(
            IDENTITY,
            session_key,
            recipe="target=dev",
            min_left=900,
            quiet=False,
            home=str(self.home),
            reads={**self.environ, "AWS_PROFILE": None},
            files={str(path): signature(str(path)) for path in (self.config, self.home / "none")},
        )
        memo.record(self.cache, WORDS, found)
        store.write(self.cache, "key", SESSION)

    def replay(
        self,
        environ: dict[str, str] | None = None,
        words: tuple[str, ...] = WORDS,
        now: float = NOW,
    ) -> bool:
        found = memo.replay(words, environ or self.environ, str(self.home), now)
        return found is not None


@pytest.fixture
def place(tmp_path: Path) -> Place:
    config = tmp_path / "config"
    config.write_text("[profile dev]\n")
    made = Place(tmp_path, config)
    made.record()
    return made


def test_the_same_call_gets_the_session(place: Place) -> None:
    found = memo.replay(WORDS, place.environ, str(place.home), NOW)
    assert found is not None
    known, credentials = found
    assert (known.identity, known.recipe, credentials) == (IDENTITY, "target=dev", SESSION)


def test_a_changed_config_is_a_miss(place: Place) -> None:
    place.config.write_text("[profile new]\n")
    assert not place.replay()


def test_a_config_that_appears_is_a_miss(place: Place) -> None:
    (place.home / "none").write_text("")
    assert not place.replay()


@pytest.mark.posix  # On Windows a program cannot ask when a file was changed, only when written.
def test_a_config_edited_within_the_same_tick_and_size_is_a_miss(place: Place) -> None:
    before = place.config.stat()
    place.config.write_text("[profile abc]\n")
    os.utime(place.config, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not place.replay()


@pytest.mark.parametrize(
    "change", [{"AWS_REGION": "us-east-1"}, {"AWS_PROFILE": ""}, {"AWS_CONFIG_FILE": "/x"}]
)
def test_another_environment_is_a_miss(place: Place, change: dict[str, str]) -> None:
    assert not place.replay({**place.environ, **change})


def test_an_active_role_hides_nothing_of_the_base(place: Place) -> None:
    kept = {BASE_PREFIX + name: "e" + value for name, value in place.environ.items()}
    active = {**place.environ, "AWS_REGION": "us-west-2", **kept}
    active["SHELLKIT_REQUEST"] = "target=prod"
    assert place.replay(active)
    assert not place.replay({**active, BASE_PREFIX + "AWS_REGION": "eus-west-2"})


def test_another_home_is_a_miss(place: Place) -> None:
    environ = {**place.environ, "XDG_CACHE_HOME": str(place.home / "cache")}
    assert memo.replay(WORDS, environ, str(place.home), NOW) is not None
    assert memo.replay(WORDS, environ, "/elsewhere", NOW) is None


def test_an_inherited_role_is_a_miss(place: Place) -> None:
    """The pipeline has to write down whom the shell goes back to."""
    kept = {BASE_PREFIX + name: "e" + value for name, value in place.environ.items()}
    assert not place.replay({**place.environ, **kept})


def test_other_words_are_a_miss(place: Place) -> None:
    assert not place.replay(words=(*WORDS, "-q"))


def test_words_that_collide_are_a_miss(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "crc32", len)
    place.record()
    assert place.replay()
    assert not place.replay(words=("env", "--shell", "bash", "assume", "prod"))


def test_a_session_that_ends_too_soon_is_a_miss(place: Place) -> None:
    assert place.replay(now=NOW + 3600 - 900)
    assert not place.replay(now=NOW + 3600 - 899)


def test_a_session_that_is_gone_is_a_miss(place: Place) -> None:
    store.remove(place.cache, "key")
    assert not place.replay()


def test_mode_profile_needs_no_session(place: Place) -> None:
    place.record(session_key="")
    found = memo.replay(WORDS, place.environ, str(place.home), NOW)
    assert found is not None
    assert found[1] is None


def test_a_torn_foreign_or_other_versions_memo_is_a_miss(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = (place.home / "cache" / "shellkit" / "memo").iterdir()
    whole = file.read_bytes()
    for cut in range(len(whole)):
        file.write_bytes(whole[:cut])
        assert not place.replay(), whole[:cut]
    file.write_bytes(whole)
    assert place.replay()
    monkeypatch.setattr("shellkit.__version__", "999")
    assert not place.replay()


def test_a_memo_that_cannot_be_written_is_no_error(place: Place) -> None:
    (place.home / "file").write_text("")
    found = memo.replay(WORDS, place.environ, str(place.home), NOW)
    assert found is not None
    memo.record(str(place.home / "file"), WORDS, found[0])


@given(st.lists(ANY_TEXT), ANY_TEXT, st.dictionaries(st.sampled_from("ABCD"), st.none() | ANY_TEXT))
def test_whatever_is_recorded_comes_back(
    words: list[str], text: str, reads: dict[str, str | None]
) -> None:
    identity = Identity(text, text, None, text)
    kept = memo.Memo(
        identity,
        "k",
        recipe=text,
        min_left=1,
        quiet=True,
        home=text,
        reads=reads,
        files={"/a " + text: "1:2"},
    )
    loaded = memo._load(memo._dump(words, kept), words)
    assert loaded is not None
    assert (loaded.identity, loaded.recipe, loaded.quiet, loaded.home) == (
        identity,
        text,
        True,
        text,
    )
    assert (loaded.reads, loaded.files) == (reads, {"/a " + text: "1:2"})
    assert memo._load(memo._dump(words, kept), [*words, "x"]) is None


def test_a_memo_holds_no_credentials(place: Place) -> None:
    (file,) = (place.home / "cache" / "shellkit" / "memo").iterdir()
    text = file.read_text()
    assert "secret" not in text
    assert "token" not in text
