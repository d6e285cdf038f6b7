"""What else can be asked of a source: citations of included reports, and a query of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from review.model import Report
from review.protocol.search_strings import terms
from review.search import citations
from review.search import service as searching
from review.ui import drafts, elements, jobs, paper_lists
from review.ui.search import ended_runs, search_jobs
from review.ui.search.protocol_searches import price_line, too_dear
from review.ui.search.search_jobs import dollars
from review.workspace import Workspace


def citation_search(ws: Workspace, reviewer: str, busy: bool) -> None:
    """Following citations of included reports, price first."""
    with st.container(border=True):
        st.markdown("**Citations of included reports**")
        st.caption(
            "Works that cite included reports, and works these cite. What only this finds goes "
            "through the other methods of the flow diagram."
        )
        words = {"both": "Both ways", "citing": "Citing them", "cited": "Cited by them"}
        direction = st.segmented_control(
            "Direction", list(words), format_func=words.__getitem__, default="both",
            key="citations_direction", label_visibility="collapsed", persist_state="session",
        ) or "both"  # fmt: skip
        ended_runs.panel(ws, search_jobs.RUN_CITATIONS)
        job = jobs.panel(search_jobs.CITATIONS, own=True)
        if job is not None and job.running:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            done = job is not None and job.state is jobs.JobState.DONE
            asked: searching.EstimatedCitations | None = job.result if job and done else None
            estimates = asked.searches if asked else ()
            wanted = {name for one, name in citations.NAMES.items() if direction in (one, "both")}
            if {e.search.split(", part")[0] for e in estimates} == wanted:
                count = sum(e.estimate.count for e in estimates)
                price = sum(e.estimate.price_usd for e in estimates)
                st.markdown(
                    f"**{elements.count_of(count, 'work')}** · about {dollars(price)}",
                    width="content",
                )
                st.button(
                    "Follow them", on_click=search_jobs.chase, args=(direction, reviewer),
                    disabled=busy,
                )  # fmt: skip
            else:
                st.button(
                    "Ask count and price", key="ask-citations",
                    on_click=search_jobs.ask_citations, args=(direction,),
                )  # fmt: skip
        if job is not None and job.error:
            st.info(elements.plain(job.error))
        followed = ended_runs.shown_at(search_jobs.RUN_CITATIONS)
        _left_out(ws, asked.unknown if asked else searching.left_out(ws, followed))


def _left_out(ws: Workspace, unknown: Sequence[Report]) -> None:
    """The included reports whose citations nobody can follow: PRISMA-S asks for them (item 5)."""
    source = searching.citation_source_label(ws)
    number = elements.count_of(len(unknown), "included report")
    whose = "its" if len(unknown) == 1 else "their"
    paper_lists.papers(
        ws, [report.id for report in unknown], "",
        f"{source} does not know {number}, so {whose} citations are not followed",
        "left-out", code=False,
    )  # fmt: skip


def own_query(ws: Workspace, reviewer: str, busy: bool) -> None:
    """A search of one's own: checks while typing, a preview, then the run."""
    with st.container(border=True):
        st.markdown("**A search of your own**")
        query = st.text_area(
            "Words to search for in title and abstract", key=drafts.field("own_query"), height=90,
            persist_state="session",
            placeholder='(word OR "two words") AND (another OR "one more")',
        ).strip()  # fmt: skip
        remarks = searching.remarks(ws, query)
        for one in remarks:
            (st.warning if one.wrong else st.caption)(elements.plain(one.message))
        _translation(searching.translation(ws, query))
        wrong = any(one.wrong for one in remarks)
        number = len(terms(query))
        price = searching.request_price(ws) * number
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Preview", on_click=search_jobs.preview, args=(query,), disabled=wrong or not query
            )
            st.button(
                f"Count each term ({dollars(price)})" if number else "Count each term",
                on_click=search_jobs.count_terms, args=(query,), disabled=wrong or not query,
                help="One request a term: a term without any work may be misspelt.",
            )  # fmt: skip
        ended_runs.panel(ws, search_jobs.RUN_OWN)
        _previewed(query, reviewer, busy)
        _counted(query)


def _translation(found: searching.Translation | None) -> None:
    """A string of another database in the source's own words, with what it loses on the way."""
    if found is None:
        return
    st.markdown(f"This reads as a search of {elements.plain(found.database)}. Written for here:")
    st.code(found.text, language=None, wrap_lines=True)
    for one in found.lost:
        st.caption(elements.plain(f"Not carried over: {one}"))
    st.button("Put it into the field", on_click=_put, args=(found.text,))


def _put(text: str) -> None:
    st.session_state["own_query"] = text


def _previewed(query: str, reviewer: str, busy: bool) -> None:
    job = search_jobs.previewed(query)
    if job is None:
        return
    _, found = job.result
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(price_line(found.estimate, job.moved), width="content")
        st.button(
            "Run this query", on_click=search_jobs.run_query, args=(query, reviewer), disabled=busy
        )
    too_dear(found.estimate)
    if found.titles:
        st.html("<ul>" + "".join(f"<li>{escape(t)}</li>" for t in found.titles) + "</ul>")


def _counted(query: str) -> None:
    job = jobs.panel(search_jobs.TERMS, own=True)
    if job is None or job.running:
        return
    if job.error:
        st.error(elements.plain(job.error))
        return
    asked, counts = job.result
    if asked == query:
        st.dataframe(
            elements.cells({"Term": [t for t, _ in counts], "Works": [n for _, n in counts]}),
            hide_index=True,
        )
        if none := [t for t, n in counts if not n]:
            st.warning(f"No work has {elements.plain(', '.join(none))}. Check the spelling.")
