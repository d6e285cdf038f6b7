"""Checking a review: does the log alone give the state, and does every reference lead somewhere?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select, text

from review.errors import StoreError
from review.progress import NOBODY, Watch
from review.store import log
from review.store.coding_tables import form, settlement
from review.store.copies import copied
from review.store.engine import Store
from review.store.schema import (
    DERIVED,
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
    suggested,
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


def check(store: Store, watch: Watch = NOBODY) -> Checked:
    """Replay the log on a copy of the review and compare; whoever writes meanwhile does not wait.

    Args:
        watch: told how far each step is, and asked whether to stop.

    Raises:
        Cancelled: on request.
    """
    with copied(store, watch) as copy:
        if damage := _damage(copy):
            return Checked(0, (), damage)
        with copy.write() as conn:
            return _replayed(conn, watch)


def _replayed(conn: Connection, watch: Watch) -> Checked:
    """Replay the log of a copy beside the state that was stored."""
    problems = tuple(_dangling(conn))
    for table in DERIVED:
        conn.execute(text(f"CREATE TABLE {_stored(table)} AS SELECT * FROM {table.name}"))
    events = log.replay(conn, watch.step("events replayed"))
    differences = tuple(line for table in DERIVED for line in _differences(conn, table))
    return Checked(events, differences, problems)


def _stored(table: Table) -> str:
    """Where the rows of a table that were stored stand beside those that follow from the log."""
    return f"stored_{table.name}"


def _differences(conn: Connection, table: Table) -> Iterator[str]:
    """How the rows of a table that were stored differ from those that follow from the log."""
    # As they are in the file, text and numbers: reading them through types could hide a change.
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    stored = f"SELECT {columns} FROM {_stored(table)}"
    following = f"SELECT {columns} FROM {table.name}"
    extra, missing = f"{stored} EXCEPT {following}", f"{following} EXCEPT {stored}"
    counts = [
        conn.execute(text(f"SELECT count(*) FROM ({rows})")).scalar_one()
        for rows in (extra, missing)
    ]
    if any(counts):
        example = conn.execute(text(f"{extra if counts[0] else missing} LIMIT 1")).one()
        yield (
            f"Table {table.name}: {counts[0]} rows do not follow from the log and {counts[1]} rows "
            f"that follow from it are missing, such as {tuple(example)!r:.200}."
        )


def _dangling(conn: Connection) -> Iterator[str]:
    """Rows that name a record, report or run that is not there."""
    of_records: tuple[tuple[str, Column[Any]], ...] = (
        ("votes", vote.c.record),
        ("tags", tag.c.record),
        ("findings", finding.c.record),
        ("finished forms", form.c.record),
        ("consensus", settlement.c.record),
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
        ("records read for suggestions", suggested.c.record),
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


def _damage(copy: Store) -> tuple[str, ...]:
    """What SQLite finds wrong with the file itself; a copy has the damage of its original."""
    found = ["it cannot be read through"]
    # Of a file that is damaged badly, even the end of looking may fail.
    with suppress(StoreError), copy.read() as conn:
        found = list(conn.execute(text("PRAGMA integrity_check")).scalars())
    return tuple(f"The database file is damaged: {line}." for line in found if line != "ok")
