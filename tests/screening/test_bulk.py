"""One vote on many reports: said beforehand, cast as one, refused where it is out of date."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from review.errors import DecisionError, OutdatedError
from review.events import VoteCast
from review.model import Stage, VoteValue
from review.records import service as records
from review.records.service import ReportFilter
from review.screening import bulk
from review.screening.service import cast, export_votes, own_votes, undo_last
from review.store import log
from review.workspace import Workspace

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
ALL = ["P000001", "P000002", "P000003"]


def said(ws: Workspace, reviewer: str = "Ann") -> dict[str, str]:
    found = {i: [str(v.vote) for v in own_votes(ws, i, reviewer)] for i in ALL}
    return {i: votes[0] for i, votes in found.items() if votes}


def test_a_plan_says_what_is_new_what_is_replaced_and_what_is_left_out(ws: Workspace) -> None:
    cast(ws, "P000001", TA, "Ann", VoteValue.INCLUDE)
    cast(ws, "P000002", TA, "Ann", VoteValue.EXCLUDE)
    cast(ws, "P000003", TA, "Bo", VoteValue.INCLUDE, final=True)
    plan = bulk.plan(ws, ALL, TA, "Ann", VoteValue.EXCLUDE)
    assert (plan.new, plan.replaced) == ((), ("P000001",))
    assert plan.left_out == {bulk.THE_SAME: ("P000002",), bulk.SETTLED: ("P000003",)}
    full = bulk.plan(ws, ALL, FT, "Ann", VoteValue.INCLUDE)
    assert full.new == ("P000001", "P000003") and full.left_out[bulk.NOT_PASSED] == ("P000002",)


def test_all_votes_are_one_group_and_one_undo_takes_them_back(ws: Workspace) -> None:
    cast(ws, "P000001", TA, "Ann", VoteValue.MAYBE)
    reason = ws.protocol.reasons[0].id
    plan = bulk.plan(ws, ALL, TA, "Ann", VoteValue.EXCLUDE, reason)
    events = bulk.cast_all(ws, plan, "conference abstracts")
    assert said(ws) == dict.fromkeys(ALL, "exclude")
    with ws.store.read() as conn:
        cast_ones = [e.data for e in log.events(conn, (VoteCast,))][-3:]
    assert len(events) == 3 and len({d.batch for d in cast_ones}) == 1 and cast_ones[0].batch
    assert {(d.reason, d.note) for d in cast_ones} == {(reason, "conference abstracts")}
    undo_last(ws, "Ann")
    assert said(ws) == {"P000001": "maybe"}, "the vote that was replaced is there again"


def test_a_vote_that_was_changed_since_stays_when_the_rest_is_taken_back(ws: Workspace) -> None:
    events = bulk.cast_all(ws, bulk.plan(ws, ALL, TA, "Ann", VoteValue.INCLUDE))
    cast(ws, "P000002", TA, "Ann", VoteValue.EXCLUDE, replace=True)
    with pytest.raises(DecisionError, match="Only who cast"):
        bulk.take_back(ws, events[0], "Bo")
    assert bulk.take_back(ws, events[0], "Ann") == 2
    assert said(ws) == {"P000002": "exclude"}


@pytest.mark.parametrize("meanwhile", ["own vote", "final vote"])
def test_a_plan_that_is_out_of_date_stores_nothing(ws: Workspace, meanwhile: str) -> None:
    plan = bulk.plan(ws, ALL, TA, "Ann", VoteValue.INCLUDE)
    if meanwhile == "own vote":
        cast(ws, "P000002", TA, "Ann", VoteValue.EXCLUDE)
    else:
        cast(ws, "P000002", TA, "Bo", VoteValue.EXCLUDE, final=True)
    before = said(ws)
    with pytest.raises(OutdatedError, match="P000002 is not what was listed"):
        bulk.cast_all(ws, plan)
    assert said(ws) == before


def test_an_exclusion_at_full_text_needs_a_reason_and_a_list_has_a_limit(ws: Workspace) -> None:
    with pytest.raises(DecisionError, match="needs a reason"):
        bulk.plan(ws, ALL, FT, "Ann", VoteValue.EXCLUDE)
    with pytest.raises(DecisionError, match="too many"):
        bulk.plan(ws, ALL * bulk.MOST, TA, "Ann", VoteValue.INCLUDE)


def test_the_list_is_filtered_by_own_votes_and_sorted(ws: Workspace) -> None:
    cast(ws, "P000003", TA, "Ann", VoteValue.INCLUDE)
    cast(ws, "P000001", TA, "Ann", VoteValue.EXCLUDE)
    cast(ws, "P000002", TA, "Bo", VoteValue.EXCLUDE)

    def ids(**asked: str) -> list[str]:
        return records.ids(ws, ReportFilter(reviewer="ann", **asked))  # type: ignore[arg-type]

    assert ids(own="I voted", order="my newest vote first") == ["P000001", "P000003"]
    assert ids(own="I excluded") == ["P000001"]
    assert ids(order="newest publication first") == ["P000003", "P000002", "P000001"]
    assert ids(has="no abstract") == ALL
    found, _ = records.find(ws, ReportFilter(order="newest publication first"))
    assert [r.id for r in found] == ["P000003", "P000002", "P000001"]


def test_the_time_of_a_decision_is_kept_with_the_vote_and_exported(
    ws: Workspace, tmp_path: Path
) -> None:
    cast(ws, "P000001", TA, "Ann", VoteValue.INCLUDE, seconds=12.34)
    cast(ws, "P000002", TA, "Ann", VoteValue.INCLUDE)
    export_votes(ws, tmp_path / "votes.csv", None)
    with (tmp_path / "votes.csv").open(encoding="utf-8-sig") as file:
        assert [row["seconds"] for row in csv.DictReader(file)] == ["12.3", ""]
