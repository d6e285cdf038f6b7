"""How far a search run came, as the log tells it, so that it can be taken up again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from review.events import RecordsAdded, RunFinished, RunPart, RunPlanned, RunResumed, RunStarted
from review.events.base import EventData, read
from review.store.chunks import chunks
from review.store.log import append, events
from review.store.schema import event, record, sighting


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a run's walk: the works published from ``first`` to ``last`` (ISO dates)."""

    name: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Trail:
    """How far a run came.

    Attributes:
        stretches: the parts it was cut into; empty for one walk.
        cursors: part -> where it goes on, ``""`` for one that is through; parts without a page
            are not in it. The one walk is the part ``""``.
        keys: part -> keys of the records that came with it.
        promised: the largest number that the source promised, None before the first page.
    """

    stretches: tuple[Stretch, ...]
    cursors: dict[str, str]
    keys: dict[str, frozenset[str]]
    promised: int | None


def plan(conn: Connection, actor: str, run: str, stretches: Sequence[Stretch]) -> None:
    """Log into which parts a run's walk is cut."""
    parts = tuple(RunPart(name=s.name, first=s.first, last=s.last) for s in stretches)
    append(conn, actor, [RunPlanned(run=run, parts=parts)])


def resume(conn: Connection, actor: str, run: str, after: str) -> None:
    """Open a run again that had stopped."""
    append(conn, actor, [RunResumed(run=run, after=after)])


def trail(conn: Connection, run: str) -> Trail:
    """Read how far a run came."""
    stretches: list[Stretch] = []
    cursors: dict[str, str] = {}
    ids: dict[str, set[str]] = defaultdict(set)
    promised: int | None = None
    for said in _said(conn, run, RunPlanned, RecordsAdded):
        if isinstance(said, RunPlanned):
            stretches = [Stretch(s.name, s.first, s.last) for s in said.parts]
        elif isinstance(said, RecordsAdded):
            cursors[said.part] = said.cursor or ""
            ids[said.part].update(said.records, said.again)
            if said.promised is not None:
                promised = max(promised or 0, said.promised)
    keys = _keys(conn, {i for found in ids.values() for i in found})
    return Trail(
        stretches=tuple(stretches),
        cursors=cursors,
        keys={part: frozenset(keys[i] for i in found) for part, found in ids.items()},
        promised=promised,
    )


def left_out(conn: Connection, run: str) -> list[str]:
    """A record of each report whose citations a run could not follow."""
    started = _said(conn, run, RunStarted)
    return [r for said in started if isinstance(said, RunStarted) for r in said.left_out]


def stops(conn: Connection, run: str) -> list[str]:
    """Why a run had stopped each time before it was taken up again."""
    return [s.after for s in _said(conn, run, RunResumed) if isinstance(s, RunResumed)]


def understood(conn: Connection) -> dict[str, str]:
    """Run -> its search as the source itself put it, where it did."""
    ended = (ev.data for ev in events(conn, (RunFinished,)))
    return {e.run: e.understood for e in ended if isinstance(e, RunFinished) and e.understood}


def last_stored(conn: Connection, run: str) -> datetime | None:
    """When a run last stored a page; None before the first."""
    statement = (
        select(event.c.at)
        .where(event.c.kind == RecordsAdded.kind, event.c.payload["run"].as_string() == run)
        .order_by(event.c.seq.desc())
        .limit(1)
    )
    return conn.execute(statement).scalar()


def seen_by(conn: Connection, run: str) -> set[str]:
    """Ids of the records that a run found, known ones among them."""
    return set(conn.execute(select(sighting.c.record).where(sighting.c.run == run)).scalars())


def _said(conn: Connection, run: str, *classes: type[EventData]) -> list[EventData]:
    """What the log says of a run, in order, in events of some kinds."""
    statement = (
        select(event.c.kind, event.c.payload)
        .where(event.c.kind.in_([cls.kind for cls in classes]))
        .where(event.c.payload["run"].as_string() == run)
        .order_by(event.c.seq)
    )
    return [read(kind, payload) for kind, payload in conn.execute(statement)]


def _keys(conn: Connection, ids: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in chunks(sorted(ids)):
        rows = conn.execute(select(record.c.id, record.c.key).where(record.c.id.in_(part)))
        found.update({id_: key for id_, key in rows})
    return found
