"""One code serves every role of its device: the session, the caches, and how a code gets in."""

from __future__ import annotations

import errno
import json
import os
import pwd
import re
import shlex
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from assuming import Outcome, Person, ended, wait_for_step
from botocore.credentials import AssumeRoleCredentialFetcher
from botocore.utils import JSONFileCache

from shellkit import files
from shellkit.credentials import awscli_cache, mfa, mfa_process
from shellkit.credentials.chain import Hop
from shellkit.credentials.obtain import Caches
from shellkit.credentials.resolve import Resolver
from shellkit.credentials.state import session_state
from shellkit.environment import BaseEnvironment
from shellkit.lockfile import LockFile
from shellkit.profiles import reader
from shellkit.sandbox import totp
from shellkit.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Clock


@pytest.fixture
def person(mfa_person: Person) -> Person:
    """Someone whose profiles vault, audit and keyroom name the MFA device."""
    mfa_person.profile("keyroom", "keyroom", mfa_serial=mfa_person.sample.mfa_serial)
    return mfa_person


def code(person: Person, step: int = 0) -> str:
    """What the device shows, ``step`` steps from now; the sandbox takes -1 and 0."""
    return totp(person.sample.mfa.seed, person.sandbox.clock() + 30 * step)


def actions(person: Person) -> list[str]:
    return [str(call.action) for call in person.sandbox.calls]


@pytest.fixture(autouse=True)
def _early_in_a_step() -> None:
    """A code that is made now shall still be the current one when it arrives."""
    wait_for_step(seconds=5)


# --- One code -------------------------------------------------------------------------


def test_one_code_serves_every_role_of_the_device(person: Person) -> None:
    person.assume("vault", "--mfa-code", code(person, -1)).went_well()
    person.assume("audit", "--no-input").went_well()
    person.assume("keyroom", "--no-input").went_well()
    person.assume("audit", "--no-input").went_well()
    assert actions(person) == ["GetSessionToken", "AssumeRole", "AssumeRole", "AssumeRole"]
    first, *roles = person.sandbox.calls
    assert first.params["DurationSeconds"] == "43200"
    assert first.params["SerialNumber"] == person.sample.mfa_serial
    assert (first.access_key_id or "").startswith("AKIA")
    assert len({call.access_key_id for call in roles}) == 1
    assert (roles[0].access_key_id or "").startswith("ASIA")
    assert all("SerialNumber" not in call.params for call in roles)


def test_a_memo_serves_an_mfa_role_without_a_request(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    with monkeypatch.context() as patch:
        patch.setattr("shellkit.cli.main", None)  # Only the short way is left.
        person.assume("audit").went_well()
    assert actions(person) == ["GetSessionToken", "AssumeRole"]


@pytest.mark.parametrize("place", ["source", "default", "option", "later hop", "environment"])
def test_where_the_device_is_named(person: Person, place: str) -> None:
    serial = person.sample.mfa_serial
    words, changes = ["plain"], {}
    person.profile("plain", "vault")
    if place == "source":
        person.profiles["base"]["mfa_serial"] = serial
    elif place == "default":
        person.keys["default"] = person.sample.key
        person.profiles["default"] = {"mfa_serial": serial}
        person.profile("plain", "vault", "default")
    elif place == "option":
        words += ["--mfa-serial", serial]
    elif place == "later hop":
        person.profile("release", "release", "staging", mfa_serial=serial)
        words = ["release"]
    else:
        key = person.sample.key
        changes = {"AWS_ACCESS_KEY_ID": key.id, "AWS_SECRET_ACCESS_KEY": key.secret}
        words = [person.sample.roles["vault"], "--mfa-serial", serial]
    person.write()
    person.assume(*words, SHELLKIT_MFA_CODE=code(person), **changes).went_well()
    assert actions(person)[0] == "GetSessionToken"


def test_the_default_profile_lends_its_device_to_its_own_chains_only(person: Person) -> None:
    """As botocore and the AWS CLI have it: nothing is inherited from ``[default]``."""
    person.profiles["default"] = {"mfa_serial": person.sample.mfa_serial}
    person.write()
    person.assume("dev", "--no-input").went_well()
    assert actions(person) == ["AssumeRole"]


def test_keys_with_a_device_become_a_session_of_their_user(person: Person) -> None:
    person.profiles["base"]["mfa_serial"] = person.sample.mfa_serial
    person.write()
    done = person.assume("base", SHELLKIT_MFA_CODE=code(person, -1)).went_well()
    assert done.sets["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert "AWS_SESSION_TOKEN" in done.sets
    assert done.sets["SHELLKIT_ACCOUNT_ID"] == "471112903465"
    assert "SHELLKIT_ROLE" not in done.sets
    assert "12h left" in done.said
    # The same session signs for roles, and is found again.
    person.assume("audit", "--no-input").went_well()
    assert person.assume("base", "--no-input").went_well().sets == done.sets
    assert actions(person) == ["GetCallerIdentity", "GetSessionToken", "AssumeRole"]
    # --refresh of the session itself takes a new code.
    person.assume("base", "--refresh", "--no-input").failed(4, "MFA")
    again = person.assume("base", "--refresh", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert again.sets["AWS_ACCESS_KEY_ID"] != done.sets["AWS_ACCESS_KEY_ID"]


def test_the_session_of_a_role_is_named_when_it_is_asked_for_itself(person: Person) -> None:
    person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    person.profiles["base"]["mfa_serial"] = person.sample.mfa_serial
    person.write()
    done = person.assume("base", "--no-input").went_well()
    assert done.sets["SHELLKIT_ACCOUNT_ID"] == "471112903465"


def test_refresh_does_not_ask_for_a_code_while_the_session_lasts(person: Person) -> None:
    person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    person.assume("audit", "--refresh", "--no-input").went_well()
    assert actions(person) == ["GetSessionToken", "AssumeRole", "AssumeRole"]


def config(person: Person, text: str) -> None:
    folder = person.home / ".config" / "shellkit"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text)


def test_how_long_a_session_lasts_is_set(person: Person) -> None:
    config(person, 'mfa_session_duration = "1h"\n')
    person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert person.sandbox.calls[0].params["DurationSeconds"] == "3600"
    config(person, 'mfa_session_duration = "37h"\n')
    person.assume("audit").failed(3, "config.toml:1: mfa_session_duration: ", "15m to 36h")


def test_the_keys_of_root_get_an_hour() -> None:
    """Known beforehand: AWS gives root no more (GetSessionToken)."""
    from shellkit.credentials.obtain import _ROOT_SECONDS

    assert _ROOT_SECONDS == 3600


# --- The code goes to the role itself --------------------------------------------------


def test_a_role_for_longer_than_an_hour_gets_the_code_itself(
    person: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.profile("long", "vault", mfa_serial=person.sample.mfa_serial, duration_seconds="36000")
    done = person.assume("long", SHELLKIT_MFA_CODE=code(person, -1)).went_well()
    assert "10h left" in done.said
    (call,) = person.sandbox.calls
    assert call.action == "AssumeRole"
    assert call.params["SerialNumber"] == person.sample.mfa_serial
    assert call.params["TokenCode"] == "***"
    clock.offset = 9 * 3600
    real = time.time
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: real() + 9 * 3600)
        assert person.assume("long", "--no-input").went_well().sets == done.sets
    # With -d as well.
    # What would help is the same with a person there, not an `assume vault` of an hour.
    person.assume("vault", "-d", "2h", "--no-input").failed(4, "run the same assume in a terminal")


@pytest.mark.parametrize("how", ["profile", "source", "all", "pattern", "other pattern"])
def test_opting_out_of_the_session(person: Person, how: str) -> None:
    if how in ("profile", "source"):
        person.profiles["audit" if how == "profile" else "base"]["shellkit_mfa_session"] = "false"
        person.write()
    else:
        lines = {
            "all": "mfa_session = false",
            "pattern": '[mfa_session]\n"aud*" = false\n"*" = true',
            "other pattern": '[mfa_session]\n"prod-*" = false',
        }
        config(person, lines[how])
    person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    expected = ["AssumeRole"] if how != "other pattern" else ["GetSessionToken", "AssumeRole"]
    assert actions(person) == expected


def test_the_profile_has_the_last_word_on_the_session(person: Person) -> None:
    config(person, "mfa_session = false")
    person.profiles["audit"]["shellkit_mfa_session"] = "true"
    person.write()
    person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert actions(person) == ["GetSessionToken", "AssumeRole"]


def test_temporary_keys_are_used_as_they_are(person: Person, sts: Callable[..., Any]) -> None:
    """Their session had its code already, and GetSessionToken would be refused."""
    keys = sts().get_session_token(
        SerialNumber=person.sample.mfa_serial, TokenCode=code(person, -1)
    )["Credentials"]
    named = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    values = [str(keys[name]) for name in named]
    path = person.home / ".aws" / "credentials"
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    lines = [f"{name} = {value}" for name, value in zip(names, values, strict=True)]
    path.write_text("\n".join(["[base]", *lines, ""]))
    person.assume("vault", "--no-input").went_well()
    assert actions(person) == ["GetSessionToken", "AssumeRole"]
    # Who names the device with the call gets the code to the role.
    person.assume(
        "audit", "--mfa-serial", person.sample.mfa_serial, "--mfa-code", code(person)
    ).went_well()
    assert person.sandbox.calls[-1].params["SerialNumber"] == person.sample.mfa_serial


def test_a_passkey_shows_no_code(person: Person) -> None:
    serial = "arn:aws:iam::471112903465:u2f/user/alex/key-ABC"
    person.profile("vault", "vault", mfa_serial=serial)
    person.assume("vault").failed(3, "/.aws/config:", "mfa_serial: ", "passkey", "mfa/NAME")
    person.assume("audit", "--mfa-serial", serial).failed(2, "--mfa-serial: ", "passkey")
    assert actions(person) == []


@pytest.mark.parametrize("serial", ["GAHT12345678", "sms-device:x@y,1"])
def test_hardware_and_vendor_serials_are_sent_as_they_are(person: Person, serial: str) -> None:
    person.profile("audit", "audit", mfa_serial=serial)
    person.assume("audit", SHELLKIT_MFA_CODE="123456").failed(3, "AWS knows no MFA device")
    assert person.sandbox.calls[0].params["SerialNumber"] == serial


def test_a_device_of_another_account(person: Person) -> None:
    person.profile("audit", "audit", mfa_serial="arn:aws:iam::999922223333:mfa/alex")
    person.assume("audit", SHELLKIT_MFA_CODE="123456").failed(
        3, "/.aws/config:", "mfa_serial: AWS knows no MFA device arn:aws:iam::999922223333:mfa/alex"
    )
    person.assume(
        "dev", "--mfa-serial", "arn:aws:iam::999922223333:mfa/alex", "--mfa-code", "123456"
    ).failed(3, "--mfa-serial: AWS knows no MFA device")


def test_an_option_that_has_no_meaning(person: Person) -> None:
    person.assume("dev", "--mfa-code", "123456").failed(2, "no MFA device", "--mfa-serial")
    person.assume("audit", "--mode", "profile", "--mfa-serial", "123456789").failed(2, "mode")
    assert actions(person) == []


# --- Refusals -------------------------------------------------------------------------


def test_a_session_too_old_for_a_trust_policy_is_renewed_with_one_code(
    person: Person, clock: Clock, travel: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    person.assume("keyroom", SHELLKIT_MFA_CODE=code(person)).went_well()
    real = time.time
    travel(4000)
    clock.offset = 0  # It goes by the time of this process, too.
    monkeypatch.setattr(time, "time", lambda: real() + 4000)
    # Without a way to get a code, it is AWS's refusal, and what may be behind it.
    refused = person.assume("keyroom", "--refresh", "--no-input")
    refused.failed(1, "is not authorized", "newer MFA code than that of 1h07m ago")
    count = len(person.sandbox.calls)
    done = person.assume("keyroom", "--refresh", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert (
        "816204759301:keyroom refuses the MFA session, perhaps for its age (1h07m)" in done.stderr
    )
    assert actions(person)[count:] == ["AssumeRole", "GetSessionToken", "AssumeRole"]
    # A role that says no to a new session is not tried with another code.
    person.profile("no", "locked", mfa_serial=person.sample.mfa_serial)
    count = len(person.sandbox.calls)
    person.assume("no", SHELLKIT_MFA_CODE=code(person)).failed(1, "is not authorized")
    assert actions(person)[count:] == ["AssumeRole"]


def test_a_revoked_session_is_begun_again(person: Person) -> None:
    person.assume("audit", SHELLKIT_MFA_CODE=code(person, -1)).went_well()
    person.sandbox.revoke(person.sandbox.calls[-1].access_key_id or "")
    person.assume("vault", "--no-input").failed(4, "MFA")
    done = person.assume("vault", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert "AWS no longer takes the MFA session" in done.stderr


def test_a_role_that_wants_mfa_and_no_device_is_known(person: Person) -> None:
    person.profile("plain", "vault")
    person.assume("plain", "--no-input").failed(1, "whether it wants MFA", "mfa_serial")
    # Where IAM may be asked, the message has the line to add.
    line = f"add this line to the profile plain: mfa_serial = {person.sample.mfa_serial}"
    person.assume("plain", AWS_ENDPOINT_URL_IAM=person.sandbox.url).failed(1, line)
    assert actions(person) == ["AssumeRole", "AssumeRole", "ListMFADevices"]


# --- How a code gets in ---------------------------------------------------------------


@pytest.mark.parametrize("written", ["{}", "{a} {b}", " {}\n", "\t{a}  {b} "])
def test_a_code_may_have_spaces(person: Person, written: str) -> None:
    now = code(person)
    text = written.format(now, a=now[:3], b=now[3:])
    person.assume("audit", SHELLKIT_MFA_CODE=text).went_well()


BAD = [
    "",
    " ",
    "12345",
    "1234567",
    "abcdef",
    "12345a",
    "\uff11\uff12\uff13\uff14\uff15\uff16",
    "\u0660\u0661\u0662\u0663\u0664\u0665",
    "123456\n7",
    "12-34-56",
    "é",
]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_code_is_refused_before_any_request(person: Person, text: str) -> None:
    done = person.assume("audit", "--mfa-code", text)
    done.failed(2, "--mfa-code: an MFA code has six digits")
    if text.strip():
        person.assume("audit", SHELLKIT_MFA_CODE=text).failed(2, "SHELLKIT_MFA_CODE: ")
        assert text not in done.stderr
    assert actions(person) == []


@pytest.mark.parametrize("option", [("--mfa-code", "-"), ("--mfa-code=-",)])
def test_the_shell_functions_hand_the_options_value_over(
    person: Person, option: tuple[str, ...]
) -> None:
    """Out of the arguments, and the messages name the option still."""
    short = person.assume("audit", *option, SHELLKIT_MFA_CODE="12")
    short.failed(2, "--mfa-code: an MFA code has six digits, not 2")
    none = person.assume("audit", *option)
    none.failed(2, "--mfa-code: an MFA code has six digits, and there is none")
    assert actions(person) == []
    person.assume("audit", *option, SHELLKIT_MFA_CODE=code(person)).went_well()
    assert actions(person) == ["GetSessionToken", "AssumeRole"]


def test_a_wrong_code(person: Person) -> None:
    wrong = f"{(int(code(person)) + 1) % 1000000:06d}"
    done = person.assume("audit", "--mfa-code", wrong)
    done.failed(1, "AWS refused the MFA code: it is not what", person.sample.mfa_serial)
    assert wrong not in done.stderr
    # It was not used, so it is AWS that refuses it again.
    person.assume("audit", "--mfa-code", wrong).failed(1, "AWS refused")
    assert actions(person) == ["GetSessionToken"] * 2


def test_a_code_that_was_used_is_refused_here(person: Person) -> None:
    now = code(person)
    person.assume("audit", SHELLKIT_MFA_CODE=now).went_well()
    count = len(person.sandbox.calls)
    done = person.assume("vault", "-d", "2h", SHELLKIT_MFA_CODE=now)
    done.failed(1, "was used already", "wait ", " for the next one")
    assert len(person.sandbox.calls) == count
    (path,) = (person.cache / "mfa").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert now not in path.read_text()
    # A torn or foreign file is no reason to refuse anything.
    path.write_text("shellkit-code 1\nx")
    person.assume("vault", "-d", "2h", SHELLKIT_MFA_CODE=now).failed(1, "AWS refused")


def test_a_clock_that_is_off_is_named(person: Person, clock: Clock) -> None:
    """Near enough for a signature, too far for a code that this machine makes."""
    clock.offset = 200
    mine = totp(person.sample.mfa.seed, time.time())
    person.assume("audit", SHELLKIT_MFA_CODE=mine).failed(
        1, "AWS refused the MFA code", "seconds behind AWS's", "set its clock right"
    )
    clock.offset = 1200
    person.assume("audit", SHELLKIT_MFA_CODE=mine).failed(1, "this machine's clock is wrong")


# --- mfa_process ----------------------------------------------------------------------


def program(person: Person, body: str) -> str:
    path = person.home / "codes it.py"
    path.write_text(f"import os, sys, time\n{body}\n")
    return shlex.join([sys.executable, str(path)])


@pytest.mark.parametrize("place", ["role", "source", "all", "pattern"])
def test_a_command_prints_the_code(person: Person, place: str) -> None:
    now = code(person)
    line = program(person, f"print('unlocking'); print('{now[:3]} {now[3:]}'); print()")
    if place in ("role", "source"):
        person.profiles["audit" if place == "role" else "base"]["mfa_process"] = line
        person.write()
    else:
        text = json.dumps(line)
        config(
            person, f"mfa_process = {text}" if place == "all" else f'[mfa_process]\n"au*" = {text}'
        )
    person.assume("audit").went_well()
    assert actions(person) == ["GetSessionToken", "AssumeRole"]


@pytest.mark.parametrize(
    "around",
    [
        "\x1b[1;32m{}\x1b[0m\r\n",
        "{}\n\x1b[0m\x1b[?25h",
        "\ufeff{}\n",
        "waiting...\r\x1b[K{}\n",
        "\x1b]0;codes\x07{}\r\n\r\n",
    ],
)
def test_a_code_in_colours_that_looks_right_by_hand_is_one(person: Person, around: str) -> None:
    text = around.format(code(person)).encode()
    person.profiles["audit"]["mfa_process"] = program(person, f"os.write(1, {text!r})")
    person.write()
    person.assume("audit").went_well()


@pytest.mark.parametrize("line", ["~/codes", "$HOME/codes", "PIN=1 codes", "false | tail -1"])
def test_a_command_that_works_by_hand_alone_is_told_that_no_shell_reads_it(
    person: Person, line: str
) -> None:
    """aws-vault gives the same line to a shell; ``try it by hand`` was all that was said."""
    person.profiles["audit"]["mfa_process"] = line
    person.write()
    person.assume("audit").failed(3, "mfa_process: ", "no shell reads it", "sh -c '...'")
    person.profiles["audit"]["mfa_process"] = "sh -c 'false | tail -1 >&2'"
    person.write()
    assert "no shell" not in person.assume("audit").stderr


def test_a_code_left_in_the_variable_is_said_to_be_from_there(person: Person) -> None:
    """Nobody is asked while it is set, and nothing said why."""
    wrong = f"{(int(code(person)) + 1) % 1000000:06d}"
    place = "this one is that in SHELLKIT_MFA_CODE"
    person.assume("audit", SHELLKIT_MFA_CODE=wrong).failed(1, "AWS refused", place)
    assert place not in person.assume("audit", "--mfa-code", wrong).stderr
    now = code(person)
    person.assume("audit", SHELLKIT_MFA_CODE=now).went_well()
    person.assume("vault", "-d", "2h", SHELLKIT_MFA_CODE=now).failed(1, "used already", place)


def test_a_given_code_comes_before_a_command(person: Person) -> None:
    person.profiles["audit"]["mfa_process"] = "false"
    person.write()
    done = person.assume("audit", "--mfa-code", code(person), SHELLKIT_MFA_CODE="000000")
    done.went_well()


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("sys.exit(3)", "failed: exit code 3"),
        ("os.kill(os.getpid(), 9)", "killed by a signal"),
        ("print()", "printed nothing"),
        ("print('123456'); print('locked')", "printed no code"),
        # Longer than a test may take: none of this is waited for.
        ("time.sleep(150)", "within 1 seconds"),
        ("os.fork() or time.sleep(150)", "printed nothing"),
    ],
)
def test_a_command_that_gives_no_code(
    person: Person, body: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mfa_process, "TIMEOUT", 1)
    person.profiles["audit"]["mfa_process"] = program(person, body)
    person.write()
    done = person.assume("audit")
    done.failed(3, "/.aws/config:", "mfa_process: ", complaint)
    assert "locked" not in done.stderr
    assert actions(person) == []


def test_an_agent_that_a_command_starts_is_not_waited_for(person: Person) -> None:
    """It keeps the pipe, so the code was not taken before the agent ended, if in time."""
    body = f"print('{code(person)}', flush=True)\nos.fork() or time.sleep(150)"
    person.profiles["audit"]["mfa_process"] = program(person, body)
    person.write()
    person.assume("audit").went_well()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [("/no/such/program x", "cannot be run"), ("'open", "quote"), ("  ''  ", "cannot be run")],
)
def test_a_command_that_cannot_be_run(person: Person, line: str, complaint: str) -> None:
    config(person, f"mfa_process = {json.dumps(line)}")
    person.assume("audit").failed(3, "config.toml:1: mfa_process: ", complaint)


def test_the_line_of_a_command_in_a_table_is_named(person: Person) -> None:
    """Only the file was, though each other fault in it has its line."""
    config(person, 'mode = "env"\n[mfa_process]\n"x*" = "true"\n"au*" = "false"\n')
    person.assume("audit").failed(3, "config.toml:4: mfa_process: false failed")


def test_the_stderr_of_a_command_is_the_persons_and_its_stdin_is_not_ours(person: Person) -> None:
    body = f"sys.stderr.write('touch your key\\n'); print(sys.stdin.read() or '{code(person)}')"
    person.profiles["audit"]["mfa_process"] = program(person, body)
    person.write()
    done = person.process("audit").went_well()
    assert "touch your key" in done.stderr


class Printer:
    """An ``mfa_process`` that prints ``codes``, one for each time it is run; and nobody waits."""

    def __init__(self, person: Person, monkeypatch: pytest.MonkeyPatch, *codes: str) -> None:
        self._ran, self.slept = person.home / "ran", list[float]()
        body = (
            f"open({str(self._ran)!r}, 'a').write('x')\n"
            f"print({codes!r}[os.stat({str(self._ran)!r}).st_size - 1])"
        )
        for name in ("audit", "vault"):
            person.profiles[name]["mfa_process"] = program(person, body)
            person.profiles[name]["shellkit_mfa_session"] = "false"
        person.write()
        now, sleep = time.time, time.sleep
        monkeypatch.setattr(time, "time", lambda: now() + sum(self.slept))
        # What is shorter is not ours: Python waits so for a process to end.
        monkeypatch.setattr(time, "sleep", lambda s: self.slept.append(s) if s >= 1 else sleep(s))

    @property
    def ran(self) -> int:
        """How often it was run."""
        return self._ran.stat().st_size


def test_a_command_whose_code_was_used_runs_once_more_for_the_next(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was an error: within half a minute one role could be had with it."""
    command = Printer(person, monkeypatch, code(person), code(person), code(person, 1))
    assert "waiting" not in person.assume("audit", "--no-input").went_well().stderr
    assert command.slept == []
    done = person.assume("vault", "--no-input").went_well()
    waited = re.search(r"printed was used already: waiting (\d+) seconds? for", done.stderr)
    assert waited is not None
    assert command.slept == [int(waited[1])]
    assert command.slept[0] <= 30
    assert command.ran == 3
    assert actions(person) == ["AssumeRole", "AssumeRole"]


def test_a_command_whose_code_aws_knows_as_used_runs_once_more(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = Printer(person, monkeypatch, code(person), code(person), code(person, 3))
    person.assume("audit").went_well()
    command.slept.append(61)  # And still it prints the old one.
    assert "waiting" in person.assume("vault").went_well().stderr
    assert command.ran == 3
    assert actions(person) == ["AssumeRole", "AssumeRole", "AssumeRole"]


def test_a_command_that_prints_a_used_code_again_is_not_waited_for_again(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = Printer(person, monkeypatch, *3 * [code(person)])
    person.assume("audit").went_well()
    done = person.assume("vault")
    done.failed(3, "/.aws/config:", "mfa_process: ", "printed the same code again")
    assert command.ran == 3
    assert actions(person) == ["AssumeRole"]


def test_a_second_code_of_a_command_is_the_last(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = Printer(person, monkeypatch, code(person), code(person), code(person, 9))
    person.assume("audit").went_well()
    person.assume("vault").failed(1, "AWS refused the MFA code: it is not what")
    assert command.ran == 3
    assert actions(person) == ["AssumeRole", "AssumeRole"]


def test_a_command_whose_code_was_never_used_is_not_run_again(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a wrong one, and the next would be, too."""
    command = Printer(person, monkeypatch, code(person, 9))
    done = person.assume("audit")
    done.failed(1, "AWS refused the MFA code: it is not what")
    assert "waiting" not in done.stderr
    assert command.ran == 1


# --- Nobody to ask --------------------------------------------------------------------


def test_without_a_terminal_it_says_so_at_once(person: Person) -> None:
    for words in (("audit",), ("audit", "-d", "2h"), ("audit", "--no-input")):
        done = person.assume(*words)
        done.failed(4, "audit needs a code of the MFA device", person.sample.mfa_serial)
        assert "SHELLKIT_MFA_CODE" in done.stderr
        assert "mfa_process" in done.stderr
    assert actions(person) == []


def test_a_command_to_type_has_a_name_with_spaces_in_quotes(person: Person) -> None:
    """``run assume my prod in a terminal first`` means another profile, or two."""
    person.profiles['"my prod; id"'] = person.profiles["audit"]
    person.write()
    person.assume("my prod; id").failed(4, "run assume 'my prod; id' in a terminal first")


@pytest.mark.parametrize("words", [("--mfa-serial", "SERIAL"), ("--source", "base")])
def test_what_to_run_in_a_terminal_is_the_same_where_the_name_alone_is_not(
    person: Person, words: tuple[str, ...]
) -> None:
    """``run assume audit in a terminal first`` was refused there, or asked for another device."""
    serial = person.sample.mfa_serial
    if words[0] == "--mfa-serial":
        del person.profiles["audit"]["mfa_serial"]
        person.write()
    given = [word.replace("SERIAL", serial) for word in words]
    person.assume("audit", *given).failed(4, "run the same assume in a terminal first")


@dataclass
class Typist:
    """A person at a terminal who types ``lines``, one for each question."""

    lines: list[str]
    seen: list[str] = field(default_factory=list)
    closed: int = 0

    def ask(self, question: str) -> str:
        self.seen.append(question)
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)

    def say(self, line: str) -> None:
        self.seen.append(line)

    def descriptor(self) -> int:
        raise AssertionError

    def close(self) -> None:
        self.closed += 1


def typing(monkeypatch: pytest.MonkeyPatch, *lines: str) -> Typist:
    typist = Typist(list(lines))
    monkeypatch.setattr("shellkit.terminal.prompt.open_tty", lambda **_: typist)
    return typist


def test_a_person_has_three_tries(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    now = code(person)
    wrong = f"{(int(now) + 1) % 1000000:06d}"
    typist = typing(monkeypatch, "12", wrong, now)
    person.assume("audit").went_well()
    question = f"audit: MFA code of {person.sample.mfa_serial}: "
    assert typist.seen[::2] == [question] * 3
    assert "six digits" in typist.seen[1]
    assert "AWS refused the MFA code" in typist.seen[3]
    typist = typing(monkeypatch, "", now, "x", "never read")
    person.assume("vault", "-d", "2h").failed(2, "no good MFA code in 3 tries")
    assert "used already" in typist.seen[3]
    # A session of MFA is there and does not serve: the question says why there is one.
    alone = f"vault: MFA code of {person.sample.mfa_serial} for this role alone (2h): "
    assert typist.seen[::2] == [alone] * 3
    assert len(typist.lines) == 1
    typist = typing(monkeypatch)
    person.assume("vault", "-d", "2h").failed(4, "was typed")


def test_what_was_typed_is_nowhere_to_be_found(person: Person) -> None:
    now = code(person)
    done = person.assume("audit", "-v", "--mfa-code", now).went_well()
    person.become(done)
    debug = person.assume("vault", "-d", "2h", "--mfa-code", now, SHELLKIT_DEBUG="1")
    assert debug.code == 1
    for text in (done.stdout, done.stderr, debug.stderr):
        assert now not in text
    for path in person.home.rglob("*"):
        if path.is_file():
            # A session token may have these digits by chance, at odds of one in hundreds.
            lines = path.read_text().splitlines()
            assert not any(line.endswith(now) or f" {now} " in line for line in lines), path
    assert not list((person.cache / "memo").glob("*"))


# --- Caches ---------------------------------------------------------------------------


def test_a_cache_that_cannot_be_written_is_said_to_cost_a_code(person: Person) -> None:
    (person.home / "file").write_text("")
    blocked = {"XDG_CACHE_HOME": str(person.home / "file" / "cache")}
    done = person.assume("audit", SHELLKIT_MFA_CODE=code(person), **blocked).went_well()
    assert "the MFA session cannot be kept (File exists" in done.stderr


def kept_files(person: Person) -> list[Path]:
    """What the cache holds besides locks and the completion's index, which has no secret."""
    found = [path for path in person.cache.rglob("*") if path.is_file()]
    rooms = [path.relative_to(person.cache).parts[0] for path in found]
    return [p for p, room in zip(found, rooms, strict=True) if room not in ("locks", "complete")]


def test_a_full_disk_leaves_nothing_half_written(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        patch.setattr(files.os, "replace", full)  # What is not waited for fails later, if at all.
        done = person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert "the MFA session cannot be kept (No space left" in done.stderr
    assert kept_files(person) == []


def test_a_full_disk_is_named_by_a_file_on_it(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system says of a write has no name of a file in it: `None` was shown."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        done = person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert f"cannot be kept (No space left on device: {person.cache}/sessions/" in done.stderr


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:40],
        lambda text: text.replace("shellkit-session ", "shellkit-session 9"),
        lambda _: "\0",
    ],
)
def test_a_spoilt_session_is_a_new_code(person: Person, spoil: Callable[[str], str]) -> None:
    person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    for path in (person.cache / "sessions").iterdir():
        path.write_text(spoil(path.read_text()))
    person.assume("vault", "--no-input").failed(4, "MFA")


@pytest.fixture
def aws(person: Person, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """What ``aws --profile NAME`` works with, and a person who types ``code`` there."""
    for name, value in person.environ.items():
        if name.startswith(("AWS_", "HOME")):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    def credentials(profile: str, typed: str | None = None) -> Any:
        session = botocore.session.Session(profile=profile)
        provider = session.get_component("credential_provider").get_provider("assume-role")
        provider.cache = JSONFileCache(str(person.home / ".aws" / "cli" / "cache"))
        provider._prompter = lambda _: typed or pytest.fail("botocore asked for a code")
        return session.get_credentials().get_frozen_credentials()

    return credentials


def test_botocore_finds_our_session_of_an_mfa_role(person: Person, aws: Callable[..., Any]) -> None:
    ours = person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert aws("audit").access_key == ours.sets["AWS_ACCESS_KEY_ID"]


def test_we_find_botocores_session_of_an_mfa_role(person: Person, aws: Callable[..., Any]) -> None:
    for name in ("config", "credentials"):
        os.utime(person.home / ".aws" / name, (time.time() - 60,) * 2)
    theirs = aws("audit", code(person))
    ours = person.assume("audit", "--no-input").went_well()
    assert ours.sets["AWS_ACCESS_KEY_ID"] == theirs.access_key
    assert actions(person) == ["AssumeRole"]


def test_our_name_for_an_entry_has_the_device_as_botocores_does() -> None:
    arn, serial = "arn:aws:iam::111122223333:role/Dev", "arn:aws:iam::111122223333:mfa/x"
    theirs = AssumeRoleCredentialFetcher(
        None, None, arn, extra_args={"SerialNumber": serial, "DurationSeconds": 7200}
    )
    hop = Hop(arn, source="base", duration=7200, mfa_serial=serial)
    assert awscli_cache.key(hop) == theirs._cache_key


def test_explain_shows_the_session(person: Person) -> None:
    before = person.assume("audit", "--explain").went_well().stdout
    for part in ("2. GetSessionToken for 12h, signed by 1", "signed by 2", "not cached"):
        assert part in before
    assert person.sample.mfa_serial in before
    person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    after = person.assume("audit", "--explain").went_well().stdout
    assert "12h left" in after
    assert "1h left" in after
    direct = person.assume("vault", "-d", "2h", "--explain").went_well().stdout
    assert "2. AssumeRole" in direct
    assert person.sample.mfa_serial in direct
    assert "GetSessionToken" not in direct


def test_explain_of_a_session_of_keys_is_what_is_set(person: Person) -> None:
    words = ("base", "--mfa-serial", person.sample.mfa_serial)
    before = person.assume(*words, "--explain").went_well().would_set
    made = person.assume(*words, SHELLKIT_MFA_CODE=code(person)).went_well().sets
    after = person.assume(*words, "--explain").went_well().would_set
    secret = dict.fromkeys(("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"))
    assert after == {**made, **secret}
    assert before.keys() == after.keys()
    assert before["AWS_ACCESS_KEY_ID"] is None
    assert (before["AWS_REGION"], before["SHELLKIT_PROFILE"]) == (made["AWS_REGION"], "base")


def test_a_list_says_mfa_while_a_code_is_needed(person: Person) -> None:
    def state(name: str) -> str:
        base = BaseEnvironment(person.environ)
        profiles = reader.load(base.get, str(person.home))
        caches = Caches(str(person.cache), str(person.home), 900, profiles)
        resolver = Resolver(profiles, base, Settings(), user=pwd.getpwuid(os.getuid()).pw_name)
        return session_state(name, resolver, caches, time.time())

    assert (state("audit"), state("vault"), state("dev")) == ("mfa", "mfa", "")
    person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    assert (state("audit"), state("vault")) == ("1h", "")


# --- Many shells ----------------------------------------------------------------------


def test_twenty_shells_use_one_code(person: Person) -> None:
    """With a command for the code: who comes second finds what the first one got."""
    counter = person.home / "asked"
    body = f"open({str(counter)!r}, 'a').write('x'); time.sleep(1); print('{code(person)}')"
    person.profiles["audit"]["mfa_process"] = program(person, body)
    person.profiles["vault"]["mfa_process"] = program(person, body)
    person.write()
    children = [person.start("audit" if n % 2 else "vault") for n in range(20)]
    outcomes: list[Outcome] = [ended(child).went_well() for child in children]
    assert counter.read_text() == "x"
    assert sorted(actions(person)) == ["AssumeRole", "AssumeRole", "GetSessionToken"]
    waited = [done for done in outcomes if "another shell asks for the code" in done.stderr]
    assert waited


@pytest.mark.parametrize("way", ["given", "process"])
def test_a_question_that_nobody_answers_holds_up_no_shell_with_a_code_of_its_own(
    person: Person, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """A prompt left open over night kept every cron job with a code waiting for it."""
    monkeypatch.setattr(mfa, "_GIVEN_WAITS", 0.5)
    monkeypatch.setattr(mfa, "_MADE_WAITS", 0.5)
    person.assume("audit", SHELLKIT_MFA_CODE="000000").failed(1)  # It leaves the device's lock.
    holders = [LockFile(str(path)) for path in (person.cache / "locks").iterdir()]
    assert [holder.acquire() for holder in holders] == [True]
    if way == "process":
        person.profiles["audit"]["mfa_process"] = program(person, f"print('{code(person)}')")
        person.write()
        done = person.assume("audit")
    else:
        done = person.assume("audit", SHELLKIT_MFA_CODE=code(person))
    holders[0].close()
    assert "another shell asks for the code" in done.went_well().stderr
    assert "if nobody is there" not in done.stderr  # Here is a code.


# --- shellkit cache -------------------------------------------------------------------


def listed(person: Person, *words: str) -> list[list[str]]:
    done = person.run("cache", "list", *words).went_well()
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_the_cache_is_listed_without_a_secret(person: Person) -> None:
    assert listed(person) == []
    done = person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    person.assume("dev").went_well()
    rows = listed(person)
    assert sorted(row[1] for row in rows) == ["MFA", "role", "role"]
    (session,) = [row for row in rows if row[1] == "MFA"]
    assert session[0] == person.sample.mfa_serial
    assert re.fullmatch(r"until 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ \(12h left\)", session[2])
    assert all(Path(row[3]).is_file() for row in rows)
    (role,) = listed(person, "dev")
    assert ":assumed-role/dev/" in role[0]
    assert len(listed(person, "--aws-cli")) == 5
    printed = person.run("cache", "list", "--aws-cli").stdout
    assert done.sets["AWS_SECRET_ACCESS_KEY"] not in printed
    assert done.sets["AWS_SESSION_TOKEN"] not in printed


@pytest.mark.parametrize(
    ("words", "kept", "copies"),
    [
        (["dev"], 2, 1),
        (["280650147932:dev"], 2, 1),
        (["arn:aws:iam::280650147932:role/dev"], 2, 1),
        (["vault"], 3, 2),
        (["SERIAL"], 2, 2),
        (["--expired"], 3, 2),
        (["--all"], 0, 0),
    ],
)
def test_sessions_are_removed(person: Person, words: list[str], kept: int, copies: int) -> None:
    person.assume("audit", SHELLKIT_MFA_CODE=code(person)).went_well()
    person.assume("dev").went_well()
    words = [person.sample.mfa_serial if word == "SERIAL" else word for word in words]
    done = person.run("cache", "clear", *words).went_well()
    assert f"{3 - kept} session" in done.stderr
    assert len(listed(person)) == kept
    assert "AWS CLI" not in done.stderr
    # What was written for the AWS CLI is gone too, or the next assume would take it back.
    assert len(list((person.home / ".aws" / "cli" / "cache").iterdir())) == copies
    if words == ["--all"]:
        assert kept_files(person) == []
        person.assume("audit", "--no-input").failed(4, "MFA")


def test_the_aws_clis_own_sessions_are_removed_only_when_told_to(person: Person) -> None:
    person.assume("dev").went_well()
    (copy,) = (person.home / ".aws" / "cli" / "cache").iterdir()
    theirs = json.loads(copy.read_text())
    del theirs["ShellkitKey"]
    copy.write_text(json.dumps(theirs))
    done = person.run("cache", "clear", "dev").went_well()
    assert "1 session removed" in done.stderr
    assert "of the AWS CLI's own, which assume may use: 1; --aws-cli" in done.stderr
    assert copy.exists()
    done = person.run("cache", "clear", "--all", "--aws-cli").went_well()
    assert done.stderr == "1 session removed\n"
    assert not copy.exists()


def test_expired_sessions_are_removed(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.assume("dev").went_well()
    real = time.time
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: real() + 4000)
        assert "(expired)" in listed(person)[0][2]
        assert "1 session removed" in person.run("cache", "clear", "--expired").stderr
    assert listed(person) == []


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["clear"], "one of: NAME"),
        (["clear", "dev", "--all"], "one of: NAME"),
        (["list", "--all"], "cache clear"),
        (["clear", "dve"], "near it: dev"),
        (["clear", "base"], "keys only"),
        (["show"], "invalid choice"),
    ],
)
def test_wrong_use_of_the_cache_command(person: Person, words: list[str], part: str) -> None:
    person.run("cache", *words).failed(2, part)


def test_a_file_that_cannot_be_removed_is_named(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.assume("dev").went_well()

    def refuse(path: str) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(os, "unlink", refuse)
    person.run("cache", "clear", "dev").failed(1, "cannot be removed: ", "Permission denied")


def test_a_file_that_cannot_be_removed_keeps_no_other(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ended at the first one, and the sessions behind it stayed."""
    person.assume("dev").went_well()
    person.assume("staging").went_well()
    first, second = sorted((person.cache / "sessions").iterdir())
    unlink = os.unlink

    def refuse(path: str) -> None:
        if os.fspath(path) == str(first):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        unlink(path)

    monkeypatch.setattr(os, "unlink", refuse)
    done = person.run("cache", "clear", "--all")
    done.failed(1, "cannot be removed: ", str(first), "Permission denied")
    assert "\n  all else was removed\n" in done.stderr
    assert first.exists()
    assert not second.exists()
    assert list((person.cache / "memo").iterdir()) == []
