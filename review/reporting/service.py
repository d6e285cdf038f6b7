"""Reporting on a review: the flow diagram and all exports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from review.appraisal import reading as appraisal
from review.appraisal.forms import Form
from review.appraisal.judging import Settled
from review.coding.code_events import PAIRED
from review.errors import FileError
from review.events import ExportTaken
from review.extraction import service as extraction
from review.gaps import ledger_state
from review.gaps import service as gaps
from review.gaps.filters import Filters, words
from review.progress import NOBODY, Watch
from review.reporting.coverage import coverage
from review.reporting.exports import EXPORTS
from review.reporting.flow_boxes import Drawing
from review.reporting.flows import Wanted, choices_in, flow_of
from review.reporting.flows import flow as flow
from review.reporting.table_files import FORMATS as TABLE_FORMATS
from review.reporting.table_list import TABLES, Asked, sheets
from review.reporting.table_list import chosen as chosen_columns
from review.reporting.tables import ExportData, Row, Table
from review.reporting.texts import manuscript_tables
from review.reporting.texts.files import Text
from review.reporting.texts.manuscript_tables import Read
from review.store import (
    Connection,
    active_decisions,
    bulk_reads,
    edges,
    evidence,
    field_choices,
    log,
    records,
    report_content,
    reports,
    visible_votes,
)
from review.store.report_pages import MemberPages, Pages, ReportPages
from review.store.visible_votes import NO_VIEWER
from review.workspace import Workspace


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
    drawn: Wanted | None = None,
    watch: Watch = NOBODY,
) -> int:
    """Write the review in a format of `review.reporting.exports.EXPORTS`; whole or not at all.

    Args:
        only: the reports to write; None for all. The ``prisma2020`` counts are always of all.
        viewer: who will read it: votes that are out of their sight are not in it
            (`review.store.visible_votes`); None for whoever holds the database itself.
        filters: where some are on, only the reports and findings that the map counts under them.
        drawn: the flow diagram that is wanted; that of a new review by default.
        watch: told how many reports are read, and asked whether to stop.

    Returns:
        The number of reports in it.

    Raises:
        FileError: there is no such format, or the file cannot be written.
        DecisionError, NotFoundError: there is no version that an updated review could go on from.
        Cancelled: on request; there is no file.
    """
    chosen = EXPORTS.get(format.strip().lower())
    if chosen is None:
        raise FileError(f"There is no export '{format}'. Choose one of: {', '.join(EXPORTS)}.")
    counted = _counted(ws, filters)
    with export_data(ws, viewer, watch) as whole:
        found = whole if only is None else whole.narrowed(only)
        if counted is not None:
            found = _filtered(ws, found, counted, filters)
        found = replace(
            found,
            about=about(ws, filters),
            read_tables=lambda d: sheets(Asked(ws, d, filters), whole=only is None),
            read_text=lambda name: _text(ws, name, filters, _for_paper(ws, whole), drawn),
        )
        if drawn is not None:
            found = replace(found, read_drawing=lambda: drawn.drawing(ws))
        chosen.write(found, path)
        return len(found.reports)


def _text(
    ws: Workspace, name: str, filters: Filters | None, read: Read, drawn: Wanted | None
) -> Text:
    from review.reporting.texts import service as texts  # asks all features, tables need few

    return texts.text(ws, name, filters, read, drawn)


def _for_paper(ws: Workspace, data: ExportData) -> Read:
    """Reads the tables of a manuscript, which is of the whole review."""
    codebook = ws.protocol.codebook
    ids = {role: found.id for role in PAIRED if (found := codebook.find(role)) is not None}

    def read(name: str) -> tuple[list[Row], dict[str, str]]:
        roles = ids if name == "characteristics" else {}
        rows: list[Row] = [
            {**row, **{role: row.get(id_, "") for role, id_ in roles.items()}}
            for row in TABLES[name].make(Asked(ws, data)).rows
        ]
        cited = data.reports.narrowed(manuscript_tables.ids(rows))
        return rows, {
            report.id: manuscript_tables.short(report.id, report.lead) for report in cited
        }

    return read


@contextmanager
def table(
    ws: Workspace,
    name: str,
    *,
    viewer: str | None = NO_VIEWER,
    columns: Sequence[str] = (),
    filters: Filters | None = None,
) -> Iterator[Table]:
    """One table of `review.reporting.table_list.TABLES`; its rows are read within the block.

    Args:
        viewer, filters: as for `export`.
        columns: those wanted, in their order; all when none is named.

    Raises:
        FileError: there is no such table.
    """
    kind = TABLES.get(name.strip().lower())
    if kind is None:
        raise FileError(f"There is no table '{name}'. Choose one of: {', '.join(TABLES)}.")
    counted = _counted(ws, filters)
    with export_data(ws, viewer) as found:
        if counted is not None:
            found = _filtered(ws, found, counted, filters)
        yield chosen_columns(kind.make(Asked(ws, found, filters)), columns)


def write_table(
    ws: Workspace,
    name: str,
    path: Path,
    format: str = "",
    *,
    viewer: str | None = NO_VIEWER,
    columns: Sequence[str] = (),
    filters: Filters | None = None,
) -> None:
    """Write one table, as `table` gives it.

    Args:
        format: one of `review.reporting.table_files.FORMATS`; told by the file's ending when empty.

    Raises:
        FileError: there is no such table or format, or the file cannot be written.
    """
    ending = (format or path.suffix.removeprefix(".")).lower()
    written = TABLE_FORMATS.get(ending)
    if written is None:
        raise FileError(
            f"A table cannot be written as '{ending}'. Choose one of: {', '.join(TABLE_FORMATS)}."
        )
    with table(ws, name, viewer=viewer, columns=columns, filters=filters) as found:
        written.write(found, TABLES[name.strip().lower()].label, path)


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
        "full texts not retrieved": looked.not_retrieved,
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


def _filtered(
    ws: Workspace,
    found: ExportData,
    counted: tuple[frozenset[str], frozenset[str]],
    filters: Filters | None,
) -> ExportData:
    """What passes the filters, as `_counted` tells it."""
    kept, findings = counted
    return replace(
        found.narrowed(kept),
        findings=[f for f in found.findings if f.event in findings],
        read_ledger=lambda: ledger_state.ledger(ws, filters=filters),
    )


@contextmanager
def export_data(
    ws: Workspace, viewer: str | None = NO_VIEWER, watch: Watch = NOBODY
) -> Iterator[ExportData]:
    """All that the exports need, as of one moment and as far as the viewer may see it.

    Reports and their records are read as they are asked for, within the block.
    """
    with ws.store.read() as conn:
        ids = reports.ids(conn)
        watch.at(0, len(ids))
        pages = Pages(conn, ids, watch, every=True)
        yield ExportData(
            reports=ReportPages(conn, ids, pages),
            records=MemberPages(pages),
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
            read_drawing=lambda: Drawing(
                flow_of(conn), choices_in(conn, ws), title=ws.protocol.title
            ),
            reasons=reason_labels(ws),
            chosen=field_choices.chosen_fields(conn),
            retracted=evidence.retractions(conn, ws.protocol.codebook.retracting),
            read_ledger=lambda: ledger_state.ledger(ws),
            appraisals=_appraisals(conn, ws),
            extracted=extraction.rows_for(conn, ws, viewer),
            read_said=lambda events: report_content.said(conn, viewer, events),
            protocol=ws.protocol,
            adopted=bulk_reads.protocol_versions(conn),
        )


def _appraisals(conn: Connection, ws: Workspace) -> list[tuple[Form, list[Settled]]]:
    known = appraisal.forms(ws)
    used = appraisal.used_forms(conn, known) or list(known.values())[:1]
    return [(form, appraisal.settled_in(conn, form, ws)) for form in used]


def note_taken(ws: Workspace, actor: str, what: str, path: Path) -> int:
    """Say in the log that somebody took along votes that others must not know yet.

    Whoever holds the database itself may; a file of what a person may see anyway is not noted.

    Args:
        what: the format or the table.

    Returns:
        How many such votes there are; nothing is noted where there are none.
    """
    with ws.store.read() as conn:
        blind = visible_votes.still_blind(conn)
    if blind:
        with ws.store.write() as conn:
            taken = ExportTaken(what=what, file=path.name, blind=blind)
            log.append(conn, actor, [taken], protocol=ws.protocol.version)
    return blind
