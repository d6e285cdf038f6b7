"""The event log: the only way in which a review changes.

`append` writes events and the state that follows from them in the caller's transaction.
`replay` builds all derived state again from the log alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from review.errors import DecisionError, NotFoundError
from review.model import Event, EventKind
from review.store import projection
from review.store.sanitize import clean
from review.store.schema import DERIVED, event, member, touched

UNDOABLE = frozenset(
    {
        EventKind.MERGE,
        EventKind.KEEP_APART,
        EventKind.LINK,
        EventKind.NOT_LINKED,
        EventKind.FIELD_CHOSEN,
        EventKind.VOTE,
        EventKind.TAG,
        EventKind.UNTAG,
        EventKind.FINDING,
        EventKind.FINDING_REMOVED,
        EventKind.ANSWER,
        EventKind.NOTE,
        EventKind.RUN_WITHDRAWN,
        EventKind.SEARCH_STATED,
        EventKind.UNDO,
    }
)
"""What one person's undo may take back. Runs are withdrawn whole, and that can be undone."""

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An event about to be written. ``payload`` holds plain JSON values (shapes: `projection`)."""

    kind: EventKind
    payload: Mapping[str, Any] = field(default_factory=dict)


def append(
    conn: Connection,
    actor: str,
    entries: Sequence[Entry],
    protocol: str | None = None,
    at: datetime | None = None,
) -> list[Event]:
    """Write events and bring the derived state up to date, all in the caller's transaction.

    Args:
        actor: who did it; a person's name, or the name and version of a rule.
        protocol: version in force; the review's current one when None.

    Returns:
        The events as stored, in the order given.
    """
    if not entries:
        return []
    actor = clean(actor).strip()
    if not actor:
        raise DecisionError("Every step needs a name: say who is working before you decide.")
    version = protocol if protocol is not None else projection.current_rules(conn).version
    now = at or datetime.now(UTC)
    rows = [
        {
            "id": "E" + secrets.token_hex(5),
            "at": now,
            "actor": actor,
            "kind": str(entry.kind),
            "protocol": version,
            "payload": clean(dict(entry.payload)),
        }
        for entry in entries
    ]
    stored: list[Event] = []
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        statement = insert(event).returning(event.c.seq, sort_by_parameter_order=True)
        seqs = conn.execute(statement, chunk).scalars().all()
        stored += [_event({**row, "seq": seq}) for row, seq in zip(chunk, seqs, strict=True)]
    projection.apply(conn, stored)
    return stored


def undo(conn: Connection, actor: str, event_id: str) -> Event:
    """Take one event back. Undoing an undo brings the event back.

    Raises:
        NotFoundError: no such event.
        DecisionError: the event is of a kind that is not undone, or is already undone.
    """
    target = get(conn, event_id)
    if target.kind not in UNDOABLE:
        raise DecisionError(
            f"{event_id} is a {target.kind} event; those are not undone one by one."
        )
    if not projection.is_active(conn, event_id):
        raise DecisionError(f"{event_id} has been taken back already.")
    (done,) = append(conn, actor, [Entry(EventKind.UNDO, {"cancels": [event_id]})])
    return done


def get(conn: Connection, event_id: str) -> Event:
    """One event.

    Raises:
        NotFoundError: no such event.
    """
    row = conn.execute(select(event).where(event.c.id == event_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no event {event_id}.")
    return _event(row._asdict())


def events(conn: Connection, kinds: Sequence[EventKind] = ()) -> Iterator[Event]:
    """All events in order, of the given kinds when any are named."""
    statement = select(event).order_by(event.c.seq)
    if kinds:
        statement = statement.where(event.c.kind.in_([str(k) for k in kinds]))
    for row in conn.execute(statement.execution_options(yield_per=CHUNK)):
        yield _event(row._asdict())


def newest(conn: Connection, kind: EventKind) -> Event | None:
    """The newest event of a kind, taken back or not."""
    statement = select(event).where(event.c.kind == str(kind)).order_by(event.c.seq.desc()).limit(1)
    row = conn.execute(statement).one_or_none()
    return None if row is None else _event(row._asdict())


def history(conn: Connection, report: str) -> list[tuple[Event, bool]]:
    """Everything that ever happened to the records of a report, oldest first.

    Returns:
        Each event with whether it still counts.
    """
    records = select(member.c.record).where(member.c.report == report)
    seqs = select(touched.c.seq).where(touched.c.record.in_(records))
    rows = conn.execute(select(event).where(event.c.seq.in_(seqs)).order_by(event.c.seq)).all()
    return [(_event(row._asdict()), projection.is_active(conn, row.id)) for row in rows]


def touched_since(conn: Connection, seq: int, kinds: Sequence[EventKind]) -> set[str]:
    """The records that later events of some kinds are about; taking back is about the same ones.

    Args:
        seq: place in the log after which to look.
    """
    later = select(event.c.seq).where(event.c.seq > seq, event.c.kind.in_([str(k) for k in kinds]))
    # Not a join: there is no way from an event to what it touched but through all of `touched`.
    statement = select(touched.c.record).where(touched.c.seq > seq, touched.c.seq.in_(later))
    return set(conn.execute(statement).scalars())


def last_of(conn: Connection, actor: str, kinds: Sequence[EventKind]) -> Event | None:
    """The newest event of this actor that still counts, for one-key undo."""
    statement = (
        select(event)
        .where(event.c.actor == actor, event.c.kind.in_([str(k) for k in kinds]))
        .order_by(event.c.seq.desc())
    )
    # Closed on the way out: an open cursor would hold this connection to an old view of the log.
    with conn.execute(statement.execution_options(yield_per=50)) as rows:
        for row in rows:
            if projection.is_active(conn, row.id):
                return _event(row._asdict())
    return None


def replay(conn: Connection) -> int:
    """Empty all derived tables and build them again from the log.

    Returns:
        The number of events replayed.
    """
    for table in DERIVED:
        conn.execute(delete(table))
    everything = list(events(conn))
    projection.apply(conn, everything)
    return len(everything)


def snapshot(conn: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All derived rows in a fixed order, to compare two states of a review."""
    return {
        table.name: sorted(
            (tuple(map(_plain, row)) for row in conn.execute(select(table))), key=repr
        )
        for table in DERIVED
    }


def _plain(value: Any) -> Any:
    return repr(value) if isinstance(value, (list, dict)) else value


def _event(values: Mapping[str, Any]) -> Event:
    return Event(
        seq=values["seq"],
        id=values["id"],
        at=values["at"],
        actor=values["actor"],
        kind=EventKind(values["kind"]),
        protocol=values["protocol"],
        payload=values["payload"],
    )
