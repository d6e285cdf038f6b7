"""The map and the claims of a whole review."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from review.coding import service as coding
from review.errors import DecisionError
from review.gaps import service
from review.gaps.filters import Filters
from review.gaps.model import EvidenceStatus, Gap, Matrix
from review.model import Record, RunStatus, SearchRun
from review.protocol.model import Search
from review.workspace import Workspace
from tests.factories import exclude, include, make_workspace, paper, run_search, suggest
from tests.reviews import add


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    made, _ = make_workspace(tmp_path, db_url, 3)
    yield made
    made.store.close()


def code(ws: Workspace, report: str, design: str, *outcomes: str, reviewer: str = "Ann") -> None:
    coding.tag(ws, report, "study_design", design, reviewer)
    for outcome in outcomes:
        coding.tag(ws, report, "outcome", outcome, reviewer)


def counts(found: Matrix) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (c.row, c.column): (c.confirmed, c.suggested)
        for c in found.cells
        if c.confirmed + c.suggested
    }


def test_tags_and_suggestions_reach_the_map(ws: Workspace) -> None:
    code(ws, "P000001", "cohort", "death")
    suggest(ws, "P000002", "study_design", "case_report", "cohort")
    suggest(ws, "P000002", "outcome", "death", "seizure")
    assert counts(service.matrix(ws)) == {
        ("death", "cohort"): (1, 0),
        ("death", "case_report"): (0, 1),
        ("seizure", "case_report"): (0, 1),
    }


def test_an_answered_suggestion_is_none(ws: Workspace) -> None:
    suggest(ws, "P000001", "study_design", "cohort")
    death, _ = suggest(ws, "P000001", "outcome", "death", "seizure")
    suggest(ws, "P000001", "outcome", "death", source="OpenAlex study_designs")
    coding.reject(ws, death, "P000001", "Ann")
    assert counts(service.matrix(ws)) == {("seizure", "cohort"): (0, 1)}


def test_an_excluded_report_leaves_the_map_and_comes_back(ws: Workspace) -> None:
    code(ws, "P000001", "cohort", "death")
    before = service.matrix(ws)
    exclude(ws, "P000001")
    assert counts(service.matrix(ws)) == {}
    include(ws, "P000001")
    assert service.matrix(ws) == before
    assert counts(service.matrix(ws, filters=Filters(included_only=True)))


def test_a_source_or_a_tag_retracts_a_report(ws: Workspace) -> None:
    (record,) = add(ws, [paper(9, retracted=True)])
    for report in ("P" + record[1:], "P000001"):
        code(ws, report, "cohort", "death")
    coding.tag(ws, "P000001", "record_status", "retracted", "Ann")
    cell = service.matrix(ws).cell("death", "cohort")
    assert (cell.confirmed, cell.gap, len(cell.retracted_reports)) == (0, Gap.RETRACTED, 2)


def test_an_empty_cell_is_searched_once_a_search_that_covers_it_is_complete(ws: Workspace) -> None:
    def gap(row: str, column: str = "cohort") -> Gap | None:
        return service.matrix(ws).cell(row, column).gap

    assert gap("sleep_quality") is Gap.NOT_SEARCHED and service.matrix(ws).searched is None
    run_search(ws, "kratom_sleep", RunStatus.PARTIAL)
    assert gap("sleep_quality") is Gap.NOT_SEARCHED
    run_search(ws, "kratom_sleep")
    assert gap("sleep_quality") is Gap.SEARCHED_NONE
    assert gap("death") is Gap.NOT_SEARCHED  # that search asks for sleep alone
    assert service.matrix(ws).searched is not None
    chosen = Filters(exposure=("none_pain_sleep",))  # and for kratom alone
    assert service.matrix(ws, filters=chosen).cell("sleep_quality", "cohort").gap is (
        Gap.NOT_SEARCHED
    )


def test_an_empty_cell_opens_to_the_searches_that_could_fill_it(ws: Workspace) -> None:
    run_search(ws, "kratom_sleep")
    found = {s.name: run for s, run in covering(ws, "sleep_quality", "cohort")}
    assert set(found) == {"kratom_core", "kratom_sleep"}
    assert found["kratom_core"] is None
    run = found["kratom_sleep"]
    assert run is not None and run.status is RunStatus.COMPLETE
    reviews = {s.name for s, _ in covering(ws, "sleep_quality", "meta_analysis")}
    assert reviews == {"kratom_core", "kratom_sleep", "pain_and_sleep"}


def covering(ws: Workspace, outcome: str, design: str) -> list[tuple[Search, SearchRun | None]]:
    place = {"outcome": frozenset({outcome}), "study_design": frozenset({design})}
    return service.covering(ws, place)


def test_unknown_dimensions_are_refused(ws: Workspace) -> None:
    with pytest.raises(DecisionError, match="outcome"):
        service.matrix(ws, rows="colour")
    with pytest.raises(DecisionError):
        service.gap_map(ws, rows="outcome", columns="outcome")
    assert service.matrix(ws, rows="population_species").row_dimension == "population"


def test_the_map_as_json_keeps_its_contract(ws: Workspace) -> None:
    code(ws, "P000001", "cohort", "death")
    suggest(ws, "P000002", "study_design", "cohort")
    suggest(ws, "P000002", "outcome", "death")
    found = json.loads(json.dumps(service.to_json(service.matrix(ws))))
    assert {"rows", "columns", "cells", "confirmed_total", "suggested_total"} <= set(found)
    assert len(found["cells"]) == len(found["rows"]) * len(found["columns"])
    (cell,) = [c for c in found["cells"] if c["reports"]]
    assert (cell["row"], cell["column"]) == ("death", "cohort")
    assert (cell["confirmed"], cell["suggested"], cell["gap"]) == (1, 1, None)
    assert cell["reports"] == ["P000001", "P000002"]


def test_claims_go_by_confirmed_evidence(ws: Workspace) -> None:
    def state(id: str) -> tuple[int | None, int | None]:
        found = {s.claim.id: s for s in service.claims(ws)}
        return found[id].level, found[id].suggested_level

    suggest(ws, "P000001", "exposure", "leaf_decoction")
    suggest(ws, "P000001", "outcome", "pain_tolerance_threshold")
    suggest(ws, "P000001", "study_design", "rct_crossover")
    assert state("C02") == (0, 3)
    code(ws, "P000001", "rct_crossover", "pain_tolerance_threshold")
    assert state("C02") == (0, 3)
    coding.tag(ws, "P000001", "exposure", "leaf_decoction", "Ann")
    assert state("C02") == (3, 3)
    exclude(ws, "P000001")
    assert state("C02") == (0, 0)


def test_named_papers_are_found_by_their_library_ids(ws: Workspace) -> None:
    (record,) = add(ws, [Record("library", "K007", title="Kratom and pain tolerance")], "library")
    found = {s.claim.id: s.named_reports for s in service.claims(ws)}
    assert found["C02"] == ("P" + record[1:],)


def test_claims_as_json_keep_their_contract(ws: Workspace) -> None:
    found = json.loads(json.dumps(service.claims_json(service.claims(ws))))
    assert [c["id"] for c in found] == [c.id for c in ws.protocol.claims]
    for claim in found:
        assert {"id", "text", "testable", "level", "reports", "needs"} <= set(claim)
        assert claim["outside_reports"] == []
        assert claim["level"] == (0 if claim["testable"] else None)


# ---- whatever people do ------------------------------------------------------------------------

REPORTS = st.sampled_from(["P000001", "P000002", "P000003"])
REVIEWERS = st.sampled_from(["Ann", "Ben"])
OUTCOMES = st.sampled_from(["death", "seizure", "sleep_quality"])
DESIGNS = st.sampled_from(["cohort", "rct_parallel", "animal_in_vivo"])
POPULATIONS = st.sampled_from(["human_healthy", "mouse"])


class Coding(RuleBasedStateMachine):
    """People tag, code findings, exclude and undo in any order."""

    folders: Iterator[Path]

    def __init__(self) -> None:
        super().__init__()
        folder = next(Coding.folders)
        self.ws, self.reports = make_workspace(folder, f"sqlite:///{folder}/review.db", 3)
        self.excluded: set[str] = set()
        for report, design in zip(self.reports, ("cohort", "case_report", "in_vitro"), strict=True):
            suggest(self.ws, report, "outcome", "death", "seizure")
            suggest(self.ws, report, "study_design", design)
            suggest(self.ws, report, "population", "mouse")

    def teardown(self) -> None:
        self.ws.store.close()

    @rule(report=REPORTS, reviewer=REVIEWERS, outcome=OUTCOMES)
    def tag_outcome(self, report: str, reviewer: str, outcome: str) -> None:
        coding.tag(self.ws, report, "outcome", outcome, reviewer)

    @rule(report=REPORTS, reviewer=REVIEWERS, design=DESIGNS)
    def tag_design(self, report: str, reviewer: str, design: str) -> None:
        coding.tag(self.ws, report, "study_design", design, reviewer)

    @rule(
        report=REPORTS,
        reviewer=REVIEWERS,
        outcome=OUTCOMES,
        design=DESIGNS,
        population=POPULATIONS,
    )
    def add_finding(
        self, report: str, reviewer: str, outcome: str, design: str, population: str
    ) -> None:
        coding.add_finding(
            self.ws, report, exposure="extract", population=population, outcome=outcome,
            study_design=design, reviewer=reviewer,
        )  # fmt: skip

    @rule(report=REPORTS, reviewer=REVIEWERS)
    def reject_one(self, report: str, reviewer: str) -> None:
        for offers in coding.sheet(self.ws, report).open_suggestions.values():
            coding.reject(self.ws, offers[0].id, report, reviewer)
            break

    @rule(reviewer=REVIEWERS)
    def undo(self, reviewer: str) -> None:
        coding.undo_last(self.ws, reviewer)

    @rule(report=REPORTS)
    def leave_out(self, report: str) -> None:
        exclude(self.ws, report)
        self.excluded.add(report)

    @rule(report=REPORTS)
    def take_in(self, report: str) -> None:
        include(self.ws, report)
        self.excluded.discard(report)

    @invariant()
    def map_and_table_agree(self) -> None:
        for chosen in (Filters(), Filters(population=("human",))):
            found = service.matrix(self.ws, filters=chosen)
            _, table = service.gap_map(self.ws, filters=chosen)
            for status, total in (
                (EvidenceStatus.CONFIRMED, found.confirmed_total),
                (EvidenceStatus.SUGGESTED, found.suggested_total),
            ):
                assert total == len({r.study for r in table if r.status is status})
            assert not self.excluded & {r.report for r in table}

    @invariant()
    def a_design_has_one_answer_a_reviewer(self) -> None:
        for report in self.reports:
            tags = coding.sheet(self.ws, report).tags
            whose = [t.reviewer for t in tags if t.dimension == "study_design"]
            assert len(whose) == len(set(whose))


def test_map_and_table_agree_whatever_people_do(tmp_path_factory: pytest.TempPathFactory) -> None:
    Coding.folders = (tmp_path_factory.mktemp("review") for _ in iter(int, 1))
    few = settings(
        max_examples=5,
        stateful_step_count=10,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Coding, settings=few)
