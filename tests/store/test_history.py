"""Random histories: nothing is lost, everything can be undone, the log alone gives the state."""

from __future__ import annotations

from hypothesis import given

from review.errors import DecisionError
from review.events import RunWithdrawn, Undone
from review.model import Record
from review.store import Store, filters, log, records, reports
from tests.histories import STEPS, Step, fresh_review, ids, play, slow, steps, visible


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
        for event in reversed(
            play(conn, [s for s in history if s[0] not in ("undo", "add", "adopt")])
        ):
            log.undo(conn, "Ann", event.id)
        assert visible(conn) == start


@slow
@given(history=steps)
def test_a_merge_then_its_undo_is_the_identity(store: Store, history: list[Step]) -> None:
    with fresh_review(store) as conn:
        play(conn, history)
        before = visible(conn)
        for merge in STEPS["merge"](conn, "R000001", "R000006", 0, []):
            log.undo(conn, "Ann", merge.id)
        assert visible(conn) == before


@slow
@given(history=steps)
def test_an_undo_that_is_undone_changes_nothing(store: Store, history: list[Step]) -> None:
    with fresh_review(store) as conn:
        done = [e for e in play(conn, history) if not isinstance(e.data, Undone)]
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


@slow
@given(history=steps)
def test_reports_are_found_by_the_year_they_are_shown_with(
    store: Store, history: list[Step]
) -> None:
    with fresh_review(store) as conn:
        play(conn, history)
        for year in (2000, 2001, 2002):
            found = filters.ids(conn, years=(year, year))
            assert found == [r.id for r in reports.listing(conn) if r.lead.year == year]


def test_a_withdrawn_run_takes_its_records_along_and_brings_them_back_with_their_votes(
    store: Store,
) -> None:
    with fresh_review(store) as conn:
        before = visible(conn)
        run = records.start_run(conn, "Ann", "file", "file")
        known = Record("openalex", "W0", title="Paper 0")
        records.add_records(conn, "Ann", run, [known, Record("file", "1", title="Only here")])
        STEPS["vote"](conn, "P000007", "", 1, [])
        full = visible(conn)
        payload = {"run": run, "why": "wrong file"}
        (withdrawn,) = log.append(conn, "Ann", [RunWithdrawn(**payload)])
        assert visible(conn) == before
        log.undo(conn, "Ann", withdrawn.id)
        assert visible(conn) == full
