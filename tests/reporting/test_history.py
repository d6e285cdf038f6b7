"""The flow diagram holds on any history of a review, and follows from the log alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from review.events import RunWithdrawn
from review.reporting.service import flow_of
from review.store import Store, active_decisions, log, run_checkpoints, withdrawals
from tests.histories import Step, fresh_review, ids, play, slow, steps, visible


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
        kinds = ("vote", "merge", "link", "withdraw")
        for event in reversed(play(conn, [s for s in last if s[0] in kinds])):
            log.undo(conn, "Ann", event.id)
        assert flow_of(conn) == before


@slow
@given(history=steps, which=st.integers(0, 20))
def test_withdrawing_a_run_and_restoring_it_changes_nothing(
    store: Store, history: list[Step], which: int
) -> None:
    with fresh_review(store) as conn:
        play(conn, history)
        runs = withdrawals.runs_in_force(conn)
        if not runs:
            return
        run = runs[which % len(runs)].id
        before = visible(conn), flow_of(conn)
        everyone, votes = ids(conn), {v.event for v in active_decisions.votes(conn)}
        own = set(run_checkpoints.seen_by(conn, run))
        leaving = withdrawals.leaving_with(conn, run)
        kept = {
            r for other in runs if other.id != run for r in run_checkpoints.seen_by(conn, other.id)
        }
        payload = {"run": run, "why": "wrong file"}
        (done,) = log.append(conn, "Bo", [RunWithdrawn(**payload)])
        assert set(ids(conn)) == kept
        assert (len(everyone) - len(kept), len(kept & own)) == (leaving.leaving, leaving.staying)
        lost = votes - {v.event for v in active_decisions.votes(conn)}
        assert bool(lost) == bool(leaving.voted) and len(lost) >= leaving.voted
        log.undo(conn, "Bo", done.id)
        assert (visible(conn), flow_of(conn)) == before
