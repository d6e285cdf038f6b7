"""Copies of a review in files of SQLite, and bringing one back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from review.errors import DamagedReviewError, FileError, StoreError
from review.progress import NOBODY, Watch
from review.store import copies
from review.store.database_file import DatabaseFile, damaged
from review.store.engine import Store
from review.store.plain_errors import plain_errors
from review.store.schema import event


def write(store: Store, path: Path, watch: Watch = NOBODY) -> None:
    """Copy a whole review into a new file, which appears whole or not at all.

    Others read and write the review meanwhile.

    Raises:
        FileError: the file cannot be written.
        StoreError: the review cannot be read.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".copy-", dir=path.parent) as folder:
            file = Path(folder) / "review.db"
            if store.is_sqlite:
                with plain_errors(path, 0):
                    _copied_file(store, file, watch)
            else:
                with closing(Store(f"sqlite:///{file.as_posix()}")) as copy:
                    copies.copy_rows(store, copy, watch.step("rows copied"), whole=True)
            _alone(file)
            os.replace(file, path)
    except OSError as error:
        raise FileError(f"The copy {path} cannot be written: {error.strerror}.") from error


def _copied_file(store: Store, file: Path, watch: Watch) -> None:
    try:
        copies.copy_file(store, file, watch.step("pages copied"))
    except sqlite3.Error as error:
        raise StoreError(
            f"The review cannot be copied: {error}. Nothing was changed. Free some space where "
            "the copy goes, or check the review: python -m review check"
        ) from error


def _alone(file: Path) -> None:
    """Have all of a database in its one file, and on the disk."""
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")
    with file.open("rb+") as written:
        os.fsync(written.fileno())


@contextmanager
def opened_copy(path: Path) -> Iterator[Store]:
    """A review in a file, looked at through a copy of it, so that the file stays as it is.

    Raises:
        FileError: there is no such file.
        DamagedReviewError: the file cannot be read through.
        StoreError: it holds no review.
        NewerReviewError: a newer version of this program wrote it.
    """
    if not path.is_file():
        raise FileError(f"There is no file {path}. Name one that `backup` has written.")
    DatabaseFile(path).prepare()
    with tempfile.TemporaryDirectory(prefix="review-restore-") as folder:
        file = Path(folder) / "review.db"
        try:
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source:
                with closing(sqlite3.connect(file)) as target:
                    source.backup(target)
                    wrong = target.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            raise DamagedReviewError(damaged(path, str(error))) from error
        if wrong != "ok":
            raise DamagedReviewError(damaged(path, wrong))
        with closing(Store(f"sqlite:///{file.as_posix()}")) as copy:
            if copy.is_absent():
                raise StoreError(f"{path} is a database, but holds no review. Name another file.")
            yield copy


def bring_back(url: str, copy: Store, watch: Watch = NOBODY) -> None:
    """Put a review in the place of the one that stands there, whole or not at all.

    Args:
        url: where; what stands there may be lost or damaged.
        copy: a review of this program's shape, as `opened_copy` gives it.

    Raises:
        StoreError: it cannot be written.
    """
    if url.startswith("sqlite"):
        assert copy.file is not None
        _replace_file(Path(str(make_url(url).database)), copy)
        return
    with closing(Store(url)) as store:
        store.upgrade()
        copies.replace_rows(store, copy, watch.step("rows copied"))


def _replace_file(path: Path, copy: Store) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=path.parent) as folder:
            new = Path(folder) / path.name
            copies.copy_file(copy, new, NOBODY)
            _alone(new)
            with _nobody_writes(path):
                _in_place(new, path)
    except (OSError, sqlite3.Error) as error:
        what = "Free some space there" if "full" in str(error) else "Stop what has the review open"
        raise StoreError(
            f"{path} cannot be replaced: {error}. Nothing was changed. {what}, then try again."
        ) from error


def _in_place(new: Path, path: Path) -> None:
    """Give a file the name of the review; the logs of the earlier file are not the new one's."""
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    os.replace(new, path)


@contextmanager
def _nobody_writes(path: Path) -> Iterator[None]:
    """Hold back writers of the file that stands there, if it can be opened at all."""
    if not path.exists():
        yield
        return
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as conn:
        try:
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            conn.execute("BEGIN IMMEDIATE")
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise
            # Damaged: nobody can write it.
        yield
        with suppress(sqlite3.Error):
            conn.execute("ROLLBACK")


def put_aside(path: Path, mark: str) -> Path | None:
    """Rename what stands where a new review is to be made; an empty file is removed.

    Returns:
        The new name; None when nothing had to be kept.
    """
    if not path.exists():
        return None
    if path.stat().st_size == 0:
        path.unlink()
        return None
    aside = path.with_name(f"{path.name}.{mark}")
    shutil.move(path, aside)
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            shutil.move(f"{path}{ending}", f"{aside}{ending}")
    return aside


def last_event(store: Store) -> int:
    """The number of the newest event, which tells whether two copies hold the same."""
    with store.read() as conn:
        return int(conn.execute(select(func.max(event.c.seq))).scalar() or 0)


def last_event_of(path: Path) -> int:
    """The same of a copy; -1 when it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as conn:
            return int(conn.execute("SELECT max(seq) FROM event").fetchone()[0] or 0)
    except sqlite3.Error:
        return -1
