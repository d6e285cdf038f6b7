"""One review opened for work: its settings, its protocol and its database."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from review import protocol as protocols
from review.config import Config
from review.errors import DamagedReviewError, LostReviewError
from review.events import ProtocolAdopted
from review.private_files import make_private
from review.progress import NOBODY, Watch
from review.protocol.model import Protocol
from review.sources import registry
from review.store import Store, backup_folder, log
from review.store.report_rules import current_rules


@dataclass(frozen=True, slots=True)
class Workspace:
    """What every service needs. Cheap to pass around; safe to share between threads."""

    config: Config
    store: Store
    protocol: Protocol


def open_workspace(
    config: Config,
    *,
    create: bool = False,
    new: bool = False,
    watch: Watch = NOBODY,
) -> Workspace:
    """Load the protocol and open the database, which is upgraded first where it must be.

    Args:
        create: make the tables where there never was a review.
        new: make them where one was and is lost too, as a person has asked.
        watch: told how many events an upgrade has replayed, and of how many.

    Raises:
        ProtocolError: the YAML files hold mistakes (all are named).
        NoReviewError: there is no review and ``create`` is false.
        LostReviewError: there was a review, and its database is gone or empty.
        DamagedReviewError: the database cannot be read.
        NewerReviewError: the review was written by a newer version of this program.
    """
    protocol = protocols.load(config.data, registry.all_sources())
    if new and _is_lost(config):
        backup_folder.forget(config)
    with backup_folder.offering_copies(config):
        store = _opened(config, create, watch)
    backup_folder.remember(config)
    return Workspace(config, store, protocol)


def _opened(config: Config, create: bool, watch: Watch) -> Store:
    store = Store(config.db)
    try:
        backup_folder.refuse_lost(store, config)
        _copy_outdated(store, config)
        if create:
            store.upgrade(watch)
        else:
            store.require(watch)
    except BaseException:
        store.close()
        raise
    return store


def _is_lost(config: Config) -> bool:
    """Whether there is nothing that could be opened as a review."""
    try:
        store = Store(config.db)
    except (LostReviewError, DamagedReviewError):
        return True
    try:
        return store.is_absent()
    except DamagedReviewError:
        return True
    finally:
        store.close()


def _copy_outdated(store: Store, config: Config) -> None:
    if store.is_outdated():
        backup_folder.before(store, config, "before-upgrade")


def is_outdated(config: Config) -> bool:
    """Whether opening the review would upgrade it first, which takes its time.

    Raises:
        NewerReviewError: the review was written by a newer version of this program.
        LostReviewError: there was a review, and its database is gone or empty.
        DamagedReviewError: the database cannot be read.
    """
    with backup_folder.offering_copies(config):
        store = Store(config.db)
        try:
            backup_folder.refuse_lost(store, config)
            return store.is_outdated()
        finally:
            store.close()


def upgrade(config: Config, watch: Watch = NOBODY) -> None:
    """Bring the review to this version's shape.

    Args:
        watch: told how many events are replayed, and of how many.

    Raises:
        StoreError: the review cannot be upgraded; it is as it was before.
    """
    store = Store(config.db)
    try:
        _copy_outdated(store, config)
        store.upgrade(watch)
    finally:
        store.close()


def adopt_protocol(ws: Workspace, actor: str) -> bool:
    """Log the protocol as it stands in the files, if it is not the version in force.

    Returns:
        Whether the review moved to another version.
    """
    protocol = ws.protocol
    with ws.store.write() as conn:
        said = adoption(protocol)
        in_force = current_rules(conn)
        # Earlier versions of the program left out of the log how reports are shared.
        if (in_force.version, in_force.assigning) == (said.version, said.assigning):
            return False
        log.append(conn, actor, [said], protocol=protocol.version)
    return True


def adoption(protocol: Protocol) -> ProtocolAdopted:
    """The event by which a protocol comes into force, with the whole text of its files."""
    return ProtocolAdopted(
        version=protocol.version,
        title=protocol.title,
        reviewers={str(rule.stage): rule.reviewers for rule in protocol.stages},
        coders=protocol.coding.reviewers_per_report,
        not_retrieved=tuple(r.id for r in protocol.reasons if r.counts_as == "not_retrieved"),
        assigning=protocol.assignment.mode,
        people=protocol.assignment.people,
        seed=protocol.assignment.seed,
        text=dict(protocol.files),
    )


class _PrivateLog(RotatingFileHandler):
    """A log whose files, the new one after each turn too, only their owner may read."""

    def _open(self) -> TextIOWrapper:
        make_private(Path(self.baseFilename), create=True)
        return super()._open()


def keep_log(config: Config) -> None:
    """Write what goes wrong to ``data/local/review.log``; a person never sees a traceback.

    A process writes to one log at a time, that of the review named last.
    """
    root = logging.getLogger("review")
    file = os.path.abspath(config.local / "review.log")
    for kept in [h for h in root.handlers if isinstance(h, RotatingFileHandler)]:
        if kept.baseFilename == file:
            return
        root.removeHandler(kept)
        kept.close()
    # On a full disk, what cannot be logged must not end on the screen instead.
    logging.raiseExceptions = False
    try:
        config.local.mkdir(parents=True, exist_ok=True)
        handler = _PrivateLog(file, maxBytes=2_000_000, backupCount=3, encoding="utf-8")
    except OSError:
        return  # what cannot be written there is told by what needs it
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
