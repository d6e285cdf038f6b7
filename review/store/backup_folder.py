"""The copies of reviews that are made unasked: when one is wanted, and which are kept.

Beside them stands a list of the reviews that were ever opened, so that one whose database is gone
is never taken for one that was not begun yet.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy.engine import make_url

from review.config import Config
from review.errors import DamagedReviewError, LostReviewError, ReviewError, StoreError
from review.progress import NOBODY, Watch
from review.store import backups, database_file
from review.store.engine import Store

log = logging.getLogger(__name__)

DAILY = timedelta(hours=24)

NAMED = 3
"""Copies that an error names at most."""

_NAME = re.compile(r"(?P<of>.+)-(?P<at>\d{8}T\d{6})-(?P<why>[a-z-]+)\.db")


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy of a review.

    Attributes:
        why: what it was made for, such as ``start`` or ``before-import``.
    """

    path: Path
    at: datetime
    why: str

    @property
    def written(self) -> int:
        """When it was written, to tell two of one second apart."""
        try:
            return self.path.stat().st_mtime_ns
        except OSError:
            return 0

    @property
    def size(self) -> int:
        """Bytes."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


ASKED = "asked"
"""Why of the copies that a person made; these are never removed."""


def make(
    store: Store, config: Config, why: str, folder: Path | None = None, watch: Watch = NOBODY
) -> Backup:
    """Copy a review, and remove the oldest of the copies made unasked.

    Raises:
        FileError: the folder cannot be written.
        StoreError: the review cannot be read.
    """
    at = datetime.now(UTC).replace(microsecond=0)
    path = (folder or config.backups) / f"{_prefix(config)}-{at:%Y%m%dT%H%M%S}-{why}.db"
    backups.write(store, path, watch)
    if folder is None:
        _remove_oldest(config)
    return Backup(path, at, why)


def made(config: Config) -> list[Backup]:
    """The copies of a review, newest first."""
    found = []
    with suppress(OSError):
        for path in config.backups.glob("*.db"):
            name = _NAME.fullmatch(path.name)
            if name and name["of"] == _prefix(config):
                at = datetime.strptime(name["at"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
                found.append(Backup(path, at, name["why"]))
    return sorted(found, key=lambda backup: (backup.at, backup.written), reverse=True)


def before(store: Store, config: Config, what: str, watch: Watch = NOBODY) -> Backup | None:
    """Copy a review before something is done to it, if it changed since the newest copy.

    That it cannot be copied is logged, and holds up nothing: each such step is one transaction, or
    can be taken back.
    """
    if config.backups_kept == 0:
        return None
    try:
        newest = next(iter(made(config)), None)
        if newest and backups.last_event_of(newest.path) == backups.last_event(store):
            return None
        return make(store, config, what, watch=watch)
    except ReviewError:
        log.exception("no copy made: %s", what)
        return None


def is_due(config: Config) -> bool:
    """Whether the newest copy is older than a day."""
    newest = next(iter(made(config)), None)
    return config.backups_kept > 0 and (newest is None or datetime.now(UTC) - newest.at > DAILY)


def _remove_oldest(config: Config) -> None:
    unasked = [backup for backup in made(config) if backup.why != ASKED]
    for backup in unasked[max(1, config.backups_kept) :]:
        with suppress(OSError):
            backup.path.unlink()


def _prefix(config: Config) -> str:
    """How the copies of a review are named; reviews elsewhere than usual carry a mark of where."""
    file = database_file.of(make_url(config.db))
    stem = file.path.stem if file else str(make_url(config.db).database or "review")
    name = re.sub(r"[^\w-]", "_", stem)
    if file is not None and file.path.parent == config.local:
        return name
    return f"{name}-{sha256(_place(config).encode()).hexdigest()[:6]}"


# ---- reviews that were opened before --------------------------------------------------------


def remember(config: Config) -> None:
    """Note that there is a review at this place."""
    if was_opened(config):
        return
    try:
        config.local.mkdir(parents=True, exist_ok=True)
        with _list(config).open("a", encoding="utf-8") as file:
            file.write(_place(config) + "\n")
    except OSError:
        log.exception("the list of reviews cannot be written")


def was_opened(config: Config) -> bool:
    """Whether there was a review at this place before, as far as anything here tells."""
    try:
        return _place(config) in _list(config).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return bool(made(config))


def refuse_lost(store: Store, config: Config) -> None:
    """See that a database without a review never held one.

    Raises:
        LostReviewError: it did.
    """
    if not was_opened(config) or not store.is_absent():
        return
    if store.file is not None:
        raise store.file.lost()
    raise LostReviewError(
        f"The database {_place(config)} held a review and holds none now. Nothing was changed. "
        f"Look whether REVIEW_DB names the right one, or {database_file.RESTORE}. Only if you "
        "want a new, empty review there: python -m review init --new"
    )


@contextmanager
def offering_copies(config: Config) -> Iterator[None]:
    """Name the newest copies in the errors of a database that is lost or damaged."""
    try:
        yield
    except (LostReviewError, DamagedReviewError) as error:
        found = made(config)[:NAMED]
        if not found or str(found[0].path) in str(error):
            raise
        names = ", ".join(str(backup.path) for backup in found)
        raise type(error)(f"{error}\nThe newest copies: {names}") from error


def forget(config: Config) -> None:
    """A new review is wanted at this place, whatever stood there."""
    keep_damaged(config)
    with suppress(OSError):
        kept = _list(config).read_text(encoding="utf-8").splitlines()
        lines = [line for line in kept if line != _place(config)]
        _list(config).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def keep_damaged(config: Config) -> None:
    """Rename a file that cannot be opened, so that nothing is written over it."""
    file = database_file.of(make_url(config.db))
    if file is None:
        return
    try:
        backups.put_aside(file.path, f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    except OSError as error:
        raise StoreError(
            f"{file.path} cannot be renamed: {error.strerror}. Nothing was changed. Let your user "
            "write its folder, then try again."
        ) from error


def _list(config: Config) -> Path:
    return config.local / "reviews.txt"


def _place(config: Config) -> str:
    return make_url(config.db).render_as_string(hide_password=True)
