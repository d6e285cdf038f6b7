"""Files that belong to a review beside its database, such as full texts and trained models.

Each lies in a folder of `Config.local`, under the name by which the log knows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from review.coding import own_model
from review.fulltext import files
from review.workspace import Workspace

FOLDERS = (own_model.FOLDER, files.FOLDER)
"""Folders of the local data folder that go along; nothing else of it does, least of all a key."""


def attachments(ws: Workspace) -> Iterator[tuple[str, Path]]:
    """The files, each with its path below the local folder."""
    for folder in FOLDERS:
        yield from files_in(ws.config.local, folder)


def files_in(base: Path, folder: str) -> Iterator[tuple[str, Path]]:
    """The plain files of a folder, with their paths below another; links are left out."""
    for path in sorted((base / folder).rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path.relative_to(base).as_posix(), path
