"""The event log: the only way in which a review changes.

`append` writes events and the state that follows from them in the caller's transaction.
`replay` builds all derived state again from the log alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, delete, exists, func, insert, select

from review.errors import DecisionError, NotFoundError
from review.events import CodingFinished, Event, EventData, FindingWritten, Undone
from review.events.base import kinds as kinds_of
from review.events.base import read
from review.events.double_coding import CODES
from review.field_limits import NAME
from review.plain_text import clean
from review.progress import NOBODY, Watch
from review.store import activity, projection
from review.store.chunks import chunks
from review.store.coding_queue import closed_forms
from review.store.people import spellings
from review.store.schema import (
    DERIVED,
    event,
    key_holder,
    keyed_event,
    member,
    touched,
    undo_state,
)

CHUNK = 5_000
"""Events read or written at once."""

Kinds = tuple[type[EventData], ...]
D = TypeVar("D", bound=EventData)


def append(
    conn: Connection,
    actor: str,
    said: Sequence[D],
    protocol: str | None = None,
    at: datetime | None = None,
) -> list[Event[D]]:
    """Write events and bring the derived state up to date, all in the caller's transaction.

    Args:
        actor: who did it; a person's name, or the name and version of a rule.
        said: what happened, in order.
        protocol: version in force; the review's current one when None.

    Returns:
        The events as stored, in the order given.
    """
    if not said:
        return []
    actor = clean(actor).strip()
    if not actor:
        raise DecisionError("Every step needs a name: say who is working before you decide.")
    if len(actor) > NAME:
        raise DecisionError(
            f"The name of who is working has {len(actor):,} signs; use up to {NAME}."
        )
    version = protocol if protocol is not None else projection.current_rules(conn).version
    now = at or datetime.now(UTC)
    # Writers are serialised, so the next numbers are known; told one by one they cost a statement
    # each.
    last = int(conn.execute(select(func.max(event.c.seq))).scalar() or 0)
    stored: list[Event] = []
    for start in range(0, len(said), CHUNK):
        rows = [
            {
                "seq": last + n,
                "id": "E" + secrets.token_hex(5),
                "at": now,
                "actor": actor,
                "kind": data.kind,
                "protocol": version,
                "payload": clean(data.written()),
            }
            for n, data in enumerate(said[start : start + CHUNK], start + 1)
        ]
        conn.execute(insert(event), rows)
        written = [_event(row) for row in rows]
        projection.apply(conn, written)
        stored += written
    return cast("list[Event[D]]", stored)


def undo(conn: Connection, actor: str, event_id: str, with_it: Sequence[str] = ()) -> Event[Undone]:
    """Take one event back. Undoing an undo brings the event back.

    Args:
        with_it: further events that go, and come back, together with it.

    Raises:
        NotFoundError: no such event.
        DecisionError: the event is of a kind that is not undone, or does not count any more.
    """
    target = get(conn, event_id)
    in_force = projection.current_rules(conn)
    if in_force.coders > 1:
        _refuse_on_finished_form(conn, target)
    if not target.data.undoable:
        raise DecisionError(
            f"{event_id} is a {target.kind} event; those are not undone one by one."
        )
    if not activity.counting(conn, [event_id]):
        raise DecisionError(
            f"{event_id} has been taken back already, or something newer has replaced it."
        )
    (done,) = append(conn, actor, [Undone(cancels=(event_id, *with_it))], in_force.version)
    return done


def _refuse_on_finished_form(conn: Connection, target: Event) -> None:
    """See that taking a step back changes no coding form that is finished.

    Raises:
        DecisionError: it would; several people code each report, and others may have seen it.
    """
    for about in activity.undone_by(conn, target.id) or [target.id]:
        first = target if about == target.id else get(conn, about)
        if isinstance(first.data, CODES) and not _of_consensus(first):
            _refuse_finished(conn, first)


def _of_consensus(target: Event) -> bool:
    """Whether a finding was written for all coders, when a value was retired: it is on no form."""
    said = target.data
    return isinstance(said, FindingWritten) and bool(said.recodes) and not said.replaces


def _refuse_finished(conn: Connection, target: Event) -> None:
    finishing = isinstance(target.data, CodingFinished)
    for home in set(conn.execute(
        select(member.c.report).where(member.c.record.in_(target.data.about))
    ).scalars()):  # fmt: skip
        closed = closed_forms(conn, home)
        if (not finishing or home in closed.compared) and (why := closed.why_not(home, target.by)):
            raise DecisionError(why)


def get(conn: Connection, event_id: str) -> Event:
    """One event.

    Raises:
        NotFoundError: no such event.
    """
    row = conn.execute(select(event).where(event.c.id == event_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no event {event_id}.")
    return _event(row._asdict())


def events(conn: Connection, kinds: Kinds = ()) -> Iterator[Event]:
    """All events in order, of the given kinds when any are named."""
    statement = select(event).order_by(event.c.seq)
    if kinds:
        statement = statement.where(event.c.kind.in_(list(kinds_of(kinds))))
    for row in conn.execute(statement.execution_options(yield_per=CHUNK)):
        yield _event(row._asdict())


def newest(conn: Connection, kind: type[D]) -> Event[D] | None:
    """The newest event of a kind, taken back or not."""
    statement = select(event).where(event.c.kind == kind.kind).order_by(event.c.seq.desc()).limit(1)
    row = conn.execute(statement).one_or_none()
    return None if row is None else cast("Event[D]", _event(row._asdict()))


def history(conn: Connection, report: str) -> list[tuple[Event, bool]]:
    """Everything that ever happened to the records of a report, oldest first.

    Returns:
        Each event with whether it still counts.
    """
    records = select(member.c.record).where(member.c.report == report)
    return about(conn, conn.execute(records).scalars().all())


def about(conn: Connection, records: Collection[str]) -> list[tuple[Event, bool]]:
    """Everything that ever happened to some records, in a report or in none, oldest first.

    Returns:
        Each event with whether it still counts.
    """
    found: dict[int, Event] = {}
    for part in chunks(sorted(records)):
        seqs = select(touched.c.seq).where(touched.c.record.in_(part))
        rows = conn.execute(select(event).where(event.c.seq.in_(seqs))).all()
        found.update({row.seq: _event(row._asdict()) for row in rows})
    counting = activity.counting(conn, [e.id for e in found.values()])
    return [(found[seq], found[seq].id in counting) for seq in sorted(found)]


def counts(conn: Connection, event_id: str) -> bool:
    """Whether an event counts: it is not taken back, and nothing newer has replaced it."""
    return bool(activity.counting(conn, [event_id]))


def touched_since(conn: Connection, seq: int, kinds: Kinds) -> set[str]:
    """The records that later events of some kinds are about; taking back is about the same ones.

    Args:
        seq: place in the log after which to look.
    """
    wanted = list(kinds_of(kinds))
    later = select(event.c.seq).where(event.c.seq > seq, event.c.kind.in_(wanted))
    # Not a join: there is no way from an event to what it touched but through all of `touched`.
    statement = select(touched.c.record).where(touched.c.seq > seq, touched.c.seq.in_(later))
    return set(conn.execute(statement).scalars())


def undo_newest(conn: Connection, actor: str, kinds: Kinds) -> Event | None:
    """Take back the newest event of this actor that still counts; None when there is none."""
    last = last_of(conn, actor, kinds)
    if last is not None:
        undo(conn, actor, last.id)
    return last


def last_of(conn: Connection, actor: str, kinds: Kinds) -> Event | None:
    """The newest event of this actor that still counts, for one-key undo."""
    undone = exists().where(undo_state.c.event == event.c.id, undo_state.c.undone)
    behind = exists().where(
        keyed_event.c.event == event.c.id,
        keyed_event.c.home,
        key_holder.c.key == keyed_event.c.key,
        key_holder.c.event != event.c.id,
    )
    statement = (
        select(event)
        .where(
            event.c.actor.in_(spellings(conn, actor)),
            event.c.kind.in_(list(kinds_of(kinds))),
            ~undone,
            ~behind,
        )
        .order_by(event.c.seq.desc())
        .limit(1)
    )
    row = conn.execute(statement).one_or_none()
    return None if row is None else _event(row._asdict())


def replay(conn: Connection, watch: Watch = NOBODY) -> int:
    """Empty all derived tables and build them again from the log, a few thousand events at once.

    Args:
        watch: told how many events are done, and of how many; asked whether to stop.

    Returns:
        The number of events replayed.
    """
    for table in DERIVED:
        conn.execute(delete(table))
    projection.note_titles(conn)
    total = int(conn.execute(select(func.count()).select_from(event)).scalar() or 0)
    done = 0
    last = 0
    while True:
        watch.stop_if_cancelled()
        watch.at(done, total)
        statement = select(event).where(event.c.seq > last).order_by(event.c.seq).limit(CHUNK)
        part = [_event(row._asdict()) for row in conn.execute(statement)]
        if not part:
            return done
        projection.apply(conn, part)
        last = part[-1].seq
        done += len(part)


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
        protocol=values["protocol"],
        data=read(values["kind"], values["payload"]),
    )
