"""What stands under the gap map: totals, what is in no cell, the table, the list of gaps.

Every number opens the reports behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from review.gaps.gap_list import ORDER, gap_list
from review.gaps.model import EvidenceStatus, Matrix
from review.gaps.service import reports_of_row, write_gaps_csv
from review.protocol.codebook import Dimension
from review.ui import downloads, elements, navigation, paper_lists
from review.ui.cache import remembered
from review.ui.elements import count_of, plain
from review.ui.gap_map import map_sentences
from review.ui.gap_map.grid import Tick
from review.ui.gap_map.map_view import state, unmark
from review.workspace import Workspace


def offered(found: Matrix, rows: Dimension, columns: Dimension) -> None:
    """The controlled studies that the headline calls suggested, where it does."""
    _, reports = map_sentences.uncontrolled(found, rows, columns)
    if reports and any(cell.confirmed for cell in found.cells):
        words = f"{count_of(len(reports), 'suggested report')} of a controlled study"
        navigation.link(words, "records", elements.ids_param(reports))


def totals(
    found: Matrix,
    of_table: Mapping[EvidenceStatus, int],
    counted: Mapping[EvidenceStatus, tuple[str, ...]],
) -> None:
    """The totals of the map, each with its reports, and that the table behind it has the same."""
    same = of_table[EvidenceStatus.CONFIRMED], of_table[EvidenceStatus.SUGGESTED]
    with st.container(horizontal=True, vertical_alignment="center", key="rt-coverage-totals"):
        number = count_of(found.confirmed_total, "study", "studies")
        for status, n, said in (
            (EvidenceStatus.CONFIRMED, found.confirmed_total, f"In all {number} with a confirmed "
             "cell"),
            (EvidenceStatus.SUGGESTED, found.suggested_total, f"and {found.suggested_total:,} "
             "with a suggested one"),
        ):  # fmt: skip
            if n:
                navigation.link(said, "records", elements.ids_param(counted[status]))
            else:
                st.caption(said, width="content")
        if same == (found.confirmed_total, found.suggested_total):
            st.caption("The table below adds up to the same.", width="content")
    if same != (found.confirmed_total, found.suggested_total):
        st.warning(plain(f"The table below adds up to {same[0]:,} and {same[1]:,}."))


def ruled_out(shown: Matrix) -> None:
    """How many cells of the drawn map are no gaps, since there can be no evidence in them."""
    if shown.not_applicable:
        more = count_of(shown.not_applicable, "more cell")
        st.caption(f"{more} not applicable: the codebook says that there can be no such evidence.")


def table(ws: Workspace, found: Matrix, rows: Sequence[Tick], columns: Sequence[Tick]) -> None:
    """Every cell as a row of a table, drawn when it is opened."""
    fold = st.expander("The map as a table", key="map-table", on_change="rerun")
    if not fold.open:
        return
    with fold:
        lines = [
            *map_sentences.table_rows(found, rows, columns),
            *map_sentences.total_rows(found, rows, columns),
        ]
        cells = pd.DataFrame(lines)
        key = f"map-table-rows-{hash((found.row_dimension, found.column_dimension, len(lines)))}"
        st.dataframe(
            cells.map(elements.cell), hide_index=True, height=420, key=key,
            selection_mode="single-cell", on_select=lambda: _open_row(found, key),
        )  # fmt: skip
        st.caption("A click on a row opens its cell; on a total, it lists its reports.")
        place = elements.chosen_row(st.session_state.get(key))
        if place is not None and len(found.cells) <= place < len(lines):
            _of_total(ws, found, lines[place], place - len(found.cells))


def _open_row(found: Matrix, key: str) -> None:
    """Open the cell whose row in the table was clicked."""
    place = elements.chosen_row(st.session_state[key])
    if place is not None and place < len(found.cells):
        cell = found.cells[place]
        st.session_state[state("row")], st.session_state[state("column")] = cell.row, cell.column
        unmark()


def _of_total(ws: Workspace, found: Matrix, line: Mapping[str, str | int], place: int) -> None:
    """The reports of a whole row or column, or of all."""
    names = [("row", one) for one in found.row_totals]
    names += [("column", one) for one in found.column_totals]
    side, id_ = names[place] if place < len(names) else ("", "")
    cells = [cell for cell in found.cells if not side or getattr(cell, side) == id_]
    sure = {one for cell in cells for one in cell.confirmed_reports}
    open_ = {one for cell in cells for one in cell.suggested_reports}
    where = f"{line['Row']} × {line['Column']}"
    for ids, mark, words in (
        (sure, paper_lists.CONFIRMED, "confirmed"), (open_, paper_lists.SUGGESTED, "suggested"),
    ):  # fmt: skip
        head = f"{where}, {words}: {count_of(len(ids), 'report')}"
        paper_lists.papers(ws, sorted(ids), mark, head, f"total-{words}", code=False)


def list_of_gaps(ws: Workspace, found: Matrix) -> None:
    """The gaps of whole rows, each with the rule that says so, and the same as a file."""
    st.header("List of gaps", anchor=False)
    if not found.row_gaps:
        st.markdown("No row of this map meets a rule for a gap.")
        return
    st.caption(f"By all study designs of a row. {ORDER} A click on a row lists its reports.")
    codebook = ws.protocol.codebook
    listed = gap_list(found, codebook.dimension(found.row_dimension))
    key = f"map-gaps-{hash(tuple(found.row_gaps))}"
    event = st.dataframe(
        elements.cells(
            {
                "Gap": [str(one["gap"]).capitalize() for one in listed],
                "Row": [one["label"] for one in listed],
                "Studies": [one["studies"] for one in listed],
                "Rule": [one["rule"] for one in listed],
            }
        ),
        column_config={
            "Gap": st.column_config.TextColumn(width=190),
            "Row": st.column_config.TextColumn(width=230),
            "Studies": st.column_config.NumberColumn(width=60),
            "Rule": st.column_config.TextColumn(width=560),
        },
        hide_index=True, height="content" if len(listed) <= 12 else 458, key=key,
        on_select="rerun", selection_mode="single-cell",
    )  # fmt: skip
    place = elements.chosen_row(event)
    if place is not None and place < len(listed):
        _of_gap(ws, found, listed[place])
    write = partial(write_gaps_csv, found, codebook)
    downloads.button("List of gaps (CSV)", "gaps.csv", write)


def _of_gap(ws: Workspace, found: Matrix, line: Mapping[str, str | int]) -> None:
    """The reports that the rule of a row rests on, and its place in the ledger."""
    row = str(line["row"])
    sure, open_ = remembered(ws, reports_of_row, found.row_dimension, found.column_dimension,
                             found.filters, row)  # fmt: skip
    number = count_of(int(line["studies"]), "study", "studies")
    said = f"{str(line['gap']).capitalize()}: {line['rule']}"
    st.markdown(f"**{plain(str(line['label']))}** · {number} · {plain(said)}")
    for ids, mark, words in (
        (sure, paper_lists.CONFIRMED, "Confirmed"),
        (open_, paper_lists.SUGGESTED, "Only suggested"),
    ):
        head = f"{words}: {count_of(len(ids), 'report')}"
        paper_lists.papers(ws, ids, mark, head, f"map-gap-{words}", code=False)
    if found.row_dimension == "outcome":
        navigation.link("In the ledger of gaps", "gaps", {"gap": f"outcome:{row}", "of": "row"})


def outside(found: Matrix) -> None:
    """Reports that the frame of the question leaves out of the map, one click away."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if found.outside:
            more = count_of(len(found.outside), "more report")
            navigation.link(
                f"{more} without the exposure of the question, counted apart",
                "records", elements.ids_param(found.outside),
            )  # fmt: skip
            st.button(
                "Count them too", key="map-count-outside", type="tertiary", on_click=_go_beyond
            )
        if found.frame_unknown:
            navigation.link(
                f"{count_of(len(found.frame_unknown), 'report')} counted, exposure not coded",
                "records", elements.ids_param(found.frame_unknown),
            )  # fmt: skip


def _go_beyond() -> None:
    st.session_state[state("beyond_frame")] = True


def unplaced(found: Matrix) -> None:
    """Reports that stand in no cell, and why."""
    waiting = len(found.needs_pairing)
    with st.container(horizontal=True, gap="small"):
        if found.uncoded:
            navigation.link(
                f"{count_of(len(found.uncoded), 'report')} without a value on one side",
                "records", elements.ids_param(found.uncoded),
            )  # fmt: skip
        if found.not_asked:
            navigation.link(
                f"{count_of(len(found.not_asked), 'report')} to which a side does not apply",
                "records", elements.ids_param(found.not_asked),
            )  # fmt: skip
        if found.forms:
            navigation.link(
                f"{count_of(len(found.forms), 'report')} only as news, abstract or thesis",
                "records", elements.ids_param(found.forms),
            )  # fmt: skip
        if found.unpaired_suggested:
            navigation.link(
                f"{count_of(len(found.unpaired_suggested), 'report')} whose suggestions "
                "could pair in several ways",
                "records", elements.ids_param(found.unpaired_suggested),
            )  # fmt: skip
    if waiting:
        st.markdown(
            f"{count_of(waiting, 'report')} with several values on both sides: "
            "only a finding says which belong together."
        )
