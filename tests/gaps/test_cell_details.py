"""What stands in a cell beyond how much: kinds of evidence, strength, directions, open pairings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from review.gaps import matrix, narrowing
from review.gaps.cell_details import (
    Details,
    Kind,
    Place,
    Towards,
    details,
    kind_of,
)
from review.gaps.column_groups import CLASS, by_class
from review.gaps.filters import Filters
from review.gaps.model import ReportEvidence
from review.model import Direction
from review.ui.gap_map.drawn import joined
from tests.gaps.test_map_and_list import Case, cases
from tests.gaps.test_matrix import CODEBOOK, finding, report

OUTCOME_BY_EXPOSURE = ("outcome", "exposure")
PAIN = ("pain_intensity", "extract")


def inside(*facts: ReportEvidence, rows: str, columns: str) -> dict[Place, Details]:
    found = matrix.build(facts, CODEBOOK, rows, columns, Filters(), lambda r, c: True)
    return details(found, facts, CODEBOOK, narrowing.wanted(Filters(), CODEBOOK))


@pytest.mark.parametrize(
    ("design", "kind"),
    [
        ("rct_parallel", Kind.CONTROLLED),
        ("case_report", Kind.UNCONTROLLED),
        ("animal_in_vivo", Kind.ANIMAL),
        ("in_vitro", Kind.IN_VITRO),
        ("in_silico", Kind.IN_VITRO),
        ("market_survey", Kind.PRODUCT),
        ("meta_analysis", Kind.REVIEW),
        ("news", Kind.UNKNOWN),
    ],
)
def test_a_design_is_of_one_kind(design: str, kind: Kind) -> None:
    assert kind_of(CODEBOOK.dimension("study_design").value(design)) is kind


@pytest.mark.parametrize(
    ("designs", "strength"),
    [
        (["rct_parallel", "rct_crossover"], 4),
        (["rct_parallel", "cohort", "meta_analysis"], 3),
        (["cohort", "animal_in_vivo"], 2),
        (["in_vitro"], 1),
        (["market_survey"], 1),
        (["meta_analysis"], 0),
    ],
)
def test_the_strength_of_a_cell_follows_the_rule_of_the_levels(
    designs: list[str], strength: int
) -> None:
    facts = [
        replace(report(findings=(finding("pain_intensity", d),)), id=f"P{n}", study=f"S{n}")
        for n, d in enumerate(designs)
    ]
    found = inside(*facts, rows="outcome", columns="exposure")[PAIN]
    assert found.strength == strength
    assert sum(found.kinds.values()) == len(designs)


def test_a_kind_is_that_of_the_finding_in_the_cell() -> None:
    """One report tested pain in people against a control, and death in animals."""
    both = (finding("pain_intensity"), finding("death", "animal_in_vivo", "mouse"))
    found = inside(report(findings=both), rows="outcome", columns="exposure")
    assert found[PAIN].kind is Kind.CONTROLLED
    assert found["death", "extract"].kind is Kind.ANIMAL


def test_a_study_points_one_way_or_is_mixed() -> None:
    def said(n: int, study: str, *ways: Direction) -> ReportEvidence:
        found = tuple(replace(finding("pain_intensity"), direction=way) for way in ways)
        return replace(report(findings=found), id=f"P{n}", study=study)

    tagged = report(tags={
        "outcome": {"pain_intensity"}, "exposure": {"extract"}, "study_design": {"cohort"},
    })  # fmt: skip
    facts = [
        said(1, "S1", Direction.BETTER),
        said(2, "S2", Direction.BETTER, Direction.NOT_STATED),
        said(3, "S3", Direction.WORSE),
        said(4, "S4", Direction.NO_DIFFERENCE),
        said(5, "S5", Direction.BETTER),
        said(6, "S5", Direction.WORSE),  # the same study in another report
        said(7, "S7", Direction.NOT_STATED),
        replace(tagged, id="P8", study="S8"),
    ]
    found = inside(*facts, rows="outcome", columns="exposure")[PAIN]
    assert found.directions == {
        Towards.BETTER: 2, Towards.NONE: 1, Towards.WORSE: 1, Towards.MIXED: 1,
        Towards.NOT_STATED: 2,
    }  # fmt: skip


def test_where_nobody_said_what_belongs_together_the_cells_say_so_and_count_nothing() -> None:
    tags = {
        "outcome": {"pain_intensity", "death"}, "exposure": {"extract", "mitragynine"},
        "study_design": {"cohort"},
    }  # fmt: skip
    facts = (report(tags=tags),)
    found = matrix.build(facts, CODEBOOK, *OUTCOME_BY_EXPOSURE, Filters(), lambda r, c: True)
    looked = inside(*facts, rows="outcome", columns="exposure")
    there = {(o, e) for o in ("pain_intensity", "death") for e in ("extract", "mitragynine")}
    assert {place for place, one in looked.items() if one.unpaired_reports} == there
    assert all(found.cell(*place).confirmed == 0 for place in there)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_kinds_and_directions_add_up_to_the_studies_of_the_cell(case: Case) -> None:
    found, placed = case.map()
    want = narrowing.wanted(case.filters, case.book, case.frame)
    left = narrowing.apply(case.facts, want)
    groups = {name: [v.id for v in those] for name, those in
              case.book.dimension(case.rows).groups.items() if name}  # fmt: skip
    columns = joined(case.book.dimension(case.columns), grouped=True)
    for shown in (found, by_class(found, placed, columns, groups)):
        looked = details(shown, left, case.book, want)
        for cell in shown.cells:
            one = looked.get((cell.row, cell.column), Details())
            assert sum(one.kinds.values()) == (cell.confirmed or cell.suggested)
            assert sum(one.directions.values()) == cell.confirmed
            standing = {*cell.confirmed_reports, *cell.suggested_reports}
            # A group's cell may hold a report by one value and not by another.
            if not cell.row.startswith(CLASS) and not cell.column.startswith(CLASS):
                assert not standing & set(one.unpaired_reports)
        waiting = {r for one in looked.values() for r in one.unpaired_reports}
        assert waiting <= {*found.needs_pairing, *found.unpaired_suggested}


@given(cases())
@settings(max_examples=60, deadline=None)
def test_folded_rows_count_each_study_once(case: Case) -> None:
    found, placed = case.map()
    groups = {name: [v.id for v in those] for name, those in
              case.book.dimension(case.rows).groups.items() if name}  # fmt: skip
    shown = by_class(found, placed, {}, groups)
    for cell in shown.cells:
        rows = groups.get(cell.row.removeprefix(CLASS), [cell.row])
        parts = [found.cell(row, cell.column) for row in rows if row in found.rows]
        sure = case.studies(r for part in parts for r in part.confirmed_reports)
        assert cell.confirmed == len(sure)
    assert shown.confirmed_total == found.confirmed_total
    assert shown.column_totals == found.column_totals
    rows = {row for row in shown.rows if row.startswith(CLASS)}
    for row in rows:
        here = {p.study for p in placed if p.row in groups[row.removeprefix(CLASS)]
                and p.status == "confirmed"}  # fmt: skip
        assert shown.row_totals[row].confirmed == len(here)
