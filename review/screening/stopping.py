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

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from review.screening.order_bias import OrderBias, measured
from review.screening.urn_test import (
    Counts,
    fewest_missed,
    last_above,
    p_of,
    score_of,
    stretches_of,
)

SMALL = 1_000
"""Records below which stopping early is not advised (Repke et al. 2026, 10.1002/cesm.70068)."""

LAST = 100
"""Records at the end, or a tenth of those screened where that is more, whose finds say how many
more there may be."""


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
        together: how many of those screened were decided many at once, and so say nothing of those
            left.
        from_files: how many came decided in a file, whose order is taken to be that of screening.
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
    together: int = 0
    from_files: int = 0

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
    *,
    ordered_from: int = 0,
    drawn: Collection[int] = (),
    together: Collection[int] = (),
) -> Stopping:
    """Say how far screening is.

    Args:
        labels: 1 for a relevant record and 0 for another, in the order they were screened.
        records: N, all that are to be screened.
        target: above 0, at most 1.
        confidence: between 0 and 1.
        largest_bias: how many times as good as chance the order is taken to be at the most, where
            the last finds show it; 1 for the test as it was published.
        ordered_from: records that were screened before a model made the order.
        drawn: places in the labels of records that were drawn at random later, which no order
            brought up.
        together: places of records that somebody decided many at once: as they were chosen for
            that, they are no draw of the urn.

    Raises:
        ValueError: more labels than records, or a number out of its bounds.
    """
    seen = np.asarray(labels, dtype=np.int64)
    if len(seen) > records or not 0 < target <= 1 or not 0 < confidence < 1 or largest_bias < 1:
        raise ValueError("labels, records, target, confidence or largest bias out of bounds")
    if together:
        return _without(
            seen, records, together, target, confidence, largest_bias, ordered_from, drawn
        )
    rest = records - len(seen)
    plain = _assess(_Screened(seen, records, 1 - confidence), target, confidence, rest)
    if largest_bias == 1 or not plain.left:
        return replace(plain, largest_bias=largest_bias)
    # What is known to be irrelevant by chance can be left out of the urn; a find stays.
    out = np.array([n for n in drawn if not seen[n]], dtype=np.intp)
    screened = _Screened(
        np.delete(seen, out), records - len(out), 1 - confidence, largest_bias,
        ordered_from - int((out < ordered_from).sum()),
    )  # fmt: skip
    known = rest if len(out) else plain.most_left
    biased = _assess(screened, target, confidence, known)
    if biased.order.bias == 1:
        return replace(plain, largest_bias=largest_bias)
    # What was left out says something too: the plain test, which counts it, may say more.
    most = min(biased.most_left, plain.most_left)
    return replace(
        plain,
        p=min(biased.p, plain.p),
        reached=biased.reached or plain.reached,
        most_left=most,
        least_recall=plain.found / (plain.found + most) if plain.found else None,
        more=min(biased.more, plain.more),
        order=biased.order,
        largest_bias=largest_bias,
        unbiased=plain,
    )


def _without(
    seen: Counts,
    records: int,
    together: Collection[int],
    target: float,
    confidence: float,
    largest_bias: float,
    ordered_from: int,
    drawn: Collection[int],
) -> Stopping:
    """The same where some records were no draws: the urn never held them.

    Relevant ones among them are put first: so they count as found, and no stretch at the end and no
    measure of the order has them.
    """
    apart = np.zeros(len(seen), dtype=bool)
    apart[list(together)] = True
    finds = int(seen[apart].sum())
    turns = np.flatnonzero(~apart)
    placed = {int(place): finds + n for n, place in enumerate(turns)}
    now = assess(
        np.concatenate([np.ones(finds, dtype=np.int64), seen[turns]]),
        records - int(apart.sum()) + finds, target, confidence, largest_bias,
        ordered_from=finds + int((turns < ordered_from).sum()),
        drawn=[placed[place] for place in drawn if place in placed],
    )  # fmt: skip
    last = min(now.last, len(turns))
    found_last = int(seen[turns[len(turns) - last :]].sum())
    return replace(
        now, records=records, screened=len(seen), together=int(apart.sum()),
        last=last, found_last=found_last,
        expected_left=expected(found_last, last) * now.left if last else 0.0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Screened:
    """What was screened, and what it says of how many relevant ones may be left.

    The bias of the order is measured for each number of them anew: the more are left, the less was
    the order worth.
    """

    seen: Counts
    records: int
    limit: float
    largest_bias: float = 1.0
    ordered_from: int = 0

    @property
    def rest(self) -> int:
        return self.records - len(self.seen)

    def order(self, left: int) -> OrderBias:
        """How good the order was if so many relevant ones are left."""
        return measured(self.seen, self.records, left, self.largest_bias, self.ordered_from)

    def p(self, left: int, order: OrderBias) -> float:
        """How likely so few were at the end if so many are left."""
        return p_of(stretches_of(self.seen, order), self.rest, left)

    def most_left(self, known: int, enough: int, more: int = 0) -> int:
        """The most relevant ones that may be left, after so many more irrelevant records.

        Those above a number are ruled out with the bias of that number, as theirs is smaller.

        Args:
            known: that there are no more than these.
            enough: fewer than these need not be told more exactly.
        """
        rest = self.rest - more
        most = min(known, rest)
        while True:
            order = self.order(most)
            stretches = stretches_of(self.seen, order).longer(more)
            before, most = most, last_above(
                self.limit, most,
                lambda left: p_of(stretches, rest, left),  # noqa: B023
                lambda left: score_of(stretches, rest, left),  # noqa: B023
            )  # fmt: skip
            if most < enough or most == before or order.bias == self.largest_bias:
                return most

    def more(self, missed: int, most: int) -> int:
        """Records still to screen until fewer than so many are left, if none of them is relevant.

        Args:
            most: `most_left` of now.
        """
        left = missed
        while True:
            # After so many more irrelevant ones every stretch is so much longer.
            stretches = stretches_of(self.seen, self.order(left))
            more = 1 + last_above(
                self.limit, self.rest - 1,
                lambda n: p_of(stretches.longer(n), self.rest - n, left),  # noqa: B023
                lambda n: score_of(stretches.longer(n), self.rest - n, left),  # noqa: B023
            )  # fmt: skip
            left = self.most_left(most, missed, more) if more < self.rest else 0
            if left < missed:
                return more


def _assess(screened: _Screened, target: float, confidence: float, known: int) -> Stopping:
    seen, rest = screened.seen, screened.rest
    found = int(seen.sum())
    missed = fewest_missed(found, target)
    most = screened.most_left(known, missed)
    reached = not rest or (found > 0 and most < missed)
    order = screened.order(missed)
    p = screened.p(missed, order)
    if not reached and found and p < screened.limit:
        p = screened.p(most, screened.order(most))  # fewer are ruled out, and so many are not
    last = min(len(seen), max(LAST, len(seen) // 10))
    found_last = int(seen[len(seen) - last :].sum())
    return Stopping(
        screened.records, len(seen), found, target, confidence,
        p=p,
        reached=reached,
        most_left=most,
        least_recall=found / (found + most) if found else None,
        more=0 if reached else screened.more(missed, most) if found else rest,
        order=order,
        expected_left=expected(found_last, last) * rest if last else 0.0,
        last=last,
        found_last=found_last,
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
    missed = fewest_missed(int(seen.sum()), target)
    return p_of(stretches_of(seen, OrderBias(bias)), records - len(seen), missed)
