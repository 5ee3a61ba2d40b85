"""Requests, recipes and lengths of time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit.durations import parse_duration
from shellkit.errors import UsageError
from shellkit.options import ASSUME_OPTIONS, ASSUME_TARGET, command
from shellkit.request import Request, from_recipe
from shellkit.request_words import request_of
from shellkit.words import make_parser, parse, parser_for

TEXT = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
KEY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="="), min_size=1)
REQUESTS = st.builds(
    Request,
    target=TEXT,
    region=TEXT,
    duration=st.none() | st.integers(900, 43200),
    session_name=TEXT,
    external_id=TEXT,
    source_identity=TEXT,
    tags=st.lists(st.tuples(KEY, st.text(st.characters(exclude_categories=["Cs"])))).map(tuple),
    transitive_tags=st.lists(KEY).map(tuple),
    policy=TEXT,
    policy_arns=st.lists(KEY).map(tuple),
    source=TEXT,
    chain=st.booleans(),
    mode=st.none() | st.sampled_from(["env", "profile"]),
    session=TEXT,
)


@given(REQUESTS)
def test_a_recipe_gives_the_identity_back(request: Request) -> None:
    recipe = request.recipe()
    assert (from_recipe(recipe) if recipe else Request()) == request
    assert recipe.isascii()
    assert recipe.isprintable()


def test_how_it_was_asked_for_is_no_part_of_the_identity() -> None:
    asked = Request(target="dev", refresh=True, quiet=True, verbose=True, explain=True)
    assert asked.recipe() == Request(target="dev").recipe()
    assert Request(target="prod").asked_like(asked) == Request(
        target="prod", refresh=True, quiet=True, verbose=True, explain=True
    )


@pytest.mark.parametrize("recipe", ["nonsense", "who=me", "target=a&duration=long", "target"])
def test_a_foreign_recipe_is_refused(recipe: str) -> None:
    with pytest.raises(UsageError, match="identity"):
        from_recipe(recipe)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3600", 3600), ("90m", 5400), ("2h", 7200), ("1h30m", 5400), ("1H", 3600), ("900s", 900)],
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", " ", "h", "1d", "-5", "1.5h", "m30", "90 m", "٣", "1h-5m"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        parse_duration(text)


NO_UTF8 = b"\xff".decode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["--tag", f"k={NO_UTF8}"], "--tag"),
        (["--tag", f"{NO_UTF8}=v"], "--tag"),
        (["--tag", "a\x1b[31m=b"], "--tag"),
        (["--tag", f"{'k' * 129}=v"], "--tag"),
        (["--tag", f"k={'v' * 257}"], "--tag"),
        (["--transitive-tag", NO_UTF8], "--transitive-tag"),
        (["--transitive-tag", ""], "--transitive-tag"),
        (["--policy-arn", "foo"], "--policy-arn"),
        (["--policy-arn", f"arn:aws:iam::aws:policy/{NO_UTF8}"], "--policy-arn"),
        (["--policy-arn", "arn:aws:iam::111122223333:role/dev"], "--policy-arn"),
        (["--policy", "[" * 100_000], "--policy"),
        (["--policy", "@/dev/zero"], "--policy"),
    ],
)
def test_what_sts_cannot_take_is_wrong_use(words: list[str], option: str) -> None:
    # Some of it was a fault of ours (UnicodeEncodeError), some blamed the configuration.
    parser = make_parser("assume", "switch", ASSUME_OPTIONS, (ASSUME_TARGET,))
    parsed = parse(parser, ["dev", *words])
    assert parsed is not None
    with pytest.raises(UsageError, match=f"^{option}: "):
        request_of(parsed)


def test_what_sts_takes_is_taken() -> None:
    parser = make_parser("assume", "switch", ASSUME_OPTIONS, (ASSUME_TARGET,))
    arn = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
    words = ["dev", "--tag", "Größe 本=x + y/@=", "--tag", "empty=", "--policy-arn", arn]
    parsed = parse(parser, words)
    assert parsed is not None
    found = request_of(parsed)
    assert found.tags == (("Größe 本", "x + y/@="), ("empty", ""))
    assert found.policy_arns == (arn,)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--mfa-c", "492039"), "there is no option --mfa-c"),
        (("--MFA-CODE=492039",), "there is no option --MFA-CODE"),
        (("--mfa-code492039",), "there is no option --mfa-code******"),
        (("-c", "492039"), "there is no option -c"),
        (("a", "492039"), "too many words: a ******"),
    ],
)
def test_a_mistyped_option_does_not_show_the_code(words: tuple[str, ...], said: str) -> None:
    """It may not have been used yet, and errors end up in logs."""
    parser = make_parser("assume", "switch", ASSUME_OPTIONS, (ASSUME_TARGET,))
    with pytest.raises(UsageError) as caught:
        parse(parser, ["prod", *words])
    assert caught.value.message == f"assume: {said}"
    assert "492039" not in str(caught.value.fix)


@pytest.mark.parametrize(
    ("words", "message", "fix"),
    [
        # Not that "eu-west-1" is the name, and "prod" one too many.
        (("--regoin", "eu-west-1", "prod"), "there is no option --regoin", "near it: --region; "),
        (("--zzz", "prod"), "there is no option --zzz", ""),
        (("my", "prod"), "too many words: prod", "a name with blanks needs quotes; "),
    ],
)
def test_a_wrong_word_is_named_and_no_other(words: tuple[str, ...], message: str, fix: str) -> None:
    parser = make_parser("assume", "switch", ASSUME_OPTIONS, (ASSUME_TARGET,))
    with pytest.raises(UsageError) as caught:
        parse(parser, words)
    assert caught.value.message == f"assume: {message}"
    assert caught.value.fix == f"{fix}see assume --help"


@pytest.mark.parametrize("words", [("--", "odd"), ("--tag=--a=b", "x"), ("-", "-qv"), ("-rx",)])
def test_what_only_looks_like_an_option_is_none(words: tuple[str, ...]) -> None:
    parser = make_parser("assume", "switch", ASSUME_OPTIONS, (ASSUME_TARGET,))
    assert parse(parser, words) is not None


@pytest.mark.parametrize("name", ["-dash", "--odd", "--region", "-r", "--", "-", "--x=y", "odd"])
@pytest.mark.parametrize("before", [(), ("-q",), ("--region", "eu-west-1", "-q")])
def test_what_follows_two_dashes_is_a_name(name: str, before: tuple[str, ...]) -> None:
    """argparse reads twice, and the second time took it for an option."""
    parser = make_parser("assume", "switch", ASSUME_OPTIONS, (ASSUME_TARGET,))
    values = parse(parser, (*before, "--", name))
    assert values is not None
    assert (values.NAME, values.quiet) == (name, bool(before))


def test_a_choice_after_two_dashes_is_named_as_it_was_typed() -> None:
    chosen = command("init")
    assert chosen is not None
    with pytest.raises(UsageError, match="'--zzz'"):
        parse(parser_for(chosen), ("--", "--zzz"))


@pytest.mark.parametrize(
    ("command_name", "words", "said"),
    [
        ("init", (), "SHELL is missing: one of bash, zsh, fish, powershell"),
        ("cache", (), "ACTION is missing: one of list, clear"),
        # And not that x is no shell.
        ("uninstall", ("--cmd", "x"), "there is no option --cmd"),
    ],
)
def test_what_a_command_lacks_is_said(command_name: str, words: tuple[str, ...], said: str) -> None:
    chosen = command(command_name)
    assert chosen is not None
    with pytest.raises(UsageError, match=f"^{command_name}: {said}$"):
        parse(parser_for(chosen), words)
