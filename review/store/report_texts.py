"""What people write for the documents of a report: one text a place, the newest in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from review.events import Event, ReportStated
from review.store.projectors import Rows, projects
from review.store.report_text_tables import report_text


@dataclass(frozen=True, slots=True)
class ReportText:
    """What one person wrote for one place of one document.

    Attributes:
        event: id of the event that says so.
        document: id of a checklist, or ``flow-diagram``.
        none: the person said that there is nothing to report.
        protocol: version in force when it was said.
        active: whether it still stands; a newer one replaces it, an undo takes it back.
    """

    event: str
    document: str
    item: str
    text: str
    none: bool
    reviewer: str
    at: datetime
    protocol: str
    active: bool


@projects(ReportStated, report_text)
def _stated(ev: Event, data: ReportStated, rows: Rows) -> None:
    rows.add(
        report_text, ev,
        document=data.document, item=data.item, text=data.text, none=data.none,
        reviewer=data.reviewer, protocol=ev.protocol,
    )  # fmt: skip


def every(conn: Connection, document: str) -> list[ReportText]:
    """All texts there ever were for a document, oldest first."""
    statement = (
        select(report_text).where(report_text.c.document == document).order_by(report_text.c.seq)
    )
    return [
        ReportText(
            event=row.event,
            document=row.document,
            item=row.item,
            text=row.text,
            none=row.none,
            reviewer=row.reviewer,
            at=row.at,
            protocol=row.protocol,
            active=row.active,
        )
        for row in conn.execute(statement)
    ]


def in_force(conn: Connection, document: str) -> dict[str, ReportText]:
    """The text that counts at each place of a document that has one."""
    return {said.item: said for said in every(conn, document) if said.active}
