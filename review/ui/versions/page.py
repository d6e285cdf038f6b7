"""Versions of the review: make one, look at an earlier one, see what changed between two times."""

from __future__ import annotations

import streamlit as st

from review.errors import ReviewError
from review.search import service as searching
from review.separate_process import LARGE, call_if
from review.ui import drafts, elements, jobs, navigation, page_address, session
from review.ui.elements import count_of, local_time, plain
from review.ui.errors import careful, tell
from review.ui.local_times import zone
from review.ui.versions import changes, earlier
from review.versions import service as versions
from review.versions.service import Moment, Version

ws = session.workspace()
TRIGGER = "versions-trigger"
OLD, NEW = "versions-old", "versions-new"
DIFFERENCE, EARLIER = "difference", "earlier-state"
"""Names of the jobs; each session has its own."""


@careful
def make() -> None:
    """Make the review as it stands a version."""
    made = versions.make(ws, session.reviewer(), str(st.session_state.get(TRIGGER, "")))
    drafts.used(TRIGGER)
    tell(f"This is version {made.number} of the review.")


@careful
def take_back(number: int) -> None:
    """Take a version back."""
    versions.take_back(ws, session.reviewer(), number)
    tell(f"Version {number} is taken back.")


def new_version() -> None:
    """The form that makes a version."""
    st.text_input(
        "What triggered this version",
        key=drafts.field(TRIGGER),
        placeholder="Yearly update of the searches",
        max_chars=versions.TRIGGER,
        persist_state="session",
    )
    st.button("Make a version", key="versions-make", type="primary", on_click=make)


def list_of_versions(known: list[Version]) -> None:
    """The versions so far, the newest first, each to be looked at."""
    for one in reversed(known):
        with st.container(key=f"rt-version-{one.number}", gap=None):
            st.markdown(f"**Version {one.number}** · {local_time(one.at)} · {plain(one.by)}")
            st.markdown(plain(one.trigger))
            with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
                st.caption(f"Protocol {plain(one.protocol)}", width="content")
                navigation.link("Look at it", "versions", {"at": str(one.number)})
                since = {"old": str(one.number), "new": "now"}
                navigation.link("What changed since", "versions", since)
                if session.reviewer():
                    st.button(
                        "Take back",
                        key=f"versions-undo-{one.number}",
                        type="tertiary",
                        on_click=take_back,
                        args=(one.number,),
                    )


def names(known: list[Version]) -> dict[str, str]:
    """Times to choose from, each with words for it."""
    ended = [run.run for run in searching.searches(ws) if run.run.finished]
    return {
        "now": "Now",
        **{
            str(one.number): f"Version {one.number}, {local_time(one.at, day_only=True)}"
            for one in reversed(known)
        },
        **{
            f"run:{run.id}": f"Run {run.id}, {local_time(run.finished, day_only=True)}"
            for run in ended
        },
    }


def time_of(text: str) -> Moment | None:
    """The time of a name; None, with a sentence, where it names none."""
    try:
        return versions.moment(ws, text, zone())
    except ReviewError as error:
        st.error(plain(str(error)))
        return None


def compare(known: list[Version]) -> None:
    """Choose two times, and see what is different between them."""
    st.header("What changed", anchor=False)
    offered = names(known)
    for name, key in (("old", OLD), ("new", NEW)):
        said = page_address.get(name)
        if said and said != st.session_state.get(f"_{key}_heard"):
            st.session_state[key] = said
        st.session_state[f"_{key}_heard"] = said
    st.session_state.setdefault(NEW, "now")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, key in (("From", OLD), ("To", NEW)):
            options = list(offered)
            if (chosen := st.session_state.get(key)) and chosen not in options:
                options.append(chosen)
            st.selectbox(
                label,
                options,
                index=None,
                key=key,
                format_func=lambda one: offered.get(one, one),
                placeholder="A version, a run or 2026-11-01",
                accept_new_options=True,
                width=290,
            )
    asked = [str(st.session_state.get(key) or "").strip() for key in (OLD, NEW)]
    for name, said in zip(("old", "new"), asked, strict=True):
        page_address.put(name, said)
        st.session_state[f"_{OLD if name == 'old' else NEW}_heard"] = said
    if not all(asked):
        st.caption("Choose two times, or write a date: the state at its end is taken.")
        return
    old, new = (time_of(name) for name in asked)
    if old is not None and new is not None:
        draw_difference(old, new)


def draw_difference(old: Moment, new: Moment) -> None:
    """The difference, worked out behind the page."""
    asked = (old.place, new.place, new.now)
    job = jobs.registry().get(DIFFERENCE, own=True)
    if st.session_state.get("versions-asked") != asked and not (job and job.running):
        st.session_state["versions-asked"] = asked
        large = len_of_log(old, new) > LARGE

        def work(job: jobs.Job) -> object:
            return call_if(large, ws, versions.difference, old, new, watch=job.watch)

        jobs.registry().start(DIFFERENCE, "Comparing two times of the review", work, own=True)
    job = jobs.panel(DIFFERENCE, own=True)
    if job is None or job.running:
        return
    if job.state is jobs.JobState.DONE and st.session_state.get("versions-asked") == asked:
        changes.draw(ws, job.result)
        return
    if job.error:
        st.error(plain(job.error))
    if st.button("Compare", key="versions-compare"):
        st.session_state.pop("versions-asked", None)
        st.rerun()


def len_of_log(*times: Moment) -> int:
    """How many events there are to replay at most."""
    return max(one.place.seq for one in times)


def look(name: str) -> None:
    """An earlier state: its numbers, and everything to take along as it was."""
    with st.container(horizontal=True, vertical_alignment="center"):
        navigation.link("All versions", "versions", icon=":material/arrow_back:")
    when = time_of(name)
    if when is None:
        return
    if not versions.is_ready(ws, when):
        asked = when.place
        job = jobs.registry().get(EARLIER, own=True)
        if st.session_state.get("versions-earlier") != asked and not (job and job.running):
            st.session_state["versions-earlier"] = asked
            large = len_of_log(when) > LARGE

            def work(job: jobs.Job) -> object:
                return call_if(large, ws, versions.prepare, when, watch=job.watch)

            jobs.registry().start(EARLIER, f"The review as of {when.name}", work, own=True)
        job = jobs.panel(EARLIER, own=True)
        if job is not None and not job.running and not versions.is_ready(ws, when):
            if job.error:
                st.error(plain(job.error))
            if st.button("Work it out", key="versions-again"):
                st.session_state.pop("versions-earlier", None)
                st.rerun()
        if not versions.is_ready(ws, when):
            return
    earlier.draw(ws, when)


with elements.page(
    "Versions", "Dated states of the review, each as it was, and what changed between two times."
):
    if at := page_address.get("at"):
        look(at)
    else:
        known = versions.versions(ws)
        if session.reviewer():
            new_version()
        if known:
            st.header(count_of(len(known), "version"), anchor=False)
            list_of_versions(known)
        else:
            st.caption(
                "There is no version yet. A version keeps a number, a date and what triggered it; "
                "the review as it was then can be looked at and exported at any time."
            )
        compare(known)
