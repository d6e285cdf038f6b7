"""What filters hide: each cell of a map beside the same cell without them. Pure."""

from __future__ import annotations

from dataclasses import replace

from review.gaps.model import Cell, Matrix


def with_hidden(found: Matrix, every: Matrix) -> Matrix:
    """The map with the reports that its filters hide, cell by cell.

    A report that moved to another cell is hidden where it stood; one that is only suggested now is
    hidden nowhere.

    Args:
        every: the same map without the filters.
    """
    before = {(cell.row, cell.column): _standing(cell) for cell in every.cells}
    there = set().union(*before.values())
    here = set().union(*(_standing(cell) for cell in found.cells))
    cells = tuple(
        replace(cell, hidden_reports=tuple(sorted(gone)))
        if (gone := before.get((cell.row, cell.column), set()) - _standing(cell))
        else cell
        for cell in found.cells
    )
    return replace(found, cells=cells, hidden=tuple(sorted(there - here)))


def _standing(cell: Cell) -> set[str]:
    """The reports that a cell shows."""
    return {*cell.confirmed_reports, *cell.suggested_reports, *cell.retracted_reports}
