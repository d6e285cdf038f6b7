"""The open cell of the gap map: its papers, or what could fill it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from review.gaps import service as gaps
from review.gaps.cell_details import Details, members
from review.gaps.model import Cell, Matrix
from review.protocol.codebook import Dimension
from review.ui import finding_words, navigation, paper_lists
from review.ui.elements import count_of, local_time, plain
from review.ui.gap_map import map_sentences
from review.workspace import Workspace


def panel(
    ws: Workspace,
    found: Matrix,
    cell: Cell,
    rows: Dimension,
    columns: Dimension,
    close: Callable[[], None],
    inside: Details | None = None,
) -> None:
    """Draw a cell: confirmed papers, then suggested ones; an empty one says what could fill it."""
    name = f"{map_sentences.label(rows, cell.row)} × {map_sentences.label(columns, cell.column)}"
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(f"**{plain(name)}** · {plain(map_sentences.cell_words(cell))}", width="content")
        st.button("Close", shortcut="Esc", key="map-close", type="tertiary", on_click=close)
    inside = inside or map_sentences.NOTHING
    if said := map_sentences.detail_words(inside):
        words = "; ".join(said)
        st.markdown(plain(f"{words[:1].upper()}{words[1:]}."))
    if cell.rule:
        st.markdown(plain(cell.rule))
    paper_lists.papers(
        ws,
        cell.confirmed_reports,
        paper_lists.CONFIRMED,
        _head("Confirmed", cell.confirmed_reports),
        "confirmed",
    )
    finding_words.listed(ws.protocol.codebook, gaps.findings_in(ws, found, cell), "Findings in it")
    paper_lists.papers(
        ws,
        cell.suggested_reports,
        paper_lists.SUGGESTED,
        _head("Only suggested, to confirm or reject", cell.suggested_reports),
        "suggested",
    )
    paper_lists.papers(
        ws, cell.retracted_reports, paper_lists.RETRACTED, "Retracted, counted nowhere", "retracted"
    )
    paper_lists.papers(
        ws,
        cell.outside_reports,
        "·",
        f"{count_of(len(cell.outside_reports), 'more report')} without the exposure of the "
        "question, counted apart",
        "outside",
    )
    paper_lists.papers(
        ws,
        inside.unpaired_reports,
        "?",
        f"Pairing not stated, not counted here: {count_of(len(inside.unpaired_reports), 'report')}",
        "unpaired",
    )
    paper_lists.papers(
        ws,
        cell.hidden_reports,
        "·",
        f"Hidden by the filters: {count_of(len(cell.hidden_reports), 'report')}",
        "hidden",
    )
    if not cell.confirmed and not cell.suggested and cell.applicable:
        _could_fill(ws, found, cell)


def _head(words: str, ids: tuple[str, ...]) -> str:
    return f"{words}: {count_of(len(ids), 'report')}"


def _could_fill(ws: Workspace, found: Matrix, cell: Cell) -> None:
    """Searches that were meant to find such papers, and when each last ran to its end."""
    book = ws.protocol.codebook
    runs = {
        search.name: (search, run)
        for row in sorted(members(book, found.row_dimension, cell.row))
        for column in sorted(members(book, found.column_dimension, cell.column))
        for search, run in gaps.could_fill(
            ws, row, column, rows=found.row_dimension, columns=found.column_dimension
        )
    }
    if not runs:
        st.markdown("No search of the protocol covers this cell. Add one to `protocol.yaml`.")
    else:
        st.markdown("**Searches that could have found such a study**")
        lines = [
            f"- {plain(search.label)}: "
            + (f"last run {local_time(run.finished)}" if run else "never run to its end")
            for search, run in runs.values()
        ]
        st.markdown("\n".join(lines))
    with st.container(horizontal=True):
        names = ",".join(runs)
        navigation.link("Run these searches", "search", {"search": names} if names else {})
        navigation.link("Code the next report", "code")
