"""Pairs of records that may be the same text: what the rules proposed and left to a person."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from review.errors import NotFoundError
from review.store.schema import member, pair
from review.store.state import chunks


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one text. ``report_a`` and ``report_b`` hold them now."""

    id: str
    record_a: str
    record_b: str
    score: float
    verdict: str
    why: str
    report_a: str
    report_b: str


def pair_id(record_a: str, record_b: str) -> str:
    """The id of a pair, the same however often it is found."""
    first, second = sorted((record_a, record_b))
    return "D" + hashlib.sha256(f"{first} {second}".encode()).hexdigest()[:10]


def replace(
    conn: Connection, records: Collection[str] | None, found: Iterable[Mapping[str, Any]]
) -> int:
    """Put the pairs just found in place of those that touch the given records.

    Args:
        records: records that were compared; all when None.
        found: rows with ``id_a``, ``id_b``, ``score``, ``verdict`` and ``why``.

    Returns:
        The number of pairs stored.
    """
    if records is None:
        conn.execute(delete(pair))
    else:
        for part in chunks(sorted(records)):
            touching = or_(pair.c.record_a.in_(part), pair.c.record_b.in_(part))
            conn.execute(delete(pair).where(touching))
    rows: dict[str, dict[str, Any]] = {}
    for one in found:
        first, second = sorted((one["id_a"], one["id_b"]))
        key = pair_id(first, second)
        rows[key] = {
            "id": key,
            "record_a": first,
            "record_b": second,
            "score": float(one["score"]),
            "verdict": one["verdict"],
            "why": one["why"],
        }
    kept = {r for part in chunks(sorted(rows)) for r in _known(conn, part)}
    fresh = [row for key, row in rows.items() if key not in kept]
    for part_rows in chunks(fresh):
        conn.execute(insert(pair), part_rows)
    return len(fresh)


def apart_reports(conn: Connection) -> list[Pair]:
    """All pairs whose records are in two reports, the most doubtful (nearest to 0.5) first."""
    a, b = member.alias("a"), member.alias("b")
    statement = (
        select(pair, a.c.report.label("report_a"), b.c.report.label("report_b"))
        .join(a, a.c.record == pair.c.record_a)
        .join(b, b.c.record == pair.c.record_b)
        .where(a.c.report != b.c.report)
    )
    found = [Pair(**row._mapping) for row in conn.execute(statement)]
    return sorted(found, key=lambda p: (abs(p.score - 0.5), p.record_a, p.record_b))


def get(conn: Connection, id_: str) -> tuple[str, str]:
    """The two records of a pair.

    Raises:
        NotFoundError: no such pair.
    """
    statement = select(pair.c.record_a, pair.c.record_b).where(pair.c.id == id_)
    row = conn.execute(statement).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no pair {id_}.")
    return row.record_a, row.record_b


def _known(conn: Connection, ids: list[str]) -> list[str]:
    return list(conn.execute(select(pair.c.id).where(pair.c.id.in_(ids))).scalars())
