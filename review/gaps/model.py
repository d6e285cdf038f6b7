"""What the gap map is made of, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from review.gaps.filters import Filters
from review.model import Finding

FINDING_DIMENSIONS = ("outcome", "exposure", "population", "study_design")
"""Dimensions a finding pairs, the one that anchors a pairing first (see `evidence.pair`)."""

DESIGN = "study_design"


class Gap(StrEnum):
    """Why a cell, a row or a claim counts as a gap, from the weakest evidence to the strongest."""

    NOT_SEARCHED = "not searched"
    SEARCHED_NONE = "searched and none"
    UNDECIDED = "searched, not all screened"
    RETRACTED = "retracted"
    FORMS_ONLY = "no study design stated"
    REVIEWS_ONLY = "reviews, no primary study"
    MECHANISM_ONLY = "mechanism or animal only"
    UNCONTROLLED_ONLY = "uncontrolled human only"
    ONE_CONTROLLED = "one small controlled study"
    SYNTHESIS_MISSING = "synthesis missing"
    OUTDATED = "outdated"


class EvidenceStatus(StrEnum):
    """Whether a study's place in a cell is confirmed, only suggested, or of a retracted report."""

    CONFIRMED = "confirmed"
    SUGGESTED = "suggested"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class ReportEvidence:
    """All that is known of one report that is not excluded.

    Attributes:
        tags: dimension -> values that people gave it.
        findings: findings that people coded.
        suggested: dimension -> open suggestions, best first; of a dimension with one answer only
            the best.
        set_aside: findings that a filter left out. They count nowhere, but tags do not speak for
            what they cover.
        sure: whether what a filter asked for is confirmed of it; if not, all of it counts as
            suggested.
        risk: its overall risk of bias, one of `review.gaps.filters.RISKS`; "" where nobody judged
            it, or nobody asks.
        risks: where results of it were judged apart: outcome -> the same of that outcome; empty
            where it was judged as a whole.
        seen_on: its exposures before a filter left out some; None without one.
    """

    id: str
    study: str
    title: str = ""
    year: int | None = None
    doi: str = ""
    included: bool = False
    retracted: bool = False
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    suggested: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    set_aside: tuple[Finding, ...] = ()
    sure: bool = True
    seen_on: frozenset[str] | None = None
    risk: str = ""
    risks: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> tuple[Finding, ...]:
        """All findings, those that a filter left out among them."""
        return (*self.findings, *self.set_aside) if self.set_aside else self.findings

    @property
    def exposures(self) -> frozenset[str]:
        """What it is on, whatever a filter leaves of it: the frame goes by that."""
        return self.likely("exposure") if self.seen_on is None else self.seen_on

    def confirmed(self, dimension: str) -> frozenset[str]:
        """Values people confirmed, by a tag or within a finding."""
        tagged = self.tags.get(dimension, frozenset())
        written = self.written
        if not written or dimension not in FINDING_DIMENSIONS:
            return tagged
        return tagged | {getattr(f, dimension) for f in written}

    def values(self, dimension: str) -> tuple[frozenset[str], bool]:
        """Confirmed values, or the suggested ones where nothing is confirmed; and which it is."""
        sure = self.confirmed(dimension)
        if sure:
            return sure, True
        return frozenset(self.suggested.get(dimension, ())), False

    def likely(self, dimension: str) -> frozenset[str]:
        """Confirmed values, or the suggested ones where nothing is confirmed."""
        return self.values(dimension)[0]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the map. Counts are of studies; a retracted report counts in none of them.

    Attributes:
        suggested: studies that open suggestions would add; none of them is among the confirmed.
        rule: the sentence that says why it is empty; "" when it is not.
        applicable: whether there can be evidence here, or is some all the same. An empty cell of
            which the codebook says that there can be none is no gap.
        outside_reports: reports that would stand here, but lie outside the frame of the question.
        hidden_reports: reports that stand here, and that the filters hide.
    """

    row: str
    column: str
    confirmed: int
    suggested: int
    confirmed_reports: tuple[str, ...]
    suggested_reports: tuple[str, ...]
    retracted_reports: tuple[str, ...] = ()
    gap: Gap | None = None
    rule: str = ""
    outside_reports: tuple[str, ...] = ()
    applicable: bool = True
    hidden_reports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Total:
    """Studies of a whole row or column: each counts once, in however many cells it stands.

    Attributes:
        confirmed: studies with at least one confirmed cell.
        suggested: studies with at least one suggested cell; some may be confirmed in another.
    """

    confirmed: int = 0
    suggested: int = 0


class TableRow(NamedTuple):
    """One report's place in one cell."""

    report: str
    study: str
    row: str
    column: str
    status: EvidenceStatus
    title: str
    year: int | None
    doi: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """The map: one cell for every row and column.

    Attributes:
        row_dimension, column_dimension: codebook dimensions.
        rows, columns: their value ids in codebook order; values the codebook no longer has, last.
        confirmed_total: studies with at least one confirmed cell.
        suggested_total: studies with at least one suggested cell.
        needs_pairing: reports with several confirmed values on both sides: only findings can say
            which belong together.
        unpaired_suggested: the same where a side is only suggested.
        uncoded: reports without a value, confirmed or suggested, on one of the sides.
        not_asked: reports to which one of the dimensions does not apply, by the codebook.
        outside: reports outside the frame of the question, counted in no cell.
        forms: reports that stand on the map only as a publication form, and in no cell.
        frame_unknown: reports that are counted, though nobody has said or suggested what they are
            on.
        row_gaps: row -> gap and the rule that says so, over all study designs; the weakest first:
            in the order of `Gap`, then of fewest studies, then of the rows.
        row_studies: row of ``row_gaps`` -> studies that its rule rests on.
        row_totals, column_totals: studies of each row and of each column.
        searched: when the newest complete search run ended.
        hidden: reports that stand in some cell, and that the filters hide in all.
    """

    row_dimension: str
    column_dimension: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Cell, ...]
    confirmed_total: int
    suggested_total: int
    needs_pairing: tuple[str, ...]
    unpaired_suggested: tuple[str, ...]
    uncoded: tuple[str, ...]
    row_gaps: Mapping[str, tuple[Gap, str]]
    searched: datetime | None
    filters: Filters = Filters()
    outside: tuple[str, ...] = ()
    frame_unknown: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()
    row_studies: Mapping[str, int] = field(default_factory=dict)
    row_totals: Mapping[str, Total] = field(default_factory=dict)
    column_totals: Mapping[str, Total] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    @property
    def not_applicable(self) -> int:
        """Cells that are empty because there can be no evidence in them."""
        return sum(1 for cell in self.cells if not cell.applicable)

    def cell(self, row: str, column: str) -> Cell:
        """The cell of this row and column.

        Raises:
            KeyError: the map has no such row or column.
        """
        try:
            place = self.rows.index(row) * len(self.columns) + self.columns.index(column)
        except ValueError:
            raise KeyError(f"the map has no cell {row} x {column}") from None
        return self.cells[place]
