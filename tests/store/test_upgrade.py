"""Reviews of earlier versions are brought to this one's shape, those of later ones are refused."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, Index, MetaData, Table, Text, inspect, text, update

from review.errors import BusyError, Cancelled, NewerReviewError, StoreError
from review.events import NoteWritten
from review.progress import Progress, Watch
from review.store import (
    Store,
    active_decisions,
    derived,
    engine,
    evidence,
    log,
    records,
    reports,
    upgrades,
)
from review.store.schema import DERIVED, STORED, derived_version, event, metadata, note, record
from tests import old_reviews

ROOT = Path(__file__).resolve().parents[2]
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")

KILLED = """
import os, signal, sys
from sqlalchemy import event
from review.store import Store

url, last = sys.argv[1], int(sys.argv[2])
store, done = Store(url), 0

def count(*_):
    global done
    done += 1
    if done == last:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(store.engine, "before_cursor_execute", count)
event.listen(store.engine, "commit", count)
store.upgrade()
print(done)
"""
"""Upgrades a review and is killed before a statement, or a commit, of the given number."""


@pytest.fixture
def opened(db_url: str) -> Iterator[Store]:
    """The database, with no tables yet."""
    store = Store(db_url)
    yield store
    store.close()


def snapshot(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.read() as conn:
        return log.snapshot(conn)


def follows_from_the_log(store: Store) -> bool:
    """Whether a fresh replay leads to the state that is stored."""
    with store.write() as conn:
        stored = log.snapshot(conn)
        log.replay(conn)
        return log.snapshot(conn) == stored


# ---- from earlier versions -------------------------------------------------------------------


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_review_of_any_earlier_version_is_upgraded(
    opened: Store, db_url: str, revision: str
) -> None:
    old_reviews.make(db_url, revision)
    assert opened.is_outdated()
    opened.require()
    assert not opened.is_outdated()
    with opened.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []
        assert len(list(log.events(conn))) == 16
        assert [r.record_ids for r in reports.listing(conn)][:3] == [
            ("R000001", "R000002"), ("R000003",), ("R000004",),
        ]  # fmt: skip
        assert [t.value for t in active_decisions.tags(conn)] == ["survey"]
        assert len(active_decisions.notes(conn, "P000005")) == 1
    assert follows_from_the_log(opened)


def test_migrated_tables_of_the_log_are_those_of_a_new_review(opened: Store, db_url: str) -> None:
    def index(one: Any) -> tuple[str, ...]:
        options = {name: str(value) for name, value in one.get("dialect_options", {}).items()}
        return str(one["name"]), str(one["column_names"]), str(one["unique"]), str(options)

    def shape(conn: Connection) -> dict[str, object]:
        found = inspect(conn)
        return {
            table.name: (
                [{**c, "type": str(c["type"])} for c in found.get_columns(table.name)],
                sorted(map(index, found.get_indexes(table.name))),
                found.get_pk_constraint(table.name),
                sorted(found.get_unique_constraints(table.name), key=lambda u: str(u["name"])),
            )
            for table in STORED
        }

    opened.upgrade()
    with opened.write() as conn:
        made = shape(conn)
        metadata.drop_all(conn)
        conn.execute(text("DROP TABLE alembic_version"))
        upgrades.migrate(conn, "head")
        assert shape(conn) == made


def test_an_upgrade_tells_how_far_it_is(opened: Store, db_url: str) -> None:
    old_reviews.make(db_url, "0007")
    told: list[Progress] = []
    opened.upgrade(Watch(told.append))
    assert told[0] == Progress(0, 16) and told[-1] == Progress(16, 16)
    told.clear()
    opened.upgrade(Watch(told.append))
    assert told == []


def test_an_upgrade_that_is_stopped_leaves_the_review_as_it_was(opened: Store, db_url: str) -> None:
    old_reviews.make(db_url, "0003")

    with pytest.raises(Cancelled):
        opened.upgrade(Watch(cancelled=lambda: True))
    with opened.read() as conn:
        assert upgrades.revision(conn) == "0003"
        assert "derived_version" not in inspect(conn).get_table_names()
    opened.upgrade()
    assert follows_from_the_log(opened)


# ---- derived tables --------------------------------------------------------------------------


def with_a_note(store: Store) -> None:
    store.upgrade()
    with_a_write(store)


def with_a_write(store: Store) -> None:
    with store.write() as conn:
        said = NoteWritten(record="R000001", text="look again", reviewer="Ann")
        log.append(conn, "Ann", [said])


def test_a_changed_derived_table_needs_no_migration(
    opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_note(opened)
    changed = note.to_metadata(MetaData(naming_convention=metadata.naming_convention))
    changed.append_column(Column("language", Text, nullable=False, server_default="none"))
    Index(None, changed.c.reviewer)
    tables = tuple(changed if table is note else table for table in DERIVED)
    monkeypatch.setattr(derived, "DERIVED", tables)
    assert opened.is_outdated()
    opened.require()
    with opened.read() as conn:
        row = conn.execute(text("SELECT text, language FROM note")).one()
        indexes = {index["name"] for index in inspect(conn).get_indexes("note")}
    assert tuple(row) == ("look again", "none")
    assert "ix_note_reviewer" in indexes
    assert not opened.is_outdated()


def test_a_derived_table_that_is_no_longer_wanted_goes_and_a_new_one_comes(
    opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_note(opened)
    new = Table("word_count", MetaData(), Column("word", Text, primary_key=True))
    with monkeypatch.context() as later:
        later.setattr(derived, "DERIVED", (*DERIVED, new))
        opened.require()
        with opened.read() as conn:
            assert "word_count" in inspect(conn).get_table_names()
    opened.require()
    with opened.read() as conn:
        assert "word_count" not in inspect(conn).get_table_names()


def test_other_rules_of_the_projection_replay_the_log(
    opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_note(opened)
    before = snapshot(opened)
    with opened.write() as conn:
        conn.execute(update(note).values(text="as it was understood once"))
    opened.require()
    assert snapshot(opened) != before
    monkeypatch.setattr(derived, "PROJECTION", derived.PROJECTION + 1)
    opened.require()
    assert snapshot(opened) == before


def test_tables_of_others_in_the_same_database_are_left_alone(
    opened: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_note(opened)
    with opened.write() as conn:
        conn.execute(text("CREATE TABLE theirs (n INTEGER)"))
    monkeypatch.setattr(derived, "PROJECTION", derived.PROJECTION + 1)
    opened.require()
    with opened.read() as conn:
        assert "theirs" in inspect(conn).get_table_names()


# ---- at any moment, and by several at once ---------------------------------------------------


def upgrade_and_die(url: str, statement: int) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", KILLED, url, str(statement)]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=120)


def test_an_upgrade_killed_at_any_moment_goes_on_at_the_next_start(
    opened: Store, db_url: str, tmp_path: Path
) -> None:
    practice = f"sqlite:///{(tmp_path / 'practice.db').as_posix()}"
    old_reviews.make(practice, "0004", papers=1_000, votes=2_000)
    whole = upgrade_and_die(practice, 0)
    assert whole.returncode == 0, whole.stderr
    statements = int(whole.stdout)
    old_reviews.make(db_url, "0004", papers=1_000, votes=2_000)
    moments = random.Random(9).sample(range(5, statements), 6)
    for moment in (*moments, statements - 1):
        assert upgrade_and_die(db_url, moment).returncode == -signal.SIGKILL
        assert opened.is_outdated()
    opened.require()
    with opened.read() as conn:
        assert len(list(log.events(conn))) == 2_010
        assert records.count_by_source(conn) == {"openalex": 1_000}
    assert follows_from_the_log(opened)


def test_two_that_open_at_once_upgrade_once(opened: Store, db_url: str) -> None:
    old_reviews.make(db_url, "0002")
    met = threading.Barrier(2)
    told: list[int] = []

    def open_it(_: int) -> bool:
        store = Store(db_url)
        assert store.is_outdated()
        met.wait(timeout=60)
        store.require(Watch(lambda now: told.append(now.done)))
        current = not store.is_outdated()
        store.close()
        return current

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(open_it, range(2))) == [True, True]
    assert told.count(0) == 1
    assert follows_from_the_log(opened)


def test_who_waits_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{(tmp_path / 'review.db').as_posix()}"
    old_reviews.make(url, "0007")
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    first, second = Store(url), Store(url)
    told: list[str] = []

    def meanwhile(now: Progress) -> None:
        with pytest.raises(BusyError) as refused:
            second.require()
        told.append(str(refused.value))

    first.upgrade(Watch(meanwhile))
    assert told and "upgrading" in told[0] and "SQL" not in told[0]
    second.require()
    first.close()
    second.close()


# ---- from later versions ---------------------------------------------------------------------


def of_a_later_revision(conn: Connection) -> None:
    conn.execute(text("UPDATE alembic_version SET version_num = '0999'"))


def of_a_later_kind(conn: Connection) -> None:
    conn.execute(update(event).values(kind="risk_of_bias"))


@pytest.mark.parametrize(
    ("change", "why"), [(of_a_later_revision, "0999"), (of_a_later_kind, "“risk_of_bias”")]
)
def test_a_review_of_a_newer_program_is_refused_and_not_touched(
    opened: Store, change: Any, why: str
) -> None:
    with_a_note(opened)
    with opened.write() as conn:
        change(conn)
        conn.execute(update(derived_version).values(program="7.2", version="later"))
    before = snapshot(opened)
    for look in (opened.require, opened.upgrade, opened.is_outdated):
        with pytest.raises(NewerReviewError) as refused:
            look()
        assert why in str(refused.value)
        assert "Install version 7.2" in str(refused.value)
    assert snapshot(opened) == before
    with opened.read() as conn:
        assert conn.execute(derived_version.select()).one().version == "later"


def test_who_has_it_open_writes_nothing_after_another_version_has_upgraded_it(
    opened: Store, db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_note(opened)
    monkeypatch.setattr(derived, "PROJECTION", derived.PROJECTION + 1)
    other = Store(db_url)
    other.require()
    before = snapshot(other)
    with pytest.raises(NewerReviewError, match="Start this program again"):
        with_a_write(opened)
    assert snapshot(other) == before
    with_a_write(other)
    assert snapshot(other) != before
    other.close()


def test_a_database_with_other_tables_of_these_names_is_left_alone(opened: Store) -> None:
    with opened.write() as conn:
        conn.execute(text("CREATE TABLE vote (candidate INTEGER)"))
    with pytest.raises(StoreError) as refused:
        opened.upgrade()
    assert "vote" in str(refused.value) and "CREATE TABLE" not in str(refused.value)
    with opened.read() as conn:
        assert inspect(conn).get_table_names() == ["vote"]


def test_titles_that_say_retracted_count_in_a_review_that_did_not_read_them(
    opened: Store, db_url: str
) -> None:
    old_reviews.make(db_url, REVISIONS[-1])
    titles = {"R000003": "RETRACTED: Kratom in pain", "R000004": "Retracted articles: a survey"}
    with opened.write() as conn:
        for name, title in titles.items():
            conn.execute(update(record).where(record.c.id == name).values(title=title))
    opened.upgrade()
    with opened.read() as conn:
        assert evidence.retracted_reports(conn, ()) == {"P000003"}
        listed = {r.id for r in reports.listing(conn) if r.lead.retracted}
    assert listed == {"P000003"}  # the card, the map and the exports say the same
    assert follows_from_the_log(opened)
