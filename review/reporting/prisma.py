"""The PRISMA 2020 flow diagram, computed from the records and reports of a review.

Box names are those of the PRISMA2020 flow diagram CSV (Haddaway et al. 2022,
https://doi.org/10.1002/cl2.1230). Units change on the way down: records are identified, reports
are screened and assessed, studies are included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from review.model import (
    Decision,
    Place,
    Stage,
    is_citation_search,
    is_look_up,
    is_organisation,
    is_other_method,
    is_register,
)
from review.reporting.earlier_version import NO_VERSION, Earlier, since
from review.reporting.flow_rows import RecordRow as RecordRow
from review.reporting.flow_rows import ReportRow as ReportRow

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


@dataclass(frozen=True, slots=True)
class Flow:
    """The diagram as numbers, each with the ids behind it.

    Attributes:
        boxes: number in each of `BOXES`.
        ids: ids behind each box, as many as its number: records down to ``duplicates``, reports
            from ``records_not_screened`` on, studies in the boxes that end in ``_studies``.
        reason_ids: full-text exclusion reason -> reports; adds up to ``dbr_excluded``.
        other_reason_ids: the same for ``other_excluded``.
        screening_reason_ids: the same for ``records_excluded``, which the template does not part.
        other_set_aside: reports of other methods that never were sought: excluded on title and
            abstract, for which the diagram has no box.
        source_ids: source -> records identified there, those of other methods aside.
        other_source_ids: the same of other methods.
        other_duplicates: records of other methods beside one that stands for their report already.
        awaiting_ids: stage -> reports without a decision, conflicts among them.
        other_awaiting_ids: stage -> those among them that other methods alone brought.
        failed_sums: sums that must hold and do not, one sentence each; empty when all is well.
        since: the version that the boxes go on from; "" for a diagram from the beginning.
        carried: reports of that version that were worked on since, by search, and
            ``other_carried`` by other methods.
        gone_reports, gone_studies: included in that version, and in the review no more.
    """

    ids: dict[str, list[str]]
    reason_ids: dict[str, list[str]]
    source_ids: dict[str, list[str]]
    awaiting_ids: dict[str, list[str]]
    failed_sums: list[str]
    other_reason_ids: dict[str, list[str]]
    other_set_aside: list[str]
    other_source_ids: dict[str, list[str]] = field(default_factory=dict)
    other_duplicates: list[str] = field(default_factory=list)
    screening_reason_ids: dict[str, list[str]] = field(default_factory=dict)
    other_awaiting_ids: dict[str, list[str]] = field(default_factory=dict)
    since: str = ""
    carried: list[str] = field(default_factory=list)
    other_carried: list[str] = field(default_factory=list)
    gone_reports: list[str] = field(default_factory=list)
    gone_studies: list[str] = field(default_factory=list)

    @property
    def boxes(self) -> dict[str, int]:
        """Number in each of `BOXES`."""
        return _counts(self.ids)

    @property
    def reasons(self) -> dict[str, int]:
        """Full-text exclusion reason -> number of reports."""
        return _counts(self.reason_ids)

    @property
    def other_reasons(self) -> dict[str, int]:
        """The same for reports that other methods alone brought."""
        return _counts(self.other_reason_ids)

    @property
    def sources(self) -> dict[str, int]:
        """Source -> number of records identified there."""
        return _counts(self.source_ids)

    @property
    def awaiting(self) -> dict[str, int]:
        """Stage -> number of reports without a decision."""
        return _counts(self.awaiting_ids)

    def to_json(self) -> dict[str, Any]:
        """The diagram as one JSON document."""
        return {
            "boxes": self.boxes,
            "reasons": self.reasons,
            "awaiting": self.awaiting,
            "ids": self.ids,
            "failed_sums": self.failed_sums,
        }

    def update_json(self) -> dict[str, Any]:
        """What a diagram that goes on from a version has beside that."""
        return {
            "since": self.since,
            "carried_over": sorted(self.carried + self.other_carried),
            "no_longer_included": {"reports": self.gone_reports, "studies": self.gone_studies},
        }


def flow(
    records: Iterable[RecordRow], reports: Iterable[ReportRow], version: Earlier = NO_VERSION
) -> Flow:
    """Compute the diagram. Every box is counted by itself and the sums are checked afterwards.

    A report is of the other methods when all its records are; one that both found counts with the
    databases.

    Args:
        version: count only what has been work since it (an updated review); what was included then
            stands in the boxes of previous studies.
    """
    everything, all_reports = sorted(records), sorted(reports)
    past = since(version, everything, all_reports)
    identified = {r.report for r in everything if not is_look_up(r.source)}
    # A look-up completes a report and identifies nothing; alone, after its merge was taken back, it
    # is a record of its database like any other.
    records = [r for r in everything if not (is_look_up(r.source) and r.report in identified)]
    by_search = {r.report for r in records if not is_other_method(r.source)}
    others = {p.id for p in all_reports if p.id in past.at_work} - by_search
    others &= {r.report for r in records}
    new = [r for r in records if r.id not in version.homes]
    searched = [r for r in new if not is_other_method(r.source)]
    ids: dict[str, list[str]] = {name: [] for name in BOXES}
    registers = {source for source in {r.source for r in searched} if is_register(source)}
    source_ids: dict[str, list[str]] = defaultdict(list)
    other_source_ids: dict[str, list[str]] = defaultdict(list)
    for r in searched:
        ids["register_results" if r.source in registers else "database_results"].append(r.id)
        source_ids[r.source].append(r.id)
    chased = [r for r in new if is_other_method(r.source)]
    for r in chased:
        ids[way(r.source)].append(r.id)
        other_source_ids[r.source].append(r.id)
    ids["duplicates"] = _duplicates(searched, past.known)
    awaiting: dict[str, list[str]] = {str(stage): [] for stage in Stage}
    reasons = _Reasons(), _Reasons()
    at_screening = _Reasons()
    set_aside: list[str] = []
    for p in all_reports:
        if p.id not in past.at_work:
            continue
        other = p.id in others
        for box in _path(p):
            if named := _OTHER.get(box, "") if other else box:
                ids[named].append(p.id)
        if p.title_abstract is Decision.EXCLUDE:
            set_aside += [p.id] if other else []
            if not other:
                at_screening.add(p)
        stage = _waits_at(p)
        if stage is not None:
            awaiting[stage].append(p.id)
        elif p.title_abstract is Decision.INCLUDE and p.full_text is Decision.EXCLUDE:
            reasons[other].add(p)
    included = [p for p in all_reports if p.place is Place.INCLUDED]
    ids["total_reports"] = [p.id for p in included]
    ids["total_studies"] = sorted({p.study for p in included})
    ids["new_studies"] = [s for s in ids["total_studies"] if s not in past.kept_studies]
    ids["previous_reports"] = sorted(version.included)
    ids["previous_studies"] = sorted(set(version.included.values()))
    carried = sorted(past.carried)
    found = Flow(
        ids=ids,
        reason_ids=reasons[False].most_first(),
        source_ids=dict(sorted(source_ids.items())),
        awaiting_ids=awaiting,
        failed_sums=[],
        other_reason_ids=reasons[True].most_first(),
        other_set_aside=set_aside,
        other_source_ids=dict(sorted(other_source_ids.items())),
        other_duplicates=_duplicates(chased, past.known | by_search),
        screening_reason_ids=at_screening.most_first(),
        other_awaiting_ids={s: [p for p in awaiting[s] if p in others] for s in awaiting},
        since=version.name,
        carried=[p for p in carried if p not in others],
        other_carried=[p for p in carried if p in others],
        gone_reports=list(past.gone),
        gone_studies=list(past.gone_studies),
    )
    failed = [*failed_sums(found), *_mismatched(records, all_reports)]
    return replace(found, failed_sums=failed)


def failed_sums(found: Flow) -> list[str]:
    """Check the sums of both arms of the diagram (PRISMA 2020, item 16a).

    Returns:
        One sentence for each sum that does not hold.
    """
    b = found.boxes
    waits_too = _counts(found.other_awaiting_ids)
    waits = {stage: n - waits_too[stage] for stage, n in found.awaiting.items()}
    identified = b["database_results"] + b["register_results"]
    removed = b["duplicates"] + b["excluded_automatic"] + b["excluded_other"]
    left = b["records_screened"] - b["records_excluded"] - waits[Stage.TITLE_ABSTRACT]
    left_too = b["website_results"] + b["organisation_results"] + b["citations_results"]
    left_too += len(found.other_carried) - len(found.other_duplicates) - b["other_not_screened"]
    left_too -= len(found.other_set_aside) + waits_too[Stage.TITLE_ABSTRACT]
    assessed = b["dbr_sought_reports"] - b["dbr_notretrieved_reports"]
    assessed_too = b["other_sought_reports"] - b["other_notretrieved_reports"]
    kept = b["dbr_assessed"] - b["dbr_excluded"] - waits[Stage.FULL_TEXT]
    kept += b["other_assessed"] - b["other_excluded"] - waits_too[Stage.FULL_TEXT]
    screened = identified - removed - b["records_not_screened"] + len(found.carried)
    reports = b["previous_reports"] - len(found.gone_reports) + b["new_reports"]
    studies = b["previous_studies"] - len(found.gone_studies) + b["new_studies"]
    out, out_too = found.reasons, found.other_reasons
    over = " + carried over" if found.since else ""
    total = "previous - no longer included + new" if found.since else "previous + new"
    sums = (
        (
            "records_screened",
            f"identified - removed before screening - not screened{over}",
            screened,
        ),
        ("dbr_sought_reports", "screened - excluded - awaiting a decision", left),
        ("dbr_assessed", "sought - not retrieved", assessed),
        ("dbr_excluded", "the sum of its reasons", sum(out.values())),
        (
            "other_sought_reports",
            f"found by other methods - duplicates - set aside - not screened - awaiting{over}",
            left_too,
        ),
        ("other_assessed", "sought - not retrieved", assessed_too),
        ("other_excluded", "the sum of its reasons", sum(out_too.values())),
        ("new_reports", "assessed - excluded - awaiting a decision", kept),
        ("total_reports", total, reports),
        ("total_studies", total, studies),
    )
    return [
        f"{box} is {b[box]}, but {rule} is {expected}."
        for box, rule, expected in sums
        if b[box] != expected
    ]


def way(source: str) -> str:
    """The box of a source of other methods."""
    if is_citation_search(source):
        return "citations_results"
    # A ranked list of like works is what a search engine of the web gives.
    return "organisation_results" if is_organisation(source) else "website_results"


class _Reasons:
    """Reports by the reason for which they were excluded."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = defaultdict(list)

    def add(self, p: ReportRow) -> None:
        """Count one report with its reason."""
        self._found[p.reason or (REASONS_DIFFER if p.reasons_differ else NO_REASON)].append(p.id)

    def most_first(self) -> dict[str, list[str]]:
        """Reason -> reports, the commonest first."""
        return dict(sorted(self._found.items(), key=lambda one: (-len(one[1]), one[0])))


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
    if p.place in (Place.INCLUDED, Place.STOPPED) or p.place.left:
        return None
    return Stage.FULL_TEXT if p.title_abstract is Decision.INCLUDE else Stage.TITLE_ABSTRACT


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


def _duplicates(records: Sequence[RecordRow], known: Collection[str]) -> list[str]:
    """All records of each report but the oldest one, which stands for it.

    Args:
        known: reports that an earlier record stands for already.
    """
    extra: list[str] = []
    met = set(known)
    for r in sorted(records):
        if r.report in met:
            extra.append(r.id)
        met.add(r.report)
    return extra


def _counts(found: Mapping[str, Sequence[str]]) -> dict[str, int]:
    return {name: len(ids) for name, ids in found.items()}


def _mismatched(records: Sequence[RecordRow], reports: Sequence[ReportRow]) -> list[str]:
    """Records whose report is not there, and reports without a record."""
    held, known = {r.report for r in records}, {p.id for p in reports}
    lost = [f"{name} has records but is no report." for name in sorted(held - known)]
    return lost + [f"{name} is a report without records." for name in sorted(known - held)]
