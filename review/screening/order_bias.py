"""How much better than chance the order of screening was for what was found last. Pure.

The odds of Wallenius' urn: with a bias of 2 a relevant record that is left comes up next twice as
readily as another one that is left. In an order that a model keeps making, the first finds say
little of the rest, as they are the ones that are easy to tell; so the last ones are measured.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import floor, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

SHARE = 5
"""The bias is measured on the last finds, one in so many of all."""

FEWEST = 5
"""Finds that it is measured on at the least."""

SURE = 0.99
"""How sure one is to be that the bias is not less, by a score test: surer than of the target, as
the two errors add up."""

PARTS = 20
"""A bias is said in so many parts of 1, rounded down."""


@dataclass(frozen=True, slots=True)
class OrderBias:
    """A bias that the order is known to have had.

    Attributes:
        bias: 1 is chance; never below.
        begins: records that were screened before the part it was measured on; 0 without one.
        finds: relevant records in that part.
    """

    bias: float = 1.0
    begins: int = 0
    finds: int = 0


def measured(
    labels: npt.NDArray[np.integer],
    records: int,
    missed: int,
    largest: float,
    ordered_from: int = 0,
) -> OrderBias:
    """The least bias that goes together with the last finds, from one end of them to the other.

    What was screened after the last find is left out: it is what the bias is to be used on.

    Args:
        labels: 1 for a relevant record and 0 for another, in the order they were screened.
        records: N, all that are to be screened; ``missed`` relevant ones are taken to be left.
        largest: the bias is never said to be more.
        ordered_from: records screened before a model made the order; their finds say nothing.
    """
    places = np.flatnonzero(labels)
    before = max(len(places) - max(len(places) // SHARE, FEWEST), 0)
    before = max(before, int(np.searchsorted(places, ordered_from)))
    finds = len(places) - before
    if largest <= 1 or finds < FEWEST:
        return OrderBias()
    begins = max(int(places[before - 1]) + 1 if before else 0, ordered_from)
    found = labels[begins : places[-1] + 1].astype(float)
    relevant = finds + missed - (np.cumsum(found) - found)
    others = np.maximum(records - begins - np.arange(len(found)) - relevant, 0)
    sure = NormalDist().inv_cdf(SURE)

    def is_shown(parts: int) -> bool:
        odds = parts / PARTS * relevant
        expected = odds / (odds + others)
        spread = sqrt(float((expected * (1 - expected)).sum()))
        return float((found - expected).sum()) > sure * spread

    more = range(PARTS + 1, floor(PARTS * largest) + 1)
    shown = bisect_right(more, False, key=lambda parts: not is_shown(parts))
    return OrderBias(1 + shown / PARTS, begins, finds) if shown else OrderBias()
