"""Following citations: works that cite included ones, and works that included ones cite."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from review.errors import DecisionError
from review.model import Record, Report
from review.progress import not_cancelled
from review.sources.source import CitationDirection, CitationLinks, LookUps, Query
from review.store import Connection, bulk_reads, reports, run_checkpoints, screening_status

Direction = Literal["citing", "cited", "both"]
DIRECTIONS: tuple[str, ...] = get_args(Direction)

NAMES: Mapping[CitationDirection, str] = {
    "citing": "citing the included",
    "cited": "cited by the included",
}
"""Direction -> name of its search in the log."""

LABELS: Mapping[CitationDirection, str] = {
    "citing": "Works that cite included ones",
    "cited": "Works that included ones cite",
}


@dataclass(frozen=True, slots=True)
class Seeds:
    """Included reports and their works.

    Attributes:
        reports: id of a work at the source -> the report it is known for.
        unknown: included reports that no work of the source is known for.
    """

    reports: Mapping[str, Report]
    unknown: tuple[Report, ...]

    @property
    def works(self) -> tuple[str, ...]:
        """The ids of the works, in order."""
        return tuple(sorted(self.reports))


def seeds(conn: Connection, source: LookUps) -> Seeds:
    """The included reports, by the ids that their records have at a source."""
    included = reports.listing(conn, where=screening_status.INCLUDED)
    held = bulk_reads.records(conn, [r for p in included for r in p.record_ids])
    works: dict[str, Report] = {}
    unknown: list[Report] = []
    for report in included:
        own = set(filter(None, (source.id_of(held[r]) for r in report.record_ids)))
        works |= dict.fromkeys(own, report)
        if not own:
            unknown.append(report)
    return Seeds(works, tuple(unknown))


def looked_up(
    found: Seeds, source: CitationLinks, cancelled: Callable[[], bool] = not_cancelled
) -> Seeds:
    """The same as the source knows the works now.

    Works that were merged into others since they were found are exchanged for these: what cited
    them cites the others now. That asks once for as many works as one query holds, at the price
    of a page. Reports without a known work are asked for by DOI and PMID.
    """
    works: dict[str, Report] = {}
    lost: dict[str, Report] = {}
    for part in _parts(found.works, source.ids_per_query):
        listed = source.listed(part, cancelled)
        for id_ in part:
            (works if id_ in listed else lost)[id_] = found.reports[id_]
    asked = [(report, [id_, *identifiers(source, report)]) for id_, report in lost.items()]
    asked += [(report, identifiers(source, report)) for report in found.unknown]
    unknown: dict[str, Report] = {}
    for report, names in asked:
        hits = (source.find(name, cancelled) for name in dict.fromkeys(names))
        work = next((hit for hit in hits if hit is not None), None)
        if work is None:
            unknown[report.id] = report
        else:
            works[source.id_of(work)] = report
    known = {report.id for report in works.values()}
    return Seeds(works, tuple(p for id_, p in unknown.items() if id_ not in known))


def identifiers(source: LookUps | type[LookUps], report: Report) -> list[str]:
    """Names under which a source may know the lead record of a report."""
    return [*filter(None, [source.id_of(report.lead)]), *public_identifiers(report.lead)]


def public_identifiers(record: Record) -> list[str]:
    """Names under which any source may know a record: by DOI and PMID."""
    named = (("doi:", record.doi), ("pmid:", record.pmid))
    return [prefix + value for prefix, value in named if value]


def left_out(conn: Connection, runs: Collection[str]) -> list[Report]:
    """Reports whose citations these runs could not follow, as the source did not know them."""
    named = {record for run in runs for record in run_checkpoints.left_out(conn, run)}
    return reports.by_ids(conn, set(bulk_reads.homes(conn, named).values()))


def queries(direction: str, found: Seeds, source: CitationLinks) -> list[tuple[str, Query]]:
    """The searches for a direction: name and query, one for as many works as one query holds.

    Raises:
        DecisionError: no such direction, nothing is included yet, or the source knows none of it.
    """
    if direction not in DIRECTIONS:
        raise DecisionError(f"There is no direction '{direction}'. Use {', '.join(DIRECTIONS)}.")
    works = found.works
    if not works and found.unknown:
        named = "; ".join(f"{p.id} {p.lead.title}".strip() for p in found.unknown)
        raise DecisionError(
            f"{source.label} knows no included report, so there is nothing to follow: {named}."
        )
    if not works:
        raise DecisionError(
            "Nothing is included, so there is nothing to follow. "
            "Include reports at the full text first."
        )
    asked: list[tuple[str, Query]] = []
    for one, search in NAMES.items():
        if direction not in (one, "both"):
            continue
        parts = _parts(works, source.ids_per_query)
        for place, part in enumerate(parts, start=1):
            name = search if len(parts) == 1 else f"{search}, part {place}"
            asked.append((name, source.citation_query(one, part)))
    return asked


def _parts(works: Sequence[str], size: int) -> list[Sequence[str]]:
    return [works[at : at + size] for at in range(0, len(works), size)]
