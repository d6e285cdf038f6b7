"""The order in which the reports of a stage are shown: storing it, and what it is made of.

An order is a list of reports under a number: from place 0 on what nobody had voted on, and before
it, at places below 0, what some had and others are still to vote on. It is written in parts, so
that no vote waits for it, and comes into force at once when the last is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, delete, func, insert, select, update

from review.events import EventData, OrderTrained, Undone, VoteCast
from review.model import QUEUES, Decision, Order, Stage, VoteValue
from review.store.pairs import waiting as possible_duplicates
from review.store.proposal_tables import queue_place, queue_plan
from review.store.schema import event, member, record, report, vote

PART = 2_000
"""Places written in one transaction."""


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """The order of a stage.

    Attributes:
        number: that its places are stored under.
        seq: the last event that it knows of.
        event: what the log says of the model that made it; ``""`` where none did.
        votes: that the model learned from.
        sample: reports in the random sample that comes first; 0 without one.
        sample_left: how many of these nobody had voted on.
        seed: of the draw of the sample.
    """

    stage: Stage
    number: int
    order: Order
    at: datetime
    seq: int
    event: str = ""
    votes: int = 0
    sample: int = 0
    sample_left: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A report of a stage, as an order sees it.

    Attributes:
        lead: the record it is shown by.
        waits: whether it waits for a vote there; ``unseen`` whether nobody has voted on it either.
    """

    report: str
    lead: str
    study: str
    year: int | None
    waits: bool
    unseen: bool


@dataclass(frozen=True, slots=True)
class Label:
    """What people said of a report at a stage: whether it is relevant, and in how many votes."""

    relevant: bool
    votes: int


def in_force(conn: Connection, stage: Stage) -> QueuePlan | None:
    """The order that was stored last for a stage."""
    row = conn.execute(select(queue_plan).where(queue_plan.c.stage == str(stage))).one_or_none()
    if row is None:
        return None
    return QueuePlan(
        stage, row.plan, Order(row.chosen), row.at, row.seq, row.event, row.votes, row.sample,
        row.sample_left, row.seed,
    )  # fmt: skip


def places(conn: Connection, plan: QueuePlan, *, unseen: bool = False) -> list[str]:
    """The reports of an order, first to last.

    Args:
        unseen: only those that nobody had voted on.
    """
    statement = select(queue_place.c.report).where(queue_place.c.plan == plan.number)
    if unseen:
        statement = statement.where(queue_place.c.position >= 0)
    return list(conn.execute(statement.order_by(queue_place.c.position)).scalars())


def add_places(conn: Connection, number: int, start: int, reports: Sequence[str]) -> int:
    """Write a part of a new order.

    Args:
        number: that the order was given with its first part; 0 for a new one.
        start: the place of the first of the reports.

    Returns:
        The number of the order.
    """
    if not number:
        used = (select(func.max(queue_plan.c.plan)), select(func.max(queue_place.c.plan)))
        number = 1 + max(int(conn.execute(one).scalar() or 0) for one in used)
    rows = [{"plan": number, "position": n, "report": r} for n, r in enumerate(reports, start)]
    if rows:
        conn.execute(insert(queue_place), rows)
    return number


def put_in_force(conn: Connection, plan: QueuePlan) -> bool:
    """Let an order whose places are written take the place of the earlier one of its stage.

    Returns:
        Whether it did; not when a later one did so meanwhile.
    """
    values = {
        "plan": plan.number, "chosen": str(plan.order), "at": plan.at, "seq": plan.seq,
        "event": plan.event, "votes": plan.votes, "sample": plan.sample,
        "sample_left": plan.sample_left, "seed": plan.seed,
    }  # fmt: skip
    before = in_force(conn, plan.stage)
    if before is None:
        conn.execute(insert(queue_plan).values(stage=str(plan.stage), **values))
        return True
    if before.number > plan.number:
        return False
    conn.execute(update(queue_plan).where(queue_plan.c.stage == str(plan.stage)).values(**values))
    return True


def drop_unused(conn: Connection, before: int) -> bool:
    """Delete a part of the places of orders with lower numbers that are not in force.

    Returns:
        Whether there was anything to delete.
    """
    kept = select(queue_plan.c.plan)
    unused = select(queue_place.c.plan, func.min(queue_place.c.position).label("first")).where(
        queue_place.c.plan < before, queue_place.c.plan.not_in(kept)
    )
    row = conn.execute(unused.group_by(queue_place.c.plan).limit(1)).one_or_none()
    if row is None:
        return False
    part = queue_place.c.position.between(row.first, row.first + PART - 1)
    conn.execute(delete(queue_place).where(queue_place.c.plan == row.plan, part))
    return True


@dataclass(frozen=True, slots=True)
class Since:
    """What came into the log after an event.

    Attributes:
        newest: the number of the last event.
        votes: cast, or taken back.
        changed: when it was last written that reports or their texts are others; None for never.
        moved: when it was last written that others may wait; None for never.
    """

    newest: int
    votes: int
    changed: datetime | None
    moved: datetime | None


def since(
    conn: Connection,
    seq: int,
    changing: Sequence[type[EventData]] = (),
    moving: Sequence[type[EventData]] = (),
) -> Since:
    """What came into the log after an event.

    Args:
        changing: classes of events after which reports or their texts may be others.
        moving: classes of further events after which other reports may wait.
    """
    kinds, voting = [cls.kind for cls in changing], [VoteCast.kind, Undone.kind]
    every = {*voting, *kinds, *(cls.kind for cls in moving)}
    later = (
        select(event.c.kind, func.count().label("n"), func.max(event.c.at).label("last"))
        .where(event.c.seq > seq, event.c.kind.in_(sorted(every)))
        .group_by(event.c.kind)
    )
    rows = conn.execute(later).all()
    return Since(
        newest=int(conn.execute(select(func.max(event.c.seq))).scalar() or 0),
        votes=sum(int(r.n) for r in rows if r.kind in voting),
        changed=max((r.last for r in rows if r.kind in kinds), default=None),
        moved=max((r.last for r in rows), default=None),
    )


def first_trained(conn: Connection, stage: Stage) -> int | None:
    """Where in the log a model first ordered a stage; None where none did."""
    of_stage = event.c.payload["stage"].as_string() == str(stage)
    statement = select(func.min(event.c.seq)).where(event.c.kind == OrderTrained.kind, of_stage)
    found: int | None = conn.execute(statement).scalar()
    return found


def lacks(conn: Connection, plan: QueuePlan) -> bool:
    """Whether a report waits at the stage of an order that has no place in it."""
    waiting = select(report.c.id).where(report.c.place == str(QUEUES[plan.stage]))
    placed = select(queue_place.c.report).where(queue_place.c.plan == plan.number)
    return conn.execute(waiting.except_(placed).limit(1)).first() is not None


def candidates(conn: Connection, stage: Stage) -> list[Candidate]:
    """All reports that are or were to be voted on at a stage, in order of id."""
    voted = select(member.c.report).join(vote, vote.c.record == member.c.record)
    voted = voted.where(vote.c.stage == str(stage), vote.c.active)
    columns = (report.c.id, report.c.lead, report.c.study, record.c.year)
    waits = report.c.place == str(QUEUES[stage])
    seen = case((report.c.id.in_(voted), True), else_=False)
    statement = (
        select(*columns, waits.label("waits"), seen.label("seen"))
        .join(record, record.c.id == report.c.lead)
        .order_by(report.c.id)
    )
    if stage is Stage.FULL_TEXT:
        statement = statement.where(report.c.title_abstract == str(Decision.INCLUDE))
    return [
        Candidate(r.id, r.lead, r.study, r.year, bool(r.waits), bool(r.waits and not r.seen))
        for r in conn.execute(statement)
    ]


def count(conn: Connection, stage: Stage) -> int:
    """How many reports are or were to be voted on at a stage."""
    statement = select(func.count()).select_from(report)
    if stage is Stage.FULL_TEXT:
        statement = statement.where(report.c.title_abstract == str(Decision.INCLUDE))
    return int(conn.execute(statement).scalar_one())


def labels(conn: Connection, stage: Stage) -> dict[str, Label]:
    """What people said of reports at a stage: what is decided, or else what most votes say.

    A maybe counts for relevant, as it does not exclude.
    """
    decided = report.c.title_abstract if stage is Stage.TITLE_ABSTRACT else report.c.full_text
    statement = (
        select(member.c.report, decided.label("decided"), vote.c.vote)
        .select_from(vote)
        .join(member, member.c.record == vote.c.record)
        .join(report, report.c.id == member.c.report)
        .where(vote.c.active, vote.c.stage == str(stage))
        .order_by(member.c.report, vote.c.seq)  # what is learned depends on it in the last digits
    )
    said: dict[str, list[bool]] = defaultdict(list)
    outcome: dict[str, bool | None] = {}
    sure = {str(Decision.INCLUDE): True, str(Decision.EXCLUDE): False}
    for id_, decision, value in conn.execute(statement):
        if decision == str(Decision.NOT_RETRIEVED):
            continue  # nobody has read it
        said[id_].append(value != str(VoteValue.EXCLUDE))
        outcome[id_] = sure.get(decision)
    found: dict[str, Label] = {}
    for id_, votes in said.items():
        known = outcome[id_]
        found[id_] = Label(2 * sum(votes) >= len(votes) if known is None else known, len(votes))
    return found


def texts(conn: Connection) -> list[tuple[str, str, str]]:
    """Lead record, title and abstract of every report, in order of the record."""
    statement = (
        select(record.c.id, record.c.title, record.c.abstract)
        .join(report, report.c.lead == record.c.id)
        .order_by(record.c.id)
    )
    return [(r.id, r.title, r.abstract) for r in conn.execute(statement)]


def near_duplicates(conn: Connection) -> list[tuple[str, str]]:
    """Pairs of reports that may be one text, on which nobody has ruled yet."""
    return [(p.report_a, p.report_b) for p in possible_duplicates(conn)]
