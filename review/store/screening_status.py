"""Where reports stand in the screening: how many, which still wait for whom, which are disputed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from review.model import QUEUES, Decision, Place, Stage
from review.store.proposal_tables import queue_place
from review.store.queue_plans import QueuePlan
from review.store.report_rules import current_rules
from review.store.schema import report
from review.store.turns import has_voted, turn

FIRST_STRETCH, LONGER = 32, 8
"""Places of an order that are looked at together at first, and how many times more after that."""

EXCLUDED: ColumnElement[bool] = report.c.place.in_([str(p) for p in Place if p.left])
"""`review.model.Report.excluded`, as the database says it."""

STATUSES: dict[str, ColumnElement[bool]] = {
    **{str(p): report.c.place == str(p) for p in Place},
    str(Place.EXCLUDED): EXCLUDED,
}
"""Where a report can be, in the words of the pages; what is excluded for several reasons is
excluded too."""

INCLUDED = STATUSES[str(Place.INCLUDED)]

LEFT_UNSCREENED = STATUSES[str(Place.STOPPED)]
"""Whether a stop left a report unscreened: it waits for nothing, coding included."""


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
    order: QueuePlan | None = None,
    only: ColumnElement[bool] | None = None,
) -> str | None:
    """The report this reviewer should see next; None when the queue is empty.

    Where several people vote, those that lack the fewest votes come first, so that what one has
    voted on gets its second vote, however differently people go on. Of these, and then of what
    nobody has voted on, first comes what has a place in the order, and last what came in since it
    was made.

    Args:
        order: in which they are shown; as they arrived when None.
        only: what else must hold of it.
    """
    conditions = [] if only is None else [only]
    if skip:
        conditions.append(report.c.id.not_in(skip))
    needed = int(current_rules(conn).reviewers.get(str(stage), 1)) if order is not None else 0
    waits = waits_for(stage, reviewer)
    found: str | None = None
    if order is not None and needed > 1:
        found = _first_arrived(conn, stage, reviewer, report.c.lacks < needed, *conditions)
        if found is not None:
            fewest = select(report.c.lacks).where(report.c.id == found).scalar_subquery()
            begun = (report.c.lacks == fewest, waits, *conditions)
            return _first_placed(conn, order, _first_place(conn, order), *begun) or found
    if order is not None:
        found = _first_placed(conn, order, 0, waits, *conditions)
    return found or _first_arrived(conn, stage, reviewer, *conditions)


def _first_place(conn: Connection, order: QueuePlan) -> int:
    """Where an order begins: below 0 where some of it had votes."""
    first = select(func.min(queue_place.c.position)).where(queue_place.c.plan == order.number)
    return int(conn.execute(first).scalar() or 0)


def _first_arrived(
    conn: Connection, stage: Stage, reviewer: str, *conditions: ColumnElement[bool]
) -> str | None:
    """The first report of a queue of which all conditions hold: what lacks the fewest votes, and
    of that what came in first."""
    statement = _waiting(stage, reviewer, mine=True).where(*conditions).order_by(None)
    statement = statement.order_by(report.c.lacks, report.c.id)
    found: str | None = conn.execute(statement.limit(1)).scalar()
    return found


def _first_placed(
    conn: Connection, order: QueuePlan, start: int, *conditions: ColumnElement[bool]
) -> str | None:
    """The first report of an order, from a place on, of which all conditions hold.

    It is looked for in stretches of growing length. A database that knows nothing yet of the rows
    of an order, as they were written a moment ago, would else look at all of them and sort.
    """
    length = FIRST_STRETCH
    while True:
        stretch = queue_place.c.position.between(start, start + length - 1)
        of_order = queue_place.c.plan == order.number
        statement = (
            select(queue_place.c.report)
            .join(report, report.c.id == queue_place.c.report)
            .where(of_order, stretch, *conditions)
            .order_by(queue_place.c.position)
        )
        found: str | None = conn.execute(statement.limit(1)).scalar()
        start, length = start + length, length * LONGER
        more = select(queue_place.c.position).where(of_order, queue_place.c.position >= start)
        if found is not None or conn.execute(more.limit(1)).scalar() is None:
            return found


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
