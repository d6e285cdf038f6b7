"""How far a search run came, as the log tells it, so that it can be taken up again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from review.model import EventKind
from review.store.chunks import chunks
from review.store.log import Entry, append
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
    parts = [{"name": s.name, "first": s.first, "last": s.last} for s in stretches]
    append(conn, actor, [Entry(EventKind.RUN_PLANNED, {"run": run, "parts": parts})])


def resume(conn: Connection, actor: str, run: str, after: str) -> None:
    """Open a run again that had stopped."""
    append(conn, actor, [Entry(EventKind.RUN_RESUMED, {"run": run, "after": after})])


def trail(conn: Connection, run: str) -> Trail:
    """Read how far a run came."""
    kinds = [str(EventKind.RUN_PLANNED), str(EventKind.RECORDS_ADDED)]
    statement = (
        select(event.c.kind, event.c.payload)
        .where(event.c.kind.in_(kinds), event.c.payload["run"].as_string() == run)
        .order_by(event.c.seq)
    )
    stretches: list[Stretch] = []
    cursors: dict[str, str] = {}
    ids: dict[str, set[str]] = defaultdict(set)
    promised: int | None = None
    for kind, p in conn.execute(statement):
        if kind == EventKind.RUN_PLANNED:
            stretches = [Stretch(s["name"], s["first"], s["last"]) for s in p["parts"]]
            continue
        part = p.get("part", "")
        cursors[part] = p.get("cursor") or ""
        ids[part].update(p["records"], p.get("again", ()))
        if p.get("promised") is not None:
            promised = max(promised or 0, p["promised"])
    keys = _keys(conn, {i for found in ids.values() for i in found})
    return Trail(
        stretches=tuple(stretches),
        cursors=cursors,
        keys={part: frozenset(keys[i] for i in found) for part, found in ids.items()},
        promised=promised,
    )


def left_out(conn: Connection, run: str) -> list[str]:
    """A record of each report whose citations a run could not follow."""
    statement = select(event.c.payload).where(
        event.c.kind == str(EventKind.RUN_STARTED), event.c.payload["run"].as_string() == run
    )
    return [r for p in conn.execute(statement).scalars() for r in p.get("left_out", ())]


def stops(conn: Connection, run: str) -> list[str]:
    """Why a run had stopped each time before it was taken up again."""
    statement = select(event.c.payload).where(
        event.c.kind == str(EventKind.RUN_RESUMED), event.c.payload["run"].as_string() == run
    )
    return [p.get("after", "") for p in conn.execute(statement.order_by(event.c.seq)).scalars()]


def seen_by(conn: Connection, run: str) -> set[str]:
    """Ids of the records that a run found, known ones among them."""
    return set(conn.execute(select(sighting.c.record).where(sighting.c.run == run)).scalars())


def _keys(conn: Connection, ids: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in chunks(sorted(ids)):
        rows = conn.execute(select(record.c.id, record.c.key).where(record.c.id.in_(part)))
        found.update({id_: key for id_, key in rows})
    return found
