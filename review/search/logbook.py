"""The search log as PRISMA-S asks for it: each item with what the review knows of it.

Items are those of PRISMA-S (Rethlefsen et al. 2021, https://doi.org/10.1186/s13643-020-01542-z).
What nobody said is left blank: "none" stands only where a person wrote it.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from review.model import EventKind, SearchRun
from review.search.chasing import SOURCE as CITATIONS
from review.sources.openalex_works import SOURCE as OPENALEX
from review.spreadsheet import escape
from review.store import log, records, trails, whole
from review.workspace import Workspace

ITEMS = {
    1: "Database name and platform",
    2: "Multi-database searching",
    3: "Study registries",
    4: "Online resources and browsing",
    5: "Citation searching",
    6: "Contacts",
    7: "Other methods",
    8: "Full search strategy",
    9: "Limits and restrictions",
    10: "Search filters",
    11: "Prior work",
    12: "Updates",
    13: "Dates of searches",
    14: "Peer review",
    15: "Total records",
    16: "Deduplication",
}

REGISTRIES = ("clinicaltrials", "ctgov", "ictrp", "isrctn", "euctr", "ctis", "prospero")

COLUMNS = ("item", "name", "about", "value", "known")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log.

    Attributes:
        item: number of the item, 1 to 16.
        about: the run, search or source it speaks of; ``""`` for the whole review.
        value: what is known, ``""`` for nothing.
        known: ``recorded`` by this tool, ``stated`` by a person, or ``not stated``.
    """

    item: int
    name: str
    about: str
    value: str
    known: str


def entries(ws: Workspace) -> list[Entry]:
    """Every item, with as many lines as there is to say; runs that were withdrawn are left out."""
    with ws.store.read() as conn:
        withdrawn = whole.withdrawn_runs(conn)
        runs = [r for r in records.runs(conn)[::-1] if r.id not in withdrawn]
        totals = records.count_by_source(conn)
        deduped = [e.payload for e in log.events(conn, [EventKind.DEDUPED])]
        joined = [e for e in whole.edges(conn, "merge", active=True)]
        stops = {r.id: trails.stops(conn, r.id) for r in runs if r.resumed}
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for run in runs:
        _run_lines(ws, run, found, stops.get(run.id, []))
    _again(runs, found)
    for source, n in totals.items():
        found[15].append((source, f"{n} records", "recorded"))
        if source.lower().startswith(REGISTRIES):
            found[3].append((source, f"{n} records", "recorded"))
    for p in deduped[-1:]:
        told = f"{p.get('rules', '')}: {p.get('merged', 0)} pairs joined by rule in the last run"
        by_hand = len([e for e in joined if e.actor != p.get("rules")])
        value = f"{told}, {len(joined)} joins in force, {by_hand} of them under a person's name"
        found[16].append(("", value, "recorded"))
    lines: list[Entry] = []
    for item, name in ITEMS.items():
        said = found.get(item) or [("", "", "not stated")]
        lines += [Entry(item, name, about, value, known) for about, value, known in said]
    return lines


def to_csv(lines: Iterable[Entry]) -> str:
    """The log as CSV; cells that a spreadsheet would run are made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([escape(str(value)) for value in astuple(line)])
    return out.getvalue()


def _run_lines(
    ws: Workspace,
    run: SearchRun,
    found: dict[int, list[tuple[str, str, str]]],
    stops: Sequence[str],
) -> None:
    about = f"{run.search} ({run.id})"
    online = run.source in (OPENALEX, CITATIONS) and run.request.startswith("http")
    host = run.request.split("/works", 1)[0]
    place = f"OpenAlex, {host}" if online else f"{run.source}, from a file"
    found[1].append((about, place, "recorded"))
    if run.source == CITATIONS:
        found[5].append((about, f"OpenAlex: works {run.search}", "recorded"))
    found[8].append((about, run.request, "recorded"))
    search = next((s for s in ws.protocol.searches if s.name == run.search), None)
    if search is not None:
        found[8].append((about, search.query, "stated"))
        found[9].append((about, search.limits, "stated"))
        for name, value in search.filters.items():
            found[9].append((about, f"{name}: {value}", "recorded"))
    when = f"{run.started:%Y-%m-%d %H:%M} UTC"
    if stops:
        when += f"; stopped and taken up again {len(stops)} times: {' / '.join(stops)}"
    found[13].append((about, when, "recorded"))
    came = f"{run.received} of {run.promised}" if run.promised is not None else str(run.received)
    ended = f"{came} records received, {run.added} new; {run.outcome}"
    found[15].append((about, f"{ended}. {run.why}".strip(), "recorded"))


def _again(runs: Sequence[SearchRun], found: dict[int, list[tuple[str, str, str]]]) -> None:
    by_search: dict[tuple[str, str], list[SearchRun]] = defaultdict(list)
    for run in runs:
        by_search[run.search, run.request].append(run)
    for (name, _request), several in by_search.items():
        if len(several) > 1:
            days = ", ".join(f"{r.started:%Y-%m-%d}" for r in several)
            found[12].append((name, f"run {len(several)} times: {days}", "recorded"))
