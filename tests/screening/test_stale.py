"""A decision counts for what was on the screen; an old page overrules nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.dedupe import manual_decisions
from review.errors import OutdatedError
from review.model import Stage, VoteValue
from review.records import service as records
from review.screening import service as screening
from review.screening.conflicts import conflicts, report_of, settle, shown_of
from review.screening.stale import Shown
from review.store import Store, active_decisions
from review.workspace import Workspace
from tests.factories import paper
from tests.reviews import add, workspace

TA = Stage.TITLE_ABSTRACT
IN, OUT = VoteValue.INCLUDE, VoteValue.EXCLUDE


def votes(store: Store) -> int:
    with store.read() as conn:
        return len(active_decisions.votes(conn))


def seen(ws: Workspace, report: str) -> Shown:
    return Shown(records.get(ws, report).record_ids, ws.protocol.version)


def test_a_vote_drawn_before_a_merge_is_refused_with_who_merged(ws: Workspace) -> None:
    shown = seen(ws, "P000001")
    merged = manual_decisions.merge(ws, "R000001", "R000002", "Berta")
    with pytest.raises(OutdatedError, match="Berta has since joined"):
        screening.cast(ws, "P000001", TA, "Ann", IN, shown=shown)
    assert votes(ws.store) == 0
    screening.cast(ws, "P000001", TA, "Ann", IN, shown=seen(ws, "P000001"))
    after = seen(ws, "P000001")
    manual_decisions.undo(ws, merged.id, "Cem")
    with pytest.raises(OutdatedError, match="Cem has since"):
        screening.cast(ws, "P000002", TA, "Ann", OUT, shown=after)


def test_a_vote_is_kept_under_the_protocol_that_was_read(ws: Workspace) -> None:
    old = replace(seen(ws, "P000001"), protocol="an earlier one")
    done = screening.cast(ws, "P000001", TA, "Ann", IN, shown=old)
    assert done.protocol == "an earlier one"


def conflict(ws: Workspace) -> tuple[str, Shown]:
    screening.cast(ws, "P000001", TA, "Ann", IN)
    screening.cast(ws, "P000001", TA, "Ben", OUT)
    (one,) = conflicts(ws)
    return one.report, shown_of(ws, one, report_of(ws, one))


def test_a_conflict_is_settled_once(ws: Workspace) -> None:
    report, shown = conflict(ws)
    settle(ws, report, TA, "Cem", IN, shown=shown)
    with pytest.raises(OutdatedError, match="Cem has voted include as the final word"):
        settle(ws, report, TA, "Dora", OUT, "not_kratom", shown=shown)
    assert records.get(ws, report).title_abstract == "include"


def test_a_conflict_that_is_none_any_more_is_not_settled(ws: Workspace) -> None:
    report, shown = conflict(ws)
    screening.cast(ws, report, TA, "Ben", IN, replace=True)
    with pytest.raises(OutdatedError, match="Ben has voted include"):
        settle(ws, report, TA, "Dora", OUT, "not_kratom", shown=shown)
    report, shown = report, None
    screening.undo_last(ws, "Ben")
    (one,) = conflicts(ws)
    shown = shown_of(ws, one, report_of(ws, one))
    screening.undo_last(ws, "Ben")
    with pytest.raises(OutdatedError, match="Ben has taken a vote back"):
        settle(ws, report, TA, "Dora", OUT, "not_kratom", shown=shown)


STEPS = st.lists(
    st.tuples(st.sampled_from(("Ann", "Ben", "Cem")), st.sampled_from((IN, OUT, None))),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(STEPS)
def test_whatever_was_voted_since_a_page_was_drawn_it_settles_nothing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, VoteValue | None]]
) -> None:
    folder = tmp_path_factory.mktemp("stale")
    ws = workspace(folder, f"sqlite:///{(folder / 'review.db').as_posix()}")
    add(ws, [paper(1)])
    report, shown = conflict(ws)
    for who, value in steps:
        if value is None:
            screening.undo_last(ws, who)
        else:
            screening.cast(ws, report, TA, who, value, replace=True)
    with ws.store.read() as conn:
        now = {v.event for v in active_decisions.votes(conn, report)}
    if now == shown.votes:
        settle(ws, report, TA, "Dora", IN, shown=shown)
    else:
        with pytest.raises(OutdatedError):
            settle(ws, report, TA, "Dora", IN, shown=shown)
    ws.store.close()
