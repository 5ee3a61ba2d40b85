"""With the `aws` of the distribution, and any other that is there: one session serves both.

Versions before 2.13 know no AWS_ENDPOINT_URL. Botocore reads the rules for endpoints in
~/.aws/models before its own, so those send every version to the sandbox.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from assuming import Person, wait_for_step

from shellkit.sandbox import totp

if TYPE_CHECKING:
    from pathlib import Path

    from shellkit.sandbox import Sandbox
    from shellkit.sandbox.sample import Sample

pexpect = pytest.importorskip("pexpect")
pytestmark = pytest.mark.pty

#: The package awscli of Debian, and what comes first on PATH.
PROGRAMS = {"distribution": "/usr/bin/aws", "path": shutil.which("aws") or ""}

NAMES = {
    "Region": "AWS::Region",
    "UseDualStack": "AWS::UseDualStack",
    "UseFIPS": "AWS::UseFIPS",
    "Endpoint": "SDK::Endpoint",
    "UseGlobalEndpoint": "AWS::STS::UseGlobalEndpoint",
}


def rules(url: str) -> str:
    """Endpoint rules of STS by which every request goes to ``url``."""
    kinds = {name: "Boolean" if name.startswith("Use") else "String" for name in NAMES}
    parameters: dict[str, dict[str, Any]] = {
        name: {"builtIn": built_in, "required": False, "type": kinds[name], "documentation": ""}
        for name, built_in in NAMES.items()
    }
    for parameter in parameters.values():
        if parameter["type"] == "Boolean":
            parameter |= {"required": True, "default": False}
    endpoint = {"url": url, "properties": {}, "headers": {}}
    rule = {"conditions": [], "endpoint": endpoint, "type": "endpoint"}
    return json.dumps({"version": "1.0", "parameters": parameters, "rules": [rule]})


@pytest.fixture(params=list(PROGRAMS))
def aws(request: pytest.FixtureRequest) -> str:
    """A real ``aws`` that starts."""
    found = PROGRAMS[request.param]
    if request.param == "path" and os.path.realpath(found) == os.path.realpath("/usr/bin/aws"):
        pytest.skip("the aws on PATH is the distribution's")
    if not os.path.exists(found):
        pytest.skip(f"there is no AWS CLI ({request.param}): apt-get install awscli")
    if subprocess.run([found, "--version"], capture_output=True).returncode:
        pytest.skip(f"{found} does not start")
    return found


@pytest.fixture
def person(person: Person, home: Path, sandbox: Sandbox, sample: Sample) -> Person:
    person.profile("audit", "audit", mfa_serial=sample.mfa_serial)
    for profile in ("audit", "dev"):
        person.profiles[profile]["region"] = "eu-west-1"
    person.write()
    folder = home / ".aws" / "models" / "sts" / "2011-06-15"
    folder.mkdir(parents=True)
    (folder / "endpoint-rule-set-1.json").write_text(rules(sandbox.url))
    person.environ |= {"TERM": "dumb", "AWS_PAGER": ""}
    # 2.9 heeds no NO_PROXY here. What is meant for AWS, by https, still runs into nowhere.
    del person.environ["HTTP_PROXY"], person.environ["http_proxy"]
    return person


@pytest.fixture(autouse=True)
def _early_in_a_step() -> None:
    wait_for_step(seconds=5)


def code(person: Person) -> str:
    return totp(person.sample.mfa.seed, time.time())


def actions(person: Person) -> list[str]:
    return [str(call.action) for call in person.sandbox.calls]


def asks_nobody(aws: str, person: Person, profile: str) -> str:
    """Whom ``aws`` says it is, with no terminal on which it could ask."""
    done = subprocess.run(
        [aws, "sts", "get-caller-identity", "--profile", profile],
        env=person.changed({}),
        cwd=person.home,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    assert "MFA code" not in done.stdout + done.stderr
    return done.stdout


def test_the_aws_cli_asks_nothing_after_us(aws: str, person: Person) -> None:
    person.process("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert "assumed-role/audit/" in asks_nobody(aws, person, "audit")
    assert actions(person) == ["GetSessionToken", "AssumeRole", "GetCallerIdentity"]


def test_we_ask_nothing_after_the_aws_cli(aws: str, person: Person) -> None:
    """It asks by getpass, which wants a terminal."""
    child = pexpect.spawn(
        aws,
        ["sts", "get-caller-identity", "--profile", "audit"],
        env=person.changed({}),
        cwd=str(person.home),
        encoding="utf-8",
        timeout=100,
    )
    try:
        child.expect("Enter MFA code for")
        child.sendline(code(person))
        child.expect("assumed-role/audit/")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
    assert actions(person) == ["AssumeRole", "GetCallerIdentity"]
    assert "audit: account" in person.process("audit", "--no-input").went_well().stdout
    assert actions(person) == ["AssumeRole", "GetCallerIdentity"]


def test_a_role_without_mfa_is_assumed_once_by_both(aws: str, person: Person) -> None:
    person.process("dev").went_well()
    assert "assumed-role/dev" in asks_nobody(aws, person, "dev")
    assert actions(person) == ["AssumeRole", "GetCallerIdentity"]
    (entry,) = (person.home / ".aws" / "cli" / "cache").iterdir()
    shutil.rmtree(person.cache)
    entry.unlink()
    asks_nobody(aws, person, "dev")
    person.process("dev").went_well()
    assert actions(person)[2:] == ["AssumeRole", "GetCallerIdentity"]


def test_default_lends_its_device_to_nobody(aws: str, person: Person) -> None:
    """Neither there nor here. ``[DEFAULT]``, no profile, gives its keys to all, in both."""
    person.profiles["default"] = {"mfa_serial": person.sample.mfa_serial}
    person.write()
    asks_nobody(aws, person, "dev")
    shutil.rmtree(person.home / ".aws" / "cli")
    person.process("dev", "--no-input").went_well()
    sent = [call.params for call in person.sandbox.calls if call.action == "AssumeRole"]
    assert len(sent) == 2
    assert not any("SerialNumber" in params for params in sent)

    for name in (".aws/cli", ".cache"):
        shutil.rmtree(person.home / name)
    config = person.home / ".aws" / "config"
    person.profiles.pop("default")
    person.write()
    config.write_text(f"[DEFAULT]\nmfa_serial = {person.sample.mfa_serial}\n" + config.read_text())
    done = subprocess.run(
        [aws, "sts", "get-caller-identity", "--profile", "dev"],
        env=person.changed({}),
        cwd=person.home,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        timeout=100,
    )
    assert done.returncode != 0
    assert "Enter MFA code for" in done.stdout + done.stderr
    person.process("dev", "--no-input").failed(4, "dev needs a code of the MFA device")
