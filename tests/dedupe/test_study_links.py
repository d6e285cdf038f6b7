"""Reports of one study: proposed, linked by a person, and counted as one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from review.dedupe import manual_decisions, service
from review.errors import DecisionError
from review.events import RecordsKeptApart, RecordsMerged
from review.model import Record, Stage, VoteValue
from review.reporting import service as reporting
from review.screening import service as screening
from review.search import service as search
from review.store import edges, pairs, records, reports
from review.store.integrity import check
from review.workspace import Workspace
from tests import reviews
from tests.dedupe.test_service import DIFFERENT, TRIAL, article, follow_up, offers, ws

__all__ = ["ws"]


def test_linked_reports_stay_two_reports_of_one_study(ws: Workspace) -> None:
    reviews.add(ws, [article("a"), DIFFERENT])
    done = manual_decisions.link(ws, "P000001", "P000002", "Ann")
    with ws.store.read() as conn:
        assert {r.study for r in reports.listing(conn)} == {"S000001"}
    with pytest.raises(DecisionError, match="one study already"):
        manual_decisions.link(ws, "P000002", "P000001", "Bo")
    manual_decisions.undo(ws, done.id, "Ann")
    with ws.store.read() as conn:
        assert len({r.study for r in reports.listing(conn)}) == 2


def test_links_proposed_bit_by_bit_are_those_of_runs_over_everything(tmp_path: Path) -> None:
    told: list[list[set[tuple[str, str]]]] = []
    for everything in (False, True):
        ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / str(everything)).as_posix()}.db")
        told.append([])

        def come(*found: Record, ws: Workspace = ws, everything: bool = everything) -> None:
            reviews.add(ws, list(found))
            service.dedupe(ws, everything=everything)
            told[-1].append(offers(ws))

        come(article("a", abstract=TRIAL), DIFFERENT, *map(follow_up, range(1, 4)))
        come(*map(follow_up, range(4, 7)))  # more than a registration says anything of
        merge = manual_decisions.merge(ws, "R000003", "R000004", "Ann")
        come(follow_up(7))
        manual_decisions.undo(ws, merge.id, "Ann")
        come(article("again", "4 months later", doi="10.1/f4", pages="4"))
        with ws.store.read() as conn:
            run = records.runs(conn)[1].id
        search.withdraw(ws, run, "Ann")
        come(replace(DIFFERENT, key="other", doi="10.1000/pk.8", pages="70"))
        search.bring_back(ws, run, "Ann")
        come(article("last", "Unlike all others", doi="10.1/last", pages="99"))
        ws.store.close()
    assert told[0] == told[1]
    assert [len(found) for found in told[0]].count(0) < len(told[0])


def test_reports_of_one_study_are_proposed_until_a_person_has_spoken(ws: Workspace) -> None:
    trial = "Registered as NCT01234567."
    follow_up = article("f", "Twelve months later", doi="10.1/f", pages="1", abstract=trial)
    reviews.add(ws, [article("a", abstract=trial), follow_up, DIFFERENT])
    service.dedupe(ws)
    (offer,) = manual_decisions.proposed_links(ws)
    assert (offer.left.id, offer.right.id) == ("R000001", "R000002")
    assert offer.why == "Both name the registration NCT01234567."
    assert manual_decisions.unsure(ws) == []
    said = manual_decisions.not_linked(ws, "P000001", "P000002", "Ann")
    assert manual_decisions.proposed_links(ws) == []
    assert service.dedupe(ws, everything=True).merged == 0
    assert manual_decisions.proposed_links(ws) == []
    manual_decisions.undo(ws, said.id, "Ann")
    assert len(manual_decisions.proposed_links(ws)) == 1
    manual_decisions.link(ws, "P000001", "P000002", "Ann")
    assert manual_decisions.proposed_links(ws) == []
    with pytest.raises(DecisionError, match="one study already"):
        manual_decisions.not_linked(ws, "P000001", "P000002", "Ann")


def test_a_registration_in_the_entry_proposes_a_link_too(ws: Workspace) -> None:
    raw = {"nbib": "PMID- 1\nSI  - ClinicalTrials.gov/NCT01234567\nTI  - Later"}
    follow_up = replace(article("f", "Twelve months later", doi="10.1/f", pages="1"), raw=raw)
    reviews.add(ws, [article("a", abstract="Registered as NCT 01234567."), follow_up])
    service.dedupe(ws)
    (offer,) = manual_decisions.proposed_links(ws)
    assert offer.why == "Both name the registration NCT01234567."


def test_two_reports_are_asked_about_once_the_text_before_the_study(ws: Workspace) -> None:
    trial = "Registered as NCT01234567."
    follow_up = article("f", "Twelve months later", doi="10.1/f", pages="1", abstract=trial)
    reviews.add(ws, [article("a", abstract=trial), follow_up, article("b")])
    assert service.dedupe(ws).merged == 1
    assert len(manual_decisions.proposed_links(ws)) == 1
    with ws.store.write() as conn:  # of other records than those of the proposed link
        row = {"id_a": "R000002", "id_b": "R000003", "score": 0.6, "verdict": "unsure", "why": "w"}
        pairs.replace(conn, ["R000003"], [row])
    (asked,) = manual_decisions.unsure(ws)
    assert manual_decisions.proposed_links(ws) == []
    manual_decisions.answer(ws, asked.id, RecordsKeptApart, "Ann")
    assert manual_decisions.unsure(ws) == manual_decisions.proposed_links(ws) == []
    with pytest.raises(DecisionError, match="Ann has judged"):
        manual_decisions.answer(ws, asked.id, RecordsMerged, "Bo")


def test_linking_takes_back_the_word_that_they_are_different(ws: Workspace) -> None:
    reviews.add(ws, [article("a"), DIFFERENT])
    manual_decisions.not_linked(ws, "P000001", "P000002", "Ann")
    done = manual_decisions.link(ws, "P000001", "P000002", "Bo")
    with ws.store.read() as conn:
        assert [e.kind for e in edges.find(conn, active=True)] == ["link"]
    manual_decisions.undo(ws, done.id, "Bo")
    with ws.store.read() as conn:
        assert [e.kind for e in edges.find(conn, active=True)] == ["unlinked"]
    assert check(ws.store).differences == ()


def test_linked_reports_count_as_one_study_in_the_flow_diagram(ws: Workspace) -> None:
    reviews.add(ws, [article("a"), DIFFERENT])
    for report in ("P000001", "P000002"):
        for stage in Stage:
            screening.cast(ws, report, stage, "Ann", VoteValue.INCLUDE)
    manual_decisions.link(ws, "P000001", "P000002", "Ann")
    boxes = reporting.flow(ws).boxes
    assert (boxes["new_studies"], boxes["new_reports"]) == (1, 2)
