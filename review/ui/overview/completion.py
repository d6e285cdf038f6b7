"""Completing reports: how many lack an abstract or have no known open copy, and getting these."""

from __future__ import annotations

import streamlit as st

from review.search import service as searching
from review.ui import elements, jobs, paper_lists, session
from review.ui.cache import remembered
from review.ui.errors import careful, tell
from review.workspace import Workspace

JOB = "completing"

OPEN_COPY = ("open_copy",)

PER_SECOND = 5
"""Look-ups in a second, about: for a time told before the first."""


def draw(ws: Workspace, reviewer: str) -> None:
    """Offer it while reports lack an abstract; show how far it is and what came of it."""
    source = searching.look_up_source_label()
    waiting = remembered(ws, searching.incomplete) if source else []
    job = jobs.registry().get(JOB)
    if not waiting and job is None:
        _not_completed(ws)
        return
    with st.container(border=True):
        if job is not None and job.running:
            jobs.panel(JOB)
            return
        if waiting:
            number = elements.count_of(len(waiting), "report")
            st.markdown(f"**{number} without an abstract.** {elements.plain(source)} may have one.")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(
                    "Get abstracts", on_click=start, args=(reviewer,), key="complete",
                    disabled=not reviewer,
                    help=None if reviewer else "Say first who is working.",
                )  # fmt: skip
                minutes = max(1, round(len(waiting) / PER_SECOND / 60))
                st.caption(
                    f"{len(waiting):,} look-ups by DOI or PMID · 0 USD · about {minutes} min. "
                    "Also gets study designs, open copies, retractions and all authors."
                )
        if job is not None:
            _ended(job)
        _not_completed(ws)


def open_copies(ws: Workspace, reviewer: str, sought: frozenset[str]) -> None:
    """Offer to look for open copies of reports of which the source has not told yet.

    Args:
        sought: ids of the reports whose full text nobody has.
    """
    source = searching.look_up_source_label()
    job = jobs.registry().get(JOB)
    if job is not None and job.running:
        jobs.panel(JOB)
        return
    waiting = searching.incomplete(ws, OPEN_COPY, among=sought) if source else []
    if waiting:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Look for open copies", key="open-copies", on_click=start,
                args=(reviewer, OPEN_COPY, frozenset(one.id for one in waiting)),
            )  # fmt: skip
            st.caption(
                f"{elements.count_of(len(waiting), 'look-up')} at {elements.plain(source)} by DOI "
                "or PMID · 0 USD. What is found stands beside the card."
            )
    if job is not None:
        _ended(job)


@careful
def start(
    reviewer: str,
    fields: tuple[str, ...] = ("abstract",),
    among: frozenset[str] | None = None,
) -> None:
    """Ask behind the page; it goes on when the page is left."""
    ws = session.workspace()
    source = searching.look_up_source_label()

    def work(job: jobs.Job) -> searching.Completion:
        return searching.complete(ws, fields, actor=reviewer, among=among, watch=job.watch)

    title = f"Asking {source}"
    if other := jobs.registry().start_alone(JOB, title, work, "reports", by=reviewer):
        tell(jobs.in_the_way(other), "error")


def _ended(job: jobs.Job) -> None:
    """What came of it. What was asked for in vain is read from the log: a job is forgotten."""
    if job.error:
        st.error(elements.plain(job.error))
        return
    done: searching.Completion | None = job.result
    if done is not None:
        st.caption(f"{elements.count_of(done.completed, 'report')} completed.")
        if done.run is not None and done.run.status != "complete":
            st.warning(elements.plain(done.run.why))


def _not_completed(ws: Workspace) -> None:
    """The reports that were asked for in vain, folded away."""
    source = searching.look_up_source_label()
    unknown, differing = remembered(ws, searching.not_completed)
    for key, some, words in (
        ("unknown", unknown, f"not known to {elements.plain(source)}"),
        ("differing", differing, "have an identifier under which another work stands"),
    ):
        if some:
            with st.expander(
                f"{elements.count_of(len(some), 'report')} {words}", key=f"fold-{key}"
            ):
                ids = [one.id for one in some]
                paper_lists.papers(ws, ids, "", "Asked for in vain", f"completed-{key}", code=False)
