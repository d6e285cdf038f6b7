"""What a database driver says, as one sentence; the log file keeps the rest."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from review.errors import BusyError, DamagedReviewError, ReviewError, StoreError
from review.store.database_file import damaged

log = logging.getLogger(__name__)

NOTHING = "Nothing of this step was stored."

_DAMAGED = ("malformed", "not a database", "corrupt", "invalid page", "could not read block")
_FULL = ("is full", "no space left", "could not extend", "disk quota")
_LOCKED = ("locked", "lock timeout", "deadlock detected")
_SLOW = ("statement timeout", "did not answer within")
_CLOSED = ("readonly", "read-only", "unable to open", "permission denied")
_AWAY = ("connection", "server", "could not translate", "ssl", "disk i/o")


@contextmanager
def plain_errors(path: Path | None, busy_seconds: float) -> Iterator[None]:
    """Turn what the driver says into one sentence.

    Args:
        path: the file of the review; None on a server.
        busy_seconds: how long one waits for another writer.
    """
    try:
        yield
    except NoConnection as error:
        log.exception("no connection free")
        raise BusyError(
            "Too many people are reading the review at this moment, and no connection to the "
            f"database became free. {NOTHING} Try again in a minute."
        ) from error
    except SQLAlchemyError as error:
        log.exception("database")
        raise _told(error, path, busy_seconds) from error


def _told(error: SQLAlchemyError, path: Path | None, busy_seconds: float) -> ReviewError:
    said = _first_line(error)
    found = _sentence(said, path, busy_seconds) if isinstance(error, DBAPIError) else None
    return found or StoreError(
        f"The database refused this step: {said}. {NOTHING} "
        "The details are in review.log in the folder data/local."
    )


def _sentence(said: str, path: Path | None, busy_seconds: float) -> ReviewError | None:
    words = said.lower()

    def has(signs: tuple[str, ...]) -> bool:
        return any(sign in words for sign in signs)

    if has(_LOCKED):
        return busy(busy_seconds)
    if has(_SLOW):
        return BusyError(
            f"The database took too long to answer, so this step was ended. {NOTHING} Try again; "
            "if it stays so, ask whoever keeps the database server."
        )
    if has(_DAMAGED):
        return DamagedReviewError(damaged(path, said))
    if has(_FULL):
        where = f"The disk of {path}" if path else "The disk of the database server"
        return StoreError(f"{where} is full. {NOTHING} Free some space there, then try again.")
    if has(_CLOSED):
        return StoreError(
            f"The database {path or 'server'} cannot be written or opened: {said}. {NOTHING} Let "
            "your user read and write the file and its folder, or name another one by --db or "
            "REVIEW_DB."
        )
    if has(_AWAY):
        return StoreError(
            f"The database did not answer: {said}. {NOTHING} Try again, or check REVIEW_DB."
        )
    return None


def busy(seconds: float) -> BusyError:
    """The error of one who waited for another writer for too long."""
    return BusyError(
        f"Another program has been writing to the review for over {seconds} seconds; "
        f"it may be upgrading it. {NOTHING} Wait until the other one is done, then try again."
    )


def _first_line(error: SQLAlchemyError) -> str:
    """What the database said, without the statement it said it of, nor a page about it."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return said[0].rstrip(".") if said else type(error).__name__
