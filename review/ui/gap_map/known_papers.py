"""Known papers beside the map: found or missed, and whether the source or the search lacks them."""

from __future__ import annotations

import streamlit as st

from review.search import service as searching
from review.search.recall import Cause, Recall, records_of
from review.ui import elements, jobs, navigation
from review.ui.cache import remembered
from review.ui.elements import count_of, ids_param, plain
from review.ui.search import recall_panel, search_jobs
from review.workspace import Workspace


def words(together: Recall, source: str) -> str:
    """``18 of 20 known papers found; 1 not in OpenAlex, 1 missed by the searches``."""
    said = f"{len(together.found)} of {count_of(together.total, 'known paper')} found"
    parts = [
        f"{len(found)} {how}"
        for cause, how in (
            (Cause.ABSENT, f"not in {source}"),
            (Cause.STRING, "missed by the searches"),
            (Cause.UNKNOWN, "missed, why is not asked yet"),
        )
        if (found := together.because(cause))
    ]
    return f"{said}; {', '.join(parts)}" if parts else said


def draw(ws: Workspace) -> None:
    """What the searches found of the papers that any good search must find, folded."""
    if not ws.protocol.known_items:
        return
    together = recall_panel.recall(ws)[0]
    if not together.ran:
        st.caption("Known papers: no search has run yet that could have found them.")
        return
    source = ", ".join(
        dict.fromkeys(searching.source_label(search.source) for search in ws.protocol.searches)
    )
    said = words(together, source)
    if not together.missed:
        st.caption(plain(f"{said}."))
        return
    with st.expander(plain(said), key="map-known"):
        if together.found:
            found = remembered(ws, records_of, together.found)
            label = f"{count_of(len(together.found), 'known paper')} found"
            navigation.link(label, "records", ids_param(found))
        recall_panel.missed_table(together.missed)
        job = jobs.panel(search_jobs.RECALL)
        if searching.tells_why_missed(ws) and (job is None or job.error):
            st.button(
                "Ask why (free)", key="map-ask-why", on_click=search_jobs.ask_recall,
                help="One free look-up a paper, by DOI or PMID.",
            )  # fmt: skip
        if job is not None and job.error:
            st.error(elements.plain(job.error))
