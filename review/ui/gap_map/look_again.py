"""Looking again for what a cell lacks: a ready query, its price first, and a search of its own."""

from __future__ import annotations

from html import escape

import streamlit as st

from review.gaps.cell_opening import OpenedCell
from review.gaps.column_groups import CLASS
from review.gaps.model import Matrix
from review.search import adding_searches
from review.search import service as searching
from review.ui import drafts, elements, jobs, session
from review.ui.errors import careful, tell
from review.ui.search import search_jobs
from review.ui.search.protocol_searches import price_line
from review.workspace import Workspace


def panel(ws: Workspace, opened: OpenedCell, label: str, found: Matrix) -> None:
    """Draw the query, what it would bring and cost, and what can be done with it.

    Args:
        label: what the search would be called in the protocol.
    """
    reviewer = session.reviewer()
    key = f"again-{opened.gap}"
    st.markdown("**Look again**")
    query = st.text_area(
        "Query for such studies", key=drafts.field(key, first=opened.query), height=90,
        persist_state="session",
        help="The exposure of the question and the words of the codebook for this cell. "
        "Study designs are left out, since abstracts often do not state them.",
    ).strip()  # fmt: skip
    remarks = searching.remarks(ws, query)
    for one in remarks:
        (st.warning if one.wrong else st.caption)(elements.plain(one.message))
    wrong = any(one.wrong for one in remarks) or not query
    covers = {
        found.row_dimension: [opened_value(opened, found.row_dimension)],
        found.column_dimension: [opened_value(opened, found.column_dimension)],
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Ask count and price", key=f"ask-{key}", on_click=search_jobs.preview, args=(query,),
            disabled=wrong,
        )  # fmt: skip
        st.button(
            "Add to the protocol's searches", key=f"add-{key}", on_click=_add,
            args=(label, query, covers, reviewer), disabled=wrong or not reviewer,
            help="A new version of the protocol; the search is run on the page Search.",
        )  # fmt: skip
    _price(query)


def opened_value(opened: OpenedCell, dimension: str) -> str:
    """The value of a dimension that the cell stands for; a group by its name."""
    parts = dict(part.split(":", 1) for part in opened.gap.split("+"))
    return parts[dimension].removeprefix(CLASS)


def _price(query: str) -> None:
    job = jobs.panel(search_jobs.PREVIEW, own=True)
    if job is None or job.running:
        return
    if job.error:
        st.error(elements.plain(job.error))
        return
    asked, found = job.result
    if asked != query:
        return
    st.markdown(price_line(found.estimate, job.moved))
    if found.titles:
        st.html("<ul>" + "".join(f"<li>{escape(t)}</li>" for t in found.titles) + "</ul>")


@careful
def _add(label: str, query: str, covers: dict[str, list[str]], reviewer: str) -> None:
    added = adding_searches.add_search(
        session.workspace(), label, query, covers, reviewer, why="none; for a gap of the map"
    )
    tell(f"The protocol has the search {added.name} now. Run it on the page Search.")
