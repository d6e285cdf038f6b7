"""Cutting a search into parts by date of publication, so that several can be walked at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

EARLIEST, LATEST = date(1000, 1, 1), date(2999, 12, 31)
"""Open ends: works are dated wrongly now and then, and none may fall outside all slices."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The works published from ``first`` to ``last``, both days included.

    ``count`` is how many the source says there are, as far as it was asked.
    """

    first: date
    last: date
    count: int

    @property
    def name(self) -> str:
        """``2010-01-01..2014-12-31``."""
        return f"{self.first.isoformat()}..{self.last.isoformat()}"


def cut(years: Mapping[int, int], parts: int) -> list[Slice]:
    """Cut years with their counts into slices of about the same number of works.

    A slice is whole years, or a piece of one year that holds too many by itself (its works are
    taken to be spread evenly, which only makes slices uneven where they are not).

    Args:
        years: year of publication -> works.
        parts: slices at most.

    Returns:
        Slices that follow each other without a gap, oldest first.
    """
    aim = max(1.0, sum(years.values()) / max(1, parts))
    found: list[Slice] = []
    first, held, before = None, 0, 0  # of the slice being filled, and works in those before it
    for year in sorted(years):
        count = years[year]
        edge = (round(before / aim) + 1) * aim  # where the slice would end if days could be seen
        full = before + held + count / 2 > edge  # nearer to it without this year than with it
        heavy = count > aim * 1.5
        if first is not None and (full or heavy):
            found.append(Slice(date(first, 1, 1), date(year - 1, 12, 31), held))
            first, held, before = None, 0, before + held
        if heavy:
            pieces = round(count / aim)
            found += split(Slice(date(year, 1, 1), date(year, 12, 31), count), pieces)
            before += count
        else:
            first = year if first is None else first
            held += count
    if first is not None:
        found.append(Slice(date(first, 1, 1), date(max(years), 12, 31), held))
    return _joined(found, parts)


def split(one: Slice, pieces: int) -> list[Slice]:
    """Cut one slice into pieces of about as many days each; a day is not cut."""
    days = (one.last - one.first).days + 1
    pieces = max(1, min(pieces, days))
    starts = [one.first + timedelta(days=days * i // pieces) for i in range(pieces)]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), one.last]
    share = one.count // pieces
    counts = [share] * (pieces - 1) + [one.count - share * (pieces - 1)]
    return [Slice(a, b, n) for a, b, n in zip(starts, ends, counts, strict=True)]


def _joined(found: Sequence[Slice], most: int) -> list[Slice]:
    """Join the smallest neighbours while there are too many, close gaps, and open both ends."""
    if not found:
        return []
    ordered = sorted(found, key=lambda one: one.first)
    while len(ordered) > max(1, most):
        sums = [a.count + b.count for a, b in pairwise(ordered)]
        at = sums.index(min(sums))
        both = Slice(ordered[at].first, ordered[at + 1].last, sums[at])
        ordered[at : at + 2] = [both]
    closed = [
        replace(one, last=following.first - timedelta(days=1))
        for one, following in pairwise(ordered)
    ]
    closed.append(replace(ordered[-1], last=LATEST))
    closed[0] = replace(closed[0], first=EARLIEST)
    return closed
