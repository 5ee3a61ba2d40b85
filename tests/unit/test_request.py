"""Requests, recipes and lengths of time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit.durations import parse_duration
from shellkit.errors import UsageError
from shellkit.request import Request, from_recipe

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
