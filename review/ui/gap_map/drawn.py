"""The map as it is drawn: columns and rows joined, rows in order, and what stands in the cells.

Worked out once for every state of the review and every way to draw it, so that a click only reads
it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review.gaps import service as gaps
from review.gaps.cell_details import Details
from review.gaps.column_groups import CLASS, by_class
from review.gaps.filters import Filters
from review.gaps.model import EvidenceStatus, Matrix
from review.protocol.codebook import Dimension
from review.ui.cache import remembered
from review.ui.gap_map import map_sentences
from review.ui.gap_map.grid import Spot, Tick
from review.workspace import Workspace

SORTS = {
    "": "As in the codebook",
    "emptiness": "Emptiest first",
    "number": "Most studies first",
    "name": "By name",
}
"""Orders of the rows: query parameter and words."""


COUNTED = (EvidenceStatus.CONFIRMED, EvidenceStatus.SUGGESTED)
"""What counts; retracted reports do not."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map ready to be drawn.

    Attributes:
        found: with a row and a column for every value.
        shown: with groups in the place of their values.
        rows, columns: as they are drawn, in this order.
        spots: its cells.
        details: what stands in them.
        row_gaps: row as drawn -> its gap in a few words.
        of_table: studies by evidence status, counted from the table behind the map.
        counted: the reports of these studies.
    """

    found: Matrix
    shown: Matrix
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    spots: tuple[Spot, ...]
    details: Mapping[tuple[str, str], Details]
    row_gaps: Mapping[str, str]
    of_table: Mapping[EvidenceStatus, int]
    counted: Mapping[EvidenceStatus, tuple[str, ...]]


def drawn(
    ws: Workspace,
    rows: str,
    columns: str,
    filters: Filters,
    grouped: bool,
    folded: tuple[str, ...],
    sort: str,
) -> Drawn:
    """The map of two dimensions as it is drawn.

    Args:
        grouped: columns are taken together by group.
        folded: groups of rows that are taken together.
        sort: one of `SORTS`.
    """
    found, placed = remembered(ws, gaps.gap_map, rows, columns, filters)
    down, across = (ws.protocol.codebook.dimension(name) for name in (rows, columns))
    homes = {name: [v.id for v in down.groups.get(name, ())] for name in folded}
    shown = by_class(found, placed, joined(across, grouped), homes)
    inside = gaps.look_into(ws, shown)
    ticks = in_order(map_sentences.ticks(down, shown.rows), shown, sort)
    named = map_sentences.ticks(across, shown.columns)
    return Drawn(
        found=found,
        shown=shown,
        rows=tuple(ticks),
        columns=tuple(named),
        spots=tuple(map_sentences.spots(shown, ticks, named, inside)),
        details=inside,
        row_gaps=_row_gaps(found, homes),
        of_table={
            status: len({one.study for one in placed if one.status is status}) for status in COUNTED
        },
        counted={
            status: tuple(sorted({one.report for one in placed if one.status is status}))
            for status in COUNTED
        },
    )


def joined(dimension: Dimension, grouped: bool) -> dict[str, list[str]]:
    """Groups of columns that are shown as one column.

    Publication forms, which are no evidence by themselves, stay joined also where every value has
    its column.
    """
    return {
        name: [v.id for v in members]
        for name, members in dimension.groups.items()
        if name and (grouped or all(v.evidence == "none" for v in members))
    }


def in_order(ticks: Sequence[Tick], shown: Matrix, sort: str) -> list[Tick]:
    """The rows in the order asked for, those of a group together, equal ones as in the codebook.

    A group stands where its first row would.
    """
    if not sort:
        return list(ticks)
    empty = dict.fromkeys(shown.rows, 0)
    for cell in shown.cells:
        empty[cell.row] += cell.applicable and not (cell.confirmed or cell.suggested)

    def worth(tick: Tick) -> tuple[int, int, str]:
        total = shown.row_totals.get(tick.id)
        studies = (total.confirmed, total.suggested) if total else (0, 0)
        if sort == "name":
            return 0, 0, tick.label.casefold()
        if sort == "number":
            return -studies[0], -studies[1], ""
        return -empty[tick.id], sum(studies), ""

    first: dict[str, tuple[int, int, str]] = {}
    for tick in ticks:
        home = tick.group or tick.id
        first[home] = min(first.get(home, worth(tick)), worth(tick))
    homes = list(dict.fromkeys(tick.group or tick.id for tick in ticks))
    place = {home: i for i, home in enumerate(sorted(homes, key=first.__getitem__))}
    return sorted(ticks, key=lambda tick: (place[tick.group or tick.id], worth(tick)))


def _row_gaps(found: Matrix, homes: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The gap of each row; of rows taken together, how many of them have one."""
    said = {row: str(gap) for row, (gap, _) in found.row_gaps.items()}
    for name, rows in homes.items():
        n = sum(said.pop(row, None) is not None for row in rows)
        if n:
            said[CLASS + name] = f"{n} of {len(rows)} rows with a gap"
    return said
