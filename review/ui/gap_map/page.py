"""The gap map: what was studied, and what was not."""

from __future__ import annotations

import streamlit as st

from review.protocol.codebook import Dimension
from review.ui import elements, paper_lists, session
from review.ui.cache import remembered
from review.ui.elements import plain
from review.ui.gap_map import (
    cell_keys,
    cell_panel,
    chart,
    known_papers,
    map_numbers,
    map_sentences,
    map_view,
)
from review.ui.gap_map.drawn import Drawn, drawn

ws = session.workspace()
book = ws.protocol.codebook


def draw_map(view: Drawn, asked: map_view.Asked, rows: Dimension, columns: Dimension) -> None:
    """The map itself; a click on a cell opens it on the next run."""
    shown = view.shown
    with st.container(horizontal=True, vertical_alignment="center"):
        # First, since the chart's tools show at the right end of this line.
        map_view.opener(view.rows, view.columns)
        map_view.legend(shown, directions=asked.directions)
    row, column = (st.session_state.get(map_view.state(name)) for name in ("row", "column"))
    st.vega_lite_chart(
        chart.gap_map(
            view.spots,
            view.rows,
            view.columns,
            view.row_gaps,
            dark=st.context.theme.type == "dark",
            chosen=map_view.unclicked(),
            directions=asked.directions,
            groups={name: map_sentences.group_name(name) for name in rows.groups if name},
        ),
        on_select="rerun",
        key=map_view.chart_key(),
        alt=f"Gap map of {rows.label.lower()} by {columns.label.lower()}: "
        f"{map_sentences.headline(view.found, shown, rows, columns)}. "
        "The table below holds the same numbers.",
    )
    if row and column:
        with st.container(key="rt-cell", gap="small"):
            cell_panel.panel(
                ws, shown, shown.cell(row, column), rows, columns, map_view.shut,
                view.details.get((row, column)),
            )  # fmt: skip
    cell_keys.draw()
    map_numbers.table(ws, shown, view.rows, view.columns)


with elements.page("Gap map", "What was studied, and what was not.", width=None):
    asked = map_view.controls(ws)
    rows, columns = book.dimension(asked.rows), book.dimension(asked.columns)
    view = remembered(
        ws, drawn, asked.rows, asked.columns, asked.filters, asked.grouped, asked.folded,
        asked.sort,
    )  # fmt: skip
    found = view.found
    map_view.back(ws, asked)
    st.header(plain(map_sentences.headline(found, view.shown, rows, columns)), anchor=False)
    map_view.provenance(ws, found)
    map_numbers.offered(found, rows, columns)
    draw_map(view, asked, rows, columns)
    map_numbers.totals(found, view.of_table, view.counted)
    map_numbers.ruled_out(view.shown)
    map_numbers.outside(found)
    map_numbers.unplaced(found)
    paper_lists.papers(
        ws,
        found.needs_pairing,
        paper_lists.CONFIRMED,
        "Reports that need a finding to pair their values",
        "pairing",
    )
    known_papers.draw(ws)
    map_numbers.list_of_gaps(ws, found)
