"""Fixtures of the tests that talk to AWS: the sandbox, and nothing but the sandbox."""

from __future__ import annotations

import os
import socket
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from assuming import Person, make_person

from shellkit.sandbox import Sandbox, sample_accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from shellkit.sandbox.sample import Sample

REGION = "eu-west-1"


class Clock:
    """The time of a sandbox: the real one, moved by ``offset`` seconds."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test in this process reach another machine, or see the developer's AWS set-up."""
    for name in [n for n in os.environ if n.upper().startswith(("AWS_", "SHELLKIT_", "AWSUME_"))]:
        monkeypatch.delenv(name)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != getattr(socket, "AF_UNIX", None) and address[0] != "127.0.0.1":
            raise AssertionError(f"a test reached out to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    # Nor ask the developer anything on the terminal that the tests were started from.
    monkeypatch.setattr("shellkit.terminal.prompt.open_tty", lambda **_: None)


@pytest.fixture
def clock() -> Clock:
    """The clock of ``sandbox``; move it with ``clock.offset``."""
    return Clock()


@pytest.fixture
def sample() -> Sample:
    """The accounts of ``sandbox``, and what a user of them knows: keys, ARNs, MFA seed."""
    return sample_accounts()


@pytest.fixture
def sandbox(sample: Sample, clock: Clock) -> Iterator[Sandbox]:
    """A running sandbox with the sample accounts."""
    with Sandbox(sample.accounts, clock=clock) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home directory."""
    path = tmp_path / "home"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture
def child_env(sandbox: Sandbox, sample: Sample, home: Path) -> dict[str, str]:
    """The whole environment of a process that shall use the sandbox as the base user.

    Nothing of AWS's is inherited. Whatever would not go to loopback runs into a
    proxy that does not exist.
    """
    nowhere = "http://127.0.0.1:9"
    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "COVERAGE_PROCESS_START")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "HOME": str(home),
        "USERPROFILE": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "AWS_CONFIG_FILE": str(home / ".aws" / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / ".aws" / "credentials"),
        "AWS_ACCESS_KEY_ID": sample.key.id,
        "AWS_SECRET_ACCESS_KEY": sample.key.secret,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "HTTP_PROXY": nowhere,
        "HTTPS_PROXY": nowhere,
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        **sandbox.environment,
    }


@pytest.fixture
def someone(
    home: Path,
    child_env: dict[str, str],
    sandbox: Sandbox,
    sample: Sample,
    capfd: pytest.CaptureFixture[str],
) -> Person:
    """Someone with AWS files, as ``assuming.make_person`` makes them, in front of ``sandbox``."""
    return make_person(home, child_env, sandbox, sample, capfd)


@pytest.fixture
def person(someone: Person) -> Person:
    """Someone without an MFA device; a module may have a ``person`` of its own."""
    return someone


@pytest.fixture
def mfa_person(someone: Person) -> Person:
    """Someone whose profiles vault and audit name the MFA device."""
    for role in ("vault", "audit"):
        someone.profile(role, role, mfa_serial=someone.sample.mfa_serial)
    return someone


@pytest.fixture(scope="session")
def botocore_session() -> Any:
    """One botocore session for all: reading its models takes longer than most tests."""
    import botocore.session

    return botocore.session.Session()


@pytest.fixture
def sts(sandbox: Sandbox, sample: Sample, botocore_session: Any) -> Callable[..., Any]:
    """Make a real STS client: ``sts()`` for the base user, ``sts(key, token, region, at)``.

    It sends what it is given (no check on its side), once. ``key`` may also be the
    ``Credentials`` of an answer.
    """
    from botocore.config import Config

    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})

    def make(
        key: Any = sample.key,
        token: str | None = None,
        region: str = REGION,
        at: Sandbox = sandbox,
    ) -> Any:
        if isinstance(key, dict):
            key_id, secret, token = (
                key[n] for n in ("AccessKeyId", "SecretAccessKey", "SessionToken")
            )
        else:
            key_id, secret = key.id, key.secret
        return botocore_session.create_client(
            "sts",
            region_name=region,
            endpoint_url=at.url,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=config,
        )

    return make


@pytest.fixture
def refused() -> Callable[..., Any]:
    """Expect a refusal: ``with refused("AccessDenied", "the whole text", 403): ...``."""
    from botocore.exceptions import ClientError

    @contextmanager
    def expect(code: str, message: str, status: int = 400) -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        answer = caught.value.response
        assert (answer["Error"]["Code"], answer["Error"]["Message"]) == (code, message)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
        assert answer["Error"]["Type"] == "Sender"
        assert len(answer["ResponseMetadata"]["RequestId"]) == 36

    return expect


@pytest.fixture
def travel(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds pass for the sandbox and for the clients of this process alike."""
    import botocore.auth

    now = botocore.auth.get_current_datetime
    passed = 0.0

    def later(*args: Any, **kwargs: Any) -> datetime:
        moment: datetime = now(*args, **kwargs) + timedelta(seconds=passed)
        return moment

    def travel_by(seconds: float) -> None:
        nonlocal passed
        passed += seconds
        clock.offset += seconds

    monkeypatch.setattr(botocore.auth, "get_current_datetime", later)
    return travel_by
