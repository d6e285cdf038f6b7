"""The PRISMA 2020 flow diagram, computed from the records and reports of a review.

Box names are those of the PRISMA2020 flow diagram CSV (Haddaway et al. 2022,
https://doi.org/10.1002/cl2.1230). Units change on the way down: records are identified, reports
are screened and assessed, studies are included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from review.decision_rule import place
from review.model import (
    Decision,
    Place,
    Stage,
    is_citation_search,
    is_look_up,
    is_other_method,
    is_register,
)

BOXES = (
    "previous_studies",
    "previous_reports",
    "database_results",
    "register_results",
    "website_results",
    "organisation_results",
    "citations_results",
    "duplicates",
    "excluded_automatic",
    "excluded_other",
    "records_not_screened",
    "records_screened",
    "records_excluded",
    "dbr_sought_reports",
    "dbr_notretrieved_reports",
    "other_not_screened",
    "other_sought_reports",
    "other_notretrieved_reports",
    "dbr_assessed",
    "dbr_excluded",
    "other_assessed",
    "other_excluded",
    "new_studies",
    "new_reports",
    "total_studies",
    "total_reports",
)
"""All boxes in the order of the diagram. Those this tool does not fill stay 0.

``records_not_screened`` and ``other_not_screened`` are no boxes of the template: reports that were
left when a person ended the screening. Nobody excluded them, and nobody screened them.
"""

REASONS_DIFFER = "reasons differ"
"""Stands for the reason of a full-text exclusion on which reviewers agree for different reasons."""
NO_REASON = "no reason given"
"""Stands for the reason of one that came without any, in a file of votes."""


class RecordRow(NamedTuple):
    """A record as the diagram sees it."""

    id: str
    source: str
    report: str


class ReportRow(NamedTuple):
    """A report as the diagram sees it.

    Attributes:
        reason: the exclusion reason, "" when there is no one reason.
        reasons_differ: an exclusion without one reason has several.
    """

    id: str
    study: str
    title_abstract: Decision
    full_text: Decision
    reason: str
    reasons_differ: bool = True


@dataclass(frozen=True, slots=True)
class Flow:
    """The diagram as numbers, each with the ids behind it.

    Attributes:
        boxes: number in each of `BOXES`.
        ids: ids behind each box, as many as its number: records down to ``duplicates``, reports
            from ``records_not_screened`` on, studies in the boxes that end in ``_studies``.
        reasons: full-text exclusion reason -> reports; adds up to ``dbr_excluded``.
        other_reasons: the same for ``other_excluded``.
        other_set_aside: reports of other methods that never were sought: excluded on title and
            abstract, for which the diagram has no box.
        sources: source -> records identified there, those of other methods aside.
        awaiting: stage -> reports without a decision, conflicts among them.
        awaiting_ids: stage -> their ids.
        failed_sums: sums that must hold and do not, one sentence each; empty when all is well.
    """

    boxes: dict[str, int]
    ids: dict[str, list[str]]
    reasons: dict[str, int]
    sources: dict[str, int]
    awaiting: dict[str, int]
    awaiting_ids: dict[str, list[str]]
    failed_sums: list[str]
    other_reasons: dict[str, int]
    other_set_aside: list[str]

    def to_json(self) -> dict[str, Any]:
        """The diagram as one JSON document."""
        return {
            "boxes": self.boxes,
            "reasons": self.reasons,
            "awaiting": self.awaiting,
            "ids": self.ids,
            "failed_sums": self.failed_sums,
        }


def flow(records: Iterable[RecordRow], reports: Iterable[ReportRow]) -> Flow:
    """Compute the diagram. Every box is counted by itself and the sums are checked afterwards.

    A report is of the other methods when all its records are; one that both found counts with the
    databases.
    """
    everything, reports = sorted(records), sorted(reports)
    identified = {r.report for r in everything if not is_look_up(r.source)}
    # A look-up completes a report and identifies nothing; alone, after its merge was taken back, it
    # is a record of its database like any other.
    records = [r for r in everything if not (is_look_up(r.source) and r.report in identified)]
    searched = [r for r in records if not is_other_method(r.source)]
    chased = [r for r in records if is_other_method(r.source)]
    by_search = {r.report for r in searched}
    others = {r.report for r in chased} - by_search
    ids: dict[str, list[str]] = {name: [] for name in BOXES}
    registers = {source for source in {r.source for r in searched} if is_register(source)}
    for r in searched:
        ids["register_results" if r.source in registers else "database_results"].append(r.id)
    for r in chased:  # a ranked list of like works is what a search engine of the web gives
        ids["citations_results" if is_citation_search(r.source) else "website_results"].append(r.id)
    ids["duplicates"] = _duplicates(searched)
    awaiting: dict[str, list[str]] = {str(stage): [] for stage in Stage}
    reasons: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    set_aside: list[str] = []
    studies: set[str] = set()
    for p in reports:
        other = p.id in others
        for box in _path(p):
            if named := _OTHER.get(box, "") if other else box:
                ids[named].append(p.id)
        if other and p.title_abstract is Decision.EXCLUDE:
            set_aside.append(p.id)
        stage = _waits_at(p)
        if stage is not None:
            awaiting[stage].append(p.id)
        elif p.title_abstract is Decision.INCLUDE and p.full_text is Decision.EXCLUDE:
            why = p.reason or (REASONS_DIFFER if p.reasons_differ else NO_REASON)
            reasons[other][why] += 1
        elif p.title_abstract is Decision.INCLUDE and p.full_text is Decision.INCLUDE:
            studies.add(p.study)
    ids["new_studies"] = sorted(studies)
    ids["total_studies"], ids["total_reports"] = list(ids["new_studies"]), list(ids["new_reports"])
    return Flow(
        boxes={name: len(ids[name]) for name in BOXES},
        ids=ids,
        reasons=_most_first(reasons[False]),
        sources=dict(sorted(Counter(r.source for r in searched).items())),
        awaiting={stage: len(found) for stage, found in awaiting.items()},
        awaiting_ids=awaiting,
        failed_sums=[
            *failed_sums(ids, awaiting, reasons[False], reasons[True], others, set_aside),
            *_mismatched(records, reports),
        ],
        other_reasons=_most_first(reasons[True]),
        other_set_aside=set_aside,
    )


def failed_sums(
    ids: Mapping[str, Sequence[str]],
    awaiting: Mapping[str, Sequence[str]],
    reasons: Mapping[str, int],
    other_reasons: Mapping[str, int],
    others: Collection[str],
    set_aside: Sequence[str],
) -> list[str]:
    """Check the sums of both arms of the diagram (PRISMA 2020, item 16a).

    Args:
        others: reports that other methods alone brought.

    Returns:
        One sentence for each sum that does not hold.
    """
    b = {name: len(found) for name, found in ids.items()}
    waits = {stage: len([p for p in awaiting[stage] if p not in others]) for stage in awaiting}
    waits_too = {stage: len(awaiting[stage]) - waits[stage] for stage in awaiting}
    identified = b["database_results"] + b["register_results"]
    removed = b["duplicates"] + b["excluded_automatic"] + b["excluded_other"]
    entered = identified - removed - b["records_not_screened"]
    left = b["records_screened"] - b["records_excluded"] - waits[Stage.TITLE_ABSTRACT]
    left_too = len(others) - len(set_aside) - waits_too[Stage.TITLE_ABSTRACT]
    left_too -= b["other_not_screened"]
    assessed = b["dbr_sought_reports"] - b["dbr_notretrieved_reports"]
    assessed_too = b["other_sought_reports"] - b["other_notretrieved_reports"]
    kept = b["dbr_assessed"] - b["dbr_excluded"] - waits[Stage.FULL_TEXT]
    kept += b["other_assessed"] - b["other_excluded"] - waits_too[Stage.FULL_TEXT]
    sums = (
        ("records_screened", "identified - removed before screening - not screened", entered),
        ("dbr_sought_reports", "screened - excluded - awaiting a decision", left),
        ("dbr_assessed", "sought - not retrieved", assessed),
        ("dbr_excluded", "the sum of its reasons", sum(reasons.values())),
        (
            "other_sought_reports",
            "found by other methods - set aside - not screened - awaiting",
            left_too,
        ),
        ("other_assessed", "sought - not retrieved", assessed_too),
        ("other_excluded", "the sum of its reasons", sum(other_reasons.values())),
        ("new_reports", "assessed - excluded - awaiting a decision", kept),
        ("total_reports", "previous + new", b["previous_reports"] + b["new_reports"]),
        ("total_studies", "previous + new", b["previous_studies"] + b["new_studies"]),
    )
    return [
        f"{box} is {b[box]}, but {rule} is {expected}."
        for box, rule, expected in sums
        if b[box] != expected
    ]


_OTHER = {
    "records_not_screened": "other_not_screened",
    "dbr_sought_reports": "other_sought_reports",
    "dbr_notretrieved_reports": "other_notretrieved_reports",
    "dbr_assessed": "other_assessed",
    "dbr_excluded": "other_excluded",
    "new_reports": "new_reports",
}
"""Box of the databases' arm -> box of the other methods' arm, which has none for screening."""


def _waits_at(p: ReportRow) -> Stage | None:
    """The stage at which a report awaits a decision."""
    found = place(p.title_abstract, p.full_text)
    if found in (Place.INCLUDED, Place.STOPPED) or found.left:
        return None
    return Stage.FULL_TEXT if p.title_abstract is Decision.INCLUDE else Stage.TITLE_ABSTRACT


def _most_first(counted: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _path(p: ReportRow) -> list[str]:
    """The boxes a report is counted in, in the arm of the databases."""
    if p.title_abstract is Decision.NOT_SCREENED:
        return ["records_not_screened"]
    boxes = ["records_screened"]
    if p.title_abstract is Decision.EXCLUDE:
        return [*boxes, "records_excluded"]
    if p.title_abstract is not Decision.INCLUDE:
        return boxes
    boxes.append("dbr_sought_reports")
    if p.full_text is Decision.NOT_RETRIEVED:
        return [*boxes, "dbr_notretrieved_reports"]
    boxes.append("dbr_assessed")
    if p.full_text is Decision.EXCLUDE:
        boxes.append("dbr_excluded")
    elif p.full_text is Decision.INCLUDE:
        boxes.append("new_reports")
    return boxes


def _duplicates(records: Sequence[RecordRow]) -> list[str]:
    """All records of each report but the oldest one, which stands for it."""
    extra: list[str] = []
    met: set[str] = set()
    for r in sorted(records):
        if r.report in met:
            extra.append(r.id)
        met.add(r.report)
    return extra


def _mismatched(records: Sequence[RecordRow], reports: Sequence[ReportRow]) -> list[str]:
    """Records whose report is not there, and reports without a record."""
    held, known = {r.report for r in records}, {p.id for p in reports}
    lost = [f"{name} has records but is no report." for name in sorted(held - known)]
    return lost + [f"{name} is a report without records." for name in sorted(known - held)]
