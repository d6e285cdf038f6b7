"""Checking a review: does the log alone give the state, and does every reference lead somewhere?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, func, select, text

from review.store import log
from review.store.engine import Store
from review.store.schema import (
    choice,
    edge,
    finding,
    member,
    note,
    pair,
    record,
    record_raw,
    report,
    run,
    sighting,
    suggestion,
    tag,
    touched,
    vote,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found; both lists are empty when all is well.

    Attributes:
        events: events replayed.
        differences: where the stored state is not the one that follows from the log.
        problems: references that lead nowhere, and a damaged file.
    """

    events: int
    differences: tuple[str, ...]
    problems: tuple[str, ...]


def check(store: Store) -> Checked:
    """Replay the log and compare; nothing is changed. Writers wait while it runs."""
    with store.write() as conn:
        problems = (*_damage(conn, store.is_sqlite), *_dangling(conn))
        before = log.snapshot(conn)
        savepoint = conn.begin_nested()
        events = log.replay(conn)
        after = log.snapshot(conn)
        savepoint.rollback()
    return Checked(events, tuple(_differences(before, after)), problems)


def _differences(
    before: dict[str, list[tuple[Any, ...]]], after: dict[str, list[tuple[Any, ...]]]
) -> Iterator[str]:
    for name, rows in before.items():
        if rows == after[name]:
            continue
        stored, followed = set(rows), set(after[name])
        extra, missing = stored - followed, followed - stored
        example = min(extra | missing, key=repr, default=())
        yield (
            f"Table {name}: {len(extra)} rows do not follow from the log and {len(missing)} rows "
            f"that follow from it are missing, such as {example!r:.200}."
        )


def _dangling(conn: Connection) -> Iterator[str]:
    """Rows that name a record, report or run that is not there."""
    of_records: tuple[tuple[str, Column[Any]], ...] = (
        ("votes", vote.c.record),
        ("tags", tag.c.record),
        ("findings", finding.c.record),
        ("notes", note.c.record),
        ("chosen fields", choice.c.record),
        ("merges", edge.c.record_a),
        ("merges", edge.c.record_b),
        ("members of reports", member.c.record),
        ("lead records", report.c.lead),
        ("events", touched.c.record),
        ("entries as received", record_raw.c.record),
        ("sightings", sighting.c.record),
        ("suggestions", suggestion.c.record),
        ("pairs", pair.c.record_a),
        ("pairs", pair.c.record_b),
    )
    references: list[tuple[str, Column[Any], str, Column[Any]]] = [
        *((what, column, "record", record.c.id) for what, column in of_records),
        ("records", record.c.id, "entry as received", record_raw.c.record),
        ("members", member.c.report, "report", report.c.id),
        ("sightings", sighting.c.run, "search run", run.c.id),
        ("records", record.c.run, "search run", run.c.id),
    ]
    for what, column, target_name, target in references:
        statement = (
            select(func.count(), func.min(column))
            .select_from(column.table.outerjoin(target.table, column == target))
            .where(target.is_(None))
        )
        number, example = conn.execute(statement).one()
        if number:
            yield f"{number} {what} name a {target_name} that is not there, such as {example}."


def _damage(conn: Connection, is_sqlite: bool) -> Iterator[str]:
    if is_sqlite:
        for line in conn.execute(text("PRAGMA integrity_check")).scalars():
            if line != "ok":
                yield f"The database file is damaged: {line}."
