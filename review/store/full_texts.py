"""Full texts: the rows their events write, and what of them counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from review.events import Event, FullTextAttached, FullTextStated
from review.model import Decision
from review.store.full_text_tables import attachment, full_text_said
from review.store.projectors import Rows, projects
from review.store.schema import member, record, record_raw, report


@projects(FullTextAttached, attachment)
def _attached(ev: Event, data: FullTextAttached, rows: Rows) -> None:
    rows.add(
        attachment, ev,
        record=data.record, sha256=data.sha256, name=data.name, size=data.size,
        pages=data.pages, how=data.how, reviewer=data.reviewer,
    )  # fmt: skip


@projects(FullTextStated, full_text_said)
def _stated(ev: Event, data: FullTextStated, rows: Rows) -> None:
    rows.add(
        full_text_said, ev,
        record=data.record, state=str(data.state), why=data.why, reviewer=data.reviewer,
    )  # fmt: skip


def attached(conn: Connection, report_id: str = "", *, ever: bool = False) -> list[Row[Any]]:
    """Files, oldest first, each with the report that now holds its record.

    Args:
        report_id: only of this one.
        ever: also those that were taken back.
    """
    return _of(conn, attachment, report_id, ever)


def said(conn: Connection, report_id: str = "") -> list[Row[Any]]:
    """What people said of getting full texts, oldest first."""
    return _of(conn, full_text_said, report_id, False)


def _of(conn: Connection, table: Any, report_id: str, ever: bool) -> list[Row[Any]]:
    statement: Select[Any] = (
        select(table, member.c.report)
        .join(member, member.c.record == table.c.record)
        .order_by(table.c.seq)
    )
    if not ever:
        statement = statement.where(table.c.active)
    if report_id:
        statement = statement.where(member.c.report == report_id)
    return list(conn.execute(statement))


def decided(conn: Connection, report_id: str = "") -> list[Row[Any]]:
    """Id, decisions and place of the reports whose full text is sought, or of the one named."""
    statement = select(
        report.c.id, report.c.title_abstract, report.c.full_text, report.c.place
    ).order_by(report.c.id)
    if report_id:
        statement = statement.where(report.c.id == report_id)
    else:
        statement = statement.where(report.c.title_abstract == str(Decision.INCLUDE))
    return list(conn.execute(statement))


def identities(conn: Connection) -> list[Row[Any]]:
    """What each record is known by, with the report that holds it."""
    statement = select(
        member.c.report, record.c.doi, record.c.pmid, record.c.authors, record.c.year,
        record.c.title,
    ).join(member, member.c.record == record.c.id)  # fmt: skip
    return list(conn.execute(statement))


def raw_entries(conn: Connection, report_id: str) -> list[Any]:
    """The records of a report as their sources gave them."""
    statement = (
        select(record_raw.c.raw)
        .join(member, member.c.record == record_raw.c.record)
        .where(member.c.report == report_id)
        .order_by(member.c.record)
    )
    return list(conn.execute(statement).scalars())
