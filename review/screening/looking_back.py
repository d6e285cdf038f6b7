"""Decisions that a model finds most unlikely, each by a model that has not seen it. Pure.

The votes are dealt into folds; the ranker is fitted on all but one of them and scores that one
(cross-fitting). Scores of two fits are not comparable, so each decision has its place in the order
of its own fit: the likeliest to be relevant has place 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from review.progress import NOBODY, Watch
from review.screening.simulation import Rank

FOLDS = 5
SEED = 0
LEAST = 10
"""Decisions of either kind that a look back needs; with fewer a model says nothing of the rest."""
LISTED = 50
"""Decisions of either kind that are listed at most."""


@dataclass(frozen=True, slots=True)
class Unlikely:
    """Decisions that go against the model, by position of the record, the most unlikely first.

    Had the model included as many of the decided records as people did, by its places:

    Attributes:
        excluded: people excluded these, and it would not have.
        included: people included these, and it would not have.
        places: place of every labelled record, by position.
    """

    excluded: tuple[int, ...]
    included: tuple[int, ...]
    places: dict[int, int]


def unlikely(
    rank: Rank, indices: ArrayLike, labels: ArrayLike, seed: int = SEED, watch: Watch = NOBODY
) -> Unlikely:
    """List the decisions that a model which has not seen them finds unlikely.

    Args:
        rank: scores all records from positions and labels (`review.screening.ranking.Ranker.rank`).
        indices: shape (n,), positions of the records that were decided, each once.
        labels: shape (n,), 1 for included, 0 for excluded; at least `LEAST` of either, or nothing
            is listed.
        seed: of the dealing into folds.

    Raises:
        Cancelled: whoever looks on wishes so.
    """
    at, said = np.asarray(indices, dtype=np.intp), np.asarray(labels, dtype=np.intp)
    if min(int(said.sum()), int((said == 0).sum())) < LEAST:
        return Unlikely((), (), {})
    fold = _folds(said, seed)
    place = np.zeros(len(at), dtype=np.intp)
    for n in range(FOLDS):
        watch.stop_if_cancelled()
        watch.at(n, FOLDS)
        inside = fold == n
        scores = rank(at[~inside], said[~inside])
        # Those with a higher score stand before it; of equal ones none does.
        place[inside] = (
            1 + len(scores) - np.searchsorted(np.sort(scores), scores[at[inside]], side="right")
        )
    watch.at(FOLDS, FOLDS)
    by_model = np.zeros(len(at), dtype=bool)
    by_model[np.argsort(place, kind="stable")[: int(said.sum())]] = True
    early, late = (said == 0) & by_model, (said == 1) & ~by_model
    return Unlikely(
        _listed(at[early], place[early]),
        _listed(at[late], -place[late]),
        {int(i): int(p) for i, p in zip(at, place, strict=True)},
    )


def _folds(labels: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    """The fold of each label; each fold has its share of either kind."""
    chance = np.random.default_rng(seed)
    fold = np.zeros(len(labels), dtype=np.intp)
    for kind in (0, 1):
        here = chance.permutation(np.flatnonzero(labels == kind))
        fold[here] = np.arange(len(here)) % FOLDS
    return fold


def _listed(at: NDArray[np.intp], by: NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(int(i) for i in at[np.argsort(by, kind="stable")][:LISTED])
