"""The flow diagram holds on any history of a review, and follows from the log alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.errors import DecisionError
from review.model import Event, EventKind, Outcome, Record, Stage, VoteValue
from review.reporting.service import flow_of
from review.store import Connection, Entry, Store, log, records, reports

SIZE = 6
REVIEWERS = ("Ann", "Bo", "Cy")
REASONS = ("not_kratom", "language", "full_text_missing")

KINDS = ("vote", "vote", "vote", "merge", "link", "apart", "undo", "add", "withdraw")
steps = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, SIZE - 1),
        st.integers(0, SIZE - 1),
        st.integers(0, 53),
    ),
    max_size=30,
)
Step = tuple[str, int, int, int]
slow = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class _RollBack(Exception):
    pass


@pytest.fixture
def store(db_url: str) -> Iterator[Store]:
    store = Store(db_url)
    store.upgrade()
    yield store
    store.close()


@contextmanager
def fresh_review(store: Store) -> Iterator[Connection]:
    """A review that leaves no trace, so that each example starts alike."""
    try:
        with store.write() as conn:
            rules = {
                "version": "v1",
                "title": "t",
                "reviewers": {"title_abstract": 2, "full_text": 1},
                "not_retrieved": ["full_text_missing"],
                "text": {},
            }
            log.append(conn, "Ann", [Entry(EventKind.PROTOCOL, rules)], protocol="v1")
            run = records.start_run(conn, "Ann", "core", "openalex")
            found = [Record("openalex", f"W{i}", title=f"Paper {i}") for i in range(SIZE)]
            records.add_records(conn, "Ann", run, found)
            records.finish_run(conn, "Ann", run, Outcome.COMPLETE)
            yield conn
            raise _RollBack
    except _RollBack:
        pass


def play(conn: Connection, history: list[Step]) -> None:
    """Carry out a history; steps that the rules refuse leave nothing behind."""
    done: list[Event] = []
    for kind, a, b, n in history:
        first, second = f"R{a + 1:06d}", f"R{b + 1:06d}"
        try:
            done += STEPS[kind](conn, first, second, n, done)
        except DecisionError:
            continue


def vote(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    who, value, stage = REVIEWERS[n % 3], list(VoteValue)[n // 3 % 3], list(Stage)[n // 9 % 2]
    covers = [a]
    for row in reports.listing(conn):
        if a in row.record_ids:
            covers = list(row.record_ids)
    payload = {
        "record": a, "covers": covers, "stage": str(stage), "vote": str(value), "reviewer": who,
        "reason": REASONS[n // 18 % 3] if value is VoteValue.EXCLUDE else "",
    }  # fmt: skip
    return log.append(conn, who, [Entry(EventKind.VOTE, payload)])


def pair(kind: EventKind) -> Callable[..., list[Event]]:
    def step(conn: Connection, a: str, b: str, n: int, _done: list[Event]) -> list[Event]:
        return [] if a == b else log.append(conn, "Bo", [Entry(kind, {"records": [a, b]})])

    return step


def undo(conn: Connection, _a: str, _b: str, n: int, done: list[Event]) -> list[Event]:
    return [log.undo(conn, "Ann", done[n % len(done)].id)] if done else []


def add(conn: Connection, _a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    run = records.start_run(conn, "Ann", "later", "pubmed")
    later = [Record("isrctn", f"X{n}", title="Late"), Record("openalex", f"W{n}", title="Paper")]
    records.add_records(conn, "Ann", run, later)
    return []


def withdraw(conn: Connection, _a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    found = records.runs(conn)
    payload = {"run": found[n % len(found)].id, "why": "by mistake"}
    return log.append(conn, "Ann", [Entry(EventKind.RUN_WITHDRAWN, payload)])


STEPS: dict[str, Callable[..., list[Event]]] = {
    "vote": vote,
    "merge": pair(EventKind.MERGE),
    "link": pair(EventKind.LINK),
    "apart": pair(EventKind.KEEP_APART),
    "undo": undo,
    "add": add,
    "withdraw": withdraw,
}


@slow
@given(history=steps)
def test_every_sum_holds_and_the_log_alone_gives_the_same_diagram(
    store: Store, history: list[Step]
) -> None:
    with fresh_review(store) as conn:
        play(conn, history)
        before = flow_of(conn)
        assert before.failed_sums == []
        for name, ids in before.ids.items():
            assert len(set(ids)) == len(ids) == before.boxes[name]
        log.replay(conn)
        assert flow_of(conn) == before


@slow
@given(history=steps, last=steps)
def test_undoing_a_vote_or_merge_recomputes_every_box(
    store: Store, history: list[Step], last: list[Step]
) -> None:
    with fresh_review(store) as conn:
        play(conn, history)
        before = flow_of(conn)
        for kind, a, b, n in last[:3]:
            if kind in ("vote", "merge", "link", "withdraw"):
                for event in STEPS[kind](conn, f"R{a + 1:06d}", f"R{b + 1:06d}", n, []):
                    log.undo(conn, "Ann", event.id)
        assert flow_of(conn) == before
