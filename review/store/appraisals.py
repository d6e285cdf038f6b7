"""Risk of bias: the rows its events write, and what of them counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from review.events import DomainJudged, Event
from review.store.appraisal_tables import appraisal
from review.store.projectors import Rows, projects
from review.store.schema import member

COLUMNS = (
    "form", "form_version", "domain", "result", "answers", "judgement", "quote", "quote_place",
    "note", "consensus", "reviewer",
)  # fmt: skip


@projects(DomainJudged, appraisal)
def _judged(ev: Event, data: DomainJudged, rows: Rows) -> None:
    rows.add(
        appraisal, ev, record=data.record, answers=dict(data.answers),
        **{name: getattr(data, name) for name in COLUMNS if name != "answers"},
    )  # fmt: skip


def said(conn: Connection, report: str = "", form: str = "", domain: str = "") -> list[Row[Any]]:
    """What counts, oldest first, each with the report that now holds its record.

    Args:
        report, form, domain: only of these.
    """
    statement: Select[Any] = (
        select(appraisal, member.c.report)
        .join(member, member.c.record == appraisal.c.record)
        .where(appraisal.c.active)
        .order_by(appraisal.c.seq)
    )
    if report:
        statement = statement.where(member.c.report == report)
    if form:
        statement = statement.where(appraisal.c.form == form)
    if domain:
        statement = statement.where(appraisal.c.domain == domain)
    return list(conn.execute(statement))
