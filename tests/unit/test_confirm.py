"""``confirm`` in config.toml: names that are asked about before they are assumed."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shellkit import shells
from shellkit.assume import Assume
from shellkit.errors import DeclinedError, PersonNeededError
from shellkit.rim import Rim


class Typist:
    """A person at a terminal."""

    def __init__(self, answer: str) -> None:
        self.lines, self.seen, self.closed = io.StringIO(answer), "", False

    def ask(self, question: str) -> str:
        self.seen += question
        line = self.lines.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")

    def say(self, line: str) -> None:
        raise AssertionError(line)

    def descriptor(self) -> int:
        raise AssertionError

    def close(self) -> None:
        self.closed = True


Code = Callable[..., tuple[str, str]]


@pytest.fixture
def code(tmp_path: Path) -> Code:
    """The code for ``assume WORDS``, and what was asked, where a person answers ``answer``."""
    aws = tmp_path / ".aws"
    aws.mkdir()
    (aws / "config").write_text("[profile prod]\n[profile prod-eu]\n[profile dev]\n")
    (aws / "credentials").write_text("[base]\naws_access_key_id=a\naws_secret_access_key=b\n")
    (tmp_path / "shellkit").mkdir()
    config = tmp_path / "shellkit" / "config.toml"
    config.write_text('mode = "profile"\nconfirm = ["prod*"]\n')

    def later() -> float:
        return time.time() + 60  # What was written just now leaves no memo.

    def run(*words: str, answer: str | None = None, **environ: str) -> tuple[str, str]:
        environ.update(XDG_CONFIG_HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache"))
        typist = None if answer is None else Typist(answer)
        streams = (io.StringIO("y\n"), io.StringIO(), io.StringIO())
        rim = Rim(environ, str(tmp_path), "u", later, *streams, open_tty=lambda _: typist)
        argv = ("env", "--shell", "bash", "assume", *words)
        text = Assume(shells.get("bash"), rim, argv).code(words)
        assert typist is None or typist.closed == bool(typist.seen)
        return text, "" if typist is None else typist.seen

    return run


@pytest.mark.parametrize("answer", ["y\n", "YES\n", "what\ny\n"])
def test_yes(answer: str, code: Code) -> None:
    text, asked = code("prod-eu", answer=answer)
    assert "AWS_PROFILE='prod-eu'" in text
    assert asked.startswith("Assume prod-eu? [y/N] ")


@pytest.mark.parametrize("answer", ["\n", "n\n", "No\n", ""])
def test_no(answer: str, code: Code) -> None:
    with pytest.raises(DeclinedError) as caught:
        code("prod", answer=answer)
    assert caught.value.exit_code == 130


def test_others_are_not_asked_about(code: Code) -> None:
    assert code("dev")[1] == ""


def test_nobody_to_ask(code: Code) -> None:
    with pytest.raises(PersonNeededError, match="nobody to ask"):
        code("prod")
    with pytest.raises(PersonNeededError, match="nobody to ask"):
        code("prod", "--no-input", answer="y\n")


def test_once_it_is_active_it_is_not_asked_about_again(code: Code) -> None:
    active = {"SHELLKIT_BASE_AWS_PROFILE": "u", "AWS_PROFILE": "prod"}
    assert code("prod", **active)[1] == ""
    with pytest.raises(PersonNeededError):
        code("prod-eu", **active)


def test_a_memo_does_not_answer_for_a_person(code: Code, tmp_path: Path) -> None:
    code("prod", answer="y\n")
    assert not list((tmp_path / "cache").rglob("memo/*"))
    code("dev")
    assert list((tmp_path / "cache").rglob("memo/*"))
    with pytest.raises(DeclinedError):
        code("prod", answer="n\n")


def test_explain_changes_nothing_and_asks_nothing(code: Code) -> None:
    assert code("prod", "--explain")[1] == ""
