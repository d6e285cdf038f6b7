"""Records for the tests of deduplication."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from review.dedupe.cluster import cluster
from review.dedupe.pairs import ask_once, find_pairs

ARTICLE = {
    "title": "Sleep quality and pain in regular kratom users: a cross-sectional survey",
    "author": "Smith, Anna B. and Rahman, Omar",
    "year": "2019",
    "journal": "Journal of Ethnopharmacology",
    "volume": "231",
    "number": "4",
    "pages": "211-219",
}
"""A complete record; a case says in what its second record differs."""


@pytest.fixture
def article() -> dict[str, str]:
    """A copy of the complete record."""
    return dict(ARTICLE)


@pytest.fixture
def verdict() -> Callable[[dict[str, str], dict[str, str]], str]:
    """A function that gives the verdict on two records, ``""`` where there is none."""

    def judge(first: dict[str, str], second: dict[str, str]) -> str:
        records = pd.DataFrame([{"id": "a", **first}, {"id": "b", **second}]).fillna("")
        pairs = find_pairs(records)
        joined = cluster(["a", "b"], pairs)
        assert (joined["b"] == "a") == bool((pairs["verdict"] == "same").any())
        asked = ask_once(pairs, joined)
        return "" if asked.empty else str(asked["verdict"].iloc[0])

    return judge
