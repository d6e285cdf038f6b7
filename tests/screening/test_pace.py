"""How far and how fast people screen, as one person may see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from review.model import Stage, VoteValue
from review.screening.pace import FEWEST, curve, pace, paces
from review.screening.service import cast
from review.store.reading import TimedVote
from review.workspace import Workspace

TA = Stage.TITLE_ABSTRACT
START = datetime(2026, 5, 4, 9, tzinfo=UTC)


def timed(*steps: tuple[float, float | None, str]) -> list[TimedVote]:
    """Votes so many seconds after the one before, with what was measured and their batch."""
    at, found = START, []
    for n, (gap, seconds, batch) in enumerate(steps):
        at += timedelta(seconds=gap)
        found.append(TimedVote(f"P{n}", TA, "Ann", at, seconds, batch))
    return found


def test_pauses_and_votes_on_many_at_once_are_no_part_of_the_pace() -> None:
    votes = timed(
        (0, None, ""), *[(30, None, "")] * 4, (4000, None, ""), (0.1, None, "b1"),
        (0.1, None, "b1"), (4000, 30.0, ""),
    )  # fmt: skip
    found = pace("Ann", votes, 240)
    assert (found.timed, found.an_hour, found.left) == (5, 120.0, timedelta(hours=2))
    assert found.voted == 9


def test_votes_that_came_in_a_file_at_one_moment_are_no_part_of_the_pace() -> None:
    files = timed(*[(60, None, ""), (0, None, ""), (0, None, "")] * FEWEST)
    assert pace("Ann", files, 5).an_hour is None


def test_a_pace_needs_some_votes() -> None:
    few = pace("Ann", timed(*[(10, 10.0, "")] * (FEWEST - 1)), 5)
    assert few.an_hour is None and few.left is None


def test_a_blind_stage_shows_only_ones_own_pace(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast(ws, "P000001", TA, "Ann", VoteValue.INCLUDE)
    cast(ws, "P000002", TA, "Bo", VoteValue.EXCLUDE)
    (first, _) = paces(ws, "Ann")
    assert [(p.reviewer, p.voted, p.waiting) for p in first.people] == [("Ann", 1, 1), ("Bo", 1, 1)]
    rule = ws.protocol.rule(TA)
    two = rule.model_copy(update={"reviewers": 2})
    monkeypatch.setattr(type(ws.protocol), "rule", lambda self, stage: two)
    (first, _) = paces(ws, "ann")
    assert first.blind and [p.reviewer for p in first.people] == ["Ann"]


def test_the_curve_counts_included_reports_in_the_order_of_screening(ws: Workspace) -> None:
    assert curve(ws) == []
    for report, value in (("P000002", VoteValue.EXCLUDE), ("P000003", VoteValue.INCLUDE)):
        cast(ws, report, TA, "Ann", value)
    assert curve(ws) == [0, 1]
