"""The gap map in words: ticks, cells, the sentence over it. Pure: plain data in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from review.gaps.cell_details import Details, Kind, Towards
from review.gaps.column_groups import CLASS
from review.gaps.filters import group_words
from review.gaps.model import DESIGN, Cell, Gap, Matrix, Total
from review.protocol.codebook import Dimension
from review.ui.elements import count_of
from review.ui.gap_map.grid import Spot, Tick

NOT_APPLICABLE = "not applicable"
"""An empty cell that is no gap: there can be no evidence in it."""

group_name = group_words

UNLISTED = "no longer in the codebook"


def ticks(dimension: Dimension, ids: Sequence[str]) -> list[Tick]:
    """Values, and groups named ``class:…``, with their labels."""
    values = {value.id: value for value in dimension.values}
    found: list[Tick] = []
    for id_ in ids:
        if id_.startswith(CLASS):
            name = group_name(id_.removeprefix(CLASS))
            short = name if len(name) <= 6 else f"{name[:4]}."
            found.append(Tick(id_, name, "", short))
        elif id_ in values:
            value = values[id_]
            found.append(Tick(id_, value.label, group_name(value.group) or dimension.label))
        else:
            found.append(Tick(id_, id_, UNLISTED.capitalize()))
    return found


def label(dimension: Dimension, id_: str) -> str:
    """One value or group in words."""
    return ticks(dimension, [id_])[0].label


def spots(
    found: Matrix,
    rows: Sequence[Tick],
    columns: Sequence[Tick],
    details: Mapping[tuple[str, str], Details] | None = None,
) -> list[Spot]:
    """Every cell with the words that a tooltip and a screen reader give for it.

    Args:
        details: what stands in the cells beyond how much.
    """
    down, across = ({t.id: t.label for t in ticks} for ticks in (rows, columns))
    looked = details or {}
    made: list[Spot] = []
    for cell in found.cells:
        if cell.row not in down or cell.column not in across:
            continue
        inside = looked.get((cell.row, cell.column), NOTHING)
        name = f"{down[cell.row]} × {across[cell.column]}"
        said = "; ".join([cell_words(cell), *detail_words(inside)])
        made.append(
            Spot(
                cell.row,
                cell.column,
                cell.confirmed,
                cell.suggested,
                cell.gap is not Gap.NOT_SEARCHED,
                f"{name}: {said}",
                cell.applicable,
                kind=str(inside.kind or ""),
                strength=inside.strength,
                directions={str(way): n for way, n in inside.directions.items()},
                unpaired=len(inside.unpaired_reports),
            )
        )
    return made


NOTHING = Details()


def detail_words(inside: Details) -> list[str]:
    """Kinds of evidence, directions and open pairings of a cell in words."""
    said: list[str] = []
    if inside.kinds:
        kinds = [f"{inside.kinds[kind]:,} {kind}" for kind in Kind if inside.kinds.get(kind)]
        said.append(", ".join(kinds))
    ways = [f"{inside.directions[w]:,} {w}" for w in Towards if inside.directions.get(w)]
    if ways and set(inside.directions) != {Towards.NOT_STATED}:
        said.append(f"direction: {', '.join(ways)}")
    if inside.unpaired_reports:
        n = len(inside.unpaired_reports)
        said.append(f"pairing not stated of {count_of(n, 'report')}")
    return said


def cell_words(cell: Cell) -> str:
    """How many studies stand in a cell, or why none does."""
    said: list[str] = []
    if cell.confirmed:
        said.append(f"{count_of(cell.confirmed, 'confirmed study', 'confirmed studies')}")
    if cell.suggested:
        said.append(f"{cell.suggested:,} only suggested")
    if not cell.applicable:
        return NOT_APPLICABLE
    first = ", ".join(said) or f"no study ({cell.gap or 'nothing coded'})"
    if not cell.hidden_reports:
        return first
    return f"{first}; {count_of(len(cell.hidden_reports), 'report')} hidden by the filters"


def headline(found: Matrix, shown: Matrix, rows: Dimension, columns: Dimension) -> str:
    """The sentence over the map: how much of it is filled, and what is missing most.

    Args:
        found: the map with a column for every value.
        shown: the same map as it is drawn; its cells are counted, those not applicable aside.
    """
    full = sum(1 for cell in shown.cells if cell.confirmed)
    open_ = sum(1 for cell in shown.cells if cell.suggested and not cell.confirmed)
    number = len(shown.cells) - shown.not_applicable
    cells = f"{number:,} cells"
    if not full:
        first = f"No cell of {number:,} holds confirmed evidence yet"
        return f"{first}; suggestions would fill {open_:,}" if open_ else first
    holds = "holds" if full == 1 else "hold"
    first = f"{full:,} of {cells} {holds} confirmed evidence"
    missing, _ = uncontrolled(found, rows, columns)
    if missing:
        return f"{first}; {missing}"
    return f"{first}; suggestions would fill {open_:,} more" if open_ else first


def uncontrolled(found: Matrix, rows: Dimension, columns: Dimension) -> tuple[str, tuple[str, ...]]:
    """Row groups without a confirmed controlled study, in words, and the reports suggested.

    Groups that could have none are not missed.
    """
    if columns.role != DESIGN:
        return "", ()
    controlled = {v.id for v in columns.values if v.evidence == "controlled"}
    could = [v for v in rows.values if v.group and "controlled" in rows.kinds(v.id)]
    groups = {v.id: v.group for v in could}
    cells = [cell for cell in found.cells if cell.column in controlled]
    has = {groups.get(cell.row, "") for cell in cells if cell.confirmed}
    missing = [name for name in dict.fromkeys(groups.values()) if name not in has]
    if not missing:
        return "", ()
    shown = missing if len(missing) == len(set(groups.values())) else missing[:3]
    names = [group_name(name).lower() for name in shown]
    said = " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
    offered = {
        report
        for cell in cells
        if groups.get(cell.row) in shown
        for report in cell.suggested_reports
    }
    if len(shown) == len(set(groups.values())):
        said = "anything"
    if not offered:
        return f"no controlled study of {said}", ()
    number = count_of(len(offered), "report")
    words = f"no controlled study of {said} is confirmed, {number} suggested"
    return words, tuple(sorted(offered))


def table_rows(
    found: Matrix, rows: Sequence[Tick], columns: Sequence[Tick]
) -> list[dict[str, str | int]]:
    """Every cell as a row of a table: the same numbers as the chart's."""
    down, across = ({t.id: t.label for t in ticks} for ticks in (rows, columns))
    return [
        {
            "Row": down.get(cell.row, cell.row),
            "Column": across.get(cell.column, cell.column),
            "Confirmed": cell.confirmed,
            "Suggested": cell.suggested,
            "Gap": str(cell.gap or "") if cell.applicable else NOT_APPLICABLE,
        }
        for cell in found.cells
    ]


def total_rows(
    found: Matrix, rows: Sequence[Tick], columns: Sequence[Tick]
) -> list[dict[str, str | int]]:
    """Whole rows and columns as rows of the same table.

    A study counts once in each, in however many of its cells it stands.
    """
    down, across = ({t.id: t.label for t in ticks} for ticks in (rows, columns))
    whole = [
        *((down.get(row, row), "All columns", total) for row, total in found.row_totals.items()),
        *(("All rows", across.get(c, c), total) for c, total in found.column_totals.items()),
        ("All rows", "All columns", Total(found.confirmed_total, found.suggested_total)),
    ]
    return [
        {
            "Row": row,
            "Column": column,
            "Confirmed": total.confirmed,
            "Suggested": total.suggested,
            "Gap": "",
        }
        for row, column, total in whole
    ]
