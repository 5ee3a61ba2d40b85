"""The HTTP side of the sandbox: one port on loopback, one thread for each connection."""

from __future__ import annotations

import socketserver
import sys
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from shellkit.sandbox import actions, sigv4
from shellkit.sandbox.mfa import CodeChecker
from shellkit.sandbox.partitions import partition_of
from shellkit.sandbox.vault import Vault, invalid_token
from shellkit.sandbox.wire import Request, StsError, error_xml, result_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from shellkit.sandbox.model import Account
    from shellkit.sandbox.vault import Caller

LOOPBACK = "127.0.0.1"
MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Call:
    """What was asked of a sandbox, without secrets; for tests to look at.

    ``outcome`` is ``ok`` or the code of the error. What a refused request did
    not get to prove (who signs, for which region) is ``None``.
    """

    action: str | None
    access_key_id: str | None
    caller: str | None
    region: str | None
    params: Mapping[str, str]
    outcome: str


class Sandbox:
    """An STS for ``accounts``, from ``with`` to the end of the block.

    ``clock`` gives the time in epoch seconds, for signatures, sessions and MFA codes.
    ``delay`` (seconds) makes each answer late.
    """

    def __init__(
        self, accounts: Iterable[Account], *, clock: Callable[[], float] = time.time
    ) -> None:
        self.delay = 0.0
        self.clock = clock
        known = tuple(accounts)
        self._vault = Vault(known)
        self._service = actions.Service(
            roles={a.role_arn(role): (a, role) for a in known for role in a.roles},
            vault=self._vault,
            codes=CodeChecker(),
        )
        self._calls: list[Call] = []
        self._failures: deque[StsError] = deque()
        self._closing = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    @property
    def port(self) -> int:
        """The port that the system chose."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The endpoint, for ``AWS_ENDPOINT_URL_STS``."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a process here, and keep it from looking elsewhere."""
        hosts = f"{LOOPBACK},localhost"
        return {
            "AWS_ENDPOINT_URL_STS": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": hosts,
            "no_proxy": hosts,
        }

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls so far, in the order in which they were answered."""
        return tuple(self._calls)

    def revoke(self, key_id: str) -> None:
        """Make a key unknown, as if it had been deleted."""
        self._vault.revoke(key_id)

    def expire(self, key_id: str) -> None:
        """End temporary credentials now, without moving the clock."""
        self._vault.expire(key_id)

    def fail_next(self, code: str, message: str = "", status: int = 400) -> None:
        """Refuse the next request (one more for each time this is called)."""
        self._failures.append(StsError(code, message, status))

    def __enter__(self) -> Sandbox:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: Request, request_id: str) -> tuple[int, bytes]:
        """Return the status and the body with which ``request`` is answered."""
        if self.delay:
            self._closing.wait(self.delay)
        seen = _Seen()
        try:
            result = self._result(request, seen)
        except StsError as error:
            self._calls.append(seen.call(error.code))
            return error.status, error_xml(error, request_id)
        self._calls.append(seen.call("ok"))
        return 200, result_xml(seen.action or "", result, request_id)

    def _result(self, request: Request, seen: _Seen) -> Mapping[str, object]:
        if request.path != "/":
            raise StsError("InvalidAction", "STS has one path: /", 404)
        seen.params = request.params()
        seen.action = seen.params.get("Action")
        if self._failures:
            raise self._failures.popleft()
        now = self.clock()
        caller = self._authenticate(request, now, seen)
        if not seen.action:
            raise StsError("MissingAction", "The request must contain the parameter Action.")
        return actions.perform(self._service, actions.Call(seen.action, seen.params, caller, now))

    def _authenticate(self, request: Request, now: float, seen: _Seen) -> Caller:
        claim = sigv4.read(request)
        seen.access_key_id, seen.region = claim.key_id, claim.region
        partition = partition_of(claim.region)
        if partition is None:
            raise sigv4.mismatch("Credential should be scoped to a valid region. ")
        found = self._vault.find(claim.key_id, request.header("X-Amz-Security-Token"), now)
        account = found.caller.account
        if account.partition != partition:
            raise invalid_token()
        at = datetime.fromtimestamp(now, timezone.utc)
        service = "iam" if seen.action in actions.IAM_ACTIONS else "sts"
        sigv4.check(request, claim, found.key.secret, at, service)
        seen.caller = found.caller.arn
        if claim.region in account.disabled_regions:
            raise StsError(
                "RegionDisabledException",
                f"STS is not activated in this region for account:{account.id}. Your account "
                "administrator can activate STS in this region using the IAM Console.",
                403,
            )
        return found.caller


class _Seen:
    """What is known of a request so far."""

    def __init__(self) -> None:
        self.action: str | None = None
        self.access_key_id: str | None = None
        self.caller: str | None = None
        self.region: str | None = None
        self.params: Mapping[str, str] = {}

    def call(self, outcome: str) -> Call:
        """Return the entry for the log; one-time codes stay out of it."""
        shown = {k: "***" if k == "TokenCode" else v for k, v in self.params.items()}
        return Call(self.action, self.access_key_id, self.caller, self.region, shown, outcome)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = False
    request_queue_size = 128

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        super().__init__((LOOPBACK, 0), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the name service for the name of this machine.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        # A client that went away is its own business; anything else is a bug to see.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "sandbox", ""
    timeout = 30
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer a call."""
        port = self.server.server_port
        if self.headers.get("Host") not in (f"{LOOPBACK}:{port}", f"localhost:{port}"):
            # A page in a browser whose name was bound to this address.
            self._send(421, b"")
            return
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()) or "Transfer-Encoding" in self.headers:
            self._send(411, b"")
        elif int(length) > MOST_BYTES:
            self._send(413, b"")
        else:
            self._answer(self.rfile.read(int(length)))

    do_GET = do_POST  # noqa: N815 - STS takes both

    def _answer(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        headers = tuple(self.headers.items())
        request = Request(self.command, path, query, headers, body)
        request_id = str(uuid.uuid4())
        status, answer = self.server.sandbox.answer(request, request_id)
        self._send(status, answer, request_id)

    def _send(self, status: int, body: bytes, request_id: str = "") -> None:
        # One call for each connection: none outlives the sandbox in a client's pool.
        self.close_connection = True
        self.send_response(status)
        self.send_header("x-amzn-RequestId", request_id)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the date of the sandbox: clients measure their own clock by it."""
        at = self.server.sandbox.clock() if timestamp is None else timestamp
        return formatdate(at, usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the terminal belongs to the user's shell."""
