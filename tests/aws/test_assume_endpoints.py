"""Where STS is asked: endpoints, signatures, certificates and proxies as botocore has them.

Nothing is sent: the last step of botocore's HTTP session writes down what it would send.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import botocore.httpsession
import botocore.session
import pytest
from assuming import Person
from botocore.exceptions import EndpointConnectionError

from shellkit.environment import BASE_PREFIX

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Sent:
    """A request that was not sent: its URL, the region it was signed for, and by which way."""

    url: str
    region: str
    verify: object
    proxy: str | None


@pytest.fixture
def person(person: Person) -> Person:
    for name in [n for n in person.environ if "PROXY" in n.upper() or "ENDPOINT" in n]:
        del person.environ[name]
    return person


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    requests: list[Sent] = []

    def send(self: Any, request: Any) -> None:
        signed = re.search(rb"Credential=\w+/\d+/([\w-]+)/sts/", _bytes(request.headers))
        assert signed is not None
        requests.append(
            Sent(
                request.url,
                signed[1].decode(),
                self._verify,
                self._proxy_config.proxy_url_for(request.url),
            )
        )
        raise EndpointConnectionError(endpoint_url=request.url)

    monkeypatch.setattr(botocore.httpsession.URLLib3Session, "send", send)
    return requests


def _bytes(headers: Any) -> bytes:
    value = headers["Authorization"]
    return value if isinstance(value, bytes) else str(value).encode()


def only(sent: list[Sent]) -> Sent:
    (request,) = sent
    return request


HOSTS = [
    # What the profile says, the environment, the host, the region of the signature.
    ({}, {}, "sts.us-west-2.amazonaws.com", "us-west-2"),
    ({"sts_regional_endpoints": "regional"}, {}, "sts.us-west-2.amazonaws.com", "us-west-2"),
    ({"sts_regional_endpoints": "legacy"}, {}, "sts.amazonaws.com", "us-east-1"),
    ({}, {"AWS_STS_REGIONAL_ENDPOINTS": "legacy"}, "sts.amazonaws.com", "us-east-1"),
    (
        {"sts_regional_endpoints": "legacy"},
        {"AWS_STS_REGIONAL_ENDPOINTS": "regional"},
        "sts.us-west-2.amazonaws.com",
        "us-west-2",
    ),
    (
        {"sts_regional_endpoints": "legacy", "region": "me-south-1"},
        {},
        "sts.me-south-1.amazonaws.com",
        "me-south-1",
    ),
    ({"use_fips_endpoint": "true"}, {}, "sts-fips.us-west-2.amazonaws.com", "us-west-2"),
    ({"use_dualstack_endpoint": "true"}, {}, "sts.us-west-2.api.aws", "us-west-2"),
    ({"endpoint_url": "https://vpce.example"}, {}, "vpce.example", "us-west-2"),
    ({"services": "mine"}, {}, "sts.example", "us-west-2"),
    ({"services": "mine", "endpoint_url": "https://vpce.example"}, {}, "sts.example", "us-west-2"),
    ({"services": "mine"}, {"AWS_ENDPOINT_URL": "https://env.example"}, "env.example", "us-west-2"),
    (
        {"endpoint_url": "https://vpce.example", "ignore_configured_endpoint_urls": "true"},
        {},
        "sts.us-west-2.amazonaws.com",
        "us-west-2",
    ),
]


@pytest.mark.parametrize(("values", "environ", "host", "region"), HOSTS)
def test_the_endpoint_is_botocores(
    values: dict[str, str],
    environ: dict[str, str],
    host: str,
    region: str,
    person: Person,
    sent: list[Sent],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person.profile("dev", "dev", **{"region": "us-west-2", **values})
    with (person.home / ".aws" / "config").open("a") as config:
        config.write("[services mine]\nsts =\n  endpoint_url = https://sts.example\n")
    done = person.assume("dev", **environ)
    assert done.code == 1
    assert only(sent) == Sent(f"https://{host}/", region, True, None)

    for name, value in {**person.environ, **environ}.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    client = botocore.session.Session(profile="dev").create_client(
        "sts", aws_access_key_id="a", aws_secret_access_key="b"
    )
    assert client.meta.endpoint_url == f"https://{host}"


PARTITIONS = [
    ("aws-cn", "sts.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"),
    ("aws-us-gov", "sts.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
    ("aws-eusc", "sts.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
    ("aws-iso", "sts.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
    ("aws-iso-b", "sts.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
]


@pytest.mark.parametrize(("partition", "host", "region"), PARTITIONS)
@pytest.mark.parametrize("more", [{}, {"AWS_REGION": "eu-west-1"}, {"AWS_REGION": "aws-global"}])
def test_the_endpoint_is_that_of_the_roles_partition(
    partition: str,
    host: str,
    region: str,
    more: dict[str, str],
    person: Person,
    sent: list[Sent],
) -> None:
    arn = f"arn:{partition}:iam::111122223333:role/x"
    person.profiles["base"] = {}
    person.profiles["there"] = {"role_arn": arn, "source_profile": "base"}
    person.write()
    assert person.assume("there", **more).code == 1
    assert only(sent) == Sent(f"https://{host}/", region, True, None)
    # Even where the person wants another region to be set.
    sent.clear()
    assert person.assume("there", "-r", "us-east-1", **more).code == 1
    assert only(sent).url == f"https://{host}/"


def test_the_selected_profiles_settings_count_not_the_sources(
    person: Person, sent: list[Sent]
) -> None:
    person.profiles["base"] = {"endpoint_url": "https://base.example", "region": "eu-west-2"}
    person.profiles["default"] = {"endpoint_url": "https://default.example"}
    person.profile("dev", "dev", endpoint_url="https://dev.example")
    person.profile("release", "release", "staging", endpoint_url="https://release.example")
    for profile in ("dev", "release", "base"):
        person.assume(profile)
    hosts = [request.url for request in sent]
    assert hosts == [f"https://{name}.example/" for name in ("dev", "release", "base")]


def test_the_active_roles_profile_has_no_say(person: Person, sent: list[Sent]) -> None:
    """In mode profile ``AWS_PROFILE`` names the active role, and another one starts at the base."""
    person.profile("dev", "dev", endpoint_url="https://dev.example")
    key = person.sample.key
    person.environ.update(
        {
            "AWS_PROFILE": "dev",
            BASE_PREFIX + "AWS_PROFILE": "u",
            BASE_PREFIX + "AWS_ACCESS_KEY_ID": f"e{key.id}",
            BASE_PREFIX + "AWS_SECRET_ACCESS_KEY": f"e{key.secret}",
        }
    )
    assert person.assume(person.sample.roles["staging"]).code == 1
    assert only(sent).url == "https://sts.us-east-1.amazonaws.com/"


# --- Certificates --------------------------------------------------------------------


def test_a_ca_bundle_is_used(person: Person, sent: list[Sent], tmp_path: Path) -> None:
    bundle, other = tmp_path / "ca.pem", tmp_path / "other.pem"
    bundle.write_text("")
    other.write_text("")
    person.profile("dev", "dev", ca_bundle=str(bundle))
    person.assume("dev")
    person.assume("dev", AWS_CA_BUNDLE=str(other))
    assert [request.verify for request in sent] == [str(bundle), str(other)]


def test_a_ca_bundle_that_is_not_there_is_named(person: Person, sent: list[Sent]) -> None:
    person.profile("dev", "dev", ca_bundle="/nope/ca.pem")
    lines = (person.home / ".aws" / "config").read_text().splitlines()
    place = f"/.aws/config:{lines.index('ca_bundle = /nope/ca.pem') + 1}: ca_bundle: "
    person.assume("dev").failed(3, place, "there is no file /nope/ca.pem")
    person.assume("staging", AWS_CA_BUNDLE="/gone.pem").failed(3, "AWS_CA_BUNDLE", "/gone.pem")
    person.assume("base", AWS_CA_BUNDLE="/gone.pem").failed(3, "AWS_CA_BUNDLE", "/gone.pem")
    assert sent == []


# --- Proxies ---------------------------------------------------------------------------


def test_proxies_are_those_of_the_environment(person: Person, sent: list[Sent]) -> None:
    proxy = {"HTTPS_PROXY": "http://proxy.example:3128", "HTTP_PROXY": "http://plain.example"}
    person.assume("dev", **proxy)
    person.assume("dev", **proxy, NO_PROXY="amazonaws.com")
    assert [request.proxy for request in sent] == ["http://proxy.example:3128", None]


def test_a_proxy_that_is_not_there_is_named_without_its_password(person: Person) -> None:
    proxy = "http://alex:hunter2@127.0.0.1:9"
    done = person.assume("dev", "-v", HTTPS_PROXY=proxy, SHELLKIT_DEBUG="1")
    assert (done.code, done.stdout) == (1, "")
    assert "proxy" in done.stderr
    assert "127.0.0.1:9" in done.stderr
    assert "hunter2" not in done.stderr
