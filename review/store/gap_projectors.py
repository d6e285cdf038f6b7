"""What people say of gaps, as rows of the derived tables."""

from __future__ import annotations

from review.events import Event, GapStated
from review.store.projectors import Rows, projects
from review.store.schema import gap_statement


@projects(GapStated, gap_statement)
def _gap_stated(ev: Event, data: GapStated, rows: Rows) -> None:
    rows.add(
        gap_statement, ev,
        gap=data.gap, aspect=data.aspect, value=data.value, text=data.text,
        reviewer=data.reviewer, protocol=ev.protocol,
    )  # fmt: skip
