"""The file of a review on SQLite: what may be wrong with it before it is opened, and whether it
is still the one that was opened."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from review.errors import DamagedReviewError, LostReviewError, StoreError

_HEADER_BYTES = 100
"""What every database of SQLite begins with."""

RESTORE = "bring a copy back (python -m review restore FILE)"
"""What helps against a database that is lost, in words that follow "then" or "or"."""


class DatabaseFile:
    """One file, and which of all files of its name it was when it was opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._opened: tuple[int, int] | None = None

    def prepare(self) -> None:
        """Make the folder, and look whether what stands there can be a review.

        Raises:
            LostReviewError: the file is empty.
            DamagedReviewError: it is no database of SQLite.
            StoreError: folder or file cannot be used.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if not self.path.exists():
                return
            size = self.path.stat().st_size
        except OSError as error:
            raise self._unusable(str(error.strerror)) from error
        if not size:
            raise LostReviewError(self._lost("is empty (0 bytes)"))
        if size < _HEADER_BYTES:
            raise DamagedReviewError(damaged(self.path, "it does not begin like a database"))
        self._look()

    def _look(self) -> None:
        """Let SQLite read the head of the file.

        Not by opening it here: whatever closes a file takes away all locks of this process on it,
        those of the review that is open as well. Another program that ends then removes the
        write-ahead log, and what is written after it is lost (sqlite.org/howtocorrupt.html, 2.2).
        """
        where = f"{self.path.resolve().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(where, uri=True)) as conn:
                conn.execute("PRAGMA schema_version")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):  # others write; whoever opens it waits for them
                raise self._unusable(str(error)) from error
        except sqlite3.DatabaseError as error:
            said = "it does not begin like a database"
            raise DamagedReviewError(damaged(self.path, said)) from error

    def _unusable(self, why: str) -> StoreError:
        return StoreError(
            f"The database {self.path} cannot be opened: {why}. Let your user read "
            "and write the file and its folder, or name another file by --db or REVIEW_DB."
        )

    def pin(self) -> None:
        """Note which file was opened; later ones of its name are others."""
        self._opened = self._opened or self.identity()

    def check(self) -> None:
        """See that the file opened is the one that stands there.

        Raises:
            LostReviewError: it was deleted, emptied or replaced.
        """
        if self._opened is None:
            return
        found = self.identity()
        if found is None:
            raise LostReviewError(self._lost("is gone: it was deleted or moved away"))
        if found != self._opened:
            raise LostReviewError(
                f"The database {self.path} was replaced by another file since it was opened here. "
                "Nothing of this step was stored. Load the page again to work with the file that "
                f"stands there now, or put the earlier one back, or {RESTORE}."
            )
        if self.path.stat().st_size == 0:
            raise LostReviewError(self._lost("was emptied (0 bytes)"))

    def _lost(self, what: str) -> str:
        return (
            f"The database {self.path} {what}. Nothing of this step was stored. Put the file back, "
            f"or {RESTORE}, or name another file by --db or REVIEW_DB. Only if you want a new, "
            "empty review there: python -m review init --new"
        )

    def lost(self) -> LostReviewError:
        """The error for a file that held a review and is not there."""
        return LostReviewError(self._lost("held a review and is gone"))

    def identity(self) -> tuple[int, int] | None:
        """Which file stands there, whatever its name; None for none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def of(url: URL) -> DatabaseFile | None:
    """The file that a database URL names; None for a server, and for what is in memory only."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return DatabaseFile(Path(str(url.database)))


def mark(url: str) -> str:
    """What tells the file of a database that stands there from others; "" for none and servers."""
    file = of(make_url(url))
    found = file.identity() if file else None
    return f"{found[0]}-{found[1]}" if found else ""


SETTLED = 1_000_000_000
"""Nanoseconds after which a write is surely behind what a file's time says of it."""


def last_written(url: str) -> tuple[int, ...] | None:
    """What is another after every write to a database, without asking it.

    Sizes and times of the file and of its write-ahead log, to which every transaction is written.

    Returns:
        None for servers, and for what was written within the last second: times of files are
        coarse, and two writes may have the same one.
    """
    file = of(make_url(url))
    if file is None:
        return None
    found: list[int] = []
    for path in (file.path, file.path.with_name(file.path.name + "-wal")):
        try:
            stands = path.stat()
        except OSError:
            found += (0, 0, 0)
            continue
        if abs(time.time_ns() - stands.st_mtime_ns) < SETTLED:
            return None
        found += (stands.st_ino, stands.st_size, stands.st_mtime_ns)
    return tuple(found)


def damaged(path: Path | None, said: str) -> str:
    """The sentence for a database that cannot be read."""
    which = f"The database {path}" if path else "The database"
    return (
        f"{which} is damaged: {said}. Nothing was changed. Keep the damaged file aside, then "
        f"{RESTORE}; copies are in data/local/backups."
    )
