"""Coding: one report, its words, and the codebook beside it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from review.coding import recoding
from review.coding import service as coding
from review.outdated import shown
from review.ui import (
    elements,
    full_text_words,
    key_queue,
    navigation,
    page_address,
    paper_card,
    selected_words,
    session,
    stale_press,
)
from review.ui.coding import (
    coding_form,
    findings_form,
    form_steps,
    recoding_view,
    suggestion_precision,
    suggestion_update,
)
from review.ui.errors import careful, tell
from review.ui.keys import Shortcuts

QUOTE = selected_words.KEY
ONLY = "code-only-included"


@careful
@stale_press.once
def go_on(report: str, reviewer: str) -> None:
    """Open the report that comes after this one in the queue."""
    only = bool(st.session_state.get(ONLY))
    found = coding.next_to_code(session.workspace(), reviewer, after=report, only_included=only)
    if found is None or found == report:
        tell("No other report waits for codes.")
    else:
        page_address.put("report", found)
        st.session_state.pop(coding_form.CHANGING, None)


def progress_line() -> None:
    """How far coding is; each number opens its list."""
    found = coding.coding_progress(ws)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if ws.protocol.coding.reviewers_per_report > 1:
            form_steps.progress()
            return
        st.markdown(
            f"**{found.coded:,}** of {elements.count_of(found.total, 'report')} coded, "
            f"**{found.included_coded:,}** of {found.included:,} included ones · "
            f"{elements.count_of(found.open_suggestions, 'open suggestion')}",
            width="content",
        )
        if found.included:
            st.toggle("Only included reports", key=ONLY, persist_state="session")


ws = session.workspace()
reviewer = session.require_reviewer()

with elements.page("Code", "Give codebook values to a report, and write down what it found.", None):
    progress_line()
    waiting = recoding.queue(ws, reviewer)
    if page_address.get("view") == "recode":
        recoding_view.draw(waiting, reviewer)
        st.stop()
    if waiting:
        to_recode = f"{elements.count_of(len(waiting), 'value')} to recode"
        navigation.link(to_recode, "code", {"view": "recode"})
    suggestion_update.draw(ws, reviewer)
    only = bool(st.session_state.get(ONLY))
    name = page_address.get("report") or coding.next_to_code(ws, reviewer, only_included=only)
    if not name:
        elements.nothing_here(
            "Every report has a study design and an outcome. See what the evidence now says.",
            "Open the gap map",
            "gap-map",
        )
        st.stop()
    found = coding.sheet(ws, name, reviewer)
    report = found.report
    if page_address.get("report") != report.id:
        findings_form.follow(name, report.id)
        page_address.put("report", report.id)
    stale_press.at(report.id)
    left, right = st.columns([1, 1.08], gap="large")
    with left, st.container(key="rt-code-card"):
        words = coding_form.words_for(found)
        st.html(f'<span class="rt-id">{report.id}</span>' + paper_card.card(report.lead, words))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Marked: words behind the suggestions. Select words, {QUOTE} quotes them.")
            navigation.link("Whole history", "records", {"report": report.id})
        page = full_text_words.draw(ws, report.id, words)
    with right, st.container(key="rt-sheet"):
        keys = Shortcuts()
        group = coding_form.draw(keys, found, reviewer)
        with st.container(horizontal=True, key="rt-code-steps"):
            st.button(
                "Next report",
                key=f"next-{report.id}",
                type="primary",
                shortcut=keys.take("Shift+N", "next report"),
                on_click=go_on,
                args=(report.id, report.id, reviewer),
            )
            st.button(
                "Undo",
                key=f"undo-{report.id}",
                type="tertiary",
                shortcut=keys.take("Shift+U", "undo"),
                on_click=coding_form.undo,
                args=(report.id,),
            )
        form_steps.draw(keys, found, reviewer)
        findings_form.draw(keys, found, reviewer)
    suggestion_precision.draw(ws, reviewer)
    seen = shown(ws, report)
    selected_words.draw(
        report.id, report.lead, partial(findings_form.attach, found, seen, reviewer), page
    )
    key_queue.draw(keys.taken, ".rt-id", scope=group)
