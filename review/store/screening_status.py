"""Where reports stand in the screening: how many, which still wait for whom, which are disputed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from review.model import Decision, Stage
from review.people import person_key
from review.store.schema import member, report, vote

STATUSES: dict[str, ColumnElement[bool]] = {
    "awaiting title and abstract": report.c.title_abstract == str(Decision.AWAITING),
    "awaiting full text": and_(
        report.c.title_abstract == str(Decision.INCLUDE),
        report.c.full_text == str(Decision.AWAITING),
    ),
    "conflict": or_(
        report.c.title_abstract == str(Decision.CONFLICT),
        and_(
            report.c.title_abstract == str(Decision.INCLUDE),
            report.c.full_text == str(Decision.CONFLICT),
        ),
    ),
    "excluded": or_(
        report.c.title_abstract == str(Decision.EXCLUDE),
        and_(
            report.c.title_abstract == str(Decision.INCLUDE),
            report.c.full_text.in_([str(Decision.EXCLUDE), str(Decision.NOT_RETRIEVED)]),
        ),
    ),
    "included": and_(
        report.c.title_abstract == str(Decision.INCLUDE),
        report.c.full_text == str(Decision.INCLUDE),
    ),
}
"""Where a report can stand, in the words of the pages."""

EXCLUDED: ColumnElement[bool] = or_(
    report.c.title_abstract == str(Decision.EXCLUDE),
    report.c.full_text.in_([str(Decision.EXCLUDE), str(Decision.NOT_RETRIEVED)]),
)
"""`review.model.Report.excluded`, as the database says it."""


def counts(conn: Connection) -> list[tuple[Decision, Decision, int]]:
    """How many reports stand where.

    Returns:
        Rows of title-abstract decision, full-text decision, reports.
    """
    columns = (report.c.title_abstract, report.c.full_text)
    statement = select(*columns, func.count()).group_by(*columns)
    return [(Decision(a), Decision(b), int(n)) for a, b, n in conn.execute(statement)]


def queue_length(conn: Connection, stage: Stage, reviewer: str) -> int:
    """How many reports this reviewer has still to vote on at a stage."""
    waiting = _queue(stage, reviewer).order_by(None).subquery()
    return int(conn.execute(select(func.count()).select_from(waiting)).scalar() or 0)


def next_in_queue(
    conn: Connection, stage: Stage, reviewer: str, skip: Sequence[str] = ()
) -> str | None:
    """The report this reviewer should see next; None when the queue is empty."""
    statement = _queue(stage, reviewer)
    if skip:
        statement = statement.where(report.c.id.not_in(skip))
    found = conn.execute(statement.limit(1)).scalar()
    return None if found is None else str(found)


def disputable(conn: Connection) -> list[Row[Any]]:
    """Id, records and decisions of the reports whose votes may disagree.

    Those in conflict at a stage, and those excluded for no one reason.
    """
    decided = (report.c.title_abstract, report.c.full_text)
    excluded = or_(*(column == str(Decision.EXCLUDE) for column in decided))
    where = or_(
        *(column == str(Decision.CONFLICT) for column in decided),
        and_(excluded, report.c.reason == ""),
    )
    return list(conn.execute(select(report).where(where).order_by(report.c.id)))


def _queue(stage: Stage, reviewer: str) -> Select[Any]:
    """Statement for ids of reports this reviewer has still to vote on at a stage, in order."""
    own = exists().where(
        vote.c.record == member.c.record,
        member.c.report == report.c.id,
        vote.c.active,
        vote.c.stage == str(stage),
        vote.c.person == person_key(reviewer),
    )
    statement = select(report.c.id).where(~own).order_by(report.c.id)
    if stage is Stage.TITLE_ABSTRACT:
        return statement.where(report.c.title_abstract == str(Decision.AWAITING))
    return statement.where(
        report.c.title_abstract == str(Decision.INCLUDE),
        report.c.full_text == str(Decision.AWAITING),
    )
