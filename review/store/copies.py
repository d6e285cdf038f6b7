"""A copy of a review as it stands at one moment, for work that must not hold up those who write."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table, delete, func, insert, literal, select

from review.errors import StoreError
from review.progress import Watch
from review.store import upgrades
from review.store.engine import Store
from review.store.schema import metadata, record_raw

PAGES = 2_000
"""Pages of a SQLite file copied at a time: about 8 MB."""

ROWS = 2_000
"""Rows of a PostgreSQL table copied at a time."""


@contextmanager
def copied(store: Store, watch: Watch, *, whole: bool = False) -> Iterator[Store]:
    """A copy in a temporary SQLite file, which is gone when the block ends.

    The entries as sources sent them stay behind where they would have to be read row by row; that
    each record has one is kept.

    Args:
        whole: those entries are copied in any case.
        watch: told what is copied, how much is done and of how much; asked whether to stop.

    Raises:
        StoreError: the copy cannot be written.
        Cancelled: on request.
    """
    with tempfile.TemporaryDirectory(prefix="review-copy-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "review.db"
        if store.is_sqlite:
            try:
                copy_file(store, file, watch.step("pages copied"))
            except sqlite3.Error as error:
                raise StoreError(
                    f"A copy of the review is needed for this and cannot be made: {error}. Nothing "
                    f"was changed. Free some space in {tempfile.gettempdir()}, or name another "
                    "folder by TMPDIR."
                ) from error
        copy = Store(f"sqlite:///{file.as_posix()}")
        try:
            if not store.is_sqlite:
                copy_rows(store, copy, watch.step("rows copied"), whole=whole)
            yield copy
        finally:
            copy.close()


def copy_file(store: Store, file: Path, watch: Watch) -> None:
    """Copy a SQLite file page by page while others read and write it."""

    def tell(_status: int, remaining: int, total: int) -> None:
        watch.stop_if_cancelled()
        watch.at(total - remaining, total)

    with store.read() as conn:
        # A transaction that has read something stays at that moment; without it the copying
        # would begin again with each change that others make.
        conn.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        source = conn.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        target = sqlite3.connect(file)
        try:
            source.backup(target, pages=PAGES, progress=tell)
        finally:
            target.close()


def copy_rows(store: Store, copy: Store, watch: Watch, *, whole: bool = False) -> None:
    """Copy all tables out of one view of a review into a database without any.

    Args:
        whole: the entries as sources sent them too.
    """
    with store.read() as source, copy.write() as target:
        metadata.create_all(target, checkfirst=False)
        _fill(source, target, watch, whole)
        upgrades.stamp(target)


def replace_rows(store: Store, copy: Store, watch: Watch) -> None:
    """Put all rows of a copy in the place of those of a review, in one transaction."""
    with copy.read() as source, store.write() as target:
        for table in reversed(metadata.sorted_tables):
            target.execute(delete(table))
        _fill(source, target, watch, whole=True)


def _fill(source: Connection, target: Connection, watch: Watch, whole: bool) -> None:
    tables = metadata.sorted_tables
    counts = (source.execute(select(func.count()).select_from(t)).scalar_one() for t in tables)
    total, done = sum(counts), 0
    for table in tables:
        for rows in _rows(source, table, whole):
            target.execute(insert(table), rows)
            done += len(rows)
            watch.stop_if_cancelled()
            watch.at(done, total)


def _rows(source: Connection, table: Table, whole: bool) -> Iterator[list[dict[str, object]]]:
    statement = select(table)
    if table is record_raw and not whole:
        statement = select(table.c.record, literal({}, record_raw.c.raw.type).label("raw"))
    with source.execute(statement.execution_options(yield_per=ROWS)) as found:
        for part in found.mappings().partitions():
            yield [dict(row) for row in part]
