"""Votes as the rules for casting and importing them need to see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, select

from review.events import Event, VoteCast
from review.model import Stage, VoteValue
from review.people import person_key
from review.store import log, people
from review.store.bulk_reads import homes
from review.store.chunks import chunks
from review.store.schema import event, member, vote


@dataclass(frozen=True, slots=True)
class Earlier:
    """A vote that was cast before, one that was taken back among them.

    Attributes:
        run: the import that brought it, ``""`` when it was cast here.
        active: whether it still counts.
    """

    stage: Stage
    reviewer: str
    vote: VoteValue
    reason: str
    run: str
    active: bool
    also: tuple[str, ...] = ()


def earlier(conn: Connection, records: Collection[str]) -> dict[str, list[Earlier]]:
    """Votes on each record's report whose reviewer saw the record there, in order of the log.

    Votes of adjudicators, which settle a conflict, are left out.
    """
    mates: dict[str, list[str]] = defaultdict(list)
    of_report: dict[str, list[str]] = defaultdict(list)
    for record, report in homes(conn, records).items():
        of_report[report].append(record)
    for part in chunks(sorted(of_report)):
        joined = select(member.c.record, member.c.report).where(member.c.report.in_(part))
        for record, report in conn.execute(joined):
            mates[record] = of_report[report]
    found: dict[str, list[Earlier]] = defaultdict(list)
    for part in chunks(sorted(mates)):
        cast = select(vote).where(vote.c.record.in_(part), ~vote.c.final).order_by(vote.c.seq)
        for row in conn.execute(cast):
            said = Earlier(
                Stage(row.stage), row.reviewer, VoteValue(row.vote), row.reason, row.run,
                row.active, tuple(row.also),
            )  # fmt: skip
            for record in set(row.covers).intersection(mates[row.record]):
                found[record].append(said)
    return found


def last_cast(conn: Connection, reviewer: str) -> Event[VoteCast] | None:
    """The newest vote that this reviewer cast here and that still counts."""
    statement = (
        select(event.c.id)
        .join(vote, vote.c.event == event.c.id)
        .where(
            event.c.kind == VoteCast.kind,
            event.c.actor.in_(people.spellings(conn, reviewer)),
            vote.c.person == person_key(reviewer),
            vote.c.run == "",
            vote.c.active,
        )
        .order_by(event.c.seq.desc())
        .limit(1)
    )
    found = conn.execute(statement).scalar()
    return None if found is None else cast("Event[VoteCast]", log.get(conn, str(found)))
