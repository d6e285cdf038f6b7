"""Decisions that a model finds unlikely, one after the other: kept, changed, or left for later."""

from __future__ import annotations

import streamlit as st

from review import outdated
from review.model import Decision, Report, Stage, VoteValue
from review.records import service as records
from review.records.event_sentences import vote_words
from review.screening import second_looks
from review.screening import service as screening
from review.screening.second_looks import LookBack, SecondLook
from review.separate_process import LARGE, call_if
from review.ui import elements, jobs, key_queue, own_marks, paper_card, session, stale_press
from review.ui.cache import remembered
from review.ui.errors import careful, tell
from review.ui.keys import Shortcuts
from review.ui.screening.reasons import in_key_order
from review.workspace import Workspace

JOB = "look-back"
LATER = "stopping-later"  # reports that were left for later in this session
TA = Stage.TITLE_ABSTRACT


def start(reviewer: str) -> None:
    """Have the decisions looked through, behind the page."""
    ws = session.workspace()
    large = remembered(ws, _size) > LARGE

    def work(job: jobs.Job) -> LookBack:
        return call_if(large, ws, second_looks.look_back, reviewer, watch=job.watch)

    st.session_state.pop(LATER, None)
    jobs.registry().start(JOB, "Looking back at decisions", work, own=True, by=reviewer)


def _size(ws: Workspace) -> int:
    return screening.worklists(ws, "").total


@careful
@stale_press.once
def keep(seen: outdated.Shown, look: SecondLook, reviewer: str) -> None:
    """Stand by the decision."""
    second_looks.confirm(session.workspace(), look, reviewer, seen)


@careful
@stale_press.once
def change(
    seen: outdated.Shown, look: SecondLook, reviewer: str, value: VoteValue, reason: str
) -> None:
    """Vote otherwise, as on the screening page."""
    ws = session.workspace()
    done = screening.cast(
        ws, look.report, TA, reviewer, value, reason=reason, replace=True, shown=seen
    )
    said = f"{vote_words(done.data, ws.protocol)} · {look.report}"
    if done.data.after_final:
        later(look.report)
        said += ": it was settled before, so this does not count. Take that up on Conflicts."
    tell(said)


@stale_press.once
def put_off(report: str) -> None:
    """Go on to the next one."""
    later(report)


def later(report: str) -> None:
    """Leave a report out for this session."""
    st.session_state[LATER] = {*st.session_state.get(LATER, ()), report}


@careful
@stale_press.once
def undo(reviewer: str, listed: frozenset[str]) -> None:
    """Take back the newest step here: a decision that was kept or changed."""
    done = second_looks.undo_last(session.workspace(), reviewer, listed)
    tell("Taken back: it is on the list again." if done else "Your newest step was not here.")


def draw(ws: Workspace, reviewer: str) -> None:
    """The list, as one card at a time."""
    if not ws.protocol.machine_help:
        st.markdown(second_looks.NO_HELP)
        return
    job = jobs.panel(JOB, own=True)
    if job is not None and job.by != reviewer:
        job = None  # what another person was shown in this tab is not this one's
    if job is not None and job.running:
        return
    if job is not None and job.error:
        st.error(elements.plain(job.error))
    if job is None or job.state is not jobs.JobState.DONE:
        st.markdown(
            "A model is fitted on some of the decisions on title and abstract and judges the "
            "others, in turns, so that none is judged by a model that has seen it. Those it finds "
            "most unlikely, yours and the team's, are shown here to be looked at again. It changes "
            "nothing by itself."
        )
        st.button("Look for unlikely decisions", type="primary", key="look-back-start",
                  on_click=start, args=(reviewer,))  # fmt: skip
        return
    found: LookBack = job.result
    if not found.enough:
        elements.nothing_here(second_looks.TOO_FEW, "Screen", "screen")
        return
    put = st.session_state.get(LATER, ())
    open_ = second_looks.still_open(ws, reviewer, found.looks)
    here = [one for one in open_ if one.report not in put]
    st.caption(
        f"{elements.count_of(len(open_), 'decision')} to look at again"
        f"{f', {len(open_) - len(here):,} of them later' if len(here) < len(open_) else ''}; "
        f"learned from {elements.count_of(found.learned_from, 'decision')}, "
        f"{found.included:,} of them to include, by {second_looks.MODEL}."
    )
    listed = frozenset(one.report for one in found.looks)
    if here:
        _card(ws, here[0], reviewer, listed)
    else:
        st.markdown("Every decision of this list is kept, changed or left for later.")
        stale_press.at("look-back end")
        _undo("look-back end", Shortcuts(), reviewer, listed)
    st.button("Look again", key="look-back-again", type="tertiary", on_click=start,
              args=(reviewer,))  # fmt: skip


def _card(ws: Workspace, look: SecondLook, reviewer: str, listed: frozenset[str]) -> None:
    report = records.get(ws, look.report)
    here = f"look-back {look.report} {look.decision}"
    stale_press.at(here)
    keys = Shortcuts()
    st.html(
        f'<span class="rt-id">{report.id}</span>'
        + paper_card.card(report.lead, own_marks.words(ws, reviewer))
    )
    st.markdown(f"**{elements.plain(second_looks.words(look))}**")
    for vote in screening.own_votes(ws, report.id, reviewer):
        if vote.stage is TA and not vote.final:
            st.caption(f"Your vote: {elements.plain(vote_words(vote, ws.protocol))}.")
    _presses(here, keys, report, look, reviewer, listed)
    key_queue.draw(keys.taken, ".rt-id", scope=here, anywhere="U")


def _presses(
    here: str, keys: Shortcuts, report: Report, look: SecondLook, reviewer: str,
    listed: frozenset[str],
) -> None:  # fmt: skip
    ws = session.workspace()
    context = (outdated.shown(ws, report), look, reviewer)
    included = look.decision is Decision.INCLUDE
    with st.container(horizontal=True, vertical_alignment="center", key="rt-decide"):
        st.button(
            f"Keep: {'included' if included else 'excluded'}",
            shortcut=keys.take("K", "keep"), key=f"look-keep-{report.id}",
            on_click=keep, args=(here, *context),
        )  # fmt: skip
        if not included:
            st.button(
                "Include", shortcut=keys.take("I", "include"), key=f"look-include-{report.id}",
                on_click=change, args=(here, *context, VoteValue.INCLUDE, ""),
            )  # fmt: skip
        st.button(
            "Later", shortcut=keys.take("L", "later"), key=f"look-later-{report.id}",
            type="tertiary", on_click=put_off, args=(here, report.id),
        )  # fmt: skip
        _undo(here, keys, reviewer, listed)
    if included:
        st.caption("Or exclude it, because of")
        with st.container(horizontal=True, gap="xsmall", key="rt-reasons"):
            for reason in in_key_order([r for r in ws.protocol.reasons if TA in r.stages]):
                st.button(
                    elements.plain(reason.label), shortcut=keys.take(reason.key, reason.label),
                    key=f"look-exclude-{reason.id}-{report.id}",
                    on_click=change, args=(here, *context, VoteValue.EXCLUDE, reason.id),
                )  # fmt: skip


def _undo(here: str, keys: Shortcuts, reviewer: str, listed: frozenset[str]) -> None:
    st.button("Undo", shortcut=keys.take("U", "undo"), key="look-undo", type="tertiary",
              on_click=undo, args=(here, reviewer, listed))  # fmt: skip
