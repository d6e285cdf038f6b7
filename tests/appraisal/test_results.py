"""Forms that are for one result: several assessments of one report, and how they count."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.appraisal import files, results, service
from review.appraisal.forms import OVERALL, Level
from review.coding import service as coding
from review.errors import DecisionError
from review.gaps import service as gaps
from review.gaps.filters import Filters
from review.protocol.model import AppraisalRule
from review.records import service as records
from review.reporting import service as reporting
from review.store import log
from review.workspace import Workspace
from tests.coding.conftest import Small
from tests.factories import make_workspace
from tests.reviews import shipped_protocol

DOMAINS = ("D1", "D2", "D3", "D4", "D5")
OUTCOMES = shipped_protocol().codebook.dimension("outcome")


@pytest.fixture
def small(tmp_path: Path, db_url: str) -> Iterator[Small]:
    ws, reports = make_workspace(tmp_path, db_url, 2)
    for report in reports:
        coding.tag(ws, report, "study_design", "rct_parallel", "Ann")
        for outcome in ("pain_intensity", "sleep_quality"):
            coding.tag(ws, report, "outcome", outcome, "Ann")
    yield Small(ws, reports)
    ws.store.close()


def judge(ws: Workspace, report: str, who: str, overall: str, result: str = "") -> None:
    for domain in DOMAINS:
        service.judge(ws, report, "rob2", domain, "low", who, result=result)
    service.judge(ws, report, "rob2", OVERALL, overall, who, result=result)


def test_one_report_is_judged_once_for_each_result(small: Small) -> None:
    ws, (report, other) = small.ws, small.reports
    judge(ws, report, "Ann", "low", "Pain intensity")  # the label is the outcome of the codebook
    service.judge(ws, report, "rob2", "D1", "high", "Ann", result="sleep_quality")
    service.judge(ws, report, "rob2", "D1", "some", "Ann", result="  Walking,  6 weeks ")
    service.judge(ws, report, "rob2", "D2", "some", "Ann", result="walking, 6 WEEKS")
    sheet = service.sheet(ws, report, "rob2", "Ann", result="pain_intensity")
    assert sheet.results == ("", "pain_intensity", "sleep_quality", "Walking, 6 weeks")
    assert sheet.own["D1"].judgement == "low" and sheet.state.words == "Low"
    assert service.sheet(ws, report, "rob2", "Ann").own == {}  # nothing is said of the whole
    walking = service.sheet(ws, report, "rob2", "Ann", result="Walking, 6 weeks")
    assert set(walking.own) == {"D1", "D2"}
    found = {(t.report, t.state.result): t.done for t in service.tasks(ws, "Ann")}
    assert found == {
        (report, "pain_intensity"): True,
        (report, "sleep_quality"): False,
        (report, "Walking, 6 weeks"): False,
        (other, ""): False,
    }
    told = [s.event.data.label for s in records.dossier(ws, report, "Ann").steps
            if s.event.kind == "appraisal"]  # type: ignore[attr-defined]  # fmt: skip
    assert any("of Pain intensity, Overall risk of bias: Low" in one for one in told)
    with ws.store.write() as conn:
        state = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == state


def test_forms_for_whole_reports_know_no_results(small: Small) -> None:
    with pytest.raises(DecisionError, match="as a whole"):
        service.judge(
            small.ws, small.reports[0], "amstar2", "I1", "y", "Ann", result="sleep_quality"
        )
    with pytest.raises(DecisionError, match="200"):
        service.judge(small.ws, small.reports[0], "rob2", "D1", "low", "Ann", result="x" * 201)


def test_a_result_in_sight_of_nobody_else_until_all_have_judged_it(small: Small) -> None:
    rule = AppraisalRule(assessors=2)
    ws = replace(small.ws, protocol=small.ws.protocol.model_copy(update={"appraisal": rule}))
    report = small.reports[0]
    judge(ws, report, "Ann", "some", "sleep_quality")
    judge(ws, report, "Ben", "low", "pain_intensity")
    sheet = service.sheet(ws, report, "rob2", "Ben", result="sleep_quality")
    assert not sheet.state.by and "sleep_quality" in sheet.results
    steps = records.dossier(ws, report, "Ben").steps
    assert {s.event.by for s in steps if s.event.kind == "appraisal"} == {"Ben"}
    todo = {t.state.result: t.done for t in service.tasks(ws, "Ben") if t.report == report}
    assert todo == {"sleep_quality": False, "pain_intensity": True}
    judge(ws, report, "Ben", "some", "sleep_quality")
    assert (
        service.sheet(ws, report, "rob2", "Ben", result="sleep_quality").state.words
        == "Some concerns"
    )


def test_the_name_of_a_result_is_in_sight_of_nobody_who_has_still_to_judge(small: Small) -> None:
    rule = AppraisalRule(assessors=2)
    ws = replace(small.ws, protocol=small.ws.protocol.model_copy(update={"appraisal": rule}))
    report = small.reports[0]
    judge(ws, report, "Ann", "some", "Walking, 6 weeks")
    outcomes = ("", "pain_intensity", "sleep_quality")  # what it is coded with is known to all

    def seen(who: str) -> set[str]:
        return {t.state.result for t in service.tasks(ws, who) if t.report == report}

    assert service.sheet(ws, report, "rob2", "Ben").results == outcomes
    assert seen("Ben") == {""} and seen("Ann") == {"Walking, 6 weeks"}
    assert service.sheet(ws, report, "rob2", "ann").results == (*outcomes, "Walking, 6 weeks")
    service.judge(ws, report, "rob2", "D1", "low", "Ben", result="Climbing")  # begun, not done
    assert service.sheet(ws, report, "rob2", "Ben").results == (*outcomes, "Climbing")
    judge(ws, report, "Ben", "low", "Climbing")
    both = {"Walking, 6 weeks", "Climbing"}
    assert set(service.sheet(ws, report, "rob2", "Ben").results) == {*outcomes, *both}
    assert seen("Ben") == seen("Ann") == both, "each can now judge what the other did"
    state = service.sheet(ws, report, "rob2", "Ben", result="Walking, 6 weeks").state
    assert state.by == {} and not state.settled, "and what was said is absent still"


def test_the_map_looks_at_each_cell_by_its_own_outcome(small: Small) -> None:
    ws, (report, other) = small.ws, small.reports
    judge(ws, report, "Ann", "low", "pain_intensity")
    judge(ws, report, "Ann", "high", "sleep_quality")
    judge(ws, other, "Ann", "low")  # as a whole
    assert service.overall_judgements(ws) == {report: Level.HIGH, other: Level.LOW}

    def cell(outcome: str, *risk: str) -> set[str]:
        asked = Filters(risk_of_bias=risk, beyond_frame=True)
        found = gaps.matrix(ws, "outcome", "study_design", asked)
        return {r for c in found.cells if c.row == outcome for r in c.confirmed_reports}

    assert cell("pain_intensity", "low") == {report, other}
    assert cell("sleep_quality", "low") == {other}
    assert cell("sleep_quality", "high") == {report} and cell("pain_intensity", "high") == set()


def test_files_name_the_result_and_bring_it_back(small: Small, tmp_path: Path) -> None:
    ws, (report, other) = small.ws, small.reports
    judge(ws, report, "Ann", "low", "pain_intensity")
    judge(ws, report, "Ann", "high", "Walking, 6 weeks")
    judge(ws, other, "Ann", "some")
    path = tmp_path / "robvis.csv"
    reporting.export(ws, "robvis", path)
    with path.open(encoding="utf-8", newline="") as file:
        said = {row["Study"]: row["Overall"] for row in csv.DictReader(file)}
    assert said == {
        "Paper number 1 2001, Walking, 6 weeks": "High",
        "Paper number 1 2001, Pain intensity": "Low",
        "Paper number 2 2002": "Some concerns",
    }
    table = tmp_path / "j.csv"
    assert files.export_judgements(ws, table) == 18
    assert files.import_judgements(ws, table, "Kim").unchanged == 18
    moved = table.read_text(encoding="utf-8-sig").replace(report, other)
    table.write_text(moved, encoding="utf-8")
    assert files.import_judgements(ws, table, "Kim").added == 12
    held = {t.state.result: t.state.words for t in service.tasks(ws, "Ann") if t.report == other}
    assert held == {"pain_intensity": "Low", "Walking, 6 weeks": "High", "": "Some concerns"}
    old = tmp_path / "old.csv"  # written before results were named: the whole report
    old.write_text(f"report,form,domain,judgement,reviewer\n{report},rob2,overall,High,Ann\n")
    assert files.import_judgements(ws, old, "Kim").added == 1
    assert service.sheet(ws, report, "rob2", "Ann").state.words == "High"


@given(
    st.dictionaries(
        st.sampled_from(["", "own words", *[v.id for v in OUTCOMES.values]]),
        st.sampled_from([Level.LOW, Level.SOME, Level.HIGH]),
        max_size=6,
    ),
    st.sampled_from([v.id for v in OUTCOMES.values]),
)
def test_an_outcome_counts_by_its_own_judgement_else_by_the_broader_else_by_the_whole(
    settled: dict[str, Level], outcome: str
) -> None:
    placed = results.by_outcome(settled, OUTCOMES)
    found = results.level_of({o: str(v) for o, v in placed.items()}, outcome, OUTCOMES)
    for place in (outcome, *OUTCOMES.parents(outcome)):
        if place in settled:
            assert found == settled[place]
            return
    whole = [settled[r] for r in ("", "own words") if r in settled]
    assert found == (results.gravest(whole) if whole else "")
