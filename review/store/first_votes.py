"""Votes in the order in which they were cast: for measures of agreement, and for when to stop."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from review.model import Decision, Stage
from review.store.schema import event, member, report, undo_state, vote


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
        .join(member, member.c.report == report.c.id)
        .join(vote, vote.c.record == member.c.record)
        .where(
            vote.c.stage == str(Stage.TITLE_ABSTRACT),
            report.c.title_abstract.in_([str(Decision.INCLUDE), str(Decision.EXCLUDE)]),
        )
        .group_by(report.c.id, report.c.title_abstract)
        .order_by(func.min(vote.c.seq))
    )
    return [
        (row.id, row.title_abstract == str(Decision.INCLUDE)) for row in conn.execute(statement)
    ]
