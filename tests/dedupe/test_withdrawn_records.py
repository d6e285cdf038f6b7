"""Records of a withdrawn run: what is compared, and what holds, when they come back."""

from __future__ import annotations

from review.dedupe import decision_list, manual_decisions, service
from review.progress import Progress, Watch
from review.search import service as search
from review.store import records
from review.store.integrity import check
from review.workspace import Workspace
from tests import reviews
from tests.dedupe.test_service import DIFFERENT, KRATOM, OTHER, TRIAL, article, clusters, offers, ws

__all__ = ["ws"]


def test_records_of_a_withdrawn_run_are_compared_when_they_come_back(ws: Workspace) -> None:
    reviews.add(ws, [article("a")])
    with ws.store.read() as conn:
        run = records.runs(conn)[0].id
    search.withdraw(ws, run, "Ann")
    reviews.add(ws, [article("b"), DIFFERENT])
    assert service.dedupe(ws).merged == 0
    search.bring_back(ws, run, "Ann")
    assert (service.dedupe(ws).merged, service.dedupe(ws).compared) == (1, 0)
    search.withdraw(ws, run, "Ann")
    assert [m.reports for m in decision_list.decided(ws)] == [("P000002",)]
    assert manual_decisions.unsure(ws) == []
    assert clusters(ws) == [("R000002",), ("R000003",)]
    assert check(ws.store).problems == ()


def test_records_that_come_back_are_compared_with_what_came_in_meanwhile(ws: Workspace) -> None:
    reviews.add(ws, [article("a"), DIFFERENT])
    service.dedupe(ws)
    with ws.store.read() as conn:
        run = records.runs(conn)[0].id
    search.withdraw(ws, run, "Ann")
    reviews.add(ws, [article("b")])
    assert service.dedupe(ws).merged == 0
    search.bring_back(ws, run, "Ann")
    assert service.status(ws).new == 2
    assert service.dedupe(ws).merged == 1
    assert clusters(ws) == [("R000001", "R000003"), ("R000002",)]


def test_records_withdrawn_during_a_run_are_compared_when_they_come_back(ws: Workspace) -> None:
    reviews.add(ws, [article("a", abstract=TRIAL)])
    doubtful = article("c", KRATOM + " in Malaysia", doi="10.1/zz", pages="", volume="")
    reviews.add(ws, [article("b"), doubtful])
    reviews.add(ws, [article("d", doi="", pages="", volume="", journal="")])
    with ws.store.read() as conn:
        run = records.runs(conn)[1].id
    gone: list[str] = []

    def withdraw(now: Progress) -> None:
        if now.step == service.DedupeStep.LINKING and not gone:
            gone.append(run)
            search.withdraw(ws, run, "Ann")

    service.dedupe(ws, watch=Watch(withdraw))
    assert not {"R000002", "R000003"} & {r for members in clusters(ws) for r in members}
    search.bring_back(ws, run, "Ann")
    service.dedupe(ws)
    found = clusters(ws), offers(ws)
    assert ("R000001", "R000002") in {members[:2] for members in found[0]}
    service.dedupe(ws, everything=True)
    assert (clusters(ws), offers(ws)) == found
    assert check(ws.store).problems == ()


def test_what_was_said_of_a_withdrawn_record_holds_for_those_it_is_joined_with(
    ws: Workspace,
) -> None:
    reviews.add(ws, [article("a")])
    reviews.add(ws, [article("b", OTHER, doi="10.1/b")])
    manual_decisions.merge(ws, "R000001", "R000002", "Ann")
    reviews.add(ws, [article("c", OTHER, doi="10.1/b")])  # the rules take it for the second
    manual_decisions.keep_apart(ws, "R000001", "R000003", "Ann")
    with ws.store.read() as conn:
        first = records.runs(conn)[-1].id
    search.withdraw(ws, first, "Ann")
    service.dedupe(ws)
    assert (clusters(ws), manual_decisions.unsure(ws)) == ([("R000002",), ("R000003",)], [])
    search.bring_back(ws, first, "Ann")
    assert clusters(ws) == [("R000001", "R000002"), ("R000003",)]
