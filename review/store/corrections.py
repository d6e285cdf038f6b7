"""Fields of records as corrections leave them.

A correction is an event (`review.events.RecordCorrected`) that keeps what was. It counts while it
is not undone, while its run is not withdrawn, and where nobody had chosen that field of that record
to be shown, or written it by hand, before it came; else the fields of the record are as they were.
What a person wrote counts while it is not undone, the newest last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from review.store.chunks import chunks
from review.store.field_choices import BY_HAND
from review.store.schema import choice, correction, record, record_raw, withdrawal

FIELDS = frozenset(c.name for c in record.c) - {"n", "id", "source", "key", "run", "retracted"}
"""Fields that a record has; any other is one of its entry as received."""


def apply(conn: Connection, records: Collection[str]) -> None:
    """Bring the fields of some records to what their corrections come to now."""
    if conn.execute(select(correction.c.event).limit(1)).scalar() is None:
        return
    for part in chunks(sorted(records)):
        for id_, fields in _fields(conn, part).items():
            write_fields(conn, id_, fields)


def _fields(conn: Connection, records: Collection[str]) -> dict[str, dict[str, Any]]:
    """Record -> field -> the value that follows from its corrections, for those there are."""
    gone = set(conn.execute(select(withdrawal.c.run).where(withdrawal.c.active)).scalars())
    chosen: dict[tuple[str, str], int] = {}
    kept = select(choice).where(choice.c.active, choice.c.record.in_(records))
    for row in conn.execute(kept.order_by(choice.c.seq)):
        chosen.setdefault((row.record, row.field), row.seq)
    written = select(correction).where(correction.c.active, correction.c.record.in_(records))
    for row in conn.execute(written.where(correction.c.run == BY_HAND)):
        on = (row.record, row.field)
        chosen[on] = min(row.seq, chosen.get(on, row.seq))
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    said = select(correction).where(correction.c.record.in_(records)).order_by(correction.c.seq)
    for row in conn.execute(said):
        fields = found[row.record]
        fields.setdefault(row.field, row.old)
        if _counts(row, gone, chosen):
            fields[row.field] = row.new
    return found


def _counts(row: Row[Any], gone: Collection[str], chosen: Mapping[tuple[str, str], int]) -> bool:
    if row.run == BY_HAND:
        return bool(row.active)
    before = chosen.get((row.record, row.field))
    return bool(row.active) and row.run not in gone and (before is None or before > row.seq)


def write_fields(conn: Connection, id_: str, fields: Mapping[str, Any]) -> None:
    """Set fields of a record, or of its entry as received."""
    own = {name: value for name, value in fields.items() if name in FIELDS}
    if own:
        conn.execute(update(record).where(record.c.id == id_).values(**own))
    received = {name: value for name, value in fields.items() if name not in FIELDS}
    if received:
        statement = select(record_raw.c.raw).where(record_raw.c.record == id_)
        raw = dict(conn.execute(statement).scalar() or {}) | received
        conn.execute(update(record_raw).where(record_raw.c.record == id_).values(raw=raw))
