"""What the offline map holds: the evidence, the words for it, where it comes from, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from review import __version__
from review.gaps import ledger_state
from review.gaps import service as gaps
from review.gaps.filters import NOT_APPRAISED, RISKS, Filters, places_label, places_of
from review.gaps.ledger import GapRow
from review.gaps.model import FINDING_DIMENSIONS
from review.model import Direction, Finding, Report
from review.protocol.codebook import KINDS, Dimension
from review.protocol.model import Search
from review.reporting import service as reporting
from review.reporting.coverage import coverage
from review.sources import registry
from review.store import past, reports, withdrawals
from review.workspace import Workspace

VIEWS = (("outcome", "study_design"), ("exposure", "outcome"), ("population", "outcome"))
"""The ready views of the map: rows and columns."""

AUTHORS = 3
"""Authors of a paper that are named."""

FIELDS = (
    "id", "study", "title", "year", "doi", "authors", "included", "retracted", "risk", "tagged",
    "tags", "findings", "suggested", "risks", "not_asked",
)  # fmt: skip
"""Of a report, in the order in which the file holds them; ``tagged``: whether people gave it any
value, also of a dimension that the file does not hold; ``risks``: that of each outcome where
results of it were judged apart; ``not_asked``: dimensions that do not apply to it."""


def content(ws: Workspace, made: datetime | None = None, *, team: bool = False) -> dict[str, Any]:
    """Everything that the offline map shows, as plain JSON values.

    Args:
        made: when the file is made; now when None.
        team: whether it names coders, and holds the team's notes on gaps. A file goes to whoever
            is given it, so it does not unless somebody says so.
    """
    book = ws.protocol.codebook
    places = places_of(book)
    dimensions = (*FINDING_DIMENSIONS, *([places.name] if places else []))
    facts = gaps.facts(ws, dimensions)
    risk, apart = gaps.risk_of_bias(ws), gaps.risk_by_outcome(ws)
    with ws.store.read() as conn:
        place = past.newest_place(conn)
        papers = {one.id: one for one in reports.by_ids(conn, [one.id for one in facts])}
        runs = withdrawals.runs_in_force(conn)
    matrix = gaps.matrix(ws, *VIEWS[0], Filters())
    flow = reporting.flow(ws)
    states = gaps.claims(ws)
    found = ledger_state.ledger(ws, *VIEWS[0])
    return {
        "title": ws.protocol.title,
        "question": ws.protocol.question.text,
        "protocol": ws.protocol.version,
        "program": __version__,
        "made": (made or datetime.now(UTC)).isoformat(timespec="seconds"),
        "event": place.event if place else "",
        "position": place.seq if place else 0,
        "state": place.at.isoformat(timespec="seconds") if place else "",
        "coverage": coverage(ws).words,
        "searched": matrix.searched.isoformat() if matrix.searched else None,
        "searches": [_search(one, gaps.newest_complete(one, runs)) for one in ws.protocol.searches],
        "boxes": {name: n for name, n in flow.boxes.items() if n},
        "views": [list(view) for view in VIEWS],
        "kinds": sorted(KINDS),
        "dimensions": {name: _dimension(book.dimension(name)) for name in dimensions},
        "places": places.name if places else None,
        "places_label": places_label(places) if places else "",
        "risks": list(RISKS) if risk else [],
        "directions": [str(one) for one in Direction],
        "frame": sorted(ws.protocol.frame.exposure),
        "areas": [
            {name: sorted(values) for name, values in area.items()}
            for area in gaps.searched_areas(ws)
        ],
        "fields": list(FIELDS),
        "reports": [
            [
                one.id, one.study, one.title, one.year, one.doi, _authors(papers.get(one.id)),
                int(one.included), int(one.retracted), risk.get(one.id, NOT_APPRAISED),
                int(bool(one.tags)),
                {d: sorted(one.tags[d]) for d in dimensions if one.tags.get(d)},
                [_finding(finding) for finding in one.findings],
                {d: list(one.suggested[d]) for d in dimensions if one.suggested.get(d)},
                {o: apart[one.id](o) or NOT_APPRAISED for o in sorted(one.likely("outcome"))}
                if one.id in apart else {},
                gaps.not_asked(ws, one, dimensions),
            ]
            for one in facts
        ],
        "claims": [
            {**said, "where": state.claim.where, "minimum": state.claim.minimum}
            for said, state in zip(gaps.claims_json(states), states, strict=True)
        ],
        "bars": [str(bar) for bar in found.bars],
        "ledger": [_gap(row, team=team) for row in found.rows],
        "team": team,
    }  # fmt: skip


def _dimension(dimension: Dimension) -> dict[str, Any]:
    return {
        "label": dimension.label,
        "values": [
            {
                "id": value.id,
                "label": value.label,
                "group": value.group,
                "form": value.id in dimension.forms,
                "kinds": sorted(dimension.kinds(value.id)),
                **({"parents": list(above)} if (above := dimension.parents(value.id)) else {}),
                **({"retired": True} if value.retired else {}),
                **({"becomes": list(value.becomes)} if value.retired and value.becomes else {}),
            }
            for value in dimension.values
        ],
    }


def _gap(row: GapRow, *, team: bool) -> dict[str, Any]:
    """One row of the ledger; what is empty, or the team's own, is left out."""
    aside = row.words.get("status")
    said = {
        "kind": str(row.place.kind),
        "label": row.label,
        "status": str(row.status),
        "priority": str(row.priority),
        "gap": str(row.gap) if row.gap else "",
        "rule": row.rule,
        "confirmed": row.evidence.confirmed,
        "suggested": row.evidence.suggested,
        "bars": {str(bar): str(gap) if gap else "" for bar, gap in row.bars.items()},
        "stays": row.stays,
        "searched": row.searched.date().isoformat() if row.searched else "",
        "searches": [one.search for one in row.looked],
        "claims": list(row.claims),
        "closed_by": list(row.closed_by),
        "reports": list(row.evidence.reports),
        "suggested_reports": list(row.evidence.suggested_reports),
    }
    if team:
        said |= {
            "coders": {who: at.date().isoformat() for who, at in row.coders.items()},
            "note": row.note,
            "aside": aside.text if aside else "",
        }
    return {"id": row.id} | {name: value for name, value in said.items() if value}


def _search(search: Search, run: Any) -> dict[str, Any]:
    return {
        "name": search.name,
        "label": search.label,
        "source": registry.label_of(search.source),
        "query": search.query,
        "run": run.id if run else "",
        "time": run.finished.isoformat(timespec="seconds") if run and run.finished else "",
        "records": run.received if run else 0,
    }


def _authors(report: Report | None) -> str:
    if report is None or not report.lead.authors:
        return ""
    named = "; ".join(report.lead.authors[:AUTHORS])
    return f"{named}; et al." if len(report.lead.authors) > AUTHORS else named


def _finding(finding: Finding) -> dict[str, str]:
    said = {name: str(getattr(finding, name)) for name in FINDING_DIMENSIONS}
    more = ("instrument", "comparator", "duration", "direction", "quote")
    return said | {name: str(value) for name in more if (value := getattr(finding, name))}
