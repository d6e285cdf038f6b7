"""The gap map as a specification: every cell is in it, and shapes say what colours say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from review.gaps.claims import ClaimState
from review.gaps.filters import Filters
from review.gaps.model import Cell, Gap, Matrix
from review.gaps.years import YearCount
from review.reporting.lately import Week
from review.ui import evidence_levels, paper_lists
from review.ui.dashboard import charts as over_time
from review.ui.gap_map import map_sentences
from review.ui.gap_map.chart import CELL, CELLS, GAPS, HEADS, gap_map
from review.ui.gap_map.grid import Spot, Tick
from tests.reviews import shipped_protocol

BOOK = shipped_protocol().codebook
OUTCOME, DESIGN = BOOK.dimension("outcome"), BOOK.dimension("study_design")
ROWS = [Tick("a", "Row A", "One"), Tick("b", "Row B", "One"), Tick("c", "Row C", "Two")]
COLUMNS = [Tick("x", "Column X"), Tick("y", "Column Y")]


def spots(**counts: tuple[int, int]) -> list[Spot]:
    """One spot a cell; ``ax=(1, 2)`` gives one of them confirmed and suggested studies."""
    return [
        Spot(r.id, c.id, *counts.get(r.id + c.id, (0, 0)), r.id != "c", f"{r.label} × {c.label}")
        for r in ROWS
        for c in COLUMNS
    ]


def matrix(*cells: Cell) -> Matrix:
    rows = tuple(dict.fromkeys(c.row for c in cells))
    columns = tuple(dict.fromkeys(c.column for c in cells))
    return Matrix(
        "outcome", "study_design", rows, columns, cells, 0, 0, (), (), (), {}, None, Filters()
    )


def cell(row: str, column: str, confirmed: int = 0, suggested: int = 0) -> Cell:
    gap = None if confirmed or suggested else Gap.SEARCHED_NONE
    return Cell(row, column, confirmed, suggested, (), (), gap=gap)


def test_every_cell_is_drawn_and_named_for_screen_readers() -> None:
    spec = gap_map(spots(), ROWS, COLUMNS, {})
    cells = spec["datasets"][CELLS]
    assert {(c["row"], c["column"]) for c in cells} == {(r, c) for r in "abc" for c in "xy"}
    assert all(c["words"] for c in cells)
    assert spec["usermeta"]["embedOptions"]["renderer"] == "svg"


def test_a_click_selects_by_row_and_column() -> None:
    (pick,) = gap_map(spots(), ROWS, COLUMNS, {})["params"]
    assert pick["name"] == CELL
    assert pick["select"]["fields"] == ["row", "column"]


def test_a_group_is_folded_at_its_head_and_unfolded_at_its_row() -> None:
    rows = [*ROWS[:2], Tick("class:three", "Three")]
    spec = gap_map(spots(), rows, COLUMNS, {}, groups={"one": "One", "three": "Three"})
    heads = [c for c in spec["datasets"][CELLS] if c["kind"] == "head"]
    assert [(c["row"], c["column"]) for c in heads] == [
        ("group:One", "fold:one"), ("class:three", "fold:three"),
    ]  # fmt: skip
    assert [c["words"] for c in heads] == [
        "Group One: 2 rows; a click folds them into one",
        "Group Three: folded into one row; a click shows its rows",
    ]


def test_a_cell_that_cannot_hold_evidence_is_told_from_an_empty_one() -> None:
    found = matrix(
        Cell("alkaloid_content", "cohort", 0, 0, (), (), rule="None.", applicable=False),
        cell("alkaloid_content", "analytical_chemistry"),
    )
    rows = map_sentences.ticks(OUTCOME, found.rows)
    columns = map_sentences.ticks(DESIGN, found.columns)
    ruled_out, empty = map_sentences.spots(found, rows, columns)
    assert ruled_out.words.endswith(": not applicable") and empty.words.endswith("and none)")
    drawn = gap_map([ruled_out, empty], rows, columns, {})["datasets"][CELLS]
    assert [c["kind"] for c in drawn] == ["not applicable", "none"]
    assert [row["Gap"] for row in map_sentences.table_rows(found, rows, columns)] == [
        "not applicable", "searched and none",
    ]  # fmt: skip
    assert map_sentences.headline(found, found, OUTCOME, DESIGN) == (
        "No cell of 1 holds confirmed evidence yet"
    )


def test_a_value_on_both_axes_has_the_label_of_each() -> None:
    rows, columns = [Tick("none", "No comparator")], [Tick("none", "No timing")]
    found = matrix(cell("none", "none", 1))
    (spot,) = map_sentences.spots(found, rows, columns)
    assert spot.words.startswith("No comparator × No timing: ")
    (line,) = map_sentences.table_rows(found, rows, columns)
    assert (line["Row"], line["Column"]) == ("No comparator", "No timing")


def test_rows_that_cannot_have_a_controlled_study_lack_none() -> None:
    some = matrix(cell("death", "cohort", 1))
    products = OUTCOME.model_copy(
        update={"values": tuple(v for v in OUTCOME.values if v.id in ("prevalence", "motives"))}
    )
    assert "no controlled study" not in map_sentences.headline(some, some, products, DESIGN)


def test_four_kinds_of_cell_are_told_apart() -> None:
    spec = gap_map(spots(ax=(2, 0), ay=(1, 3), bx=(0, 4)), ROWS, COLUMNS, {})
    kinds = {c["row"] + c["column"]: c["kind"] for c in spec["datasets"][CELLS]}
    assert kinds["ax"] == "confirmed"
    assert kinds["ay"] == "both"
    assert kinds["bx"] == "suggested"
    assert kinds["by"] == "none"
    assert kinds["cx"] == "not searched"
    shapes = json.dumps(spec["layer"])
    for kind in {*kinds.values(), "not applicable"}:
        assert f'"{kind}"' in shapes


def test_rows_stand_under_their_groups_with_the_columns_named_again() -> None:
    heads = gap_map(spots(), ROWS, COLUMNS, {})["datasets"][HEADS]
    assert {h["row"] for h in heads} == {"group:One", "group:Two"}
    assert [h["label"] for h in heads if h["row"] == "group:Two"] == ["Column X", "Column Y"]


def test_the_gap_of_a_row_stands_beside_it() -> None:
    (gap,) = gap_map(spots(), ROWS, COLUMNS, {"b": "synthesis missing"})["datasets"][GAPS]
    assert (gap["row"], gap["gap"]) == ("b", "synthesis missing")


def test_many_columns_are_numbered() -> None:
    many = [Tick(f"x{i}", f"Column {i}", "g" if i < 5 else "h") for i in range(12)]
    found = [Spot("a", c.id, 0, 0, True, "empty") for c in many]
    spec = gap_map(found, ROWS[:1], many, {"a": "outdated"})
    assert [h["label"] for h in spec["datasets"][HEADS]] == [str(i) for i in range(1, 13)]
    assert spec["datasets"][GAPS] == []


def test_the_same_layout_with_other_numbers_differs_in_data_only() -> None:
    one, two = (gap_map(spots(ax=n), ROWS, COLUMNS, {}) for n in ((1, 0), (0, 9)))
    assert one.pop("datasets") != two.pop("datasets")
    assert one == two


def test_the_headline_says_what_is_filled_and_what_is_missing() -> None:
    empty = matrix(cell("death", "cohort", suggested=2), cell("death", "rct_parallel"))
    assert map_sentences.headline(empty, empty, OUTCOME, DESIGN) == (
        "No cell of 2 holds confirmed evidence yet; suggestions would fill 1"
    )
    some = matrix(cell("death", "cohort", 1), cell("death", "rct_parallel"))
    assert map_sentences.headline(some, some, OUTCOME, DESIGN) == (
        "1 of 2 cells holds confirmed evidence; no controlled study of anything"
    )
    more = matrix(cell("death", "rct_parallel", 1), cell("motives", "cohort", 1))
    assert map_sentences.headline(more, more, OUTCOME, DESIGN).startswith(
        "2 of 2 cells hold confirmed evidence; no controlled study of pain, sleep or function"
    )


def test_the_headline_does_not_deny_what_is_suggested() -> None:
    offered = replace(
        cell("sleep_quality", "rct_parallel", suggested=2), suggested_reports=("P1", "P2")
    )
    found = matrix(cell("death", "rct_parallel", 1), cell("motives", "cohort", 1), offered)
    assert map_sentences.headline(found, found, OUTCOME, DESIGN).startswith(
        "2 of 3 cells hold confirmed evidence; no controlled study of pain, sleep or function"
    )
    assert "is confirmed, 2 reports suggested" in map_sentences.headline(
        found, found, OUTCOME, DESIGN
    )


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Singh, D.", "Singh"),
        ("Singh D", "Singh"),
        ("Darshan Singh", "Singh"),
        ("Van der Berg AB", "Van der Berg"),
        ("WHO", "WHO"),
        ("", ""),
    ],
)
def test_family_names(name: str, family: str) -> None:
    assert paper_lists.surname(name) == family


def state(claim: str, level: int | None, suggested: int | None) -> ClaimState:
    return ClaimState(shipped_protocol().claim(claim), level, suggested, (), (), (), (), (), "", "")


def test_levels_are_told_by_number_and_fill() -> None:
    html = evidence_levels.scale(1, 3)
    assert html.count("rt-full") == 1
    assert html.count("rt-open") == 2
    assert html.count("rt-none") == 1
    assert "G1" in html and "G3" in html
    assert evidence_levels.NOT_TESTED in evidence_levels.scale(None, None)


def test_the_headline_of_claims_counts_testable_ones() -> None:
    found = [state("C01", 3, 4), state("C02", 0, 3), state("C04", 0, 0), state("C12", None, None)]
    assert evidence_levels.headline(found) == (
        "1 of 3 testable claims rest on a confirmed controlled study; 2 would if all suggestions "
        "were confirmed; for 1 no primary study was seen at all"
    )


# ---- over time ---------------------------------------------------------------------------------


def event(**fields: object) -> dict[str, object]:
    """What the browser tells of a click on a bar."""
    return {"selection": {over_time.BAR: [fields]}}


def test_every_bar_opens_the_reports_of_its_row_in_the_table() -> None:
    years = [
        YearCount(None, "controlled", ("P9",), (), 1),
        YearCount(2001, "controlled", ("P1", "P2"), (), 1),
        YearCount(2001, "mechanism", (), ("P3",), 1),
    ]
    drawn = over_time.years(years, dark=False).to_dict()
    (picked,) = (one for one in drawn["params"] if one["name"] == over_time.BAR)
    table = {(r["Year"], r["Kind of evidence"]): r["Studies"] for r in over_time.year_rows(years)}
    (bars,) = drawn["datasets"].values()
    assert len(bars) == 2  # what has no year has no bar, and stands in the table
    for bar in bars:
        said = event(**{name: bar[name] for name in picked["select"]["fields"]})
        number = over_time.of_year(years, over_time.clicked(said))
        assert number == table[str(bar["year"]), bar["kind"]]
        assert number.n == bar["studies"]
    weeks = [
        Week(date(2026, 11, 16 + 7 * n), 2, n, 0, 0, {"added": ("P1", "P2"), "votes": ("P1",) * n})
        for n in range(2)
    ]
    rows = {row["Week of"]: row for row in over_time.week_rows(weeks)}
    for words, chart in over_time.weeks(weeks, dark=True).items():
        for one, bar in zip(weeks, *chart.to_dict()["datasets"].values(), strict=True):
            said = over_time.clicked(event(week=bar["week"]))
            number = over_time.of_week(weeks, words, said)
            assert number == rows[str(one.monday)][words.capitalize()] and number.n == bar["n"]
    assert over_time.of_year(years, over_time.clicked({"selection": {over_time.BAR: []}})) is None
