"""Random histories: nothing is lost, everything can be undone, the log alone gives the state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.errors import DecisionError, NotFoundError
from review.model import Event, EventKind, Outcome, Record, Stage, VoteValue
from review.store import Connection, Entry, Store, choices, log, records, reports

RECORDS = 6
REVIEWERS = ("Ann", "Bo")

_KINDS = [
    "vote",
    "merge",
    "link",
    "apart",
    "tag",
    "untag",
    "note",
    "choose",
    "undo",
    "add",
    "withdraw",
]
Step = tuple[str, int, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(_KINDS),
        st.integers(0, RECORDS - 1),
        st.integers(0, RECORDS - 1),
        st.integers(0, 11),
    ),
    max_size=25,
)
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
    """A review of six records that leaves no trace, so that each example starts alike."""
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
            add(conn, run, RECORDS)
            records.finish_run(conn, "Ann", run, Outcome.COMPLETE)
            yield conn
            raise _RollBack
    except _RollBack:
        pass


def add(conn: Connection, run: str, count: int, start: int = 0) -> list[str]:
    batch = [
        Record("openalex", f"W{n}", title=f"Paper {n}", year=2000 + n)
        for n in range(start, start + count)
    ]
    return list(records.add_records(conn, "Ann", run, batch).new)


def ids(conn: Connection) -> list[str]:
    return sorted(r for row in reports.listing(conn) for r in row.record_ids)


def play(conn: Connection, history: list[Step]) -> list[Event]:
    """Carry out a history through the log; steps that the rules refuse leave nothing behind."""
    done: list[Event] = []
    names = ids(conn)[:RECORDS]
    for kind, a, b, n in history:
        try:
            done += _STEPS[kind](conn, names[a], names[b], n, done)
        except (DecisionError, NotFoundError):
            continue
    return done


def _vote(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    who = REVIEWERS[n % 2]
    value = list(VoteValue)[n % 3]
    found, lead, covers = reports.members(conn, a)
    payload = {
        "record": lead,
        "report": found,
        "covers": covers,
        "stage": str(list(Stage)[n // 6]),
        "vote": str(value),
        "reason": ["language", "full_text_missing"][n % 2] if value is VoteValue.EXCLUDE else "",
        "reviewer": who,
    }
    return log.append(conn, who, [Entry(EventKind.VOTE, payload)])


def _pair(kind: EventKind) -> Callable[..., list[Event]]:
    def step(conn: Connection, a: str, b: str, n: int, _done: list[Event]) -> list[Event]:
        if a == b:
            return []
        entry = Entry(kind, {"records": [a, b], "why": "test", "score": n / 11})
        return log.append(conn, REVIEWERS[n % 2], [entry])

    return step


def _tag(conn: Connection, a: str, _b: str, n: int, done: list[Event]) -> list[Event]:
    who = REVIEWERS[n % 2]
    earlier = [
        t.event
        for t in reports.tags(conn, reports.resolve(conn, a))
        if t.reviewer == who and t.dimension == "study_design"
    ]
    payload = {
        "record": a,
        "dimension": "study_design",
        "value": ["cohort", "case_report", "rct_parallel"][n % 3],
        "reviewer": who,
        "cancels": earlier,
    }
    return log.append(conn, who, [Entry(EventKind.TAG, payload)])


def _untag(conn: Connection, a: str, _b: str, n: int, done: list[Event]) -> list[Event]:
    mine = [t.event for t in reports.tags(conn, reports.resolve(conn, a))]
    payload = {"record": a, "reviewer": REVIEWERS[n % 2], "cancels": mine[:1]}
    return log.append(conn, REVIEWERS[n % 2], [Entry(EventKind.UNTAG, payload)]) if mine else []


def _note(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    payload = {"record": a, "text": f"note {n}", "reviewer": "Ann"}
    return log.append(conn, "Ann", [Entry(EventKind.NOTE, payload)])


def _choose(conn: Connection, a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    found, _, _ = reports.members(conn, a)
    field = ["title", "year"][n % 2]
    payload = {"record": a, "report": found, "field": field, "reviewer": "Ann"}
    return log.append(conn, "Ann", [Entry(EventKind.FIELD_CHOSEN, payload)])


def _undo(conn: Connection, _a: str, _b: str, n: int, done: list[Event]) -> list[Event]:
    return [log.undo(conn, "Ann", done[n % len(done)].id)] if done else []


def _add(conn: Connection, _a: str, _b: str, n: int, _done: list[Event]) -> list[Event]:
    run = records.start_run(conn, "Ann", "later", "openalex")
    again = Record("openalex", f"W{n}", title="Paper")
    records.add_records(conn, "Ann", run, [Record("openalex", f"X{n}", title="Late"), again])
    return []


def _withdraw(conn: Connection, _a: str, _b: str, n: int, done: list[Event]) -> list[Event]:
    runs = records.runs(conn)
    payload = {"run": runs[n % len(runs)].id, "why": "imported by mistake"}
    return log.append(conn, "Ann", [Entry(EventKind.RUN_WITHDRAWN, payload)])


_STEPS: dict[str, Callable[..., list[Event]]] = {
    "vote": _vote,
    "merge": _pair(EventKind.MERGE),
    "link": _pair(EventKind.LINK),
    "apart": _pair(EventKind.KEEP_APART),
    "tag": _tag,
    "untag": _untag,
    "note": _note,
    "choose": _choose,
    "undo": _undo,
    "add": _add,
    "withdraw": _withdraw,
}


@slow
@given(history=steps)
def test_replaying_the_log_gives_the_same_state(store: Store, history: list[Step]) -> None:
    with fresh_review(store) as conn:
        play(conn, history)
        before = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == before


@slow
@given(history=steps)
def test_undoing_everything_newest_first_leads_back_to_the_start(
    store: Store, history: list[Step]
) -> None:
    with fresh_review(store) as conn:
        start = visible(conn)
        for event in reversed(play(conn, [s for s in history if s[0] not in ("undo", "add")])):
            log.undo(conn, "Ann", event.id)
        assert visible(conn) == start


@slow
@given(history=steps)
def test_a_merge_then_its_undo_is_the_identity(store: Store, history: list[Step]) -> None:
    with fresh_review(store) as conn:
        play(conn, history)
        before = visible(conn)
        for merge in _STEPS["merge"](conn, "R000001", "R000006", 0, []):
            log.undo(conn, "Ann", merge.id)
        assert visible(conn) == before


@slow
@given(history=steps)
def test_an_undo_that_is_undone_changes_nothing(store: Store, history: list[Step]) -> None:
    with fresh_review(store) as conn:
        done = [e for e in play(conn, history) if e.kind is not EventKind.UNDO]
        before = visible(conn)
        for event in done[-1:]:
            try:
                undo = log.undo(conn, "Bo", event.id)
            except DecisionError:
                continue
            log.undo(conn, "Bo", undo.id)
        assert visible(conn) == before


@slow
@given(history=steps)
def test_every_record_is_in_exactly_one_report_and_no_event_disappears(
    store: Store, history: list[Step]
) -> None:
    with fresh_review(store) as conn:
        kept = {e.id for e in log.events(conn)}
        done = play(conn, history)
        members = ids(conn)
        assert len(members) == len(set(members)) == sum(records.count_by_source(conn).values())
        assert {e.id for e in log.events(conn)} >= kept | {e.id for e in done}


def test_a_withdrawn_run_takes_its_records_along_and_brings_them_back_with_their_votes(
    store: Store,
) -> None:
    with fresh_review(store) as conn:
        before = visible(conn)
        run = records.start_run(conn, "Ann", "file", "file")
        known = Record("openalex", "W0", title="Paper 0")
        records.add_records(conn, "Ann", run, [known, Record("file", "1", title="Only here")])
        _vote(conn, "P000007", "", 1, [])
        full = visible(conn)
        payload = {"run": run, "why": "wrong file"}
        (withdrawn,) = log.append(conn, "Ann", [Entry(EventKind.RUN_WITHDRAWN, payload)])
        assert visible(conn) == before
        log.undo(conn, "Ann", withdrawn.id)
        assert visible(conn) == full


def visible(conn: Connection) -> object:
    """Everything a person can see of the review's state, times and event ids aside."""
    return (
        reports.listing(conn),
        [(v.report, v.stage, v.reviewer, v.vote, v.reason) for v in reports.votes(conn)],
        [(t.report, t.dimension, t.value, t.reviewer) for t in reports.tags(conn)],
        [reports.notes(conn, r.id) for r in reports.listing(conn)],
        choices.chosen_fields(conn),
    )
