"""Every chain is the one that botocore walks: the same keys, the same calls, the same refusals."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import botocore.exceptions
import botocore.session
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from shellkit.credentials.chain import CHAINED_MAX
from shellkit.credentials.resolve import Resolver
from shellkit.environment import BaseEnvironment
from shellkit.errors import ConfigError, UsageError
from shellkit.profiles import reader
from shellkit.request import Request
from shellkit.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

REFUSED = "refused"
NAMES = ["a", "b", "c", "default"]
AD_HOC = "arn:aws:iam::999999999999:role/AdHoc"

Sections = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Way:
    """The key that signs first, and the parameters of each AssumeRole from there on."""

    key: str
    calls: tuple[Mapping[str, Any], ...]


# --- By botocore ----------------------------------------------------------------


class Recorder(botocore.session.Session):
    """A session whose STS clients write down who signs what, and ask nobody."""

    def __init__(self, profile: str | None) -> None:
        super().__init__(profile=profile, include_builtin_handlers=False)
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def create_client(self, service_name: str, **options: Any) -> Any:
        assert service_name == "sts"
        signer = options["aws_access_key_id"]
        asked = self.asked

        class Client:
            def assume_role(self, **parameters: Any) -> dict[str, Any]:
                asked.append((signer, parameters))
                keys = {
                    "AccessKeyId": f"ASIA{len(asked)}",
                    "SecretAccessKey": "secret",
                    "SessionToken": "token",
                    "Expiration": datetime.now(timezone.utc) + timedelta(hours=1),
                }
                return {"Credentials": keys, "AssumedRoleUser": {"Arn": ""}}

        return Client()


def by_botocore(profile: str | None) -> Way | str:
    session = Recorder(profile)
    try:
        credentials = session.get_credentials()
        if credentials is None:
            return REFUSED
        last = credentials.get_frozen_credentials().access_key
    except botocore.exceptions.BotoCoreError:
        return REFUSED
    if not session.asked:
        return Way(last, ())
    signers = [signer for signer, _ in session.asked]
    assert [*signers[1:], last] == [f"ASIA{n + 1}" for n in range(len(signers))]
    return Way(signers[0], tuple(_configured(parameters) for _, parameters in session.asked))


def _configured(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without the session name that botocore makes up where none is configured."""
    made_up = parameters["RoleSessionName"].startswith("botocore-session-")
    return {k: v for k, v in parameters.items() if not (made_up and k == "RoleSessionName")}


# --- By shellkit ----------------------------------------------------------------


def by_shellkit(request: Request, home: Path) -> Way | str:
    """As botocore goes, but for the hours of a role that is assumed from a session."""
    base = BaseEnvironment(os.environ)
    resolver = Resolver(reader.load(base.get, str(home)), base, Settings())
    try:
        chain = resolver.resolve(request).chain
    except (ConfigError, UsageError):
        return REFUSED
    assert chain is not None
    return Way(chain.keys.credentials.access_key_id, tuple(hop.parameters() for hop in chain.hops))


def with_hours_of_chained_roles(way: Way | str, *, token: bool) -> Way | str:
    """What STS would take: an hour where the signer is a session itself."""
    if isinstance(way, str):
        return way
    calls = []
    for index, call in enumerate(way.calls):
        longest = CHAINED_MAX if index or token else 43200
        wanted = call.get("DurationSeconds")
        calls.append({**call, "DurationSeconds": min(wanted, longest)} if wanted else call)
    return Way(way.key, tuple(calls))


# --- Configurations --------------------------------------------------------------


def text_of(sections: Sections, *, config: bool) -> str:
    header = {
        name: f"[profile {name}]" if config and name != "default" else f"[{name}]"
        for name in sections
    }
    return "\n".join(
        "\n".join([header[name], *(f"{k} = {v}" for k, v in values.items())])
        for name, values in sections.items()
    )


def role_keys(sources: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {"role_arn": st.sampled_from([f"arn:aws:iam::{n * 12}:role/x/R{n}" for n in "123"])},
        optional={
            "source_profile": sources,
            "external_id": st.sampled_from(["acme:1", "x/y"]),
            "duration_seconds": st.sampled_from(["900", "3600", "3601", "43200"]),
            "role_session_name": st.sampled_from(["me", "a@b.c"]),
        },
    )


static_keys = st.fixed_dictionaries(
    {"aws_access_key_id": st.just("AKIA"), "aws_secret_access_key": st.just("secret")},
    optional={"aws_session_token": st.just("token"), "aws_security_token": st.just("token")},
)
torn_keys = st.fixed_dictionaries(
    {}, optional={"aws_access_key_id": st.just("AKIA"), "aws_secret_access_key": st.just("secret")}
)


@st.composite
def wild(draw: st.DrawFn) -> Sections:
    """Anything goes: circles, sources that are missing or have nothing, halves of keys."""
    role = role_keys(st.sampled_from([*NAMES, *NAMES, "nobody"]))
    kinds = [[role], [role], [static_keys], [role, static_keys], [role, torn_keys], [torn_keys]]
    return {
        name: {k: v for part in draw(st.sampled_from(kinds)) for k, v in draw(part).items()}
        for name in draw(st.lists(st.sampled_from(NAMES), unique=True))
    }


@st.composite
def chained(draw: st.DrawFn) -> Sections:
    """Mostly good: each role has one of those before it for its source."""
    names = draw(st.permutations(NAMES))
    sections = {names[0]: draw(static_keys)}
    for name in names[1:]:
        role = draw(role_keys(st.sampled_from(list(sections))))
        sections[name] = {"source_profile": list(sections)[-1], **role}
    return sections


sections_of = wild() | chained()


def named(sections: Sections, place: str) -> Sections:
    """Each key with the name of where it stands, so that the right one can be told."""
    return {
        name: {k: f"AKIA-{place}-{name}" if v == "AKIA" else v for k, v in values.items()}
        for name, values in sections.items()
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    (home / ".aws").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for variable in [n for n in os.environ if n.startswith(("AWS_", "SHELLKIT_"))]:
            patch.delenv(variable)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("HOME", str(home))
        patch.setenv("USERPROFILE", str(home))
        yield home


def write(home: Path, config: Sections, credentials: Sections) -> None:
    texts = {
        "config": text_of(named(config, "config"), config=True),
        "credentials": text_of(named(credentials, "credentials"), config=False),
    }
    for name, text in texts.items():
        (home / ".aws" / name).write_text(text)


def has_token(config: Sections, credentials: Sections, way: Way | str) -> bool:
    """Whether the key at the start of ``way`` comes with a session token."""
    if isinstance(way, str):
        return False
    place, name = way.key.split("-")[1:]
    section = (config if place == "config" else credentials)[name]
    return "aws_session_token" in section or "aws_security_token" in section


ROLE = {"role_arn": "arn:aws:iam::111111111111:role/R1"}
KEYS = {"aws_access_key_id": "AKIA", "aws_secret_access_key": "secret"}


@settings(max_examples=150, deadline=None)
@given(config=sections_of, credentials=st.just({}) | st.just({}) | sections_of)
# A profile that is its own source; one whose source is, which botocore calls a circle.
@example({"a": {**ROLE, **KEYS, "source_profile": "a"}}, {})
@example({"a": {**ROLE, **KEYS, "source_profile": "b"}, "b": {**ROLE, "source_profile": "a"}}, {})
# Keys beat the role of a source, and the role beats the keys of the profile asked for.
@example(
    {"a": {**ROLE, "source_profile": "b"}, "b": {**ROLE, **KEYS, "source_profile": "c"}, "c": KEYS},
    {},
)
@example({"a": {**ROLE, "source_profile": "b"}, "b": {**ROLE, "source_profile": "a"}}, {"b": KEYS})
@example({"a": {**ROLE, "source_profile": "b", "duration_seconds": "7200"}}, {"b": KEYS})
def test_the_chain_is_botocores(home: Path, config: Sections, credentials: Sections) -> None:
    write(home, config, credentials)
    for name in {*config, *credentials}:
        theirs = by_botocore(name)
        event("refused" if isinstance(theirs, str) else f"{len(theirs.calls)} hops")
        token = has_token(config, credentials, theirs)
        expected = with_hours_of_chained_roles(theirs, token=token)
        assert by_shellkit(Request(target=name), home) == expected


base_variables = st.fixed_dictionaries(
    {},
    optional={
        "AWS_ACCESS_KEY_ID": st.just("AKIA-env-"),
        "AWS_SECRET_ACCESS_KEY": st.just("secret"),
        "AWS_PROFILE": st.sampled_from([*NAMES, "nobody"]),
    },
)


@settings(max_examples=60, deadline=None)
@given(config=sections_of, variables=base_variables)
def test_a_role_named_by_its_arn_starts_where_the_aws_cli_would(
    home: Path, config: Sections, variables: Mapping[str, str]
) -> None:
    if "AWS_ACCESS_KEY_ID" in variables and variables.get("AWS_PROFILE") not in config:
        # botocore stumbles over the profile even where it has no use for it.
        variables = {name: v for name, v in variables.items() if name != "AWS_PROFILE"}
    write(home, config, {})
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        theirs = by_botocore(None)
        ours = by_shellkit(Request(target=AD_HOC), home)
    if isinstance(theirs, str) or isinstance(ours, str):
        assert ours == theirs
        return
    assert ours.calls[-1] == {"RoleArn": AD_HOC}
    token = not theirs.key.startswith("AKIA-env") and has_token(config, {}, theirs)
    assert Way(ours.key, ours.calls[:-1]) == with_hours_of_chained_roles(theirs, token=token)
