"""A full disk ends an import and an export with a sentence, and the next start tells of the run."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from review.errors import FileError, StoreError
from review.initialise import begin
from review.model import RunStatus
from review.reporting import service as reporting
from review.search import importing, runs
from review.search.importing import import_bytes
from review.store import records
from review.workspace import Workspace
from tests import reviews

FILE = b"".join(b"TY  - JOUR\nTI  - Paper %d\nER  - \n" % n for n in range(7))


@pytest.fixture
def ws(tmp_path: Path, db_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(importing, "PART", 2)
    found = reviews.workspace(tmp_path, db_url)
    yield found
    found.store.close()


def full(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def fails_at(monkeypatch: pytest.MonkeyPatch, part: int, error: BaseException) -> None:
    """Let the storing of one part fail, and all writing after it."""
    add, number = records.add_records, iter(range(100))

    def adding(*args: object) -> object:
        if next(number) >= part:
            monkeypatch.setattr(records, "finish_run", lambda *_: (_ for _ in ()).throw(error))
            raise error
        return add(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(records, "add_records", adding)


def test_an_import_that_a_full_disk_stops_is_told_and_closed_at_the_next_start(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        fails_at(patch, 1, StoreError("The disk is full."))
        with pytest.raises(StoreError, match="disk is full"):
            import_bytes(ws, FILE, "papers.ris", actor="Ann")
    with ws.store.read() as conn:
        (run,) = records.runs(conn)
    assert run.status is RunStatus.RUNNING, "even its end could not be written"
    if not ws.store.is_sqlite:  # another machine might be at it: it counts as dead after a while
        monkeypatch.setattr(runs, "QUIET_MINUTES", -1)
    told = begin(ws, "Ann").interrupted
    assert any("import of papers.ris" in one and "Import the file again" in one for one in told)
    with ws.store.read() as conn:
        assert records.get_run(conn, run.id).status is RunStatus.FAILED
    assert begin(ws, "Ann").interrupted == ()


def test_a_disk_that_fills_while_a_file_is_read_is_a_sentence(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.sources.file_reading.pickle.dump", full)
    with pytest.raises(FileError, match="papers.ris was not imported to its end. The disk is full"):
        import_bytes(ws, FILE, "papers.ris", actor="Ann")
    with ws.store.read() as conn:
        assert records.runs(conn) == []


@pytest.mark.parametrize("name", ["csv", "xlsx", "ris", "bibtex", "csl-json", "prisma2020"])
def test_an_export_on_a_full_disk_is_a_sentence_and_leaves_no_half_file(
    ws: Workspace, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_bytes(ws, FILE, "papers.ris", actor="Ann")
    monkeypatch.setattr(Path, "replace", full)
    target = tmp_path / "out" / "file"
    with pytest.raises(FileError, match="The disk is full, so .*file cannot be written. Free"):
        reporting.export(ws, name, target)
    assert list(target.parent.iterdir()) == []
