"""What people say of gaps, and who coded what: what the ledger of gaps reads and writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from review.events import Event, GapStated
from review.events.gaps import Aspect
from review.people import person_key
from review.store.log import append
from review.store.schema import finding, gap_statement, member, tag


@dataclass(frozen=True, slots=True)
class GapStatement:
    """What one person said of one gap.

    Attributes:
        event: id of the event that says so.
        value: the priority or the status; ``""`` for none.
        text: the note, or why the gap is set aside.
        protocol: version in force when it was said.
        active: whether it still stands; a newer one replaces it, an undo takes it back.
    """

    event: str
    gap: str
    aspect: Aspect
    value: str
    text: str
    reviewer: str
    at: datetime
    protocol: str
    active: bool


def state(conn: Connection, said: GapStated) -> Event:
    """Log a statement; the one in force on this aspect of the gap is replaced by it."""
    (done,) = append(conn, said.reviewer, [said])
    return done


def every(
    conn: Connection, gap: str | None = None, *, active: bool | None = None
) -> list[GapStatement]:
    """All statements there ever were, oldest first.

    Args:
        gap: only those on this gap.
        active: only those in force, or only the others.
    """
    statement = select(gap_statement).order_by(gap_statement.c.seq)
    if gap is not None:
        statement = statement.where(gap_statement.c.gap == gap)
    if active is not None:
        statement = statement.where(gap_statement.c.active.is_(active))
    return [
        GapStatement(
            event=row.event,
            gap=row.gap,
            aspect=row.aspect,
            value=row.value,
            text=row.text,
            reviewer=row.reviewer,
            at=row.at,
            protocol=row.protocol,
            active=row.active,
        )
        for row in conn.execute(statement)
    ]


def in_force(conn: Connection) -> dict[str, dict[Aspect, GapStatement]]:
    """Gap -> aspect -> the newest statement on it that counts."""
    found: dict[str, dict[Aspect, GapStatement]] = defaultdict(dict)
    for one in every(conn, active=True):
        found[one.gap][one.aspect] = one
    return dict(found)


def coders(conn: Connection) -> dict[str, dict[str, datetime]]:
    """Report -> who coded it -> when last, by tags and findings that count."""
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for table in (tag, finding):
        rows = conn.execute(
            select(member.c.report, table.c.reviewer, func.max(table.c.at))
            .join(member, member.c.record == table.c.record)
            .where(table.c.active)
            .group_by(member.c.report, table.c.reviewer)
        )
        for report, reviewer, at in rows:
            known = found[report].get(reviewer)
            found[report][reviewer] = at if known is None else max(known, at)
    return dict(found)


def disputed(conn: Connection, dimensions: Collection[str]) -> set[str]:
    """Reports of which people gave different values of one of these dimensions.

    Only who gave a value of the dimension at all is compared; what a consensus settled is not
    disputed any more.

    Args:
        dimensions: their ids.
    """
    rows = conn.execute(
        select(member.c.report, tag.c.dimension, tag.c.reviewer, tag.c.value, tag.c.settles)
        .join(member, member.c.record == tag.c.record)
        .where(tag.c.active, tag.c.dimension.in_(sorted(dimensions)))
    )
    said: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    settled: set[tuple[str, str]] = set()
    for report, dimension, reviewer, value, settles in rows:
        if settles:
            settled.add((report, dimension))
        else:
            said[report, dimension][person_key(reviewer)].add(value)
    return {
        place[0]
        for place, by in said.items()
        if place not in settled and len({frozenset(values) for values in by.values()}) > 1
    }
