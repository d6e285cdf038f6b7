"""Tools of the card: postpone, earlier decisions, marks on and off, mending its text."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from review import outdated
from review.errors import OutdatedError
from review.events.screening import STAGES
from review.model import Report, Stage
from review.records import mending
from review.records.event_sentences import vote_words
from review.screening import postponing, preferences
from review.ui import (
    drafts,
    elements,
    navigation,
    page_address,
    scrolling,
    session,
    stale_press,
    typing_guard,
)
from review.ui.errors import careful, tell
from review.ui.keys import Shortcuts
from review.ui.screening import actions
from review.workspace import Workspace

LISTED = 50
"""Own decisions that the list holds."""

LIST, MENDING = "screen_list", "screen_mending"
"""Session: whether the list is open, the report whose text is mended."""

OPENED = "screen_opened"  # how often either was opened


@careful
@stale_press.once
def postpone(seen: outdated.Shown, report: str, stage: Stage, reviewer: str) -> None:
    """Put the report on the screen to the end of the queue; its note stays with it."""
    postponing.postpone(session.workspace(), report, stage, reviewer, shown=seen)
    st.session_state[actions.LAST] = f"Postponed to the end of your queue · {report}"
    st.session_state.pop(actions.SHOWN, None)
    page_address.put("report")


def postpone_button(
    keys: Shortcuts, here: str, context: tuple[outdated.Shown, str, Stage, str], key: str
) -> None:
    """Postpone, beside the decisions."""
    _, report, stage, _ = context
    st.button(
        "Postpone",
        shortcut=keys.take(key, "postpone"),
        key=f"postpone-{stage}-{report}",
        type="tertiary",
        on_click=postpone,
        args=(here, *context),
    )


@stale_press.once
def step_back(report: str, stage: Stage, reviewer: str) -> None:
    """Open the decision of one's own before the one on the screen; first the newest."""
    found = [
        v.report for v in postponing.earlier_decisions(session.workspace(), stage, reviewer, LISTED)
    ]
    place = found.index(report) + 1 if report in found else 0
    if place >= len(found):
        tell("There is no earlier decision of yours in the list.")
        return
    open_report(stage, found[place])


def open_report(stage: Stage, report: str) -> None:
    """Show a report in place of the queue, until it is voted on."""
    st.session_state[actions.SHOWN] = (stage, report)
    st.session_state.pop(actions.EXCLUDING, None)
    page_address.put("report")


def to_queue() -> None:
    """Leave a report that was opened again, without a vote."""
    st.session_state.pop(actions.SHOWN, None)
    page_address.put("report")


@careful
@stale_press.once
def switch_marks(reviewer: str) -> None:
    """Marks on or off, for this person from now on."""
    ws = session.workspace()
    mine = preferences.marked_words(ws, reviewer)
    preferences.mark_words(ws, reviewer, replace(mine, shown=not mine.shown))


@stale_press.once
def switch(name: str, value: object) -> None:
    """Open what is closed, close what is open."""
    if st.session_state.get(name) == value:
        st.session_state.pop(name)
    else:
        st.session_state[name] = value
        st.session_state[OPENED] = st.session_state.get(OPENED, 0) + 1


def draw(
    ws: Workspace,
    keys: Shortcuts,
    report: Report,
    stage: Stage,
    reviewer: str,
    own: preferences.DecisionKeys,
    above: DeltaGenerator,
    *,
    queued: bool,
) -> None:
    """The row of tools under the card, and what they have opened.

    Args:
        above: where that is drawn: over the card, so that a key shows it without scrolling.
        queued: whether the report is the next of the queue, rather than one that was opened.
    """
    here = actions.item(report.id, stage)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="rt-card-tools"
    ):
        _tool("Earlier decision", keys.take(own.earlier, "earlier decision"), f"back-{report.id}",
              step_back, here, report.id, stage, reviewer)  # fmt: skip
        _tool("My decisions", keys.take("L", "my decisions"), "list", switch, here, LIST, True)
        _tool("Marks", keys.take(own.marks, "marks on or off"), "marks",
              switch_marks, here, reviewer)  # fmt: skip
        mend = "Mend the text" if report.lead.abstract.strip() else "Add the abstract"
        _tool(mend, None, f"mend-{report.id}", switch, here, MENDING, report.id)
        if not queued:
            st.button("Back to the queue", type="tertiary", key="card-queue", on_click=to_queue)
        if waiting := postponing.postponed(ws, stage, reviewer):
            navigation.link(
                f"{waiting:,} postponed",
                "records",
                {"own": "postponed by me", "stage": str(stage)},
            )
    with above:
        with st.container(key="rt-card-opened"):
            _opened(ws, report, stage, reviewer)
        if st.session_state.get(LIST) or st.session_state.get(MENDING) == report.id:
            # The buttons stand below the card, and may have been pressed out of its sight.
            scrolling.to("rt-card-opened", st.session_state.get(OPENED, 0))


def _opened(ws: Workspace, report: Report, stage: Stage, reviewer: str) -> None:
    mends = st.session_state.get(MENDING) == report.id
    if (st.session_state.get(LIST) or mends) and not actions.excluding(report.id):
        st.button("Close", shortcut="Esc", type="tertiary", key="card-close", on_click=close)
    if st.session_state.get(LIST):
        _earlier(ws, stage, reviewer)
    if mends:
        _mend(ws, report, reviewer)


def _tool(label: str, key: str | None, name: str, do: object, *args: object) -> None:
    st.button(label, shortcut=key, key=f"card-{name}", type="tertiary",
              on_click=do, args=args)  # type: ignore[arg-type]  # fmt: skip


def close() -> None:
    """Put away what was opened."""
    for name in (LIST, MENDING):
        st.session_state.pop(name, None)


def _earlier(ws: Workspace, stage: Stage, reviewer: str) -> None:
    """Own decisions, newest first; a click opens one to be changed."""
    found = postponing.earlier_decisions(ws, stage, reviewer, LISTED)
    if not found:
        st.caption(f"You have decided nothing on {STAGES[stage]} yet.")
        return
    key = f"card-earlier-{stage}-{found[0].event}"

    def opened() -> None:
        row = elements.clicked_row(st.session_state[key])
        if row is not None and row < len(found):
            open_report(stage, found[row].report)

    st.caption(
        f"Your newest {elements.count_of(len(found), 'decision')} on {STAGES[stage]}. "
        "Click one to open it; another vote replaces it."
    )
    if len(found) == LISTED:
        mine = {"own": "I voted", "stage": str(stage), "order": "my newest vote first"}
        navigation.link("All of them", "records", mine)
    st.dataframe(
        elements.cells(
            {
                "Report": [v.report for v in found],
                "Title": [v.title for v in found],
                "Decision": [vote_words(v.as_vote(stage), ws.protocol) for v in found],
                "Note": [v.note for v in found],
                "When": [elements.local_time(v.at) for v in found],
            }
        ),
        column_config={
            "Report": st.column_config.TextColumn(width=85),
            "Title": st.column_config.TextColumn(width=300),
            "Decision": st.column_config.TextColumn(width=245),
            "Note": st.column_config.TextColumn(width=115),
            "When": st.column_config.TextColumn(width=150),
        },
        hide_index=True,
        height=260 if len(found) > 6 else "content",
        on_select=opened,
        selection_mode="single-cell",
        key=key,
    )


def _mend(ws: Workspace, report: Report, reviewer: str) -> None:
    """Fields for title, abstract and where they are from."""
    names = {field: f"mend-{field}-{report.id}" for field in (*mending.FIELDS, "source")}
    with st.container(border=True, key=f"{typing_guard.FORM}-mend"):
        st.text_input("Title", key=drafts.field(names["title"], first=report.lead.title),
                      persist_state="session")  # fmt: skip
        st.text_area("Abstract", key=drafts.field(names["abstract"], first=report.lead.abstract),
                     height=180, persist_state="session")  # fmt: skip
        st.text_input(
            "Where it is from",
            key=drafts.field(names["source"]),
            placeholder="The publisher's page, 4 May 2026",
            persist_state="session",
        )
        st.button("Keep", key=f"mend-keep-{report.id}", on_click=_keep,
                  args=(outdated.shown(ws, report), report.id, reviewer, names))  # fmt: skip


@careful
def _keep(seen: outdated.Shown, report: str, reviewer: str, names: dict[str, str]) -> None:
    texts = {field: str(st.session_state.get(names[field]) or "") for field in mending.FIELDS}
    source = str(st.session_state.get(names["source"]) or "")
    was = {field: str(drafts.begun(names[field]) or "") for field in mending.FIELDS}
    ws = session.workspace()
    try:
        mending.mend(ws, report, reviewer, texts, source, shown=seen, was=was)
    except OutdatedError:
        drafts.begin_again(*names.values())
        raise
    st.session_state.pop(MENDING, None)
    drafts.used(*names.values())
    for name in names.values():
        st.session_state.pop(name, None)
    tell(f"The text of {report} was changed. An undo is in its history on Records.")
