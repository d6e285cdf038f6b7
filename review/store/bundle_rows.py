"""Rows of a review as lines of JSON, and a review made of such lines: the tables of a bundle.

What is written is what no other table follows from: the log, the records, what machines propose.
The lines say nothing of the database they come from, so either system reads what the other wrote.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from sqlalchemy import JSON, Boolean, Connection, Table, func, inspect, select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from review.errors import FileError
from review.plain_text import written
from review.progress import NOBODY, Watch
from review.store import copies, upgrades
from review.store.column_types import Utc
from review.store.engine import Store
from review.store.schema import STORED, derived_version, event

TABLES: Mapping[str, Table] = {t.name: t for t in STORED if t is not derived_version}
"""Name -> table, of all that a bundle holds."""

ROWS = 2_000
"""Rows written or read at a time."""


@contextmanager
def moment(store: Store, watch: Watch = NOBODY) -> Iterator[Store]:
    """A whole copy of a review as it stands at one moment, gone when the block ends.

    Raises:
        Cancelled: on request.
    """
    with copies.copied(store, watch, whole=True) as copy:
        yield copy


def last_event(conn: Connection) -> tuple[int, str]:
    """How many events the log holds, and the id of the newest."""
    number = int(conn.execute(select(func.count()).select_from(event)).scalar_one())
    newest = conn.execute(select(event.c.id).order_by(event.c.seq.desc()).limit(1)).scalar()
    return number, str(newest or "")


def revision(conn: Connection) -> str:
    """The revision that the tables are of."""
    return upgrades.revision(conn) or ""


def lines(conn: Connection, name: str) -> Iterator[str]:
    """The rows of a table of a copy (`moment`), in order of its key, each a line of JSON.

    Documents are handed on as they are stored, without being read.
    """
    table = TABLES[name]
    columns = [column.name for column in table.columns]
    documents = [n for n, c in enumerate(table.columns) if isinstance(c.type, JSON)]
    times = [n for n, c in enumerate(table.columns) if isinstance(c.type, Utc)]
    flags = [n for n, c in enumerate(table.columns) if isinstance(c.type, Boolean)]
    plain = [n for n in range(len(columns)) if n not in documents]
    names = ", ".join(f'"{column}"' for column in columns)
    key = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    found = conn.execution_options(yield_per=ROWS).execute(
        text(f"SELECT {names} FROM {name} ORDER BY {key}")
    )
    for given in found:
        row = list(given)
        for n in times:
            row[n] = row[n] and f"{str(row[n]).replace(' ', 'T')}+00:00"
        for n in flags:
            row[n] = None if row[n] is None else bool(row[n])
        said = json.dumps({columns[n]: row[n] for n in plain}, ensure_ascii=False)
        inside = "".join(f', "{columns[n]}": {row[n] or "null"}' for n in documents)
        yield f"{said[:-1]}{inside}}}\n"


@contextmanager
def made(
    revision: str, tables: Mapping[str, Callable[[], IO[bytes]]], watch: Watch = NOBODY
) -> Iterator[Store]:
    """A review made of lines, in a temporary file, brought to this program's shape.

    Args:
        revision: which the lines are of; later migrations run over them.
        tables: name of a table -> its lines.

    Raises:
        FileError: the lines are not those of a review.
        NewerReviewError: a newer version of this program wrote them.
        Cancelled: on request.
    """
    with TemporaryDirectory(prefix="review-bundle-") as folder:
        with closing(Store(f"sqlite:///{(Path(folder) / 'review.db').as_posix()}")) as store:
            _fill(store, revision, tables, watch)
            yield store


def _fill(
    store: Store,
    revision: str,
    tables: Mapping[str, Callable[[], IO[bytes]]],
    watch: Watch,
) -> None:
    if not upgrades.knows(revision):
        raise FileError(
            f"its tables are of revision “{revision:.40}”, which this program does not know. "
            "Install the newest version of the program, then try again."
        )
    try:
        with store.write() as conn:
            upgrades.migrate(conn, revision)
            there = set(inspect(conn).get_table_names())  # tables that came later are empty
            for name, read in ((n, read) for n, read in tables.items() if n in there):
                with read() as found:
                    _insert(conn, name, found, watch.step(f"rows of {name} read"))
        store.upgrade(watch.step("events replayed"))
    except _NOT_ROWS as error:
        raise FileError(f"its tables are not those of a review: {str(error)[:200]}") from error


_NOT_ROWS = (
    SQLAlchemyError, sqlite3.Error, ValueError, TypeError, KeyError, AttributeError,
    OverflowError, RecursionError,
)  # fmt: skip
"""What lines that are not those of a review can raise on their way in."""


def _insert(conn: Connection, name: str, found: Iterable[bytes], watch: Watch) -> None:
    table = TABLES[name]
    there = [str(column["name"]) for column in inspect(conn).get_columns(name)]
    kinds = {column.name: column.type for column in table.columns}
    readers = [_reader(kinds.get(column)) for column in there]
    names = ", ".join(f'"{column}"' for column in there)
    marks = ", ".join("?" * len(there))
    statement = f"INSERT INTO {name} ({names}) VALUES ({marks})"
    expected, done, rest = set(there), 0, iter(found)
    while part := list(islice(rest, ROWS)):
        rows = []
        for n, line in enumerate(part, done + 1):
            row = json.loads(line)
            if not isinstance(row, dict) or row.keys() != expected:
                raise ValueError(f"line {n} of {name} does not hold the columns of the table")
            rows.append(
                tuple(read(row[column]) for read, column in zip(readers, there, strict=True))
            )
        try:
            conn.exec_driver_sql(statement, rows)
        except IntegrityError as error:
            raise ValueError(f"a row of {name} stands twice, or lacks what it needs") from error
        done += len(part)
        watch.stop_if_cancelled()
        watch.at(done)


def _reader(kind: object) -> Callable[[Any], Any]:
    if isinstance(kind, JSON):
        return written
    return _time if isinstance(kind, Utc) else _scalar


def _time(value: Any) -> str | None:
    """A time as SQLite keeps it: in UTC, without its zone."""
    if value is None:
        return None
    said = datetime.fromisoformat(value)
    if said.tzinfo is None:
        raise ValueError(f"the time {value:.40} has no zone")
    return said.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def _scalar(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        raise ValueError("a list stands where one value is wanted")
    return value
