"""Whose turn it is: what assignment and pilot batches leave of a queue to one person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    FromClause,
    Integer,
    Select,
    Table,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from review.model import Stage, VoteValue
from review.people import person_key
from review.store.assignment_draw import SHARED
from review.store.assignment_tables import (
    assigned,
    departed,
    draw_order,
    pilot,
    pilot_end,
    pilot_person,
)
from review.store.report_rules import current_rules
from review.store.rule_table import rules
from review.store.schema import member, report, vote


def turn(stage: Stage, reviewer: str) -> ColumnElement[bool]:
    """Whether a report that waits at a stage is this person's to vote on.

    While a pilot batch is under way, only its reports are anybody's: of those who take part, and
    everybody's where too few of them are left.

    Else it is of the people it was given to. Where fewer of these than votes are lacking have still
    to vote and have not left, the protocol's mode (`review.protocol.assignment`) says whose it is
    besides: everybody's; of the next ones it is drawn for; or, with lists, of nobody until a list
    names them, unless somebody on its list has left. So none waits for somebody who has left.
    """
    nobody_left = ~exists(_gone())
    nothing_given = ~exists().where(assigned.c.active)
    # Most reports that wait have no vote yet, and of these little need be looked up.
    fresh = and_(report.c.voters == 0, nobody_left)
    given = case((fresh, _count_given(stage)), else_=_count_able(stage))
    few = given < report.c.lacks
    mine = _is_given(stage, reviewer)
    newest = select(rules.c.assigning).order_by(rules.c.seq.desc()).limit(1)
    mode = func.coalesce(newest.scalar_subquery(), "everyone")
    left_a_list = exists().where(
        _of_report(assigned), _at(assigned, stage), assigned.c.person.in_(_gone())
    )
    by_assignment = or_(
        and_(mode == "everyone", nothing_given),
        mine,
        and_(mode == "everyone", few),
        and_(mode == "lists", few, left_a_list.correlate(report)),
        and_(
            mode == SHARED,
            case(
                (and_(fresh, nothing_given), _rank(reviewer) < report.c.lacks),
                else_=given + _drawn_before(stage, reviewer) < report.c.lacks,
            ),
        ),
    )
    batch = _open_pilot(stage)
    in_batch = (
        exists().where(member.c.report == report.c.id, member.c.record.in_(batch)).correlate(report)
    )
    return or_(
        and_(~exists(batch), by_assignment),
        and_(exists(batch), in_batch, _takes_part(stage, reviewer)),
    )


def _drawn(table: FromClause) -> ColumnElement[bool]:
    """The rows of a table of draws that are of a report."""
    newest = select(func.max(rules.c.seq)).scalar_subquery()
    places = select(func.max(draw_order.c.places)).where(draw_order.c.seq == newest)
    number = cast(func.substr(report.c.id, 2), Integer)
    at = table.c.place == (number - 1) % places.scalar_subquery()
    return and_(table.c.seq == newest, at)


def _rank(reviewer: str) -> ColumnElement[int]:
    """The place of a person among those whom a report is drawn for, from 0; of somebody it is not
    drawn for, how many they are."""
    newest = select(func.max(rules.c.seq)).scalar_subquery()
    everyone = select(func.count()).where(draw_order.c.seq == newest, draw_order.c.place == 0)
    own = draw_order.alias("own")
    rank = select(own.c.rank).where(
        _drawn(own), own.c.person == person_key(reviewer), own.c.person.not_in(_gone())
    )
    return func.coalesce(rank.correlate(report).scalar_subquery(), everyone.scalar_subquery())


def _drawn_before(stage: Stage, reviewer: str) -> ColumnElement[int]:
    """How many of those whom a report is drawn for come before a person, and can still vote; those
    it was given to aside. Of somebody it is not drawn for, as many as there are."""
    before = draw_order.alias("before")
    given = exists().where(
        _of_report(assigned), _at(assigned, stage), assigned.c.person == before.c.person
    )
    return (
        select(func.count())
        .select_from(before)
        .where(
            _drawn(before),
            before.c.rank < _rank(reviewer),
            before.c.person.not_in(_gone()),
            ~_vote_stands(before.c.person, stage),
            ~given.correlate(report, before),
        )
        .correlate(report)
        .scalar_subquery()
    )


def _takes_part(stage: Stage, reviewer: str) -> ColumnElement[bool]:
    """Whether a report of a pilot batch is this person's: they take part in it, or too few of those
    who do can still vote."""
    drawn = pilot.alias("drawn")
    here = and_(
        drawn.c.event == pilot_person.c.event,
        drawn.c.record.in_(_records_of_report()),
        drawn.c.stage == str(stage),
        drawn.c.active,
        drawn.c.event.not_in(ended_pilots()),
        pilot_person.c.person.not_in(_gone()),
    )
    mine = exists().where(here, pilot_person.c.person == person_key(reviewer)).correlate(report)
    able = (
        select(func.count(pilot_person.c.person.distinct()))
        .select_from(pilot_person)
        .join(drawn, here)
        .where(~_vote_stands(pilot_person.c.person, stage))
        .correlate(report)
        .scalar_subquery()
    )
    return or_(mine, able < report.c.lacks)


def _count_given(stage: Stage) -> ColumnElement[int]:
    """How many people a report was given to."""
    return (
        select(func.count(assigned.c.person.distinct()))
        .where(_of_report(assigned), _at(assigned, stage))
        .correlate(report)
        .scalar_subquery()
    )


def _count_able(stage: Stage) -> ColumnElement[int]:
    """How many of the people a report was given to can still vote: they have not yet, and have not
    left."""
    return (
        select(func.count(assigned.c.person.distinct()))
        .where(
            _of_report(assigned), _at(assigned, stage), assigned.c.person.not_in(_gone()),
            ~_vote_stands(assigned.c.person, stage),
        )
        .correlate(report)
        .scalar_subquery()
    )  # fmt: skip


def _is_given(stage: Stage, reviewer: str) -> ColumnElement[bool]:
    """Whether a report was given to a person, and they have not left."""
    me = person_key(reviewer)
    named = exists().where(_of_report(assigned), _at(assigned, stage), assigned.c.person == me)
    return and_(named.correlate(report), ~exists(_gone().where(departed.c.person == me)))


def _of_report(table: Table) -> ColumnElement[bool]:
    """Whether a row of a table is on one of the records of a report."""
    mates = member.alias()
    return and_(mates.c.report == report.c.id, mates.c.record == table.c.record)


def _at(table: Table, stage: Stage) -> ColumnElement[bool]:
    return and_(table.c.stage == str(stage), table.c.active)


def _vote_stands(person: Column[Any], stage: Stage) -> ColumnElement[bool]:
    """Whether a person, named by a column, has voted on a report; final votes aside."""
    return (
        exists()
        .where(
            _of_report(vote),
            vote.c.stage == str(stage),
            vote.c.person == person,
            vote.c.active,
            ~vote.c.final,
        )
        .correlate(report, person.table)
    )


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


def ended_pilots() -> Select[Any]:
    """Pilot batches after which the rest is open."""
    return select(pilot_end.c.pilot).where(pilot_end.c.active)


def _open_pilot(stage: Stage) -> Select[Any]:
    """Records of the pilot batch that is under way at a stage, without those that were withdrawn:
    where none is left, the batch holds nobody up."""
    there = member.alias("there")
    return (
        select(pilot.c.record)
        .join(there, there.c.record == pilot.c.record)
        .where(pilot.c.stage == str(stage), pilot.c.active, pilot.c.event.not_in(ended_pilots()))
    )


def has_open_pilot(conn: Connection, stage: Stage) -> bool:
    """Whether a pilot batch is under way at a stage."""
    return conn.execute(_open_pilot(stage).limit(1)).scalar() is not None


def is_shared(conn: Connection) -> bool:
    """Whether a queue need not hold all that lacks votes, as reports are assigned or drawn."""
    if current_rules(conn).assigning != "everyone":
        return True
    for table in (assigned, pilot):
        if conn.execute(select(table.c.event).where(table.c.active).limit(1)).scalar() is not None:
            return True
    return False
