"""Finer values of the codebook count for their broader ones on the map. Pure."""

from __future__ import annotations

from dataclasses import replace

from review.gaps.evidence import Pair, Pairs
from review.gaps.model import ReportEvidence
from review.protocol.codebook import Codebook, Dimension


class Folding:
    """How the values of two dimensions of a map hang together."""

    def __init__(self, codebook: Codebook, rows: str, columns: str) -> None:
        self._rows, self._columns = codebook.dimension(rows), codebook.dimension(columns)
        self._nested = [d for d in (self._rows, self._columns) if any(v.parent for v in d.values)]
        self._codebook = codebook

    def specific(self, one: ReportEvidence) -> ReportEvidence:
        """The report without broader values that a finer one of its own implies, so that the two
        are not taken for a choice between different things."""
        for dimension in self._nested:
            name = dimension.name
            tags, open_ = one.tags.get(name), one.suggested.get(name)
            if tags and (left := frozenset(_most_specific(dimension, tags))) != tags:
                one = replace(one, tags={**one.tags, name: left})
            if open_ and (kept := _most_specific(dimension, open_)) != open_:
                one = replace(one, suggested={**one.suggested, name: kept})
        return one

    def folded(self, pairs: Pairs) -> Pairs:
        """The cells of a report, with those of the broader values."""
        if not self._nested:
            return pairs
        confirmed = self._with_broader(pairs.confirmed)
        suggested = self._with_broader(pairs.suggested) - confirmed
        return replace(pairs, confirmed=confirmed, suggested=suggested)

    def does_not_apply(self, one: ReportEvidence) -> bool:
        """Whether one of the dimensions is not asked of this report, by what else it was given."""
        sides = (self._rows, self._columns)
        return any(does_not_apply(self._codebook, one, d.name) for d in sides)

    def _with_broader(self, pairs: frozenset[Pair]) -> frozenset[Pair]:
        return frozenset(
            (r, c)
            for row, column in pairs
            for r in (row, *self._rows.parents(row))
            for c in (column, *self._columns.parents(column))
        )


def does_not_apply(codebook: Codebook, one: ReportEvidence, name: str) -> bool:
    """Whether a dimension is not asked of a report, by what else it was given."""
    dimension = codebook.dimension(name)
    if not dimension.shown_if:
        return False
    codes = {d.id: one.likely(d.name) for d in codebook.dimensions}
    return codebook.rules_out(dimension, codes)


def _most_specific(
    dimension: Dimension, values: frozenset[str] | tuple[str, ...]
) -> tuple[str, ...]:
    implied = {above for value in values for above in dimension.parents(value)}
    return tuple(v for v in values if v not in implied)
