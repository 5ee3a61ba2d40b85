"""``assume``, from its words to what STS was asked and what the shell is told."""

from __future__ import annotations

import json
import os
import re
import stat
import time
from typing import TYPE_CHECKING, Any

import pytest
from assuming import Person

from shellkit.environment import MANAGED, SECRET

if TYPE_CHECKING:
    from pathlib import Path


#: Variables with the end of a session in them.
TIMES = ("AWS_CREDENTIAL_EXPIRATION", "SHELLKIT_EXPIRES")
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


# --- What is set -------------------------------------------------------------------


def test_a_role_is_set_with_all_that_goes_with_it(person: Person) -> None:
    done = person.assume("dev").went_well()
    sets = done.sets
    (call,) = person.sandbox.calls
    assert (call.action, call.access_key_id, call.outcome) == (
        "AssumeRole",
        person.sample.key.id,
        "ok",
    )
    assert set(call.params) == {"Action", "Version", "RoleArn", "RoleSessionName"}
    assert call.params["RoleSessionName"].startswith("shellkit")
    assert set(sets) <= set(MANAGED)
    assert sets["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert sets["AWS_REGION"] == sets["AWS_DEFAULT_REGION"] == "eu-north-1"
    assert (sets["SHELLKIT_PROFILE"], sets["AWSUME_PROFILE"]) == ("dev", "dev")
    assert (sets["SHELLKIT_ACCOUNT_ID"], sets["SHELLKIT_ROLE"]) == ("280650147932", "dev")
    assert re.fullmatch(r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}Z", sets["AWS_CREDENTIAL_EXPIRATION"])
    assert int(sets["SHELLKIT_EXPIRES"]) == pytest.approx(person.sandbox.clock() + 3600, abs=60)
    assert "AWS_PROFILE" not in sets
    assert re.fullmatch(
        r"dev: account 280650147932, role dev, eu-north-1, (1h|60m|59m) left", done.said
    )
    assert done.stderr == ""


def test_quiet_says_nothing_and_verbose_says_each_step(person: Person) -> None:
    quiet = person.assume("release", "-q").went_well()
    assert (quiet.said, quiet.stderr) == ("", "")
    verbose = person.assume("release", "-v", "--refresh").went_well()
    first, second = verbose.stderr.splitlines()
    assert f"AssumeRole, signed by {person.sample.key.id}" in first
    assert "AssumeRole, signed by ASIA" in second
    assert verbose.said.startswith("release: ")
    cached = person.assume("release", "-v")
    assert "cached session" in cached.stderr
    for done in (quiet, verbose, cached):
        for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            assert done.sets[name] not in done.stderr + done.said
    assert person.sample.key.secret not in verbose.stderr


def test_static_keys_are_asked_whose_they_are_once(person: Person) -> None:
    for _ in range(2):
        done = person.assume("base").went_well()
        assert done.sets["AWS_ACCESS_KEY_ID"] == person.sample.key.id
        assert done.sets["SHELLKIT_ACCOUNT_ID"] == "471112903465"
        for name in ("AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "SHELLKIT_EXPIRES"):
            assert name not in done.sets
        assert done.said == "base: account 471112903465, eu-north-1, static keys"
    assert [call.action for call in person.sandbox.calls] == ["GetCallerIdentity"]
    person.assume("base", "--refresh").went_well()
    assert len(person.sandbox.calls) == 2


def test_static_keys_serve_without_a_network(person: Person) -> None:
    done = person.assume("base", AWS_ENDPOINT_URL_STS="http://127.0.0.1:9").went_well()
    assert done.sets["AWS_ACCESS_KEY_ID"] == person.sample.key.id
    assert "SHELLKIT_ACCOUNT_ID" not in done.sets
    person.assume("base").went_well()
    assert len(person.sandbox.calls) == 1  # What is not known was not remembered.


def test_mode_profile_names_the_profile_and_asks_nobody(person: Person) -> None:
    done = person.assume("dev", "--mode", "profile").went_well()
    assert done.sets == {
        "AWS_PROFILE": "dev",
        "AWS_REGION": "eu-north-1",
        "AWS_DEFAULT_REGION": "eu-north-1",
    }
    config = person.home / ".config" / "shellkit" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('mode = "profile"\n')
    assert person.assume("dev").went_well().sets == done.sets
    assert person.sandbox.calls == ()
    assert "AWS_ACCESS_KEY_ID" in person.assume("dev", "--mode", "env").went_well().sets


# --- Options -----------------------------------------------------------------------


def test_each_option_reaches_sts(person: Person, tmp_path: Path) -> None:
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*"}}
    policy["Statement"]["Resource"] = "*"  # type: ignore[index]
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(policy, indent=4))
    person.assume(
        *("partner", "-d", "900", "--session-name", "alex@x", "--source-identity", "alex"),
        *("--external-id", person.sample.external_id, "--policy", f"@{file}", "-r", "ap-south-1"),
        *("--policy-arn", READ_ONLY, "--policy-arn", READ_ONLY + "2"),
        *("--tag", "team=blue", "--tag", "cost=a=b", "--transitive-tag", "team"),
    ).went_well()
    (call,) = person.sandbox.calls
    assert call.region == "ap-south-1"
    sent = dict(call.params)
    assert json.loads(sent.pop("Policy")) == policy
    assert sent == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": person.sample.roles["partner"],
        "RoleSessionName": "alex@x",
        "SourceIdentity": "alex",
        "ExternalId": person.sample.external_id,
        "DurationSeconds": "900",
        "PolicyArns.member.1.arn": READ_ONLY,
        "PolicyArns.member.2.arn": READ_ONLY + "2",
        "Tags.member.1.Key": "team",
        "Tags.member.1.Value": "blue",
        "Tags.member.2.Key": "cost",
        "Tags.member.2.Value": "a=b",
        "TransitiveTagKeys.member.1": "team",
    }
    # Nothing of it is shared with the plain role.
    person.assume("partner").went_well()
    assert len(person.asked()) == 2


def test_a_long_wish_for_a_chained_role_is_brought_down_with_one_line(person: Person) -> None:
    done = person.assume("release", "-d", "2h").went_well()
    assert [params.get("DurationSeconds") for params in person.asked()] == [None, "3600"]
    (line,) = done.stderr.splitlines()
    assert line == (
        "shellkit: release: asking for 1h instead of 2h: "
        "AWS limits a role assumed from another session to one hour"
    )
    # From the cache too, because it is still not what was wished for.
    assert person.assume("release", "-d", "2h").stderr == done.stderr
    assert person.assume("release", "-d", "2h", "-q").went_well().stderr == ""
    assert len(person.asked()) == 2
    person.assume("dev", "-d", "12h").went_well()
    assert person.asked()[-1]["DurationSeconds"] == "43200"


def test_an_ad_hoc_role_from_the_base_from_a_profile_and_from_the_active_role(
    person: Person,
) -> None:
    person.keys["default"] = person.sample.key
    person.profiles["default"] = {"region": "sa-east-1"}
    person.write()
    done = person.assume(person.sample.roles["dev"]).went_well()
    assert done.sets["SHELLKIT_PROFILE"] == "280650147932:dev"
    assert done.sets["AWS_REGION"] == "sa-east-1"
    again = person.assume("280650147932:dev").went_well()
    assert again.sets == done.sets
    assert person.roles() == ["dev"]

    release = person.sample.roles["release"]
    person.assume(release, "--source", "staging").went_well()
    assert person.roles() == ["dev", "staging", "release"]

    person.become(person.assume("staging").went_well())
    # From the base, not from the active role; then from the active role.
    person.assume(release).failed(1, "staging is still active")
    chained = person.assume(release, "--chain").went_well()
    assert person.sandbox.calls[-1].access_key_id == person.environ["AWS_ACCESS_KEY_ID"]
    assert person.sandbox.calls[-1].outcome == "ok"
    assert "release" in chained.sets["SHELLKIT_PROFILE"]

    # Away and back again: the session of a chained role is all there is of it.
    person.become(chained)
    person.become(person.assume("dev").went_well())
    count = len(person.sandbox.calls)
    back = person.assume("-").went_well()
    assert back.sets == chained.sets
    explained = person.assume("-", "--explain").went_well()
    assert "the session it had, arn:aws:sts::" in explained.stdout
    assert f"AWS_ACCESS_KEY_ID={chained.sets['AWS_ACCESS_KEY_ID']} " in explained.stdout
    person.become(back)
    person.assume("--refresh").failed(2, "cannot be renewed alone", "--chain")
    assert len(person.sandbox.calls) == count


def test_assume_back_and_refresh_of_the_active_identity(person: Person) -> None:
    person.assume("-").failed(2, "no identity before this one")
    person.assume("--refresh").failed(2, "no role is active")
    dev = person.assume("dev", "-r", "us-west-2").went_well()
    person.become(dev)
    person.become(person.assume("staging").went_well())
    back = person.assume("-").went_well()
    assert back.sets == dev.sets
    fresh = person.assume("--refresh").went_well()
    assert fresh.sets["SHELLKIT_PROFILE"] == "staging"
    assert fresh.sets["AWS_ACCESS_KEY_ID"] != person.environ["AWS_ACCESS_KEY_ID"]
    assert person.roles() == ["dev", "staging", "staging"]
    person.assume("--refresh", "-r", "us-east-1").failed(2, "as it is")


def test_back_from_the_first_role_is_back_to_the_base(person: Person) -> None:
    person.become(person.assume("dev").went_well())
    assert person.environ["SHELLKIT_PREVIOUS"] == ""
    back = person.assume("-").went_well()
    assert back.stdout.startswith("__shellkit_restore")
    assert "no role is active" in back.stdout
    assert "no role is active" not in person.assume("-", "-q").went_well().stdout
    explained = person.assume("-", "--explain").went_well()
    assert "__shellkit_restore" not in explained.stdout
    assert "back to the base" in explained.stdout
    person.assume("-", "-r", "us-east-1").failed(2, "goes back as it was")


def test_a_nested_shell_refreshes_what_it_inherited(person: Person) -> None:
    person.become(person.assume("dev", "-r", "us-west-2").went_well())
    del person.environ["SHELLKIT_REQUEST"]
    fresh = person.assume("--refresh").went_well()
    assert (fresh.sets["SHELLKIT_PROFILE"], fresh.sets["AWS_REGION"]) == ("dev", "us-west-2")
    assert person.roles() == ["dev", "dev"]
    # An ad hoc role goes by a name that can be typed, so it is found again too.
    person.profiles["default"] = {}
    person.keys["default"] = person.sample.key
    person.write()
    person.become(person.assume(person.sample.roles["staging"]).went_well())
    del person.environ["SHELLKIT_REQUEST"]
    person.assume("--refresh").went_well()
    assert person.roles()[2:] == ["staging", "staging"]


def test_help_is_code_that_prints_it(person: Person) -> None:
    for words in (["-h"], ["dev", "--bogus", "--help"]):
        done = person.assume(*words).went_well()
        assert done.stdout.startswith("\\builtin printf '%s' 'usage: assume")
        assert done.stderr == ""


# --- Regions and partitions -----------------------------------------------------------


def test_the_signature_is_for_the_roles_partition(person: Person) -> None:
    done = person.assume("gov", AWS_REGION="eu-west-1").went_well()
    assert done.sets["AWS_REGION"] == "us-gov-west-1"
    done = person.assume("gov", "--refresh", AWS_REGION="us-gov-east-1").went_well()
    assert done.sets["AWS_REGION"] == "us-gov-east-1"
    # Whoever wants another region set gets it; STS is asked where the role is.
    done = person.assume("gov", "--refresh", "-r", "eu-west-1").went_well()
    assert done.sets["AWS_REGION"] == "eu-west-1"
    regions = [call.region for call in person.sandbox.calls]
    assert regions == ["us-gov-west-1", "us-gov-east-1", "us-gov-west-1"]


def test_a_region_without_sts_is_gone_around(person: Person) -> None:
    person.sandbox.fail_next("RegionDisabledException", "STS is not activated in this region", 403)
    person.assume("dev").went_well()
    assert [call.region for call in person.sandbox.calls] == [None, "us-east-1"]


# --- Explain ---------------------------------------------------------------------------


def snapshot(folder: Path) -> dict[str, Any]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_explain_asks_nobody_changes_nothing_and_tells_no_secret(person: Person) -> None:
    before = snapshot(person.home)
    done = person.assume("release", "--explain", "-d", "2h").went_well()
    assert done.stdout.startswith("\\builtin printf '%s' '")
    assert "__shellkit_begin" not in done.stdout
    assert (snapshot(person.home), person.sandbox.calls, done.stderr) == (before, (), "")
    for part in (
        f"1. the keys of base in {person.home}/.aws/credentials: {person.sample.key.id}",
        f"2. AssumeRole {person.sample.roles['staging']}, signed by 1",
        f"3. AssumeRole {person.sample.roles['release']}, signed by 2",
        "DurationSeconds: 3600",
        "not cached",
        "note: release: asking for 1h",
        "region: eu-north-1",
        "would set: AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
    ):
        assert part in done.stdout
    assert "would clear" not in done.stdout
    assumed = person.assume("release").went_well()
    explained = person.assume("release", "--explain").went_well()
    assert explained.stdout.count("cached, ") == 2
    assert "not cached" not in explained.stdout
    for secret in (person.sample.key.secret, assumed.sets["AWS_SECRET_ACCESS_KEY"]):
        assert secret not in explained.stdout + done.stdout
    # What it says would be set is what is set; the second time it knows the session.
    known = {name: None if name in SECRET else value for name, value in assumed.sets.items()}
    made = dict.fromkeys(("AWS_ACCESS_KEY_ID", *TIMES))
    assert explained.would_set == known
    assert done.would_set == {**known, **made}
    anew = person.assume("release", "--explain", "--refresh").went_well()
    assert anew.would_set == {**known, **made}
    assert anew.stdout.count("left, but --refresh asks for a new one") == 2


def test_explain_names_what_is_there_to_be_cleared(person: Person) -> None:
    """It named all that could ever be, fourteen variables, whatever was set."""
    assert person.assume("dev", "--explain").would_clear == []
    there = {"AWS_PROFILE": "base", "AWS_ROLE_ARN": "", "AWS_REGION": "us-east-1"}
    shown = person.assume("dev", "--explain", **there)
    assert shown.would_clear == ["AWS_PROFILE", "AWS_ROLE_ARN"]
    # From a role to static keys, what only roles have goes.
    person.become(person.assume("dev").went_well())
    gone = {"AWS_SESSION_TOKEN", "SHELLKIT_ROLE", *TIMES}
    assert set(person.assume("base", "--explain").would_clear) == gone


def test_explain_of_keys_knows_the_account_once_aws_said_it(person: Person) -> None:
    before = person.assume("base", "--explain").would_set
    assert before["AWS_ACCESS_KEY_ID"] == person.sample.key.id
    assert before["SHELLKIT_ACCOUNT_ID"] is None
    assumed = person.assume("base").went_well()
    after = person.assume("base", "--explain").would_set
    assert after == {**assumed.sets, "AWS_SECRET_ACCESS_KEY": None}
    assert before.keys() == after.keys()


def test_explain_says_what_static_keys_and_mode_profile_would_set(person: Person) -> None:
    named = person.assume("dev", "--explain", "--mode", "profile").went_well().stdout
    assert "each AWS tool finds the credentials itself" in named
    assert "AWS_REGION=eu-north-1 AWS_DEFAULT_REGION=eu-north-1 AWS_PROFILE=dev\n" in named
    assert "AWS_SESSION_TOKEN" not in person.assume("base", "--explain").stdout
    with (person.home / ".aws" / "credentials").open("a") as file:
        file.write("[temporary]\naws_access_key_id = ASIA\naws_secret_access_key = s3cr3t\n")
        file.write("aws_session_token = t0k3n\n")
    temporary = person.assume("temporary", "--explain").went_well().stdout
    assert "AWS_SESSION_TOKEN" in temporary
    assert "s3cr3t" not in temporary
    assert "t0k3n" not in temporary
    assert person.sandbox.calls == ()


# --- Failures --------------------------------------------------------------------------


def test_each_kind_of_failure_has_its_exit_code_and_changes_nothing(person: Person) -> None:
    person.assume("locked").failed(1, "not authorized", "its trust policy", "no role is active")
    person.assume("nope").failed(2, "no profile is called nope", "no role is active")
    person.assume("sta").failed(2, "near it: staging")
    person.assume().failed(2, "assume NAME")
    person.assume("dev", "--bogus").failed(2, "--bogus", "assume --help")
    person.assume("dev", "-d", "1d").failed(2, "--duration: '1d' is not a time")
    person.assume("dev", "-d", "13h").failed(2, "--duration", "15m to 12h")
    person.assume("dev", "--tag", "x").failed(2, "--tag: 'x' is not KEY=VALUE")
    person.assume("dev", "--policy", "{").failed(2, "--policy: not JSON")
    person.assume("dev", "--policy", "@/nope").failed(
        2, "--policy: /nope cannot be read: No such file or directory\n"
    )
    person.assume("dev", "--session-name", "a b").failed(2, "--session-name: ")
    person.assume("dev", "-r", "eu west").failed(2, "--region: ")
    person.profile("torn", "dev", duration_seconds="1h")
    person.assume("torn").failed(3, "/.aws/config:", "duration_seconds", "Write 3600.")
    person.assume("vault").failed(1, "is not authorized", "whether it wants MFA")
    person.profile("mfa", "vault", mfa_serial=person.sample.mfa_serial)
    person.assume("mfa", "--no-input").failed(4, "MFA", "--no-input")
    assert person.roles() == ["locked", "vault"]


def test_a_failure_names_the_identity_that_is_still_active(person: Person) -> None:
    person.become(person.assume("dev").went_well())
    for words in (["nope"], ["locked"], ["dev", "-d", "x"]):
        done = person.assume(*words)
        assert done.stdout == ""
        assert "nothing was changed: dev is still active" in done.stderr


@pytest.mark.parametrize(
    ("code", "message", "status", "parts"),
    [
        ("ExpiredToken", "The security token included in the request is expired", 403, ["get new"]),
        ("InvalidClientTokenId", "x", 403, ["is unknown here: deleted, deactivated"]),
        ("SignatureDoesNotMatch", "y", 403, ["copy both again"]),
        (
            "SignatureDoesNotMatch",
            "Signature expired: 20260101T000000Z is now earlier than 20260102T000000Z (x)",
            403,
            ["this machine's clock is wrong", "20260101T000000Z", "20260102T000000Z"],
        ),
        ("PackedPolicyTooLarge", "Packed size of session tags", 400, ["fewer or shorter"]),
        ("AccessDenied", "x with an explicit deny in y", 403, ["a policy forbids it"]),
        ("AccessDenied", "Roles may not be assumed by root accounts.", 403, ["not root's"]),
        ("ValidationError", "The requested DurationSeconds exceeds x", 400, ["--duration"]),
        ("Throttling", "Rate exceeded", 400, ["try again in a moment"]),
        ("InternalFailure", "", 500, ["no reason given (InternalFailure)"]),
    ],
)
def test_aws_refusals_are_explained(
    code: str, message: str, status: int, parts: list[str], person: Person
) -> None:
    person.sandbox.fail_next(code, message, status)
    person.assume("dev").failed(1, f"cannot assume dev: {message}", f"({code})", *parts)
    assert len(person.sandbox.calls) == 1


def test_what_the_sandbox_refuses_is_explained(person: Person) -> None:
    person.profiles["partner"].pop("external_id")
    person.write()
    person.assume("partner").failed(1, "not authorized", "wants an external ID (external_id")
    person.assume("staging", "-d", "12h").failed(1, "MaxSessionDuration", "--duration")
    person.keys["base"] = type(person.sample.key)(person.sample.key.id, "wrong")
    person.write()
    person.assume("dev").failed(1, "SignatureDoesNotMatch", "copy both again")


def test_a_refused_signature_does_not_print_what_was_signed(person: Person) -> None:
    person.sandbox.fail_next(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match.\n\nThe Canonical String for this "
        "request should have been\n'POST\n/\n\nx-amz-security-token:SECRETTOKEN\n'",
        403,
    )
    done = person.assume("dev", "-v", SHELLKIT_DEBUG="1")
    assert done.code == 1
    assert "does not match. (SignatureDoesNotMatch)" in done.stderr
    assert "SECRETTOKEN" not in done.stderr


def test_nobody_there_is_said_clearly_and_no_secret_is(person: Person) -> None:
    secret = person.sample.key.secret
    for words, more in [(["-v"], {"SHELLKIT_DEBUG": "1"}), ([], {})]:
        done = person.assume("dev", *words, AWS_ENDPOINT_URL_STS="http://127.0.0.1:9", **more)
        assert (done.code, done.stdout) == (1, "")
        assert "Could not connect to the endpoint URL" in done.stderr
        assert "check the network" in done.stderr
        assert secret not in done.stderr
        assert ("EndpointConnectionError\n" in done.stderr) == bool(more)


# --- Files -----------------------------------------------------------------------------


def test_caches_are_private(person: Person) -> None:
    old = os.umask(0)
    try:
        person.assume("release").went_well()
    finally:
        os.umask(old)
    for path in [*person.cache.rglob("*"), *(person.home / ".aws" / "cli").rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_a_memo_is_not_fooled_by_two_edits_within_a_tick(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Kernels before 6.13 give two writes within 4 ms the same time, FAT within 2 s.
    look = os.stat

    def coarse(path: Any, *args: Any, **more: Any) -> Any:
        found = look(path, *args, **more)
        if not str(path).endswith("config"):
            return found
        second = int(time.time()) // 2 * 2
        values = list(found)[:10]
        values[7:10] = [second, second, second]
        return os.stat_result(values, dict.fromkeys(("st_mtime_ns", "st_ctime_ns"), second * 10**9))

    monkeypatch.setattr(os, "stat", coarse)
    config = person.home / ".aws" / "config"
    ours, others = (person.sample.roles[name].split(":")[4] for name in ("dev", "staging"))
    person.assume("dev").went_well()
    with config.open("r+") as file:  # In place, and of as many bytes.
        text = file.read().replace(f"{ours}:role/dev", f"{others}:role/dev")
        file.seek(0)
        file.write(text)
    person.assume("dev").failed(1, f"{others}:role/dev")
