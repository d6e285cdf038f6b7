"""Applying filters to the evidence: once, before anything is counted. Pure.

Each report is left out, or narrowed to what of it passes. The map, the claims, the ledger and the
exports count what is left, so a filter changes all of them alike.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from review.gaps.filters import NOT_APPRAISED, Filters, expand
from review.gaps.model import FINDING_DIMENSIONS, ReportEvidence
from review.model import Direction, Finding
from review.protocol.codebook import Codebook


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters with group names replaced by the values they stand for.

    Attributes:
        values: dimension -> wanted values; a dimension without a filter is left out.
        frame: exposures that the question is about; all when empty.
        hiding: whether some reports may be hidden.
        whole_reports: whether reports pass as they are, or not at all, except those of which
            results were judged apart.
    """

    values: dict[str, frozenset[str]]
    filters: Filters = Filters()
    frame: frozenset[str] = frozenset()
    hiding: bool = field(init=False)
    whole_reports: bool = field(init=False)

    def __post_init__(self) -> None:
        asked = self.filters
        object.__setattr__(self, "hiding", asked.hiding)
        whole = not (self.values or asked.direction or asked.confirmed_only)
        object.__setattr__(self, "whole_reports", whole)

    def report(self, facts: ReportEvidence) -> bool:
        """Whether the report is looked at, its codes aside."""
        asked = self.filters
        if asked.included_only and not facts.included:
            return False
        if asked.without_retracted and facts.retracted:
            return False
        if asked.risk_of_bias and not facts.risks and not self._passing_risk(facts.risk):
            return False
        low, high = asked.years
        if low is None and high is None:
            return True
        if facts.year is None:
            return False
        return (low is None or low <= facts.year) and (high is None or facts.year <= high)

    def within(self, facts: ReportEvidence) -> bool | None:
        """Whether the report lies within the frame; None when its exposure is not coded."""
        if not self.frame:
            return True
        exposures = facts.exposures
        return bool(exposures & self.frame) if exposures else None

    def anywhere(self) -> Wanted:
        """The same without the frame."""
        return replace(self, frame=frozenset())

    def in_frame(self, finding: Finding) -> bool:
        """Whether a finding lies within the frame."""
        return not self.frame or finding.exposure in self.frame

    def narrowed(self, facts: ReportEvidence) -> ReportEvidence | None:
        """What of a report passes the filters; None when nothing does.

        Findings that do not pass are set aside: they count no more, and go on saying what the tags
        of the report do not stand for. Where a value that is asked for is only suggested, the whole
        report is.
        """
        asked = self.filters
        if not self.hiding:
            return facts
        if not self.report(facts):
            return None
        judged = self._judged(facts)
        if judged is None or self.whole_reports:
            return judged
        if asked.confirmed_only and not (judged.tags or judged.findings):
            return None
        one = replace(judged, suggested={}) if asked.confirmed_only else judged
        if asked.direction:
            pointing = _pointing(one, asked.direction)
            if pointing is None:
                return None
            one = pointing
        sure = True
        for dimension, wanted in self.values.items():
            values, confirmed = one.values(dimension)
            if not values & wanted:
                return None
            sure = sure and confirmed
        if asked.confirmed_only and not (one.tags or one.findings):
            return None
        passing = tuple(f for f in one.findings if self._passes(f))
        aside = (*one.set_aside, *(f for f in one.findings if not self._passes(f)))
        return replace(
            one, findings=passing, set_aside=aside, sure=one.sure and sure, seen_on=facts.exposures
        )

    def _passing_risk(self, risk: str) -> bool:
        return (risk or NOT_APPRAISED) in self.filters.risk_of_bias

    def _judged(self, one: ReportEvidence) -> ReportEvidence | None:
        """What of a report has the risk of bias that is asked for; None when nothing has.

        A report whose results were judged apart passes with the outcomes that do; where none of
        its outcomes is known, as a whole.
        """
        if not (self.filters.risk_of_bias and one.risks):
            return one
        outcomes = one.likely("outcome")
        if not outcomes:
            return one if self._passing_risk(one.risk) else None
        left = {o for o in outcomes if self._passing_risk(one.risks.get(o, ""))}
        if left == outcomes or not left:
            return one if left else None
        return replace(
            one,
            tags={**one.tags, "outcome": one.tags.get("outcome", frozenset()) & left},
            suggested={
                **one.suggested,
                "outcome": tuple(o for o in one.suggested.get("outcome", ()) if o in left),
            },
            findings=tuple(f for f in one.findings if f.outcome in left),
            set_aside=(*one.set_aside, *(f for f in one.findings if f.outcome not in left)),
        )

    def _passes(self, finding: Finding) -> bool:
        """Whether a finding holds a wanted value of each dimension that findings pair."""
        return all(
            getattr(finding, name) in wanted
            for name, wanted in self.values.items()
            if name in FINDING_DIMENSIONS
        )


def wanted(filters: Filters, codebook: Codebook, frame: Collection[str] = ()) -> Wanted:
    """Read filters by the codebook.

    Args:
        frame: exposures that the question is about; all when empty. Who asks for exposures by name
            gets those.
    """
    values = {
        name: expand(codebook, name, names) for name, names in filters.asked(codebook).items()
    }
    return Wanted(values, filters, filters.framed(frame))


def appraised(
    facts: Iterable[ReportEvidence],
    risk: Mapping[str, str],
    apart: Mapping[str, Callable[[str], str]] | None = None,
) -> tuple[ReportEvidence, ...]:
    """The same evidence with what people judged of its risk of bias.

    Args:
        risk: report -> one of `review.gaps.filters.RISKS`.
        apart: of reports whose results were judged apart: outcome -> one of them, or ``""``.
    """
    of = apart or {}

    def judged(one: ReportEvidence) -> ReportEvidence:
        if one.id not in risk:
            return one
        risks = {o: of[one.id](o) for o in one.likely("outcome")} if one.id in of else {}
        return replace(one, risk=risk[one.id], risks=risks)

    return tuple(map(judged, facts))


def apply(facts: Iterable[ReportEvidence], want: Wanted) -> tuple[ReportEvidence, ...]:
    """The reports that pass, each narrowed to what of it passes; the frame leaves none out."""
    if not want.hiding:
        return tuple(facts)
    return tuple(kept for one in facts if (kept := want.narrowed(one)) is not None)


class NarrowedReports:
    """What passed some filters last; safe to share between threads.

    A report whose evidence is the same object as last time is narrowed to the same object, so that
    what was concluded from it still holds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[ReportEvidence, ReportEvidence | None]] = {}

    def passing(self, facts: Iterable[ReportEvidence], want: Wanted) -> tuple[ReportEvidence, ...]:
        """As `apply`; always under the same filters."""
        if not want.hiding or want.whole_reports:
            return apply(facts, want)
        now: dict[str, tuple[ReportEvidence, ReportEvidence | None]] = {}
        with self._lock:
            for one in facts:
                known = self._known.get(one.id)
                if known is None or known[0] is not one:
                    known = one, want.narrowed(one)
                now[one.id] = known
            self._known = now
        return tuple(kept for _, kept in now.values() if kept is not None)


def _pointing(one: ReportEvidence, directions: Collection[str]) -> ReportEvidence | None:
    """What of a report points in one of these directions; None when nothing does."""
    found = tuple(f for f in one.findings if f.direction in directions)
    if Direction.NOT_STATED in directions:  # as is what only tags say
        rest = tuple(f for f in one.findings if f.direction not in directions)
        return replace(one, findings=found, set_aside=(*one.set_aside, *rest))
    if not found:
        return None
    tags = {name: values for name, values in one.tags.items() if name not in FINDING_DIMENSIONS}
    open_ = {n: values for n, values in one.suggested.items() if n not in FINDING_DIMENSIONS}
    return replace(one, findings=found, tags=tags, suggested=open_)
