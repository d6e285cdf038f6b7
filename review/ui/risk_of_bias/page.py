"""Risk of bias: one report against the form of its design, and what is settled so far."""

from __future__ import annotations

import streamlit as st

from review.appraisal import service as appraisal
from review.errors import FormError
from review.ui import elements, page_address, session
from review.ui.elements import plain
from review.ui.risk_of_bias import assessing, settled_view

ws = session.workspace()
reviewer = session.require_reviewer()

VIEWS = {"assess": "Assess", "summary": "Summary"}

with elements.page(
    "Risk of bias", "Judge each report by the form of its design; people decide.", None
):
    try:
        known = appraisal.forms(ws)
    except FormError as error:
        st.error(plain(str(error)))
        st.stop()
    view = elements.views(VIEWS, "rob-view")
    if view == "summary":
        settled_view.draw(ws, reviewer)
        st.stop()
    tasks = appraisal.tasks(ws, reviewer)
    name, form = page_address.get("report"), page_address.get("form")
    result = page_address.get("result")
    if not name:
        waiting = next((task for task in tasks if not task.done), None)
        if waiting is None:
            elements.nothing_here(
                "No report waits: each one whose study design is confirmed and has a form is "
                "judged. Confirm study designs, or open a report in Records."
                if tasks
                else "No report has a confirmed study design that one of the forms is for. Confirm "
                "study designs first.",
                "Go to coding",
                "code",
            )
            st.stop()
        name, form, result = waiting.report, waiting.form.id, waiting.state.result
        if result:
            page_address.put("result", result)
    assessing.draw(ws, name, form if form in known else "", result, tasks, reviewer)
