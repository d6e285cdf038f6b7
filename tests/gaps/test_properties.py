"""What holds of every map, whatever was coded."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from review.gaps import matrix
from review.gaps.claims import ClaimAssessor
from review.gaps.filters import Filters, expand
from review.gaps.model import EvidenceStatus, Matrix, ReportEvidence, TableRow
from review.gaps.placements import Placements
from review.model import Finding
from tests.gaps.test_matrix import CODEBOOK
from tests.reviews import shipped_protocol

VALUES = {
    "outcome": ("sleep_quality", "pain_intensity", "death", "opioid_receptor", "prevalence"),
    "study_design": ("rct_parallel", "cohort", "animal_in_vivo", "systematic_review", "thesis"),
    "population": ("human_chronic_pain", "human_healthy", "mouse"),
    "exposure": ("extract", "mitragynine", "none_pain_sleep"),
}
"""Few values of each dimension, so that reports meet in cells."""

DIMENSIONS = tuple(VALUES)
FRAME = ("extract", "mitragynine")
WITHOUT_KINDS = CODEBOOK.model_copy(
    update={
        "dimensions": tuple(
            d.model_copy(
                update={"values": tuple(v.model_copy(update={"kinds": None}) for v in d.values)}
            )
            for d in CODEBOOK.dimensions
        )
    }
)
"""The same codebook where everything can have every kind of evidence."""

SINGLE = {d.id for d in CODEBOOK.dimensions if not d.many}


some_examples = settings(max_examples=25, deadline=None)
"""A map has thousands of cells, and each test looks at all of them."""


def some(dimension: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(VALUES[dimension]), max_size=2)


def offers(dimension: str) -> st.SearchStrategy[tuple[str, ...]]:
    most = 1 if dimension in SINGLE else 3
    return st.lists(st.sampled_from(VALUES[dimension]), max_size=most, unique=True).map(tuple)


findings = st.builds(
    Finding,
    report=st.just("P"),
    **{name: st.sampled_from(VALUES[name]) for name in DIMENSIONS},
)


@st.composite
def reviews(draw: st.DrawFn) -> list[ReportEvidence]:
    """Up to eight reports of up to four studies."""
    return [
        ReportEvidence(
            id=f"P{n}",
            study=f"S{draw(st.integers(0, 3))}",
            year=draw(st.sampled_from([None, 2010, 2020])),
            included=draw(st.booleans()),
            retracted=draw(st.integers(0, 9)) == 0,
            tags={name: values for name in DIMENSIONS if (values := draw(some(name)))},
            findings=tuple(draw(st.lists(findings, max_size=2))),
            suggested={name: values for name in DIMENSIONS if (values := draw(offers(name)))},
        )
        for n in range(draw(st.integers(0, 8)))
    ]


filters = st.builds(
    Filters,
    population=st.sampled_from([(), ("human",), ("mouse",), ("human_healthy", "animal")]),
    exposure=st.sampled_from([(), ("leaf",), ("mitragynine",)]),
    years=st.sampled_from([(None, None), (2015, None), (None, 2015), (2010, 2020)]),
    included_only=st.booleans(),
)
axes = st.permutations(DIMENSIONS).map(lambda names: (names[0], names[1]))


def build(facts: list[ReportEvidence], rows: str, columns: str, chosen: Filters) -> Matrix:
    return matrix.build(facts, CODEBOOK, rows, columns, chosen, lambda r, c: True)


def studies(
    table: list[TableRow], status: EvidenceStatus, cell: tuple[str, str] | None = None
) -> int:
    """Studies that stand so, in one cell or in all."""
    return len(
        {
            r.study
            for r in table
            if r.status is status and (cell is None or (r.row, r.column) == cell)
        }
    )


@given(reviews(), axes, filters)
@some_examples
def test_every_number_of_the_map_can_be_worked_out_from_the_table(
    facts: list[ReportEvidence], axis: tuple[str, str], chosen: Filters
) -> None:
    found = build(facts, *axis, chosen)
    table = matrix.table(facts, CODEBOOK, *axis, chosen)
    for cell in found.cells:
        key = (cell.row, cell.column)
        assert cell.confirmed == studies(table, EvidenceStatus.CONFIRMED, key)
        assert cell.suggested == studies(table, EvidenceStatus.SUGGESTED, key)
    assert found.confirmed_total == studies(table, EvidenceStatus.CONFIRMED)
    assert found.suggested_total == studies(table, EvidenceStatus.SUGGESTED)
    keys = {(cell.row, cell.column) for cell in found.cells}
    assert {(r.row, r.column) for r in table} <= keys


@given(reviews(), axes, filters)
@some_examples
def test_every_cell_is_there_and_says_why_it_is_empty(
    facts: list[ReportEvidence], axis: tuple[str, str], chosen: Filters
) -> None:
    found = build(facts, *axis, chosen)
    assert len(found.cells) == len(found.rows) * len(found.columns)
    for cell in found.cells:
        empty = cell.confirmed + cell.suggested == 0
        assert (cell.gap is not None) == (empty and cell.applicable)
        assert empty == bool(cell.rule)


@given(reviews(), axes, filters)
@some_examples
def test_what_the_codebook_rules_out_changes_no_count_and_is_no_gap(
    facts: list[ReportEvidence], axis: tuple[str, str], chosen: Filters
) -> None:
    found = build(facts, *axis, chosen)
    every = matrix.build(facts, WITHOUT_KINDS, *axis, chosen, lambda r, c: True)
    for cell, before in zip(found.cells, every.cells, strict=True):
        assert before.applicable
        if cell.applicable:
            assert cell == before
        else:
            assert cell == replace(before, gap=None, rule=cell.rule, applicable=False)
            assert before.gap is not None
    assert set(found.row_gaps) <= set(every.row_gaps)
    assert (found.confirmed_total, found.suggested_total) == (
        every.confirmed_total,
        every.suggested_total,
    )


@given(reviews(), axes, filters)
@some_examples
def test_no_study_is_confirmed_and_suggested_in_one_cell(
    facts: list[ReportEvidence], axis: tuple[str, str], chosen: Filters
) -> None:
    table = matrix.table(facts, CODEBOOK, *axis, chosen)
    sure = {(r.study, r.row, r.column) for r in table if r.status is EvidenceStatus.CONFIRMED}
    open_ = {(r.study, r.row, r.column) for r in table if r.status is EvidenceStatus.SUGGESTED}
    assert not sure & open_


@given(reviews(), axes, filters)
@some_examples
def test_turning_the_map_turns_its_cells(
    facts: list[ReportEvidence], axis: tuple[str, str], chosen: Filters
) -> None:
    there = build(facts, *axis, chosen)
    back = build(facts, axis[1], axis[0], chosen)
    assert all(
        (c.confirmed_reports, c.suggested_reports)
        == (
            back.cell(c.column, c.row).confirmed_reports,
            back.cell(c.column, c.row).suggested_reports,
        )
        for c in there.cells
    )


@given(reviews(), axes, filters)
@some_examples
def test_a_filter_confirms_nothing_new(
    facts: list[ReportEvidence], axis: tuple[str, str], chosen: Filters
) -> None:
    def confirmed(by: Filters) -> set[tuple[str, str, str]]:
        table = matrix.table(facts, CODEBOOK, *axis, by)
        return {(r.report, r.row, r.column) for r in table if r.status is EvidenceStatus.CONFIRMED}

    assert confirmed(chosen) <= confirmed(Filters())


@given(reviews())
@some_examples
def test_open_suggestions_never_lower_a_level(facts: list[ReportEvidence]) -> None:
    judge = ClaimAssessor(CODEBOOK, facts)
    for claim in shipped_protocol().claims:
        state = judge.judge(claim)
        assert (state.level is None) == (not claim.testable)
        if state.level is not None and state.suggested_level is not None:
            assert 0 <= state.level <= state.suggested_level <= 4
        assert not set(state.reports) & set(state.suggested_reports)


@given(reviews(), st.sampled_from(VALUES["population"]))
@some_examples
def test_a_group_is_the_union_of_its_values(facts: list[ReportEvidence], value: str) -> None:
    group = CODEBOOK.dimension("population").value(value).group
    values = tuple(expand(CODEBOOK, "population", (group,)))
    by_group = build(facts, "outcome", "study_design", Filters(population=(group,)))
    by_values = build(facts, "outcome", "study_design", Filters(population=values))
    assert by_group.cells == by_values.cells


@given(st.lists(reviews(), min_size=2, max_size=5), axes, filters, st.data())
@some_examples
def test_a_map_kept_up_as_evidence_changes_is_the_map_made_anew(
    states: list[list[ReportEvidence]], axis: tuple[str, str], chosen: Filters, data: st.DataObject
) -> None:
    kept = Placements()
    now: dict[str, ReportEvidence] = {}
    for state in states:
        left = data.draw(st.sets(st.sampled_from(sorted(now)))) if now else set()
        now = {id_: now[id_] for id_ in sorted(left)}
        now |= {one.id: one for one in state if one.id not in left}
        facts = [now[id_] for id_ in sorted(now)]
        followed = matrix.build_with_table(
            facts, CODEBOOK, *axis, chosen, lambda r, c: True, frame=FRAME, before=kept
        )
        anew = matrix.build_with_table(
            facts, CODEBOOK, *axis, chosen, lambda r, c: True, frame=FRAME
        )
        assert followed == anew
