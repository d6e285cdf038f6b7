"""One vote on all reports of a list, or on those ticked: what it will do, then one press."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from review.errors import OutdatedError, ReviewError
from review.events.screening import STAGES
from review.model import Stage, VoteValue
from review.records import service as records
from review.records.service import ReportFilter
from review.screening import bulk
from review.ui import drafts, elements, session, typing_guard
from review.ui.errors import careful, tell
from review.workspace import Workspace

PLAN, ASKED, DONE = "bulk_plan", "bulk_asked", "bulk_done"
"""Session: what is laid out, for which list, and an event of the votes that were cast last."""

FIELDS = {"stage": "bulk_stage", "vote": "bulk_vote", "reason": "bulk_reason", "note": "bulk_note"}
VOTES = {VoteValue.INCLUDE: "Include", VoteValue.EXCLUDE: "Exclude", VoteValue.MAYBE: "Maybe"}
NAMED = 30
"""Reports that are named in the line that says what a vote will do; more open below it."""


def draw(ws: Workspace, search: ReportFilter, ids: Sequence[str], ticked: Sequence[str]) -> None:
    """The form, or what was laid out by it.

    Args:
        search: what the list was asked for; what was laid out for another is dropped.
    """
    chosen = list(ticked or ids)
    if st.session_state.get(ASKED) != search:
        st.session_state[ASKED] = search
        _cancel()
    if plan := st.session_state.get(PLAN):
        _laid_out(ws, plan)
        return
    with st.expander("Vote on several at once"), st.container(key=f"{typing_guard.FORM}-bulk"):
        which = "ticked" if ticked else "listed"
        st.markdown(
            f"One vote on the **{elements.count_of(len(chosen), 'report')}** {which}. "
            "Nothing is stored before you have seen what it will do."
        )
        value = _fields(ws)
        st.button(
            "See what it will do", key="bulk-plan", on_click=_lay_out, args=(chosen,),
            disabled=value is None, help=None if value else "Choose a vote first.",
        )  # fmt: skip


def _fields(ws: Workspace) -> str | None:
    """Stage, vote, reason and note; returns the vote that is chosen, at first none."""
    stage, vote, reason = st.columns(3)
    with stage:
        at = st.selectbox(
            "At stage",
            [str(s) for s in Stage],
            format_func=lambda s: STAGES[Stage(s)].capitalize(),
            key=FIELDS["stage"],
        )
    with vote:
        value = st.selectbox(
            "Vote",
            [str(v) for v in VOTES],
            index=None,
            format_func=lambda v: VOTES[VoteValue(v)],
            key=FIELDS["vote"],
            placeholder="Choose",
        )
    with reason:
        fitting = {r.id: r.label for r in ws.protocol.reasons if at in r.stages}
        st.selectbox(
            "Reason",
            list(fitting),
            index=None,
            format_func=lambda r: fitting.get(r, r),
            key=FIELDS["reason"],
            placeholder="No reason",
            disabled=value != VoteValue.EXCLUDE,
        )
    st.text_input("Note, kept with each vote", key=drafts.field(FIELDS["note"]),
                  persist_state="session")  # fmt: skip
    return value


@careful
def _lay_out(ids: list[str]) -> None:
    state = st.session_state
    value = VoteValue(state[FIELDS["vote"]])
    reason = str(state.get(FIELDS["reason"]) or "")
    state[PLAN] = bulk.plan(
        session.workspace(), ids, Stage(state[FIELDS["stage"]]), session.reviewer(), value, reason
    )


def _laid_out(ws: Workspace, plan: bulk.Plan) -> None:
    """What a vote will do, by kinds, with the reports named."""
    reasons = {r.id: r.label for r in ws.protocol.reasons}
    what = VOTES[plan.value] + (f": {reasons[plan.reason]}" if plan.reason in reasons else "")
    with st.container(border=True, key="rt-bulk"):
        st.markdown(f"**{elements.plain(what)}**, on {STAGES[plan.stage]}. This will")
        kinds = [
            ("cast a new vote on", plan.new),
            ("replace your earlier vote on", plan.replaced),
            *((f"leave as it is ({why})", some) for why, some in plan.left_out.items()),
        ]
        kinds = [(words, some) for words, some in kinds if some]
        for words, some in kinds:
            count = elements.count_of(len(some), "report")
            st.markdown(f"- {words} **{count}**{'' if len(some) > NAMED else _listed(some)}")
            if len(some) > NAMED:
                _openable(ws, some, count)
        if not kinds:
            st.markdown("- change nothing")
        with st.container(horizontal=True):
            if plan.votes:
                st.button(
                    f"Cast {elements.count_of(len(plan.votes), 'vote')}",
                    type="primary",
                    key="bulk-cast",
                    on_click=_cast,
                )
            st.button("Cancel", key="bulk-cancel", on_click=_cancel)


def _listed(ids: Sequence[str]) -> str:
    return f": {', '.join(ids)}"


def _openable(ws: Workspace, ids: Sequence[str], count: str) -> None:
    """All of many reports with their titles, folded; opening them leaves the plan as it is."""
    with st.expander(f"See all {count}"):
        found, _ = records.find(ws, ReportFilter(ids=tuple(ids)), limit=len(ids))
        columns = {"Report": [r.id for r in found], "Title": [r.lead.title for r in found]}
        st.dataframe(elements.cells(columns), hide_index=True, height=320)


@careful
def _cast() -> None:
    state = st.session_state
    plan: bulk.Plan = state[PLAN]
    try:
        with st.spinner(f"Casting {elements.count_of(len(plan.votes), 'vote')}"):
            events = bulk.cast_all(session.workspace(), plan, str(state.get(FIELDS["note"]) or ""))
    except OutdatedError:
        every = [v.on.report for v in plan.votes]
        left = [i for some in plan.left_out.values() for i in some]
        state[PLAN] = bulk.plan(
            session.workspace(), every + left, plan.stage, plan.reviewer, plan.value, plan.reason
        )
        raise
    state.pop(PLAN)
    state[DONE] = (events[0], len(events))
    drafts.used(FIELDS["note"])


def _cancel() -> None:
    st.session_state.pop(PLAN, None)


def last(reviewer: str) -> None:
    """What was cast last on this page, with its undo; the list may not hold it any more."""
    if DONE not in st.session_state or PLAN in st.session_state:
        return
    event, n = st.session_state[DONE]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{elements.count_of(n, 'vote')}** cast together.", width="content")
        st.button("Undo all of them", key="bulk-undo", on_click=_undo, args=(event, reviewer))


@careful
def _undo(event: str, reviewer: str) -> None:
    st.session_state.pop(DONE, None)
    try:
        n = bulk.take_back(session.workspace(), event, reviewer)
    except ReviewError as error:
        tell(str(error))
        return
    tell(f"{elements.count_of(n, 'vote')} taken back.")
