"""The report: the flow diagram with the papers behind every number, and all exports."""

from __future__ import annotations

from functools import partial

import streamlit as st

from review.coding import service as coding
from review.reporting import service as reporting
from review.reporting.coverage import coverage
from review.reporting.exports import EXPORTS, NOT_HELD
from review.screening import service as screening
from review.ui import downloads, elements, map_downloads, session
from review.ui.cache import remembered
from review.ui.elements import count_of, plain
from review.ui.report import bundle_part, checklist_view, flow_view, texts_view

ws = session.workspace()


def exports() -> None:
    """Downloads, each written when it is asked for; votes as far as one may see them."""
    viewer = session.reviewer()
    st.header("Exports", anchor=False)
    with st.container(horizontal=True):
        for export in EXPORTS.values():
            if export.of_lists:
                write = partial(reporting.export, ws, export.name, viewer=viewer)
                downloads.button(export.label, export.file, write)
    st.caption(NOT_HELD)
    if screening.votes_still_blind(ws):
        st.caption(
            "Votes of others on reports that are still voted on blind are in none of these files; "
            "your own are."
        )
    st.caption("What people decided, in files that can be read in again")
    with st.container(horizontal=True):
        downloads.button(
            "Votes (CSV)", "votes.csv", partial(screening.export_votes, ws, viewer=viewer)
        )
        downloads.button("Tags (CSV)", "tags.csv", partial(coding.export_tags, ws))
        downloads.button("Findings (CSV)", "findings.csv", partial(coding.export_findings, ws))
    st.caption("The gap map, for those who have no access to the review")
    with st.container(horizontal=True):
        map_downloads.draw(lambda write, path, team: write(ws, path, team=team))
    bundle_part.draw(ws)


def diagram() -> None:
    """The flow diagram, and how far the work behind it is."""
    whole = remembered(ws, reporting.flow)
    if not (whole.boxes["records_screened"] or whole.boxes["records_not_screened"]):
        elements.nothing_here("There is nothing to report on yet.", "Go to search", "search")
        st.stop()
    asked = flow_view.choose(ws)
    if not flow_view.ready(ws, asked):
        return
    found = flow_view.drawing(ws, asked)
    for problem in found.flow.failed_sums:
        st.warning(plain(problem))
    studies = count_of(whole.boxes["new_studies"], "study", "studies")
    included = count_of(whole.boxes["new_reports"], "report")
    looked = remembered(ws, coverage)
    so_far = " so far" if looked.undecided else ""
    st.header(f"{studies} in {included} included{so_far}", anchor=False)
    st.markdown(f"{looked.words}.")
    flow_view.draw(ws, found)
    flow_view.files(found, asked)
    flow_view.wording(ws, found)


VIEWS = {"flow": "Flow diagram and exports", "texts": "Texts", "checklists": "Checklists"}

with elements.page("Report", "The flow of records into the review, and everything to take along."):
    view = elements.views(VIEWS, "report-view")
    if view == "texts":
        texts_view.draw(ws)
    elif view == "checklists":
        checklist_view.draw(ws)
    else:
        diagram()
        exports()
