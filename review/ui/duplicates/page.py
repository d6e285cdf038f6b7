"""Duplicates: let the rules join what is surely the same, and judge the rest pair by pair."""

from __future__ import annotations

import streamlit as st

from review import separate_process
from review.dedupe import decision_list
from review.dedupe import service as dedupe
from review.progress import Progress, Watch
from review.records import service as records
from review.ui import elements, jobs, page_address, session
from review.ui.duplicates import decision_table, pair_card
from review.ui.errors import careful, tell
from review.workspace import Workspace

JOB = "dedupe"
STEPS = {
    step: f"Step {place} of {len(dedupe.DedupeStep)}. Nothing is merged before the last one; you "
    "can leave this page meanwhile."
    for place, step in enumerate(dedupe.DedupeStep, start=1)
}
"""What is said below the count of a step."""


@careful
def find() -> None:
    """Compare the records behind the page; it goes on when the page is left."""
    ws = session.workspace()

    def work(job: jobs.Job) -> dedupe.DedupeResult:
        def tell(now: Progress) -> None:
            job.words = STEPS[dedupe.DedupeStep(now.step)]
            job.tell(now)

        watch = Watch(tell, job.cancelled)
        large = sum(records.identified(ws).values()) > separate_process.LARGE
        return separate_process.call_if(large, ws, dedupe.dedupe, watch=watch)

    by = session.reviewer()
    if other := jobs.registry().start_alone(JOB, "Finding duplicates", work, by=by):
        tell(jobs.in_the_way(other), "error")


def outcome(job: jobs.Job | None) -> None:
    """What the last run came to."""
    if job is None or job.running:
        return
    if job.state is jobs.JobState.FAILED:
        st.error(elements.plain(job.error))
        return
    found: dedupe.DedupeResult | None = job.result
    if found is None:
        st.caption("Stopped. Nothing was merged, and nothing of the run is kept.")
        return
    if not found.compared:
        st.caption("Nothing new to compare: every record has been compared under these rules.")
        return
    st.caption(
        f"Last run: {elements.count_of(found.compared, 'record')} compared, "
        f"{elements.count_of(found.merged, 'merge')} made."
    )


def first_time(status: dedupe.DedupeStatus) -> None:
    """What to do while no records have ever been compared."""
    if status.new:
        elements.nothing_here(
            f"The {elements.count_of(status.new, 'record')} of this review have not been "
            "compared yet. Find duplicates before anyone screens, so that nobody reads a "
            "paper twice.",
            "Find duplicates",
            on_click=find,
        )
    else:
        elements.nothing_here("There are no records to compare yet.", "Find records", "search")


def nothing_waits(status: dedupe.DedupeStatus) -> None:
    """What to do when nothing is left to judge in the view that is open."""
    if status.new:
        elements.nothing_here(
            f"Nothing is left to judge here, but {elements.count_of(status.new, 'record')} came "
            "in since records were last compared.",
            "Compare the new ones",
            on_click=find,
        )
    elif status.pairs:
        elements.nothing_here(
            "No link is waiting for a judgement. "
            f"{elements.count_of(len(status.pairs), 'pair')} may be the same text.",
            "Judge the pairs",
            on_click=lambda: open_view("judge"),
        )
    elif status.links:
        elements.nothing_here(
            "No pair is waiting for a judgement. "
            f"{elements.count_of(len(status.links), 'pair')} of reports may come from one study.",
            "Look at the links",
            on_click=lambda: open_view("studies"),
        )
    else:
        elements.nothing_here(
            "Nothing is left to judge. Screening can begin, or go on.", "Go to screening", "screen"
        )


def no_merges(status: dedupe.DedupeStatus) -> None:
    """What to do while no records have been merged."""
    if not status.compared:
        first_time(status)
    elif status.pairs:
        elements.nothing_here(
            "No records have been merged yet.",
            "Judge the pairs",
            on_click=lambda: open_view("judge"),
        )
    else:
        elements.nothing_here(
            "No records have been merged. Two that are the same text can be merged on the page of "
            "either.",
            "Look through the records",
            "records",
        )


def no_links(status: dedupe.DedupeStatus) -> None:
    """What to do while no reports have been linked."""
    words = (
        "No reports have been linked yet. A preprint and its article, or two articles of one "
        "trial, are reports of one study: linked, they stay two reports and count as one study."
    )
    if not status.compared:
        first_time(status)
    elif status.links:
        elements.nothing_here(words, "Look at the links", on_click=lambda: open_view("studies"))
    else:
        elements.nothing_here(
            f"{words} They are linked on the page of either.",
            "Look through the records",
            "records",
        )


def open_view(view: str) -> None:
    """Switch to another view of the page."""
    page_address.put("view", view)


def judge(ws: Workspace, status: dedupe.DedupeStatus, view: str, reviewer: str) -> None:
    """The pairs of the view, one at a time, as long as there are any."""
    if view == "judge" and status.pairs:
        question = "Are these the same text?"
        pair_card.draw(ws, status.pairs, question, pair_card.OF_TEXTS, reviewer)
    elif view == "studies" and status.links:
        question = "Do these report one study?"
        pair_card.draw(ws, status.links, question, pair_card.OF_STUDIES, reviewer)
    else:
        nothing_waits(status)
        pair_card.only_undo(reviewer)


def draw() -> None:
    """The page."""
    ws = session.workspace()
    reviewer = session.require_reviewer()
    with elements.page(
        "Duplicates",
        "The rules merge only what is surely the same text; you judge what they leave open. "
        "Nothing is deleted, and every merge can be taken back.",
    ):
        status = dedupe.status(ws)
        job = jobs.registry().get(JOB)
        busy = job is not None and job.running
        with st.container(horizontal=True, vertical_alignment="center"):
            names = {
                "judge": f"Same text? · {len(status.pairs):,}",
                "studies": f"One study? · {len(status.links):,}",
                "merges": f"Merges · {status.merges:,}",
                "links": f"Links · {status.linked:,}",
            }
            view = elements.views(names, "duplicates_view")
            if status.compared:
                fresh = f"Compare {elements.count_of(status.new, 'new record')}"
                st.button(
                    fresh if status.new else "Find duplicates",
                    key="find-duplicates",
                    on_click=find,
                    type="primary" if status.new else "secondary",
                    icon=":material/compare_arrows:",
                    disabled=busy,
                )
        outcome(jobs.panel(JOB))
        if view == "merges":
            decision_table.draw(ws, decision_list.MERGES, lambda: no_merges(status), reviewer)
        elif view == "links":
            decision_table.draw(ws, decision_list.LINKS, lambda: no_links(status), reviewer)
        elif status.compared:
            judge(ws, status, view, reviewer)
        elif not busy:
            first_time(status)


draw()
