"""The pairs may be compared in any number of parts, on any number of workers."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster

from benchmarks.synthetic_records import Library
from review.dedupe.blocking import candidates
from review.dedupe.cluster import cluster
from review.dedupe.normalise import normalise
from review.dedupe.pairs import find_pairs, pairs_to_report, verdicts
from review.dedupe.second_look import WholeTexts

RECORDS = 1_500
PARTS = 7


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    """Synthetic records with planted duplicates; column ``work`` is the truth."""
    return pd.concat(Library(seed=11, size=RECORDS).batches(RECORDS), ignore_index=True)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A cluster of two workers in this process, without its web pages."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
        ) as workers,
        Client(workers) as connected,
    ):
        yield connected


def test_two_workers_find_the_same_pairs(records: pd.DataFrame, client: Client) -> None:
    known = normalise(records)
    left, right = candidates(known)
    everywhere = client.scatter(known, broadcast=True)
    parts = client.map(
        verdicts,
        [everywhere] * PARTS,
        np.array_split(left, PARTS),
        np.array_split(right, PARTS),
        [WholeTexts.of(records)] * PARTS,
    )
    decided = pd.concat(client.gather(parts), ignore_index=True)
    pd.testing.assert_frame_equal(pairs_to_report(known["id"], decided), find_pairs(records))


def test_the_size_of_a_part_changes_nothing(
    records: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = find_pairs(records)
    # By module name, since the package names a function `normalise` too.
    monkeypatch.setattr(sys.modules["review.dedupe.pairs"], "CHUNK", 97)
    monkeypatch.setattr(sys.modules["review.dedupe.normalise"], "CHUNK", 101)
    pd.testing.assert_frame_equal(find_pairs(records), whole)


@pytest.mark.parametrize("step", [5, 50, 5_000])
def test_reading_whole_only_what_meets_a_new_record_changes_nothing(
    records: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    new = records["id"].tolist()[::step]
    few = find_pairs(records, new)
    monkeypatch.setattr(sys.modules["review.dedupe.pairs"], "FEW", 0)
    pd.testing.assert_frame_equal(few, find_pairs(records, new))


def test_planted_duplicates_are_found_and_traps_left(records: pd.DataFrame) -> None:
    work = records.set_index("id")["work"]
    found = pd.Series(cluster(records["id"], find_pairs(records)))
    assert work.groupby(found).nunique().max() == 1, "two works were merged"
    assert found.nunique() - work.nunique() <= 0.01 * RECORDS
