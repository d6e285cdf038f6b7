"""The map, its list of gaps and its totals say the same of any two dimensions, whatever is coded.

Over made-up codebooks, so that no value or dimension of the shipped one is taken for granted.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from review.gaps import service
from review.gaps.column_groups import by_class
from review.gaps.filters import Filters
from review.gaps.gap_list import gap_list
from review.gaps.matrix import build_with_table
from review.gaps.model import EvidenceStatus, Gap, Matrix, ReportEvidence, TableRow
from review.model import Finding
from review.protocol.codebook import KINDS, Codebook, Dimension, Value
from review.spreadsheet import read_csv
from review.ui.gap_map import map_sentences
from review.ui.gap_map.drawn import joined

FOUND_BY = ("outcome", "exposure", "population", "study_design")
NAMES = (*FOUND_BY, "region")
"""All dimensions; a finding pairs those of `FOUND_BY`."""

EMPTY = {Gap.NOT_SEARCHED, Gap.SEARCHED_NONE, Gap.UNDECIDED, Gap.RETRACTED}
"""Gaps of a place where no study counts."""

STRENGTH = (
    "not searched",
    "searched and none",
    "searched, not all screened",
    "retracted",
    "no study design stated",
    "reviews, no primary study",
    "mechanism or animal only",
    "uncontrolled human only",
    "one small controlled study",
    "synthesis missing",
    "outdated",
)
"""What the list goes by, weakest first, written down a second time."""

CLAIMS = {
    Gap.REVIEWS_ONLY: {"synthesis"},
    Gap.MECHANISM_ONLY: {"mechanism"},
    Gap.UNCONTROLLED_ONLY: {"uncontrolled"},
    Gap.ONE_CONTROLLED: {"controlled"},
    Gap.OUTDATED: {"synthesis"},
}
"""Gap -> the evidence that its words say there is."""

examples = settings(max_examples=100, deadline=None)


@dataclass(frozen=True)
class Case:
    """A codebook, what is coded under it, and what is asked."""

    book: Codebook
    facts: tuple[ReportEvidence, ...]
    rows: str
    columns: str
    filters: Filters
    frame: frozenset[str]
    searched: frozenset[tuple[str, str]]

    def map(self) -> tuple[Matrix, list[TableRow]]:
        return self.by(self.columns)

    def by(self, columns: str) -> tuple[Matrix, list[TableRow]]:
        return build_with_table(
            self.facts, self.book, self.rows, columns, self.filters,
            lambda r, c: (r, c) in self.searched, None, self.frame,
        )  # fmt: skip

    def studies(self, reports: Iterable[str]) -> set[str]:
        home = {f.id: f.study for f in self.facts}
        return {home[one] for one in reports}


def dimension(dice: Random, name: str) -> Dimension:
    """Two or three values, some in groups, and one that says "none" or "not specified"."""

    def value(n: int) -> Value:
        said: dict[str, object] = {
            "id": f"{name}_{n}",
            "label": f"{name} {n}",
            "definition": "Made up.",
            "group": dice.choice(["", "one", "two"]),
        }
        if name == "study_design":
            said["evidence"] = dice.choice([*KINDS, "none"])
        elif dice.random() < 0.4:
            said["kinds"] = dice.sample(KINDS, dice.randint(1, 3))
        return Value.model_validate(said)

    values = [value(n) for n in range(dice.randint(3, 5) if name == "study_design" else 2)]
    if name != "study_design":
        means = dice.choice([None, "not_reported", "unspecified"])
        last = {"id": f"{name}_none", "label": "None", "definition": "None.", "means": means}
        values.append(Value.model_validate(last))
    return Dimension(
        id=name, role=name if name in FOUND_BY else None, label=name, definition="Made up.",
        many=name != "study_design" or dice.random() < 0.5, values=tuple(values),
    )  # fmt: skip


def report(dice: Random, n: int, ids: dict[str, list[str]], *, only_tags: bool) -> ReportEvidence:
    """A report with up to two values of each dimension; one in a few is no longer known."""

    def values() -> dict[str, list[str]]:
        return {
            name: dice.sample(known, min(len(known), dice.choice([1, 1, 2])))
            for name, known in ids.items()
            if dice.random() < 0.6
        }

    pairs = range(0 if only_tags else dice.choice([0, 0, 1, 2]))
    return ReportEvidence(
        id=f"P{n}",
        study=f"S{dice.randint(0, 3)}",
        year=dice.choice([None, 2005, 2020]),
        included=dice.random() < 0.7,
        retracted=dice.random() < 0.15,
        tags={name: frozenset(found) for name, found in values().items()},
        findings=tuple(
            Finding(f"P{n}", **{name: dice.choice(ids[name]) for name in FOUND_BY}) for _ in pairs
        ),
        suggested={} if only_tags else {name: tuple(found) for name, found in values().items()},
    )


@st.composite
def cases(draw: st.DrawFn, *, only_tags: bool = False) -> Case:
    """The number of reports, the two dimensions and the filters; the rest is thrown with dice."""
    size = draw(st.integers(0, 12))
    rows, columns = draw(st.permutations(NAMES))[:2]
    sieve = draw(st.sampled_from(["", "", "population", "exposure", "years", "included"]))
    frame, beyond, forms = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    dice = Random(draw(st.integers(0, 2**32)))
    book = Codebook(dimensions=tuple(dimension(dice, name) for name in NAMES))
    ids = {name: [v.id for v in book.dimension(name).values] for name in NAMES}
    coded = ids if dice.random() < 0.8 else {name: [*known, "gone"] for name, known in ids.items()}

    def asked(name: str) -> tuple[str, ...]:
        groups = [group for group in book.dimension(name).groups if group]
        return tuple(dice.sample([*ids[name], *groups], 2)) if sieve == name else ()

    pairs = [(r, c) for r in ids[rows] for c in ids[columns]]
    return Case(
        book,
        tuple(report(dice, n, coded, only_tags=only_tags) for n in range(size)),
        rows,
        columns,
        Filters(
            population=asked("population"),
            exposure=asked("exposure"),
            years=dice.choice([(2010, None), (None, 2010)]) if sieve == "years" else (None, None),
            included_only=sieve == "included",
            beyond_frame=beyond,
            forms=forms,
        ),
        frozenset(dice.sample(ids["exposure"], 2)) if frame else frozenset(),
        frozenset(dice.choice([pairs, pairs[::2], []])),
    )


def as_drawn(case: Case) -> list[Matrix]:
    """The map with a column for every value, and as the page draws it by groups."""
    found, placed = case.map()
    columns = case.book.dimension(case.columns)
    return [found, *(by_class(found, placed, joined(columns, each)) for each in (True, False))]


# ---- cells and what they open ------------------------------------------------------------------


@given(cases())
@examples
def test_a_cell_counts_the_studies_of_the_reports_that_it_opens(case: Case) -> None:
    for found in as_drawn(case):
        for cell in found.cells:
            sure = case.studies(cell.confirmed_reports)
            open_ = case.studies(cell.suggested_reports)
            assert (cell.confirmed, cell.suggested) == (len(sure), len(open_))
            assert not sure & open_
            assert len(set(cell.confirmed_reports)) == len(cell.confirmed_reports)
            assert not {*cell.confirmed_reports, *cell.suggested_reports} & {
                *cell.retracted_reports, *cell.outside_reports,
            }  # fmt: skip


@given(cases(only_tags=True))
@examples
def test_where_only_tags_are_the_cells_are_what_the_tags_say(case: Case) -> None:
    found, _ = case.map()
    for cell in found.cells:
        assert cell.confirmed_reports == tuple(
            sorted(f.id for f in case.facts if stands(case, f, cell.row, cell.column))
        )


def stands(case: Case, facts: ReportEvidence, row: str, column: str) -> bool:
    """Whether the tags of a report place it in a cell, by the words of the glossary."""

    def tagged(name: str) -> frozenset[str]:
        return facts.tags.get(name, frozenset())

    def passes(name: str, asked: tuple[str, ...]) -> bool:
        values = case.book.dimension(name).values
        return not asked or any(
            v.id in tagged(name) and (v.id in asked or v.group in asked) for v in values
        )

    low, high = case.filters.years
    framed = case.frame and not case.filters.beyond_frame and not case.filters.exposure
    forms = set() if case.filters.forms else case.book.dimension("study_design").forms
    return (
        not facts.retracted
        and (facts.included or not case.filters.included_only)
        and ((low, high) == (None, None) or facts.year is not None)
        and (low is None or (facts.year or 0) >= low)
        and (high is None or (facts.year or 0) <= high)
        and passes("population", case.filters.population)
        and passes("exposure", case.filters.exposure)
        and not (framed and tagged("exposure") and not tagged("exposure") & case.frame)
        and row in tagged(case.rows)
        and column in tagged(case.columns)
        and 1 in (len(tagged(case.rows)), len(tagged(case.columns)))
        and not ({row} & forms if case.rows == "study_design" else set())
        and not ({column} & forms if case.columns == "study_design" else set())
    )


# ---- totals ------------------------------------------------------------------------------------


@given(cases())
@examples
def test_totals_count_each_study_once_however_many_cells_it_stands_in(case: Case) -> None:
    for found in as_drawn(case):

        def union(attribute: str, row: str = "", column: str = "", of: Matrix = found) -> int:
            cells = [c for c in of.cells if row in ("", c.row) and column in ("", c.column)]
            return len(case.studies(r for c in cells for r in getattr(c, attribute)))

        for row in found.rows:
            total = found.row_totals[row]
            assert total.confirmed == union("confirmed_reports", row=row)
            # A study that another report confirms in a cell is not suggested there; in a column
            # of a group it may be so in one value and confirmed in the next.
            assert total.suggested >= union("suggested_reports", row=row)
        for column in found.columns:
            assert found.column_totals[column].confirmed == union(
                "confirmed_reports", column=column
            )
        assert found.confirmed_total == union("confirmed_reports")
        assert set(found.row_totals) == set(found.rows)
        assert set(found.column_totals) == set(found.columns)
    plain, _ = case.map()
    for row in plain.rows:
        cells = [c for c in plain.cells if c.row == row]
        offered = case.studies(r for c in cells for r in c.suggested_reports)
        assert plain.row_totals[row].suggested == len(offered)
    for column in plain.columns:
        cells = [c for c in plain.cells if c.column == column]
        offered = case.studies(r for c in cells for r in c.suggested_reports)
        assert plain.column_totals[column].suggested == len(offered)


# ---- the list of gaps --------------------------------------------------------------------------


@given(cases())
@examples
def test_the_map_marks_as_a_gap_what_the_table_behind_it_lists_as_one(case: Case) -> None:
    for found in as_drawn(case):
        down, across = (
            map_sentences.ticks(case.book.dimension(name), ids)
            for name, ids in ((case.rows, found.rows), (case.columns, found.columns))
        )
        spots = map_sentences.spots(found, down, across)
        lines = map_sentences.table_rows(found, down, across)
        cells = json.loads(json.dumps(service.to_json(found)))["cells"]
        assert len(found.cells) == len(spots) == len(lines) == len(cells)
        for cell, spot, line, told in zip(found.cells, spots, lines, cells, strict=True):
            numbers = (cell.confirmed, cell.suggested)
            assert numbers == (spot.confirmed, spot.suggested)
            assert numbers == (line["Confirmed"], line["Suggested"])
            assert numbers == (told["confirmed"], told["suggested"])
            assert (cell.gap is not None) == (not any(numbers) and cell.applicable)
            assert cell.gap is None or cell.gap in EMPTY
            assert told["gap"] == (str(cell.gap) if cell.gap else None)
            assert line["Gap"] == (
                (told["gap"] or "") if cell.applicable else map_sentences.NOT_APPLICABLE
            )
            assert spot.searched == (cell.gap is not Gap.NOT_SEARCHED)


@given(cases())
@examples
def test_the_list_agrees_with_the_cells_of_its_rows(case: Case) -> None:
    found, placed = case.map()
    by_design = case.by("study_design")[1] if case.rows != "study_design" else placed
    forms = case.book.dimension("study_design").forms
    for row in found.rows:
        here = [p for p in (*placed, *by_design) if p.row == row]
        counted = {p.study for p in here if p.status is not EvidenceStatus.RETRACTED}
        gap, rule = found.row_gaps.get(row, (None, ""))
        if not counted and gap not in EMPTY | {None}:
            # Only publication forms are left, which the map does not draw unless asked to.
            assert gap is Gap.FORMS_ONLY and forms and not case.filters.forms, (row, gap)
        if counted:
            assert gap not in EMPTY, (row, gap)
        if gap in EMPTY:
            assert found.row_studies[row] == 0
            assert found.row_totals[row].confirmed == found.row_totals[row].suggested == 0
        elif gap is not None:
            assert found.row_studies[row] >= max(len(counted), 1)
            if case.filters.forms or not forms:
                assert found.row_studies[row] == len(counted)
        cells = [c for c in found.cells if c.row == row]
        if not counted and gap is None:  # only where nothing can be missing
            by_forms = any(f in v for v in (c.column for c in cells) for f in forms)
            assert by_forms or all(not c.applicable for c in cells)


@given(cases())
@examples
def test_no_row_is_said_to_have_evidence_that_none_of_its_studies_is(case: Case) -> None:
    found, _ = case.map()
    kinds = {v.id: v.evidence for v in case.book.dimension("study_design").values}
    for row, (gap, _rule) in found.row_gaps.items():
        holding = [f for f in case.facts if row in f.likely(case.rows) and not f.retracted]
        if not holding:
            assert gap in EMPTY
        designs = {kinds.get(d) for f in holding for d in f.likely("study_design")}
        assert CLAIMS.get(gap, set()) <= designs


@given(cases())
@examples
def test_page_json_and_file_list_the_same_gaps_from_the_weakest_on(case: Case) -> None:
    found, _ = case.map()
    listed = gap_list(found, case.book.dimension(case.rows))
    keys = [
        (STRENGTH.index(str(one["gap"])), one["studies"], found.rows.index(str(one["row"])))
        for one in listed
    ]
    assert keys == sorted(keys)
    told = json.loads(json.dumps(service.to_json(found)))["row_gaps"]
    assert [(row, g["gap"], g["studies"], g["rule"]) for row, g in told.items()] == [
        (one["row"], one["gap"], one["studies"], one["rule"]) for one in listed
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gaps.csv"
        assert service.write_gaps_csv(found, case.book, path) == len(listed)
        lines = [line for _, line in read_csv(path, ("row",))]
    assert lines == [{name: str(value) for name, value in one.items()} for one in listed]


def test_the_strengths_are_those_of_the_gaps() -> None:
    assert tuple(map(str, Gap)) == STRENGTH
