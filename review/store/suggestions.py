"""Suggestions: what machines propose for a record, and what people said to it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select

from review.errors import NotFoundError
from review.model import Suggestion
from review.plain_text import clean
from review.store import coding_queue
from review.store.chunks import chunks
from review.store.schema import answer, member, record, suggested, suggestion

NAMES = ("id", "record", "dimension", "value", "confidence", "source", "quote", "rank", "version")
"""Columns of the table, which are the fields of `review.model.Suggestion`."""

_PLACED = select(suggestion, member.c.report).join(member, member.c.record == suggestion.c.record)
"""Suggestions with the reports that now hold their records."""


@dataclass(frozen=True, slots=True)
class RecordText:
    """What a rule may read of a record."""

    id: str
    title: str
    abstract: str
    mesh: tuple[str, ...]
    type: str
    study_designs: tuple[str, ...]


def id_of(record_id: str, dimension: str, value: str, source: str) -> str:
    """The id of a suggestion: the same proposal by the same source has the same id always.

    So answers stay with their suggestions when those are worked out anew.
    """
    text = "\x1f".join((record_id, dimension, value, source))
    return "G" + hashlib.sha256(text.encode()).hexdigest()[:12]


def get(conn: Connection, suggestion_id: str) -> tuple[str, Suggestion, str]:
    """One suggestion: the report that now holds its record, itself, its newest answer ("" if none).

    Raises:
        NotFoundError: no such suggestion.
    """
    row = conn.execute(_PLACED.where(suggestion.c.id == suggestion_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no suggestion {suggestion_id}.")
    said = select(answer.c.answer).where(answer.c.suggestion == suggestion_id, answer.c.active)
    newest = conn.execute(said.order_by(answer.c.seq.desc()).limit(1)).scalar()
    return str(row.report), _suggestion(row), str(newest or "")


def of_report(
    conn: Connection, report_id: str, by: Collection[str] | None = None
) -> list[tuple[Suggestion, str]]:
    """Suggestions on a report, best first in each dimension; each with its newest answer or "".

    Args:
        by: whose answers, by name; None for those of all.
    """
    here = member.c.report == report_id
    answers = (
        select(answer.c.suggestion, answer.c.answer)
        .join(suggestion, suggestion.c.id == answer.c.suggestion)
        .join(member, member.c.record == suggestion.c.record)
        .where(answer.c.active, here)
        .order_by(answer.c.seq)
    )
    if by is not None:
        answers = answers.where(answer.c.reviewer.in_(sorted(by)))
    said: dict[str, str] = dict(map(tuple, conn.execute(answers)))
    order = (suggestion.c.dimension, suggestion.c.rank, suggestion.c.id)
    rows = conn.execute(_PLACED.where(here).order_by(*order))
    return [(_suggestion(row), said.get(row.id, "")) for row in rows]


def add(conn: Connection, proposed: Sequence[Suggestion]) -> int:
    """Store suggestions that are not there yet; returns how many are new."""
    rows = {s.id: s for s in proposed}
    known: set[str] = set()
    for part in chunks(sorted(rows)):
        statement = select(suggestion.c.id).where(suggestion.c.id.in_(part))
        known.update(conn.execute(statement).scalars())
    fresh = [_row(s) for id_, s in rows.items() if id_ not in known]
    for rows_part in chunks(fresh, 5_000):
        conn.execute(insert(suggestion), rows_part)
    return len(fresh)


def replace(
    conn: Connection,
    records: Collection[str],
    sources: Collection[str],
    proposed: Sequence[Suggestion],
) -> int:
    """Put what the given sources now propose for some records in place of what they did before.

    A suggestion that a person ever answered stays as that person saw it.

    Returns:
        How many suggestions were not there before.
    """
    answered = select(answer.c.suggestion)
    before: set[str] = set()
    for part in chunks(sorted(records)):
        own = suggestion.c.record.in_(part) & suggestion.c.source.in_(sorted(sources))
        before.update(conn.execute(select(suggestion.c.id).where(own)).scalars())
        conn.execute(delete(suggestion).where(own, suggestion.c.id.not_in(answered)))
    add(conn, proposed)
    return len({s.id for s in proposed} - before)


def mark(conn: Connection, records: Collection[str], version: str) -> None:
    """Note that all rules and the model have read some records.

    Args:
        version: of all of them together.
    """
    for part in chunks(sorted(records)):
        conn.execute(delete(suggested).where(suggested.c.record.in_(part)))
        conn.execute(insert(suggested), [{"record": id_, "version": version} for id_ in part])


def unread(conn: Connection) -> list[str]:
    """Ids of records that the rules have not read so far, in order."""
    read = exists().where(suggested.c.record == record.c.id)
    statement = select(record.c.id).where(~read).order_by(record.c.n)
    return [str(r) for r in conn.execute(statement).scalars()]


def not_read_under(conn: Connection, version: str) -> list[str]:
    """Ids of records that were read under another version, in order."""
    statement = (
        select(record.c.id)
        .join(suggested, suggested.c.record == record.c.id)
        .where(suggested.c.version != version)
        .order_by(record.c.n)
    )
    return [str(r) for r in conn.execute(statement).scalars()]


def of_records(
    conn: Connection, records: Collection[str], sources: Collection[str]
) -> list[tuple[Suggestion, bool]]:
    """Suggestions of some sources for some records, each with whether a person ever answered it."""
    found: list[tuple[Suggestion, bool]] = []
    said = exists().where(answer.c.suggestion == suggestion.c.id)
    for part in chunks(sorted(records)):
        own = suggestion.c.record.in_(part) & suggestion.c.source.in_(sorted(sources))
        rows = conn.execute(select(suggestion, said.label("said")).where(own))
        found += [(_suggestion(row), bool(row.said)) for row in rows]
    return found


def counts_by_version(conn: Connection) -> list[tuple[str, str, int]]:
    """Source, its version, and how many suggestions it made."""
    by = (suggestion.c.source, suggestion.c.version)
    statement = select(*by, func.count()).group_by(*by).order_by(*by)
    return [(source, version, int(n)) for source, version, n in conn.execute(statement)]


def texts(conn: Connection, records: Collection[str]) -> list[RecordText]:
    """What rules read, of the named records, in order of id."""
    columns = (
        record.c.id,
        record.c.title,
        record.c.abstract,
        record.c.mesh,
        record.c.type,
        record.c.study_designs,
    )
    found: list[RecordText] = []
    for part in chunks(sorted(records)):
        statement = select(*columns).where(record.c.id.in_(part)).order_by(record.c.id)
        found += [
            RecordText(
                row.id, row.title, row.abstract, tuple(row.mesh), row.type, tuple(row.study_designs)
            )
            for row in conn.execute(statement)
        ]
    return found


def count_open(conn: Connection) -> int:
    """Suggestions nobody has answered."""
    answered = coding_queue.answered(conn)
    every = select(func.count()).select_from(suggestion)
    # By difference: those answered are few and found by their ids, all others need not be read.
    closed = every.where(suggestion.c.id.in_(answered))
    return conn.execute(every).scalar_one() - conn.execute(closed).scalar_one()


def _suggestion(row: Row[Any]) -> Suggestion:
    return Suggestion(**{name: row._mapping[name] for name in NAMES})


def _row(s: Suggestion) -> dict[str, Any]:
    cleaned: dict[str, Any] = clean({name: getattr(s, name) for name in NAMES})
    return cleaned
