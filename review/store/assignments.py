"""Who was given what, who takes part in pilot batches, and who has left."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from review.model import QUEUES, Stage
from review.people import person_key
from review.store.assignment_tables import (
    assigned,
    departed,
    pilot,
    pilot_end,
    pilot_person,
)
from review.store.schema import member, report, vote
from review.store.turns import ended_pilots
from review.store.votes_asked import asked


def people_gone(conn: Connection) -> dict[str, str]:
    """People who have left: key -> name."""
    rows = conn.execute(select(departed.c.person, departed.c.reviewer).where(departed.c.active))
    return {person: name for person, name in rows}


def open_slots(conn: Connection, stage: Stage) -> list[tuple[str, str, int, set[str]]]:
    """What is still to be assigned at a stage.

    Returns:
        Of each report that waits there: id, lead record, how many more people it lacks beside those
        assigned who still have to vote, and the people it cannot go to, as they are assigned or
        have voted. What only a pilot batch asks for is not to be assigned.
    """
    gone, asked_for = people_gone(conn), asked(conn).base[stage]
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
    waiting = select(report.c.id, report.c.lead).where(report.c.place == str(QUEUES[stage]))
    found = []
    for id_, lead in conn.execute(waiting.order_by(report.c.id)):
        lacking = asked_for - len(to_vote[id_] | voted[id_])
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
    rows = conn.execute(
        select(pilot.c.event, member.c.report)
        .join(member, member.c.record == pilot.c.record)
        .where(pilot.c.stage == str(stage), pilot.c.active, pilot.c.event.not_in(ended_pilots()))
        .order_by(pilot.c.seq.desc(), member.c.report)
    ).all()
    newest = rows[0][0] if rows else ""
    return (newest, list(dict.fromkeys(r for e, r in rows if e == newest))) if rows else None


@dataclass(frozen=True, slots=True)
class PilotBatch:
    """The pilot batch of a report.

    Attributes:
        number: from 1, in the order in which those of the stage were drawn.
        people: keys of those who take part; none in older logs, which do not say.
        gone: those of them who have left.
        end: the place in the log where the rest was opened; None while it is not.
    """

    number: int
    people: frozenset[str]
    gone: frozenset[str]
    end: int | None


def pilot_batches(conn: Connection, stage: Stage) -> dict[str, PilotBatch]:
    """Report -> its pilot batch at a stage, under way or over."""
    people: dict[str, set[str]] = defaultdict(set)
    named = select(pilot_person.c.event, pilot_person.c.person).where(pilot_person.c.active)
    for event, person in conn.execute(named):
        people[event].add(person)
    left = set(people_gone(conn))
    ended = select(pilot_end.c.pilot, pilot_end.c.seq).where(pilot_end.c.active)
    ends = {event: int(seq) for event, seq in conn.execute(ended)}
    rows = (
        select(member.c.report, pilot.c.event)
        .join(pilot, pilot.c.record == member.c.record)
        .where(pilot.c.stage == str(stage), pilot.c.active)
        .order_by(pilot.c.seq, member.c.report)
    )
    drawn = [(id_, event) for id_, event in conn.execute(rows)]
    numbers = {event: n for n, event in enumerate(dict.fromkeys(e for _, e in drawn), start=1)}
    return {
        id_: PilotBatch(
            numbers[event], frozenset(people[event]), frozenset(people[event] & left),
            ends.get(event),
        )
        for id_, event in drawn
    }  # fmt: skip


def pilots(conn: Connection, stage: Stage) -> list[str]:
    """The reports of the pilot batches of a stage, under way or over."""
    return sorted(pilot_batches(conn, stage))


def opening_pilot(conn: Connection, stage: Stage) -> list[str]:
    """The reports of the pilot batch that a stage began with; none where people had voted before,
    so that the batch was not drawn from all reports."""
    drawn = select(func.min(pilot.c.seq)).where(pilot.c.stage == str(stage), pilot.c.active)
    first_vote = select(func.min(vote.c.seq)).where(vote.c.stage == str(stage), vote.c.active)
    begun, voted = conn.execute(drawn).scalar(), conn.execute(first_vote).scalar()
    if begun is None or (voted is not None and voted < begun):
        return []
    return [id_ for id_, batch in pilot_batches(conn, stage).items() if batch.number == 1]


def people_in_pilot(conn: Connection, event: str) -> dict[str, str]:
    """Who takes part in a pilot batch: key -> name."""
    rows = select(pilot_person.c.person, pilot_person.c.reviewer).where(
        pilot_person.c.event == event
    )
    return {person: name for person, name in conn.execute(rows.order_by(pilot_person.c.reviewer))}


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


def given_to(conn: Connection, stage: Stage, reviewer: str) -> set[str]:
    """Reports that one person was given at a stage."""
    rows = (
        select(member.c.report)
        .join(assigned, member.c.record == assigned.c.record)
        .where(
            assigned.c.active,
            assigned.c.stage == str(stage),
            assigned.c.person == person_key(reviewer),
        )
    )
    return set(conn.execute(rows).scalars())


def votes_of_people(conn: Connection, stage: Stage) -> dict[str, tuple[str, set[str]]]:
    """Key of each person who has voted at a stage -> name, and the reports they voted on; final
    votes aside."""
    rows = (
        select(vote.c.person, vote.c.reviewer, member.c.report)
        .join(member, member.c.record == vote.c.record)
        .where(vote.c.stage == str(stage), vote.c.active, ~vote.c.final)
        .order_by(vote.c.seq)
    )
    found: dict[str, tuple[str, set[str]]] = {}
    for person, name, id_ in conn.execute(rows):
        found.setdefault(person, (name, set()))[1].add(id_)
    return found


def too_few(conn: Connection, stage: Stage) -> list[str]:
    """Reports that wait at a stage and are given to fewer people than it asks for."""
    return [id_ for id_, _, lacking, _ in open_slots(conn, stage) if lacking > 0]
