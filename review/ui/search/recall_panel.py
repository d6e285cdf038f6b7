"""Pieces of the Search page: what was retracted since, and recall of known papers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from review.search import service as searching
from review.ui import elements, jobs, navigation, paper_lists
from review.ui.cache import remembered
from review.ui.search import search_jobs
from review.ui.search.ended_runs import ARROW
from review.workspace import Workspace

SHOWN_RETRACTED = 5


def retracted(ws: Workspace) -> None:
    """The flag for included reports that were retracted, each with the way to decide again."""
    found = searching.retracted(ws)
    if not found:
        return
    one = len(found) == 1
    st.error(
        f"{elements.count_of(len(found), 'included report')} {'was' if one else 'were'} retracted. "
        f"The gap map and the claims no longer count {'it' if one else 'them'}; "
        f"decide whether {'it stays' if one else 'they stay'} included."
    )
    with st.container(gap=None, key="rt-papers-flagged"):
        for report in found[:SHOWN_RETRACTED]:
            with st.container(
                horizontal=True, gap="small", vertical_alignment="center", wrap=False
            ):
                navigation.link(
                    f"{paper_lists.RETRACTED} {paper_lists.title_of(report)}",
                    "records",
                    {"report": report.id},
                )
                again = {"report": report.id, "stage": "full_text"}
                navigation.link("Decide again", "screen", again, icon=ARROW)
    if len(found) > SHOWN_RETRACTED:
        navigation.link(
            "Show all retracted reports", "records", elements.ids_param([p.id for p in found])
        )


def recall(ws: Workspace) -> list[searching.Recall]:
    """Known-item recall, with reasons once they were asked for."""
    job = jobs.registry().get(search_jobs.RECALL)
    if job is not None and job.state is jobs.JobState.DONE:
        found: list[searching.Recall] = job.result
        return found
    return remembered(ws, _offline_recall)


def _offline_recall(ws: Workspace) -> list[searching.Recall]:
    return searching.recall(ws, ask=False)


def recall_line(found: list[searching.Recall], search: str) -> str:
    """``Finds 18 of 20 known papers``; nothing for a search that has not run."""
    one = next((r for r in found if r.search == search and r.ran), None)
    return "" if one is None else f"Finds {len(one.found)} of {one.total} known papers."


def recall_card(ws: Workspace, found: list[searching.Recall]) -> None:
    """Recall of all searches together, with the papers missed and why."""
    together = found[0]
    if not together.ran:
        return
    with st.container(border=True):
        st.markdown(
            f"**Known papers.** All searches together find {len(together.found)} of the "
            f"{together.total} papers that a good search must find."
        )
        if not together.missed:
            return
        with st.expander(f"{elements.count_of(len(together.missed), 'paper')} missed"):
            st.html(_missed(together.missed))
        job = jobs.panel(search_jobs.RECALL)
        if searching.tells_why_missed(ws) and (job is None or job.error):
            st.button("Ask why (free)", on_click=search_jobs.ask_recall)
        if job is not None and job.error:
            st.error(elements.plain(job.error))


def missed_table(found: Sequence[searching.Missed]) -> None:
    """Draw the papers that no search found; why only where it was asked."""
    st.html(_missed(found))


def _missed(found: Sequence[searching.Missed]) -> str:
    """Papers that no search found, as a table; why only where it was asked."""
    asked = any(one.why for one in found)
    heads = ("Id", "Title", *(("Missed because", "Why") if asked else ()))
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td dir="auto">{escape(cell)}</td>'
            for cell in (one.item, one.title, *((str(one.cause), one.why) if asked else ()))
        )
        + "</tr>"
        for one in found
    )
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f'<table class="rt-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
