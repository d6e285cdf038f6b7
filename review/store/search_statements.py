"""What people state of the searching: one statement an item of the search log, newest in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from review.events import Event, SearchStated
from review.store.log import append
from review.store.schema import search_statement


@dataclass(frozen=True, slots=True)
class Statement:
    """What one person said of one item.

    Attributes:
        event: id of the event that says so.
        none: the person said that none was done; ``text`` then may tell why.
        details: the parts of a statement that has any (who reviewed, when, what was changed).
        protocol: version in force when it was said.
        active: whether it still stands; a newer one replaces it, an undo takes it back.
    """

    event: str
    item: int
    text: str
    none: bool
    reviewer: str
    at: datetime
    protocol: str
    active: bool
    details: Mapping[str, str] = field(default_factory=dict)


def state(
    conn: Connection,
    actor: str,
    item: int,
    text: str,
    *,
    none: bool = False,
    details: Mapping[str, str] | None = None,
) -> Event:
    """Log a statement; the one in force on this item is replaced by it."""
    said = SearchStated(
        item=item, text=text, none=none, details=dict(details or {}), reviewer=actor
    )
    (done,) = append(conn, actor, [said])
    return done


def every(conn: Connection, *, active: bool | None = None) -> list[Statement]:
    """All statements there ever were, oldest first.

    Args:
        active: only those in force, or only the others.
    """
    statement = select(search_statement).order_by(search_statement.c.seq)
    if active is not None:
        statement = statement.where(search_statement.c.active.is_(active))
    return [
        Statement(
            event=row.event,
            item=row.item,
            text=row.text,
            none=row.none,
            reviewer=row.reviewer,
            at=row.at,
            protocol=row.protocol,
            active=row.active,
            details=row.details,
        )
        for row in conn.execute(statement)
    ]


def in_force(conn: Connection) -> dict[int, Statement]:
    """The newest statement that counts of each item that has one."""
    return {s.item: s for s in every(conn, active=True)}
