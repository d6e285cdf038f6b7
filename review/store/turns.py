"""Whose turn it is: what assignment and pilot batches leave of a queue to one person."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from review.model import QUEUES, Stage, VoteValue
from review.people import person_key
from review.store.assignment_tables import assigned, departed, pilot, pilot_end
from review.store.schema import member, report, vote


def turn(stage: Stage, reviewer: str) -> ColumnElement[bool]:
    """Whether a report that waits at a stage is this person's to vote on.

    While a pilot batch is under way, only its reports are anybody's, and they are everybody's.
    Else a report is everybody's as long as fewer people who still have to vote, and have not left,
    are assigned to it than votes are lacking; and of these people alone once they are enough. So no
    report waits for somebody who has left, and each has somebody to wait for.
    """
    others = assigned.alias("others")
    still_to_vote = (
        select(func.count(others.c.person.distinct()))
        .join(member, member.c.record == others.c.record)
        .where(
            member.c.report == report.c.id,
            others.c.stage == str(stage),
            others.c.active,
            others.c.person.not_in(_gone()),
            ~exists().where(
                vote.c.record.in_(_records_of_report()),
                vote.c.stage == str(stage),
                vote.c.person == others.c.person,
                vote.c.active,
                ~vote.c.final,
            ),
        )
        .correlate(report)
        .scalar_subquery()
    )
    mine = (
        exists()
        .where(
            assigned.c.record == member.c.record,
            member.c.report == report.c.id,
            assigned.c.stage == str(stage),
            assigned.c.person == person_key(reviewer),
            assigned.c.active,
            assigned.c.person.not_in(_gone()),
        )
        .correlate(report)
    )
    by_assignment = or_(~exists().where(assigned.c.active), mine, still_to_vote < report.c.lacks)
    batch = _open_pilot(stage)
    in_batch = (
        exists().where(member.c.report == report.c.id, member.c.record.in_(batch)).correlate(report)
    )
    return or_(in_batch, and_(~exists(batch), by_assignment))


def has_voted(
    reviewer: str, stage: Stage | None = None, value: VoteValue | None = None
) -> ColumnElement[bool]:
    """Whether a vote of this reviewer on a report counts, final ones aside."""
    conditions = [
        vote.c.record == member.c.record,
        member.c.report == report.c.id,
        vote.c.active,
        vote.c.person == person_key(reviewer),
        ~vote.c.final,
    ]
    if stage is not None:
        conditions.append(vote.c.stage == str(stage))
    if value is not None:
        conditions.append(vote.c.vote == str(value))
    return exists().where(*conditions)


def _gone() -> Select[Any]:
    return select(departed.c.person).where(departed.c.active)


def _records_of_report() -> Select[Any]:
    mates = member.alias("mates")
    return select(mates.c.record).where(mates.c.report == report.c.id).correlate(report)


def _open_pilot(stage: Stage) -> Select[Any]:
    """Records of the pilot batch that is under way at a stage, as far as they still wait."""
    ended = select(pilot_end.c.pilot).where(pilot_end.c.active)
    return select(pilot.c.record).where(
        pilot.c.stage == str(stage), pilot.c.active, pilot.c.event.not_in(ended)
    )


def has_open_pilot(conn: Connection, stage: Stage) -> bool:
    """Whether a pilot batch is under way at a stage."""
    return conn.execute(_open_pilot(stage).limit(1)).scalar() is not None


def is_shared(conn: Connection) -> bool:
    """Whether a queue need not hold all that lacks votes, as reports are assigned or drawn."""
    for table in (assigned, pilot):
        if conn.execute(select(table.c.event).where(table.c.active).limit(1)).scalar() is not None:
            return True
    return False


def people_gone(conn: Connection) -> dict[str, str]:
    """People who have left: key -> name."""
    rows = conn.execute(select(departed.c.person, departed.c.reviewer).where(departed.c.active))
    return {person: name for person, name in rows}


def open_slots(conn: Connection, stage: Stage) -> list[tuple[str, str, int, set[str]]]:
    """What is still to be assigned at a stage.

    Returns:
        Of each report that waits there: id, lead record, how many more people it lacks beside those
        assigned who still have to vote, and the people it cannot go to, as they are assigned or
        have voted.
    """
    gone = people_gone(conn)
    at = str(stage)
    to_vote: dict[str, set[str]] = defaultdict(set)
    rows = (
        select(member.c.report, assigned.c.person)
        .join(member, member.c.record == assigned.c.record)
        .where(assigned.c.active, assigned.c.stage == at)
    )
    for id_, person in conn.execute(rows):
        if person not in gone:
            to_vote[id_].add(person)
    voted: dict[str, set[str]] = defaultdict(set)
    rows = (
        select(member.c.report, vote.c.person)
        .join(member, member.c.record == vote.c.record)
        .where(vote.c.active, vote.c.stage == at, ~vote.c.final)
    )
    for id_, person in conn.execute(rows):
        voted[id_].add(person)
    waiting = select(report.c.id, report.c.lead, report.c.lacks).where(
        report.c.place == str(QUEUES[stage])
    )
    found = []
    for id_, lead, lacks in conn.execute(waiting.order_by(report.c.id)):
        lacking = lacks - len(to_vote[id_] - voted[id_])
        found.append((id_, lead, lacking, to_vote[id_] | voted[id_]))
    return found


def loads(conn: Connection, stage: Stage) -> Counter[str]:
    """How many reports each person has been assigned at a stage, voted on or not."""
    rows = (
        select(assigned.c.person, func.count(member.c.report.distinct()))
        .join(member, member.c.record == assigned.c.record)
        .where(assigned.c.active, assigned.c.stage == str(stage))
        .group_by(assigned.c.person)
    )
    return Counter({person: n for person, n in conn.execute(rows)})


def pilot_under_way(conn: Connection, stage: Stage) -> tuple[str, list[str]] | None:
    """The event that drew the pilot batch under way at a stage, and the reports in it."""
    ended = select(pilot_end.c.pilot).where(pilot_end.c.active)
    rows = conn.execute(
        select(pilot.c.event, member.c.report)
        .join(member, member.c.record == pilot.c.record)
        .where(pilot.c.stage == str(stage), pilot.c.active, pilot.c.event.not_in(ended))
        .order_by(member.c.report)
    ).all()
    return (rows[0][0], list(dict.fromkeys(r for _, r in rows))) if rows else None


def pilots(conn: Connection, stage: Stage) -> list[str]:
    """The reports of the pilot batch of a stage, under way or over."""
    rows = (
        select(member.c.report)
        .distinct()
        .join(pilot, pilot.c.record == member.c.record)
        .where(pilot.c.stage == str(stage), pilot.c.active)
        .order_by(member.c.report)
    )
    return list(conn.execute(rows).scalars())


def opening_pilot(conn: Connection, stage: Stage) -> list[str]:
    """The reports of the pilot batch that a stage began with; none where people had voted before,
    so that the batch was not drawn from all reports."""
    drawn = select(func.min(pilot.c.seq)).where(pilot.c.stage == str(stage), pilot.c.active)
    first_vote = select(func.min(vote.c.seq)).where(vote.c.stage == str(stage), vote.c.active)
    begun, voted = conn.execute(drawn).scalar(), conn.execute(first_vote).scalar()
    if begun is None or (voted is not None and voted < begun):
        return []
    return pilots(conn, stage)


def people_assigned(conn: Connection, stage: Stage) -> dict[str, str]:
    """People who have been assigned reports at a stage: key -> name as last written."""
    rows = (
        select(assigned.c.person, assigned.c.reviewer)
        .where(assigned.c.active, assigned.c.stage == str(stage))
        .order_by(assigned.c.seq)
    )
    return {person: name for person, name in conn.execute(rows)}


def voted_on(conn: Connection, stage: Stage) -> set[str]:
    """The reports on which a vote stands at a stage."""
    rows = (
        select(member.c.report)
        .distinct()
        .join(vote, member.c.record == vote.c.record)
        .where(vote.c.stage == str(stage), vote.c.active)
    )
    return set(conn.execute(rows).scalars())
