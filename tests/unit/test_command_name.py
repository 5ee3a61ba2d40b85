"""The name that `init --cmd` gave the function is the one in all that the program says."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from shellkit import cli
from shellkit.rim import Rim

pytestmark = pytest.mark.posix

CONFIG = """\
[profile base]
[profile instance]
role_arn = arn:aws:iam::111122223333:role/X
credential_source = Ec2InstanceMetadata
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = X
[profile code]
role_arn = arn:aws:iam::111122223333:role/X
source_profile = base
mfa_serial = arn:aws:iam::999999999999:mfa/alex
[profile long]
role_arn = arn:aws:iam::111122223333:role/X
source_profile = base
mfa_serial = arn:aws:iam::999999999999:mfa/alex
duration_seconds = 7200
"""
CREDENTIALS = "[base]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = s\n"

#: The name, and not the word: that has an object.
CALL = re.compile(r"\b(?:un)?assume\b(?! (?:an?|the|this|it|from)\b)")

Says = Callable[..., tuple[int, str]]


@pytest.fixture
def says(tmp_path: Path) -> Says:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(CONFIG)
    (tmp_path / ".aws" / "credentials").write_text(CREDENTIALS)

    def called(name: str, *words: str, **environ: str) -> tuple[int, str]:
        """The exit code, and all that the call says."""
        out, err = io.StringIO(), io.StringIO()
        rim = Rim(environ, str(tmp_path), "alex", lambda: 0.0, io.StringIO(), out, err)
        code = cli.main(["env", "--shell", "bash", name, *words], rim)
        return code, out.getvalue() + err.getvalue()

    return called


SAVED = {"SHELLKIT_BASE_AWS_REGION": "u", "SHELLKIT_PROFILE": "code"}

CASES = [
    ([], {}, "say which profile: {} NAME"),
    ([], {}, "{} --help shows"),
    (["--nonsense"], {}, "{}: "),
    (["--nonsense"], {}, "see {} --help"),
    (["--refresh"], {}, "none to refresh\n  {} NAME"),
    (["-"], {}, "in this shell\n  {} NAME"),
    (["-", "-r", "eu-west-1"], {}, "{} - goes back"),
    (["-"], {**SAVED, "SHELLKIT_PREVIOUS": "nonsense"}, "name it: {} NAME"),
    (["--refresh"], {**SAVED, "SHELLKIT_REQUEST": "nonsense"}, "name it: {} NAME"),
    (["-"], {**SAVED, "SHELLKIT_PREVIOUS": "target=x&session=0"}, "then: {} x --chain"),
    (["instance"], {}, "{} instance --mode profile"),
    (["sso"], {}, "{} sso --mode profile"),
    (["code"], {}, "run {} code in a terminal"),
    (["long"], {}, "run the same {} in a terminal"),
]


@pytest.mark.parametrize(("words", "environ", "said"), CASES)
@pytest.mark.parametrize("name", ["role", "assume"])
def test_messages_have_the_name_of_the_function(
    name: str, words: list[str], environ: dict[str, str], said: str, says: Says
) -> None:
    code, text = says(name, *words, **environ)
    assert code != 0
    assert said.format(name) in text
    if name != "assume":
        assert CALL.search(text) is None, text


def test_the_help_has_the_name_of_the_function(
    says: Says, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("role", "assume"):
        assert says(name, "--help") == (0, "")
        text = capfd.readouterr().out
        assert f"usage: {name} [" in text
        assert f"un{name} brings back" in text
        assert f"\n  {name} prod   " in text
        assert name == "assume" or CALL.search(text) is None, text


@pytest.mark.parametrize("name", ["", "--help", "a b", "-", "1", "a\nb"])
def test_what_is_no_name_is_wrong_use(name: str, says: Says) -> None:
    code, text = says(name, "prod")
    assert code == 2
    assert "env is for the shell functions" in text
