"""Screening played through on records whose labels are known, to see how good an order is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review.progress import NOBODY, Watch

Rank = Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]
"""Positions screened so far and their labels -> a score for every record (`Ranker.rank`)."""

GROWTH = 50
"""The model is updated each time a fiftieth more has been screened than at the last update;
doing so after every record finds no more."""


@dataclass(frozen=True, slots=True)
class Measures:
    """How good an order is; records known beforehand are left out.

    Attributes:
        wss95: work saved over sampling at 95% recall (Cohen 2006, 10.1197/jamia.M1929): the share
            that need not be screened once 95% are found, minus .05.
        recall10: share of the relevant found in the first tenth.
        loss: area between the recall curve and the best there can be, as a share of the area
            between the best and the worst (as ASReview counts it); 0 is best.
        atd: mean place of the relevant, as a share of all records.
        ndcg: normalised discounted cumulative gain.
        last: place of the last relevant record, as a share of all records.
    """

    wss95: float
    recall10: float
    loss: float
    atd: float
    ndcg: float
    last: float


@dataclass(frozen=True, slots=True)
class Simulation:
    """One screening that was played through, in positions of the records.

    Attributes:
        priors: known before it began.
        order: all others, as they were screened.
        updates: how often the model was updated.
        measures: None where there is nothing to measure: no relevant record, or none but the
            priors, or no other record.
    """

    priors: tuple[int, ...]
    order: tuple[int, ...]
    updates: int
    measures: Measures | None


def draw_priors(labels: NDArray[np.intp], seed: int) -> tuple[int, ...]:
    """Draw one relevant and one irrelevant record, as far as there are any."""
    random = np.random.default_rng(seed)
    kinds = (np.flatnonzero(labels == 1), np.flatnonzero(labels == 0))
    return tuple(int(random.choice(kind)) for kind in kinds if len(kind))


def simulate(
    rank: Rank, labels: NDArray[np.intp], priors: Sequence[int] = (), watch: Watch = NOBODY
) -> Simulation:
    """Screen what stands first, tell the model, and so on until nothing relevant is left.

    Args:
        rank: scores all records; the highest is screened next, the earlier of two that are equal.
        labels: shape (N,), 1 for relevant, 0 for irrelevant.
        priors: positions of the records whose labels are known before.

    Raises:
        Cancelled: whoever looks on wishes so.
    """
    order = [int(p) for p in priors]
    left = np.ones(len(labels), dtype=bool)
    left[order] = False
    updates = 0
    while left.any():
        watch.stop_if_cancelled()
        watch.at(len(order), len(labels))
        at = np.array(order, dtype=np.intp)
        scores = np.where(left, rank(at, labels[at]), -np.inf)
        updates += 1
        # Where nothing relevant is left, no measure depends on what comes after.
        batch = max(1, len(order) // GROWTH) if labels[left].any() else len(labels)
        first = np.argsort(-scores, kind="stable")[: min(batch, int(left.sum()))]
        order += first.tolist()
        left[first] = False
    watch.at(len(labels), len(labels))
    screened = tuple(order[len(priors) :])
    found = labels[np.array(screened, dtype=np.intp)]
    return Simulation(tuple(order[: len(priors)]), screened, updates, measure(found))


def measure(found: NDArray[np.intp]) -> Measures | None:
    """How good an order is.

    Args:
        found: shape (N,), labels in the order of screening.

    Returns:
        None where no record is relevant.
    """
    total, relevant = len(found), int(found.sum())
    if not relevant:
        return None
    places = np.flatnonzero(found) + 1
    at95 = int(places[math.ceil(0.95 * relevant) - 1])
    tenth = max(1, round(0.1 * total))
    best = relevant * (total - (relevant - 1) / 2)
    between = relevant * (total - relevant)
    lost = (best - float(np.cumsum(found).sum())) / between if between else 0.0
    gain = float((1 / np.log2(places + 1)).sum())
    most = float((1 / np.log2(np.arange(2, relevant + 2))).sum())
    return Measures(
        wss95=(total - at95) / total - 0.05,
        recall10=float(found[:tenth].sum()) / relevant,
        loss=lost,
        atd=float(places.mean()) / total,
        ndcg=gain / most,
        last=int(places[-1]) / total,
    )
