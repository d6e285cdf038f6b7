"""The gap map: what was studied, and what was not."""

from __future__ import annotations

import streamlit as st

from review.gaps import service as gaps
from review.gaps.column_groups import by_class
from review.protocol.codebook import Dimension
from review.ui import elements, paper_lists, session
from review.ui.cache import remembered
from review.ui.elements import plain
from review.ui.gap_map import cell_keys, cell_panel, chart, map_sentences, map_view

ws = session.workspace()
book = ws.protocol.codebook


def draw_map(found: gaps.Matrix, shown: gaps.Matrix, rows: Dimension, columns: Dimension) -> None:
    """The map itself; a click on a cell opens it on the next run."""
    down, across = (
        map_sentences.ticks(rows, shown.rows),
        map_sentences.ticks(columns, shown.columns),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        # First, since the chart's tools show at the right end of this line.
        map_view.opener(down, across)
        map_view.legend(shown)
    row, column = (st.session_state.get(map_view.state(name)) for name in ("row", "column"))
    st.vega_lite_chart(
        chart.gap_map(
            map_sentences.spots(shown, down, across),
            down,
            across,
            {row_id: str(gap) for row_id, (gap, _) in found.row_gaps.items()},
            dark=st.context.theme.type == "dark",
            chosen=map_view.unclicked(),
        ),
        on_select="rerun",
        key=map_view.chart_key(),
        alt=f"Gap map of {rows.label.lower()} by {columns.label.lower()}: "
        f"{map_sentences.headline(found, shown, rows, columns)}. "
        "The table below holds the same numbers.",
    )
    if row and column:
        with st.container(key="rt-cell", gap="small"):
            cell_panel.panel(ws, shown, shown.cell(row, column), rows, columns, map_view.shut)
    cell_keys.draw()
    map_view.table(shown, down, across)


with elements.page("Gap map", "What was studied, and what was not.", width=None):
    asked = map_view.controls(ws)
    found, placed = remembered(ws, gaps.gap_map, asked.rows, asked.columns, asked.filters)
    rows, columns = book.dimension(asked.rows), book.dimension(asked.columns)
    shown = by_class(found, placed, map_view.joined(columns, asked.grouped))
    st.header(plain(map_sentences.headline(found, shown, rows, columns)), anchor=False)
    map_view.provenance(ws, found)
    draw_map(found, shown, rows, columns)
    map_view.totals(found, placed)
    map_view.ruled_out(shown)
    map_view.outside(found)
    map_view.unplaced(found)
    paper_lists.papers(
        ws,
        found.needs_pairing,
        paper_lists.CONFIRMED,
        "Reports that need a finding to pair their values",
        "pairing",
    )
    map_view.list_of_gaps(found, book)
