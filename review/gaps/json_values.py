"""The map and the claims as plain JSON values, as commands print them and files hold them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from review.gaps import filters
from review.gaps.claims import ClaimState
from review.gaps.model import Cell, Matrix


def to_json(found: Matrix) -> dict[str, Any]:
    """The map as plain JSON values; a cell's ``reports`` are its confirmed, then suggested ones."""
    return {
        "row_dimension": found.row_dimension,
        "column_dimension": found.column_dimension,
        "rows": list(found.rows),
        "columns": list(found.columns),
        "cells": [_cell_json(cell) for cell in found.cells],
        "confirmed_total": found.confirmed_total,
        "suggested_total": found.suggested_total,
        "not_applicable": found.not_applicable,
        "needs_pairing": list(found.needs_pairing),
        "unpaired_suggested": list(found.unpaired_suggested),
        "uncoded": list(found.uncoded),
        "not_asked": list(found.not_asked),
        "outside_frame": list(found.outside),
        "frame_unknown": list(found.frame_unknown),
        "forms": list(found.forms),
        "row_gaps": {
            row: {"gap": str(gap), "rule": rule, "studies": found.row_studies[row]}
            for row, (gap, rule) in found.row_gaps.items()
        },
        "row_totals": {row: asdict(total) for row, total in found.row_totals.items()},
        "column_totals": {column: asdict(total) for column, total in found.column_totals.items()},
        "searched": found.searched.isoformat() if found.searched else None,
        "filters": filters.to_json(found.filters),
        "hidden": list(found.hidden),
    }


def claims_json(states: Sequence[ClaimState]) -> list[dict[str, Any]]:
    """Claims as plain JSON values."""
    return [
        {
            "id": state.claim.id,
            "text": state.claim.text,
            "group": state.claim.group,
            "testable": state.claim.testable,
            "level": state.level,
            "suggested_level": state.suggested_level,
            "reports": list(state.reports),
            "suggested_reports": list(state.suggested_reports),
            "reviews": list(state.reviews),
            "suggested_reviews": list(state.suggested_reviews),
            "outside_reports": list(state.outside_reports),
            "hidden_reports": list(state.hidden_reports),
            "named_reports": list(state.named_reports),
            "retracted_reports": list(state.retracted_reports),
            "excluded_reports": list(state.excluded_reports),
            "only_suggested": state.only_suggested,
            "next_level": state.next_level,
            "missing_papers": list(state.missing_papers),
            "needs": state.needs,
            "rule": state.rule,
            "direction": str(state.direction) if state.direction else None,
            "sides": {
                str(side): {"studies": len(found.studies), "reports": list(found.reports)}
                for side, found in state.sides.items()
            },
        }
        for state in states
    ]


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {
        "row": cell.row,
        "column": cell.column,
        "confirmed": cell.confirmed,
        "suggested": cell.suggested,
        "reports": [*cell.confirmed_reports, *cell.suggested_reports],
        "confirmed_reports": list(cell.confirmed_reports),
        "suggested_reports": list(cell.suggested_reports),
        "retracted_reports": list(cell.retracted_reports),
        "outside_reports": list(cell.outside_reports),
        "hidden_reports": list(cell.hidden_reports),
        "gap": str(cell.gap) if cell.gap else None,
        "rule": cell.rule,
        "applicable": cell.applicable,
    }
