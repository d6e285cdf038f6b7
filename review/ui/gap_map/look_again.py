"""Looking again for what a place lacks: a ready query, its price first, and works like it."""

from __future__ import annotations

from html import escape

import streamlit as st

from review.gaps.cell_opening import LookAgain
from review.search import adding_searches, similar
from review.search import service as searching
from review.ui import drafts, elements, jobs, session
from review.ui.errors import careful, tell
from review.ui.search import ended_runs, search_jobs
from review.ui.search.protocol_searches import price_line
from review.workspace import Workspace


def panel(ws: Workspace, ready: LookAgain) -> None:
    """Draw the query, what it would bring and cost, and what can be done with it."""
    reviewer = session.reviewer()
    key = f"again-{ready.gap}"
    st.markdown("**Look again**")
    query = st.text_area(
        "Query for such studies", key=drafts.field(key, first=ready.query), height=90,
        persist_state="session",
        help="The exposure of the question and the words of the codebook for this place. "
        "Study designs are left out, since abstracts often do not state them.",
    ).strip()  # fmt: skip
    remarks = searching.remarks(ws, query)
    for one in remarks:
        (st.warning if one.wrong else st.caption)(elements.plain(one.message))
    wrong = any(one.wrong for one in remarks) or not query
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Ask count and price", key=f"ask-{key}", on_click=search_jobs.preview, args=(query,),
            disabled=wrong,
        )  # fmt: skip
        st.button(
            "Add to the protocol's searches", key=f"add-{key}", on_click=_add,
            args=(ready, query, reviewer), disabled=wrong or not reviewer,
            help="A new version of the protocol; the search is run on the page Search.",
        )  # fmt: skip
    _price(query)
    _similar(ws, ready, reviewer)


def _similar(ws: Workspace, ready: LookAgain, reviewer: str) -> None:
    """Works by meaning: what a search for words may miss, through the other methods."""
    source = similar.similarity_source()
    if source is None:
        return
    key = f"like-{ready.gap}"
    text = st.text_input(
        "Or works like this, in plain words", key=drafts.field(key, first=ready.like),
        persist_state="session",
        help="By meaning, not by words. Such a list cannot be repeated exactly, so it is logged as "
        "another method and goes through the other arm of the flow diagram.",
    ).strip()  # fmt: skip
    busy = bool(jobs.registry().running(search_jobs.RUN))
    st.button(
        f"Bring in up to {source.most_similar} works ({search_jobs.dollars(source.request_usd)})",
        key=f"find-{key}", on_click=search_jobs.find_similar,
        args=(text, ready.what, reviewer),
        disabled=not text or not reviewer or busy,
    )  # fmt: skip
    ended_runs.panel(ws, search_jobs.RUN_SIMILAR)


def _price(query: str) -> None:
    job = search_jobs.previewed(query)
    if job is None:
        return
    _, found = job.result
    st.markdown(price_line(found.estimate, job.moved))
    if found.titles:
        st.html("<ul>" + "".join(f"<li>{escape(t)}</li>" for t in found.titles) + "</ul>")


@careful
def _add(ready: LookAgain, query: str, reviewer: str) -> None:
    added = adding_searches.add_search(
        session.workspace(), f"{ready.what}, again", query, ready.covers, reviewer,
        why="none; for a gap of the map",
    )  # fmt: skip
    tell(f"The protocol has the search {added.name} now. Run it on the page Search.")
