"""Postponed reports come at the end, are counted, and are never lost."""

from __future__ import annotations

import pytest

from review.errors import DecisionError
from review.model import Stage, VoteValue
from review.records import service as records
from review.records.service import ReportFilter
from review.screening.postponing import earlier_decisions, postpone, postponed, undo_newest
from review.screening.service import cast, next_report, progress, undo_last
from review.store import integrity
from review.workspace import Workspace

TA = Stage.TITLE_ABSTRACT


def walk(ws: Workspace, reviewer: str = "Ann") -> list[str]:
    """The queue in order, without voting."""
    found: list[str] = []
    while (report := next_report(ws, TA, reviewer, found)) is not None:
        found.append(report.id)
    return found


def test_what_is_postponed_comes_last_in_the_order_it_was_postponed(ws: Workspace) -> None:
    postpone(ws, "P000002", TA, "Ann")
    postpone(ws, "P000001", TA, "Ann")
    assert walk(ws) == ["P000003", "P000002", "P000001"]
    postpone(ws, "P000002", TA, "ann")
    assert walk(ws) == ["P000003", "P000001", "P000002"]
    assert walk(ws, "Bo") == ["P000001", "P000002", "P000003"], "it is of one person alone"
    assert progress(ws, TA, "Ann").waiting == 3 and postponed(ws, TA, "Ann") == 2
    named = ReportFilter(reviewer="Ann", own="postponed by me")
    assert records.ids(ws, named) == ["P000001", "P000002"]


def test_what_does_not_wait_for_ones_vote_is_not_postponed(ws: Workspace) -> None:
    cast(ws, "P000001", TA, "Ann", VoteValue.INCLUDE)
    for report, stage in (("P000001", TA), ("P000002", Stage.FULL_TEXT)):
        with pytest.raises(DecisionError, match="does not wait"):
            postpone(ws, report, stage, "Ann")
    assert undo_newest(ws, TA, "Ann") is None


def test_a_vote_ends_it_and_an_undo_brings_it_back(ws: Workspace) -> None:
    postpone(ws, "P000001", TA, "Ann")
    cast(ws, "P000001", TA, "Ann", VoteValue.INCLUDE)
    assert postponed(ws, TA, "Ann") == 0 and walk(ws) == ["P000002", "P000003"]
    undo_last(ws, "Ann")
    assert walk(ws) == ["P000002", "P000003", "P000001"]
    assert not integrity.check(ws.store).differences


def test_undo_takes_back_what_was_postponed_after_the_last_vote(ws: Workspace) -> None:
    postpone(ws, "P000001", TA, "Ann")
    cast(ws, "P000002", TA, "Ann", VoteValue.INCLUDE)
    assert undo_newest(ws, TA, "Ann") is None, "the vote is newer"
    postpone(ws, "P000003", TA, "Ann")
    assert undo_newest(ws, TA, "Bo") is None and undo_newest(ws, Stage.FULL_TEXT, "Ann") is None
    assert undo_newest(ws, TA, "ann") == "P000003" and walk(ws) == ["P000003", "P000001"]
    assert undo_newest(ws, TA, "Ann") is None
    undo_last(ws, "Ann")
    assert undo_newest(ws, TA, "Ann") == "P000001"
    assert walk(ws) == ["P000001", "P000002", "P000003"]
    assert not integrity.check(ws.store).differences


def test_earlier_decisions_are_newest_first_and_ones_own(ws: Workspace) -> None:
    cast(ws, "P000003", TA, "Ann", VoteValue.INCLUDE)
    cast(ws, "P000001", TA, "Ann", VoteValue.EXCLUDE, note="animals")
    cast(ws, "P000002", TA, "Bo", VoteValue.INCLUDE)
    found = earlier_decisions(ws, TA, "Ann")
    assert [(v.report, v.note) for v in found] == [("P000001", "animals"), ("P000003", "")]
    assert [v.title for v in found] == [records.get(ws, v.report).lead.title for v in found]
    cast(ws, "P000003", TA, "Ann", VoteValue.MAYBE, replace=True)
    assert [v.report for v in earlier_decisions(ws, TA, "Ann")] == ["P000003", "P000001"]
