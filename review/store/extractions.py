"""Data extraction: the rows its events write, and what of them counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from review.events import Event, ValueExtracted
from review.store.extraction_tables import extracted
from review.store.projectors import Rows, projects
from review.store.schema import member, report

COLUMNS = (
    "field", "arm", "value", "unit", "state", "quote", "quote_place", "note", "consensus",
    "reviewer",
)  # fmt: skip


@projects(ValueExtracted, extracted)
def _extracted(ev: Event, data: ValueExtracted, rows: Rows) -> None:
    said = {name: getattr(data, name) for name in COLUMNS}
    rows.add(extracted, ev, record=data.record, **said | {"state": str(data.state)})


def said(conn: Connection, report_id: str = "") -> list[Row[Any]]:
    """What counts, oldest first, each with the report and the study that now hold its record.

    Args:
        report_id: only of this report.
    """
    statement: Select[Any] = (
        select(extracted, member.c.report, report.c.study)
        .join(member, member.c.record == extracted.c.record)
        .join(report, report.c.id == member.c.report)
        .where(extracted.c.active)
        .order_by(extracted.c.seq)
    )
    if report_id:
        statement = statement.where(member.c.report == report_id)
    return list(conn.execute(statement))
