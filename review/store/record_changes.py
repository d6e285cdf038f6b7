"""What sources said of known records when they were asked again. The records stay as they came."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from review.events import Event, RecordsChanged
from review.model import Record
from review.plain_text import clean
from review.store.chunks import chunks
from review.store.log import append
from review.store.records import to_record
from review.store.schema import amendment, record

FIELDS = (
    "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid",
    "abstract", "language", "type", "study_designs", "retracted",
)  # fmt: skip
"""Fields whose change is told. Keywords, headings and addresses change with every release."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """One field of one record that came back otherwise than it was known.

    Attributes:
        old, new: plain JSON values; lists for authors and study designs.
        run: the search run that brought it.
    """

    record: str
    field: str
    old: Any
    new: Any
    run: str
    at: datetime


def note_changes(
    conn: Connection, actor: str, run: str, found: Mapping[str, Record]
) -> Event | None:
    """Compare known records with what a source says of them now, and log the differences.

    Args:
        found: record id -> the entry as it came this time.

    Returns:
        The event, or None when nothing changed.
    """
    known = newest(conn, found)
    changes = {id_: fields for id_ in sorted(found) if (fields := _changed(known[id_], found[id_]))}
    if not changes:
        return None
    changed = RecordsChanged(run=run, records=tuple(changes), changes=changes)
    (done,) = append(conn, actor, [changed])
    return done


def newest(conn: Connection, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The newest word on each field of `FIELDS` of each record."""
    found: dict[str, dict[str, Any]] = {}
    for part in chunks(sorted(ids)):
        for row in conn.execute(select(record).where(record.c.id.in_(part))):
            found[row.id] = _plain(to_record(row._asdict()))
        said = select(amendment).where(amendment.c.record.in_(part)).order_by(amendment.c.seq)
        for row in conn.execute(said):
            found[row.record][row.field] = row.new
    return found


def of_run(conn: Connection, run: str) -> list[Amendment]:
    """What one run brought, in order of record and field."""
    statement = select(amendment).where(amendment.c.run == run)
    return _read(conn, statement.order_by(amendment.c.record, amendment.c.field))


def _changed(old: Mapping[str, Any], entry: Record) -> dict[str, list[Any]]:
    new = _plain(entry)
    return {name: [old[name], new[name]] for name in FIELDS if old[name] != new[name]}


def _plain(entry: Record) -> dict[str, Any]:
    """The fields as the log keeps them."""
    values = {name: getattr(entry, name) for name in FIELDS}
    plain: dict[str, Any] = clean(values)
    return plain


def _read(conn: Connection, statement: Any) -> list[Amendment]:
    rows: Sequence[Any] = conn.execute(statement).all()
    return [Amendment(r.record, r.field, r.old, r.new, r.run, r.at) for r in rows]
