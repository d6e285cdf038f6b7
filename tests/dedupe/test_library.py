"""The real look-alikes and duplicates that ship with the tracker."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from review.dedupe import cluster, find_pairs

LIBRARY = Path(__file__).parents[2] / "data" / "library"


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    """The named pairs with the verdict found (``""`` for none) and whether they were joined."""
    papers = pd.read_csv(LIBRARY / "papers.csv", dtype=str, keep_default_na=False)
    papers = papers.rename(columns={"authors": "author"})
    named = pd.read_csv(LIBRARY / "duplicate_pairs.csv", dtype=str, keep_default_na=False)
    pairs = find_pairs(papers)
    clusters = cluster(papers["id"], pairs)
    found = {
        frozenset((pair.id_a, pair.id_b)): pair.verdict for pair in pairs.itertuples(index=False)
    }
    keys = [frozenset(pair) for pair in zip(named["id_a"], named["id_b"], strict=True)]
    return named.assign(
        verdict=[found.get(key, "") for key in keys],
        joined=[len({clusters[record] for record in key}) == 1 for key in keys],
    )


def test_different_and_linked_papers_are_never_merged(judged: pd.DataFrame) -> None:
    apart = judged[judged["relation"].isin(["different", "linked"])]
    assert len(apart) > 0
    assert not (apart["verdict"] == "same").any()
    assert not apart["joined"].any()


def test_most_duplicates_are_merged_or_asked(judged: pd.DataFrame) -> None:
    same = judged[judged["relation"] == "same"]
    assert (same["verdict"] != "").mean() >= 0.8
