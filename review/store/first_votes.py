"""Votes in the order in which they were cast: for measures of agreement, and for when to stop."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select, union_all

from review.model import Decision, Stage
from review.store.reading_tables import vote_detail
from review.store.schema import event, member, report, undo_state, vote

_DECIDED = report.c.title_abstract.in_([str(Decision.INCLUDE), str(Decision.EXCLUDE)])
_NUMBERED = (
    select(
        report.c.title_abstract,
        report.c.first_vote,
        func.row_number().over(order_by=report.c.first_vote).label("nth"),
    )
    .where(_DECIDED, report.c.first_vote.is_not(None))
    .subquery()
)
"""What `decided_in_order` names, numbered from 1."""


@dataclass(frozen=True, slots=True)
class CastVote:
    """One vote as the log has it.

    Attributes:
        seq: its place in the log; ``undone`` that of the undo that took it back, if one did.
        person: the reviewer as people are told apart.
    """

    report: str
    stage: Stage
    person: str
    reviewer: str
    vote: str
    final: bool
    seq: int
    undone: int | None


def votes_cast(conn: Connection) -> list[CastVote]:
    """All votes on reports of the review, in order of the log."""
    taken_back = and_(undo_state.c.event == vote.c.event, undo_state.c.undone)
    statement = (
        select(
            member.c.report, vote.c.stage, vote.c.person, vote.c.reviewer, vote.c.vote,
            vote.c.final, vote.c.seq, event.c.seq.label("undone"),
        )
        .join(member, member.c.record == vote.c.record)
        .outerjoin(undo_state, taken_back)
        .outerjoin(event, event.c.id == undo_state.c.by)
        .order_by(vote.c.seq)
    )  # fmt: skip
    return [
        CastVote(r.report, Stage(r.stage), r.person, r.reviewer, r.vote, bool(r.final), r.seq,
                 r.undone)
        for r in conn.execute(statement)
    ]  # fmt: skip


def decided_in_order(conn: Connection) -> list[tuple[str, bool]]:
    """Reports decided on title and abstract, in the order in which they were first voted on.

    Returns:
        Each report's id, and whether it was included there.
    """
    statement = (
        select(report.c.id, report.c.title_abstract)
        .where(_DECIDED, report.c.first_vote.is_not(None))
        .order_by(report.c.first_vote)
    )
    included = str(Decision.INCLUDE)
    return [(id_, decision == included) for id_, decision in conn.execute(statement)]


def cast_together(conn: Connection) -> list[int]:
    """The places, from 0, of the reports that `decided_in_order` names and that were first voted on
    by one press for many, which counts still: they did not come up in turn."""
    many = select(vote_detail.c.seq).where(vote_detail.c.batch != "", vote_detail.c.active)
    if conn.execute(many.limit(1)).first() is None:
        return []
    places = select(_NUMBERED.c.nth).where(_NUMBERED.c.first_vote.in_(many))
    return [nth - 1 for nth in conn.execute(places.order_by(_NUMBERED.c.nth)).scalars()]


def from_files(conn: Connection) -> int:
    """How many reports of `decided_in_order` have their first vote from a file."""
    of_records = select(vote.c.seq).where(vote.c.run != "")
    of_votes = select(vote_detail.c.seq).where(vote_detail.c.file != "")
    read = report.c.first_vote.in_(union_all(of_records, of_votes))
    return int(conn.execute(select(func.count()).where(_DECIDED, read)).scalar_one())


def decided_before(conn: Connection, seq: int) -> int:
    """How many reports of `decided_in_order` were first voted on before a place in the log."""
    earlier = select(func.count()).select_from(report).where(_DECIDED, report.c.first_vote < seq)
    return int(conn.execute(earlier).scalar_one())


def screened(conn: Connection) -> tuple[int, list[int]]:
    """How many reports `decided_in_order` names, and the places of those included, from 0.

    The database counts, as there are far more others than included ones.
    """
    included = _NUMBERED.c.title_abstract == str(Decision.INCLUDE)
    places = select(_NUMBERED.c.nth).where(included).order_by(_NUMBERED.c.nth)
    total = select(func.count()).select_from(_NUMBERED)
    return (
        int(conn.execute(total).scalar_one()),
        [nth - 1 for nth in conn.execute(places).scalars()],
    )
