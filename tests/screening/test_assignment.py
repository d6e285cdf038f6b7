"""Who votes on what: shared reports, lists, people who have left, pilot batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import DecisionError
from review.events import ProtocolAdopted
from review.model import Stage, VoteValue
from review.protocol.assignment import AssignmentRule
from review.records import service as records
from review.records.service import ReportFilter
from review.screening import assignment, pilot
from review.screening import service as screening
from review.screening.assignment import shared_out
from review.store import log, screening_status
from review.workspace import Workspace
from tests.factories import paper
from tests.reviews import add, workspace

TA, IN, OUT = Stage.TITLE_ABSTRACT, VoteValue.INCLUDE, VoteValue.EXCLUDE
PAPERS = 12


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    """Twelve reports that ask for two votes each."""
    review = workspace(tmp_path, db_url)
    add(review, [paper(n) for n in range(1, PAPERS + 1)])
    stages = tuple(r.model_copy(update={"reviewers": 2}) for r in review.protocol.stages)
    rule = AssignmentRule(mode="shared", people=("Ann", "Bo", "Cy"), seed=7, referee="Rae")
    protocol = review.protocol.model_copy(update={"stages": stages, "assignment": rule})
    rules = {"version": "v2", "title": "t", "reviewers": dict.fromkeys(map(str, Stage), 2),
             "not_retrieved": [], "text": {}}  # fmt: skip
    with review.store.write() as conn:
        log.append(conn, "Ann", [ProtocolAdopted(**rules)], protocol="v2")
    yield replace(review, protocol=protocol)
    review.store.close()


def queue(ws: Workspace, who: str) -> set[str]:
    found: list[str] = []
    with ws.store.read() as conn:
        while one := screening_status.next_in_queue(conn, TA, who, found):
            found.append(one)
        assert screening_status.queue_length(conn, TA, who) == len(found)
        others = screening_status.voted_and_waiting(conn, TA, who)
    assert not set(found) & set(others)
    assert len(found) + len(others) == screening.progress(ws, TA, who).awaiting
    listed = ReportFilter(reviewer=who, own="waits for my vote", stage=TA)
    assert set(records.ids(ws, listed)) == set(found)
    return set(found)


def test_everyone_sees_all_until_something_is_assigned(ws: Workspace) -> None:
    assert len(queue(ws, "Ann")) == len(queue(ws, "Dee")) == PAPERS


def test_shared_reports_wait_for_two_people_each_and_evenly(ws: Workspace) -> None:
    assignment.share(ws, TA, "Rae")
    held = {who: queue(ws, who) for who in ("Ann", "Bo", "Cy")}
    assert {len(ids) for ids in held.values()} == {PAPERS * 2 // 3}
    assert set(Counter(id_ for ids in held.values() for id_ in ids).values()) == {2}
    assert queue(ws, "Dee") == set()


def test_sharing_again_moves_nothing_and_a_new_person_gets_what_comes_in(ws: Workspace) -> None:
    assignment.share(ws, TA, "Rae")
    before = queue(ws, "Ann")
    assert assignment.share(ws, TA, "Rae", ["Ann", "Bo", "Cy", "Dee"]) == []
    add(ws, [paper(n) for n in range(50, 58)])
    assert len(queue(ws, "Dee")) == 8  # nobody's yet, so everybody's
    assignment.share(ws, TA, "Rae", ["Ann", "Bo", "Cy", "Dee"])
    assert before <= queue(ws, "Ann") and len(queue(ws, "Dee")) == 8


def test_the_same_seed_shares_the_same(ws: Workspace) -> None:
    slots = [(f"P{n}", f"R{n}", 2, set[str]()) for n in range(30)]
    first, second = (shared_out(slots, p, Counter(), 3) for p in (["a", "b", "c"], ["c", "a", "b"]))
    assert first == second != shared_out(slots, ["a", "b", "c"], Counter(), 4)


@given(
    people=st.integers(2, 5), reports=st.integers(0, 40), lacking=st.integers(0, 2),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_any_draw_is_balanced_and_gives_each_report_as_many_as_it_lacks(
    people: int, reports: int, lacking: int, seed: int
) -> None:
    names = [f"p{n}" for n in range(people)]
    slots = [(f"P{n}", f"R{n}", lacking, set[str]()) for n in range(reports)]
    given_ = shared_out(slots, names, Counter(), seed)
    sizes = [len(given_.get(name, ())) for name in names]
    assert max(sizes) - min(sizes) <= 1
    assert sum(sizes) == reports * lacking
    assert all(len(set(one)) == len(one) for one in given_.values())


def test_who_has_left_blocks_nothing_and_it_can_be_taken_back(ws: Workspace) -> None:
    assignment.share(ws, TA, "Rae")
    bo = queue(ws, "Bo")
    voted = sorted(bo)[0]
    screening.cast(ws, voted, TA, "Bo", IN)
    gone = assignment.leave(ws, "bo", "Rae", "new job")
    assert [(w.reviewer, w.waiting, w.left) for w in assignment.workloads(ws, TA)][1] == (
        "Bo", 0, True,
    )  # fmt: skip
    assert bo - {voted} <= queue(ws, "Ann") & queue(ws, "Cy") & queue(ws, "Dee")
    assert voted not in queue(ws, "Dee")  # Bo's vote there stands
    with pytest.raises(DecisionError, match="left already"):
        assignment.leave(ws, "Bo", "Rae")
    assignment.undo(ws, gone.id, "Rae")
    assert queue(ws, "Dee") == set() and queue(ws, "Bo") == bo - {voted}


def test_after_a_departure_the_rest_is_shared_again(ws: Workspace) -> None:
    assignment.share(ws, TA, "Rae")
    assignment.leave(ws, "Bo", "Rae")
    assignment.share(ws, TA, "Rae")
    assert len(queue(ws, "Ann")) == len(queue(ws, "Cy")) == PAPERS
    with pytest.raises(DecisionError, match="asks for 2 votes"):
        assignment.share(ws, TA, "Rae", ["Ann", "Bo"])


def test_a_list_of_reports_is_one_persons_and_the_second_place_stays_open(ws: Workspace) -> None:
    done = assignment.assign(ws, TA, "Ann", ["P000003", "R000004"], "Rae")
    assert {"P000003", "P000004"} <= queue(ws, "Ann") & queue(ws, "Bo")
    assignment.assign(ws, TA, "Bo", ["P000003"], "Rae")
    assert "P000003" in queue(ws, "Ann") and "P000003" not in queue(ws, "Cy")
    screening.cast(ws, "P000003", TA, "Ann", IN)
    assert "P000003" in queue(ws, "Bo") and "P000003" not in queue(ws, "Cy")
    screening.undo_last(ws, "Ann")
    assignment.undo(ws, done.id, "Rae")
    assert "P000003" in queue(ws, "Cy")


def test_a_pilot_batch_goes_before_the_rest_and_is_the_same_for_all(ws: Workspace) -> None:
    assignment.share(ws, TA, "Rae")
    pilot.draw(ws, TA, 4, "Rae")
    batch = queue(ws, "Ann")
    assert len(batch) == 4 and batch == queue(ws, "Bo") == queue(ws, "Dee")
    with pytest.raises(DecisionError, match="4 of the 4 reports of the pilot batch lack votes"):
        pilot.end(ws, TA, "Ann")
    for n, report in enumerate(sorted(batch)):
        screening.cast(ws, report, TA, "Ann", IN)
        screening.cast(ws, report, TA, "Bo", OUT if n == 0 else IN)
    (pair,) = pilot.agreement(ws, TA).pairs
    assert (pair.agreed, pair.n) == (3, 4)
    assert queue(ws, "Ann") == set()
    end = pilot.end(ws, TA, "Ann")
    assert queue(ws, "Ann") and queue(ws, "Dee") == set()
    assignment.undo(ws, end.id, "Ann")
    assert queue(ws, "Ann") == set()


def test_the_referee_may_open_the_rest_before_the_batch_is_through(ws: Workspace) -> None:
    pilot.draw(ws, TA, 4, "Rae", seed=1)
    with pytest.raises(DecisionError, match="under way"):
        pilot.draw(ws, TA, 4, "Rae")
    pilot.end(ws, TA, "rae")
    assert len(queue(ws, "Ann")) == PAPERS
