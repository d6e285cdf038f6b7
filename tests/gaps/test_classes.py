"""Columns taken together by group: studies are counted once, and nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from review.gaps import matrix as matrices
from review.gaps.column_groups import CLASS, by_class
from review.gaps.filters import Filters
from review.gaps.model import EvidenceStatus, Gap, Matrix, ReportEvidence
from tests.reviews import shipped_protocol

BOOK = shipped_protocol().codebook
DESIGNS = BOOK.dimension("study_design")
GROUPS = {name: [v.id for v in members] for name, members in DESIGNS.groups.items()}
OUTCOMES = ["pain_intensity", "sleep_quality", "death", "prevalence"]
NAMES = ["cohort", "case_report", "rct_parallel", "systematic_review", "thesis"]


def facts(
    report: str, study: str, designs: set[str], outcomes: set[str], sure: bool
) -> ReportEvidence:
    values = {"study_design": designs, "outcome": outcomes}
    if sure:
        return ReportEvidence(report, study, tags={n: frozenset(v) for n, v in values.items()})
    return ReportEvidence(report, study, suggested={n: tuple(sorted(v)) for n, v in values.items()})


def joined(found: list[ReportEvidence], searched: bool = True) -> tuple[Matrix, Matrix]:
    """The map of some reports, with every column and with columns by group."""
    axes = ("outcome", "study_design")
    full = matrices.build(found, BOOK, *axes, Filters(), lambda r, c: searched)
    placed = matrices.table(found, BOOK, *axes, Filters())
    return full, by_class(full, placed, GROUPS)


def test_every_cell_is_there_and_empty_ones_say_why() -> None:
    _, shown = joined([], searched=False)
    assert len(shown.cells) == len(shown.rows) * (len(GROUPS) - 1)  # publication forms have none
    assert {cell.gap for cell in shown.cells if cell.applicable} == {Gap.NOT_SEARCHED}
    assert {cell.gap for cell in shown.cells if not cell.applicable} == {None}
    assert all(cell.rule for cell in shown.cells)


def test_a_joined_column_is_not_applicable_where_none_of_its_columns_is() -> None:
    full, shown = joined([])
    assert not shown.cell("alkaloid_content", CLASS + "trial").applicable
    both = by_class(full, [], {"both": ["cohort", "rct_parallel"]})
    cell = both.cell("prevalence", CLASS + "both")
    assert cell.applicable and cell.gap is Gap.SEARCHED_NONE  # no trials, but cohorts
    _, filled = joined([facts("P1", "S1", {"rct_parallel"}, {"alkaloid_content"}, sure=True)])
    cell = filled.cell("alkaloid_content", CLASS + "trial")
    assert (cell.confirmed, cell.gap, cell.applicable, cell.rule) == (1, None, True, "")


def test_a_study_in_two_columns_of_a_group_counts_once_there() -> None:
    two = [
        facts("P1", "S1", {"cohort"}, {"death"}, sure=True),
        facts("P2", "S1", {"case_report"}, {"death"}, sure=True),
    ]
    _, shown = joined(two)
    cell = shown.cell("death", CLASS + "observational")
    assert cell.confirmed == 1
    assert cell.confirmed_reports == ("P1", "P2")
    assert cell.gap is None


def test_a_study_confirmed_in_one_column_is_not_suggested_too() -> None:
    two = [
        facts("P1", "S1", {"cohort"}, {"death"}, sure=True),
        facts("P2", "S1", {"case_report"}, {"death"}, sure=False),
    ]
    _, shown = joined(two)
    cell = shown.cell("death", CLASS + "observational")
    assert (cell.confirmed, cell.suggested) == (1, 0)


def test_columns_outside_the_groups_stay() -> None:
    full, _ = joined([])
    shown = by_class(full, [], {"review": GROUPS["review"]})
    assert CLASS + "review" in shown.columns
    assert "cohort" in shown.columns
    assert "narrative_review" not in shown.columns


report = st.builds(
    facts,
    report=st.from_regex(r"P[0-9]{2}", fullmatch=True),
    study=st.sampled_from(["S1", "S2", "S3", "S4"]),
    designs=st.sets(st.sampled_from(NAMES), max_size=2),
    outcomes=st.sets(st.sampled_from(OUTCOMES), max_size=2),
    sure=st.booleans(),
)


@given(st.lists(report, max_size=8, unique_by=lambda f: f.id))
def test_the_studies_of_a_joined_cell_are_those_of_its_columns(found: list[ReportEvidence]) -> None:
    _, shown = joined(found)
    placed = matrices.table(found, BOOK, "outcome", "study_design", Filters())
    home = {column: CLASS + name for name, columns in GROUPS.items() for column in columns}
    for cell in shown.cells:
        here = [p for p in placed if (p.row, home[p.column]) == (cell.row, cell.column)]
        sure = {p.study for p in here if p.status is EvidenceStatus.CONFIRMED}
        open_ = {p.study for p in here if p.status is EvidenceStatus.SUGGESTED}
        assert cell.confirmed == len(sure)
        assert cell.suggested == len(open_ - sure)
        filled = bool(cell.confirmed or cell.suggested)
        assert (cell.gap is None) == (filled or not cell.applicable)
        assert bool(cell.rule) != filled
