"""Works that share a DOI or its stem and are not one text: meeting abstracts, numbered updates."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from review.dedupe.links import LIKELY, ReportDetails, find_links
from review.dedupe.pairs import find_pairs

Verdict = Callable[[dict[str, str], dict[str, str]], str]


def _held(first: dict[str, str], second: dict[str, str]) -> str:
    """What the rules say of two records, before a person may be asked."""
    records = pd.DataFrame([{**first, "id": "a"}, {**second, "id": "b"}]).fillna("")
    return str(find_pairs(records)["verdict"].iloc[0])


SUPPLEMENT = {
    "doi": "10.1000/suppl.2020.1",
    "author": "Smith, Anna; Rahman, Omar",
    "year": "2020",
    "journal": "Sleep",
    "volume": "43",
}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Kratom use and sleep quality in men", "Kratom use and sleep quality in pregnancy"),
        ("Sleep in patients with allergic rhinitis", "Sleep in patients with allergic asthma"),
        ("Sleep disturbance in Parkinson disease", "Sleep disturbance in Alzheimer disease"),
    ],
)
def test_abstracts_of_one_supplement_stay_apart(
    article: dict[str, str], first: str, second: str
) -> None:
    base = {**dict.fromkeys(article, ""), **SUPPLEMENT}
    a = {**base, "id": "a", "title": first, "pages": "A12"}
    b = {**base, "id": "b", "title": second, "pages": "A98"}
    assert _held(a, b) == "apart"


def test_a_spelling_or_a_form_of_a_word_is_no_other_work(
    article: dict[str, str], verdict: Verdict
) -> None:
    spelt = article["title"].replace("users", "user").replace("quality", "qualty")
    assert verdict(article, article | {"title": spelt}) == "same"


def test_an_update_of_a_review_is_linked_and_not_merged(
    article: dict[str, str], verdict: Verdict
) -> None:
    older = article | {"doi": "10.1002/14651858.CD000001.pub3", "pmid": ""}
    newer = article | {"doi": "10.1002/14651858.CD000001.pub4", "year": "2021", "pmid": ""}
    assert _held(older, newer) == "apart"
    assert verdict(older, dict(older)) == "same"
    entries = [
        ReportDetails(id, one["title"], one["author"], 2020, doi=one["doi"])
        for id, one in (("P1", older), ("P2", newer))
    ]
    (link,) = find_links(entries).proposals
    assert link.score >= LIKELY and (link.a, link.b) == ("P1", "P2")
