"""The review as it was: a database of its own with the log up to one place, replayed.

Decisions, codes, merges, runs and records are those of then. Suggestions are no events, so they are
today's, of the records that were there, without those answered by then. All of it is worked out by
the program of today: a rule that has become another since is applied as it is now.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from review.errors import DecisionError, NotFoundError
from review.events import RecordCorrected, RecordMended, RecordsAdded, RunFinished
from review.events.base import read
from review.progress import NOBODY, Watch
from review.store import corrections, derived, log, upgrades
from review.store.engine import Store
from review.store.schema import (
    STORED,
    event,
    metadata,
    pair,
    record,
    record_raw,
    sighting,
    suggestion,
)

ROWS = 2_000
"""Rows copied at a time."""

REFUSED = (
    "This is the review as it was at an earlier time; nothing can be changed in it. Go back to the "
    "review of today to decide or code."
)


class PastStore(Store):
    """An earlier state of a review, which is only looked at."""

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Refuse.

        Raises:
            DecisionError: always.
        """
        raise DecisionError(REFUSED)
        yield  # pragma: no cover


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the log: the number and id of the last event that belongs to a state."""

    seq: int
    event: str
    at: datetime


def newest_place(conn: Connection) -> Place | None:
    """The end of the log; None while it is empty."""
    return _place(conn, func.max(event.c.seq))


def place_at(conn: Connection, moment: datetime) -> Place | None:
    """The last event up to a moment; None when there is none."""
    return _place(conn, func.max(event.c.seq), event.c.at <= moment)


def place_of_run(conn: Connection, run_id: str) -> Place:
    """Where a search run or an import ended; where it ended last, if it was resumed.

    Raises:
        NotFoundError: no such run, or it has not ended.
    """
    ends = [
        ev
        for ev in log.events(conn, (RunFinished,))
        if isinstance(ev.data, RunFinished) and ev.data.run == run_id
    ]
    if not ends:
        raise NotFoundError(f"There is no search run {run_id} that has ended.")
    return Place(ends[-1].seq, ends[-1].id, ends[-1].at)


def _place(conn: Connection, number: Any, *conditions: Any) -> Place | None:
    newest = select(number).where(*conditions).scalar_subquery()
    row = conn.execute(select(event.c.seq, event.c.id, event.c.at).where(event.c.seq == newest))
    found = row.one_or_none()
    return None if found is None else Place(found.seq, found.id, found.at)


def file_name(conn: Connection, place: Place) -> str:
    """A name for the file of a state, another whenever what is in it would be another."""
    offered = conn.execute(
        select(func.count(), func.sum(suggestion.c.confidence), func.sum(suggestion.c.rank))
    ).one()
    said = f"{derived.version()} {tuple(offered)!r}"
    return f"{place.seq:09d}-{place.event}-{hashlib.sha256(said.encode()).hexdigest()[:12]}.db"


def build(source: Connection, place: Place, file: Path, watch: Watch = NOBODY) -> None:
    """Write the state at one place of the log into a SQLite file; whole or not at all.

    Args:
        watch: told what is copied and replayed, and of how much; asked whether to stop.

    Raises:
        Cancelled: on request.
    """
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        made = Store(f"sqlite:///{unfinished.as_posix()}")
        try:
            with made.write() as target:
                metadata.create_all(target, tables=STORED, checkfirst=False)
                _fill(source, target, place.seq, watch)
                upgrades.stamp(target)
                derived.rebuild(target, watch.step("events replayed"))
        finally:
            made.close()
        os.replace(unfinished, file)
    finally:
        for rest in unfinished.parent.glob(unfinished.name + "*"):
            rest.unlink(missing_ok=True)


def _fill(source: Connection, target: Connection, last: int, watch: Watch) -> None:
    """Copy what is no derived table, as it was at a place of the log."""
    later = _later(source, last)
    copied = watch.step("rows copied")
    wanted = {
        event: select(event).where(event.c.seq <= last),
        record: select(record),
        record_raw: select(record_raw),
        sighting: select(sighting),
        suggestion: select(suggestion),
        pair: select(pair),
    }
    counts = [
        source.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
        for rows in wanted.values()
    ]
    total, done = sum(counts), 0
    for table, statement in wanted.items():
        with source.execute(statement.execution_options(yield_per=ROWS)) as found:
            for part in found.mappings().partitions():
                rows = (dict(row) for row in part)
                kept = [row for row in rows if later.was_there(table, row)]
                if kept:
                    target.execute(insert(table), kept)
                done += len(part)
                copied.stop_if_cancelled()
                copied.at(done, total)
    for id_, fields in later.before.items():
        if id_ not in later.records:
            corrections.write_fields(target, id_, fields)


@dataclass(frozen=True, slots=True)
class _Later:
    """What came after a place of the log.

    Attributes:
        records: those that came in later.
        sightings: run and record of what was found later.
        before: record -> field -> what it was before a later edition corrected it.
    """

    records: frozenset[str]
    sightings: frozenset[tuple[str, str]]
    before: Mapping[str, Mapping[str, Any]]

    def was_there(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Whether a row of a table belongs to the state."""
        if table is record:
            return row["id"] not in self.records
        if table is sighting:
            return (row["run"], row["record"]) not in self.sightings
        names = [name for name in ("record", "record_a", "record_b") if name in row]
        return all(row[name] not in self.records for name in names)


def _later(conn: Connection, last: int) -> _Later:
    records: set[str] = set()
    sightings: set[tuple[str, str]] = set()
    before: dict[str, dict[str, Any]] = defaultdict(dict)
    for data in _said(conn, event.c.seq > last):
        if isinstance(data, RecordsAdded):
            records.update(data.records)
            sightings.update((data.run, id_) for id_ in (*data.records, *data.again))
        elif isinstance(data, (RecordCorrected, RecordMended)):
            for name, (old, _new) in data.changes.items():
                before[data.record].setdefault(name, old)
    if sightings:  # what a run had found by then, it may have found once more
        for data in _said(conn, event.c.seq <= last):
            if isinstance(data, RecordsAdded):
                records.difference_update(data.records)
                sightings.difference_update((data.run, id_) for id_ in (*data.records, *data.again))
    return _Later(frozenset(records), frozenset(sightings), before)


def _said(conn: Connection, condition: Any) -> Iterator[Any]:
    """What events of bringing and correcting records say, in order."""
    kinds = (RecordsAdded.kind, RecordCorrected.kind, RecordMended.kind)
    statement = (
        select(event.c.kind, event.c.payload)
        .where(condition, event.c.kind.in_(kinds))
        .order_by(event.c.seq)
    )
    for kind, payload in conn.execute(statement.execution_options(yield_per=ROWS)):
        yield read(kind, payload)
