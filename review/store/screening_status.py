"""Where reports stand in the screening: how many, which still wait for whom, which are disputed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from review.model import QUEUES, Decision, Place, Stage
from review.store.schema import report
from review.store.turns import has_voted, turn

EXCLUDED: ColumnElement[bool] = report.c.place.in_([str(p) for p in Place if p.left])
"""`review.model.Report.excluded`, as the database says it."""

STATUSES: dict[str, ColumnElement[bool]] = {
    **{str(p): report.c.place == str(p) for p in Place},
    str(Place.EXCLUDED): EXCLUDED,
}
"""Where a report can be, in the words of the pages; what is excluded for several reasons is
excluded too."""

INCLUDED = STATUSES[str(Place.INCLUDED)]


def counts(conn: Connection) -> list[tuple[Decision, Decision, Place, int]]:
    """How many reports are where.

    Returns:
        Rows of title-abstract decision, full-text decision, place, reports.
    """
    columns = (report.c.title_abstract, report.c.full_text, report.c.place)
    statement = select(*columns, func.count()).group_by(*columns)
    return [(Decision(a), Decision(b), Place(p), int(n)) for a, b, p, n in conn.execute(statement)]


def queue_length(
    conn: Connection, stage: Stage, reviewer: str, *, only: ColumnElement[bool] | None = None
) -> int:
    """How many reports wait for this reviewer's vote at a stage.

    Args:
        only: what else must hold of them.
    """
    waits = _waiting(stage, reviewer, mine=True).order_by(None)
    waiting = (waits if only is None else waits.where(only)).subquery()
    return int(conn.execute(select(func.count()).select_from(waiting)).scalar() or 0)


def next_in_queue(
    conn: Connection,
    stage: Stage,
    reviewer: str,
    skip: Sequence[str] = (),
    *,
    only: ColumnElement[bool] | None = None,
) -> str | None:
    """The report this reviewer should see next; None when the queue is empty.

    Where several people vote, those that lack the fewest votes come first, so that what one has
    voted on gets its second vote, however differently people go on.

    Args:
        only: what else must hold of it.
    """
    statement = _waiting(stage, reviewer, mine=True)
    statement = statement.order_by(None).order_by(report.c.lacks, report.c.id)
    if skip:
        statement = statement.where(report.c.id.not_in(skip))
    if only is not None:
        statement = statement.where(only)
    found = conn.execute(statement.limit(1)).scalar()
    return None if found is None else str(found)


def voted_and_waiting(conn: Connection, stage: Stage, reviewer: str) -> list[str]:
    """Reports that wait at a stage for somebody else than this reviewer: they have voted, or it is
    not their turn (`review.store.turns`)."""
    return list(conn.execute(_waiting(stage, reviewer, mine=False)).scalars())


def disputable(conn: Connection) -> list[Row[Any]]:
    """The reports on which votes disagree: on the decision, or on the reason of an exclusion."""
    disputed = [str(Place.CONFLICT), str(Place.REASONS_DIFFER)]
    return list(
        conn.execute(select(report).where(report.c.place.in_(disputed)).order_by(report.c.id))
    )


def waits_for(stage: Stage, reviewer: str) -> ColumnElement[bool]:
    """Whether a report waits for this reviewer's vote at a stage."""
    # Where a report waits, no final vote counts.
    mine = or_(report.c.voters == 0, ~has_voted(reviewer, stage))
    return (report.c.place == str(QUEUES[stage])) & mine & turn(stage, reviewer)


def _waiting(stage: Stage, reviewer: str, *, mine: bool) -> Select[Any]:
    """Statement for ids of reports that wait for votes at a stage, in order.

    Args:
        mine: those that wait for this reviewer, or those that wait for others.
    """
    waits = select(report.c.id).where(report.c.place == str(QUEUES[stage])).order_by(report.c.id)
    yours = waits_for(stage, reviewer)
    return waits.where(yours if mine else ~yours)
