"""Decisions on title and abstract to be looked at again, and those that were kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, func, select

from review.events import DecisionConfirmed, Event
from review.model import Decision, Stage, VoteValue
from review.people import person_key
from review.store.chunks import chunks
from review.store.projectors import Rows, projects
from review.store.schema import member, record, report, vote
from review.store.stopping_tables import confirmed

TA = str(Stage.TITLE_ABSTRACT)
CLEAR = {str(Decision.INCLUDE): Decision.INCLUDE, str(Decision.EXCLUDE): Decision.EXCLUDE}


@projects(DecisionConfirmed, confirmed)
def _confirmed(ev: Event, data: DecisionConfirmed, rows: Rows) -> None:
    rows.add(
        confirmed, ev,
        record=data.record, person=person_key(data.reviewer), decision=str(data.decision),
    )  # fmt: skip


def texts(conn: Connection) -> list[tuple[str, str, str]]:
    """Every report's id, with the title and the abstract of its lead record, in order of id."""
    rows = (
        select(report.c.id, record.c.title, record.c.abstract)
        .join(record, record.c.id == report.c.lead)
        .order_by(report.c.id)
    )
    return [(id_, title, text) for id_, title, text in conn.execute(rows)]


def decisions(conn: Connection, among: Collection[str] | None = None) -> dict[str, Decision]:
    """Report -> include or exclude, where that is decided on title and abstract; by id.

    Args:
        among: of these reports; of all when None.
    """
    rows = select(report.c.id, report.c.title_abstract).where(report.c.title_abstract.in_(CLEAR))
    parts: Iterable[list[str] | None] = [None] if among is None else chunks(sorted(set(among)))
    found: dict[str, Decision] = {}
    for part in parts:
        some = rows if part is None else rows.where(report.c.id.in_(part))
        found.update((id_, CLEAR[said]) for id_, said in conn.execute(some.order_by(report.c.id)))
    return found


def own_votes(conn: Connection, reviewer: str) -> dict[str, tuple[Decision, bool]]:
    """Report -> what this person's vote on title and abstract decides, and whether the report
    still awaits the votes of others; final votes aside. Maybe goes forward as include does."""
    rows = (
        select(member.c.report, vote.c.vote, report.c.title_abstract)
        .join(member, member.c.record == vote.c.record)
        .join(report, report.c.id == member.c.report)
        .where(vote.c.active, ~vote.c.final, vote.c.stage == TA)
        .where(vote.c.person == person_key(reviewer))
        .order_by(vote.c.seq)
    )
    return {
        id_: (
            Decision.EXCLUDE if said == str(VoteValue.EXCLUDE) else Decision.INCLUDE,
            now == str(Decision.AWAITING),
        )
        for id_, said, now in conn.execute(rows)
    }


def confirmed_by(conn: Connection, reviewer: str) -> dict[str, str]:
    """Report -> the decision on it that this person looked at again and stands by, the newest."""
    rows = (
        select(member.c.report, confirmed.c.decision)
        .join(confirmed, confirmed.c.record == member.c.record)
        .where(confirmed.c.active, confirmed.c.person == person_key(reviewer))
        .order_by(confirmed.c.seq)
    )
    return {id_: str(decision) for id_, decision in conn.execute(rows)}


def count_confirmed(conn: Connection) -> int:
    """How many decisions people looked at again and stand by."""
    counted = select(func.count()).select_from(confirmed).where(confirmed.c.active)
    return int(conn.execute(counted).scalar_one())
