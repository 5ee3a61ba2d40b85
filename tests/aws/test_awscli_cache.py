"""``~/.aws/cli/cache``: what botocore writes serves us, what we write serves botocore."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from assuming import Person
from botocore.credentials import AssumeRoleCredentialFetcher
from botocore.utils import JSONFileCache

from shellkit.credentials import awscli_cache
from shellkit.credentials.chain import Hop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
)


@pytest.fixture
def aws(person: Person, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """What ``aws --profile NAME`` works with: its credentials, by way of its cache."""
    for name, value in person.environ.items():
        if name.startswith(("AWS_", "HOME")):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    def credentials(profile: str) -> Any:
        session = botocore.session.Session(profile=profile)
        resolver = session.get_component("credential_provider")
        # As awscli.customizations.assumerole does it.
        cache = JSONFileCache(str(person.home / ".aws" / "cli" / "cache"))
        resolver.get_provider("assume-role").cache = cache
        return session.get_credentials().get_frozen_credentials()

    return credentials


def cli_entries(person: Person) -> list[Path]:
    return sorted((person.home / ".aws" / "cli" / "cache").glob("*.json"))


def age_config(person: Person, seconds: float = 60) -> None:
    """Let the AWS files be that old: an entry of the same instant as an edit is not taken."""
    for name in ("config", "credentials"):
        at = time.time() - seconds
        os.utime(person.home / ".aws" / name, (at, at))


def forget_ours(person: Person) -> None:
    for path in (person.cache / "sessions").iterdir():
        path.unlink()


def test_what_botocore_wrote_serves_us(person: Person, aws: Callable[[str], Any]) -> None:
    age_config(person)
    for profile in ("dev", "release", "partner"):
        theirs = aws(profile)
        count = len(person.sandbox.calls)
        ours = person.assume(profile).went_well().sets
        assert ours["AWS_ACCESS_KEY_ID"] == theirs.access_key
        assert ours["AWS_SECRET_ACCESS_KEY"] == theirs.secret_key
        assert ours["AWS_SESSION_TOKEN"] == theirs.token
        assert len(person.sandbox.calls) == count
    # From here on it is our own too, found without a look at theirs.
    for path in cli_entries(person):
        path.unlink()
    person.assume("dev").went_well()
    assert person.roles() == ["dev", "staging", "release", "partner"]


def test_what_botocore_wrote_serves_as_a_hop(person: Person, aws: Callable[[str], Any]) -> None:
    age_config(person)
    theirs = aws("staging")
    person.assume("release").went_well()
    assert person.sandbox.calls[-1].access_key_id == theirs.access_key
    assert person.roles() == ["staging", "release"]


@pytest.mark.parametrize("session_name", [None, "me@x"])
@pytest.mark.parametrize("external_id", [None, "acme:1/é"])
@pytest.mark.parametrize("duration", [None, 900, 43200])
def test_our_name_for_an_entry_is_botocores(
    session_name: str | None, external_id: str | None, duration: int | None
) -> None:
    hop = Hop(
        "arn:aws:iam::111122223333:role/x/Dev",
        source="base",
        session_name=session_name,
        external_id=external_id,
        duration=duration,
    )
    arguments = {name: v for name, v in hop.parameters().items() if name != "RoleArn"}
    theirs = AssumeRoleCredentialFetcher(None, None, hop.role_arn, extra_args=arguments)
    assert awscli_cache.key(hop) == theirs._cache_key


def test_what_we_wrote_serves_botocore(person: Person, aws: Callable[[str], Any]) -> None:
    for profile in ("dev", "release", "partner"):
        ours = person.assume(profile).went_well().sets
        count = len(person.sandbox.calls)
        theirs = aws(profile)
        assert theirs.access_key == ours["AWS_ACCESS_KEY_ID"]
        assert theirs.secret_key == ours["AWS_SECRET_ACCESS_KEY"]
        assert theirs.token == ours["AWS_SESSION_TOKEN"]
        assert len(person.sandbox.calls) == count
    for path in cli_entries(person):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_edited_profile_never_gets_the_old_session_back(
    person: Person, aws: Callable[[str], Any]
) -> None:
    age_config(person)
    aws("dev")
    person.profile("dev", "dev", "base2")
    person.assume("dev").went_well()
    assert person.roles() == ["dev", "dev"]


@pytest.mark.parametrize("writer", ["aws", "shellkit"])
def test_two_profiles_with_one_role_and_two_sources_do_not_share(
    writer: str, person: Person, aws: Callable[[str], Any]
) -> None:
    person.profile("mine", "release", "staging")
    person.profile("other", "release", "base")
    age_config(person)
    if writer == "aws":
        aws("mine")
    else:
        person.assume("mine").went_well()
        assert len(cli_entries(person)) == 1  # That of `staging`: `aws` cannot mix it up either.
    # The sandbox would refuse it: only `staging` may assume `release`.
    person.assume("other").failed(1, "not authorized")
    person.assume(person.sample.roles["release"], "--source", "base").failed(1, "not authorized")
    # Profiles with the same source do share.
    person.profiles.pop("other")
    person.profile("alike", "release", "staging")
    time.sleep(0.02)
    for path in cli_entries(person):
        os.utime(path)  # Written after that edit, for all that can be seen.
    count = len(person.sandbox.calls)
    person.assume("alike").went_well()
    assert len(person.sandbox.calls) == count


def test_what_the_aws_cli_could_not_ask_for_is_not_shared(
    person: Person, aws: Callable[[str], Any]
) -> None:
    age_config(person)
    aws("dev")
    for words in (
        ["--tag", "a=b"],
        ["--source-identity", "alex"],
        ["--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
        ["--policy", POLICY],
        ["-d", "1800"],
        ["--session-name", "me"],
    ):
        before = cli_entries(person)
        person.assume("dev", *words).went_well()
        plain = words[0] in ("-d", "--session-name")
        assert len(cli_entries(person)) == len(before) + plain
    assert person.roles() == ["dev"] * 7


def change(**values: object) -> Callable[[str], str]:
    def spoil(text: str) -> str:
        answer = json.loads(text)
        answer["Credentials"].update(values)
        return json.dumps(answer)

    return spoil


def other_role(text: str) -> str:
    return text.replace("assumed-role/dev/", "assumed-role/prod/")


def soon(seconds: int) -> Callable[[str], str]:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
    return change(Expiration=stamp)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text[:-5], id="torn"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda _: "[]", id="a list"),
        pytest.param(lambda _: '"text"', id="text"),
        pytest.param(lambda _: '{"Credentials": {}}', id="nothing in it"),
        pytest.param(lambda _: '{"Credentials": null}', id="null"),
        pytest.param(lambda _: "\xff", id="no UTF-8"),
        pytest.param(lambda _: "[" * 100_000, id="deep"),
        pytest.param(lambda _: " " * (1 << 20) + "{}", id="huge"),
        pytest.param(change(Expiration="soon"), id="no time"),
        pytest.param(change(Expiration=12), id="a number for a time"),
        pytest.param(change(Expiration="2099-01-01T00:00:00"), id="a time without a zone"),
        pytest.param(change(AccessKeyId=None), id="no key"),
        pytest.param(change(AccessKeyId="LSIAEXAMPLE"), id="a stand-in's key"),
        pytest.param(change(SessionToken=7), id="a number for a token"),
        pytest.param(change(SecretAccessKey="a\nb"), id="a secret of two lines"),
        pytest.param(other_role, id="another role"),
        pytest.param(lambda t: t.replace("280650147932", "111122223333"), id="another account"),
        pytest.param(soon(-10), id="expired"),
        pytest.param(soon(890), id="less than 15 minutes"),
    ],
)
def test_what_is_no_good_entry_is_a_miss(
    spoil: Callable[[str], str], person: Person, aws: Callable[[str], Any]
) -> None:
    age_config(person)
    aws("dev")
    (path,) = cli_entries(person)
    path.write_bytes(spoil(path.read_text()).encode("latin-1"))
    done = person.assume("dev").went_well()
    assert done.stderr == ""
    assert person.roles() == ["dev", "dev"]


def test_an_entry_with_fifteen_minutes_is_a_hit(person: Person, aws: Callable[[str], Any]) -> None:
    age_config(person)
    aws("dev")
    (path,) = cli_entries(person)
    path.write_text(soon(930)(path.read_text()))
    person.assume("dev").went_well()
    assert person.roles() == ["dev"]


def test_a_time_with_an_offset_or_microseconds_is_read(
    person: Person, aws: Callable[[str], Any]
) -> None:
    """botocore of different versions writes ``Z``, ``UTC`` or ``+00:00``."""
    age_config(person)
    aws("dev")
    (path,) = cli_entries(person)
    entry = json.loads(path.read_text())
    stamp = entry["Credentials"]["Expiration"].replace("UTC", "").removesuffix("Z")
    for suffix in ("Z", "UTC", "+00:00", ".000000+00:00"):
        entry["Credentials"]["Expiration"] = stamp + suffix
        path.write_text(json.dumps(entry))
        if (person.cache / "sessions").is_dir():
            forget_ours(person)
        person.assume("dev").went_well()
    assert person.roles() == ["dev"]


def test_a_directory_in_place_of_an_entry_is_a_miss(
    person: Person, aws: Callable[[str], Any]
) -> None:
    age_config(person)
    aws("dev")
    (path,) = cli_entries(person)
    path.unlink()
    path.mkdir()
    person.assume("dev").went_well()
    assert person.roles() == ["dev", "dev"]


@pytest.mark.parametrize("how", ["a link set to another file", "cp -p", "mv"])
def test_keys_that_were_exchanged_by_an_old_file_get_no_old_session(
    how: str, person: Person, aws: Callable[[str], Any]
) -> None:
    folder = person.home / ".aws"
    credentials, other, mine = (folder / name for name in ("credentials", "other", "mine"))
    other.write_text(credentials.read_text().replace(person.sample.key.id, "AKIAOTHER"))
    credentials.rename(mine)
    credentials.symlink_to(mine)
    for path in (other, mine, folder / "config"):
        os.utime(path, (0, 0))
    aws("dev")
    credentials.unlink()
    if how == "cp -p":
        shutil.copy2(other, credentials)
    elif how == "mv":
        other.rename(credentials)
    else:
        credentials.symlink_to(other)
    person.assume("dev").failed(1, "AKIAOTHER")
