"""The sandbox as a server: where it listens, whom it answers, what it remembers."""

from __future__ import annotations

import http.client
import json
import socket
import struct
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import shellkit
from shellkit.sandbox import Call, Sandbox, totp

if TYPE_CHECKING:
    from collections.abc import Callable

    from shellkit.sandbox.sample import Sample

    Sts = Callable[..., Any]
    Refused = Callable[..., Any]

ROOT = str(Path(shellkit.__file__).parent.parent)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def raw(sandbox: Sandbox, body: str = "", path: str = "/", **headers: str) -> tuple[int, bytes]:
    """Send an unsigned request; the status and the body of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    connection.request("POST", path, body, {**FORM, **headers})
    answer = connection.getresponse()
    result = answer.status, answer.read()
    connection.close()
    return result


def test_it_listens_on_loopback_only(sandbox: Sandbox) -> None:
    assert sandbox._server.socket.getsockname() == ("127.0.0.1", sandbox.port)
    assert sandbox.url == f"http://127.0.0.1:{sandbox.port}"


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1", "127.0.0.1:1", "localhost", ""])
def test_a_name_bound_to_loopback_gets_nothing(host: str, sandbox: Sandbox) -> None:
    assert raw(sandbox, "Action=GetCallerIdentity", Host=host) == (421, b"")
    assert sandbox.calls == ()


def test_localhost_is_a_name_of_it(sandbox: Sandbox) -> None:
    assert raw(sandbox, Host=f"localhost:{sandbox.port}")[0] == 403


def test_an_error_is_the_xml_of_sts(sandbox: Sandbox) -> None:
    status, body = raw(sandbox, "Action=GetCallerIdentity")
    request_id = ET.fromstring(body).findtext("{*}RequestId")
    assert status == 403
    assert body.decode() == (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        "  <Error>\n"
        "    <Type>Sender</Type>\n"
        "    <Code>MissingAuthenticationToken</Code>\n"
        "    <Message>Request is missing Authentication Token</Message>\n"
        "  </Error>\n"
        f"  <RequestId>{request_id}</RequestId>\n"
        "</ErrorResponse>\n"
    )


def test_what_xml_cannot_say_does_not_break_it(sts: Sts, sample: Sample) -> None:
    client = sts()
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.assume_role(RoleArn=sample.roles["dev"], RoleSessionName="<&\x01\ufffe>")
    assert "Value '<&??>'" in caught.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": "x"}, 411),
        ({"Content-Length": "-1"}, 411),
        ({"Transfer-Encoding": "chunked"}, 411),
        ({"Content-Length": str(2 << 20)}, 413),
    ],
)
def test_bodies_that_are_not_read(headers: dict[str, str], status: int, sandbox: Sandbox) -> None:
    assert raw(sandbox, **headers) == (status, b"")


@pytest.mark.parametrize("body", ["Action=A&Action=B", "Action=%FF", "Action=é"])
def test_forms_that_cannot_be_read(body: str, sandbox: Sandbox) -> None:
    status, answer = raw(sandbox, body)
    assert status == 400
    assert b"<Code>MalformedQueryString</Code>" in answer


def test_one_path_only(sandbox: Sandbox) -> None:
    assert raw(sandbox, path="/federation")[0] == 404


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        (
            {"Action": "Dance"},
            "InvalidAction",
            "Could not find operation Dance for version 2011-06-15",
        ),
        (
            {"Version": "2010-01-01"},
            "InvalidAction",
            "Could not find operation GetCallerIdentity for version 2010-01-01",
        ),
        ({"Action": ""}, "MissingAction", "The request must contain the parameter Action."),
        (
            {"Action": "GetSessionToken", "DurationSeconds": "1h"},
            "MalformedInput",
            "'1h' is not an integer.",
        ),
    ],
)
def test_calls_that_are_none(
    change: dict[str, str], code: str, text: str, sts: Sts, refused: Refused
) -> None:
    client = sts()
    client.meta.events.register(
        "before-call.sts.*", lambda params, **_: params["body"].update(change)
    )
    with refused(code, text):
        client.get_caller_identity()


def test_a_tag_without_a_value(sts: Sts, sample: Sample, refused: Refused) -> None:
    text = (
        "1 validation error detected: Value null at 'tags' failed to satisfy constraint: "
        "Member must not be null"
    )
    with refused("ValidationError", text):
        sts().assume_role(
            RoleArn=sample.roles["dev"], RoleSessionName="test", Tags=[{"Key": "team"}]
        )


# --- what tests can see and do


def test_calls_are_remembered_without_secrets(
    sandbox: Sandbox, sts: Sts, sample: Sample, clock: Any
) -> None:
    code = totp(sample.mfa.seed, clock())
    role = {"RoleArn": sample.roles["vault"], "RoleSessionName": "test"}
    mfa = {"SerialNumber": sample.mfa_serial, "TokenCode": code}
    sts().assume_role(**role, **mfa)
    client = sts(region="us-east-1")
    with pytest.raises(client.exceptions.ClientError):
        client.assume_role(**role)
    raw(sandbox, "Action=GetCallerIdentity")
    alex = "arn:aws:iam::471112903465:user/alex"
    asked = {"Action": "AssumeRole", "Version": "2011-06-15", **role}
    given = {**asked, **mfa, "TokenCode": "***"}
    assert sandbox.calls == (
        Call("AssumeRole", sample.key.id, alex, "eu-west-1", given, "ok"),
        Call("AssumeRole", sample.key.id, alex, "us-east-1", asked, "AccessDenied"),
        Call(
            "GetCallerIdentity",
            None,
            None,
            None,
            {"Action": "GetCallerIdentity"},
            "MissingAuthenticationToken",
        ),
    )


def test_a_call_can_be_made_to_fail(sandbox: Sandbox, sts: Sts, refused: Refused) -> None:
    sandbox.fail_next("Throttling", "Rate exceeded")
    with refused("Throttling", "Rate exceeded"):
        sts().get_caller_identity()
    sts().get_caller_identity()
    sandbox.fail_next("InternalFailure", "later", 500)
    status, body = raw(sandbox)
    assert status == 500
    assert b"<Type>Receiver</Type>" in body


def test_a_slow_answer_does_not_hold_up_the_end(sample: Sample, sts: Sts) -> None:
    answered: list[Any] = []
    with Sandbox(sample.accounts) as slow:
        slow.delay = 3600
        client = sts(at=slow)
        thread = threading.Thread(target=lambda: answered.append(client.get_caller_identity()))
        thread.start()
        while not any("process_request_thread" in t.name for t in threading.enumerate()):
            threading.Event().wait(0.01)
        assert not answered
    thread.join(timeout=30)
    assert len(answered) == 1


def test_after_the_end_nobody_answers(sample: Sample, sts: Sts) -> None:
    from botocore.exceptions import EndpointConnectionError

    with Sandbox(sample.accounts) as gone:
        client = sts(at=gone)
        client.get_caller_identity()
    with pytest.raises(EndpointConnectionError):
        client.get_caller_identity()


def test_a_client_that_goes_away_leaves_no_trace(
    sandbox: Sandbox, sts: Sts, capfd: pytest.CaptureFixture[str]
) -> None:
    for sent in (b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", sandbox.port)) as connection:
            connection.sendall(sent)
            # Reset instead of a polite end: the server reads an error.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sts().get_caller_identity()
    assert capfd.readouterr() == ("", "")


def test_twenty_at_once(sandbox: Sandbox, sts: Sts, sample: Sample) -> None:
    def run(number: int) -> str:
        client = sts()
        for _ in range(5):
            answer = client.assume_role(
                RoleArn=sample.roles["dev"], RoleSessionName=f"session-{number}"
            )
        return str(sts(answer["Credentials"]).get_caller_identity()["Arn"])

    with ThreadPoolExecutor(20) as pool:
        arns = list(pool.map(run, range(20)))
    expected = "arn:aws:sts::280650147932:assumed-role/dev/session-{}"
    assert arns == [expected.format(number) for number in range(20)]
    assert [call.outcome for call in sandbox.calls] == ["ok"] * 120


def test_a_child_process_finds_it_and_nothing_else(child_env: dict[str, str]) -> None:
    script = (
        "import boto3, json, os\n"
        "print(json.dumps([boto3.client('sts').get_caller_identity()['Arn'],\n"
        "  sorted(n for n in os.environ if n.startswith('AWS_'))]))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], env=child_env, capture_output=True, text=True, check=True
    )
    arn, names = json.loads(result.stdout)
    assert arn == "arn:aws:iam::471112903465:user/alex"
    assert names == sorted(name for name in child_env if name.startswith("AWS_"))


def test_it_needs_the_standard_library_only() -> None:
    script = "import shellkit.sandbox, sys; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {ROOT!r}); {script}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(result.stdout.split()) - sys.stdlib_module_names - {"__main__", "shellkit"}


def test_a_test_cannot_reach_out() -> None:
    with pytest.raises(AssertionError, match="reached out"):
        socket.create_connection(("192.0.2.1", 443), timeout=1)


def test_a_bug_is_not_hidden(sts: Sts, capfd: pytest.CaptureFixture[str]) -> None:
    from botocore.exceptions import ConnectionClosedError

    with Sandbox([], clock=lambda: 1 / 0) as broken, pytest.raises(ConnectionClosedError):
        sts(at=broken).get_caller_identity()
    assert "ZeroDivisionError" in capfd.readouterr().err
