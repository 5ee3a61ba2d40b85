from __future__ import annotations

import pytest

from shellkit.production import is_production


@pytest.mark.parametrize(
    "name",
    ["prod", "PROD", "acme-prod", "acme_production", "live.eu", "prd1", "AcmeProd", "a/prod-2"],
)
def test_production(name: str) -> None:
    assert is_production(name)


@pytest.mark.parametrize(
    "name",
    ["", "product", "delivery", "alive", "non-prod", "nonprod", "pre-prod", "preprod", "dev"],
)
def test_not_production(name: str) -> None:
    assert not is_production(name)


def test_words_of_ones_own() -> None:
    assert is_production("acme-gold", ("gold",))
    assert not is_production("acme-prod", ("gold",))
