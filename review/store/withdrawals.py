"""Runs that a person has taken back whole, and what left the review with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, func, select, union

from review.model import SearchRun
from review.store.chunks import chunks
from review.store.records import runs
from review.store.schema import event, finding, member, sighting, tag, vote, withdrawal


@dataclass(frozen=True, slots=True)
class Leaving:
    """What withdrawing a run would do, in records.

    Attributes:
        leaving: those that only this run found; they would leave the review.
        staying: those that another run in force found as well.
        voted: how many of the leaving have votes.
        coded: how many of the leaving have tags or findings.
    """

    leaving: int
    staying: int
    voted: int
    coded: int


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who withdrew a run, when and why; ``event`` is to be taken back to have the run again."""

    event: str
    by: str
    at: datetime
    why: str


def withdrawn_runs(conn: Connection) -> dict[str, Withdrawal]:
    """Runs that are withdrawn, and how."""
    statement = (
        select(withdrawal, event.c.actor)
        .join(event, event.c.id == withdrawal.c.event)
        .where(withdrawal.c.active)
        .order_by(withdrawal.c.seq)
    )
    return {r.run: Withdrawal(r.event, r.actor, r.at, r.why) for r in conn.execute(statement)}


def runs_in_force(conn: Connection) -> list[SearchRun]:
    """Search runs and imports that are not withdrawn, newest first."""
    gone = withdrawn_runs(conn)
    return [run for run in runs(conn) if run.id not in gone]


def leaving_with(conn: Connection, run: str) -> Leaving:
    """What withdrawing a run would do; nothing is changed."""
    own = set(
        conn.execute(
            select(sighting.c.record)
            .join(member, member.c.record == sighting.c.record)
            .where(sighting.c.run == run)
        ).scalars()
    )
    gone = [run, *withdrawn_runs(conn)]
    staying: set[str] = set()
    for part in chunks(sorted(own)):
        others = select(sighting.c.record).where(
            sighting.c.record.in_(part), sighting.c.run.not_in(gone)
        )
        staying.update(conn.execute(others).scalars())
    leave = own - staying
    return Leaving(
        leaving=len(leave),
        staying=len(staying),
        voted=_having(conn, leave, [vote]),
        coded=_having(conn, leave, [tag, finding]),
    )


def _having(conn: Connection, records: Collection[str], tables: Collection[Table]) -> int:
    """How many of some records have a row that counts in one of the tables."""
    found = 0
    for part in chunks(sorted(records)):
        rows = [select(t.c.record).where(t.c.record.in_(part), t.c.active) for t in tables]
        found += conn.execute(
            select(func.count()).select_from(union(*rows).subquery())
        ).scalar_one()
    return found
