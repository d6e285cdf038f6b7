"""The tables that follow from the log: which version they are of, and making them anew."""

from __future__ import annotations

from collections.abc import Set
from functools import cache
from hashlib import sha256

from sqlalchemy import Connection, MetaData, Table, delete, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from review import __version__
from review.events.base import KINDS
from review.progress import NOBODY, Watch
from review.store import log
from review.store.schema import DERIVED, derived_version

PROJECTION = 5
"""Raised whenever the same events come to mean other rows in tables of the same shape."""


def version() -> str:
    """What the derived tables of this program are known by.

    It changes with the shape of a table, with `PROJECTION`, and with the kinds of events there
    are, so that a review always names the program that its newest kinds came with.
    """
    return _version(PROJECTION, frozenset(KINDS), DERIVED)


@cache
def _version(projection: int, kinds: Set[str], tables: tuple[Table, ...]) -> str:
    """`version`, worked out once: every review that is opened asks for it."""
    parts = [str(projection), *sorted(kinds)]
    for name in ("sqlite://", "postgresql+psycopg://"):
        dialect = make_url(name).get_dialect()()
        for table in tables:
            parts.append(str(CreateTable(table).compile(dialect=dialect)))
            indexes = sorted(table.indexes, key=lambda index: str(index.name))
            parts += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes]
    return sha256("\n".join(parts).encode()).hexdigest()


def stored_version(conn: Connection) -> str | None:
    """Version of the derived tables of a review; None while it has none."""
    found: str | None = conn.execute(select(derived_version.c.version)).scalar()
    return found


def rebuild(conn: Connection, watch: Watch = NOBODY) -> None:
    """Drop the derived tables, whatever shape they have, create those of now, and replay.

    Args:
        watch: as in `log.replay`.
    """
    for names in conn.execute(select(derived_version.c.tables)).scalars().all():
        for name in names:
            conn.execute(DropTable(Table(name, MetaData()), if_exists=True))
    for table in DERIVED:
        table.create(conn, checkfirst=False)
    log.replay(conn, watch)
    conn.execute(delete(derived_version))
    conn.execute(
        insert(derived_version).values(
            version=version(), tables=[table.name for table in DERIVED], program=__version__
        )
    )
