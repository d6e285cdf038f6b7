"""Who votes on what: shared reports, lists, people who have left, pilot batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import DecisionError, OutdatedError
from review.events import ProtocolAdopted
from review.model import Decision, Stage, VoteValue
from review.protocol.assignment import AssignmentRule
from review.records import service as records
from review.records.service import ReportFilter
from review.screening import assignment, pilot
from review.screening import service as screening
from review.screening.assignment import shared_out
from review.screening.conflicts import Role, conflicts, role
from review.screening.reviewer_agreement import agreement
from review.store import log, screening_status, visible_votes
from review.store.assignment_draw import orders
from review.store.integrity import check
from review.workspace import Workspace, adopt_protocol
from tests.factories import paper
from tests.reviews import add, workspace

TA, IN, OUT = Stage.TITLE_ABSTRACT, VoteValue.INCLUDE, VoteValue.EXCLUDE
PAPERS = 12
PEOPLE = ("Ann", "Bo", "Cy")


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    """Twelve reports that ask for two votes each."""
    review = workspace(tmp_path, db_url)
    add(review, [paper(n) for n in range(1, PAPERS + 1)])
    stages = tuple(r.model_copy(update={"reviewers": 2}) for r in review.protocol.stages)
    rule = AssignmentRule(people=PEOPLE, seed=7, referee="Rae")
    protocol = review.protocol.model_copy(update={"stages": stages, "assignment": rule})
    review = replace(review, protocol=protocol)
    adopt(review)
    yield review
    review.store.close()


def adopt(ws: Workspace, mode: str = "everyone", people: Sequence[str] = PEOPLE) -> None:
    """Another protocol comes into force."""
    rules = {"version": "v2", "title": "t", "reviewers": dict.fromkeys(map(str, Stage), 2),
             "not_retrieved": [], "text": {}, "assigning": mode, "people": people,
             "seed": 7}  # fmt: skip
    with ws.store.write() as conn:
        log.append(conn, "Ann", [ProtocolAdopted(**rules)], protocol="v2")


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
    assert [(w.reviewer, w.waiting, bool(w.left)) for w in assignment.workloads(ws, TA)][1] == (
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


# ---- what becomes of reports that nobody was given ----------------------------------------------


def held(ws: Workspace, people: Sequence[str] = PEOPLE) -> dict[str, set[str]]:
    return {who: queue(ws, who) for who in people}


def test_a_protocol_that_shares_gives_each_report_two_people_evenly_and_without_a_command(
    ws: Workspace,
) -> None:
    adopt(ws, "shared")
    before = held(ws)
    assert {len(ids) for ids in before.values()} == {PAPERS * 2 // 3}
    assert set(Counter(id_ for ids in before.values() for id_ in ids).values()) == {2}
    assert queue(ws, "Dee") == set()
    add(ws, [paper(n) for n in range(50, 56)])
    after = held(ws)
    assert all(before[who] <= after[who] for who in PEOPLE)
    assert set(Counter(id_ for ids in after.values() for id_ in ids).values()) == {2}


def test_the_mode_comes_into_force_with_the_protocol(ws: Workspace) -> None:
    rule = ws.protocol.assignment.model_copy(update={"mode": "shared"})
    sharing = replace(ws, protocol=ws.protocol.model_copy(update={"assignment": rule}))
    assert adopt_protocol(sharing, "Ann") and not adopt_protocol(sharing, "Ann")
    assert queue(sharing, "Ann") != queue(sharing, "Bo") and queue(sharing, "Dee") == set()
    assert not check(ws.store).differences


def test_what_is_drawn_for_who_has_left_goes_to_the_next_and_a_list_goes_before_the_draw(
    ws: Workspace,
) -> None:
    adopt(ws, "shared")
    before = held(ws)
    assignment.leave(ws, "Bo", "Rae")
    after = held(ws, ("Ann", "Cy"))
    assert after["Ann"] == after["Cy"] == before["Ann"] | before["Bo"] | before["Cy"]
    one = min(before["Ann"] & before["Cy"])
    assignment.assign(ws, TA, "Dee", [one], "Rae")
    assert one in queue(ws, "Dee")
    assert (one in queue(ws, "Ann")) != (one in queue(ws, "Cy"))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("people", [2, 3, 5])
def test_of_any_stretch_of_reports_everyone_is_drawn_for_as_many(people: int, seed: int) -> None:
    names = [f"p{n}" for n in range(people)]
    found = orders(names, seed)
    assert found == orders(names[::-1], seed)
    for start in range(0, len(found), people):
        block = found[start : start + people]
        for rank in range(people):
            assert sorted(order[rank] for order in block) == names


def test_with_lists_what_is_on_none_waits_for_one_and_a_departure_opens_what_was(
    ws: Workspace,
) -> None:
    adopt(ws, "lists")
    assert set().union(*held(ws).values()) == set()
    assert len(assignment.too_few(ws, TA)) == PAPERS
    assignment.assign(ws, TA, "Ann", ["P000003"], "Rae")
    assignment.assign(ws, TA, "Bo", ["P000003"], "Rae")
    assert held(ws) == {"Ann": {"P000003"}, "Bo": {"P000003"}, "Cy": set()}
    assignment.leave(ws, "Bo", "Rae")
    assert queue(ws, "Cy") == {"P000003"}


def test_what_is_said_before_is_what_is_done_or_it_is_refused(ws: Workspace) -> None:
    sharing = assignment.plan_share(ws, TA)
    giving = assignment.plan_assign(ws, TA, "Ann", ["R000004", "P000004", "P999999"])
    assert (giving.reports, giving.unknown) == (("P000004",), ("P999999",))
    assignment.assign(ws, TA, "Ann", ["R000004", "P000004", "P999999"], "Rae", giving)
    with pytest.raises(OutdatedError):
        assignment.share(ws, TA, "Rae", shown=sharing)
    with pytest.raises(OutdatedError):
        assignment.assign(ws, TA, "Ann", ["R000004", "P000004", "P999999"], "Rae", giving)
    sharing = assignment.plan_share(ws, TA)
    done = assignment.share(ws, TA, "Rae", shown=sharing)
    assert {e.data.reviewer: e.data.records for e in done} == sharing.given
    assert [e.id for e in assignment.steps(ws)][:3] == [e.id for e in done][::-1]


def test_how_far_others_are_is_for_the_referee_and_not_for_who_votes_beside_them(
    ws: Workspace,
) -> None:
    screening.cast(ws, "P000001", TA, "Ann", IN)

    def seen_by(viewer: str | None) -> set[str]:
        return {w.reviewer for w in assignment.workloads(ws, TA, viewer) if w.open}

    assert seen_by("Bo") == {"Bo"}
    assert seen_by("rae") == seen_by(None) == seen_by("Lea") == set(PEOPLE)


# ---- pilot batches -----------------------------------------------------------------------------


def test_in_a_pilot_batch_everyone_votes_on_all_of_it_and_blind_until_all_have(
    ws: Workspace,
) -> None:
    pilot.draw(ws, TA, 4, "Rae")
    batch = queue(ws, "Ann")
    assert len(batch) == 4 and batch == queue(ws, "Bo") == queue(ws, "Cy")
    assert queue(ws, "Dee") == set()
    with pytest.raises(DecisionError, match="4 of the 4 reports of the pilot batch lack votes"):
        pilot.end(ws, TA, "Ann")
    first = min(batch)
    for report in sorted(batch):
        screening.cast(ws, report, TA, "Ann", IN)
        screening.cast(ws, report, TA, "Bo", OUT if report == first else IN)
    assert queue(ws, "Cy") == batch
    assert pilot.agreement(ws, TA).pairs == () == agreement(ws)[0].pairs
    with ws.store.read() as conn:
        assert {v.reviewer for v in visible_votes.votes(conn, "Cy")} == set()
    for report in sorted(batch):
        screening.cast(ws, report, TA, "Cy", IN)
    found = {(p.first, p.second): (p.agreed, p.n) for p in pilot.agreement(ws, TA).pairs}
    assert found == {("Ann", "Bo"): (3, 4), ("Ann", "Cy"): (4, 4), ("Bo", "Cy"): (3, 4)}
    assert queue(ws, "Ann") == set()
    assert [c.report for c in conflicts(ws)] == [first]
    end = pilot.end(ws, TA, "Ann")
    assert len(queue(ws, "Ann")) == PAPERS - 4 == len(queue(ws, "Dee"))
    one = min(queue(ws, "Ann"))
    for who in ("Ann", "Bo"):
        screening.cast(ws, one, TA, who, OUT)
    whole, rest = agreement(ws)[0], agreement(ws)[0].batches[1]
    assert (len(whole.reports), rest.reports) == (5, (one,))
    assignment.undo(ws, end.id, "Ann")
    assert queue(ws, "Dee") == set()


def test_who_leaves_during_a_pilot_batch_is_not_waited_for(ws: Workspace) -> None:
    drawn = pilot.draw(ws, TA, 2, "Rae")
    batch = sorted(queue(ws, "Cy"))
    for report in batch:
        screening.cast(ws, report, TA, "Ann", IN)
        screening.cast(ws, report, TA, "Bo", IN)
    gone = assignment.leave(ws, "Cy", "Rae")
    found = pilot.under_way(ws, TA)
    assert found and (found.waiting, found.gone) == ((), ("Cy",))
    assert len(pilot.agreement(ws, TA).reports) == 2
    assert records.get(ws, batch[0]).title_abstract is Decision.INCLUDE
    assignment.undo(ws, gone.id, "Rae")
    assert records.get(ws, batch[0]).title_abstract is Decision.AWAITING
    assignment.undo(ws, drawn.id, "Rae")
    assert records.get(ws, batch[0]).title_abstract is Decision.INCLUDE
    assert not check(ws.store).differences


def test_the_referee_may_open_the_rest_before_the_batch_is_through(ws: Workspace) -> None:
    pilot.draw(ws, TA, 4, "Rae", seed=1)
    batch = queue(ws, "Cy")
    with pytest.raises(DecisionError, match="under way"):
        pilot.draw(ws, TA, 4, "Rae")
    one, two, *_ = sorted(batch)
    screening.cast(ws, one, TA, "Ann", IN)
    screening.cast(ws, one, TA, "Bo", IN)
    screening.cast(ws, two, TA, "Ann", IN)
    pilot.end(ws, TA, "rae")
    assert len(queue(ws, "Cy")) == PAPERS - 1
    assert pilot.agreement(ws, TA).reports == (one,)


def test_where_a_stage_asks_for_one_vote_the_parties_of_a_pilot_batch_are_parties(
    tmp_path: Path, db_url: str
) -> None:
    one = workspace(tmp_path, db_url)
    add(one, [paper(n) for n in (1, 2)])
    (report,) = pilot.plan(one, TA, 1, PEOPLE).reports
    pilot.draw(one, TA, 1, "Rae", people=PEOPLE)
    screening.cast(one, report, TA, "Ann", IN)
    screening.cast(one, report, TA, "Bo", OUT)
    assert conflicts(one) == []  # Cy has still to vote, and sees nothing of theirs
    screening.cast(one, report, TA, "Cy", IN)
    (conflict,) = conflicts(one)
    may = {who: role(one, TA, conflict.votes, who) for who in ("Ann", "Rae")}
    assert may == {"Ann": Role.PARTY, "Rae": Role.SETTLES}
    one.store.close()


def test_a_pilot_batch_needs_people_and_is_drawn_as_it_was_shown(ws: Workspace) -> None:
    for people, why in ((["Ann"], "2 people at least"), (["Ann", "Bo", "Cy"], "left")):
        if why == "left":
            assignment.leave(ws, "Cy", "Rae")
        with pytest.raises(DecisionError, match=why):
            pilot.plan(ws, TA, 3, people)
    shown = pilot.plan(ws, TA, 3, ["Ann", "Bo"])
    screening.cast(ws, shown.reports[0], TA, "Ann", IN)
    with pytest.raises(OutdatedError):
        pilot.draw(ws, TA, 3, "Rae", people=["Ann", "Bo"], shown=shown)
    assert pilot.under_way(ws, TA) is None
