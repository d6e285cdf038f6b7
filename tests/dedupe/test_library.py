"""The real look-alikes and duplicates that ship with the tracker."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from review.dedupe.cluster import cluster
from review.dedupe.links import ReportDetails, find_links
from review.dedupe.pairs import allowance, ask_once, find_pairs

LIBRARY = Path(__file__).parents[2] / "data" / "library"


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    """The named pairs: the verdict (``""`` for none), and what became of them."""
    papers = pd.read_csv(LIBRARY / "papers.csv", dtype=str, keep_default_na=False)
    papers = papers.rename(columns={"authors": "author"})
    named = pd.read_csv(LIBRARY / "duplicate_pairs.csv", dtype=str, keep_default_na=False)
    pairs = find_pairs(papers)
    clusters = cluster(papers["id"], pairs)
    found = {
        frozenset((pair.id_a, pair.id_b)): pair.verdict for pair in pairs.itertuples(index=False)
    }
    questions = ask_once(pairs, clusters, allowance(len(papers)))
    asked = {frozenset(two) for two in zip(questions["id_a"], questions["id_b"], strict=True)}
    links = {
        frozenset((link.a, link.b))
        for link in find_links(
            ReportDetails(
                id=paper["id"],
                title=paper["title"],
                authors=paper["author"],
                year=int(paper["year"]) if paper["year"] else None,
                journal=paper["journal"],
                doi=paper["doi"],
            )
            for paper in papers.to_dict("records")
        ).proposals
    }
    keys = [frozenset(pair) for pair in zip(named["id_a"], named["id_b"], strict=True)]
    return named.assign(
        verdict=[found.get(key, "") for key in keys],
        joined=[len({clusters[record] for record in key}) == 1 for key in keys],
        asked=[key in asked for key in keys],
        proposed=[key in links for key in keys],
    )


def test_different_and_linked_papers_are_never_merged(judged: pd.DataFrame) -> None:
    apart = judged[judged["relation"].isin(["different", "linked"])]
    assert len(apart) > 0
    assert not (apart["verdict"] == "same").any()
    assert not apart["joined"].any()


def test_most_duplicates_are_merged_or_asked_or_proposed_as_links(judged: pd.DataFrame) -> None:
    same = judged[judged["relation"] == "same"]
    assert (same["joined"] | same["asked"]).mean() >= 0.75
    assert (same["joined"] | same["asked"] | same["proposed"]).mean() >= 0.85
