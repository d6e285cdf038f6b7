"""Search: what would come and cost, running it, importing files, and the log of all runs."""

from __future__ import annotations

import streamlit as st

from review.search import service as searching
from review.ui import elements, jobs, session
from review.ui.search import (
    import_form,
    other_searches,
    protocol_searches,
    recall_panel,
    run_log,
    search_jobs,
)


def draw() -> None:
    """The page."""
    ws = session.workspace()
    reviewer = session.require_reviewer()
    with elements.page(
        "Search",
        "The searches of the protocol, exactly as they are sent; counts and prices come first.",
    ):
        found = searching.searches(ws)
        view = elements.views(
            {
                "searches": f"Searches · {len(ws.protocol.searches)}",
                "import": "Import a file",
                "log": f"Search log · {len(found)}",
            },
            "search_view",
        )
        if view == "import":
            import_form.file_import(reviewer)
            return
        if view == "log":
            run_log.draw(ws, found, reviewer)
            return
        for words in searching.notices(ws):
            st.caption(elements.plain(words))
        recall_panel.retracted(ws)
        running = next(iter(jobs.registry().running(search_jobs.RUN)), None)
        if running is not None and running.session != jobs.here():
            st.info(elements.plain(jobs.in_the_way(running)))
        protocol_searches.searches(ws, [r.run for r in found if not r.withdrawn], reviewer)
        busy = running is not None
        if searching.follows_citations(ws):
            other_searches.citation_search(ws, reviewer, busy)
        other_searches.own_query(ws, reviewer, busy)


draw()
