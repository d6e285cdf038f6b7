"""Who may settle a conflict: the referee, or anyone who is no party to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.errors import DecisionError
from review.events import ProtocolAdopted
from review.model import Place, Stage, VoteValue
from review.records import service as records
from review.screening import service as screening
from review.screening.conflicts import Role, change_own, conflicts, role, settle
from review.store import log
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
