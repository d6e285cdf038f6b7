"""Find the duplicate pairs in a set of records: normalise, block, compare, decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.dedupe.block import candidates
from review.dedupe.cluster import CONTRADICTION, cluster
from review.dedupe.compare import compare, pair_frame
from review.dedupe.decide import DIFFERENT, SAME, UNSURE, decide
from review.dedupe.normalise import normalise

PAIR_COLUMNS: tuple[str, ...] = ("id_a", "id_b", "score", "verdict", "why")

CHUNK = 50_000
"""Pairs compared at a time, so that memory does not grow with their number."""

HELD_APART = 0.89
"""Highest score of a question; only pairs that are joined score more."""


def verdicts(
    normalised: pd.DataFrame, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]
) -> pd.DataFrame:
    """Compare some pairs and decide on them: the kernel that is mapped over parts of the work.

    Args:
        normalised: N rows as `review.dedupe.normalise.normalise` gives them.
        left: Row positions of the first records, M of them.
        right: Row positions of the second records, M of them.

    Returns:
        Up to M rows with `PAIR_COLUMNS`; pairs that no rule speaks of are left out.
    """
    return decide(compare(pair_frame(normalised, left, right)))[list(PAIR_COLUMNS)]


def settle(ids: pd.Series, decided: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs to report out of all that were decided, the surest first.

    Args:
        ids: The records, N of them.
        decided: Pairs as `verdicts` gives them, in any order.

    Returns:
        The same, unsure and linked contradicting pairs, as `find_pairs` describes them.
    """
    against = decided["verdict"] == DIFFERENT
    pairs, different = decided[~against], decided[against]
    linked = cluster(ids, pairs)
    inside = different["id_a"].map(linked) == different["id_b"].map(linked)
    contradictions = different[inside].assign(verdict=UNSURE)
    found = pd.concat([pairs, contradictions])
    found = found.sort_values(["score", "id_a", "id_b"], ascending=[False, True, True])
    # An empty frame must have the same types as a full one.
    found = found.astype({"verdict": "str", "why": "str"})
    return found[list(PAIR_COLUMNS)].reset_index(drop=True)


def ask_once(pairs: pd.DataFrame, clusters: Mapping[str, str]) -> pd.DataFrame:
    """Return pairs without the questions that another answer settles.

    Between two clusters a person is asked about the surest pair only, and within one cluster
    about none.  A sure pair that `review.dedupe.cluster.cluster` did not join, because other
    records of the two clusters contradict each other, becomes a question.

    Args:
        pairs: Pairs as `find_pairs` gives them.
        clusters: The cluster of each record, as `review.dedupe.cluster.cluster` gives them.

    Returns:
        The pairs that are the same, then one unsure pair for each two clusters, surest first.
    """
    ends = np.sort(np.stack([pairs[side].map(clusters) for side in ("id_a", "id_b")]), axis=0)
    joined = ends[0] == ends[1]
    same = pairs[joined & (pairs["verdict"] == SAME).to_numpy()]
    open_pairs = pairs[~joined].assign(first=ends[0][~joined], second=ends[1][~joined])
    questions = open_pairs.drop_duplicates(["first", "second"])[list(PAIR_COLUMNS)]
    score = questions["score"].clip(upper=HELD_APART)
    questions = questions.assign(verdict=UNSURE, score=score)
    questions = questions.sort_values(["score", "id_a", "id_b"], ascending=[False, True, True])
    asked: pd.DataFrame = pd.concat([same, questions], ignore_index=True)
    return asked


def find_pairs(records: pd.DataFrame, new_ids: Collection[str] | None = None) -> pd.DataFrame:
    """Return the pairs of records that are, or may be, the same publication.

    Args:
        records: One row per record with any of `review.dedupe.normalise.COLUMNS`.
        new_ids: If given, only pairs with at least one of these ids are compared.

    Returns:
        Columns ``id_a`` < ``id_b``, ``score`` (0 to 1), ``verdict`` (``same`` or ``unsure``)
        and ``why`` (one sentence), the surest pair first.  Unsure pairs scored below
        `review.dedupe.cluster.CONTRADICTION` contradict each other but are linked by a third
        record; `review.dedupe.cluster.cluster` holds them apart.

    Raises:
        KeyError: if there is no ``id`` column.
        ValueError: if an id is blank or occurs twice.
    """
    normalised = normalise(records)
    left, right = candidates(normalised, new_ids)
    parts = [
        verdicts(normalised, left[at : at + CHUNK], right[at : at + CHUNK])
        for at in range(0, max(len(left), 1), CHUNK)
    ]
    return settle(normalised["id"], pd.concat(parts, ignore_index=True))


__all__ = [
    "CHUNK",
    "CONTRADICTION",
    "PAIR_COLUMNS",
    "SAME",
    "UNSURE",
    "ask_once",
    "find_pairs",
    "settle",
    "verdicts",
]
