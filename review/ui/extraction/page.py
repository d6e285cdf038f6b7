"""Data extraction: the fields of the protocol for one report, and the table of all."""

from __future__ import annotations

import streamlit as st

from review.extraction import service as extraction
from review.ui import elements, page_address, session
from review.ui.extraction import filling_in, table_view

ws = session.workspace()
reviewer = session.require_reviewer()

VIEWS = {"form": "Form", "table": "Table"}

EXAMPLE = """extraction:
  - {id: n_analysed, label: People analysed, kind: number}
  - {id: dose, label: Dose, kind: number, unit: mg, per: arm}
  - {id: recruited, label: Recruitment began, kind: date}
  - id: funding
    label: Funding
    kind: choice
    choices: [{id: public, label: Public}, {id: industry, label: Industry}]
extractors: 2   # people who fill it in independently; 1 without this line"""

with elements.page(
    "Extraction", "Take from each report what the protocol asks for, with the words.", None
):
    if not ws.protocol.extraction:
        elements.nothing_here(
            "The protocol declares no fields for extraction. Add them to protocol.yaml, then open "
            "this page again.",
            "Go to settings",
            "settings",
        )
        st.code(EXAMPLE, language="yaml")
        st.stop()
    if elements.views(VIEWS, "extraction-view") == "table":
        table_view.draw(ws, reviewer)
        st.stop()
    name = page_address.get("report") or extraction.next_report(ws, reviewer)
    if not name:
        elements.nothing_here(
            "No included report waits for extraction. Include reports on full text, or open one in "
            "Records.",
            "Go to screening",
            "screen",
        )
        st.stop()
    filling_in.draw(ws, name, reviewer)
