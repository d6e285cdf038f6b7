"""Whose turn it is: what assignment and pilot batches leave of a queue to one person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Connection,
    FromClause,
    Integer,
    Select,
    Table,
    and_,
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

_LAST = 1_000_000
"""Behind everyone a report is drawn for."""


def turn(stage: Stage, reviewer: str) -> ColumnElement[bool]:
    """Whether a report that waits at a stage is this person's to vote on.

    While a pilot batch is under way, only its reports are anybody's: of those who take part, and
    everybody's where too few of them are left.

    Else it is of the people it was given to. Where fewer of these than votes are lacking have still
    to vote and have not left, the protocol's mode (`review.protocol.assignment`) says whose it is
    besides: everybody's; of the next ones it is drawn for; or, with lists, of nobody until a list
    names them, unless somebody on its list has left. So none waits for somebody who has left.
    """
    given = _count_able(assigned, _records_of(assigned), stage)
    few = given < report.c.lacks
    mine = _is_named(assigned, _records_of(assigned), stage, reviewer)
    newest = select(rules.c.assigning).order_by(rules.c.seq.desc()).limit(1)
    mode = func.coalesce(newest.scalar_subquery(), "everyone")
    left_a_list = exists().where(
        _records_of(assigned), _at(assigned, stage), assigned.c.person.in_(_gone())
    )
    by_assignment = or_(
        and_(mode == "everyone", or_(~exists().where(assigned.c.active), few)),
        mine,
        and_(mode == "lists", few, left_a_list.correlate(report)),
        and_(mode == SHARED, given + _drawn_before(stage, reviewer) < report.c.lacks),
    )
    batch = _open_pilot(stage)
    in_batch = (
        exists().where(member.c.report == report.c.id, member.c.record.in_(batch)).correlate(report)
    )
    return or_(and_(in_batch, _takes_part(stage, reviewer)), and_(~exists(batch), by_assignment))


def _drawn_before(stage: Stage, reviewer: str) -> ColumnElement[int]:
    """How many of those whom a report is drawn for come before a person, and can still vote; those
    it was given to aside. Of somebody it is not drawn for, as many as there are."""
    newest = select(func.max(rules.c.seq)).scalar_subquery()
    places = select(func.max(draw_order.c.places)).where(draw_order.c.seq == newest)
    number = cast(func.substr(report.c.id, 2), Integer)
    own, before = draw_order.alias("own"), draw_order.alias("before")

    def here(table: FromClause) -> ColumnElement[bool]:
        at = table.c.place == (number - 1) % places.scalar_subquery()
        return and_(table.c.seq == newest, at, table.c.person.not_in(_gone()))

    rank = select(own.c.rank).where(here(own), own.c.person == person_key(reviewer))
    given = exists().where(
        _records_of(assigned), _at(assigned, stage), assigned.c.person == before.c.person
    )
    return (
        select(func.count())
        .select_from(before)
        .where(
            here(before),
            before.c.rank < func.coalesce(rank.correlate(report).scalar_subquery(), _LAST),
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


def _count_able(table: Table, on: ColumnElement[bool], stage: Stage) -> ColumnElement[int]:
    """How many people named in a table for a report can still vote: they have not yet, and have
    not left."""
    return (
        select(func.count(table.c.person.distinct()))
        .where(
            on, _at(table, stage), table.c.person.not_in(_gone()),
            ~_vote_stands(table.c.person, stage),
        )
        .correlate(report)
        .scalar_subquery()
    )  # fmt: skip


def _is_named(
    table: Table, on: ColumnElement[bool], stage: Stage, reviewer: str
) -> ColumnElement[bool]:
    """Whether a table names a person for a report, and they have not left."""
    me = person_key(reviewer)
    named = exists().where(on, _at(table, stage), table.c.person == me)
    return and_(named.correlate(report), ~exists(_gone().where(departed.c.person == me)))


def _records_of(table: Table) -> ColumnElement[bool]:
    return table.c.record.in_(_records_of_report())


def _at(table: Table, stage: Stage) -> ColumnElement[bool]:
    return and_(table.c.stage == str(stage), table.c.active)


def _vote_stands(person: ColumnElement[str], stage: Stage) -> ColumnElement[bool]:
    """Whether a person, named by a column, has voted on a report; final votes aside."""
    return exists().where(
        vote.c.record.in_(_records_of_report()),
        vote.c.stage == str(stage),
        vote.c.person == person,
        vote.c.active,
        ~vote.c.final,
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
    """Records of the pilot batch that is under way at a stage."""
    return select(pilot.c.record).where(
        pilot.c.stage == str(stage), pilot.c.active, pilot.c.event.not_in(ended_pilots())
    )


def is_shared(conn: Connection) -> bool:
    """Whether a queue need not hold all that lacks votes, as reports are assigned or drawn."""
    if current_rules(conn).assigning != "everyone":
        return True
    for table in (assigned, pilot):
        if conn.execute(select(table.c.event).where(table.c.active).limit(1)).scalar() is not None:
            return True
    return False
