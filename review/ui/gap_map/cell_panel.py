"""The open cell of the gap map: its papers, why it is empty or thin, and how to look again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from review.gaps import cell_opening, ledger_state
from review.gaps.cell_details import Details
from review.gaps.cell_opening import OpenedCell
from review.gaps.column_groups import CLASS, label
from review.gaps.ledger import Verdict
from review.gaps.model import Cell, Gap, Matrix
from review.protocol.codebook import Dimension
from review.ui import evidence_filters, evidence_links, finding_words, navigation, paper_lists
from review.ui.cache import remembered
from review.ui.elements import count_of, ids_param, local_time, plain
from review.ui.gap_map import look_again, map_sentences
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
    """Draw a cell: its papers; of an empty or thin one also what could fill it."""
    name = f"{map_sentences.label(rows, cell.row)} × {map_sentences.label(columns, cell.column)}"
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(f"**{plain(name)}** · {plain(map_sentences.cell_words(cell))}", width="content")
        st.button("Close", shortcut="Esc", key="map-close", type="tertiary", on_click=close)
    opened = _opened(ws, found, cell)
    inside = inside or map_sentences.NOTHING
    st.markdown(plain(_why(opened.verdict, cell)))
    if cell.gap is Gap.SEARCHED_NONE:
        evidence_links.not_coded(found)
    evidence_links.kinds(opened.verdict.kinds, opened.by_kind, "cell")
    evidence_links.directions(inside, "cell")
    _papers(ws, cell, opened, inside)
    if not cell.applicable:
        return
    if opened.wanting:
        _searches(opened)
        _near(opened)
    _neighbours(found, cell, opened, rows, columns)
    _links(ws, found, cell, opened)
    if opened.wanting:
        look_again.panel(ws, opened.again)


def _opened(ws: Workspace, found: Matrix, cell: Cell) -> OpenedCell:
    axes = found.row_dimension, found.column_dimension
    # The map is too large to be the name of a question; these tell it apart.
    asked = (*axes, cell.row, cell.column, found.filters)

    def compute(ws: Workspace, *_: object) -> OpenedCell:
        return cell_opening.open_cell(ws, found, cell)

    return remembered(ws, compute, *asked, found.rows, found.columns)


def _why(verdict: Verdict, cell: Cell) -> str:
    """The gap and its rule as a sentence."""
    if not cell.applicable:
        return verdict.rule
    if verdict.gap is None:
        return "No gap by any rule."
    return f"{str(verdict.gap).capitalize()}: {verdict.rule}"


def _papers(ws: Workspace, cell: Cell, opened: OpenedCell, inside: Details) -> None:
    more = count_of(len(cell.outside_reports), "more report")
    groups = (
        (cell.confirmed_reports, paper_lists.CONFIRMED, "Confirmed: {}", "confirmed"),
        (
            cell.suggested_reports, paper_lists.SUGGESTED,
            "Only suggested, to confirm or reject: {}", "suggested",
        ),
        (
            cell.retracted_reports, paper_lists.RETRACTED, "Retracted, counted nowhere: {}",
            "retracted",
        ),
        (
            cell.outside_reports, "·",
            f"{more} without the exposure of the question, counted apart", "outside",
        ),
        (
            inside.unpaired_reports, "?", "Pairing not stated, not counted here: {}", "unpaired",
        ),
        (cell.hidden_reports, "·", "Hidden by the filters: {}", "hidden"),
    )  # fmt: skip
    for ids, mark, words, key in groups:
        head = words.format(count_of(len(ids), "report"))
        paper_lists.papers(ws, ids, mark, head, key)
        if key == "confirmed":
            finding_words.listed(ws.protocol.codebook, opened.findings, "Findings in it")
            finding_words.tags_listed(
                ws.protocol.codebook, opened.tags, "Words behind other tags in it"
            )


def _searches(opened: OpenedCell) -> None:
    """Searches that were meant to find such papers, and when each last ran to its end."""
    if not opened.searches:
        st.markdown("No search of the protocol covers this cell.")
        return
    st.markdown("**Searches that could have found such a study**")
    lines = [
        f"- {plain(search.label)}: "
        + (
            f"last run {local_time(run.finished)} by {plain(run.actor)}, "
            f"{count_of(run.received, 'record')}"
            if run
            else "never run to its end"
        )
        for search, run in opened.searches
    ]
    st.markdown("\n".join(lines))
    names = ",".join(search.name for search, _ in opened.searches)
    navigation.link("Run these searches", "search", {"search": names})


def _near(opened: OpenedCell) -> None:
    """Excluded reports that would have stood here, and why they were excluded."""
    if not opened.near_reports:
        st.caption("No excluded report holds both values.")
        return
    with st.container(gap=None, key="rt-papers-near"):
        number = count_of(len(opened.near_reports), "excluded report")
        st.markdown(f"**Near misses: {number} with both values**")
        for one in opened.near_misses:
            paper_lists.paper_line(one.report, "·", code=False)
            st.caption(plain(one.why))
        if len(opened.near_reports) > len(opened.near_misses):
            navigation.link(f"All {number}", "records", ids_param(opened.near_reports))


def _neighbours(
    found: Matrix, cell: Cell, opened: OpenedCell, rows: Dimension, columns: Dimension
) -> None:
    """The nearest filled cells, each a press away."""
    beside = [(one, label(columns, one.column)) for one in opened.in_row]
    above = [(one, label(rows, one.row)) for one in opened.in_column]
    if not beside and not above:
        return
    st.markdown("**Nearest filled cells**")
    for head, line in (
        (f"Also on {label(rows, cell.row)}", beside),
        (f"Also by {label(columns, cell.column)}", above),
    ):
        if not line:
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{plain(head)}:", width="content")
            for one, words in line:
                address = {
                    "rows": found.row_dimension,
                    "columns": found.column_dimension,
                    "row": one.row,
                    "column": one.column,
                    **evidence_filters.address(found.filters),
                }
                number = count_of(one.confirmed + one.suggested, "study", "studies")
                navigation.link(f"{plain(words)}, {number}", "gap-map", address)


def _links(ws: Workspace, found: Matrix, cell: Cell, opened: OpenedCell) -> None:
    with st.container(horizontal=True):
        if opened.wanting and found.row_dimension == "outcome" and not cell.row.startswith(CLASS):
            address = {"gap": opened.gap, "view": found.column_dimension, "of": "row,claim,cell"}
            said = ledger_state.said_of(ws, opened.gap)
            more = f": priority {said}" if said else ""
            navigation.link(f"In the ledger of gaps{plain(more)}", "gaps", address)
        navigation.link("Code the next report", "code")
