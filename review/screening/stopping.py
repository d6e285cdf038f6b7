"""When screening in order of relevance may stop: a test, what it costs, and what it assumes. Pure.

The test is that of Callaghan and Müller-Hansen 2020 (BUSCAR, 10.1186/s13643-020-01521-4) without a
bias: every stretch of records up to the last one screened is taken for a random draw from the
records that were left when it began. If fewer relevant ones came up in it than there would be with
the target missed, the target is reached. In an order that is better than chance the test waits
longer than it must, and never stops too early by the order.

So many irrelevant ones in a row are no rule: they say nothing of how many are left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, inf
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

SMALL = 1_000
"""Records below which stopping early is not advised (Repke et al. 2026, 10.1002/cesm.70068)."""

LAST = 100
"""Records at the end, or a tenth of those screened where that is more, whose finds say how many
more there may be."""

LOOKED_AT = 16
"""Stretches whose probability is worked out, the least likely ones by an approximation."""

_Counts = npt.NDArray[np.int64]


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
) -> Stopping:
    """Say how far screening is.

    Args:
        labels: 1 for a relevant record and 0 for another, in the order they were screened.
        records: N, all that are to be screened.
        target: above 0, at most 1.
        confidence: between 0 and 1.

    Raises:
        ValueError: more labels than records, or a share out of its bounds.
    """
    seen = np.asarray(labels, dtype=np.int64)
    if len(seen) > records or not 0 < target <= 1 or not 0 < confidence < 1:
        raise ValueError("labels, records, target or confidence out of bounds")
    found, limit = int(seen.sum()), 1 - confidence
    stretches = _stretches(seen)
    rest = records - len(seen)
    missed = _missed(found, target)
    p = _p(stretches, rest, missed)
    reached = not rest or (found > 0 and p < limit)
    z = NormalDist().inv_cdf(limit)
    about = _last(0, rest, lambda left: _score(stretches, rest, left) >= z)
    most = _last(0, rest, lambda left: _p(stretches, rest, left) >= limit, about)
    more = 0
    if not reached and found:
        # After so many more irrelevant ones every stretch is so much longer.
        def waits(n: int) -> bool:
            return n < rest and _p(_longer(stretches, n), rest - n, missed) >= limit

        def seems_to_wait(n: int) -> bool:
            return n < rest and _score(_longer(stretches, n), rest - n, missed) >= z

        more = min(_last(0, rest, waits, _last(0, rest, seems_to_wait)) + 1, rest)
    elif not reached:
        more = rest
    last = min(len(seen), max(LAST, len(seen) // 10))
    found_last = int(seen[len(seen) - last :].sum())
    return Stopping(
        records, len(seen), found, target, confidence, p, reached, most,
        found / (found + most) if found else None, more,
        expected(found_last, last) * rest if last else 0.0, last, found_last,
    )  # fmt: skip


def expected(found: int, looked_at: int) -> float:
    """The share of relevant ones to expect where so many were found among so many: the mean under
    Jeffreys' prior, which is not zero where none was found (Brown, Cai and DasGupta 2001,
    10.1214/ss/1009213286)."""
    return (found + 0.5) / (looked_at + 1)


def p_of_missing(
    labels: Sequence[int] | npt.NDArray[np.integer], records: int, target: float = 0.95
) -> float:
    """How likely so few relevant ones at the end would be if the target were missed.

    Arguments as for `assess`.
    """
    seen = np.asarray(labels, dtype=np.int64)
    return _p(_stretches(seen), records - len(seen), _missed(int(seen.sum()), target))


def _missed(found: int, target: float) -> int:
    """The fewest relevant ones that must be left for the target to be missed."""
    return floor(found / target + 1) - found


def _stretches(seen: _Counts) -> tuple[_Counts, _Counts]:
    """The stretches up to the end that can decide: their lengths, and the relevant ones in each.

    Of those with as many relevant ones the longest gives the least p, since more records drawn from
    as many left make few relevant ones less likely. It begins right behind a relevant one.
    """
    places = np.flatnonzero(seen)
    starts = np.concatenate([[0], places + 1])
    inside = len(places) - np.arange(len(starts))
    return len(seen) - starts, inside


def _p(stretches: tuple[_Counts, _Counts], rest: int, missed: int) -> float:
    """The least probability over the stretches, with so many relevant ones left in the rest."""
    from scipy.stats import hypergeom  # takes a second to load

    lengths, inside = stretches
    if missed > rest:
        return 0.0  # so many cannot be left
    if not missed:
        return 1.0
    drawn = lengths > 0
    if not drawn.any():
        return 1.0
    lengths, inside = lengths[drawn], inside[drawn]
    if len(lengths) > LOOKED_AT:
        score = _approximate(lengths, inside, rest, missed)
        least = np.argpartition(score, LOOKED_AT)[:LOOKED_AT]
        lengths, inside = lengths[least], inside[least]
    found = hypergeom.cdf(inside, lengths + rest, inside + missed, lengths)
    return float(np.min(found))


def _score(stretches: tuple[_Counts, _Counts], rest: int, missed: int) -> float:
    """About the normal score of `_p`."""
    lengths, inside = stretches
    drawn = lengths > 0
    if missed > rest:
        return -inf
    if not missed or not drawn.any():
        return inf
    return float(np.min(_approximate(lengths[drawn], inside[drawn], rest, missed)))


def _approximate(
    lengths: _Counts, inside: _Counts, rest: int, missed: int
) -> npt.NDArray[np.float64]:
    """The normal score of each stretch's probability, good enough to say which are the least.

    Molenaar's approximation of the hypergeometric distribution by square roots, as Ling and Pratt
    1984 give it (Journal of the American Statistical Association 79, 49-60).
    """
    # In the whole there are rest + lengths records; missed + inside of them are relevant.
    few = (inside + 1.0) * (rest - missed + 1.0)
    many = (lengths - inside) * float(missed)
    spread = np.sqrt(lengths + rest - 1.0)
    score: npt.NDArray[np.float64] = 2 * (np.sqrt(few) - np.sqrt(many)) / spread
    return score


def _longer(stretches: tuple[_Counts, _Counts], more: int) -> tuple[_Counts, _Counts]:
    """The stretches after so many more irrelevant records."""
    lengths, inside = stretches
    return lengths + more, inside


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
