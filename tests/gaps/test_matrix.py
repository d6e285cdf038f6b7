"""Which cells a report stands in, what is confirmed, and what is missing."""

from __future__ import annotations

import pytest

from review.gaps import matrix
from review.gaps.evidence import best_first
from review.gaps.filters import Filters
from review.gaps.model import EvidenceStatus, Gap, Matrix, ReportEvidence
from review.model import Finding
from tests.reviews import shipped_protocol

CODEBOOK = shipped_protocol().codebook


def report(
    id: str = "P1",
    *,
    study: str = "",
    tags: dict[str, set[str]] | None = None,
    suggested: dict[str, tuple[str, ...]] | None = None,
    findings: tuple[Finding, ...] = (),
    year: int | None = 2020,
    included: bool = False,
    retracted: bool = False,
) -> ReportEvidence:
    return ReportEvidence(
        id=id,
        study=study or "S" + id[1:],
        year=year,
        included=included,
        retracted=retracted,
        tags={name: frozenset(values) for name, values in (tags or {}).items()},
        suggested=suggested or {},
        findings=findings,
    )


def finding(
    outcome: str,
    design: str = "rct_parallel",
    population: str = "human_chronic_pain",
    exposure: str = "extract",
) -> Finding:
    return Finding("P1", exposure, population, outcome, design)


def build(
    *facts: ReportEvidence,
    rows: str = "outcome",
    columns: str = "study_design",
    filters: Filters | None = None,
    searched: bool = True,
) -> Matrix:
    return matrix.build(facts, CODEBOOK, rows, columns, filters or Filters(), lambda r, c: searched)


def filled(found: Matrix) -> dict[tuple[str, str], tuple[int, int]]:
    """Cells with a study: (row, column) -> confirmed, suggested."""
    return {
        (c.row, c.column): (c.confirmed, c.suggested)
        for c in found.cells
        if c.confirmed + c.suggested
    }


def test_every_cell_of_the_codebook_is_present() -> None:
    found = build()
    outcomes = [v.id for v in CODEBOOK.dimension("outcome").values]
    designs = [v.id for v in CODEBOOK.dimension("study_design").values if v.evidence != "none"]
    assert [(c.row, c.column) for c in found.cells] == [(o, d) for o in outcomes for d in designs]


def test_publication_forms_have_a_column_only_when_asked_for() -> None:
    thesis = report(tags={"study_design": {"thesis"}, "outcome": {"death"}})
    found = build(thesis)
    assert "thesis" not in found.columns and found.forms == ("P1",)
    assert found.confirmed_total == 0
    asked = build(thesis, filters=Filters(forms=True))
    assert asked.cell("death", "thesis").confirmed == 1 and asked.forms == ()


def test_a_paper_with_one_design_and_three_outcomes_fills_three_cells() -> None:
    outcomes = {"sleep_quality", "pain_intensity", "death"}
    found = build(report(tags={"study_design": {"cohort"}, "outcome": outcomes}))
    assert filled(found) == {(o, "cohort"): (1, 0) for o in outcomes}
    assert found.confirmed_total == 1


def test_two_designs_and_two_outcomes_fill_nothing_until_a_finding_says_which() -> None:
    tags = {"study_design": {"cohort", "animal_in_vivo"}, "outcome": {"sleep_quality", "death"}}
    before = build(report(tags=tags))
    after = build(report(tags=tags, findings=(finding("death", "cohort"),)))
    assert filled(before) == {} and before.needs_pairing == ("P1",)
    assert filled(after) == {("death", "cohort"): (1, 0)}
    assert after.needs_pairing == ("P1",)  # sleep quality still waits


def test_pain_in_mice_and_sleep_in_people_fill_two_cells_not_four() -> None:
    both = (
        finding("antinociception_animal", "animal_in_vivo", "mouse"),
        finding("sleep_quality", "cohort", "human_kratom_users_regular"),
    )
    found = build(report(findings=both), rows="outcome", columns="population")
    assert filled(found) == {
        ("antinociception_animal", "mouse"): (1, 0),
        ("sleep_quality", "human_kratom_users_regular"): (1, 0),
    }


def test_an_outcome_with_findings_goes_by_its_findings_alone() -> None:
    tags = {"study_design": {"cohort"}, "outcome": {"death", "sleep_quality"}}
    found = build(report(tags=tags, findings=(finding("death", "cohort"),)))
    assert filled(found) == {("death", "cohort"): (1, 0), ("sleep_quality", "cohort"): (1, 0)}
    other_way = build(
        report(tags=tags, findings=(finding("death", "cohort"),)),
        rows="study_design",
        columns="outcome",
    )
    assert {(c, r) for r, c in filled(other_way)} == set(filled(found))


def test_suggestions_fill_what_nobody_has_confirmed() -> None:
    suggested = {"study_design": ("cohort",), "outcome": ("death", "sleep_quality")}
    found = build(report(suggested=suggested))
    assert filled(found) == {("death", "cohort"): (0, 1), ("sleep_quality", "cohort"): (0, 1)}
    assert (found.confirmed_total, found.suggested_total) == (0, 1)


def test_a_confirmed_dimension_takes_the_place_of_its_suggestions() -> None:
    suggested = {"study_design": ("cohort",), "outcome": ("death", "sleep_quality")}
    found = build(report(tags={"study_design": {"case_report"}}, suggested=suggested))
    assert filled(found) == {
        ("death", "case_report"): (0, 1),
        ("sleep_quality", "case_report"): (0, 1),
    }


def test_linked_reports_are_one_study() -> None:
    tags = {"study_design": {"cohort"}, "outcome": {"death"}}
    found = build(report("P1", tags=tags, study="S1"), report("P2", tags=tags, study="S1"))
    cell = found.cell("death", "cohort")
    assert (cell.confirmed, cell.confirmed_reports) == (1, ("P1", "P2"))
    assert found.confirmed_total == 1


def test_a_study_confirmed_in_a_cell_is_not_suggested_there_as_well() -> None:
    tags = {"study_design": {"cohort"}, "outcome": {"death"}}
    suggested = {"study_design": ("cohort",), "outcome": ("death",)}
    found = build(
        report("P1", tags=tags, study="S1"), report("P2", suggested=suggested, study="S1")
    )
    assert filled(found) == {("death", "cohort"): (1, 0)}
    assert found.suggested_total == 0


def test_a_retracted_report_counts_nowhere_and_leaves_its_trace() -> None:
    tags = {"study_design": {"cohort"}, "outcome": {"death"}}
    cell = build(report(tags=tags, retracted=True)).cell("death", "cohort")
    assert (cell.confirmed, cell.retracted_reports, cell.gap) == (0, ("P1",), Gap.RETRACTED)
    both = build(report(tags=tags, retracted=True), report("P2", tags=tags))
    assert (both.cell("death", "cohort").confirmed, both.cell("death", "cohort").gap) == (1, None)


@pytest.mark.parametrize(
    ("searched", "gap"), [(True, Gap.SEARCHED_NONE), (False, Gap.NOT_SEARCHED)]
)
def test_an_empty_cell_says_whether_it_was_searched(searched: bool, gap: Gap) -> None:
    cell = build(searched=searched).cell("death", "cohort")
    assert cell.gap is gap and cell.rule


FILTERED = {
    "a group of populations": (Filters(population=("human",)), {"human"}),
    "a population": (Filters(population=("mouse",)), {"mouse"}),
    "an exposure group": (Filters(exposure=("leaf",)), {"human", "mouse"}),
    "years": (Filters(years=(2021, None)), {"mouse"}),
    "the years' ends count": (Filters(years=(2020, 2020)), {"human"}),
    "included": (Filters(included_only=True), {"human"}),
    "nothing fits": (Filters(exposure=("mitragynine",)), set()),
}


@pytest.mark.parametrize("name", FILTERED)
def test_filters_choose_the_reports(name: str) -> None:
    filters, expected = FILTERED[name]
    tags = {"study_design": {"cohort"}, "outcome": {"death"}, "exposure": {"extract"}}
    people = report("P1", tags=tags | {"population": {"human_healthy"}}, included=True)
    mice = report("P2", tags=tags | {"population": {"mouse"}}, year=2021)
    cell = build(people, mice, filters=filters).cell("death", "cohort")
    names = {"P1": "human", "P2": "mouse"}
    assert {names[r] for r in cell.confirmed_reports} == expected


def test_a_report_without_a_year_is_in_no_range_of_years() -> None:
    tags = {"study_design": {"cohort"}, "outcome": {"death"}}
    found = build(report(tags=tags, year=None), filters=Filters(years=(1900, None)))
    assert filled(found) == {}


def test_a_filter_asks_each_finding_for_its_own_population() -> None:
    both = (
        finding("death", "animal_in_vivo", "mouse"),
        finding("sleep_quality", "cohort", "human_healthy"),
    )
    found = build(report(findings=both), filters=Filters(population=("human",)))
    assert filled(found) == {("sleep_quality", "cohort"): (1, 0)}


def test_a_filter_met_by_a_suggestion_alone_leaves_the_cell_suggested() -> None:
    facts = report(
        tags={"study_design": {"cohort"}, "outcome": {"death"}},
        suggested={"population": ("mouse",)},
    )
    assert filled(build(facts)) == {("death", "cohort"): (1, 0)}
    assert filled(build(facts, filters=Filters(population=("animal",)))) == {
        ("death", "cohort"): (0, 1)
    }


def test_what_is_not_coded_is_listed() -> None:
    found = build(report("P1"), report("P2", tags={"outcome": {"death"}}))
    assert found.uncoded == ("P1", "P2")


def test_values_the_codebook_no_longer_has_are_shown_last() -> None:
    found = build(report(tags={"study_design": {"cohort"}, "outcome": {"old_value"}}))
    assert found.rows[-1] == "old_value" and found.cell("old_value", "cohort").confirmed == 1


def test_the_table_lists_what_the_map_counts() -> None:
    tags = {"study_design": {"cohort"}, "outcome": {"death"}}
    facts = [report("P1", tags=tags), report("P2", tags=tags, retracted=True)]
    rows = matrix.table(facts, CODEBOOK, "outcome", "study_design", Filters())
    assert [(r.report, r.row, r.column, r.status) for r in rows] == [
        ("P1", "death", "cohort", EvidenceStatus.CONFIRMED),
        ("P2", "death", "cohort", EvidenceStatus.RETRACTED),
    ]


def test_the_best_suggestion_is_a_persons_then_the_best_ranked_then_the_most_trusted() -> None:
    triggers = ("cohort", 0.9, 1, "codebook triggers")
    openalex = ("rct_parallel", 0.9, 1, "OpenAlex study_designs")
    second = ("case_report", 0.9, 2, "OpenAlex study_designs")
    person = ("in_vitro", 0.5, 3, "library coding, one reader")
    assert best_first([triggers, second], many=False) == ("cohort",)
    assert best_first([triggers, openalex, second], many=False) == ("rct_parallel",)
    assert best_first([triggers, openalex, second, person], many=False) == ("in_vitro",)
    assert set(best_first([triggers, openalex], many=True)) == {"cohort", "rct_parallel"}
