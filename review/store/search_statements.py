"""What people state of the searching: one statement an item of the search log, newest in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from review.model import Event, EventKind
from review.store.log import Entry, append, events
from review.store.projection import is_active


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
    before = in_force(conn).get(item)
    payload = {
        "item": item,
        "text": text,
        "none": none,
        "details": dict(details or {}),
        "reviewer": actor,
        "cancels": [before.event] if before else [],
    }
    (done,) = append(conn, actor, [Entry(EventKind.SEARCH_STATED, payload)])
    return done


def every(conn: Connection) -> list[Statement]:
    """All statements there ever were, oldest first."""
    return [
        Statement(
            event=e.id,
            item=int(e.payload["item"]),
            text=e.payload["text"],
            none=bool(e.payload["none"]),
            reviewer=e.payload["reviewer"],
            at=e.at,
            protocol=e.protocol,
            active=is_active(conn, e.id),
            details=e.payload["details"],
        )
        for e in list(events(conn, [EventKind.SEARCH_STATED]))
    ]


def in_force(conn: Connection) -> dict[int, Statement]:
    """The newest statement that counts of each item that has one."""
    return {s.item: s for s in every(conn) if s.active}
