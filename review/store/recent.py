"""What happened of late, by the times of the log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Table, select

from review.events import RecordsAdded
from review.store.schema import event, finding, member, run, tag, touched


def new_reports(conn: Connection, since: datetime) -> list[tuple[str, datetime]]:
    """Report of each record that came in, and when; withdrawn ones are left out."""
    statement = (
        select(member.c.report, event.c.at)
        .select_from(event)
        .join(touched, touched.c.seq == event.c.seq)
        .join(member, member.c.record == touched.c.record)
        .where(event.c.kind == RecordsAdded.kind, event.c.at >= since)
        .order_by(event.c.seq, member.c.report)
    )
    return [(report, at) for report, at in conn.execute(statement)]


def tags(conn: Connection, since: datetime) -> list[tuple[str, datetime]]:
    """Report and time of each tag that counts."""
    return _given(conn, tag, since)


def findings(conn: Connection, since: datetime) -> list[tuple[str, datetime]]:
    """Report and time of each finding that counts."""
    return _given(conn, finding, since)


def _given(conn: Connection, table: Table, since: datetime) -> list[tuple[str, datetime]]:
    statement = (
        select(member.c.report, table.c.at)
        .join(member, member.c.record == table.c.record)
        .where(table.c.active, table.c.at >= since)
        .order_by(table.c.seq)
    )
    return [(report, at) for report, at in conn.execute(statement)]


def ended_runs(conn: Connection, since: datetime) -> list[str]:
    """Search runs and imports that ended."""
    statement = select(run.c.id).where(run.c.finished >= since).order_by(run.c.seq)
    return list(conn.execute(statement).scalars())
