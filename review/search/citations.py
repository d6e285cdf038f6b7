"""Following citations: works that cite included ones, and works that included ones cite."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from review.errors import DecisionError
from review.model import Report
from review.progress import not_cancelled
from review.sources.openalex.client import OpenAlex
from review.sources.source import Query
from review.store import Connection, bulk_reads, reports, run_checkpoints, screening_status

SOURCE = bulk_reads.CITATIONS
"""Source of these runs: the flow diagram counts what only they found among the other methods."""

Direction = Literal["citing", "cited", "both"]
DIRECTIONS: tuple[str, ...] = get_args(Direction)

NAMES = {"citing": "citing the included", "cited": "cited by the included"}
"""Direction -> name of its search in the log."""

LABELS = {
    "citing": "Works that cite included ones",
    "cited": "Works that included ones cite",
}
_FILTERS = {"citing": "cites", "cited": "cited_by"}

PER_CALL = 100
"""Ids in one filter, the most that OpenAlex takes."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """Included reports and their works.

    Attributes:
        reports: id of a work (``W…``) -> the report it is known for.
        unknown: included reports that no work of OpenAlex is known for.
    """

    reports: Mapping[str, Report]
    unknown: tuple[Report, ...]

    @property
    def works(self) -> tuple[str, ...]:
        """The ids of the works, in order."""
        return tuple(sorted(self.reports))


def seeds(conn: Connection) -> Seeds:
    """The included reports, by the ids of their records."""
    included = reports.listing(conn, where=screening_status.STATUSES["included"])
    held = bulk_reads.records(conn, [r for p in included for r in p.record_ids])
    works: dict[str, Report] = {}
    unknown: list[Report] = []
    for report in included:
        own = {held[r].openalex_id for r in report.record_ids if held[r].openalex_id}
        works |= dict.fromkeys(own, report)
        if not own:
            unknown.append(report)
    return Seeds(works, tuple(unknown))


def looked_up(
    found: Seeds, client: OpenAlex, cancelled: Callable[[], bool] = not_cancelled
) -> Seeds:
    """The same as the source knows the works now.

    Works that were merged into others since they were found are exchanged for these: what cited
    them cites the others now. That asks once for each hundred works, at the price of a page.
    Reports without a known work are asked for by DOI and PMID, which costs nothing.
    """
    works: dict[str, Report] = {}
    lost: dict[str, Report] = {}
    for part in _hundreds(found.works):
        listed = client.listed(part, cancelled)
        for id_ in part:
            (works if id_ in listed else lost)[id_] = found.reports[id_]
    asked = [(report, [id_, *identifiers(report)]) for id_, report in lost.items()]
    asked += [(report, identifiers(report)) for report in found.unknown]
    unknown: dict[str, Report] = {}
    for report, names in asked:
        hits = (client.find(name, cancelled) for name in dict.fromkeys(names))
        work = next((hit for hit in hits if hit is not None), None)
        if work is None:
            unknown[report.id] = report
        else:
            works[work.openalex_id] = report
    known = {report.id for report in works.values()}
    return Seeds(works, tuple(p for id_, p in unknown.items() if id_ not in known))


def identifiers(report: Report) -> list[str]:
    """Names under which OpenAlex may know the lead record of a report."""
    lead = report.lead
    named = (("", lead.openalex_id), ("doi:", lead.doi), ("pmid:", lead.pmid))
    return [prefix + value for prefix, value in named if value]


def left_out(conn: Connection, runs: Collection[str]) -> list[Report]:
    """Reports whose citations these runs could not follow, as OpenAlex did not know them."""
    named = {record for run in runs for record in run_checkpoints.left_out(conn, run)}
    return reports.by_ids(conn, set(bulk_reads.homes(conn, named).values()))


def queries(direction: str, found: Seeds) -> list[tuple[str, Query]]:
    """The searches for a direction: name and query, one for each hundred works.

    Raises:
        DecisionError: no such direction, nothing is included yet, or OpenAlex knows none of it.
    """
    if direction not in DIRECTIONS:
        raise DecisionError(f"There is no direction '{direction}'. Use {', '.join(DIRECTIONS)}.")
    works = found.works
    if not works and found.unknown:
        named = "; ".join(f"{p.id} {p.lead.title}".strip() for p in found.unknown)
        raise DecisionError(
            f"OpenAlex knows no included report, so there is nothing to follow: {named}."
        )
    if not works:
        raise DecisionError(
            "Nothing is included, so there is nothing to follow. "
            "Include reports at the full text first."
        )
    wanted = list(NAMES) if direction == "both" else [direction]
    asked: list[tuple[str, Query]] = []
    for one in wanted:
        parts = _hundreds(works)
        for place, part in enumerate(parts, start=1):
            name = NAMES[one] if len(parts) == 1 else f"{NAMES[one]}, part {place}"
            asked.append((name, Query("", filters={_FILTERS[one]: "|".join(part)})))
    return asked


def _hundreds(works: Sequence[str]) -> list[Sequence[str]]:
    return [works[at : at + PER_CALL] for at in range(0, len(works), PER_CALL)]
