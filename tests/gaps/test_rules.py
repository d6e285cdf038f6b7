"""Why a row of the map is a gap."""

from __future__ import annotations

import pytest

from review.gaps.model import Filters, Gap, ReportEvidence
from tests.gaps.test_matrix import build, report


def papers(*designs: str | tuple[str, int], retracted: bool = False) -> list[ReportEvidence]:
    """One confirmed report on death a design, published in 2020 unless a year is given."""
    found = []
    for n, design in enumerate(designs):
        name, year = design if isinstance(design, tuple) else (design, 2020)
        tags = {"study_design": {name}, "outcome": {"death"}}
        found.append(report(f"P{n}", tags=tags, year=year, retracted=retracted))
    return found


ROWS: dict[str, tuple[list[ReportEvidence], Gap | None]] = {
    "no report": ([], Gap.SEARCHED_NONE),
    "reviews alone": (papers("systematic_review"), Gap.REVIEWS_ONLY),
    "a form alone": (papers("thesis"), Gap.FORMS_ONLY),
    "retracted": (papers("rct_parallel", retracted=True), Gap.RETRACTED),
    "mice": (papers("animal_in_vivo", "in_vitro"), Gap.MECHANISM_ONLY),
    "people without a control": (papers("animal_in_vivo", "cohort"), Gap.UNCONTROLLED_ONLY),
    "one trial": (papers("rct_parallel", "cohort", "meta_analysis"), Gap.ONE_CONTROLLED),
    "trials without a review": (papers("rct_parallel", "rct_crossover"), Gap.SYNTHESIS_MISSING),
    "an old review": (
        papers("rct_parallel", "rct_crossover", ("meta_analysis", 2015)),
        Gap.OUTDATED,
    ),
    "a review not so old": (papers("rct_parallel", "rct_crossover", ("meta_analysis", 2016)), None),
    "one old, one new review": (
        papers("rct_parallel", "rct_parallel", ("meta_analysis", 2001), ("scoping_review", 2019)),
        None,
    ),
    "products": (papers("analytical_chemistry"), Gap.SYNTHESIS_MISSING),
    "products, reviewed": (papers("analytical_chemistry", "systematic_review"), None),
}


@pytest.mark.parametrize("name", ROWS)
def test_the_weakest_point_of_a_row_names_its_gap(name: str) -> None:
    facts, expected = ROWS[name]
    gap, rule = build(*facts).row_gaps.get("death", (None, ""))
    assert gap is expected
    assert bool(rule) == (expected is not None)


def test_the_gap_of_a_row_does_not_hang_on_the_columns_shown() -> None:
    facts = papers("rct_parallel", "cohort")
    by_design = build(*facts).row_gaps["death"]
    assert build(*facts, columns="region").row_gaps["death"] == by_design


def test_the_rule_says_how_many_studies_are_only_suggested() -> None:
    suggested = {"study_design": ("cohort",), "outcome": ("death",)}
    gap, rule = build(*papers("cohort"), report("P9", suggested=suggested)).row_gaps["death"]
    assert gap is Gap.UNCONTROLLED_ONLY
    assert "2 studies, 1 only suggested" in rule


def test_an_empty_row_was_searched_or_not() -> None:
    assert build(searched=False).row_gaps["death"][0] is Gap.NOT_SEARCHED


def test_two_reports_of_one_trial_are_one_trial() -> None:
    tags = {"study_design": {"rct_parallel"}, "outcome": {"death"}}
    facts = [report(f"P{n}", study="S1", tags=tags) for n in (1, 2)]
    assert build(*facts).row_gaps["death"][0] is Gap.ONE_CONTROLLED


def test_none_among_the_included_is_not_said_while_reports_await_a_decision() -> None:
    only = Filters(included_only=True)
    waiting, done = papers("cohort"), [report("P8", included=True)]
    found = build(*waiting, *done, filters=only)
    cell = found.cell("death", "cohort")
    assert cell.gap is found.row_gaps["death"][0] is Gap.UNDECIDED
    assert "1 report is not decided on yet" in cell.rule
    assert build(*done, filters=only).cell("death", "cohort").gap is Gap.SEARCHED_NONE
    assert build(*waiting, filters=only, searched=False).row_gaps["death"][0] is Gap.NOT_SEARCHED


def test_none_says_how_many_reports_nobody_has_coded_for_it() -> None:
    found = build(report("P1"), report("P2"), *papers("cohort"))
    rule = found.cell("death", "rct_parallel").rule
    assert "no study is coded; 2 reports are not coded for it yet" in rule
    assert found.cell("death", "cohort").rule == ""


def test_a_row_that_holds_something_is_never_called_none() -> None:
    for designs in (("systematic_review",), ("thesis",)):
        gap, rule = build(*papers(*designs)).row_gaps["death"]
        assert "none" not in gap and "(1 study)" in rule
