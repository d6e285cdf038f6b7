"""From what is known of a report to the cells it stands in.

A finding says which values belong together. Tags do not, so they fill cells only where there is
nothing to choose: a report with one design and three outcomes fills three cells; with two designs
and two outcomes it fills none until a finding says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.coding.suggestion_order import worth
from review.gaps.model import FINDING_DIMENSIONS, ReportEvidence
from review.gaps.narrowing import Wanted

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The cells one report stands in, confirmed and suggested ones disjoint.

    Attributes:
        unpaired: some values could not be paired.
        sure: the values on both sides are confirmed.
        coded: there is a value on both sides.
        kept: the report passes the filters.
        open_pairs: the cells it would fill if all those values belonged together.
    """

    confirmed: frozenset[Pair] = frozenset()
    suggested: frozenset[Pair] = frozenset()
    unpaired: bool = False
    sure: bool = False
    coded: bool = True
    kept: bool = True
    open_pairs: frozenset[Pair] = frozenset()


def best_first(offers: Sequence[tuple[str, float, int, str]], *, many: bool) -> tuple[str, ...]:
    """Order suggested values of one dimension of one report, without repeats.

    Args:
        offers: value, confidence, rank and source of each suggestion; at least one.
        many: whether the dimension takes several values; if not, only the best is kept.
    """

    if len(offers) == 1 or not many:
        return (min(offers, key=lambda offer: worth(*offer))[0],)
    ordered = sorted(offers, key=lambda offer: worth(*offer))
    return tuple(dict.fromkeys(offer[0] for offer in ordered))


def pair(facts: ReportEvidence, rows: str, columns: str, want: Wanted) -> Pairs:
    """Work out the cells one report stands in.

    Where findings pair both dimensions, they alone speak for the outcomes they cover (without an
    outcome: the exposures, or populations); tags speak for the others. A pair is confirmed when
    both its values, and those a filter asks for, are confirmed; else it is suggested.
    """
    left = want.narrowed(facts)
    if left is None:
        return Pairs(kept=False)
    said, covered, anchor = _from_findings(left, rows, columns, want)
    row_values, row_sure = left.values(rows)
    column_values, column_sure = left.values(columns)
    sure = row_sure and column_sure
    implied = frozenset(
        (r, c)
        for r in row_values
        for c in column_values
        if (r if anchor == rows else c) not in covered
    )
    unpaired = len(row_values) > 1 and len(column_values) > 1 and bool(implied)
    open_pairs = implied if unpaired else frozenset()
    implied -= open_pairs
    coded = bool(row_values and column_values)
    if not left.sure:
        return Pairs(frozenset(), said | implied, unpaired, sure, coded, True, open_pairs - said)
    if sure:
        return Pairs(said | implied, frozenset(), unpaired, sure, coded, True, open_pairs - said)
    return Pairs(said, implied - said, unpaired, sure, coded, True, open_pairs - said)


def _from_findings(
    facts: ReportEvidence, rows: str, columns: str, want: Wanted
) -> tuple[frozenset[Pair], frozenset[str], str]:
    """Pairs that findings state, the anchoring values they cover, and the anchoring dimension."""
    both = {rows, columns}
    if not facts.written or not both <= set(FINDING_DIMENSIONS):
        return frozenset(), frozenset(), rows
    anchor = next(name for name in FINDING_DIMENSIONS if name in both)
    said = frozenset(
        (getattr(f, rows), getattr(f, columns)) for f in facts.findings if want.in_frame(f)
    )
    return said, frozenset(getattr(f, anchor) for f in facts.written), anchor
