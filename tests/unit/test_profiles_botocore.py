"""Every file is read as the installed botocore reads it, or refused where it refuses."""

from __future__ import annotations

import configparser
import os
from typing import TYPE_CHECKING

import botocore.exceptions
import botocore.session
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shellkit.errors import ConfigError
from shellkit.profiles import ini, reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shellkit.profiles.model import Profiles

REFUSED = "refused"

names = st.sampled_from(
    [*"ab#;][ ", "", "my profile", "o'brien", 'a"b', "a\\b", "本番", "é", "x.y/z@w+v=u"]
) | st.sampled_from(["$(id)", "`id`", "profile a", "default", "DEFAULT", "\xa0", "\u2028", "\x0b"])
quotes = st.sampled_from(["{}", '"{}"', "'{}'", " {}", "{} ", "\t{}", '{}"b c"d'])
kinds = st.sampled_from(
    ["profile {}"] * 6
    + ["{}", "profile  {}", "profile\t{}", " profile {}", "Profile {}", "profiles {}", "profile{}"]
    + ["profilefoo {}", "profile-x {}", "sso-session {}", "services {}", "services-old {}"]
    + ["sso-sessionx {}", "preview"]
)
headers = st.builds(lambda kind, quote, name: kind.format(quote.format(name)), kinds, quotes, names)
header_lines = st.builds(
    lambda form, header: form.format(header),
    st.sampled_from(["[{}]"] * 12 + [" [{}]", "[{}] # note", "[{}", "[{}]]", "[[{}]", "\t[{}]"]),
    headers | st.sampled_from(["default", "default", "DEFAULT", "profile default", "plugins"]),
)
keys = st.sampled_from(
    ["region", "role_arn", "Role_ARN", "s3", "aws_access_key_id", "source profile"]
) | st.sampled_from(["ключ", "a:b", "İ", "", "x]", "[x", "key\x1c", "K"])
values = st.sampled_from(
    ["", *":='\"\\]", "us-east-1", "us-east-1 # prod", "a = b", "a: b", "%(x)s", "\x00"]
) | st.sampled_from(["本番", "a\x0bb", "a\u2028b", "a\x85b", "\x1c", "[x]"])
equals = st.sampled_from([" = ", " = ", "=", ":", " : ", "\t=\t", " ", "", "\xa0=\x0b"])
options = st.builds(lambda *parts: "".join(parts), keys, equals, values)
indents = st.sampled_from(["  ", "    ", "\t", " ", "\xa0", "\x0c"])
nested = st.builds(lambda indent, line: indent + line, indents, options)
others = st.sampled_from(
    ["", "", " ", "\t ", "# note", "; note", "  # note", "\x0b", "region", "rem x"]
)
lines = st.one_of(header_lines, options, options, options, nested, others)
endings = st.sampled_from(["\n"] * 8 + ["\r\n", "\r"])
nasty_files = st.builds(
    lambda start, body, ending: start + ending.join(body),
    st.sampled_from([""] * 12 + ["\ufeff", "\n", " "]),
    st.lists(lines, max_size=14),
    endings,
)


@st.composite
def tidy_files(draw: st.DrawFn) -> str:
    """Files that botocore mostly accepts, with the odd things that it accepts."""
    text = ""
    for header in draw(st.lists(headers | st.just("default"), max_size=6, unique=True)):
        text += f"[{header}]\n"
        for key in draw(st.lists(keys.filter(bool), max_size=4, unique_by=str.lower)):
            text += key + draw(st.sampled_from([" = ", "=", ": "])) + draw(values) + "\n"
            if draw(st.integers(0, 9)) == 0:
                text += draw(st.sampled_from(["", "\n", "  # note\n"])) + draw(nested) + "\n"
    return text


files = st.one_of(st.none(), nasty_files, tidy_files(), tidy_files())


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    (home / ".aws").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for variable in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(variable)
        patch.setenv("HOME", str(home))
        patch.setenv("USERPROFILE", str(home))
        patch.setattr(configparser.RawConfigParser, "read", _read_as_utf8)
        yield home


def _read_as_utf8(
    parser: configparser.RawConfigParser, paths: list[str], encoding: str | None = None
) -> list[str]:
    """botocore reads with the encoding of the locale; shellkit always with UTF-8."""
    del encoding
    for path in paths:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    return paths


def write(home: Path, name: str, text: str | None) -> None:
    path = home / ".aws" / name
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(text.encode("utf-8"))


def by_botocore() -> object:
    try:
        config = botocore.session.Session().full_config
    except botocore.exceptions.ConfigParseError:
        return REFUSED
    parts = (config["profiles"], config.get("sso_sessions", {}), config.get("services", {}))
    return [_ordered(part) for part in parts]


def by_shellkit(home: Path) -> object:
    try:
        profiles = reader.load({}.get, str(home))
    except ConfigError as error:
        return REFUSED if error.exit_code == 3 and error.file and error.line else error
    assert list(profiles) == list(profiles.names)
    merged = {name: profiles.get(name).values for name in profiles}
    return [_ordered(part) for part in (merged, profiles.sso_sessions, profiles.services)]


def _ordered(sections: object) -> object:
    """Sections with their order, as lists."""
    if not hasattr(sections, "items"):
        return sections
    return [(key, _ordered(value)) for key, value in sections.items()]


@settings(
    max_examples=int(os.environ.get("SHELLKIT_EXAMPLES", "400")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(config=files, credentials=files)
@example(
    config='[profile a]\nregion = x\n[profile "a"]\noutput = y\n', credentials="[a]\nregion = z"
)
@example(config="[default]\nregion = x\n[profile default]\noutput = y\n", credentials=None)
@example(config="[DEFAULT]\nregion = x\n[profile a]\n[profile b]\nregion = y\n", credentials=None)
@example(config="[profile a]\ns3 =\n  x = y\n\n  z = w\nregion = r", credentials="[a]\ns3 = flat")
@example(config="[profile a]\ns3 =\n  x\n", credentials=None)
@example(config=None, credentials="[a]\n= x")
@example(config="[profile a]\ns3 =\n  a = b\x0bc = d", credentials=None)
@example(config="[profile a]\ns3 =\n  a = b\x0bc", credentials=None)
@example(config="[profile a]\nx:y = z\na=b:c\n", credentials=None)
@example(config="[profile a]\n  region = x\n", credentials=None)
@example(config="[profile a]\nrole_arn = x\n  y\n\n\n  z\n", credentials=None)
def test_files_are_read_and_refused_as_botocore_does(
    home: Path, config: str | None, credentials: str | None
) -> None:
    write(home, "config", config)
    write(home, "credentials", credentials)
    assert by_shellkit(home) == by_botocore()


@settings(max_examples=int(os.environ.get("SHELLKIT_EXAMPLES", "400")), deadline=None)
@given(nasty_files | tidy_files())
def test_the_plain_reader_gives_the_same_as_configparser_or_gives_up(text: str) -> None:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = ini.read_plain(text)
    if plain is not None:
        assert _ordered(plain) == _ordered(ini.read_any(text))


def test_a_file_in_the_common_form_takes_the_plain_reader() -> None:
    text = "# note\n[default]\nregion=eu-west-1\n\n[profile a]\nrole_arn: x\ns3 =\n  a = b\n"
    assert ini.read_plain(text) == {
        "default": {"region": "eu-west-1"},
        "profile a": {"role_arn": "x", "s3": {"a": "b"}},
    }


def test_profiles_can_be_made_of_texts() -> None:
    profiles: Profiles = reader.parse("[profile a]\nregion = x\n", "[b]\n")
    assert profiles.names == ("a", "b")
