"""The gap map: what was studied, and what was not."""

from __future__ import annotations

import streamlit as st

from review.gaps import service as gaps
from review.gaps.classes import by_class
from review.protocol import Dimension
from review.ui import cells, charts, lists, maps, mapview, parts, session
from review.ui.remembered import remembered

ws = session.workspace()
book = ws.protocol.codebook


def chart(found: gaps.Matrix, shown: gaps.Matrix, rows: Dimension, columns: Dimension) -> None:
    """The map itself; a click on a cell opens it on the next run."""
    down, across = maps.ticks(rows, shown.rows), maps.ticks(columns, shown.columns)
    with st.container(horizontal=True, vertical_alignment="center"):
        mapview.legend()
        mapview.opener(down, across)
    row, column = (st.session_state.get(mapview.state(name)) for name in ("row", "column"))
    st.vega_lite_chart(
        charts.gap_map(
            maps.spots(shown, down, across),
            down,
            across,
            {row_id: str(gap) for row_id, (gap, _) in found.row_gaps.items()},
            dark=st.context.theme.type == "dark",
            chosen=mapview.unclicked(),
        ),
        on_select="rerun",
        key=mapview.chart_key(),
        alt=f"Gap map of {rows.label.lower()} by {columns.label.lower()}: "
        f"{maps.headline(found, shown, rows, columns)}. The table below holds the same numbers.",
    )
    if row and column:
        with st.container(key="rt-cell", gap="small"):
            cells.panel(ws, shown, shown.cell(row, column), rows, columns, mapview.shut)
    mapview.table(shown, down, across)


with parts.page("Gap map", "What was studied, and what was not.", width=None):
    asked = mapview.controls(ws)
    found, placed = remembered(ws, gaps.chart, asked.rows, asked.columns, asked.filters)
    rows, columns = book.dimension(asked.rows), book.dimension(asked.columns)
    shown = by_class(found, placed, mapview.joined(columns, asked.grouped))
    st.subheader(maps.headline(found, shown, rows, columns), anchor=False)
    mapview.provenance(ws, found)
    chart(found, shown, rows, columns)
    mapview.totals(found, placed)
    mapview.unplaced(found)
    lists.papers(
        ws,
        found.needs_pairing,
        lists.CONFIRMED,
        "Reports that need a finding to pair their values",
        "pairing",
    )
    mapview.ledger(found, rows)
