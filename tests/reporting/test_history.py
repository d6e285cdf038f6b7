"""The flow diagram holds on any history of a review, and follows from the log alone."""

from __future__ import annotations

from hypothesis import given

from review.reporting.service import flow_of
from review.store import Store, log
from tests.histories import Step, fresh_review, play, slow, steps


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
