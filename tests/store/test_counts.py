"""Random histories: what is counted without reading everything is what reading everything gives."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from sqlalchemy import select

from review.model import Place
from review.store import (
    Connection,
    Store,
    active_decisions,
    evidence,
    records,
    reports,
    suggestions,
)
from review.store.schema import answer, member, record, suggestion
from tests.histories import Step, fresh_review, play, slow, steps

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


def uncoded(conn: Connection) -> list[str]:
    """Reports, neither excluded nor left unscreened, that lack a tag in a needed dimension."""
    coded = {(tag.report, tag.dimension) for tag in active_decisions.tags(conn)}
    return [
        report.id
        for report in reports.listing(conn)
        if not (report.excluded or report.place is Place.STOPPED)
        and any((report.id, name) not in coded for name in NEEDED)
    ]
