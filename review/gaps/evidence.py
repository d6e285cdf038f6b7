"""From what is known of a report to the cells it stands in.

A finding says which values belong together. Tags do not, so they fill cells only where there is
nothing to choose: a report with one design and three outcomes fills three cells; with two designs
and two outcomes it fills none until a finding says which.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache

from review.gaps.model import FINDING_DIMENSIONS, Filters, ReportEvidence
from review.model import Finding
from review.protocol.codebook import Codebook

LIBRARY = "library coding"
"""How the source of a starter coding by a person begins."""

SOURCES = (LIBRARY, "OpenAlex", "MeSH")
"""Sources of suggestions by how far they are trusted, by the beginning of their names; rules last.

For OpenAlex's designs a precision of 96.5 to 99.9 % is published
(github.com/ourresearch/openalex-study-designs, 1.0.1); word rules stay far below that.
"""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The cells one report stands in, confirmed and suggested ones disjoint.

    Attributes:
        unpaired: some values could not be paired.
        sure: the values on both sides are confirmed.
        coded: there is a value on both sides.
        kept: the report passes the filters.
    """

    confirmed: frozenset[Pair] = frozenset()
    suggested: frozenset[Pair] = frozenset()
    unpaired: bool = False
    sure: bool = False
    coded: bool = True
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters with group names replaced by the values they stand for.

    Attributes:
        frame: exposures that the question is about; all when empty.
    """

    values: dict[str, frozenset[str]]
    years: tuple[int | None, int | None]
    included_only: bool
    frame: frozenset[str] = frozenset()

    def report(self, facts: ReportEvidence) -> bool:
        """Whether the report is looked at, its codes aside."""
        low, high = self.years
        if self.included_only and not facts.included:
            return False
        if low is None and high is None:
            return True
        if facts.year is None:
            return False
        return (low is None or low <= facts.year) and (high is None or facts.year <= high)

    def within(self, facts: ReportEvidence) -> bool | None:
        """Whether the report lies within the frame; None when its exposure is not coded."""
        if not self.frame:
            return True
        exposures = facts.likely("exposure")
        return bool(exposures & self.frame) if exposures else None

    def anywhere(self) -> Wanted:
        """The same without the frame."""
        return replace(self, frame=frozenset())

    def codes(self, facts: ReportEvidence) -> tuple[bool, bool]:
        """Whether the report holds a wanted value of each dimension, and whether confirmed ones."""
        sure = True
        for dimension, wanted in self.values.items():
            values, confirmed = facts.values(dimension)
            if not values & wanted:
                return False, False
            sure = sure and confirmed
        return True, sure

    def finding(self, finding: Finding) -> bool:
        """Whether a finding lies within the frame and holds a wanted value of each dimension."""
        if self.frame and finding.exposure not in self.frame:
            return False
        return all(getattr(finding, name) in wanted for name, wanted in self.values.items())


def wanted(filters: Filters, codebook: Codebook, frame: Collection[str] = ()) -> Wanted:
    """Read filters by the codebook; a dimension without a filter is left out.

    Args:
        frame: exposures that the question is about; all when empty. Who asks for exposures by name
            gets those.
    """
    asked = {"population": filters.population, "exposure": filters.exposure}
    values = {name: expand(codebook, name, names) for name, names in asked.items() if names}
    framed = frozenset() if filters.beyond_frame or filters.exposure else frozenset(frame)
    return Wanted(values, filters.years, filters.included_only, framed)


def expand(codebook: Codebook, dimension: str, names: Collection[str]) -> frozenset[str]:
    """Replace group names by the ids of their values; other names stay as they are."""
    groups = codebook.dimension(dimension).groups
    ids = codebook.dimension(dimension).values
    known = {value.id for value in ids}
    found: set[str] = set()
    for name in names:
        if name in groups and name not in known:
            found.update(value.id for value in groups[name])
        else:
            found.update(codebook.dimension(dimension).with_finer([name]))
    return frozenset(found)


def best_first(offers: Sequence[tuple[str, float, int, str]], *, many: bool) -> tuple[str, ...]:
    """Order suggested values of one dimension of one report, without repeats.

    Args:
        offers: value, confidence, rank and source of each suggestion; at least one.
        many: whether the dimension takes several values; if not, only the best is kept.
    """

    def worth(offer: tuple[str, float, int, str]) -> tuple[int, int, int, float, str]:
        value, confidence, rank, source = offer
        trust = _trust(source)
        # A rule set ranks its own proposals and those it read from the record's fields together,
        # so only a person's starter coding goes before the rank.
        return (0 if trust == 0 else 1, rank, trust, -confidence, value)

    if len(offers) == 1 or not many:
        return (min(offers, key=worth)[0],)
    return tuple(dict.fromkeys(offer[0] for offer in sorted(offers, key=worth)))


@cache
def _trust(source: str) -> int:
    """Place of a source among `SOURCES`; rules come last."""
    return next((i for i, name in enumerate(SOURCES) if source.startswith(name)), len(SOURCES))


def pair(facts: ReportEvidence, rows: str, columns: str, want: Wanted) -> Pairs:
    """Work out the cells one report stands in.

    Where findings pair both dimensions, they alone speak for the outcomes they cover (without an
    outcome: the exposures, or populations); tags speak for the others. A pair is confirmed when
    both its values, and those a filter asks for, are confirmed; else it is suggested.
    """
    if not want.report(facts):
        return Pairs(kept=False)
    said, covered, anchor = _from_findings(facts, rows, columns, want)
    kept, filter_sure = want.codes(facts)
    row_values, row_sure = facts.values(rows)
    column_values, column_sure = facts.values(columns)
    sure = row_sure and column_sure
    if not kept:  # then no finding passes either: their values are among the report's
        return Pairs(kept=False)
    implied = frozenset(
        (r, c)
        for r in row_values
        for c in column_values
        if (r if anchor == rows else c) not in covered
    )
    unpaired = len(row_values) > 1 and len(column_values) > 1 and bool(implied)
    if unpaired:
        implied = frozenset()
    coded = bool(row_values and column_values)
    if sure and filter_sure:
        return Pairs(said | implied, frozenset(), unpaired, sure, coded)
    return Pairs(said, implied - said, unpaired, sure, coded)


def _from_findings(
    facts: ReportEvidence, rows: str, columns: str, want: Wanted
) -> tuple[frozenset[Pair], frozenset[str], str]:
    """Pairs that findings state, the anchoring values they cover, and the anchoring dimension."""
    both = {rows, columns}
    if not facts.findings or not both <= set(FINDING_DIMENSIONS):
        return frozenset(), frozenset(), rows
    anchor = next(name for name in FINDING_DIMENSIONS if name in both)
    said = frozenset(
        (getattr(f, rows), getattr(f, columns)) for f in facts.findings if want.finding(f)
    )
    return said, frozenset(getattr(f, anchor) for f in facts.findings), anchor
