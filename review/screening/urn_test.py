"""The test of whether a target may be missed: how likely so few relevant ones at the end would be.
Pure.

Callaghan and Müller-Hansen 2020 (BUSCAR, 10.1186/s13643-020-01521-4): a stretch of records up to
the last one screened is a draw from an urn of what was left when it began. Without a bias it
follows the hypergeometric distribution, with one that of Wallenius.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from math import floor, inf
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from review.screening.order_bias import OrderBias

LOOKED_AT = 8
"""Stretches whose probability is worked out, the least likely ones by an approximation."""

CORRECTIONS = 4
"""How often the place where a probability crosses a limit is guessed before it is looked for."""

Counts = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


def fewest_missed(found: int, target: float) -> int:
    """The fewest relevant ones that must be left for the target to be missed."""
    return floor(found / target + 1) - found


@dataclass(frozen=True, slots=True)
class Stretches:
    """The stretches up to the end that can decide, longest first.

    Attributes:
        lengths: records of each, ``inside`` the relevant ones among them.
        biases: of the order, in each.
    """

    lengths: Counts
    inside: Counts
    biases: Numbers

    def longer(self, more: int) -> Stretches:
        """The same after so many more irrelevant records."""
        return Stretches(self.lengths + more, self.inside, self.biases)

    def at(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Stretches:
        """Some of them, by what holds of each or by their places."""
        return Stretches(self.lengths[which], self.inside[which], self.biases[which])


def stretches_of(seen: Counts, order: OrderBias) -> Stretches:
    """The stretches of what was screened.

    Of those with as many relevant ones the longest gives the least p, since more records drawn from
    as many left make few relevant ones less likely. It begins right behind a relevant one.
    """
    places = np.flatnonzero(seen)
    starts = np.concatenate([[0], places + 1])
    inside = len(places) - np.arange(len(starts))
    biases = np.where(starts >= order.begins, order.bias, 1.0)
    return Stretches(len(seen) - starts, inside, biases)


def p_of(stretches: Stretches, rest: int, missed: int) -> float:
    """The least probability over the stretches, with so many relevant ones left in the rest."""
    from scipy.stats import hypergeom, nchypergeom_wallenius  # they take a second to load

    if missed > rest:
        return 0.0  # so many cannot be left
    stretches = stretches.at(stretches.lengths > 0)
    if not missed or not len(stretches.lengths):
        return 1.0
    if len(stretches.lengths) > LOOKED_AT:
        score = _approximate(stretches, rest, missed)
        stretches = stretches.at(np.argpartition(score, LOOKED_AT)[:LOOKED_AT])
    least = 1.0
    for one in (stretches.at(stretches.biases == 1), stretches.at(stretches.biases != 1)):
        if not len(one.lengths):
            continue
        urn = (one.inside, one.lengths + rest, one.inside + missed, one.lengths)
        biased = one.biases[0] != 1
        found = nchypergeom_wallenius.cdf(*urn, one.biases) if biased else hypergeom.cdf(*urn)
        least = min(least, float(np.min(found)))
    return least


def score_of(stretches: Stretches, rest: int, missed: int) -> float:
    """About the normal score of `p_of`."""
    if missed > rest:
        return -inf
    stretches = stretches.at(stretches.lengths > 0)
    if not missed or not len(stretches.lengths):
        return inf
    return float(np.min(_approximate(stretches, rest, missed)))


def _approximate(stretches: Stretches, rest: int, missed: int) -> Numbers:
    """The normal score of each stretch's probability, good enough to say which are the least.

    Molenaar's approximation of the hypergeometric distribution by square roots, as Ling and Pratt
    1984 give it (Journal of the American Statistical Association 79, 49-60). A bias makes it less
    likely that a relevant one is still left: by a power of the share that is left.
    """
    inside, whole = stretches.inside, stretches.lengths + float(rest)
    left = whole * (rest / whole) ** stretches.biases
    few = (inside + 1.0) * np.maximum(left - missed + 1.0, 0)
    many = np.maximum(whole - left - inside, 0) * float(missed)
    score: Numbers = 2 * (np.sqrt(few) - np.sqrt(many)) / np.sqrt(np.maximum(whole - 1.0, 1.0))
    return score


def last_above(
    limit: float, high: int, p: Callable[[int], float], score: Callable[[int], float]
) -> int:
    """The last number up to ``high`` whose probability is not below a limit; 0 where none is.

    Args:
        p: dear to ask, and falling; ``score`` is about its normal score, and cheap.
    """
    normal = NormalDist()

    def falls_below(level: float) -> int:
        return last(0, high, lambda n: score(n) >= level)

    z = normal.inv_cdf(limit)
    about, before = falls_below(z), -1
    for _ in range(CORRECTIONS):
        if about == before or not 0 < (there := p(about)) < 1:
            break
        # What the score is wrong by here it is wrong by, more or less, near it.
        about, before = falls_below(z + score(about) - normal.inv_cdf(there)), about
    return last(0, high, lambda n: p(n) >= limit, about)


def last(low: int, high: int, holds: Callable[[int], bool], about: int | None = None) -> int:
    """The last whole number for which something holds that stops to hold once; ``low`` at least.

    Args:
        about: where it may be. The nearer, the less often is asked.
    """
    if about is not None:
        step = 1
        if about <= low or holds(about):
            low = max(low, about)
            while low < high and holds(min(low + step, high)):
                low, step = min(low + step, high), 4 * step
            high = min(low + step - 1, high) if low < high else high
        else:
            high = about - 1
            while low < high and not holds(max(high - step, low)):
                high, step = max(high - step, low) - 1, 4 * step
            low = max(high - step, low)
    return low + bisect_right(range(low + 1, high + 1), False, key=lambda n: not holds(n))
