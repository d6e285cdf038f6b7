"""A database that is gone, empty, replaced or damaged is told, and never taken for a new review."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from review import backups
from review.config import Config
from review.errors import BusyError, DamagedReviewError, FileError, LostReviewError, StoreError
from review.events import NoteWritten
from review.model import Record
from review.store import Store, active_decisions, backup_folder, engine, log, records
from review.workspace import Workspace, open_workspace
from tests import old_reviews, reviews


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return reviews.config(tmp_path, f"sqlite:///{tmp_path / 'data' / 'local' / 'review.db'}")


@pytest.fixture
def ws(config: Config) -> Iterator[Workspace]:
    found = open_workspace(config, create=True)
    reviews.add(found, [Record("made-up", "1", title="A paper")])
    yield found
    found.store.close()


def file_of(ws: Workspace) -> Path:
    assert ws.store.file is not None
    return ws.store.file.path


def note(store: Store, text: str) -> None:
    with store.write() as conn:
        log.append(
            conn, "Ann", [NoteWritten(record="R000001", text=text, reviewer="Ann")], protocol="v"
        )


def notes(store: Store) -> list[str]:
    with store.read() as conn:
        return [text for _, text, _ in active_decisions.notes(conn, "P000001")]


def delete(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    os.truncate(path, 0)


def replace_by_another(path: Path) -> None:
    shutil.copy(path, path.with_name("other.db"))
    os.replace(path.with_name("other.db"), path)


@pytest.mark.parametrize(
    ("harm", "said"),
    [(delete, "is gone"), (empty, "was emptied"), (replace_by_another, "was replaced")],
)
def test_nothing_is_written_to_a_file_that_is_not_what_was_opened(
    ws: Workspace, harm: object, said: str
) -> None:
    path = file_of(ws)
    assert callable(harm)
    harm(path)
    with pytest.raises(LostReviewError, match=said) as told:
        note(ws.store, "into nothing")
    assert str(path) in str(told.value) and "Nothing of this step was stored" in str(told.value)
    with pytest.raises(LostReviewError):
        notes(ws.store)


def test_a_file_that_goes_while_one_writes_is_told_and_not_confirmed(ws: Workspace) -> None:
    with pytest.raises(LostReviewError), ws.store.write() as conn:
        records.start_run(conn, "Ann", "core", "openalex")
        file_of(ws).unlink()


@pytest.mark.parametrize("harm", [delete, empty])
def test_a_lost_review_is_not_begun_anew_unless_a_person_says_so(
    ws: Workspace, config: Config, harm: object
) -> None:
    path = file_of(ws)
    made = backups.back_up(ws)
    ws.store.close()
    assert callable(harm)
    harm(path)
    with pytest.raises(LostReviewError, match="init --new") as told:
        open_workspace(config, create=True)
    assert str(made.path) in str(told.value), "the copies that there are"
    assert not path.exists() or path.stat().st_size == 0
    anew = open_workspace(config, create=True, new=True)
    with anew.store.read() as conn:
        assert records.runs(conn) == []
    anew.store.close()


def test_an_empty_file_is_no_new_review_either(config: Config) -> None:
    config.local.mkdir(parents=True)
    (config.local / "review.db").touch()
    with pytest.raises(LostReviewError, match="is empty"):
        open_workspace(config, create=True)


ANOTHER_PROGRAM = """
import sqlite3, sys
review = sqlite3.connect(sys.argv[1])
print(review.execute("SELECT count(*) FROM event WHERE kind = 'note'").fetchone()[0])
review.close()
"""


def seen_by_another_program(path: Path) -> int:
    """How many notes another program finds, which opens the review, reads and ends."""
    call = [sys.executable, "-c", ANOTHER_PROGRAM, str(path)]
    return int(subprocess.run(call, capture_output=True, text=True, check=True).stdout)


def test_a_review_that_is_opened_twice_here_loses_nothing_when_another_program_ends(
    ws: Workspace, config: Config
) -> None:
    note(ws.store, "first")
    again = open_workspace(config)  # as a command, a job or another page does in this process
    assert notes(again.store) == ["first"]
    again.store.close()
    assert seen_by_another_program(file_of(ws)) == 1
    note(ws.store, "second")
    assert seen_by_another_program(file_of(ws)) == 2
    assert notes(ws.store)[-1] == "second"


def test_asking_for_a_new_review_leaves_one_that_is_there(ws: Workspace, config: Config) -> None:
    note(ws.store, "kept")
    again = open_workspace(config, create=True, new=True)
    assert notes(again.store) == ["kept"]
    again.store.close()


def test_a_damaged_file_is_told_and_kept_when_a_copy_comes_back(
    ws: Workspace, config: Config
) -> None:
    path = file_of(ws)
    note(ws.store, "kept")
    made = backups.back_up(ws)
    ws.store.close()
    path.write_bytes(b"not what it was" * 1000)
    with pytest.raises(DamagedReviewError, match="restore FILE"):
        open_workspace(config, create=True)
    assert backups.restore(config, made.path) is None
    (aside,) = path.parent.glob("review.db.damaged-*")
    assert aside.read_bytes().startswith(b"not what it was")
    found = open_workspace(config)
    assert notes(found.store) == ["kept"]
    found.store.close()


def test_a_page_of_the_file_that_is_damaged_is_told(ws: Workspace, config: Config) -> None:
    path = file_of(ws)
    ws.store.close()
    size = path.stat().st_size
    with path.open("rb+") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    with pytest.raises(DamagedReviewError, match="damaged"):
        open_workspace(config, create=True)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="cannot be opened") as told:
        Store(f"sqlite:///{tmp_path / 'file' / 'review.db'}")
    assert "Let your user read and write" in str(told.value)


def test_a_review_that_cannot_be_written_is_told(ws: Workspace) -> None:
    url = f"sqlite:///file:{file_of(ws)}?mode=ro&uri=true"
    store = Store(url)
    with pytest.raises(StoreError, match="cannot be written"):
        note(store, "never")
    store.close()


# ---- copies ----------------------------------------------------------------------------------


@pytest.fixture
def either(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    found = open_workspace(reviews.config(tmp_path, db_url), create=True)
    reviews.add(found, [Record("made-up", "1", title="A paper", raw={"as": "it came"})])
    yield found
    found.store.close()


def test_a_copy_brings_back_all_that_there_was(either: Workspace) -> None:
    note(either.store, "before")
    with either.store.read() as conn:
        stored = log.snapshot(conn)
    made = backups.back_up(either)
    note(either.store, "after")
    earlier = backups.restore(either.config, made.path)
    assert earlier is not None and earlier.why == "before-restore"
    either.store.close()
    found = open_workspace(either.config)
    with found.store.read() as conn:
        assert log.snapshot(conn) == stored
        assert records.get(conn, "R000001").raw == {"as": "it came"}
    note(found.store, "goes on")
    assert notes(found.store) == ["before", "goes on"]
    backups.restore(either.config, earlier.path)
    found.store.close()
    found = open_workspace(either.config)
    assert notes(found.store) == ["before", "after"]
    found.store.close()


def test_whoever_has_the_review_open_notices_that_a_copy_came_back(ws: Workspace) -> None:
    made = backups.back_up(ws)
    backups.restore(ws.config, made.path)
    with pytest.raises(LostReviewError, match="was replaced"):
        note(ws.store, "into the earlier file")


def test_a_file_without_a_review_is_not_brought_back(ws: Workspace, tmp_path: Path) -> None:
    note(ws.store, "kept")
    with closing(sqlite3.connect(tmp_path / "other.db")) as conn:
        conn.execute("CREATE TABLE t (n)")
    (tmp_path / "text.db").write_text("no database at all")
    for name in ("other.db", "text.db", "nothing.db"):
        with pytest.raises((StoreError, FileError)):
            backups.restore(ws.config, tmp_path / name)
    assert notes(ws.store) == ["kept"]


def test_few_copies_are_kept_and_none_without_a_change(ws: Workspace) -> None:
    two = replace(ws, config=replace(ws.config, backups_kept=2))
    asked = backups.back_up(two)
    for text in ("one", "two", "three"):
        note(ws.store, text)
        assert backups.before(two, text) is not None
        assert backups.before(two, "again") is None
    assert {backup.why for backup in backups.made(two.config)} == {"asked", "two", "three"}
    assert asked.path.exists()
    assert not backups.is_due(two.config)


def test_a_review_is_copied_before_it_is_upgraded(config: Config) -> None:
    config.local.mkdir(parents=True)
    old_reviews.make(config.db, "0004")
    open_workspace(config).store.close()
    assert [backup.why for backup in backups.made(config)] == ["before-upgrade"]
    with closing(sqlite3.connect(backup_folder.made(config)[0].path)) as conn:
        assert conn.execute("SELECT version_num FROM alembic_version").fetchone() == ("0004",)


# ---- waiting ---------------------------------------------------------------------------------


def test_readers_do_not_wait_for_writers_that_wait(
    either: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 2)
    other = Store(either.config.db)
    with other.write(), ThreadPoolExecutor(24) as pool:
        voters = [pool.submit(note, either.store, f"vote {n}") for n in range(24)]
        time.sleep(0.3)
        begun = time.monotonic()
        for _ in range(20):
            assert notes(either.store) == []
        assert time.monotonic() - begun < 1.5
        for voter in voters:
            with pytest.raises(BusyError, match="Nothing of this step was stored"):
                voter.result()
    other.close()
    note(either.store, "afterwards")
    assert notes(either.store) == ["afterwards"]


@pytest.mark.postgres
def test_a_server_that_does_not_answer_in_time_is_told(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "READ_SECONDS", 0.5)
    store = Store(postgres_url)
    with pytest.raises(BusyError, match="took too long"), store.read() as conn:
        conn.exec_driver_sql("SELECT pg_sleep(20)")
    store.close()


def test_readers_that_find_no_connection_are_told_without_a_link(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "READERS", 5)
    monkeypatch.setattr(engine, "POOL_SECONDS", 0.1)
    few = Store(store.url.render_as_string(hide_password=False))
    with ExitStack() as held:
        with pytest.raises(BusyError, match="Try again in a minute") as told:
            for _ in range(20):
                held.enter_context(few.read())
    assert "http" not in str(told.value)
    few.close()
