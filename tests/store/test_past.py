"""The review as it was: what follows from the log up to a place is what stood there then."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from sqlalchemy import Table, insert, select

from review.errors import Cancelled, DecisionError
from review.progress import Watch
from review.store import Connection, Store, log, past
from review.store.past import PastStore
from review.store.schema import record, record_raw, sighting, suggestion
from tests.histories import Step, add, fresh_review, play, slow, steps


def rows(conn: Connection, table: Table) -> list[str]:
    return sorted(repr(tuple(row)) for row in conn.execute(select(table)))


def state(conn: Connection) -> object:
    """The derived tables, and what of the others is of one time."""
    # A correction notes what an entry did not have as "", so both mean the same.
    entries = {
        id_: {name: value for name, value in raw.items() if value != ""}
        for id_, raw in conn.execute(select(record_raw.c.record, record_raw.c.raw))
    }
    return log.snapshot(conn), rows(conn, record), rows(conn, sighting), entries


@settings(slow, max_examples=8)  # each makes a whole database
@given(before=steps, after=steps)
def test_after_any_history_an_earlier_place_gives_the_state_of_then(
    store: Store, tmp_path: Path, before: list[Step], after: list[Step]
) -> None:
    with fresh_review(store) as conn:
        play(conn, before)
        then = past.newest_place(conn)
        expected = state(conn)
        play(conn, after)
        assert then is not None
        file = tmp_path / "then.db"
        past.build(conn, then, file)
        earlier = PastStore(f"sqlite:///{file.as_posix()}")
        try:
            earlier.require()
            with earlier.read() as found:
                assert state(found) == expected
        finally:
            earlier.close()
            file.unlink()


def test_suggestions_are_those_of_records_that_were_there(store: Store, tmp_path: Path) -> None:
    with fresh_review(store) as conn:
        then = past.newest_place(conn)
        assert then is not None
        (later,) = add(conn, "run", 1, start=90)
        offered = [
            {"id": id_, "record": id_, "dimension": "d", "value": "v", "confidence": 0.5,
             "source": "rules", "quote": "", "rank": 1}
            for id_ in ("R000001", later)
        ]  # fmt: skip
        name = past.file_name(conn, then)
        conn.execute(insert(suggestion), offered)
        assert past.file_name(conn, then) != name  # what is kept is not taken for what would be now
        past.build(conn, then, tmp_path / "then.db")
    earlier = PastStore(f"sqlite:///{(tmp_path / 'then.db').as_posix()}")
    with earlier.read() as found:
        assert found.execute(select(suggestion.c.record)).scalars().all() == ["R000001"]
    with pytest.raises(DecisionError, match="earlier time"), earlier.write():
        raise AssertionError
    earlier.close()


def test_stopped_on_request_it_leaves_no_file(store: Store, tmp_path: Path) -> None:
    with fresh_review(store) as conn:
        then = past.newest_place(conn)
        assert then is not None
        with pytest.raises(Cancelled):
            past.build(conn, then, tmp_path / "then.db", Watch(cancelled=lambda: True))
    assert list(tmp_path.glob("*then*")) == []
