"""The map with columns or rows taken together by group: designs by class, exposures by kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from review.gaps.matrix import totals
from review.gaps.model import Cell, EvidenceStatus, Gap, Matrix, TableRow
from review.protocol.codebook import Dimension

CLASS = "class:"
"""How the column or row of a whole group is named, so that it is no value's id."""


def groups_of(dimension: Dimension) -> dict[str, list[str]]:
    """Named groups of a dimension, each with its values: what `by_class` joins."""
    return {name: [v.id for v in members] for name, members in dimension.groups.items() if name}


def label(dimension: Dimension, id_: str) -> str:
    """A value or group in words; the id itself where the codebook no longer has it."""
    if id_.startswith(CLASS):
        return id_.removeprefix(CLASS).replace("_", " ").capitalize()
    return next((value.label for value in dimension.values if value.id == id_), id_)


Held = dict[EvidenceStatus, dict[str, set[str]]]
"""Evidence status -> study -> its reports, in one cell."""


def by_class(
    found: Matrix,
    placed: Iterable[TableRow],
    groups: Mapping[str, Sequence[str]],
    row_groups: Mapping[str, Sequence[str]] | None = None,
) -> Matrix:
    """Join the columns of each group into one, and the rows of some groups.

    A study counts once in a joined cell, however many of its columns and rows it stands in, and as
    confirmed if it is in one of them.

    Args:
        placed: the table behind the same map, under the same filters.
        groups: group -> its columns; other columns stay as they are.
        row_groups: the same for rows.
    """
    across, down = _homes(groups), _homes(row_groups or {})
    placed = list(placed)
    held: dict[tuple[str, str], Held] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for one in placed:
        place = down.get(one.row, one.row), across.get(one.column, one.column)
        held[place][one.status][one.study].add(one.report)
    parts: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in found.cells:
        parts[down.get(cell.row, cell.row), across.get(cell.column, cell.column)].append(cell)
    rows = tuple(dict.fromkeys(down.get(row, row) for row in found.rows))
    columns = tuple(dict.fromkeys(across.get(column, column) for column in found.columns))
    cells = tuple(
        _joined(row, column, held[row, column], parts[row, column])
        for row in rows
        for column in columns
    )
    by_row = totals(rows, ((down.get(p.row, p.row), p.status, (p.study,)) for p in placed))
    by_column = totals(
        columns, ((across.get(p.column, p.column), p.status, (p.study,)) for p in placed)
    )
    return replace(
        found, rows=rows, columns=columns, cells=cells, row_totals=by_row,
        column_totals=by_column,
    )  # fmt: skip


def _homes(groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {id_: CLASS + name for name, ids in groups.items() for id_ in ids}


def _joined(row: str, column: str, held: Held, parts: Sequence[Cell]) -> Cell:
    confirmed, suggested = held[EvidenceStatus.CONFIRMED], held[EvidenceStatus.SUGGESTED]
    retracted = held[EvidenceStatus.RETRACTED]
    open_ = {study: reports for study, reports in suggested.items() if study not in confirmed}
    filled = bool(confirmed or open_)
    gap, rule = (None, "") if filled else _gap(parts)
    return Cell(
        row=row,
        column=column,
        confirmed=len(confirmed),
        suggested=len(open_),
        confirmed_reports=_ids(confirmed),
        suggested_reports=_ids(open_),
        retracted_reports=_ids(retracted),
        gap=gap,
        rule=rule,
        outside_reports=tuple(sorted({r for cell in parts for r in cell.outside_reports})),
        applicable=filled or any(cell.applicable for cell in parts),
        hidden_reports=tuple(
            sorted({r for cell in parts for r in cell.hidden_reports} - _reports(held))
        ),
    )


def _gap(parts: Sequence[Cell]) -> tuple[Gap | None, str]:
    """The gap of an empty joined cell: the strongest thing its parts can say."""
    said = {cell.gap: cell.rule for cell in parts}
    for gap in (Gap.RETRACTED, Gap.UNDECIDED, Gap.SEARCHED_NONE, Gap.NOT_SEARCHED):
        if gap in said:
            return gap, said[gap]
    return None, next((cell.rule for cell in parts), "")  # none of them applies


def _reports(held: Held) -> set[str]:
    return {one for part in held.values() for reports in part.values() for one in reports}


def _ids(studies: Mapping[str, set[str]]) -> tuple[str, ...]:
    return tuple(sorted(report for reports in studies.values() for report in reports))
