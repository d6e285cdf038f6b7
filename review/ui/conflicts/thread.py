"""What the parties to a conflict and who settles it say to each other, and saying something."""

from __future__ import annotations

from html import escape

import streamlit as st

from review.model import Report
from review.outdated import Shown
from review.people import same_person
from review.screening import conflicts as conflicts_service
from review.screening import discussion
from review.screening.conflicts import Conflict, Role
from review.store.discussions import DiscussionNote
from review.ui import drafts, elements, session, stale_press, typing_guard
from review.ui.errors import careful, tell
from review.workspace import Workspace


def draw(ws: Workspace, one: Conflict, report: Report, reviewer: str, item: str) -> None:
    """The thread of a conflict; nothing for those who only look on.

    Args:
        item: what is on the screen, as its buttons know it.
    """
    if conflicts_service.role(ws, one.stage, one.votes, reviewer) is Role.LOOKS_ON:
        return
    notes = discussion.thread(ws, one.report, one.stage, reviewer)
    st.markdown("**Discussion**")
    for note in notes:
        _note(note, reviewer, item)
    if not notes:
        st.caption("Nothing was said yet. The parties and who settles it read along, nobody else.")
    field = f"discuss-{one.stage}-{one.report}"
    seen = conflicts_service.shown_of(ws, one, report)
    with st.container(key=typing_guard.DISCUSS, width="content"):
        with st.popover("Discuss :gray-badge[D]", type="tertiary"):
            st.text_area(
                "Note to the other parties and to who settles it", key=drafts.field(field),
                on_change="ignore", persist_state="session",
            )  # fmt: skip
            st.button(
                "Add note", key=f"say-{one.stage}-{one.report}", on_click=say,
                args=(item, seen, one, reviewer, field),
            )  # fmt: skip


def _note(note: DiscussionNote, reviewer: str, item: str) -> None:
    time = elements.local_time(note.time)
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        st.html(
            f'<div><span class="rt-muted">{escape(note.reviewer)}, {escape(time)}</span><br>'
            f"{escape(note.text).replace(chr(10), '<br>')}</div>",
            width="stretch",
        )
        if same_person(note.reviewer, reviewer):
            st.button(
                "Take back", key=f"say-undo-{note.event}", type="tertiary", on_click=take_back,
                args=(item, note.event, reviewer),
            )  # fmt: skip


@careful
@stale_press.once
def say(shown: Shown, one: Conflict, reviewer: str, field: str) -> None:
    """Add what was written to the thread."""
    text = str(st.session_state.get(field) or "")
    discussion.say(session.workspace(), one.report, one.stage, reviewer, text, shown=shown)
    drafts.used(field)
    tell(f"Said on {one.report}.")


@careful
@stale_press.once
def take_back(event: str, reviewer: str) -> None:
    """Take back a note of one's own."""
    discussion.take_back(session.workspace(), event, reviewer)
    tell("Taken back.")
