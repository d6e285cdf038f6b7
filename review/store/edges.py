"""Merges, links and records kept apart, as they are read for lists, counts and exports."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from review.store.chunks import chunks
from review.store.schema import edge


@dataclass(frozen=True, slots=True)
class Edge:
    """A merge, a link, or two records kept apart.

    ``kind`` is ``merge``, ``apart`` (different texts), ``link`` (one study) or ``unlinked``
    (different studies); ``event`` the id of the event that says so, ``seq`` its place in the log.
    """

    event: str
    kind: str
    record_a: str
    record_b: str
    actor: str
    time: str
    score: float | None
    why: str
    active: bool
    seq: int = 0


def find(conn: Connection, kind: str = "", *, active: bool | None = None) -> list[Edge]:
    """Merges, links and records kept apart, oldest first.

    Args:
        kind: one of those of `Edge`; all when empty.
        active: only those that count, or only those taken back.
    """
    statement = select(edge).order_by(edge.c.seq)
    if kind:
        statement = statement.where(edge.c.kind == kind)
    if active is not None:
        statement = statement.where(edge.c.active if active else ~edge.c.active)
    return [_edge(row) for row in conn.execute(statement)]


def merges_within(conn: Connection, records: Collection[str]) -> list[Edge]:
    """The merges that count between some records, oldest first."""
    found: dict[str, Row[Any]] = {}
    for part in chunks(sorted(records)):
        statement = select(edge).where(edge.c.record_a.in_(part), edge.c.kind == "merge")
        found.update({row.event: row for row in conn.execute(statement.where(edge.c.active))})
    return [_edge(row) for row in sorted(found.values(), key=lambda row: row.seq)]


def on(conn: Connection, records: Collection[str]) -> list[Edge]:
    """What was ever said of some records and others, taken back or not, oldest first."""
    found: dict[str, Row[Any]] = {}
    for part in chunks(sorted(records)):
        either = or_(edge.c.record_a.in_(part), edge.c.record_b.in_(part))
        found.update({row.event: row for row in conn.execute(select(edge).where(either))})
    return [_edge(row) for row in sorted(found.values(), key=lambda row: row.seq)]


def newest(
    conn: Connection, kinds: Collection[str], limit: int | None = None, offset: int = 0
) -> list[Edge]:
    """Edges of some kinds, those taken back too, newest first; as many at most as ``limit``."""
    statement = select(edge).where(edge.c.kind.in_(kinds)).order_by(edge.c.seq.desc())
    if limit is not None:
        statement = statement.limit(limit).offset(offset)
    return [_edge(row) for row in conn.execute(statement)]


def count(conn: Connection, kinds: Collection[str], *, active: bool = False) -> int:
    """How many edges of some kinds there are, or only how many count."""
    statement = select(func.count()).where(edge.c.kind.in_(kinds))
    if active:
        statement = statement.where(edge.c.active)
    return int(conn.execute(statement).scalar() or 0)


def _edge(row: Row[tuple[object, ...]]) -> Edge:
    return Edge(
        event=row.event,
        kind=row.kind,
        record_a=row.record_a,
        record_b=row.record_b,
        actor=row.actor,
        time=row.at.isoformat(),
        score=row.score,
        why=row.why,
        active=row.active,
        seq=row.seq,
    )
