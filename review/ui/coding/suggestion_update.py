"""Suggestions under rules or a model that have changed: how many would be others, and the press."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from review import separate_process
from review.coding import suggestion_changes
from review.coding.suggestion_changes import Changes
from review.coding.suggestion_rules import source_label
from review.ui import jobs, session
from review.ui.elements import count_of, plain
from review.ui.errors import careful, tell
from review.workspace import Workspace

COUNTING, MAKING = "suggestions-compared", "suggestions-made-anew"

Compared = tuple[str, int, Changes]
"""The version that was compared with, how many records it is about, and what would change."""


def draw(ws: Workspace, reviewer: str) -> None:
    """The notice, where there is something to tell; while it is worked out, how far that is."""
    making = jobs.panel(MAKING)
    if making is not None and making.running:
        return
    if making is not None and making.error:
        st.error(plain(making.error))
    outdated = suggestion_changes.outdated_records(ws)
    if not outdated:
        return
    version = suggestion_changes.version_now(ws)
    found = _compared(version, outdated)
    if found is None or not found.number:
        return
    by = ", ".join(
        f"{plain(source_label(source))} {n:,}" for source, n in sorted(found.by_source.items())
    )
    kept = f" {count_of(found.kept, 'answered one')} would stay as it is." if found.kept else ""
    with st.container(border=True, key="rt-suggestions-changed"):
        st.markdown(
            f"**{count_of(found.number, 'suggestion')} would change** under the rules and the "
            f"model of now: {found.new:,} new, {found.gone:,} gone, {found.altered:,} with other "
            f"words, strength or rank ({by}).{kept} Nobody's answers are touched."
        )
        st.button("Make them anew", key="make-anew", on_click=make_anew, args=(reviewer, version))


@careful
def make_anew(reviewer: str, version: str) -> None:
    """Begin making suggestions anew, if the rules are those that were compared with."""
    ws = session.workspace()
    if suggestion_changes.version_now(ws) != version:
        tell("The rules have changed once more; the number is worked out again.", "error")
        return
    large = len(suggestion_changes.outdated_records(ws)) > separate_process.LARGE

    def work(job: jobs.Job) -> Changes:
        return separate_process.call_if(
            large, ws, suggestion_changes.make_anew, reviewer, watch=job.watch.step("records read")
        )

    title = "Making suggestions anew"
    if other := jobs.registry().start_alone(MAKING, title, work, by=reviewer):
        tell(jobs.in_the_way(other), "error")


def _compared(version: str, outdated: Sequence[str]) -> Changes | None:
    """What would change; worked out behind the page, once for a state. None until that is done."""
    job = jobs.registry().get(COUNTING)
    if job is not None and job.running:
        jobs.progress(job)
        return None
    result: Compared | None = job.result if job is not None else None
    if job is not None and job.error:
        st.error(plain(job.error))
        return None
    if result is not None and result[:2] == (version, len(outdated)):
        return result[2]
    if job is not None and job.state is jobs.JobState.CANCELLED:
        st.button("Compare suggestions with the rules of now", on_click=_again, args=(version,))
        return None
    jobs.progress(_start(version))
    return None


def _again(version: str) -> None:
    _start(version)


def _start(version: str) -> jobs.Job:
    ws = session.workspace()
    n = len(suggestion_changes.outdated_records(ws))

    def work(job: jobs.Job) -> Compared:
        found = separate_process.call_if(
            n > separate_process.LARGE, ws, suggestion_changes.would_change,
            watch=job.watch.step("records read"),
        )  # fmt: skip
        return version, n, found

    return jobs.registry().start(COUNTING, "Comparing suggestions with the rules of now", work)
