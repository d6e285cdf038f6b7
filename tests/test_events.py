"""A new kind of event is a class, its rows in the derived tables, and its service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest
from sqlalchemy import Boolean, Column, Integer, String, Table, select

from review.errors import StoreError
from review.events import Event, EventData, Names, TagGiven, VoteCast
from review.events.base import KINDS, key_of, read
from review.model import Stage, VoteValue
from review.store import Connection, Store, log, projectors
from review.store.projectors import Rows, projects
from review.store.schema import Utc, metadata
from tests.histories import fresh_review


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with fresh_review(store) as conn:
        yield conn


def test_a_new_kind_needs_a_class_and_its_rows_and_nothing_else(conn: Connection) -> None:
    class LabelGiven(EventData):
        """A coloured label on a report; the newest of a reviewer counts."""

        kind: ClassVar[str] = "label"
        undoable: ClassVar[bool] = True

        record: str
        colour: str
        reviewer: str

        @property
        def about(self) -> tuple[str, ...]:
            return (self.record,)

        @property
        def key(self) -> str:
            return key_of("label", self.record, self.reviewer)

        def words(self, names: Names) -> str:
            return f"Labelled {self.colour}"

    label = Table(
        "label",
        metadata,
        Column("event", String(16), primary_key=True),
        Column("seq", Integer, nullable=False),
        Column("record", String(16), nullable=False),
        Column("colour", String(16), nullable=False),
        Column("at", Utc, nullable=False),
        Column("active", Boolean, nullable=False),
    )

    @projects(LabelGiven, label)
    def _label(ev: Event, data: LabelGiven, rows: Rows) -> None:
        rows.add(label, ev, record=data.record, colour=data.colour)

    try:
        label.create(conn)
        shown = select(label.c.colour).where(label.c.active)
        for colour in ("red", "green"):
            said = LabelGiven(record="R000001", colour=colour, reviewer="Ann")
            (newest,) = log.append(conn, "Ann", [said])
        assert conn.execute(shown).scalars().all() == ["green"]
        log.undo(conn, "Ann", newest.id)
        assert conn.execute(shown).scalars().all() == ["red"]
        told = [e.data.words(None) for e, _ in log.history(conn, "P000001") if e.kind == "label"]  # type: ignore[arg-type]
        assert told == ["Labelled red", "Labelled green"]
    finally:
        metadata.remove(label)
        del KINDS["label"], projectors._PROJECTORS[LabelGiven], projectors.ROWS_OF[LabelGiven]


def test_every_kind_is_read_as_it_was_written() -> None:
    said = [
        VoteCast(record="R1", stage=Stage.FULL_TEXT, vote=VoteValue.MAYBE, reviewer="Ann"),
        TagGiven(record="R1", dimension="d", value="v", reviewer="Ann", replaces=("E1",)),
    ]
    for data in said:
        assert read(data.kind, data.written()) == data


def test_a_kind_of_a_newer_program_is_refused_with_what_to_do() -> None:
    with pytest.raises(StoreError, match="newer version"):
        read("hologram", {})


def test_a_damaged_event_is_named_with_its_field() -> None:
    with pytest.raises(StoreError, match="'vote' cannot be read: stage is damaged"):
        read("vote", {"record": "R1", "stage": "?", "vote": "maybe", "reviewer": "Ann"})


def test_votes_of_older_logs_cover_the_record_they_name() -> None:
    old = {"record": "R1", "stage": "full_text", "vote": "maybe", "reviewer": "A", "time": ""}
    data = read("vote", old)
    assert isinstance(data, VoteCast) and data.covers == ("R1",) and data.when is None
