"""Sessions are found again exactly when they should be, by one shell or by many at once."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from assuming import Outcome, Person, ended

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Clock


# --- Found again ---------------------------------------------------------------------


def test_the_second_call_asks_nobody_whatever_else_has_changed(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = person.assume("release").went_well()
    with monkeypatch.context() as patch:
        patch.setattr("shellkit.cli.main", None)  # Only the short way is left.
        _twice(person, first)
    person.assume("staging").went_well()  # Each hop is kept by itself.
    assert person.roles() == ["staging", "release"]


def _twice(person: Person, first: Outcome) -> None:
    for changes in (
        {},
        {"EDITOR": "vi"},
        {"TERM": "dumb"},
        {"AWS_PAGER": ""},
        {"PWD": "/"},
        {"AWS_CA_BUNDLE": "/nope"},
    ):
        again = person.assume("release", **changes).went_well()
        assert (
            again.stdout.partition("__shellkit_say")[0]
            == (first.stdout.partition("__shellkit_say")[0])
        )
    person.become(first)
    assert person.assume("release").went_well().sets == first.sets


def test_refresh_asks_for_every_hop_again(person: Person) -> None:
    first = person.assume("release").went_well()
    fresh = person.assume("release", "--refresh").went_well()
    assert fresh.sets["AWS_ACCESS_KEY_ID"] != first.sets["AWS_ACCESS_KEY_ID"]
    assert person.roles() == ["staging", "release"] * 2
    assert person.assume("release").sets == fresh.sets


def test_a_session_serves_while_fifteen_minutes_are_left(
    person: Person, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    person.assume("dev").went_well()
    config = person.home / ".config" / "shellkit" / "config.toml"
    config.parent.mkdir(parents=True)
    real = time.time
    for left, setting, calls in [
        (905, "", 1),
        (895, 'min_time_left = "14m"', 1),
        (895, "", 2),
        (3600, "min_time_left = 5400", 3),
        (3600, "min_time_left = 5400", 4),
    ]:
        config.write_text(setting)
        clock.offset = left - 3600  # Time passes for the person only.
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda left=left: real() + 3600 - left)
            person.assume("dev").went_well()
        assert len(person.sandbox.calls) == calls


def test_an_edited_profile_is_another_session(person: Person) -> None:
    first = person.assume("dev").went_well()
    person.profile("dev", "staging")
    assert person.assume("dev").went_well().sets["SHELLKIT_ROLE"] == "staging"
    person.profile("dev", "dev", external_id="acme:1")
    person.assume("dev").went_well()
    person.profile("dev", "dev", role_session_name="me")
    person.assume("dev").went_well()
    assert person.roles() == ["dev", "staging", "dev", "dev"]
    person.profile("dev", "dev")
    assert person.assume("dev").went_well().sets == first.sets
    assert len(person.asked()) == 4


def test_one_role_from_two_sources_is_two_sessions(person: Person) -> None:
    """The two sources may do different things with it, and answer for it in CloudTrail."""
    person.profile("through", "dev", "staging")
    person.assume("dev").went_well()
    # `dev` does not trust `staging`, and its session from the keys is not handed out for that.
    person.assume("through").failed(1, "not authorized")
    signers = [call.access_key_id or "" for call in person.sandbox.calls]
    assert [signer[:4] for signer in signers] == ["AKIA", "AKIA", "ASIA"]


def test_a_revoked_session_on_the_way_starts_again_from_the_keys(person: Person) -> None:
    staging = person.assume("staging").went_well()
    person.sandbox.revoke(staging.sets["AWS_ACCESS_KEY_ID"])
    person.assume("release", "-v").went_well()
    assert person.roles() == ["staging", "release", "staging", "release"]
    # As IAM does it: the session is denied everything.
    person.sandbox.fail_next(
        "AccessDenied",
        "User: x is not authorized to perform: sts:AssumeRole on resource: y "
        "with an explicit deny in an identity-based policy",
        403,
    )
    person.assume("release", "-d", "900").went_well()
    assert person.roles()[4:] == ["release", "staging", "release"]
    # Keys that are refused themselves are not tried twice.
    person.sandbox.revoke(person.sample.key.id)
    person.assume("dev").failed(1, "is unknown here")
    assert len(person.asked()) == 8


# --- Files ----------------------------------------------------------------------------


def sessions(person: Person) -> list[Path]:
    return sorted((person.cache / "sessions").iterdir())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda _: "",
        lambda _: "{}",
        lambda text: text.replace("shellkit-session 2", "shellkit-session 3"),
        lambda text: text.replace("session_token ", "session_token \r"),
        lambda text: text.replace("expires ", "expires x"),
        lambda text: text.replace("expires ", "expires -"),
    ],
)
def test_a_spoilt_session_file_is_a_miss(person: Person, spoil: object) -> None:
    person.assume("dev").went_well()
    (path,) = sessions(person)
    path.write_text(spoil(path.read_text()))  # type: ignore[operator]
    for other in (person.home / ".aws" / "cli" / "cache").iterdir():
        other.unlink()
    person.assume("dev").went_well()
    assert person.roles() == ["dev", "dev"]


def test_a_cache_that_cannot_be_written_is_only_slower(person: Person) -> None:
    person.home.joinpath("file").write_text("")
    (person.home / ".aws" / "cli").write_text("")
    blocked = {"XDG_CACHE_HOME": str(person.home / "file" / "cache")}
    for _ in range(2):
        done = person.assume("dev", **blocked).went_well()
        assert done.stderr == ""
    assert person.assume("base", **blocked).went_well().stderr == ""
    assert "cannot be cached" in person.assume("dev", "-v", **blocked).stderr
    assert person.roles() == ["dev"] * 3


# --- Processes ------------------------------------------------------------------------


def test_many_shells_at_once_ask_once(person: Person) -> None:
    person.sandbox.delay = 0.2
    children = [person.start("release") for _ in range(8)]
    outcomes = [ended(child).went_well() for child in children]
    assert person.roles() == ["staging", "release"]
    assert len({tuple(sorted(outcome.sets.items())) for outcome in outcomes}) == 1


def test_an_old_lock_is_not_cleared_away_while_it_is_held(person: Person) -> None:
    person.assume("release").went_well()
    (lock,) = (person.cache / "locks").iterdir()
    os.utime(lock, (0, 0))
    before = lock.stat().st_ino
    person.assume("release", "--refresh").went_well()
    assert lock.stat().st_ino == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_ctrl_c_leaves_nothing_and_says_130(person: Person) -> None:
    person.sandbox.delay = 30
    child = person.start("dev")
    lock = person.cache / "locks"
    deadline = time.monotonic() + 20
    while not (lock.is_dir() and any(lock.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.5)  # On its way to STS by now, or there.
    child.send_signal(signal.SIGINT)
    done = ended(child)
    assert (done.code, done.stdout) == (130, "")
    assert "Traceback" not in done.stderr
    person.sandbox.delay = 0
    person.process("dev").went_well()  # No lock was left behind.


# --- Settings that botocore does not take -----------------------------------------------


@pytest.mark.parametrize(
    ("setting", "value", "parts"),
    [
        ("AWS_MAX_ATTEMPTS", "x", ("setting of botocore's is wrong", "'x'", "AWS_MAX_ATTEMPTS")),
        ("AWS_ENDPOINT_URL_STS", "no url", ("no url: that is no URL", "https://HOST")),
    ],
)
def test_a_wrong_setting_is_said_as_what_it_is(
    setting: str, value: str, parts: tuple[str, ...], person: Person
) -> None:
    person.assume("dev", **{setting: value}).failed(3, *parts)


# --- What is not STS ------------------------------------------------------------------


@pytest.fixture
def portal() -> Iterator[str]:
    """A server that answers like a captive portal; the URL's path names how."""
    answers = {
        "/html": (200, b"<html><body>Please log in<br></body></html>"),
        "/xhtml": (200, b"<html><body>Please log in</body></html>"),
        "/forbidden": (403, b"<html><body>no<br></body></html>"),
        "/empty": (200, b""),
        "/broken": (502, b"<html>Bad gateway<br></html>"),
    }

    class Portal(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = answers[self.path.rstrip("/")]
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Portal) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["html", "xhtml", "forbidden", "empty", "broken"])
def test_whatever_answers_instead_of_aws_is_no_traceback(
    path: str, person: Person, portal: str
) -> None:
    url = f"{portal}/{path}"
    person.assume("dev", AWS_ENDPOINT_URL_STS=url).failed(1, "dev")
    # Whose the keys are is not known then; they are good keys all the same.
    if path in ("html", "xhtml", "empty"):
        person.assume("base", AWS_ENDPOINT_URL_STS=url).went_well()


def test_a_server_that_hangs_up_is_a_network_error(person: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            server.accept()[0].close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        person.assume("dev", AWS_ENDPOINT_URL_STS=url).failed(1, "check the network")
        thread.join()
