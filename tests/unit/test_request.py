"""Requests, recipes and lengths of time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit.durations import parse_duration
from shellkit.errors import UsageError
from shellkit.options import ASSUME_OPTIONS, ASSUME_TARGET
from shellkit.request import Request, from_recipe
from shellkit.request_words import request_of
from shellkit.words import make_parser, parse

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


@pytest.mark.parametrize("words", [("--mfa-c", "492039"), ("a", "492039"), ("--MFA-CODE=492039",)])
def test_a_mistyped_option_does_not_show_the_code(words: tuple[str, ...]) -> None:
    """It may not have been used yet, and errors end up in logs."""
    parser = make_parser("assume", "switch", ASSUME_OPTIONS, (ASSUME_TARGET,))
    with pytest.raises(UsageError, match=r"unrecognized arguments: .*\*{6}") as caught:
        parse(parser, ["prod", *words])
    assert "492039" not in caught.value.message
