"""Following citations: works that cite included ones, and works that included ones cite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from review.errors import DecisionError
from review.model import Report
from review.sources.openalex import OpenAlex, Query
from review.store import Connection, reports, whole

SOURCE = whole.CITATIONS
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
        works: ids of works (``W…``), in order.
        unknown: included reports that no work of OpenAlex is known for.
    """

    works: tuple[str, ...]
    unknown: tuple[Report, ...]


def seeds(conn: Connection) -> Seeds:
    """The included reports, by the ids of their records."""
    included = reports.listing(conn, where=reports.STATUSES["included"])
    held = whole.records(conn, [r for p in included for r in p.record_ids])
    works: set[str] = set()
    unknown: list[Report] = []
    for report in included:
        own = {held[r].openalex_id for r in report.record_ids if held[r].openalex_id}
        works |= own
        if not own:
            unknown.append(report)
    return Seeds(tuple(sorted(works)), tuple(unknown))


def looked_up(
    found: Seeds, client: OpenAlex, cancelled: Callable[[], bool] = lambda: False
) -> Seeds:
    """The same with unknown works asked for by DOI and PMID, which costs nothing."""
    works, unknown = set(found.works), []
    for report in found.unknown:
        work = next(
            (w for name in identifiers(report) if (w := client.find(name, cancelled))), None
        )
        if work is None:
            unknown.append(report)
        else:
            works.add(work.openalex_id)
    return Seeds(tuple(sorted(works)), tuple(unknown))


def identifiers(report: Report) -> list[str]:
    """Names under which OpenAlex may know the lead record of a report."""
    lead = report.lead
    named = (("", lead.openalex_id), ("doi:", lead.doi), ("pmid:", lead.pmid))
    return [prefix + value for prefix, value in named if value]


def queries(direction: str, works: Sequence[str]) -> list[tuple[str, Query]]:
    """The searches for a direction: name and query, one for each hundred works.

    Raises:
        DecisionError: no such direction, or nothing is included yet.
    """
    if direction not in DIRECTIONS:
        raise DecisionError(f"There is no direction '{direction}'. Use {', '.join(DIRECTIONS)}.")
    if not works:
        raise DecisionError(
            "No included report is known to OpenAlex, so there is nothing to follow. "
            "Include reports at the full text first."
        )
    wanted = list(NAMES) if direction == "both" else [direction]
    found: list[tuple[str, Query]] = []
    for one in wanted:
        parts = [works[at : at + PER_CALL] for at in range(0, len(works), PER_CALL)]
        for place, part in enumerate(parts, start=1):
            name = NAMES[one] if len(parts) == 1 else f"{NAMES[one]}, part {place}"
            found.append((name, Query("", filters={_FILTERS[one]: "|".join(part)})))
    return found
