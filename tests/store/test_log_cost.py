"""What an event costs does not grow with the history before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from review.events import RecordsMerged, TagGiven, VoteCast
from review.model import Record, Stage, VoteValue
from review.store import Connection, Store, log, records, search_statements
from tests.histories import fresh_review

MANY = 3_000


@contextmanager
def counted(conn: Connection) -> Iterator[list[str]]:
    """The statements that reach the database."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(conn, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(conn, "before_cursor_execute", note)


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with fresh_review(store) as conn:
        yield conn


def tag(value: str, *replaces: str) -> TagGiven:
    return TagGiven(
        record="R000001", dimension="study_design", value=value, reviewer="Ann", single=True,
        replaces=replaces,
    )  # fmt: skip


def times(conn: Connection) -> int:
    """How often a thing is done: fewer times where each statement has a way to go."""
    return 1_000 if conn.dialect.name == "sqlite" else 300


def test_the_thousandth_change_of_a_tag_costs_what_the_second_did(conn: Connection) -> None:
    costs: list[int] = []
    last: list[str] = []
    for n in range(times(conn)):
        with counted(conn) as sent:
            (done,) = log.append(conn, "Ann", [tag(("cohort", "case_report")[n % 2], *last)])
        last = [done.id]
        costs.append(len(sent))
    assert len(set(costs[1:])) == 1
    assert costs[-1] < 30


def test_the_thousandth_undo_and_redo_cost_what_the_first_did(conn: Connection) -> None:
    log.append(conn, "Ann", [tag("cohort")])
    (done,) = log.append(conn, "Ann", [tag("case_report")])
    costs: dict[int, set[int]] = {0: set(), 1: set()}
    for n in range(times(conn)):
        with counted(conn) as sent:
            done = log.undo(conn, "Ann", done.id)
        if n > 1:
            costs[n % 2].add(len(sent))
    assert [len(seen) for seen in costs.values()] == [1, 1]
    assert max(max(seen) for seen in costs.values()) < 45


def test_the_thirtieth_statement_of_a_form_costs_what_the_second_did(conn: Connection) -> None:
    costs = []
    for n in range(30):
        with counted(conn) as sent:
            search_statements.state(conn, "Ann", 5, f"Asked {n} people.")
        costs.append(len(sent))
    assert len(set(costs[1:])) == 1
    assert [s.text for s in search_statements.in_force(conn).values()] == ["Asked 29 people."]


@pytest.mark.parametrize("what", ["votes", "tags", "merges"])
def test_three_thousand_at_once_take_few_statements(conn: Connection, what: str) -> None:
    run = records.start_run(conn, "Ann", "core", "openalex")
    found = [Record("openalex", f"X{n}", title=f"Paper {n}") for n in range(2 * MANY)]
    ids = records.add_records(conn, "Ann", run, found).new
    made = {
        "votes": [
            VoteCast(record=r, stage=Stage.TITLE_ABSTRACT, vote=VoteValue.INCLUDE, reviewer="Ann")
            for r in ids[:MANY]
        ],
        "tags": [
            TagGiven(record=r, dimension="outcome", value="sleep", reviewer="Ann", single=False)
            for r in ids[:MANY]
        ],
        "merges": [
            RecordsMerged(records=(a, b)) for a, b in zip(ids[:MANY], ids[MANY:], strict=True)
        ],
    }[what]
    with counted(conn) as sent:
        log.append(conn, "Ann", made)
    assert len(sent) < 50
