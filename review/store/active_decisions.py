"""What people judged of reports and still counts: votes, tags, findings and notes.

Each is kept with the record it was given to, and is told of the report that now holds that record.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, select

from review.model import Direction, Finding, Stage, Tag, Vote, VoteValue
from review.store.chunks import chunks
from review.store.schema import finding, member, note, tag, vote

_AS_GIVEN = (
    "report exposure population outcome study_design instrument comparator duration quote "
    "reviewer event"
).split()
"""Fields of a finding that are columns of its table as they are."""


def votes(conn: Connection, report_id: str | None = None) -> list[Vote]:
    """Votes, in order of the log, on one report or on all."""
    return [_vote(row) for row in conn.execute(_counting(vote, report_id))]


def votes_of(conn: Connection, ids: Collection[str]) -> dict[str, list[Vote]]:
    """Votes on some reports, in order of the log; a report without any is left out."""
    found: dict[str, list[Vote]] = {}
    for part in chunks(sorted(ids)):
        for row in conn.execute(_counting(vote).where(member.c.report.in_(part))):
            found.setdefault(row.report, []).append(_vote(row))
    return found


def votes_ever(conn: Connection) -> list[tuple[Vote, bool, bool]]:
    """All votes on reports of the review, in order of the log, replaced and undone ones too.

    Returns:
        Each vote, whether it settled a conflict, and whether it counts.
    """
    statement = (
        select(vote, member.c.report)
        .join(member, member.c.record == vote.c.record)
        .order_by(vote.c.seq)
    )
    return [(_vote(row), bool(row.final), bool(row.active)) for row in conn.execute(statement)]


def tags(conn: Connection, report_id: str | None = None) -> list[Tag]:
    """Tags, in order of the log, of one report or of all."""
    return [
        Tag(
            report=row.report,
            dimension=row.dimension,
            value=row.value,
            reviewer=row.reviewer,
            quote=row.quote,
            time=row.at,
            event=row.event,
        )
        for row in conn.execute(_counting(tag, report_id))
    ]


def findings(
    conn: Connection, report_id: str | None = None, among: Collection[str] | None = None
) -> list[Finding]:
    """Findings, in order of the log, of one report, of some or of all."""
    statement = _counting(finding, report_id)
    if among is not None:
        statement = statement.where(member.c.report.in_(sorted(among)))
    return [
        Finding(
            **{name: row._mapping[name] for name in _AS_GIVEN},
            direction=Direction(row.direction),
            time=row.at,
        )
        for row in conn.execute(statement)
    ]


def notes(conn: Connection, report_id: str) -> list[tuple[str, str, datetime]]:
    """Notes on a report: reviewer, text, time."""
    rows = conn.execute(_counting(note, report_id))
    return [(row.reviewer, row.text, row.at) for row in rows]


def codes_by_reviewer(conn: Connection) -> list[tuple[str, str, int]]:
    """What every reviewer coded: name, ``tags`` or ``findings``, how many."""
    found: list[tuple[str, str, int]] = []
    for table, kind in ((tag, "tags"), (finding, "findings")):
        statement = (
            select(table.c.reviewer, func.count())
            .join(member, member.c.record == table.c.record)
            .where(table.c.active)
            .group_by(table.c.reviewer)
            .order_by(table.c.reviewer)
        )
        found += [(name, kind, int(n)) for name, n in conn.execute(statement)]
    return found


def _counting(table: Table, report_id: str | None = None) -> Select[Any]:
    """The rows of a table that count, each with the report that now holds its record."""
    statement = (
        select(table, member.c.report)
        .join(member, member.c.record == table.c.record)
        .where(table.c.active)
        .order_by(table.c.seq)
    )
    return statement if report_id is None else statement.where(member.c.report == report_id)


def _vote(row: Row[Any]) -> Vote:
    return Vote(
        report=row.report,
        stage=Stage(row.stage),
        reviewer=row.reviewer,
        vote=VoteValue(row.vote),
        reason=row.reason,
        note=row.note,
        time=row.at,
        event=row.event,
        run=row.run,
    )
