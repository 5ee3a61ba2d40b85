"""The search of the picker: what it finds, in which order, and what always holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shellkit.matcher import Matcher, fold

LETTERS = "abpPrd-_ .:1é\u0301ß中"
texts = st.text(alphabet=LETTERS, max_size=12)
rows_ = st.lists(st.tuples(texts, texts, texts), max_size=12)
queries = st.text(alphabet="abprd-1é ß中", max_size=6)


def names(query: str, *rows: str | tuple[str, ...], used: int = 0) -> list[str]:
    """The names that are found among rows, which are names or names with other fields."""
    full = [(row, "") if isinstance(row, str) else row for row in rows]
    return [full[at][0] for at in Matcher(full, used).search(query)]


def has_in_order(word: str, text: str) -> bool:
    letters = iter(text)
    return all(letter in letters for letter in word)


# What always holds


@given(rows_, queries)
def test_every_match_has_the_letters_of_each_word_in_order_in_one_field(
    rows: list[tuple[str, ...]], query: str
) -> None:
    found = set(Matcher(rows).search(query))
    for at, row in enumerate(rows):
        expected = all(
            any(has_in_order(fold(word), fold(field)) for field in row) for word in query.split()
        )
        assert (at in found) == expected


@given(rows_, queries, st.text(alphabet="abprd-1é ß中", max_size=2))
def test_a_longer_query_never_finds_more(
    rows: list[tuple[str, ...]], query: str, more: str
) -> None:
    assert set(Matcher(rows).search(query + more)) <= set(Matcher(rows).search(query))


@given(rows_, st.lists(queries, max_size=5), queries)
def test_what_was_searched_before_changes_nothing(
    rows: list[tuple[str, ...]], earlier: list[str], query: str
) -> None:
    matcher = Matcher(rows)
    for each in earlier:
        matcher.search(each)
    for end in range(len(query)):
        matcher.search(query[:end])
    assert matcher.search(query) == Matcher(rows).search(query)


@given(rows_, queries, st.integers(0, 12))
def test_the_order_is_stable(rows: list[tuple[str, ...]], query: str, used: int) -> None:
    """Rows that are alike stay in their order; and no row is there twice."""
    found = Matcher(rows, used).search(query)
    assert len(set(found)) == len(found)
    twice = Matcher(rows + rows, len(rows + rows)).search(query)
    for at in found:
        assert twice.index(at) < twice.index(at + len(rows))


@given(rows_, queries)
def test_the_name_itself_ranks_first_and_names_that_begin_so_next(
    rows: list[tuple[str, ...]], query: str
) -> None:
    word = fold(query)
    if not word or any(char.isspace() for char in query):
        return
    kinds = []
    for at in Matcher(rows).search(query):
        name = fold(rows[at][0])
        kinds.append(0 if name == word else 1 if name.startswith(word) else 2)
    assert kinds == sorted(kinds)


@given(rows_, queries)
def test_the_marks_are_the_letters_of_the_query(rows: list[tuple[str, ...]], query: str) -> None:
    matcher = Matcher(rows)
    for at in matcher.search(query):
        marks = matcher.marks(query, at)
        assert len(marks) == len(rows[at])
        for field, marked in zip(rows[at], marks, strict=True):
            assert all(0 <= place < len(field) for place in marked)
        shown = "".join(
            fold(field[place])
            for field, marked in zip(rows[at], marks, strict=True)
            for place in sorted(marked)
        )
        assert set("".join(fold(word) for word in query.split())) <= set(shown)


@given(st.text(), st.text())
def test_folding_goes_character_by_character(one: str, other: str) -> None:
    assert fold(one + other) == fold(one) + fold(other)


# What people expect of it


@pytest.mark.parametrize(
    ("query", "best", "worse"),
    [
        ("prod", "prod", "prod-eu"),  # the name itself
        ("prod", "prod-eu", "acme-prod"),  # begins so
        ("prod", "acme-prod", "acmeprod"),  # a word begins so
        ("prod", "acmeProd", "acmeprod"),  # a hump
        ("prod", "acmeprod", "xpxrxoxd"),  # in a row
        ("ap", "acme-prod", "xmapx"),  # starts of words, as in fzf
        ("pd", "xp-d", "xp---d"),  # a narrower gap
        ("PROD", "prod", "prod-eu"),  # case does not matter
        ("prd", "acme-prd", "acme-production"),
    ],
)
def test_the_better_name_is_first(query: str, best: str, worse: str) -> None:
    assert names(query, best, worse) == [best, worse]
    assert names(query, worse, best) == [best, worse]


def test_the_words_are_an_and_in_any_order_over_all_fields() -> None:
    rows = [
        ("acme-prod", "111122223333", "Admin"),
        ("acme-dev", "444455556666", "Admin"),
        ("zoo-prod", "777788889999", "ReadOnly"),
    ]
    assert names("adm acme", *rows) == ["acme-dev", "acme-prod"]
    assert names("prod adm", *rows) == ["acme-prod"]
    assert names("4444 admin", *rows) == ["acme-dev"]
    assert names("prod nothing", *rows) == []


def test_a_word_stays_in_one_field() -> None:
    assert names("prodadmin", ("prod", "admin")) == []


def test_a_match_in_the_name_goes_before_the_same_one_elsewhere() -> None:
    assert names("ops", ("team", "ops"), ("x-ops", "team")) == ["x-ops", "team"]


def test_of_equals_those_in_use_go_first_in_their_order_and_then_short_names() -> None:
    rows = ("x-prod-long", "x-prod-2", "x-prod-12", "x-prod-1", "x-prod-3")
    assert names("prod", *rows, used=2) == [
        "x-prod-long",
        "x-prod-2",
        "x-prod-1",
        "x-prod-3",
        "x-prod-12",
    ]


def test_no_query_is_the_order_that_came_in() -> None:
    assert names("  ", "b", "aa", "c", used=1) == ["b", "aa", "c"]


def test_accents_and_width_do_not_matter() -> None:
    assert names("munchen", "münchen", "mu\u0308nchen") == ["münchen", "mu\u0308nchen"]
    assert names("\uff50\uff52\uff4f\uff44", "prod") == ["prod"]
    assert names("strasse", "straße") == ["straße"]


def test_the_marks_are_those_of_the_match_that_counts() -> None:
    matcher = Matcher([("approd-prod", "prod")])
    assert matcher.marks("prod", 0) == [{7, 8, 9, 10}, set()]
    assert matcher.marks("ad", 0) == [{0, 5}, set()]
    assert Matcher([("straße-x", "")]).marks("ss", 0) == [{4}, set()]
