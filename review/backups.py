"""Copies of the open review, and bringing one back: what pages and commands call."""

from __future__ import annotations

import logging
from pathlib import Path

from review.config import Config
from review.errors import DamagedReviewError, StoreError
from review.progress import NOBODY, Watch
from review.store import Store, backup_folder
from review.store import backups as copies
from review.store.backup_folder import ASKED, Backup
from review.workspace import Workspace

__all__ = ["Backup", "back_up", "before", "copied_before", "is_due", "made", "restore"]

log = logging.getLogger(__name__)

made = backup_folder.made
is_due = backup_folder.is_due


def back_up(ws: Workspace, folder: Path | None = None, watch: Watch = NOBODY) -> Backup:
    """Copy the review because a person asks for it.

    Args:
        folder: where to; beside the other copies when None.

    Raises:
        FileError: the folder cannot be written.
        StoreError: the review cannot be read.
    """
    return backup_folder.make(ws.store, ws.config, ASKED, folder, watch)


def before(ws: Workspace, what: str, watch: Watch = NOBODY) -> Backup | None:
    """Copy the review before something is done to it, if it changed since the newest copy."""
    return backup_folder.before(ws.store, ws.config, what, watch)


def restore(config: Config, file: Path, watch: Watch = NOBODY) -> Backup | None:
    """Put a copy in the place of the review, which is copied before if it can be read.

    Returns:
        The copy of what stood there.

    Raises:
        FileError: there is no such file.
        StoreError: it holds no review, is damaged or of a newer program, or the review's place
            cannot be written. The review is as it was.
    """
    with copies.opened_copy(file) as copy:
        copy.upgrade(watch)
        earlier = copied_before(config)
        copies.bring_back(config.db, copy, watch)
    backup_folder.remember(config)
    log.info("restored from %s", file)
    return earlier


def copied_before(config: Config) -> Backup | None:
    """Copy what stands where another review is to be put; None where nothing can be read.

    Raises:
        StoreError: a damaged file is in the way and cannot be renamed.
    """
    try:
        store = Store(config.db)
    except StoreError:
        backup_folder.keep_damaged(config)
        return None
    try:
        if store.is_absent():
            return None
        return backup_folder.make(store, config, "before-restore")
    except DamagedReviewError:
        backup_folder.keep_damaged(config)
        return None
    finally:
        store.close()
