"""Random histories: what is counted without reading everything is what reading everything gives."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis.strategies import sampled_from
from sqlalchemy import select

from review.model import Place, Stage
from review.store import (
    Connection,
    Store,
    active_decisions,
    evidence,
    records,
    reports,
    screening_status,
    suggestions,
)
from review.store.queue_memory import QueueMemory
from review.store.schema import answer, member, record, suggestion
from tests.histories import REVIEWERS, Step, fresh_review, play, slow, steps
from tests.screening.test_places import adopt

NEEDED = ("study_design", "outcome")


@slow
@given(history=steps)
def test_records_by_source_and_retracted_ones(store: Store, history: list[Step]) -> None:
    with fresh_review(store) as conn:
        play(conn, history)
        held = conn.execute(select(record.c.source).join(member, member.c.record == record.c.id))
        assert records.count_by_source(conn) == Counter(held.scalars())
        read = conn.execute(select(record.c.id).where(records.RETRACTED)).scalars()
        assert sorted(conn.execute(records.RETRACTED_RECORDS).scalars()) == sorted(read)


@slow
@given(history=steps)
def test_coding_is_counted_and_walked_through(store: Store, history: list[Step]) -> None:
    with fresh_review(store) as conn:
        play(conn, history)
        waiting = uncoded(conn)
        totals = evidence.count_coded(conn, NEEDED).values()
        assert sum(total - coded for total, coded in totals) == len(waiting)
        met: list[str] = []
        found = evidence.next_to_code(conn, NEEDED, "Ann")
        while found is not None and found not in met:
            met.append(found)
            found = evidence.next_to_code(conn, NEEDED, "Ann", after=found)
        assert sorted(met) == waiting
        answered = select(answer.c.suggestion).where(answer.c.active)
        left = conn.execute(select(suggestion.c.id).where(suggestion.c.id.not_in(answered)))
        assert suggestions.count_open(conn) == len(left.all())


@slow
@given(history=steps, mode=sampled_from(["everyone", "shared", "lists"]))
def test_a_queue_known_from_before_is_what_is_read_anew(
    store: Store, history: list[Step], mode: str
) -> None:
    with fresh_review(store) as conn:
        adopt(conn, (2, 1), mode)
        memory = QueueMemory()

        def agree() -> None:
            for stage in Stage:
                for reviewer in REVIEWERS:
                    read = screening_status.waiting_ids(conn, stage, reviewer)
                    assert memory.reports(conn, stage, reviewer) == read
                    assert screening_status.queue_length(conn, stage, reviewer) == len(read)

        play(conn, history, after_each=agree)


def uncoded(conn: Connection) -> list[str]:
    """Reports, neither excluded nor left unscreened, that lack a tag in a needed dimension."""
    coded = {(tag.report, tag.dimension) for tag in active_decisions.tags(conn)}
    return [
        report.id
        for report in reports.listing(conn)
        if not (report.excluded or report.place is Place.STOPPED)
        and any((report.id, name) not in coded for name in NEEDED)
    ]
