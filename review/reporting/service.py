"""Reporting on a review: the flow diagram and all exports."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from review.appraisal import reading as appraisal
from review.appraisal.forms import Form
from review.appraisal.judging import Settled
from review.coding import suggestion_account
from review.errors import FileError
from review.extraction import service as extraction
from review.gaps import ledger_state
from review.gaps import service as gaps
from review.gaps.filters import Filters, words
from review.reporting import flow_diagram, gap_text, prisma
from review.reporting.coverage import coverage
from review.reporting.exports import EXPORTS
from review.reporting.tables import ExportData
from review.screening import stop_outlook
from review.spreadsheet import whole_file
from review.store import (
    Connection,
    active_decisions,
    bulk_reads,
    edges,
    evidence,
    field_choices,
    records,
    reports,
    visible_votes,
)
from review.store.report_pages import MemberPages, ReportPages
from review.store.visible_votes import NO_VIEWER
from review.workspace import Workspace


def flow(ws: Workspace) -> prisma.Flow:
    """The flow diagram as it stands, with the ids behind every box."""
    with ws.store.read() as conn:
        return flow_of(conn)


def flow_of(conn: Connection) -> prisma.Flow:
    """The flow diagram within a transaction."""
    return prisma.flow(
        map(prisma.RecordRow._make, bulk_reads.memberships(conn)),
        map(prisma.ReportRow._make, bulk_reads.decisions(conn)),
    )


def write_prisma_svg(ws: Workspace, path: Path) -> prisma.Flow:
    """Write the flow diagram as an SVG picture.

    Raises:
        FileError: the file cannot be written.
    """
    found = flow(ws)
    _write_text(path, flow_diagram.svg(found, reason_labels(ws), ws.protocol.title))
    return found


def write_prisma_csv(ws: Workspace, path: Path) -> prisma.Flow:
    """Write the flow diagram as the PRISMA2020 R package reads it.

    Raises:
        FileError: the file cannot be written.
    """
    found = flow(ws)
    _write_text(path, flow_diagram.prisma2020_csv(found, reason_labels(ws)))
    return found


def reason_labels(ws: Workspace) -> dict[str, str]:
    """Exclusion reason -> words for it."""
    return {reason.id: reason.label for reason in ws.protocol.reasons}


def export(
    ws: Workspace,
    format: str,
    path: Path,
    only: Collection[str] | None = None,
    *,
    viewer: str | None = NO_VIEWER,
    filters: Filters | None = None,
) -> int:
    """Write the review in a format of `review.reporting.exports.EXPORTS`; whole or not at all.

    Args:
        only: the reports to write; None for all. The ``prisma2020`` counts are always of all.
        viewer: who will read it: votes that are out of their sight are not in it
            (`review.store.visible_votes`); None for whoever holds the database itself.
        filters: where some are on, only the reports and findings that the map counts under them.

    Returns:
        The number of reports in it.

    Raises:
        FileError: there is no such format, or the file cannot be written.
    """
    chosen = EXPORTS.get(format.strip().lower())
    if chosen is None:
        raise FileError(f"There is no export '{format}'. Choose one of: {', '.join(EXPORTS)}.")
    counted = _counted(ws, filters)
    with export_data(ws, viewer) as found:
        if only is not None:
            found = found.narrowed(only)
        if counted is not None:
            kept, findings = counted
            found = replace(
                found.narrowed(kept),
                findings=[f for f in found.findings if f.event in findings],
                read_ledger=lambda: ledger_state.ledger(ws, filters=filters),
                read_implications=lambda: gap_text.text(ws, filters=filters),
            )
        found = replace(found, about=about(ws, filters))
        chosen.write(found, path)
        return len(found.reports)


def about(ws: Workspace, filters: Filters | None = None) -> dict[str, object]:
    """What must be known to judge the numbers of a file: how much was looked at, and by what."""
    looked = coverage(ws)
    return {
        "review": ws.protocol.title,
        "protocol version": ws.protocol.version,
        "coverage": looked.sentence,
        "searches run to the end": looked.searched,
        "searches of the protocol": looked.searches,
        "last search": looked.last_search.isoformat() if looked.last_search else "",
        "reports": looked.reports,
        "reports screened": looked.screened,
        "reports not screened: stopped": looked.not_screened,
        "full texts to assess": looked.passed,
        "full texts assessed": looked.assessed,
        "reports coded": looked.coded,
        "filters": words(filters, ws.protocol.codebook) if filters else "",
    }


def _counted(
    ws: Workspace, filters: Filters | None
) -> tuple[frozenset[str], frozenset[str]] | None:
    """The reports and the findings that count under filters; None where none is on."""
    if filters is None or filters == Filters():
        return None
    return gaps.passing(ws, filters), gaps.passing_findings(ws, filters)


@contextmanager
def export_data(ws: Workspace, viewer: str | None = NO_VIEWER) -> Iterator[ExportData]:
    """All that the exports need, as of one moment and as far as the viewer may see it.

    Reports and their records are read as they are asked for, within the block.
    """
    with ws.store.read() as conn:
        ids = reports.ids(conn)
        yield ExportData(
            reports=ReportPages(conn, ids),
            records=MemberPages(conn, ids),
            votes=visible_votes.votes(conn, viewer),
            tags=active_decisions.tags(conn),
            findings=active_decisions.findings(conn),
            merges=[
                {
                    "event": e.event,
                    "kind": e.kind,
                    "record_a": e.record_a,
                    "record_b": e.record_b,
                    "actor": e.actor,
                    "time": e.time,
                    "score": e.score,
                    "why": e.why,
                    "counts": "yes" if e.active else "no",
                }
                for e in edges.find(conn)
            ],
            runs=records.runs(conn)[::-1],
            codebook=ws.protocol.codebook,
            read_flow=lambda: flow_of(conn),
            reasons=reason_labels(ws),
            chosen=field_choices.chosen_fields(conn),
            retracted=evidence.retractions(conn, ws.protocol.codebook.retracting),
            read_ledger=lambda: ledger_state.ledger(ws),
            read_implications=lambda: gap_text.text(ws),
            read_automation=lambda: suggestion_account.account(ws).paragraph(ws.protocol.codebook),
            read_stopping=lambda: stop_outlook.paragraph(stop_outlook.outlook(ws)),
            appraisals=_appraisals(conn, ws),
            extracted=extraction.rows_for(conn, ws, viewer),
            protocol=ws.protocol,
            adopted=bulk_reads.protocol_versions(conn),
        )


def _appraisals(conn: Connection, ws: Workspace) -> list[tuple[Form, list[Settled]]]:
    known = appraisal.forms(ws)
    used = appraisal.used_forms(conn, known) or list(known.values())[:1]
    return [(form, appraisal.settled_in(conn, form, ws)) for form in used]


def _write_text(path: Path, text: str) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")
