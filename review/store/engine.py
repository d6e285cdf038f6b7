"""The database: one file of SQLite, or a PostgreSQL server; the same code on both."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from review.errors import BusyError, NewerReviewError, NoReviewError, StoreError
from review.private_files import make_private
from review.progress import NOBODY, Watch
from review.store import derived, upgrades
from review.store.sanitize import written
from review.store.upgrades import ReviewState

log = logging.getLogger(__name__)

BUSY_SECONDS = 30
WRITE_LOCK = 7_215_001
"""Key of the PostgreSQL advisory lock that lets one writer at a time append to the log."""


class Store:
    """Connections to one review.

    Writers are serialised (``BEGIN IMMEDIATE`` on SQLite, an advisory lock on PostgreSQL), so the
    order of the log is the order in which its events took effect. Readers never wait for them.
    """

    def __init__(self, url: str) -> None:
        """Open the database; nothing is created before `upgrade`.

        Raises:
            StoreError: the database cannot be reached.
        """
        self.url = make_url(url)
        if self.url.get_backend_name() == "sqlite":
            self.engine = _sqlite(url)
        else:
            self.engine = create_engine(
                url, pool_pre_ping=True, pool_size=8, json_serializer=written
            )
        self._writer = self.engine.execution_options(write=True)
        self._version = ""
        """Version of the derived tables that this program found or made; "" before it looked."""

    @property
    def is_sqlite(self) -> bool:
        """Whether the review lives in one file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the review."""
        with _plain_errors(), self.engine.connect() as conn:
            if not self.is_sqlite:
                conn = conn.execution_options(isolation_level="REPEATABLE READ")
            with conn.begin():
                yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is stored when the block ends, or nothing.

        Raises:
            NewerReviewError: another version of the program has upgraded the review meanwhile.
        """
        with _plain_errors(), self._writer.begin() as conn:
            if not self.is_sqlite:
                conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})
            if self._version and derived.stored_version(conn) != self._version:
                raise NewerReviewError(_CHANGED)
            yield conn

    def upgrade(self, watch: Watch = NOBODY) -> None:
        """Create the tables, or bring them to this version's shape; nothing when they have it.

        One program at a time does; another that comes waits for it.

        Args:
            watch: told how many events of the log are replayed and of how many; what it
                raises ends the upgrade, and the review stays as it was.

        Raises:
            NewerReviewError: the review was written by a newer version of this program.
            BusyError: another program has been writing, perhaps upgrading, for too long.
            StoreError: a migration failed.
        """
        self._version = ""
        if self._state() is not ReviewState.CURRENT:
            with self.write() as conn:
                upgrades.upgrade(conn, watch)
        self._version = derived.version()

    def require(self, watch: Watch = NOBODY) -> None:
        """Make sure that there is a review, and that it is of this version's shape.

        Args:
            watch: as in `upgrade`.

        Raises:
            NoReviewError: the database holds no review.
            StoreError: as in `upgrade`.
        """
        if self._state() is ReviewState.ABSENT:
            raise NoReviewError(_no_review(self.url.render_as_string()))
        self.upgrade(watch)

    def is_outdated(self) -> bool:
        """Whether there is a review that must be upgraded before it can be used.

        Raises:
            NewerReviewError: the review was written by a newer version of this program.
        """
        return self._state() is ReviewState.OUTDATED

    def _state(self) -> ReviewState:
        if self.is_sqlite and self.url.database not in (None, "", ":memory:"):
            if not Path(str(self.url.database)).exists():
                return ReviewState.ABSENT
        with self.read() as conn:
            return upgrades.review_state(conn)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


_CHANGED = (
    "Another version of the program has changed this review since it was opened here. Nothing of "
    "this step was stored. Start this program again; it then says whether a newer one is needed."
)


def _no_review(url: str) -> str:
    return f"There is no review in {url} yet. Make one with: python -m review init"


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    connect_args = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=connect_args, json_serializer=written)

    @event.listens_for(engine, "do_connect")
    def _private(*_: Any) -> None:
        # SQLite would make the file readable for all; its companions take over its mode.
        if path and path != ":memory:":
            make_private(Path(path), create=True)
            for companion in ("-wal", "-shm"):
                make_private(Path(path + companion))

    @event.listens_for(engine, "connect")
    def _connect(dbapi: Any, _record: Any) -> None:
        # SQLAlchemy sends BEGIN itself, so that writers can begin IMMEDIATE (see `_begin`).
        dbapi.isolation_level = None
        # SQLite's own lower() knows ASCII only; searching must fold É and Ж too.
        dbapi.create_function("lower", 1, _lower, deterministic=True)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        write = conn.get_execution_options().get("write")
        conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what the driver says into one sentence; the log file keeps the rest."""
    try:
        yield
    except OperationalError as error:
        log.exception("database not usable")
        if "locked" in str(error.orig):
            raise BusyError(
                f"Another program has been writing to the review for over {BUSY_SECONDS} seconds; "
                "it may be upgrading it. Nothing of this step was stored. Wait until the other "
                "one is done, then try again."
            ) from error
        raise StoreError(
            f"The database did not answer: {_first_line(error)}. "
            "Nothing of this step was stored. Try again, or check REVIEW_DB."
        ) from error
    except SQLAlchemyError as error:
        log.exception("database refused")
        raise StoreError(
            f"The database refused this step: {_first_line(error)}. Nothing of it was stored. "
            "The details are in review.log in the folder data/local."
        ) from error


def _first_line(error: SQLAlchemyError) -> str:
    """What the database said, without the statement it said it of."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return said[0].rstrip(".") if said else type(error).__name__
