"""The extraction table: one row a report or arm, one column a field."""

from __future__ import annotations

from functools import partial

import streamlit as st

from review.extraction import service as extraction
from review.ui import downloads, elements, page_address
from review.ui.elements import count_of
from review.workspace import Workspace

STATES = "“Not reported” and “Does not apply” were looked for; a blank cell was not extracted yet."


def draw(ws: Workspace, reviewer: str) -> None:
    """The table, and its file; a click on a row opens its report."""
    rows = extraction.table(ws, reviewer)
    reports = count_of(len({row.report for row in rows}), "report")
    st.header(f"{reports} extracted from", anchor=False)
    columns: dict[str, list[object]] = {
        "Report": [row.report for row in rows],
        "Study": [row.study for row in rows],
        "Arm": [row.arm for row in rows],
    }
    for field in ws.protocol.extraction:
        label = field.label if field.label not in columns else f"{field.label} ({field.id})"
        columns[label] = [row.values.get(field.id, "") for row in rows]
    if rows:
        event = st.dataframe(
            elements.cells(columns),
            hide_index=True,
            on_select="rerun",
            selection_mode=["single-row", "single-cell"],
            key="extraction-table",
        )
        chosen = elements.chosen_row(event)
        if chosen is not None:
            st.button(
                f"Open {rows[chosen].report}",
                on_click=page_address.become,
                args=({"report": rows[chosen].report},),
            )
    else:
        st.markdown("Nothing was extracted yet.")
    st.caption(STATES)
    downloads.button(
        "Extraction table (CSV)", "extraction.csv",
        partial(extraction.export_values, ws, viewer=reviewer),
    )  # fmt: skip
