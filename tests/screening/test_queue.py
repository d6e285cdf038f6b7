"""Whom a report waits for: the queue of each reviewer at each stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.config import ROOT, Config
from review.errors import DecisionError
from review.model import Decision, Stage, VoteValue
from review.screening.service import cast, import_votes, own_votes, undo_last
from review.store import people, reports, screening_status
from review.workspace import Workspace, adopt_protocol, open_workspace
from tests.factories import paper
from tests.reviews import add

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


def queue(ws: Workspace, reviewer: str, stage: Stage = TA) -> list[str]:
    """The reports of a queue in order, walked through without voting."""
    found: list[str] = []
    with ws.store.read() as conn:
        for _ in range(screening_status.queue_length(conn, stage, reviewer)):
            following = screening_status.next_in_queue(conn, stage, reviewer, skip=found)
            assert following is not None, "the queue is shorter than it says"
            found.append(following)
        assert screening_status.next_in_queue(conn, stage, reviewer, skip=found) is None
    return found


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    """Three reports that wait for the votes of two reviewers at each stage."""
    for name in ("protocol.yaml", "codebook.yaml"):
        text = (ROOT / "data" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("reviewers: 1", "reviewers: 2"), "utf-8")
    ws = open_workspace(Config(tmp_path, db_url), create=True)
    adopt_protocol(ws, "Ann")
    add(ws, [paper(n) for n in (1, 2, 3)])
    yield ws
    ws.store.close()


def test_a_report_leaves_the_queue_of_who_voted_and_no_other(ws: Workspace) -> None:
    assert queue(ws, "Ann") == ["P000001", "P000002", "P000003"]
    cast(ws, "P000002", TA, "Ann", VoteValue.INCLUDE)
    assert queue(ws, "Ann") == ["P000001", "P000003"]
    assert sorted(queue(ws, "Bo")) == ["P000001", "P000002", "P000003"]


def test_what_one_has_voted_on_comes_first_for_the_other(ws: Workspace) -> None:
    """However differently two people go on, what one has screened is screened twice."""
    cast(ws, "P000003", TA, "Ann", VoteValue.EXCLUDE)
    assert queue(ws, "Bo") == ["P000003", "P000001", "P000002"]
    cast(ws, "P000002", TA, "Ann", VoteValue.INCLUDE)
    assert queue(ws, "Bo") == ["P000002", "P000003", "P000001"]
    assert queue(ws, "Ann") == ["P000001"]
    cast(ws, "P000003", TA, "Bo", VoteValue.EXCLUDE)
    assert queue(ws, "Bo") == ["P000002", "P000001"]
    undo_last(ws, "Ann")
    assert queue(ws, "Bo") == ["P000001", "P000002"]


def test_a_vote_at_one_stage_moves_nothing_at_the_other(ws: Workspace) -> None:
    for report in ("P000001", "P000002", "P000003"):
        for reviewer in ("Ann", "Bo"):
            cast(ws, report, TA, reviewer, VoteValue.INCLUDE)
    assert queue(ws, "Bo", FT) == ["P000001", "P000002", "P000003"]
    cast(ws, "P000002", FT, "Ann", VoteValue.MAYBE)
    assert queue(ws, "Bo", FT) == ["P000002", "P000001", "P000003"]


def test_a_decided_report_waits_for_nobody(ws: Workspace) -> None:
    for reviewer in ("Ann", "Bo"):
        cast(ws, "P000001", TA, reviewer, VoteValue.EXCLUDE)
    assert queue(ws, "Cy") == ["P000002", "P000003"]


def test_the_full_text_waits_for_inclusion_and_for_a_vote_at_its_own_stage(ws: Workspace) -> None:
    assert queue(ws, "Ann", FT) == []
    for reviewer in ("Ann", "Bo"):
        cast(ws, "P000001", TA, reviewer, VoteValue.INCLUDE)
    assert queue(ws, "Ann", FT) == ["P000001"]
    cast(ws, "P000001", FT, "Ann", VoteValue.INCLUDE)
    assert queue(ws, "Ann", FT) == []
    assert queue(ws, "Bo", FT) == ["P000001"]


def test_a_vote_taken_back_brings_the_report_back(ws: Workspace) -> None:
    cast(ws, "P000001", TA, "Ann", VoteValue.INCLUDE)
    undo_last(ws, "Ann")
    assert queue(ws, "Ann") == ["P000001", "P000002", "P000003"]


def test_one_person_has_one_queue_and_one_vote_in_whatever_spelling(ws: Workspace) -> None:
    cast(ws, "P000001", TA, "Ann Lee", VoteValue.INCLUDE)
    assert queue(ws, "ann  lee") == ["P000002", "P000003"]
    with pytest.raises(DecisionError, match="voted"):
        cast(ws, "P000001", TA, "ANN LEE", VoteValue.EXCLUDE)
    cast(ws, "P000001", TA, "ANN LEE", VoteValue.EXCLUDE, replace=True)
    assert [v.vote for v in own_votes(ws, "P000001", "Ann Lee")] == [VoteValue.EXCLUDE]
    undone = undo_last(ws, "ann lee")
    assert undone is not None and undone.data.vote is VoteValue.EXCLUDE


def test_votes_of_a_file_are_of_the_person_whatever_the_spelling(
    ws: Workspace, tmp_path: Path
) -> None:
    cast(ws, "P000001", TA, "Ann Lee", VoteValue.INCLUDE)
    file = tmp_path / "votes.csv"
    rows = ["P000001,title_abstract,ann lee,include", "P000002,title_abstract,ANN  LEE,include"]
    file.write_text("\n".join(["report,stage,reviewer,vote", *rows]), "utf-8")
    found = import_votes(ws, file, "keeper")
    assert (found.added, found.unchanged) == (1, 1)
    cast(ws, "P000002", TA, "Ann Lee", VoteValue.INCLUDE, replace=True)
    with ws.store.read() as conn:
        for report in ("P000001", "P000002"):
            assert reports.get(conn, report).title_abstract is Decision.AWAITING


def test_a_person_is_known_as_first_written(ws: Workspace) -> None:
    cast(ws, "P000001", TA, "Ann Lee", VoteValue.INCLUDE)
    cast(ws, "P000002", TA, "ann lee", VoteValue.INCLUDE)
    with ws.store.read() as conn:
        known = {
            name: people.known_as(conn, name) for name in ("ANN LEE", "ann lee", "Bo", "KEEPER")
        }
    assert known == {"ANN LEE": "Ann Lee", "ann lee": "ann lee", "Bo": "", "KEEPER": ""}


def test_those_named_are_looked_up_by_their_ids_however_many_wait(ws: Workspace) -> None:
    """The next report of an order is asked for so; a walk over all that waits grows with it."""
    statement = screening_status._among(TA, "Ann").params(among=["P000002", "P000003"])
    with ws.store.read() as conn:
        assert screening_status.waiting_among(conn, TA, "Ann", ["P000002"]) == {"P000002"}
        if conn.dialect.name != "sqlite":
            return  # it decides by the sizes of its tables
        said = statement.compile(conn.engine, compile_kwargs={"literal_binds": True})
        steps = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}").all()
    (first, *_) = [step.detail for step in steps if " report USING" in step.detail]
    assert "(id=?)" in first and "place" not in first
