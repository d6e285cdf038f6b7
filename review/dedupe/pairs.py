"""Find the duplicate pairs in a set of records: normalise, block, compare, decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from review.dedupe.blocking import candidates
from review.dedupe.cluster import cluster
from review.dedupe.compare import compare, pair_frame
from review.dedupe.explanations import of_others
from review.dedupe.features import pair_features
from review.dedupe.identifier_rules import APART, SAME, UNSURE
from review.dedupe.normalise import normalise
from review.dedupe.pair_verdicts import (
    HELD_APART,
    PLAUSIBLE,
    decide,
    hold_apart,
    never_one,
)
from review.dedupe.second_look import WholeTexts, contradictions
from review.progress import NOBODY, Watch

PAIR_COLUMNS: tuple[str, ...] = ("id_a", "id_b", "score", "verdict", "why")

CHUNK = 10_000
"""Pairs compared at a time: memory does not grow with their number, and the count moves."""

FEW = 0.25
"""Share of new records below which only those old ones are read whole that meet a new one."""

RECORDS_A_QUESTION = 200
"""A person is asked about one pair for so many records, ..."""

FEWEST_QUESTIONS = 5
"""... but about so many in a small review too, where they take no time."""


def allowance(records: int) -> int:
    """Return how many pairs a person may be asked about in a review of so many records."""
    return max(FEWEST_QUESTIONS, records // RECORDS_A_QUESTION)


def verdicts(
    normalised: pd.DataFrame,
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    texts: WholeTexts,
) -> pd.DataFrame:
    """Compare some pairs and decide on them: the kernel that is mapped over parts of the work.

    Args:
        normalised: N rows as `review.dedupe.normalise.normalise` gives them.
        left: Row positions of the first records, M of them.
        right: Row positions of the second records, M of them.
        texts: The same records as they came.

    Returns:
        Up to M rows with `PAIR_COLUMNS`; pairs that no rule speaks of and that are not plausible
        are left out.
    """
    pairs = pair_frame(normalised, left, right)
    compared = compare(pairs)
    decided = decide(compared)
    asked = decided.index[decided["verdict"].isin((SAME, UNSURE))]
    if len(asked):
        found = pair_features(compared.loc[asked])
        titles = pairs.loc[asked, "title_a"].tolist(), pairs.loc[asked, "title_b"].tolist()
        ends = (texts.own_numbers(side[asked]) for side in (left, right))
        own = list(zip(*ends, strict=True))
        said = contradictions(found, titles, left[asked], right[asked], texts, own)
        decided = hold_apart(decided, asked, found, said)
        # A registration and a report are never one text.
        two = np.array([(one is None) != (other is None) for one, other in own], dtype=bool)
        decided = never_one(decided, asked, two)
    return decided[list(PAIR_COLUMNS)]


def pairs_to_report(ids: pd.Series, decided: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs to report out of all that were decided, the surest first.

    Args:
        ids: The records, N of them.
        decided: Pairs as `verdicts` gives them, in any order.

    Returns:
        All pairs but those held apart that are neither plausible nor linked by other records.
    """
    against = decided["verdict"] == APART
    pairs, apart = decided[~against], decided[against]
    linked = cluster(ids, pairs)
    inside = apart["id_a"].map(linked) == apart["id_b"].map(linked)
    found = pd.concat([pairs, apart[inside | (apart["score"] >= PLAUSIBLE)]])
    found = found.sort_values(["score", "id_a", "id_b"], ascending=[False, True, True])
    # An empty frame must have the same types as a full one.
    found = found.astype({"verdict": "str", "why": "str"})
    return found[list(PAIR_COLUMNS)].reset_index(drop=True)


def ask_once(
    pairs: pd.DataFrame, clusters: Mapping[str, str], limit: int | None = None
) -> pd.DataFrame:
    """Return pairs without the questions that another answer settles, or that are not worth one.

    Between two clusters a person is asked about the likeliest pair only, and within one cluster
    about none.  A sure pair that `review.dedupe.cluster.cluster` did not join, because other
    records of the two clusters contradict each other, becomes a question.

    Args:
        pairs: Pairs as `find_pairs` gives them.
        clusters: The cluster of each record, as `review.dedupe.cluster.cluster` gives them.
        limit: If given, the number of questions at most; the likeliest pairs are asked about.

    Returns:
        The pairs that are the same, then one unsure pair for each two clusters, likeliest first.
    """
    ends = np.sort(np.stack([pairs[side].map(clusters) for side in ("id_a", "id_b")]), axis=0)
    joined = ends[0] == ends[1]
    same = pairs[joined & (pairs["verdict"] == SAME).to_numpy()]
    wanted = ~joined & (pairs["score"] >= PLAUSIBLE).to_numpy()
    questions = pairs[wanted].assign(first=ends[0][wanted], second=ends[1][wanted])
    questions = questions.drop_duplicates(["first", "second"])[list(PAIR_COLUMNS)]
    questions = with_reasons(questions, pairs, clusters)
    score = questions["score"].clip(upper=HELD_APART)
    questions = questions.assign(verdict=UNSURE, score=score)
    questions = questions.sort_values(["score", "id_a", "id_b"], ascending=[False, True, True])
    asked = questions if limit is None else questions.head(limit)
    found: pd.DataFrame = pd.concat([same, asked], ignore_index=True)
    return found


def with_reasons(
    questions: pd.DataFrame, pairs: pd.DataFrame, clusters: Mapping[str, str]
) -> pd.DataFrame:
    """Return questions about sure pairs with what other records of the two clusters say against it.

    Args:
        questions: some of the pairs, between clusters.
        pairs, clusters: as `ask_once` takes them.
    """
    sure = (questions["verdict"] == SAME).to_numpy()
    if not sure.any():
        return questions
    against: dict[frozenset[str], str] = {}
    apart = pairs[pairs["verdict"] == APART]
    for row in apart.itertuples(index=False):
        ends = frozenset((clusters.get(str(row.id_a), ""), clusters.get(str(row.id_b), "")))
        against.setdefault(ends, str(row.why))
    ids = zip(questions["id_a"], questions["id_b"], questions["why"], strict=True)
    whys = [
        of_others(why, against.get(frozenset((clusters[a], clusters[b])), "")) if one else why
        for one, (a, b, why) in zip(sure, ids, strict=True)
    ]
    return questions.assign(why=whys)


def find_pairs(
    records: pd.DataFrame,
    new_ids: Collection[str] | None = None,
    read: Watch = NOBODY,
    compared: Watch = NOBODY,
) -> pd.DataFrame:
    """Return the pairs of records that are, or may be, the same publication.

    Args:
        records: One row per record with any of `review.dedupe.normalise.COLUMNS`.
        new_ids: If given, only pairs with at least one of these ids are compared.
        read: Told how many records have been brought into comparable form.
        compared: Told how many pairs have been compared.

    Returns:
        Columns ``id_a`` < ``id_b``, ``score`` (0 to 1), ``verdict`` and ``why`` (one sentence),
        the surest pair first.  The verdict is ``same``, ``unsure``, or ``apart`` for two that
        `review.dedupe.cluster.cluster` never joins, though a person may say that they are one.

    Raises:
        KeyError: if there is no ``id`` column.
        ValueError: if an id is blank or occurs twice.
    """
    few = new_ids is not None and len(new_ids) < FEW * len(records)
    texts = WholeTexts.of(records)
    known = normalise(records, read, keys_only=few)
    left, right = candidates(known, new_ids)
    ids = known["id"]
    if few:  # most old records have no key in common with a new one, and are not compared at all
        rows = np.unique(np.concatenate([left, right]))
        involved = records["id"].astype(str).str.strip().isin(set(ids.iloc[rows]))
        texts = WholeTexts.of(records[involved])
        known = normalise(
            texts.records, Watch(lambda _: read.at(len(ids), len(ids)), read.cancelled)
        )
        left, right = (np.searchsorted(rows, side).astype(np.int32) for side in (left, right))
    decided = [
        verdicts(known, left[part], right[part], texts) for part in compared.parts(len(left), CHUNK)
    ]
    return pairs_to_report(ids, pd.concat(decided, ignore_index=True))


__all__ = [
    "APART",
    "CHUNK",
    "PAIR_COLUMNS",
    "PLAUSIBLE",
    "SAME",
    "UNSURE",
    "allowance",
    "ask_once",
    "find_pairs",
    "pairs_to_report",
    "verdicts",
]
