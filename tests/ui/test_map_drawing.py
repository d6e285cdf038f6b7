"""The map as it is drawn: areas true to the numbers, one shape a kind, rows in order and folded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.coding import service as coding
from review.gaps import service as gaps
from review.gaps.cell_details import Kind, Towards
from review.gaps.column_groups import CLASS
from review.gaps.filters import Filters
from review.gaps.model import Matrix, Total
from review.ui.gap_map import marks
from review.ui.gap_map.chart import BARS, CELLS, DARK, LIGHT, gap_map
from review.ui.gap_map.drawn import SORTS, drawn, in_order
from review.ui.gap_map.grid import Spot, Tick
from review.workspace import Workspace
from tests.factories import make_workspace

COLUMNS = [Tick("x", "X"), Tick("y", "Y")]
ROWS = [Tick("a", "Bb", "One"), Tick("b", "Aa", "One"), Tick("c", "Cc", "Two")]


@pytest.fixture
def ws(tmp_path: Path, db_url: str) -> Iterator[Workspace]:
    made, _ = make_workspace(tmp_path, db_url, 3)
    yield made
    made.store.close()


def spot(confirmed: int, suggested: int = 0, kind: str = "", **more: object) -> Spot:
    made = {"row": "a", "column": "x", "searched": True, "words": "a × x: some"} | more
    return Spot(confirmed=confirmed, suggested=suggested, kind=kind, **made)  # type: ignore[arg-type]


def cells(*spots: Spot) -> list[dict[str, object]]:
    found: list[dict[str, object]] = gap_map(spots, ROWS, COLUMNS, {})["datasets"][CELLS]
    return found


def area(cell: dict[str, object], size: str = "core") -> float:
    share = {shape.name: shape.share for shape in marks.SHAPES.values()}
    return float(str(cell[size])) * share[str(cell["shape"])]


@pytest.mark.parametrize("kind", list(Kind))
def test_the_area_grows_truly_with_the_number(kind: Kind) -> None:
    few, many = cells(spot(5, kind=kind), spot(94, kind=kind, column="y"))
    assert area(many) / area(few) == pytest.approx(94 / 5)
    (disc, _) = cells(spot(5, kind=Kind.CONTROLLED), spot(94, kind=kind, column="y"))
    assert area(few) == pytest.approx(area(disc))  # whatever its shape


def test_the_outline_has_the_area_of_all_and_the_filled_part_of_the_confirmed() -> None:
    (both,) = cells(spot(3, 5, Kind.ANIMAL))
    assert area(both, "whole") / area(both) == pytest.approx(8 / 3)
    assert both["number"] == "3+5"


def test_the_largest_mark_fits_its_cell() -> None:
    for n in (1, 10, 1_000, 100_000):
        for kind in Kind:
            (one,) = cells(spot(n, kind=kind))
            assert float(str(one["whole"])) ** 0.5 <= 34  # pixels from side to side


def test_every_kind_has_a_shape_of_its_own_and_every_strength_a_colour() -> None:
    assert len({shape.name for shape in marks.SHAPES.values()}) == len(Kind)
    assert len({shape.sign for shape in marks.SHAPES.values()}) == len(Kind)
    for look in (LIGHT, DARK):
        assert len(set(look.strengths)) == 5


def test_a_bar_shows_the_share_of_every_direction() -> None:
    ways = {str(Towards.BETTER): 3, str(Towards.WORSE): 1}
    spec = gap_map([spot(4, directions=ways)], ROWS, COLUMNS, {}, directions=True)
    better, worse = spec["datasets"][BARS]
    assert (better["way"], worse["way"]) == ("better", "worse")
    assert better["end"] == worse["start"]
    lengths = [part["end"] - part["start"] for part in (better, worse)]
    assert lengths[0] / lengths[1] == pytest.approx(3)
    assert BARS not in gap_map([spot(4)], ROWS, COLUMNS, {})["datasets"]


def test_a_cell_with_open_pairings_has_a_mark_of_its_own() -> None:
    (one,) = cells(spot(0, unpaired=2))
    assert one["open"] == "?2"
    assert cells(spot(1))[0]["open"] == ""


# ---- order and folds ---------------------------------------------------------------------------


def table(**totals: int) -> Matrix:
    found = {row: Total(n, 0) for row, n in totals.items()}
    return Matrix(
        "outcome", "exposure", tuple(totals), (), (), 0, 0, (), (), (), {}, None, row_totals=found
    )


@pytest.mark.parametrize(
    ("sort", "order"), [("", "abc"), ("name", "bac"), ("number", "cba"), ("emptiness", "abc")]
)
def test_rows_are_sorted_within_their_groups_and_groups_by_their_first(
    sort: str, order: str
) -> None:
    assert sort in SORTS
    found = in_order(ROWS, table(a=1, b=2, c=5), sort)
    assert "".join(tick.id for tick in found) == order


def test_folding_a_group_leaves_one_row_and_the_same_totals(ws: Workspace) -> None:
    for outcome in ("sleep_quality", "sleep_onset_latency", "pain_intensity"):
        coding.tag(ws, "P000001", "outcome", outcome, "Ann")
    coding.tag(ws, "P000001", "study_design", "cohort", "Ann")
    whole = drawn(ws, "outcome", "study_design", Filters(), True, (), "")
    folded = drawn(ws, "outcome", "study_design", Filters(), True, ("sleep",), "")
    sleep = [tick.id for tick in whole.rows if tick.group == "Sleep"]
    assert len(folded.rows) == len(whole.rows) - len(sleep) + 1
    assert folded.shown.row_totals[CLASS + "sleep"].confirmed == 1
    assert folded.shown.cell(CLASS + "sleep", CLASS + "observational").confirmed == 1
    assert folded.shown.confirmed_total == gaps.matrix(ws).confirmed_total == 1
    assert len(folded.spots) == len(folded.rows) * len(folded.columns)
    said = folded.row_gaps[CLASS + "sleep"]
    assert said == f"{sum(r in whole.row_gaps for r in sleep)} of {len(sleep)} rows with a gap"
