"""Whether a review is of this program's shape, and bringing it there.

Migrations change the log's own tables; the derived ones are made anew (`review.store.derived`).
All of it is one transaction, so that an upgrade that ends early, in whatever way, leaves the
review as it was, and the next start begins it again.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from review import __version__
from review.errors import NewerReviewError
from review.events.base import KINDS
from review.progress import NOBODY, Watch
from review.store import derived
from review.store.schema import STORED, derived_version, event, metadata

MIGRATIONS = Path(__file__).parent / "migrations"


class ReviewState(StrEnum):
    """How a database stands to this program."""

    ABSENT = "absent"
    OUTDATED = "outdated"
    CURRENT = "current"


def review_state(conn: Connection) -> ReviewState:
    """How this database stands to this program; nothing is changed.

    Raises:
        NewerReviewError: the review was written by a newer version of this program.
    """
    found = revision(conn)
    if found is None:
        return ReviewState.ABSENT
    scripts = _scripts()
    if not knows(found):
        newest = scripts.get_current_head()
        raise _newer(conn, f"its tables are of revision {found}, and this one knows up to {newest}")
    if unknown := _unknown_kinds(conn):
        words = ", ".join(f"“{kind}”" for kind in unknown)
        raise _newer(conn, f"its log holds events that this one does not know: {words}")
    if found != scripts.get_current_head() or derived.stored_version(conn) != derived.version():
        return ReviewState.OUTDATED
    return ReviewState.CURRENT


def upgrade(conn: Connection, watch: Watch = NOBODY) -> None:
    """Create the tables, or bring them to this program's shape, in the caller's transaction.

    Args:
        watch: told how many events of the log are replayed and of how many; what it raises
            ends the upgrade.

    Raises:
        NewerReviewError: the review was written by a newer version of this program.
    """
    found = review_state(conn)
    if found is ReviewState.CURRENT:
        return
    if found is ReviewState.ABSENT:
        metadata.create_all(conn, tables=STORED, checkfirst=False)
        stamp(conn)
    else:
        migrate(conn, "head")
    derived.rebuild(conn, watch)


def stamp(conn: Connection) -> None:
    """Note that the tables are of this program's revision."""
    MigrationContext.configure(conn).stamp(_scripts(), "head")


def migrate(conn: Connection, target: str) -> None:
    """Run the migrations up to one of them; derived tables are left to `derived.rebuild`."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = conn
    command.upgrade(config, target)


def revision(conn: Connection) -> str | None:
    """Migration the database stands at; None when it is empty."""
    return MigrationContext.configure(conn).get_current_revision()


def knows(name: str) -> bool:
    """Whether a revision is one of this program's."""
    return name in {script.revision for script in _scripts().walk_revisions()}


@cache
def _scripts() -> ScriptDirectory:
    """The migrations, read once: every review that is opened asks which is the newest."""
    return ScriptDirectory(str(MIGRATIONS))


def _unknown_kinds(conn: Connection) -> list[str]:
    """Kinds of events in the log that this program does not know.

    From one kind to the next by the index, which a DISTINCT would read through.
    """
    unknown: list[str] = []
    last = ""
    while True:
        following = select(func.min(event.c.kind)).where(event.c.kind > last)
        kind: str | None = conn.execute(following).scalar()
        if kind is None:
            return unknown
        if kind not in KINDS:
            unknown.append(kind)
        last = kind


def _newer(conn: Connection, why: str) -> NewerReviewError:
    by = _program(conn)
    needed = f"version {by}" if by not in ("", __version__) else "the newest version"
    return NewerReviewError(
        f"This review was written by a newer version of the program than this one, {__version__}: "
        f"{why}. Nothing was changed. Install {needed} of the program, then open the review again."
    )


def _program(conn: Connection) -> str:
    """The program that opened the review last, where that can be told."""
    try:
        return str(conn.execute(select(derived_version.c.program)).scalar() or "")
    except SQLAlchemyError:
        return ""
