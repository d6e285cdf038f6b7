"""Importing files of references, each as one run of the search log."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from review.coding.proposals import refresh_suggestions
from review.errors import Mistake
from review.model import Outcome, SearchRun
from review.sources.files import FileContent, read_bytes, read_file
from review.store import records
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file: new and known records, and the entries that could not be read."""

    run: SearchRun
    new: int
    known: int
    mistakes: tuple[Mistake, ...]


def import_file(
    ws: Workspace,
    path: Path,
    format: str | None = None,
    source: str | None = None,
    *,
    actor: str,
    progress: Callable[[int, int], None] | None = None,
) -> ImportResult:
    """Import a file of references, all in one transaction; suggestions are worked out afterwards.

    Args:
        format: as `review.sources.files.READERS`; told from the file when None.
        source: name of the source the records come from; made from the file's name when None.
        progress: called with new records that have their suggestions, and all new records.

    Raises:
        FileError: the file cannot be read at all.
    """
    found = read_file(path, format, source)
    return _import(ws, found, path.name, path.read_bytes(), actor, progress)


def import_bytes(
    ws: Workspace,
    data: bytes,
    name: str,
    format: str | None = None,
    source: str | None = None,
    *,
    actor: str,
    progress: Callable[[int, int], None] | None = None,
) -> ImportResult:
    """Import the content of a file, for instance an upload; as `import_file`."""
    return _import(ws, read_bytes(data, name, format, source), name, data, actor, progress)


def _import(
    ws: Workspace,
    found: FileContent,
    name: str,
    data: bytes,
    actor: str,
    progress: Callable[[int, int], None] | None,
) -> ImportResult:
    bad = len(found.mistakes)
    lost = bad and not found.records
    outcome = Outcome.FAILED if lost else Outcome.PARTIAL if bad else Outcome.COMPLETE
    why = f"{bad} places of the file could not be read." if bad else ""
    request = f"{name} ({found.format}, SHA-256 {hashlib.sha256(data).hexdigest()[:16]})"
    with ws.store.write() as conn:
        run = records.start_run(conn, actor, f"import of {name}"[:200], found.source, request)
        added = records.add_records(conn, actor, run, found.records)
        records.finish_run(conn, actor, run, outcome, why)
        ended = records.get_run(conn, run)
    if added.new:
        refresh_suggestions(ws, added.new, progress)
    return ImportResult(ended, len(added.new), len(added.known), found.mistakes)
