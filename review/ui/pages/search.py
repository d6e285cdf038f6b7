"""Search: what would come and cost, running it, importing files, and the log of all runs."""

from __future__ import annotations

import streamlit as st

from review.search import service as searching
from review.ui import (
    import_parts,
    jobs,
    parts,
    search_jobs,
    search_log,
    search_other,
    search_parts,
    search_planned,
    session,
)


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
            return
        if view == "log":
            search_log.draw(ws, found, reviewer)
            return
        if not ws.config.openalex_key:
            st.caption(
                "No OpenAlex key is set. Counts can be asked without one; to run a search, get a "
                "free key at openalex.org/settings/api and enter it under Settings."
            )
        search_parts.retracted(ws)
        search_planned.searches(ws, [r.run for r in found if not r.withdrawn], reviewer)
        busy = bool(jobs.registry().running(search_jobs.RUN))
        search_other.citations(ws, reviewer, busy)
        search_other.own_query(ws, reviewer, busy)


draw()
