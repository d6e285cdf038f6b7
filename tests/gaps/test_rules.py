"""Why a row of the map is a gap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.gaps import gap_rules, matrix
from review.gaps.filters import Filters
from review.gaps.model import EvidenceStatus, Gap, ReportEvidence
from review.protocol.codebook import KINDS
from tests.gaps.test_matrix import CODEBOOK, build, report


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


# ---- what there cannot be ---------------------------------------------------------------------


def kept(kinds: str, *designs: str | tuple[str, int], searched: bool = True) -> Gap | None:
    """The gap of a row that can have these kinds of evidence alone."""
    evidence = gap_rules.RowEvidence()
    of = {v.id: v.evidence or "none" for v in CODEBOOK.dimension("study_design").values}
    for n, design in enumerate(designs):
        name, year = design if isinstance(design, tuple) else (design, 2020)
        evidence.add(EvidenceStatus.CONFIRMED, of[name], [f"S{n}"], [year])
    found = gap_rules.row_gap(evidence, gap_rules.Looked(searched), kinds.split())
    return found[0] if found else None


def test_products_that_are_only_analysed_lack_no_people() -> None:
    product = "product synthesis"
    assert kept(product, "analytical_chemistry", "systematic_review") is None
    assert kept(product, "analytical_chemistry") is Gap.SYNTHESIS_MISSING
    assert kept(product) is Gap.SEARCHED_NONE
    assert kept(product, searched=False) is Gap.NOT_SEARCHED
    for stray in ("in_vitro", "cohort", "rct_parallel"):  # coded all the same
        assert kept(product, stray, "systematic_review") is None


def test_animal_tests_lack_no_people() -> None:
    animal = "mechanism synthesis"
    assert kept(animal, "animal_in_vivo", "systematic_review") is None
    assert kept(animal, "animal_in_vivo") is Gap.SYNTHESIS_MISSING
    assert kept(animal, "animal_in_vivo", ("systematic_review", 2010)) is Gap.OUTDATED


def test_what_can_only_be_counted_lacks_no_control() -> None:
    counted = "uncontrolled synthesis"
    assert kept(counted, "cross_sectional_survey", "systematic_review") is None
    assert kept(counted, "animal_in_vivo") is Gap.MECHANISM_ONLY  # people could still be asked


def test_what_is_never_reviewed_lacks_no_review() -> None:
    assert kept("uncontrolled", "cohort") is None
    assert kept("uncontrolled", "cohort", ("systematic_review", 2001)) is None
    assert kept("synthesis", "systematic_review") is None


ALL = st.frozensets(st.sampled_from(KINDS))


@given(ALL, ALL)
def test_whether_two_can_meet_hangs_on_neither_side(
    one: frozenset[str], two: frozenset[str]
) -> None:
    assert gap_rules.possible(one, two) == gap_rules.possible(two, one)
    assert gap_rules.possible(one, KINDS) == bool(one)
    if gap_rules.possible(one, two):
        assert one & two


@given(st.frozensets(st.sampled_from(KINDS), min_size=1), st.data())
def test_a_row_that_can_have_less_is_no_gap_that_it_was_not_before(
    kinds: frozenset[str], data: st.DataObject
) -> None:
    designs = ("rct_parallel", "rct_crossover", "cohort", "in_vitro", "market_survey",
               "systematic_review", "thesis")  # fmt: skip
    coded = data.draw(st.lists(st.sampled_from(designs), max_size=4))
    gap, whole = kept(" ".join(kinds), *coded), kept(" ".join(KINDS), *coded)
    if whole is None:
        assert gap is None
    if gap in (Gap.ONE_CONTROLLED, Gap.UNCONTROLLED_ONLY):
        assert "controlled" in kinds
    if gap is Gap.MECHANISM_ONLY:
        assert kinds & {"controlled", "uncontrolled"}
    if gap is Gap.SYNTHESIS_MISSING:
        assert "synthesis" in kinds


def test_a_cell_without_possible_evidence_is_not_applicable_and_no_gap() -> None:
    for searched in (True, False):
        found = build(searched=searched)
        cell = found.cell("alkaloid_content", "rct_parallel")
        assert (cell.applicable, cell.gap, cell.rule) == (False, None, gap_rules.NOT_APPLICABLE)
        assert found.not_applicable == sum(not c.applicable for c in found.cells) > 0
        assert found.cell("alkaloid_content", "analytical_chemistry").gap is not None
    turned = build(rows="study_design", columns="outcome")
    assert not turned.cell("rct_parallel", "alkaloid_content").applicable
    across = build(columns="population")
    assert not across.cell("prevalence", "mouse").applicable
    assert across.cell("prevalence", "human_general_population").applicable


def test_publication_forms_may_be_of_anything() -> None:
    found = build(filters=Filters(forms=True))
    assert found.cell("alkaloid_content", "news").applicable


def test_what_is_there_wins_over_what_the_codebook_says() -> None:
    tags = {"study_design": {"rct_parallel"}, "outcome": {"alkaloid_content"}}
    cell = build(report(tags=tags)).cell("alkaloid_content", "rct_parallel")
    assert (cell.confirmed_reports, cell.applicable, cell.gap) == (("P1",), True, None)
    gone = build(report(tags=tags, retracted=True)).cell("alkaloid_content", "rct_parallel")
    assert (gone.retracted_reports, gone.applicable, gone.gap) == (("P1",), False, None)


def test_a_row_is_searched_by_what_it_can_have() -> None:
    def trials(row: str, column: str) -> bool:
        return column == "rct_parallel"

    gaps = matrix.build((), CODEBOOK, "outcome", "study_design", Filters(), trials).row_gaps
    assert gaps["alkaloid_content"][0] is Gap.NOT_SEARCHED
    assert gaps["death"][0] is Gap.SEARCHED_NONE


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
