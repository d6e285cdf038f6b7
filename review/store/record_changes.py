"""What sources said of known records when they were asked again.

The records stay as they came, but for corrections of the library that ships, which are applied
(`review.store.corrections`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from review.events import Event, RecordCorrected, RecordsChanged
from review.model import Record
from review.plain_text import clean
from review.store.chunks import chunks
from review.store.log import append
from review.store.records import to_record
from review.store.schema import amendment, record, record_raw

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


Changes = Mapping[str, Mapping[str, Sequence[Any]]]
"""Record id -> field -> what was, and what is."""


def corrections_in(
    conn: Connection, found: Mapping[str, Record], received: Collection[str] = ()
) -> Changes:
    """How entries differ from the newest word of their source on known records.

    Args:
        found: record id -> the entry as it is now.
        received: what is compared besides `FIELDS`: fields of the entry as received.
    """
    known = newest(conn, found)
    before = _received(conn, found) if received else {}
    changes: dict[str, dict[str, list[Any]]] = {}
    for id_, entry in sorted(found.items()):
        fields = _changed(known[id_], entry)
        raw = clean(dict(entry.raw))
        for name in sorted(received):
            was = known[id_].get(name, before[id_].get(name, ""))
            if was != (now := raw.get(name, "")):
                fields[name] = [was, now]
        if fields:
            changes[id_] = fields
    return changes


def correct(conn: Connection, actor: str, run: str, edition: str, changes: Changes) -> None:
    """Log corrections, one event a record, and apply them."""
    said = [
        RecordCorrected(
            run=run,
            record=id_,
            edition=edition,
            changes={k: (o, n) for k, (o, n) in fields.items()},
        )
        for id_, fields in changes.items()
    ]
    append(conn, actor, said)


def _received(conn: Connection, ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for part in chunks(sorted(ids)):
        rows = conn.execute(select(record_raw).where(record_raw.c.record.in_(part)))
        found.update({row.record: row.raw for row in rows})
    return found


def newest(conn: Connection, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The newest word on each field of `FIELDS` of each record."""
    found: dict[str, dict[str, Any]] = {}
    for part in chunks(sorted(ids)):
        for row in conn.execute(select(record).where(record.c.id.in_(part))):
            found[row.id] = _plain(to_record(row._asdict()))
        told = select(amendment).where(amendment.c.record.in_(part)).order_by(amendment.c.seq)
        said: dict[tuple[str, str], Any] = {}
        for row in conn.execute(told):
            if row.run:
                said[row.record, row.field] = row.new
            else:  # a person's word, before which the source had said this
                said.setdefault((row.record, row.field), row.old)
        for (id_, name), value in said.items():
            found[id_][name] = value
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
