"""Where reports stand in the screening: how many, which still wait for whom, which are disputed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence, Set
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from review.model import QUEUES, Decision, Place, Stage
from review.store.chunks import chunks
from review.store.proposal_tables import queue_place
from review.store.queue_plans import QueuePlan
from review.store.report_rules import current_rules
from review.store.schema import report
from review.store.turns import has_voted, turn

FIRST_STRETCH, LONGER = 32, 8
"""Places of an order that are looked at together at first, and how many times more after that."""

PEOPLE_KNOWN = 256
"""Stages and people whose statements are kept."""

ANY = 2**31 - 1
"""No report lacks more votes."""

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


def queue_length(conn: Connection, stage: Stage, reviewer: str) -> int:
    """How many reports wait for this reviewer's vote at a stage."""
    return int(conn.execute(_count_waiting(stage, reviewer)).scalar() or 0)


def waiting_ids(conn: Connection, stage: Stage, reviewer: str) -> frozenset[str]:
    """The reports that wait for this reviewer's vote at a stage."""
    return frozenset(conn.execute(_waiting(stage, reviewer, mine=True)).scalars())


def waiting_among(
    conn: Connection, stage: Stage, reviewer: str, among: Collection[str]
) -> set[str]:
    """Those of some reports that wait for this reviewer's vote at a stage."""
    found: set[str] = set()
    for part in chunks(among):
        found.update(conn.execute(_among(stage, reviewer), {"among": part}).scalars())
    return found


def next_in_queue(
    conn: Connection,
    stage: Stage,
    reviewer: str,
    skip: Sequence[str] = (),
    *,
    order: QueuePlan | None = None,
    known: Set[str] | None = None,
) -> str | None:
    """The report this reviewer should see next; None when the queue is empty.

    Where several people vote, those that lack the fewest votes come first, so that what one has
    voted on gets its second vote, however differently people go on. Of these, and then of what
    nobody has voted on, first comes what has a place in the order, and last what came in since it
    was made.

    Args:
        order: in which they are shown; as they arrived when None.
        known: the reports of the queue, where they are known (`review.store.queue_memory`).
    """
    needed = int(current_rules(conn).reviewers.get(str(stage), 1)) if order is not None else 0

    def waits(among: list[str]) -> Set[str]:
        return waiting_among(conn, stage, reviewer, among) if known is None else known

    found: str | None = None
    if order is not None and needed > 1:
        found = _first_arrived(conn, stage, reviewer, skip, at_most=needed - 1)
        if found is not None:
            fewest = select(report.c.lacks).where(report.c.id == found).scalar_subquery()

            def begun(among: list[str]) -> Set[str]:
                like = select(report.c.id).where(report.c.id.in_(among), report.c.lacks == fewest)
                return waits(among) & set(conn.execute(like).scalars())

            return _first_placed(conn, order, begun, skip) or found
    if order is not None:
        found = _first_placed(conn, order, waits, skip)
    return found or _first_arrived(conn, stage, reviewer, skip)


def _first_place(conn: Connection, order: QueuePlan) -> int:
    """Where an order begins: below 0 where some of it had votes."""
    first = select(func.min(queue_place.c.position)).where(queue_place.c.plan == order.number)
    return int(conn.execute(first).scalar() or 0)


def _first_arrived(
    conn: Connection, stage: Stage, reviewer: str, skip: Sequence[str], at_most: int = ANY
) -> str | None:
    """The first report of a queue: what lacks the fewest votes, and of that what came in first."""
    found: str | None = conn.execute(
        _arrived(stage, reviewer), {"lacking": at_most, "skip": list(skip)}
    ).scalar()
    return found


def _first_placed(
    conn: Connection,
    order: QueuePlan,
    waits: Callable[[list[str]], Set[str]],
    skip: Sequence[str],
) -> str | None:
    """The first report of an order that waits.

    It is looked for in stretches of growing length. A database that knows nothing yet of the rows
    of an order, as they were written a moment ago, would else look at all that waits and sort it.

    Args:
        waits: of some reports those that wait; it may name others besides.
    """
    start, length, left = _first_place(conn, order), FIRST_STRETCH, set(skip)
    while True:
        stretch = (
            select(queue_place.c.report)
            .where(
                queue_place.c.plan == order.number,
                queue_place.c.position.between(start, start + length - 1),
            )
            .order_by(queue_place.c.position)
        )
        placed = list(conn.execute(stretch).scalars())
        here = waits(placed)
        found = next((one for one in placed if one in here and one not in left), None)
        if found is not None or not placed:
            return found
        start, length = start + length, length * LONGER


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


# The statements are made once a person: to put one of them together takes longer than to run it.


@lru_cache(maxsize=PEOPLE_KNOWN)
def waits_for(stage: Stage, reviewer: str) -> ColumnElement[bool]:
    """Whether a report waits for this reviewer's vote at a stage."""
    return (report.c.place == str(QUEUES[stage])) & _theirs(stage, reviewer)


@lru_cache(maxsize=PEOPLE_KNOWN)
def _theirs(stage: Stage, reviewer: str) -> ColumnElement[bool]:
    """Whether a report that waits at a stage waits for this reviewer."""
    # Where a report waits, no final vote counts.
    mine = or_(report.c.voters == 0, ~has_voted(reviewer, stage))
    return mine & turn(stage, reviewer)


@lru_cache(maxsize=PEOPLE_KNOWN)
def _waiting(stage: Stage, reviewer: str, *, mine: bool) -> Select[Any]:
    """Statement for ids of reports that wait for votes at a stage, in order.

    Args:
        mine: those that wait for this reviewer, or those that wait for others.
    """
    waits = select(report.c.id).where(report.c.place == str(QUEUES[stage])).order_by(report.c.id)
    yours = waits_for(stage, reviewer)
    return waits.where(yours if mine else ~yours)


@lru_cache(maxsize=PEOPLE_KNOWN)
def _count_waiting(stage: Stage, reviewer: str) -> Select[Any]:
    return select(func.count()).select_from(report).where(waits_for(stage, reviewer))


@lru_cache(maxsize=PEOPLE_KNOWN)
def _among(stage: Stage, reviewer: str) -> Select[Any]:
    named = report.c.id.in_(bindparam("among", expanding=True))
    # Few are named and many may wait: as a plain column the place would be looked up by its index.
    waits = report.c.place.concat("") == str(QUEUES[stage])
    return select(report.c.id).where(named, waits, _theirs(stage, reviewer))


@lru_cache(maxsize=PEOPLE_KNOWN)
def _arrived(stage: Stage, reviewer: str) -> Select[Any]:
    return (
        select(report.c.id)
        .where(
            waits_for(stage, reviewer),
            report.c.lacks <= bindparam("lacking"),
            report.c.id.not_in(bindparam("skip", expanding=True)),
        )
        .order_by(report.c.lacks, report.c.id)
        .limit(1)
    )
