"""When screening in order of relevance may stop: a test, what it costs, and what it assumes. Pure.

The test is that of Callaghan and Müller-Hansen 2020 (BUSCAR, 10.1186/s13643-020-01521-4): every
stretch of records up to the last one screened is taken for a random draw from the records that were
left when it began. If fewer relevant ones came up in it than there would be with the target missed,
the target is reached. In an order that is better than chance the test waits longer than it must.

So stretches within the part where the last relevant ones were found may be taken for a draw with a
bias: that of the order in this part, as it was measured (`review.screening.order_bias`), up to a
limit. It is worth nothing for relevant ones that the model cannot tell from others; so what the
test says without a bias is always said beside it.

So many irrelevant ones in a row are no rule: they say nothing of how many are left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import floor, inf
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from review.screening.order_bias import OrderBias, measured

SMALL = 1_000
"""Records below which stopping early is not advised (Repke et al. 2026, 10.1002/cesm.70068)."""

LAST = 100
"""Records at the end, or a tenth of those screened where that is more, whose finds say how many
more there may be."""

LOOKED_AT = 16
"""Stretches whose probability is worked out, the least likely ones by an approximation."""

CORRECTIONS = 4
"""How often the place where a probability crosses a limit is guessed before it is looked for."""

_Counts = npt.NDArray[np.int64]
_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stopping:
    """How far screening is from where it may stop.

    Attributes:
        records: all that are to be screened; ``screened`` of them were, ``found`` are relevant.
        target: the share of the relevant ones that is to be found; ``confidence`` how sure one is
            to be of it.
        p: how likely so few relevant ones at the end would be if the target were missed.
        reached: whether that is less than one minus the confidence; never before everything is
            screened where nothing relevant was found.
        most_left: at this confidence, no more relevant ones are left than this.
        least_recall: at this confidence, at least this share of them is found; None where nothing
            was found.
        more: records still to screen until the target is reached, if none of them is relevant.
        largest_bias: how many times better than chance the order may be taken to be; ``order`` is
            how many times it was, and on which finds it was measured.
        unbiased: the same of an order that is taken to be chance; None where this one was.
        expected_left: relevant ones among those left, if they come up there as they did in the
            last ones screened; in an order by relevance there are fewer.
        last: how many these last ones are, ``found_last`` how many of them are relevant.
    """

    records: int
    screened: int
    found: int
    target: float
    confidence: float
    p: float
    reached: bool
    most_left: int
    least_recall: float | None
    more: int
    largest_bias: float = 1.0
    order: OrderBias = OrderBias()
    unbiased: Stopping | None = None
    expected_left: float = 0.0
    last: int = 0
    found_last: int = 0

    @property
    def left(self) -> int:
        """Records that nobody has screened."""
        return self.records - self.screened

    @property
    def is_small(self) -> bool:
        """Whether there are so few records that stopping early is not advised."""
        return self.records < SMALL


def assess(
    labels: Sequence[int] | npt.NDArray[np.integer],
    records: int,
    target: float = 0.95,
    confidence: float = 0.95,
    largest_bias: float = 1.0,
) -> Stopping:
    """Say how far screening is.

    Args:
        labels: 1 for a relevant record and 0 for another, in the order they were screened.
        records: N, all that are to be screened.
        target: above 0, at most 1.
        confidence: between 0 and 1.
        largest_bias: how many times better than chance the order is taken to be at the most,
            where the last finds show it; 1 for the test as it was published.

    Raises:
        ValueError: more labels than records, or a number out of its bounds.
    """
    seen = np.asarray(labels, dtype=np.int64)
    if len(seen) > records or not 0 < target <= 1 or not 0 < confidence < 1 or largest_bias < 1:
        raise ValueError("labels, records, target, confidence or largest bias out of bounds")
    unbiased = _assess(seen, records, target, confidence, OrderBias())
    missed = _missed(unbiased.found, target)
    order = measured(seen, records, missed, largest_bias, confidence)
    if order.bias == 1 or not unbiased.left:
        return replace(unbiased, largest_bias=largest_bias)
    biased = _assess(seen, records, target, confidence, order)
    return replace(biased, largest_bias=largest_bias, unbiased=unbiased)


def _assess(
    seen: _Counts, records: int, target: float, confidence: float, order: OrderBias
) -> Stopping:
    found, limit = int(seen.sum()), 1 - confidence
    stretches = _stretches(seen, order)
    rest = records - len(seen)
    missed = _missed(found, target)
    p = _p(stretches, rest, missed)
    reached = not rest or (found > 0 and p < limit)
    most = _last_above(
        limit, rest,
        lambda left: _p(stretches, rest, left), lambda left: _score(stretches, rest, left),
    )  # fmt: skip
    more = 0
    if not reached and found:
        # After so many more irrelevant ones every stretch is so much longer.
        more = 1 + _last_above(
            limit, rest - 1,
            lambda n: _p(stretches.longer(n), rest - n, missed),
            lambda n: _score(stretches.longer(n), rest - n, missed),
        )  # fmt: skip
    elif not reached:
        more = rest
    last = min(len(seen), max(LAST, len(seen) // 10))
    found_last = int(seen[len(seen) - last :].sum())
    return Stopping(
        records, len(seen), found, target, confidence, p, reached, most,
        found / (found + most) if found else None, more, 1.0, order, None,
        expected(found_last, last) * rest if last else 0.0, last, found_last,
    )  # fmt: skip


def expected(found: int, looked_at: int) -> float:
    """The share of relevant ones to expect where so many were found among so many: the mean under
    Jeffreys' prior, which is not zero where none was found (Brown, Cai and DasGupta 2001,
    10.1214/ss/1009213286)."""
    return (found + 0.5) / (looked_at + 1)


def p_of_missing(
    labels: Sequence[int] | npt.NDArray[np.integer],
    records: int,
    target: float = 0.95,
    bias: float = 1.0,
) -> float:
    """How likely so few relevant ones at the end would be if the target were missed.

    Arguments as for `assess`, but that every stretch is taken to be drawn with this bias.
    """
    seen = np.asarray(labels, dtype=np.int64)
    stretches = _stretches(seen, OrderBias(bias))
    return _p(stretches, records - len(seen), _missed(int(seen.sum()), target))


def _missed(found: int, target: float) -> int:
    """The fewest relevant ones that must be left for the target to be missed."""
    return floor(found / target + 1) - found


@dataclass(frozen=True, slots=True)
class _Stretches:
    """The stretches up to the end that can decide, longest first.

    Attributes:
        lengths: records of each, ``inside`` the relevant ones among them.
        biases: of the order, in each.
    """

    lengths: _Counts
    inside: _Counts
    biases: _Numbers

    def longer(self, more: int) -> _Stretches:
        """The same after so many more irrelevant records."""
        return _Stretches(self.lengths + more, self.inside, self.biases)

    def at(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> _Stretches:
        """Some of them, by what holds of each or by their places."""
        return _Stretches(self.lengths[which], self.inside[which], self.biases[which])


def _stretches(seen: _Counts, order: OrderBias) -> _Stretches:
    """The stretches of what was screened.

    Of those with as many relevant ones the longest gives the least p, since more records drawn from
    as many left make few relevant ones less likely. It begins right behind a relevant one.
    """
    places = np.flatnonzero(seen)
    starts = np.concatenate([[0], places + 1])
    inside = len(places) - np.arange(len(starts))
    biases = np.where(starts >= order.begins, order.bias, 1.0)
    return _Stretches(len(seen) - starts, inside, biases)


def _p(stretches: _Stretches, rest: int, missed: int) -> float:
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


def _score(stretches: _Stretches, rest: int, missed: int) -> float:
    """About the normal score of `_p`."""
    if missed > rest:
        return -inf
    stretches = stretches.at(stretches.lengths > 0)
    if not missed or not len(stretches.lengths):
        return inf
    return float(np.min(_approximate(stretches, rest, missed)))


def _approximate(stretches: _Stretches, rest: int, missed: int) -> _Numbers:
    """The normal score of each stretch's probability, good enough to say which are the least.

    Molenaar's approximation of the hypergeometric distribution by square roots, as Ling and Pratt
    1984 give it (Journal of the American Statistical Association 79, 49-60). A bias makes it less
    likely that a relevant one is still left: by a power of the share that is left.
    """
    inside, whole = stretches.inside, stretches.lengths + float(rest)
    left = whole * (rest / whole) ** stretches.biases
    few = (inside + 1.0) * np.maximum(left - missed + 1.0, 0)
    many = np.maximum(whole - left - inside, 0) * float(missed)
    score: _Numbers = 2 * (np.sqrt(few) - np.sqrt(many)) / np.sqrt(np.maximum(whole - 1.0, 1.0))
    return score


def _last_above(
    limit: float, high: int, p: Callable[[int], float], score: Callable[[int], float]
) -> int:
    """The last number up to ``high`` whose probability is not below a limit; 0 where none is.

    Args:
        p: dear to ask, and falling; ``score`` is about its normal score, and cheap.
    """
    normal = NormalDist()

    def falls_below(level: float) -> int:
        return _last(0, high, lambda n: score(n) >= level)

    z = normal.inv_cdf(limit)
    about, before = falls_below(z), -1
    for _ in range(CORRECTIONS):
        if about == before or not 0 < (there := p(about)) < 1:
            break
        # What the score is wrong by here it is wrong by, more or less, near it.
        about, before = falls_below(z + score(about) - normal.inv_cdf(there)), about
    return _last(0, high, lambda n: p(n) >= limit, about)


def _last(low: int, high: int, holds: Callable[[int], bool], about: int | None = None) -> int:
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
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
