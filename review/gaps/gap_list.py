"""The list of gaps: one table for the page, the command line and the file. Pure."""

from __future__ import annotations

from review.gaps.model import Matrix
from review.protocol.codebook import Dimension

COLUMNS = ("row", "label", "gap", "studies", "rule")

ORDER = (
    "The weakest first: by what kind of evidence there is, then by how few studies, suggested "
    "ones among them."
)
"""The order of the list in words; `review.gaps.gap_rules.row_gaps` makes it."""


def gap_list(found: Matrix, rows: Dimension) -> list[dict[str, str | int]]:
    """One line for each row of the map that is a gap, the weakest first.

    Args:
        rows: the dimension of the rows.

    Returns:
        `COLUMNS` of each: the row's id and label, the gap, the studies that its rule rests on,
        and the rule.
    """
    labels = {value.id: value.label for value in rows.values}
    return [
        {
            "row": row,
            "label": labels.get(row, row),
            "gap": str(gap),
            "studies": found.row_studies[row],
            "rule": rule,
        }
        for row, (gap, rule) in found.row_gaps.items()
    ]
