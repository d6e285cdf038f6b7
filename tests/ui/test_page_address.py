"""Addresses that anybody may have written: pages open calmly whatever stands in them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from review.ui.gap_map import map_view
from tests.ui.conftest import at_page, words_on

PARAMETERS = {
    "screening": ("stage", "report"),
    "coding": ("report",),
    "records": ("q", "status", "source", "from", "to", "ids", "list", "page", "report"),
    "duplicates": ("view",),
    "search": ("view", "run", "search"),
    "gap_map": map_view.NAMES,
    "gap_ledger": ("gap", "view", "of", "status", "urgent", "words", "population", "from"),
    "claims": ("claim", "group", "level"),
    "overview": ("view",),
    "report": ("view",),
    "settings": ("view",),
}
"""Page -> what its address may hold."""

STRANGE = ("<script>alert(1)</script>", "P999999", "x" * 3_000, "-1", "\u202e☃", "'; DROP TABLE x")


@pytest.mark.parametrize("page", PARAMETERS)
def test_a_strange_address_opens_the_page_and_says_nothing_odd(app: AppTest, page: str) -> None:
    for value in STRANGE:
        at_page(app, page, **dict.fromkeys(PARAMETERS[page], value))
        assert not app.exception, f"{page}: {value[:40]}"
        assert "Traceback" not in words_on(app) and "<script>alert" not in words_on(app)
        app.query_params.clear()


@pytest.mark.parametrize("page", PARAMETERS)
def test_the_parameters_of_one_page_do_no_harm_on_another(app: AppTest, page: str) -> None:
    at_page(app, page, report="P000003", view="log", stage="full_text", claim="C01", rows="nothing")
    assert not app.exception
