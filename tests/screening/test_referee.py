"""Who may settle a conflict: the referee, or anyone who is no party to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from review.errors import DecisionError, OutdatedError
from review.events import ProtocolAdopted
from review.model import Place, Stage, VoteValue
from review.records import service as records
from review.screening import assignment, discussion
from review.screening import service as screening
from review.screening.conflicts import (
    Role,
    change_own,
    conflicts,
    report_of,
    role,
    settle,
    shown_of,
)
from review.store import discussions, log
from review.store.integrity import check
from review.workspace import Workspace

TA, IN, OUT = Stage.TITLE_ABSTRACT, VoteValue.INCLUDE, VoteValue.EXCLUDE
ONE = "P000001"


def disputed(ws: Workspace, referee: str = "") -> Workspace:
    """One conflict between Ann and Bo where two people vote."""
    rules = {"version": "v2", "title": "t", "reviewers": dict.fromkeys(map(str, Stage), 2),
             "not_retrieved": [], "text": {}}  # fmt: skip
    with ws.store.write() as conn:
        log.append(conn, "Ann", [ProtocolAdopted(**rules)], protocol="v2")
    stages = tuple(r.model_copy(update={"reviewers": 2}) for r in ws.protocol.stages)
    rule = ws.protocol.assignment.model_copy(update={"referee": referee})
    two = replace(
        ws, protocol=ws.protocol.model_copy(update={"stages": stages, "assignment": rule})
    )
    screening.cast(two, ONE, TA, "Ann", IN)
    screening.cast(two, ONE, TA, "Bo", OUT)
    return two


def test_a_party_may_change_the_own_vote_and_not_settle(ws: Workspace) -> None:
    two = disputed(ws)
    with pytest.raises(DecisionError, match="ann is a party to the conflict"):
        settle(two, ONE, TA, "ann", OUT)
    assert len(conflicts(two)) == 1
    change_own(two, ONE, TA, "ann", OUT)
    assert conflicts(two) == [] and records.get(two, ONE).place is Place.EXCLUDED


def test_anyone_else_settles_where_no_referee_is_named(ws: Workspace) -> None:
    two = disputed(ws)
    settle(two, ONE, TA, "Cy", IN)
    assert conflicts(two) == []


def test_only_the_referee_settles_where_one_is_named(ws: Workspace) -> None:
    two = disputed(ws, "Rae")
    (one,) = conflicts(two)
    may = {who: role(two, TA, one.votes, who) for who in ("Ann", "Cy", "rae")}
    assert may == {"Ann": Role.PARTY, "Cy": Role.LOOKS_ON, "rae": Role.SETTLES}
    with pytest.raises(DecisionError, match="names Rae"):
        settle(two, ONE, TA, "Cy", IN)
    settle(two, ONE, TA, "rae", IN)
    assert conflicts(two) == []


@pytest.mark.parametrize("why", ["has left", "is a party"])
def test_nobody_waits_for_a_referee_who_cannot_settle(ws: Workspace, why: str) -> None:
    two = disputed(ws, "rae" if why == "has left" else "BO")
    discussion.say(two, ONE, TA, "Ann", "Table 2 names the dose.")
    if why == "has left":
        assert read_by(two, "Cy") == [0]
        assignment.leave(two, "Rae", "Ann")
    (one,) = conflicts(two)
    assert [role(two, TA, one.votes, who) for who in ("Bo", "Cy")] == [Role.PARTY, Role.SETTLES]
    assert read_by(two, "Cy") == [1]
    settle(two, ONE, TA, "Cy", IN)
    assert conflicts(two) == []


# ---- discussion --------------------------------------------------------------------------------


def read_by(ws: Workspace, *people: str | None) -> list[int]:
    with ws.store.read() as conn:
        return [len(discussions.notes(conn, who, ws.protocol.assignment.referee)) for who in people]


def test_the_parties_and_the_referee_discuss_and_nobody_else_reads_along(
    ws: Workspace, tmp_path: Path
) -> None:
    two = disputed(ws, "Rae")
    note = discussion.say(two, ONE, TA, "Ann", "Table 2 names the dose.\n")
    discussion.say(two, ONE, TA, "rae", "Bo, do you agree?")
    assert [n.text for n in discussion.thread(two, ONE, TA, "Bo")] == [
        "Table 2 names the dose.", "Bo, do you agree?",
    ]  # fmt: skip
    with pytest.raises(DecisionError, match="referee, discuss"):
        discussion.say(two, ONE, TA, "Cy", "I think so too")
    assert read_by(two, "Ann", "Bo", "Rae", "Cy", "", None) == [2, 2, 2, 0, 0, 2]
    for who, n in (("Ann", 2), ("Cy", 0)):
        told = [s for s in records.dossier(two, ONE, who).steps if s.event.kind == "discussed"]
        assert (len(told), discussion.export(two, tmp_path / "d.csv", who)) == (n, n)
    with pytest.raises(DecisionError, match="Only who wrote"):
        discussion.take_back(two, note.id, "Bo")
    discussion.take_back(two, note.id, "Ann")
    assert read_by(two, "Bo", "Cy") == [1, 0]
    assert [s.event.kind for s in records.dossier(two, ONE, "Cy").steps].count("undo") == 0


def test_before_all_votes_are_in_again_each_reads_the_own_notes_only(ws: Workspace) -> None:
    two = disputed(ws, "Rae")
    discussion.say(two, ONE, TA, "Ann", "Table 2 names the dose.")
    screening.undo_last(two, "Bo")
    assert read_by(two, "Ann", "Bo", "Rae", None) == [1, 0, 0, 1]
    with pytest.raises(DecisionError, match="before all its votes are in"):
        discussion.say(two, ONE, TA, "Bo", "Why?")
    screening.cast(two, ONE, TA, "Bo", OUT)
    settle(two, ONE, TA, "Rae", IN)
    assert read_by(two, "Ann", "Bo", "Rae") == [1, 1, 1]
    assert not check(two.store).differences


@pytest.mark.parametrize("press", ["settle", "change", "say"])
def test_a_press_on_a_page_that_is_out_of_date_is_refused(ws: Workspace, press: str) -> None:
    two = disputed(ws)
    (one,) = conflicts(two)
    seen = shown_of(two, one, report_of(two, one))
    screening.cast(two, ONE, TA, "Bo", OUT, reason="not_kratom", replace=True)
    with pytest.raises(OutdatedError, match="Bo has voted exclude"):
        if press == "settle":
            settle(two, ONE, TA, "Cy", IN, shown=seen)
        elif press == "change":
            change_own(two, ONE, TA, "Ann", OUT, shown=seen)
        else:
            discussion.say(two, ONE, TA, "Ann", "Why?", shown=seen)
    assert len(conflicts(two)) == 1 and read_by(two, None) == [0]
