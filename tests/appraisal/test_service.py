"""Judging risk of bias: by one, by two blind of each other, and what is agreed."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from review.appraisal import files, pictures, service
from review.appraisal.forms import OVERALL, Level
from review.coding import service as coding
from review.errors import DecisionError, NotFoundError
from review.protocol.model import AppraisalRule
from review.records import service as records
from review.reporting import service as reporting
from review.store import log
from review.workspace import Workspace
from tests.coding.conftest import Small
from tests.factories import exclude, include, make_workspace

DOMAINS = ("D1", "D2", "D3", "D4", "D5")


@pytest.fixture
def small(tmp_path: Path, db_url: str) -> Iterator[Small]:
    ws, reports = make_workspace(tmp_path, db_url, 3)
    for report in reports[:2]:
        coding.tag(ws, report, "study_design", "rct_parallel", "Ann")
    yield Small(ws, reports)
    ws.store.close()


def for_two(ws: Workspace) -> Workspace:
    protocol = ws.protocol.model_copy(update={"appraisal": AppraisalRule(assessors=2)})
    return replace(ws, protocol=protocol)


def judge(ws: Workspace, report: str, who: str, overall: str = "low", **domains: str) -> None:
    for domain in DOMAINS:
        service.judge(ws, report, "rob2", domain, domains.get(domain, "low"), who)
    service.judge(ws, report, "rob2", OVERALL, overall, who)


def test_a_report_with_a_design_waits_for_its_form(small: Small) -> None:
    ws, (first, second, _) = small.ws, small.reports
    include(ws, second)
    found = service.tasks(ws, "Ann")
    assert [(t.report, t.form.id, t.included, t.done) for t in found] == [
        (second, "rob2", True, False), (first, "rob2", False, False)
    ]  # fmt: skip
    judge(ws, second, "Ann")
    exclude(ws, first)
    (left,) = service.tasks(ws, "Ann")
    assert (left.report, left.done, left.state.words) == (second, True, "Low")


def test_answers_lead_to_a_suggestion_and_people_decide(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    for question, said in (("1.1", "y"), ("1.2", "py"), ("1.3", "y")):
        service.answer(ws, report, "rob2", "D1", question, said, "Ann")
    sheet = service.sheet(ws, report, "", "Ann")
    assert sheet.form.id == "rob2" and sheet.fitting == ("rob2",)
    own = sheet.own["D1"]
    assert service.suggested(sheet.form.domain("D1"), own.answers) == "some"
    assert own.judgement == "" and service.overall_judgements(ws) == {}
    service.judge(ws, report, "rob2", "D1", "high", "Ann")
    service.answer(ws, report, "rob2", "D1", "1.3", "y", "Ann")  # once more takes it off
    own = service.sheet(ws, report, "rob2", "Ann").own["D1"]
    assert (own.judgement, dict(own.answers)) == ("high", {"1.1": "y", "1.2": "py"})


def test_every_step_is_kept_under_its_form_and_taken_back_one_by_one(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    before = service.sheet(ws, report, "rob2", "Ann")
    done = [
        service.answer(ws, report, "rob2", "D1", "1.1", "y", "Ann"),
        service.judge(ws, report, "rob2", "D1", "low", "Ann"),
        service.explain(ws, report, "rob2", "D1", "Ann", quote="number 1", note="computer list"),
    ]
    own = service.sheet(ws, report, "rob2", "Ann").own["D1"]
    assert (own.quote, own.quote_place, own.note) == ("number 1", "title 6-14", "computer list")
    assert own.form_version == service.form(ws, "rob2").version
    same = service.explain(ws, report, "rob2", "D1", "Ann", quote="number 1", note="computer list")
    assert same.id == done[-1].id
    told = [s.event.data.label for s in records.dossier(ws, report, "Ann").steps
            if s.event.kind == "appraisal"]  # type: ignore[attr-defined]  # fmt: skip
    assert told[1] == "RoB 2, Randomisation process: Low"
    for expected in reversed(done):
        undone = service.undo_last(ws, "Ann")
        assert undone is not None and undone.id == expected.id
    assert service.undo_last(ws, "Ann") is None
    assert service.sheet(ws, report, "rob2", "Ann") == before
    with ws.store.write() as conn:
        state = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == state


def test_what_a_form_does_not_know_is_refused(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    for call in (
        lambda: service.judge(ws, report, "rob9", "D1", "low", "Ann"),
        lambda: service.judge(ws, report, "rob2", "D9", "low", "Ann"),
        lambda: service.judge(ws, report, "rob2", "D1", "critical", "Ann"),
        lambda: service.judge(ws, report, "rob2", "D1", "low", " "),
        lambda: service.answer(ws, report, "rob2", "D1", "9.9", "y", "Ann"),
        lambda: service.answer(ws, report, "rob2", "D3", "3.2", "ni", "Ann"),
    ):
        with pytest.raises(DecisionError):
            call()
    with pytest.raises(NotFoundError):
        service.judge(ws, "P999999", "rob2", "D1", "low", "Ann")


def test_two_assessors_do_not_see_each_other_until_both_have_judged(small: Small) -> None:
    ws, (report, *_) = for_two(small.ws), small.reports
    judge(ws, report, "Ann", "some", D1="some")
    service.judge(ws, report, "rob2", "D1", "low", "Ben")

    def seen(who: str) -> set[str]:
        steps = records.dossier(ws, report, who).steps
        by = {s.event.by for s in steps if s.event.kind == "appraisal"}
        sheet = service.sheet(ws, report, "rob2", who)
        (task,) = [t for t in service.tasks(ws, who) if t.report == report]
        assert set(sheet.state.by) == set(task.state.by) == by
        return by

    assert seen("Ben") == {"Ben"} and seen("Kim") == set()
    assert seen("Ann") == {"Ann", "Ben"}  # she has judged it
    with pytest.raises(DecisionError, match="1 of 2"):
        service.agree(ws, report, "rob2", "D1", "low", "Ben")
    judge(ws, report, "Ben", "low")
    assert seen("Ben") == seen("Kim") == {"Ann", "Ben"}


def test_consensus_settles_what_assessors_differ_on(small: Small) -> None:
    ws, (report, *_) = for_two(small.ws), small.reports
    judge(ws, report, "Ann", "some", D1="some")
    assert service.overall_judgements(ws) == {}  # one of two
    judge(ws, report, "Ben", "low")
    state = service.sheet(ws, report, "rob2", "Ben").state
    assert state.differing == ("D1", OVERALL) and state.words == "assessors differ"
    assert dict(state.settled) == dict.fromkeys(DOMAINS[1:], "low")
    for domain in ("D1", OVERALL):
        service.agree(ws, report, "rob2", domain, "some", "Ben", note="we both looked again")
    state = service.sheet(ws, report, "rob2", "Ann").state
    assert state.differing == () and state.consensus["D1"].note == "we both looked again"
    assert service.overall_judgements(ws) == {report: Level.SOME}
    service.undo_last(ws, "Ben")
    assert service.overall_judgements(ws) == {}
    assert set(state.by) == {"Ann", "Ben"}  # what each said first stays


def test_two_who_differ_where_one_is_enough_are_not_settled(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    judge(ws, report, "Ann")
    assert service.overall_judgements(ws) == {report: Level.LOW}
    service.judge(ws, report, "rob2", OVERALL, "high", "Ben")
    assert service.overall_judgements(ws) == {}


def test_judgements_follow_a_merge_of_their_report(small: Small) -> None:
    from review.dedupe import manual_decisions

    ws, (first, second, _) = small.ws, small.reports
    judge(ws, second, "Ann", "high")
    manual_decisions.merge(ws, first, second, "Ann")
    assert service.overall_judgements(ws) == {first: Level.HIGH}


# ---- files and pictures ------------------------------------------------------------------------


def test_robvis_reads_the_settled_judgements(small: Small, tmp_path: Path) -> None:
    ws, (first, second, third) = small.ws, small.reports
    judge(ws, first, "Ann", "high", D2="high", D3="some")
    service.judge(ws, second, "rob2", "D1", "low", "Ann")  # begun only
    service.judge(ws, third, "syrcle", "D1", "unclear", "Ann")
    service.judge(ws, third, "syrcle", OVERALL, "unclear", "Ann")
    path = tmp_path / "robvis.csv"
    reporting.export(ws, "robvis", path)
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["Study", "D1", "D2", "D3", "D4", "D5", "Overall"]
    assert rows == [["Paper number 1 2001", "Low", "High", "Some concerns", "Low", "Low", "High"]]
    with (tmp_path / "robvis-syrcle.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["Sequence.generation"] == row["Overall"] == "Unclear"
    assert row["Random.housing"] == "No information"


def test_judgements_come_back_as_they_went_out(small: Small, tmp_path: Path) -> None:
    ws, (first, second, _) = small.ws, small.reports
    service.answer(ws, first, "rob2", "D1", "1.1", "py", "Ann")
    judge(ws, first, "Ann", "some", D1="some")
    service.explain(ws, first, "rob2", "D1", "Ann", quote="=1+1", quote_place="p. 4", note="why")
    service.agree(ws, first, "rob2", OVERALL, "high", "Ben")
    path = tmp_path / "judgements.csv"
    assert files.export_judgements(ws, path) == 7
    assert files.import_judgements(ws, path, "Kim").unchanged == 7
    moved = path.read_text(encoding="utf-8-sig").replace(first, second)
    path.write_text(moved, encoding="utf-8")
    assert files.import_judgements(ws, path, "Kim").added == 7
    a, b = (service.sheet(ws, r, "rob2", "Ann").state for r in (first, second))

    def said(state: object) -> object:
        return {
            (who, d): (one.judgement, dict(one.answers), one.quote, one.quote_place, one.note)
            for who, those in [*a.by.items(), ("", a.consensus)]
            for d, one in those.items()
        }  # fmt: skip

    assert said(a) == said(b) and a.settled == b.settled


def test_bad_rows_are_named_with_their_lines(small: Small, tmp_path: Path) -> None:
    report = small.reports[0]
    path = tmp_path / "j.csv"
    rows = [
        f"{report},rob2,D1,Low,1.1=y,Ann",
        f"{report},rob2,D1,High,,Ann",
        f"{report},rob9,D1,Low,,Ann",
        f"{report},rob2,D9,Low,,Ann",
        f"{report},rob2,D2,Fine,,Ann",
        f"{report},rob2,D2,Low,2.9=y,Ann",
        "P999999,rob2,D1,Low,,Ann",
        f"{report},rob2,D3,Low,,",
    ]
    path.write_text("\n".join(["report,form,domain,judgement,answers,reviewer", *rows]) + "\n")
    found = files.import_judgements(small.ws, path, "Ann")
    assert (found.added, [m.line for m in found.mistakes]) == (1, [3, 4, 5, 6, 7, 8, 9])


def test_what_is_blind_is_not_in_the_file_of_an_assessor(small: Small, tmp_path: Path) -> None:
    ws, (report, *_) = for_two(small.ws), small.reports
    judge(ws, report, "Ann")
    path = tmp_path / "j.csv"
    assert files.export_judgements(ws, path, viewer="Ben") == 0
    assert files.export_judgements(ws, path, viewer="Ann") == 6
    assert files.export_judgements(ws, path) == 6


def test_both_pictures_tell_every_judgement_without_colour(small: Small, tmp_path: Path) -> None:
    ws, (first, second, _) = small.ws, small.reports
    judge(ws, first, "Ann", "high", D2="high")
    judge(ws, second, "Ann", "some", D2="some")
    form = service.form(ws, "rob2")
    found = service.settled(ws, "rob2")
    light = pictures.traffic_light(form, found)
    titles = [e.text for e in ET.fromstring(light).iter("{http://www.w3.org/2000/svg}title")]
    assert f"{found[0].study}, Deviations from the intended interventions: High" in titles
    assert len(titles) == 1 + 2 * 6
    assert light.count(">×<") == 2 and light.count(">–<") == 2 and light.count(">+<") == 8
    bars = pictures.summary(form, found)
    assert "Overall risk of bias: High, 1 of 2" in bars and "× 1" in bars
    assert files.write_picture(ws, "rob2", "summary", tmp_path / "s.svg") == 2
    ET.fromstring(pictures.summary(form, []))  # nothing judged yet is a picture too
