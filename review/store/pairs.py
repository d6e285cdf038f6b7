"""Pairs of records that may be one text, or reports of one study: what the rules leave open."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, or_, select
from sqlalchemy.sql.elements import ColumnElement

from review.errors import NotFoundError
from review.store.chunks import chunks
from review.store.schema import edge, member, pair, report

LINK = "study"
"""Verdict of a pair that is no duplicate but may come from one study."""


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
    """Put the possible duplicates just found in place of those that touch the given records.

    Args:
        records: records that were compared; all when None.
        found: rows with ``id_a``, ``id_b``, ``score``, ``verdict`` and ``why``.

    Returns:
        The number of pairs stored.
    """
    if records is None:
        conn.execute(delete(pair).where(pair.c.verdict != LINK))
    else:
        for part in chunks(sorted(records)):
            touching = or_(pair.c.record_a.in_(part), pair.c.record_b.in_(part))
            conn.execute(delete(pair).where(touching, pair.c.verdict != LINK))
    return _add(conn, found)


def replace_links(conn: Connection, found: Iterable[Mapping[str, Any]]) -> int:
    """Put the proposals of links just found in place of all earlier ones.

    Two records that may be one text are not proposed as a link as well: whoever judges them can
    say that they are two reports of one study.

    Args:
        found: rows with ``id_a``, ``id_b``, ``score`` and ``why``.

    Returns:
        The number of proposals stored.
    """
    conn.execute(delete(pair).where(pair.c.verdict == LINK))
    return _add(conn, ({**one, "verdict": LINK} for one in found))


def _add(conn: Connection, found: Iterable[Mapping[str, Any]]) -> int:
    """Store pairs that are not there yet."""
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


def waiting(conn: Connection) -> list[Pair]:
    """Possible duplicates that nothing has settled, the most doubtful (nearest to 0.5) first.

    Of several pairs between the same two reports only the first is told: one answer settles all.
    Settled are reports kept apart, and reports that the rules had joined and a person took apart.
    A person's own merge, taken back, is open again.
    """
    kept_apart = (edge.c.kind == "apart") & edge.c.active
    taken_apart = (edge.c.kind == "merge") & ~edge.c.active & edge.c.score.is_not(None)
    found = conn.execute(_pairs().where(pair.c.verdict != LINK)).all()
    ordered = sorted(found, key=lambda p: (abs(p.score - 0.5), p.record_a, p.record_b))
    return _open(ordered, _between(conn, kept_apart | taken_apart))


def waiting_links(conn: Connection) -> list[Pair]:
    """Reports of different studies that may come from one, the likeliest first.

    Of several pairs between the same two reports only the first is told.
    """
    a, b = report.alias("study_a"), report.alias("study_b")
    statement = _pairs().where(
        pair.c.verdict == LINK, a.c.id == _A.c.report, b.c.id == _B.c.report, a.c.study != b.c.study
    )
    found = conn.execute(statement.order_by(pair.c.score.desc(), pair.c.id)).all()
    return _open(found, _between(conn, (edge.c.kind == "unlinked") & edge.c.active))


_A, _B = member.alias("a"), member.alias("b")


def _pairs() -> Select[Any]:
    return (
        select(pair, _A.c.report.label("report_a"), _B.c.report.label("report_b"))
        .join(_A, _A.c.record == pair.c.record_a)
        .join(_B, _B.c.record == pair.c.record_b)
        .where(_A.c.report != _B.c.report)
    )


def _between(conn: Connection, condition: ColumnElement[bool]) -> set[frozenset[str]]:
    """Pairs of reports that edges of a kind stand between now."""
    statement = (
        select(_A.c.report, _B.c.report.label("other"))
        .select_from(edge)
        .join(_A, _A.c.record == edge.c.record_a)
        .join(_B, _B.c.record == edge.c.record_b)
        .where(condition)
    )
    return {frozenset((row.report, row.other)) for row in conn.execute(statement)}


def _open(found: Iterable[Row[Any]], settled: set[frozenset[str]]) -> list[Pair]:
    kept: list[Pair] = []
    for row in found:
        between = frozenset((row.report_a, row.report_b))
        if between not in settled:
            settled.add(between)
            kept.append(Pair(**row._mapping))
    return kept


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
