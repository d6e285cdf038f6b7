"""What one person has postponed, prefers and has voted of late, and how long votes took."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, select
from sqlalchemy.sql.elements import ColumnElement

from review.model import Stage, Vote, VoteValue
from review.people import person_key
from review.store import screening_status
from review.store.chunks import chunks
from review.store.displayed_fields import SHOWN, TITLE
from review.store.queue_plans import QueuePlan
from review.store.reading_tables import postponed, preference, vote_detail
from review.store.schema import member, report, vote


def is_postponed(stage: Stage, reviewer: str) -> ColumnElement[bool]:
    """Whether this reviewer has put a report to the end of their queue at a stage."""
    return exists().where(
        postponed.c.record == member.c.record,
        member.c.report == report.c.id,
        postponed.c.active,
        postponed.c.stage == str(stage),
        postponed.c.person == person_key(reviewer),
    )


def next_card(
    conn: Connection,
    stage: Stage,
    reviewer: str,
    skip: Sequence[str] = (),
    *,
    order: QueuePlan | None = None,
    known: Set[str] | None = None,
) -> str | None:
    """The report this reviewer should see next: what they postponed once nothing else waits, in
    the order in which they did.

    Args:
        order: as in `screening_status.next_in_queue`, as is ``known``.
    """
    later = postponed_reports(conn, stage, reviewer)
    found = screening_status.next_in_queue(
        conn, stage, reviewer, [*skip, *later], order=order, known=known
    )
    if found is not None:
        return found
    waiting = screening_status.waiting_among(conn, stage, reviewer, later) - set(skip)
    return next((one for one in later if one in waiting), None)


def postponed_waiting(conn: Connection, stage: Stage, reviewer: str) -> int:
    """How many of the reports in this reviewer's queue they have postponed."""
    later = postponed_reports(conn, stage, reviewer)
    return len(screening_status.waiting_among(conn, stage, reviewer, later))


def postponed_reports(conn: Connection, stage: Stage, reviewer: str) -> list[str]:
    """Reports this reviewer has postponed at a stage, in the order in which they did."""
    statement = (
        select(member.c.report)
        .join(postponed, postponed.c.record == member.c.record)
        .where(
            postponed.c.active,
            postponed.c.stage == str(stage),
            postponed.c.person == person_key(reviewer),
        )
        .order_by(postponed.c.seq)
    )
    return list(dict.fromkeys(conn.execute(statement).scalars()))


def newest_postponing(conn: Connection, stage: Stage, reviewer: str) -> tuple[int, str, str] | None:
    """What this reviewer postponed last at a stage: place in the log, event and report."""
    statement = (
        select(postponed.c.seq, postponed.c.event, member.c.report)
        .join(member, member.c.record == postponed.c.record)
        .where(
            postponed.c.active,
            postponed.c.stage == str(stage),
            postponed.c.person == person_key(reviewer),
        )
        .order_by(postponed.c.seq.desc())
        .limit(1)
    )
    found = conn.execute(statement).one_or_none()
    return None if found is None else (int(found[0]), str(found[1]), str(found[2]))


def preferences(conn: Connection, reviewer: str) -> dict[str, Any]:
    """What this person prefers, by name."""
    statement = select(preference.c.name, preference.c.chosen).where(
        preference.c.active, preference.c.person == person_key(reviewer)
    )
    return {str(name): chosen for name, chosen in conn.execute(statement)}


def batch_of(conn: Connection, event: str) -> list[str]:
    """The votes that were cast by one press with this one and count still, itself among them."""
    own = select(vote_detail.c.batch).where(vote_detail.c.event == event, vote_detail.c.batch != "")
    statement = (
        select(vote.c.event)
        .join(vote_detail, vote_detail.c.event == vote.c.event)
        .where(vote_detail.c.batch.in_(own), vote.c.active)
        .order_by(vote.c.seq)
    )
    return [str(one) for one in conn.execute(statement).scalars()] or [event]


def seconds(conn: Connection, events: Collection[str] | None = None) -> dict[str, float]:
    """Vote -> seconds from the card to the vote, where that was measured."""
    statement = select(vote_detail.c.event, vote_detail.c.seconds).where(
        vote_detail.c.seconds.is_not(None)
    )
    if events is None:
        return {event: float(n) for event, n in conn.execute(statement)}
    found: dict[str, float] = {}
    for part in chunks(sorted(events)):
        rows = conn.execute(statement.where(vote_detail.c.event.in_(part)))
        found.update({event: float(n) for event, n in rows})
    return found


@dataclass(frozen=True, slots=True)
class OwnVote:
    """A vote of a person, as their list of earlier decisions has it."""

    event: str
    report: str
    title: str
    vote: VoteValue
    reason: str
    note: str
    at: datetime

    def as_vote(self, stage: Stage) -> Vote:
        """The same as a vote."""
        return Vote(self.report, stage, "", self.vote, self.reason, self.note, self.at, self.event)


def newest_votes(conn: Connection, stage: Stage, reviewer: str, limit: int) -> list[OwnVote]:
    """The votes of one person at a stage that count, newest first, final ones aside."""
    statement = (
        select(vote, member.c.report, TITLE.label("title"))
        .select_from(SHOWN)
        .join(member, member.c.report == report.c.id)
        .join(vote, vote.c.record == member.c.record)
        .where(
            vote.c.active,
            ~vote.c.final,
            vote.c.stage == str(stage),
            vote.c.person == person_key(reviewer),
        )
        .order_by(vote.c.seq.desc())
        .limit(limit)
    )
    return [
        OwnVote(row.event, row.report, row.title, VoteValue(row.vote), row.reason, row.note, row.at)
        for row in conn.execute(statement)
    ]


@dataclass(frozen=True, slots=True)
class TimedVote:
    """When a vote was cast here, and how long it took where that was measured."""

    report: str
    stage: Stage
    reviewer: str
    at: datetime
    seconds: float | None
    batch: str


def timed_votes(conn: Connection, stage: Stage, reviewer: str | None = None) -> list[TimedVote]:
    """The votes that were cast here at a stage and count, in order of the log, final ones aside.

    Args:
        reviewer: of this person alone; of everybody when None.
    """
    columns = (vote.c.reviewer, vote.c.at, vote_detail.c.seconds, vote_detail.c.batch)
    statement = (
        select(member.c.report, *columns)
        .select_from(vote)
        .join(member, member.c.record == vote.c.record)
        .outerjoin(vote_detail, vote_detail.c.event == vote.c.event)
        .where(vote.c.active, ~vote.c.final, vote.c.run == "", vote.c.stage == str(stage))
        .order_by(vote.c.seq)
    )
    if reviewer is not None:
        statement = statement.where(vote.c.person == person_key(reviewer))
    return [
        TimedVote(report_id, stage, who, at, took, batch or "")
        for report_id, who, at, took, batch in conn.execute(statement)
    ]
