"""What the buttons of the screening page do, each for the report it was drawn for."""

from __future__ import annotations

import streamlit as st

from review import outdated
from review.errors import DecisionError, NotFoundError, OutdatedError
from review.model import Stage, Standing, Vote, VoteValue
from review.records import service as records
from review.records.event_sentences import vote_words
from review.screening import postponing
from review.screening import service as screening
from review.ui import (
    drafts,
    elements,
    page_address,
    session,
    stale_press,
)
from review.ui.errors import careful, tell
from review.ui.screening import decision_time
from review.workspace import Workspace

# What the session remembers.
EXCLUDING = "screen_excluding"  # the report whose exclusion reasons are laid out
TICKED = "screen_ticked"  # report and the reasons ticked for it so far, in order
SHOWN = "screen_shown"  # stage and report that undo brought back; it goes before the queue
LAST = "screen_last"  # what was done last, in words
STAGE = "screen_stage"  # the stage being screened


def note_key(report: str, stage: Stage) -> str:
    """Where the note on a report is kept while it is written."""
    return f"note-{stage}-{report}"


@careful
@stale_press.once
def vote(
    seen: outdated.Shown,
    report: str,
    stage: Stage,
    reviewer: str,
    value: VoteValue,
    reason: str,
    replace: bool,
    also: tuple[str, ...] = (),
) -> None:
    """Store a vote on the report that was on the screen when its button was drawn."""
    ws = session.workspace()
    note = str(st.session_state.get(note_key(report, stage), ""))
    try:
        done = screening.cast(
            ws, report, stage, reviewer, value,
            reason=reason, also=also, note=note, replace=replace, shown=seen,
            seconds=decision_time.took(report, stage),
        )  # fmt: skip
    except OutdatedError:
        show_anew(ws, report, stage)
        raise
    except DecisionError as error:
        tell(str(error))  # a press that came twice: nothing to repair
        return
    finally:
        st.session_state.pop(EXCLUDING, None)
        st.session_state.pop(TICKED, None)
    st.session_state[LAST] = f"{vote_words(done.data, ws.protocol)} · {report}"
    if done.data.after_final:
        st.session_state[LAST] += f" · {Standing.AFTER}"
        stands = finals_words(ws, screening.settled_by(ws, report, stage, reviewer))
        tell(f"Final decision on {report}: {stands}. Your vote is kept: {Standing.AFTER}.")
    drafts.used(note_key(report, stage))
    st.session_state.pop(SHOWN, None)
    page_address.put("report")


def show_anew(ws: Workspace, report: str, stage: Stage) -> None:
    """Show a report again that is another one now, with the note that was typed on it."""
    try:
        now = records.get(ws, report).id
    except NotFoundError:
        return  # withdrawn; the queue goes on
    st.session_state[SHOWN] = (stage, now)
    drafts.follow(note_key(report, stage), note_key(now, stage))


@careful
@stale_press.once
def reopen(event: str, report: str, reviewer: str) -> None:
    """Take one's own final vote back, so that what it settled is open again."""
    records.take_back(session.workspace(), event, reviewer)
    st.session_state[LAST] = f"Final decision taken back · {report}"


@careful
@stale_press.once
def undo(reviewer: str, stage: Stage) -> None:
    """Take back the newest vote, or what was postponed after it, and bring its report back."""
    ws = session.workspace()
    st.session_state.pop(EXCLUDING, None)
    if postponed := postponing.undo_newest(ws, stage, reviewer):
        st.session_state[LAST] = f"Taken back: postponed · {postponed}"
        st.session_state[SHOWN] = (stage, postponed)
        page_address.put("report")
        return
    undone = screening.undo_last(ws, reviewer)
    if undone is None:
        tell("There is no vote of yours to take back.")
        return
    report = undone.data.report
    st.session_state[LAST] = f"Taken back: {vote_words(undone.data, ws.protocol)} · {report}"
    if undone.data.batch:
        st.session_state[LAST] += " and the others of its list"
    if undone.data.stage is stage:
        st.session_state[SHOWN] = (stage, report)
        st.session_state[note_key(report, stage)] = undone.data.note
        page_address.put("report")


@stale_press.once
def lay_out_reasons(report: str) -> None:
    """Show the reasons in place of the decisions."""
    st.session_state[EXCLUDING] = report


@stale_press.once
def put_reasons_away() -> None:
    """Show the decisions again."""
    st.session_state.pop(EXCLUDING, None)
    st.session_state.pop(TICKED, None)


def finals_words(ws: Workspace, finals: list[Vote]) -> str:
    """Final votes in words, with who and when."""
    return "; ".join(
        f"{vote_words(v, ws.protocol)}, by {v.reviewer} on {elements.local_time(v.time)}"
        for v in finals
    )


def excluding(report: str) -> bool:
    """Whether the reasons are laid out in place of the decisions."""
    return bool(st.session_state.get(EXCLUDING) == report)


def item(report: str, stage: Stage) -> str:
    """What is on the screen, as its buttons know it."""
    return f"{stage} {report} {'reasons' if excluding(report) else 'decisions'}"
