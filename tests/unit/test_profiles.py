"""Profiles as data: merging, places, near names, paths, signatures, and what is imported."""

from __future__ import annotations

import ntpath
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shellkit.errors import ConfigError
from shellkit.profiles import paths, reader
from shellkit.profiles.model import Profile
from shellkit.profiles.near import near
from shellkit.profiles.signature import ABSENT, UNSTEADY, signature, unsettled

CONFIG = """\
# people
[default]
region = eu-west-1

[profile prod]
role_arn = arn:aws:iam::123456789012:role/Admin
source_profile = base
region = us-east-1
s3 =
  max_concurrent_requests = 20

[sso-session corp]
sso_region = eu-central-1

[services dev]
sts =
  endpoint_url = http://127.0.0.1:4566
"""

CREDENTIALS = """\
[base]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = S3CR3T
[prod]
region = us-west-2
"""

PROFILES = reader.parse(CONFIG, CREDENTIALS, config_file="/c", credentials_file="/k")


def test_names_are_in_the_order_of_the_files() -> None:
    assert PROFILES.names == ("default", "prod", "base")
    assert (list(PROFILES), len(PROFILES)) == (["default", "prod", "base"], 3)
    assert "prod" in PROFILES
    assert "profile prod" not in PROFILES
    assert "corp" not in PROFILES


def test_the_credentials_file_wins_key_by_key() -> None:
    prod = PROFILES.get("prod")
    assert prod.get("region") == "us-west-2"
    assert prod.get("source_profile") == "base"
    assert dict(PROFILES.credentials_section("prod")) == {"region": "us-west-2"}
    assert PROFILES.config_section("prod")["region"] == "us-east-1"
    assert PROFILES.config_section("base") == {}
    assert PROFILES.credentials_section("default") == {}


def test_a_role_may_live_in_the_credentials_file() -> None:
    profiles = reader.parse("", "[p]\nrole_arn = x\nsource_profile = p\n")
    assert profiles.get("p").get("role_arn") == "x"
    assert profiles.get("p").where("role_arn") == ("~/.aws/credentials", 2)


def test_places() -> None:
    prod = PROFILES.get("prod")
    assert prod.where() == prod.where(None) == prod.where("mfa_serial") == ("/c", 5)
    assert prod.where("role_arn") == ("/c", 6)
    assert prod.where("region") == ("/k", 5)
    assert prod.where("s3") == ("/c", 9)
    assert PROFILES.get("base").where() == ("/k", 1)
    assert Profile("x", {"region": "y"}).where("region") == (None, None)


def test_blocks() -> None:
    prod = PROFILES.get("prod")
    assert prod.get("s3") is None
    assert prod.block("s3") == {"max_concurrent_requests": "20"}
    assert prod.block("region") is None
    assert PROFILES.services["dev"]["sts"] == {"endpoint_url": "http://127.0.0.1:4566"}


def test_sso_sessions() -> None:
    assert PROFILES.sso_sessions == {"corp": {"sso_region": "eu-central-1"}}
    corp = PROFILES.sso_session("corp")
    assert corp is not None
    assert corp.where("sso_region") == ("/c", 13)
    assert PROFILES.sso_session("none") is None


def test_a_profile_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        PROFILES.get("none")


def test_profiles_cannot_be_changed() -> None:
    prod = PROFILES.get("prod")
    with pytest.raises(AttributeError):
        prod.name = "x"
    for values in (prod.values, prod.values["s3"], PROFILES.config_section("prod")):
        with pytest.raises(TypeError):
            values["region"] = "x"  # type: ignore[index]
    assert prod == PROFILES.get("prod")
    assert hash(prod) == hash(PROFILES.get("prod"))
    assert prod != PROFILES.get("base")


def test_nothing_secret_is_printed() -> None:
    shown = f"{PROFILES!r} {PROFILES.get('base')!r} {PROFILES.files!r}"
    assert "S3CR3T" not in shown
    assert "AKIAEXAMPLE" not in shown
    assert "aws_secret_access_key" in shown


def test_a_secret_that_reads_as_a_key_is_not_printed() -> None:
    profile = reader.parse("[profile a]\nIQoJb3JpZ2luX2VjEXAMPLEtoken==\n").get("a")
    assert "iqojb3" not in repr(profile)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("PROD", ("prod", "acme-preprod", "acme-production")),
        ("prd", ("prod", "acme-preprod", "acme-production")),
        ("acme", ("acme-staging", "acme-preprod", "acme-production")),
        ("stagign", ("acme-staging",)),
        ("", ()),
        ("zzz", ()),
    ],
)
def test_near_names(wanted: str, expected: tuple[str, ...]) -> None:
    names = ["acme-production", "acme-staging", "prod", "base", "acme-preprod"]
    assert near(wanted, names)[: len(expected)] == expected
    assert len(near(wanted, names, 1)) == min(1, len(near(wanted, names)))
    if not expected:
        assert near(wanted, names) == ()


@given(st.text(max_size=8), st.lists(st.text(max_size=8), unique=True), st.integers(0, 5))
def test_near_names_are_some_of_the_names(wanted: str, names: list[str], n: int) -> None:
    found = near(wanted, names, n)
    assert len(found) <= n
    assert len(set(found)) == len(found)
    assert set(found) <= set(names)


@pytest.mark.posix
def test_default_paths() -> None:
    assert paths.config_path({}.get, "/home/ann") == "/home/ann/.aws/config"
    assert paths.credentials_path({}.get, "/home/ann/") == "/home/ann/.aws/credentials"
    assert paths.config_path({}.get, "/") == "/.aws/config"


@pytest.mark.parametrize(
    ("chosen", "path"),
    [
        ("", ""),
        ("/etc/aws", "/etc/aws"),
        ("~/x", "/home/ann/x"),
        ("~", "/home/ann"),
        ("$DIR/x", "/srv/x"),
        ("${DIR}x", "/srvx"),
        ("$DIRé", "/srvé"),
        ("$DIRx/$NONE/${NONE}/$", "$DIRx/$NONE/${NONE}/$"),
        ("$TILDE/x", "/home/ann/x"),
        ("$LOOP", "$LOOP"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
def test_paths_from_the_environment(chosen: str, path: str) -> None:
    environ = {"DIR": "/srv", "TILDE": "~", "LOOP": "$LOOP"}
    for variable, find in (
        ("AWS_CONFIG_FILE", paths.config_path),
        ("AWS_SHARED_CREDENTIALS_FILE", paths.credentials_path),
    ):
        assert find({**environ, variable: chosen}.get, "/home/ann") == path


@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
@given(st.text("aA._-$${}~/ ", max_size=12))
def test_paths_are_expanded_as_botocore_does(path: str) -> None:
    # What an unclosed "${" is, Pythons do not agree on: a security fix changed it.
    assume("${" not in re.sub(r"\$\{[^}]*\}", "", path))
    environ = {"HOME": "/home/ann", "a": "$A", "A": "~", "aA": "", "_": "{a}"}
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            patch.delenv(name)
        for name, value in environ.items():
            patch.setenv(name, value)
        expected = os.path.expanduser(os.path.expandvars(path))
    assert paths.config_path({**environ, "AWS_CONFIG_FILE": path}.get, "/home/ann") == expected


@given(st.lists(st.sampled_from(["a", "%A%", "%NONE%", "$A", "${A}", "\\", ":", "~"]), max_size=6))
def test_paths_of_windows(parts: list[str]) -> None:
    path = "\\".join(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("A", "C:\\x")
        patch.delenv("NONE", raising=False)
        expected = ntpath.expandvars(path)
    assert paths._with_variables(path, {"A": "C:\\x"}.get, percent=True) == expected


def test_signatures(tmp_path: Path) -> None:
    path = tmp_path / "config"
    assert signature(str(path)) == signature("") == signature("nul\0") == ABSENT
    path.write_text("a")
    before = signature(str(path))
    assert before == signature(str(path)) != ABSENT
    assert len(before.split("-")) == 4
    other = tmp_path / "other"
    other.write_text("b")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    assert signature(str(path)) != before


SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("mtime", "ctime", "now", "expected"),
    [
        (100.5, 100.5, 100.53, 0),
        (100.5, 100.5, 100.505, pytest.approx(0.015)),
        (100.5, 100.5, 90, None),  # From a machine whose clock is ahead.
        (90, 100.5, 100.505, pytest.approx(0.015)),  # `touch -d`, `cp -p`
        (-7.5, 100.5, 101, 0),
        (100, 100, 101.9, None),  # FAT: even seconds.
        (100, 100, 102.1, 0),
    ],
)
def test_how_long_a_write_may_leave_a_signature_as_it_is(
    mtime: float, ctime: float, now: float, expected: float | None
) -> None:
    state = f"12-{int(mtime * SECOND)}-{int(ctime * SECOND)}-345"
    assert unsettled(state, now) == expected


def test_a_missing_file_is_settled_and_a_pipe_never_is(tmp_path: Path) -> None:
    assert unsettled(ABSENT, 0) == 0
    assert unsettled(UNSTEADY, 0) is None
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert signature(str(tmp_path / "pipe")) == UNSTEADY


def test_files_are_found_and_read(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(CONFIG)
    environ = {"AWS_SHARED_CREDENTIALS_FILE": f"$WHERE{os.sep}keys", "WHERE": str(tmp_path)}
    (tmp_path / "keys").write_text(CREDENTIALS)
    profiles = reader.load(environ.get, str(tmp_path))
    assert profiles.names == PROFILES.names
    assert profiles.config_file == str(tmp_path / ".aws" / "config")
    assert profiles.get("base").where() == (str(tmp_path / "keys"), 1)


def test_no_files_are_no_profiles(tmp_path: Path) -> None:
    profiles = reader.load({}.get, str(tmp_path))
    assert profiles.names == ()
    assert profiles.near("x") == ()
    assert profiles.dropped == ()


def loaded_by(code: str, *arguments: str) -> set[str]:
    code = f"import sys; old = set(sys.modules); {code}; print(*set(sys.modules) - old)"
    command = [sys.executable, "-S", "-c", code, *arguments]
    root = str(Path(__file__).parents[2])
    run = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": root}
    )
    return set(run.stdout.split())


def test_the_warm_path_imports_nothing_else() -> None:
    code = "import os; old |= set(sys.modules); import shellkit.profiles.{}"
    package = {"__future__", "shellkit", "shellkit.profiles"}
    for module in ("signature", "paths"):
        assert loaded_by(code.format(module)) == package | {f"shellkit.profiles.{module}"}


def test_reading_common_files_imports_little(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(CONFIG)
    (tmp_path / ".aws" / "credentials").write_text(CREDENTIALS)
    code = (
        "from shellkit.profiles import reader, values;"
        "values.role_arn(reader.load({}.get, sys.argv[1]).get('prod'))"
    )
    loaded = loaded_by(code, str(tmp_path))
    heavy = {"botocore", "boto3", "configparser", "dataclasses", "difflib", "shlex"}
    assert "shellkit.profiles.ini" in loaded
    assert heavy & loaded == set()
    assert {
        f"shellkit.profiles.{name}" for name in ("scan", "faults", "findings")
    } & loaded == set()


def test_an_error_is_found_in_a_long_file() -> None:
    text = "".join(f"[profile p{n}]\nregion = eu-west-1\n\n" for n in range(5000))
    with pytest.raises(ConfigError, match=r"^/c:15001: "):
        reader.parse(f"{text}[profile p1]\n", config_file="/c")
