"""The report: the flow diagram with the papers behind every number, tables, texts, all exports."""

from __future__ import annotations

import streamlit as st

from review.reporting import service as reporting
from review.reporting.coverage import coverage
from review.ui import elements, session
from review.ui.cache import remembered
from review.ui.elements import count_of, plain
from review.ui.report import (
    bundle_part,
    checklist_view,
    exports_part,
    flow_view,
    tables_part,
    texts_view,
)

ws = session.workspace()


def diagram() -> None:
    """The flow diagram, and how far the work behind it is."""
    asked = flow_view.choose(ws)
    if not flow_view.ready(ws, asked):
        return
    found = flow_view.drawing(ws, asked)
    for problem in found.flow.failed_sums:
        st.warning(plain(problem))
    whole = remembered(ws, reporting.flow)
    studies = count_of(whole.boxes["new_studies"], "study", "studies")
    included = count_of(whole.boxes["new_reports"], "report")
    looked = remembered(ws, coverage)
    so_far = " so far" if looked.undecided else ""
    st.header(f"{studies} in {included} included{so_far}", anchor=False)
    st.markdown(f"{looked.words}.")
    flow_view.draw(ws, found)
    flow_view.files(found, asked)
    flow_view.wording(ws, found)


def is_empty() -> bool:
    """Whether the review holds no report."""
    boxes = remembered(ws, reporting.flow).boxes
    return not (boxes["records_screened"] or boxes["records_not_screened"])


VIEWS = {
    "flow": "Flow diagram",
    "tables": "Tables",
    "texts": "Texts",
    "checklists": "Checklists",
    "exports": "Exports",
}

with elements.page("Report", "The flow of records into the review, and everything to take along."):
    view = elements.views(VIEWS, "report-view")
    if view == "texts":
        texts_view.draw(ws)
    elif view == "checklists":
        checklist_view.draw(ws)
    elif is_empty():
        elements.nothing_here("There is nothing to report on yet.", "Go to search", "search")
    elif view == "tables":
        tables_part.draw(ws)
    elif view == "exports":
        exports_part.draw(ws)
        bundle_part.draw(ws)
    else:
        diagram()
