"""Disagreements: on the decision and on the reason, and how they are settled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.model import Decision, Record, Stage, VoteValue
from review.records import service as records
from review.screening import service as screening
from review.screening.conflicts import Conflict, Kind, conflicts, settle
from review.workspace import Workspace
from tests.reviews import add, workspace

FIRST, SECOND = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
IN, OUT = VoteValue.INCLUDE, VoteValue.EXCLUDE


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    review = workspace(tmp_path, db_url)
    add(review, [Record("made-up", str(i), title=f"Paper {i}") for i in range(3)])
    yield review
    review.store.close()


def vote(ws: Workspace, who: str, value: VoteValue, reason: str = "", stage: Stage = FIRST) -> None:
    screening.cast(ws, "P000001", stage, who, value, reason=reason)


def one(ws: Workspace) -> Conflict:
    (found,) = conflicts(ws)
    return found


def test_there_is_none_where_nobody_disagrees(ws: Workspace) -> None:
    vote(ws, "Ann", IN)
    vote(ws, "Ben", IN)
    assert conflicts(ws) == []


def test_include_against_exclude_is_a_conflict_on_the_decision(ws: Workspace) -> None:
    vote(ws, "Ann", IN)
    vote(ws, "Ben", OUT, "not_kratom")
    found = one(ws)
    assert (found.report, found.stage, found.kind) == ("P000001", FIRST, Kind.DECISION)
    assert [v.reviewer for v in found.votes] == ["Ann", "Ben"]


def test_two_reasons_are_a_conflict_on_the_reason(ws: Workspace) -> None:
    vote(ws, "Ann", OUT, "not_kratom")
    vote(ws, "Ben", OUT, "policy_only")
    assert one(ws).kind is Kind.REASON


def test_a_reason_against_none_is_no_conflict(ws: Workspace) -> None:
    vote(ws, "Ann", OUT, "not_kratom")
    vote(ws, "Ben", OUT)
    assert conflicts(ws) == []


def test_full_text_conflicts_count_only_after_inclusion(ws: Workspace) -> None:
    vote(ws, "Ann", IN)
    vote(ws, "Ann", IN, stage=SECOND)
    vote(ws, "Ben", OUT, "not_kratom", stage=SECOND)
    assert one(ws).stage is SECOND


def test_the_final_vote_settles_and_undo_brings_the_conflict_back(ws: Workspace) -> None:
    vote(ws, "Ann", IN)
    vote(ws, "Ben", OUT, "not_kratom")
    settle(ws, "P000001", FIRST, "Ann", OUT, "policy_only")
    assert conflicts(ws) == []
    report = records.get(ws, "P000001")
    assert (report.title_abstract, report.reason) == (Decision.EXCLUDE, "policy_only")
    screening.undo_last(ws, "Ann")
    assert one(ws).kind is Kind.DECISION


@pytest.mark.parametrize(("value", "reason"), [(OUT, "not_kratom"), (OUT, ""), (IN, "")])
def test_votes_that_agree_disagree_on_nothing(ws: Workspace, value: VoteValue, reason: str) -> None:
    vote(ws, "Ann", value, reason)
    vote(ws, "Ben", value, reason)
    assert conflicts(ws) == []
    assert records.get(ws, "P000001").reason == reason


def test_maybe_beside_include_on_the_full_text_is_a_conflict_to_settle(ws: Workspace) -> None:
    vote(ws, "Ann", IN)
    vote(ws, "Ann", VoteValue.MAYBE, stage=SECOND)
    assert conflicts(ws) == []
    vote(ws, "Ben", IN, stage=SECOND)
    found = one(ws)
    assert (found.stage, found.kind) == (SECOND, Kind.DECISION)
    settle(ws, "P000001", SECOND, "Cy", IN)
    assert conflicts(ws) == []
    assert records.get(ws, "P000001").included
