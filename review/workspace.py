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
from review.events import ProtocolAdopted
from review.private_files import make_private
from review.progress import NOBODY, Watch
from review.protocol.model import Protocol
from review.sources import registry
from review.store import Store, log
from review.store.report_state import current_rules


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
    watch: Watch = NOBODY,
) -> Workspace:
    """Load the protocol and open the database, which is upgraded first where it must be.

    Args:
        create: make the tables when they are not there.
        watch: told how many events an upgrade has replayed, and of how many.

    Raises:
        ProtocolError: the YAML files hold mistakes (all are named).
        NoReviewError: there is no review and ``create`` is false.
        NewerReviewError: the review was written by a newer version of this program.
    """
    protocol = protocols.load(config.data, registry.all_sources())
    store = Store(config.db)
    try:
        if create:
            store.upgrade(watch)
        else:
            store.require(watch)
    except BaseException:
        store.close()
        raise
    return Workspace(config, store, protocol)


def is_outdated(config: Config) -> bool:
    """Whether opening the review would upgrade it first, which takes its time.

    Raises:
        NewerReviewError: the review was written by a newer version of this program.
    """
    store = Store(config.db)
    try:
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
        if current_rules(conn).version == protocol.version:
            return False
        adopted = ProtocolAdopted(
            version=protocol.version,
            title=protocol.title,
            reviewers={str(rule.stage): rule.reviewers for rule in protocol.stages},
            not_retrieved=tuple(r.id for r in protocol.reasons if r.counts_as == "not_retrieved"),
            text=dict(protocol.files),
        )
        log.append(conn, actor, [adopted], protocol=protocol.version)
    return True


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
    config.local.mkdir(parents=True, exist_ok=True)
    handler = _PrivateLog(file, maxBytes=2_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
