"""The frame of the question: what counts by default, and what is counted apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from review.gaps import matrix
from review.gaps.column_groups import by_class
from review.gaps.filters import Filters
from review.gaps.model import Matrix, ReportEvidence
from tests.gaps.test_matrix import CODEBOOK, finding, report

FRAME = ("extract", "mitragynine")
OUTSIDE = "none_pain_sleep"


def mapped(*facts: ReportEvidence, filters: Filters | None = None) -> Matrix:
    return matrix.build(
        facts, CODEBOOK, "outcome", "study_design", filters or Filters(),
        lambda _row, _column: True, None, FRAME,
    )  # fmt: skip


def paper(id_: str, *exposures: str) -> ReportEvidence:
    tags = {"outcome": {"sleep_quality"}, "study_design": {"cohort"}, "exposure": set(exposures)}
    return report(id_, tags={name: values for name, values in tags.items() if values})


def test_a_paper_on_something_else_is_counted_apart_in_its_cell_and_in_all() -> None:
    found = mapped(paper("P1", "extract"), paper("P2", OUTSIDE))
    cell = found.cell("sleep_quality", "cohort")
    assert (cell.confirmed_reports, cell.outside_reports) == (("P1",), ("P2",))
    assert (found.confirmed_total, found.outside) == (1, ("P2",))


def test_it_is_one_choice_away() -> None:
    found = mapped(paper("P1", "extract"), paper("P2", OUTSIDE), filters=Filters(beyond_frame=True))
    assert found.confirmed_total == 2 and found.outside == ()
    named = mapped(paper("P1", "extract"), paper("P2", OUTSIDE), filters=Filters((), (OUTSIDE,)))
    assert named.cell("sleep_quality", "cohort").confirmed_reports == ("P2",)


def test_a_paper_of_which_nobody_said_what_it_is_on_is_counted_and_named() -> None:
    found = mapped(paper("P1"))
    assert found.confirmed_total == 1 and found.frame_unknown == ("P1",)


def test_a_finding_on_something_else_fills_no_cell_of_a_paper_within_the_frame() -> None:
    one = report(
        "P1",
        tags={
            "exposure": {"extract", OUTSIDE}, "outcome": {"sleep_quality", "pain_intensity"},
            "study_design": {"cohort"},
        },
        findings=(
            finding("sleep_quality", "cohort"),
            finding("pain_intensity", "cohort", exposure=OUTSIDE),
        ),
    )  # fmt: skip
    found = mapped(one)
    assert found.cell("sleep_quality", "cohort").confirmed == 1
    assert found.cell("pain_intensity", "cohort").confirmed == 0


@given(st.lists(st.sets(st.sampled_from(["extract", "mitragynine", OUTSIDE])), max_size=12))
def test_with_and_without_the_frame_the_same_papers_are_accounted_for(
    exposures: list[set[str]],
) -> None:
    papers = [paper(f"P{n}", *some) for n, some in enumerate(exposures)]
    framed, whole = mapped(*papers), mapped(*papers, filters=Filters(beyond_frame=True))
    cell, every = (m.cell("sleep_quality", "cohort") for m in (framed, whole))
    assert sorted((*cell.confirmed_reports, *cell.outside_reports)) == sorted(
        every.confirmed_reports
    )
    joined = by_class(framed, [], {"all": framed.columns})
    assert joined.cell("sleep_quality", "class:all").outside_reports == cell.outside_reports
