"""The region in the picker's list is the one that `assume` sets for the profile."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from shellkit.credentials.chain import Keys
from shellkit.credentials.resolve import Resolver
from shellkit.credentials.session import Credentials
from shellkit.environment import BaseEnvironment
from shellkit.errors import ShellkitError
from shellkit.profiles import reader
from shellkit.request import Request
from shellkit.settings import Settings

NAMES = ("a", "b", "c", "default")
REGIONS = ("eu-west-1", "us-gov-east-1", "cn-north-1", "aws-cn-global", "")
ROLES = tuple(f"arn:{part}:iam::111122223333:role/R" for part in ("aws", "aws-cn", "aws-us-gov"))
ACTIVE = Keys(Credentials("ASIAACTIVE", "s", "t"), "the active role, x")

SECTION = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from(REGIONS),
        "role_arn": st.sampled_from(ROLES),
        "source_profile": st.sampled_from((*NAMES, "gone", "")),
        "aws_access_key_id": st.just("AKIA"),
        "aws_secret_access_key": st.just("s"),
        "web_identity_token_file": st.just("/token"),
    },
)
ENVIRON = st.fixed_dictionaries(
    {},
    optional={
        "AWS_REGION": st.sampled_from(REGIONS),
        "AWS_DEFAULT_REGION": st.sampled_from(REGIONS),
    },
)


def written(sections: dict[str, dict[str, str]]) -> str:
    lines = []
    for name, values in sections.items():
        lines.append(f"[profile {name}]")
        lines += [f"{key} = {value}" for key, value in values.items()]
    return "\n".join([*lines, ""])


@settings(max_examples=400, deadline=None)
@given(
    sections=st.dictionaries(st.sampled_from(NAMES), SECTION, min_size=1),
    environ=ENVIRON,
    asked=st.sampled_from((None, None, "ap-south-1")),
    chain=st.booleans(),
    active_region=st.sampled_from((None, *REGIONS)),
)
def test_what_is_shown_is_what_is_set(
    sections: dict[str, dict[str, str]],
    environ: dict[str, str],
    asked: str | None,
    chain: bool,
    active_region: str | None,
) -> None:
    profiles = reader.parse(written(sections), "")
    resolver = Resolver(
        profiles,
        BaseEnvironment(environ),
        Settings(),
        active=ACTIVE,
        active_region=active_region,
    )
    shown = resolver.regions(Request(region=asked, chain=chain))
    for name in profiles:
        for mode in ("env",) if chain else ("env", "profile"):
            request = Request(target=name, region=asked, chain=chain, mode=mode)
            with suppress(ShellkitError):  # A profile at fault, which `assume` says.
                region = resolver.resolve(request).region
                event(f"{mode}: {'own' if sections[name].get('region') else 'not its own'}")
                assert shown.of(profiles.values_of(name)) == region


@pytest.mark.parametrize(
    ("lines", "region"),
    [
        ("role_arn = nonsense", ""),
        ("role_arn = arn:aws-mars:iam::111122223333:role/R", ""),
        ("role_arn =\n  block = 1", ""),
        ("region =\n  block = 1", ""),
        ("region = eu west", "eu west"),
        ("source_profile =\n  block = 1", "us-east-1"),
    ],
)
def test_a_profile_at_fault_is_left_to_assume(lines: str, region: str) -> None:
    profiles = reader.parse(f"[profile x]\n{lines}\n", "")
    resolver = Resolver(profiles, BaseEnvironment({}), Settings())
    assert resolver.regions(Request()).of(profiles.values_of("x")) == region
