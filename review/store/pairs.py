"""Pairs of records that may be one text, or reports of one study: what the rules leave open."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, or_, select
from sqlalchemy.sql.elements import ColumnElement

from review.errors import NotFoundError
from review.store import pair_rulings
from review.store.chunks import chunks
from review.store.schema import member, pair, report

LINK = "study"
"""Verdict of a pair that is no duplicate but may come from one study."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one text, or of one study.

    Attributes:
        report_a, report_b: the reports that hold them now; ``study_a`` and ``study_b`` likewise.
    """

    id: str
    record_a: str
    record_b: str
    score: float
    verdict: str
    why: str
    report_a: str
    report_b: str
    study_a: str
    study_b: str


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
    _drop(conn, records, pair.c.verdict != LINK)
    return _add(conn, found)


def replace_links(
    conn: Connection, records: Collection[str] | None, found: Iterable[Mapping[str, Any]]
) -> int:
    """Put the proposals of links just found in place of those that touch the given records.

    Two records that may be one text are not proposed as a link as well: whoever judges them can
    say that they are two reports of one study.

    Args:
        records: records of the reports whose links were looked for; all when None.
        found: rows with ``id_a``, ``id_b``, ``score`` and ``why``.

    Returns:
        The number of proposals stored.
    """
    _drop(conn, records, pair.c.verdict == LINK)
    return _add(conn, ({**one, "verdict": LINK} for one in found))


def _drop(conn: Connection, records: Collection[str] | None, kind: ColumnElement[bool]) -> None:
    """Delete the pairs of a kind that touch the given records; all when None."""
    if records is None:
        conn.execute(delete(pair).where(kind))
        return
    for part in chunks(sorted(records)):
        touching = or_(pair.c.record_a.in_(part), pair.c.record_b.in_(part))
        conn.execute(delete(pair).where(touching, kind))


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


def waiting(conn: Connection, id_: str = "") -> list[Pair]:
    """Possible duplicates in two reports that nobody has spoken of, in no order.

    Args:
        id_: only the pair of this id.
    """
    statement = _pairs().where(pair.c.verdict != LINK)
    found = conn.execute(statement.where(pair.c.id == id_) if id_ else statement).all()
    if not found:
        return []
    texts = pair_rulings.between(conn, pair_rulings.DIFFERENT)
    studies = pair_rulings.between(conn, pair_rulings.UNLINKED)
    return [
        p
        for p in map(_pair, found)
        if frozenset((p.report_a, p.report_b)) not in texts
        and frozenset((p.study_a, p.study_b)) not in studies
    ]


def waiting_links(conn: Connection, texts: Iterable[Pair] | None = None) -> list[Pair]:
    """Reports of different studies that may come from one, the likeliest first.

    Of several pairs between the same two studies only the first is told. Left out are studies that
    a person holds to be different, reports that a person kept apart (who could have said then that
    they are of one study), and those that may be one text: that is asked first.

    Args:
        texts: possible duplicates that wait, where these have been read already.
    """
    statement = _pairs().where(pair.c.verdict == LINK, _C.c.study != _D.c.study)
    found = conn.execute(statement.order_by(pair.c.score.desc(), pair.c.id)).all()
    if not found:
        return []
    asked = waiting(conn) if texts is None else texts
    apart = {*pair_rulings.between(conn, pair_rulings.KEPT_APART)}
    apart |= {frozenset((p.report_a, p.report_b)) for p in asked}
    known = set(pair_rulings.between(conn, pair_rulings.UNLINKED))
    kept: list[Pair] = []
    for p in map(_pair, found):
        studies = frozenset((p.study_a, p.study_b))
        if studies not in known and frozenset((p.report_a, p.report_b)) not in apart:
            known.add(studies)
            kept.append(p)
    return kept


_A, _B = member.alias("a"), member.alias("b")
_C, _D = report.alias("c"), report.alias("d")


def _pairs() -> Select[Any]:
    return (
        select(
            pair,
            _C.c.id.label("report_a"),
            _D.c.id.label("report_b"),
            _C.c.study.label("study_a"),
            _D.c.study.label("study_b"),
        )
        .join(_A, _A.c.record == pair.c.record_a)
        .join(_B, _B.c.record == pair.c.record_b)
        .join(_C, _C.c.id == _A.c.report)
        .join(_D, _D.c.id == _B.c.report)
        .where(_A.c.report != _B.c.report)
    )


def _pair(row: Row[Any]) -> Pair:
    return Pair(**row._mapping)


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
