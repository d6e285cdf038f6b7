"""Search: what would come and cost, running it, importing files, and the log of all runs."""

from __future__ import annotations

from html import escape

import streamlit as st

from review.model import SearchRun
from review.protocol import Search
from review.search import logbook
from review.search import service as searching
from review.ui import import_parts, jobs, paper, parts, search_jobs, search_parts, session
from review.workspace import Workspace


def planned(
    search: Search,
    last: SearchRun | None,
    stopped: SearchRun | None,
    recalled: str,
    reviewer: str,
) -> None:
    """One search of the protocol: its words, its last run, and what it would bring."""
    job = jobs.registry().get(search_jobs.asking(search.name))
    busy = bool(jobs.registry().running(search_jobs.RUN))
    with st.container(border=True):
        st.html(strategy(search, last, recalled))
        asked = jobs.panel(search_jobs.asking(search.name))
        if asked is not None and asked.running:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            if stopped is not None:
                left = max((stopped.promised or 0) - stopped.received, 0)
                st.button(
                    f"Go on where it stopped ({left:,} works left)",
                    key=f"resume-{search.name}",
                    type="primary",
                    on_click=search_jobs.run,
                    args=([search.name], reviewer),
                    disabled=busy,
                )
            if job is not None and job.state is jobs.JobState.DONE:
                st.markdown(search_parts.price_line(job.result.estimate), width="content")
                if stopped is None:
                    st.button(
                        "Run this search",
                        key=f"run-{search.name}",
                        on_click=search_jobs.run,
                        args=([search.name], reviewer),
                        disabled=busy,
                    )
            else:
                st.button(
                    "Ask count and price",
                    key=f"ask-{search.name}",
                    on_click=search_jobs.ask,
                    args=([search.name],),
                )
        if job is not None and job.error:
            st.error(parts.plain(job.error))


def strategy(search: Search, last: SearchRun | None, recalled: str = "") -> str:
    """A search as it is sent, and when it ran last."""
    ran, told = "Not run yet", ""
    if last is not None:
        ended = search_parts.outcome_words(last, why=False)
        ran = f"Last run {parts.local_time(last.started)}: {ended}"
        told = f'<div class="rt-muted">{escape(recalled)}</div>' if recalled else ""
    filters = "; ".join(f"{k}: {v}" for k, v in search.filters.items())
    rows = [
        ("Query", f'<pre class="rt-query">{escape(search.query)}</pre>'),
        ("Searched in", escape(search.scope.replace("_", " "))),
        ("Filters", escape(filters)),
        ("Limits", escape(search.limits)),
    ]
    return (
        f'<div class="rt-search"><b>{escape(search.label)}</b>'
        f'<div class="rt-muted">{escape(ran)}</div>{told}'
        f"<details><summary>The search exactly as it is sent</summary>{paper.facts(rows)}"
        "</details></div>"
    )


def protocol_searches(ws: Workspace, runs: list[SearchRun], reviewer: str) -> None:
    """All searches of the protocol, and what else can be asked of OpenAlex."""
    if not ws.config.openalex_key:
        st.caption(
            "No OpenAlex key is set. Counts can be asked without one; to run a search, get a free "
            "key at openalex.org/settings/api and enter it under Settings."
        )
    search_parts.retracted(ws)
    search_parts.ended(ws, jobs.panel(search_jobs.RUN))
    busy = bool(jobs.registry().running(search_jobs.RUN))
    last: dict[str, SearchRun] = {}
    for found in runs:  # newest first
        last.setdefault(found.search, found)
    names = [s.name for s in ws.protocol.searches]
    recalled = search_parts.recall(ws)
    stopped = {} if busy else searching.resumable(ws)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Ask counts and prices of all", on_click=search_jobs.ask, args=(names,))
        known = [jobs.registry().get(search_jobs.asking(name)) for name in names]
        prices = [j.result.estimate.price_usd for j in known if j and j.state is jobs.JobState.DONE]
        if len(prices) == len(names):
            st.button(
                f"Run all {len(names)} for {search_jobs.dollars(sum(prices))}",
                type="primary",
                on_click=search_jobs.run,
                args=(names, reviewer),
                disabled=busy,
            )
    for search in ws.protocol.searches:
        planned(
            search,
            last.get(search.name),
            stopped.get(search.name),
            search_parts.recall_line(recalled, search.name),
            reviewer,
        )
    search_parts.recall_card(recalled)
    search_parts.citations(reviewer, busy)
    search_parts.own_query(reviewer, busy)


def log(ws: Workspace, found: list[searching.LoggedRun]) -> None:
    """Every run there was, newest first; a click shows what was sent."""
    if not found:
        st.caption("No search has run yet.")
        return
    st.download_button(
        "Search log by PRISMA-S items, CSV",
        logbook.to_csv(searching.search_log(ws)),
        "search-log.csv",
        "text/csv",
        icon=":material/download:",
    )
    event = st.dataframe(
        {
            "When": [parts.local_time(r.run.started) for r in found],
            "Search": [search_jobs.label_of(ws, r.run.search) for r in found],
            "Received": [r.run.received for r in found],
            "New": [r.run.added for r in found],
            "Ended": [str(r.run.outcome) for r in found],
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key="search_log",
    )
    row = parts.chosen_row(event)
    if row is None or row >= len(found):
        st.caption("Click a run to see exactly what was sent and how it ended.")
        return
    st.html(search_parts.run_facts(found[row]))
    search_parts.differences(ws, found[row].run)


def draw() -> None:
    """The page."""
    ws = session.workspace()
    reviewer = session.require_reviewer()
    with parts.page(
        "Search",
        "The searches of the protocol, exactly as they are sent; counts and prices come first.",
    ):
        found = searching.searches(ws)
        view = parts.views(
            {
                "searches": f"Searches · {len(ws.protocol.searches)}",
                "import": "Import a file",
                "log": f"Search log · {len(found)}",
            },
            "search_view",
        )
        if view == "import":
            import_parts.file_import(reviewer)
        elif view == "log":
            log(ws, found)
        else:
            protocol_searches(ws, [r.run for r in found], reviewer)


draw()
