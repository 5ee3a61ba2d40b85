"""The tables of docs/reference.md are those that its tool writes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from shellkit.environment import CLEARED, SET

ROOT = Path(__file__).parents[2]


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tools_{name}", ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    return load("reference")


def test_the_page_is_up_to_date(reference: ModuleType) -> None:
    page = reference.PAGE.read_text(encoding="utf-8")
    assert page == reference.filled(page), "run: python tools/reference.py"


def test_every_variable_has_a_description_and_no_other(reference: ModuleType) -> None:
    assert set(reference.HOLDS) == set(SET)
    assert set(reference.WOULD) == set(CLEARED)


def test_what_is_written_by_hand_stays(reference: ModuleType) -> None:
    page = reference.PAGE.read_text(encoding="utf-8")
    assert reference.filled(page.replace("# Reference", "# Mine", 1)).startswith("# Mine")


def test_a_page_without_a_place_for_a_table_is_refused(reference: ModuleType) -> None:
    with pytest.raises(ValueError, match="no place"):
        reference.filled("# Reference\n")


def test_a_bar_in_a_cell_does_not_end_it(reference: ModuleType) -> None:
    assert reference.table(("a",), [("x|y",)]).splitlines()[-1] == "| x\\|y |"
