"""The database: one file of SQLite, or a PostgreSQL server; the same code on both."""

from __future__ import annotations

import copy
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from review.errors import NewerReviewError, NoReviewError, ReadOnlyError
from review.plain_text import clean, written
from review.private_files import make_private
from review.progress import NOBODY, Watch
from review.store import database_file, derived, upgrades
from review.store.plain_errors import busy, plain_errors
from review.store.upgrades import ReviewState

BUSY_SECONDS = 30
"""How long one waits for another writer."""
READ_SECONDS = 60
"""How long a server may take over one statement of a reader; a writer's may take ten times that."""
READERS = 40
"""Connections for those who read; writers wait for their turn before they take one."""
POOL_SECONDS = 10
"""How long a reader waits for one of them."""
CONNECT_SECONDS = 10
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
            LostReviewError: the file of the database is empty.
            DamagedReviewError: it is no database.
            StoreError: it cannot be used.
        """
        self.url = make_url(url)
        self.file = database_file.of(self.url)
        if self.url.get_backend_name() == "sqlite":
            self.engine = _sqlite(url, self.file)
        else:
            self.engine = _postgresql(url)
        self._turn = threading.Lock()
        """Held by the one thread that writes; others wait without a connection."""
        self._writer = self.engine.execution_options(write=True)
        self._version = ""
        """Version of the derived tables that this program found or made; "" before it looked."""
        self._only_read = False
        self._looking: Store | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether the review lives in one file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the review.

        Raises:
            LostReviewError: the file of the database is not the one that was opened.
            BusyError: there is no connection free, or the server takes too long.
        """
        with self._plain_errors(), self.engine.connect() as conn:
            self._check_file()
            if not self.is_sqlite:
                conn = conn.execution_options(isolation_level="REPEATABLE READ")
            with conn.begin():
                yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is stored when the block ends, or nothing.

        Raises:
            NewerReviewError: another version of the program has upgraded the review meanwhile.
            LostReviewError: the file of the database is not the one that was opened.
            BusyError: others have been writing for too long.
            ReadOnlyError: this is the review of those who only look.
        """
        if self._only_read:
            raise ReadOnlyError("This link only shows the review. Nothing was stored.")
        with self._plain_errors(), self._one_writer() as seconds, self._writer.connect() as conn:
            if self.is_sqlite:
                _wait_at_most(conn, seconds)
            with conn.begin():
                self._begin_writing(conn, seconds)
                yield conn
                self._check_file()  # before what was stored is said to be stored

    def for_looking(self) -> Store:
        """The same review through the same connections, but nothing can be stored through it."""
        if self._looking is None:
            found = copy.copy(self)
            found._only_read = True
            self._looking = found
        return self._looking

    @contextmanager
    def _one_writer(self) -> Iterator[float]:
        """Wait for the turn of this thread; yields how many seconds of the waiting are left."""
        begun = time.monotonic()
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise busy(BUSY_SECONDS)
        try:
            yield max(0.0, BUSY_SECONDS - (time.monotonic() - begun))
        finally:
            self._turn.release()

    def _begin_writing(self, conn: Connection, seconds: float) -> None:
        if not self.is_sqlite:
            limits = {"lock_timeout": 1 + seconds, "statement_timeout": 10 * READ_SECONDS}
            for name, value in limits.items():
                conn.execute(text(f"SET LOCAL {name} = {int(1000 * value)}"))
            conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITE_LOCK})
        self._check_file()
        if self._version and derived.stored_version(conn) != self._version:
            raise NewerReviewError(_CHANGED)

    def _check_file(self) -> None:
        if self.file is not None:
            self.file.check()

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        with plain_errors(self.file.path if self.file else None, BUSY_SECONDS):
            yield

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

    def is_absent(self) -> bool:
        """Whether the database holds no review.

        Raises:
            NewerReviewError: the review was written by a newer version of this program.
        """
        return self._state() is ReviewState.ABSENT

    def _state(self) -> ReviewState:
        if self.file is not None:
            self.file.check()
            if not self.file.path.exists():
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


def _sqlite(url: str, file: database_file.DatabaseFile | None) -> Engine:
    pool: dict[str, Any] = {}
    if file is not None:
        file.prepare()
        pool = {"pool_size": 5, "max_overflow": max(0, READERS - 5), "pool_timeout": POOL_SECONDS}
    connect_args = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(
        url, connect_args=connect_args, json_serializer=written, json_deserializer=_document, **pool
    )

    @event.listens_for(engine, "do_connect")
    def _look_first(*_: Any) -> None:
        # SQLite would make a new, empty file in the place of one that is gone.
        if file is not None:
            file.check()

    @event.listens_for(engine, "connect")
    def _connect(dbapi: Any, _record: Any) -> None:
        # SQLAlchemy sends BEGIN itself, so that writers can begin IMMEDIATE (see `_begin`).
        dbapi.isolation_level = None
        # SQLite's own lower() knows ASCII only; searching must fold É and Ж too.
        dbapi.create_function("lower", 1, _lower, deterministic=True)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            dbapi.execute(f"PRAGMA {pragma}")
        if file is not None:
            file.pin()
            for suffix in ("", "-wal", "-shm"):
                make_private(file.path.with_name(file.path.name + suffix))

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        write = conn.get_execution_options().get("write")
        conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _document(text: str) -> Any:
    """A document of JSON; most of those read by the hundred thousand are empty lists."""
    return [] if text == "[]" else json.loads(text)


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _wait_at_most(conn: Connection, seconds: float) -> None:
    """Let SQLite wait for writers of other programs for no longer than is left of the waiting."""
    driver: Any = conn.connection.driver_connection
    driver.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")


def _postgresql(url: str) -> Engine:
    from psycopg.types.string import StrDumper  # a review in SQLite needs no psycopg

    options = {
        "statement_timeout": int(1000 * READ_SECONDS),
        "lock_timeout": int(1000 * BUSY_SECONDS),
        "tcp_keepalives_idle": 30,
        "tcp_keepalives_interval": 10,
        "tcp_keepalives_count": 3,
    }
    given = make_url(url).query
    connect_args = {
        "connect_timeout": CONNECT_SECONDS,
        "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": int(1000 * READ_SECONDS),
    }

    class Text(StrDumper):
        """Text for PostgreSQL, which refuses the NUL character that SQLite takes."""

        def dump(self, obj: str) -> Any:
            """As bytes; see `psycopg.adapt.Dumper.dump`."""
            return super().dump(clean(obj))

    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=min(8, READERS),
        max_overflow=max(0, READERS - 8),
        pool_timeout=POOL_SECONDS,
        json_serializer=written,
        connect_args={name: value for name, value in connect_args.items() if name not in given},
    )

    @event.listens_for(engine, "connect")
    def _connect(dbapi: Any, _record: Any) -> None:
        dbapi.adapters.register_dumper(str, Text)

    return engine
