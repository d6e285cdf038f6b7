"""Team: who has how many, sharing and giving reports, pilot batches, and who has left."""

from __future__ import annotations

import streamlit as st

from review.events import Event
from review.events.screening import STAGES
from review.model import Stage
from review.protocol.model import Protocol
from review.records.event_sentences import ProtocolNames
from review.screening import assignment
from review.screening import service as screening
from review.ui import elements, navigation, page_address, session
from review.ui.elements import count_of, plain
from review.ui.errors import careful, tell
from review.ui.team import giving, pilot_part, planned
from review.workspace import Workspace

STAGE = "team-stage"
STEPS = 12
"""Steps that are listed at first."""

HIDDEN = "not shown"

MODES = {
    "everyone": "What nobody is given is everybody's.",
    "shared": "The protocol shares what nobody is given evenly, as it comes in.",
    "lists": "What nobody is given is nobody's: the protocol asks for lists.",
}


def chosen_stage() -> Stage:
    """The stage that is looked at, from the address."""
    page_address.follow("stage", STAGE, [str(s) for s in Stage])

    def keep() -> None:
        page_address.become({"stage": st.session_state[STAGE]})
        planned.drop()

    chosen = st.segmented_control(
        "Stage", [str(s) for s in Stage], required=True, key=STAGE, on_change=keep,
        format_func=lambda s: STAGES[s].capitalize(), label_visibility="collapsed",
    )  # fmt: skip
    return Stage(chosen or Stage.TITLE_ABSTRACT)


def rules(ws: Workspace, stage: Stage) -> None:
    """What the protocol says of who votes, and what lacks people."""
    rule, of = ws.protocol.assignment, ws.protocol.rule(stage)
    people = f" Its people: {plain(', '.join(rule.people))}." if rule.people else ""
    referee = f" Referee: {plain(rule.referee)}." if rule.referee else ""
    if rule.referee and assignment.has_left(ws, rule.referee):
        referee = (
            f" {plain(rule.referee)}, the referee, has left: who is no party settles conflicts."
        )
    st.markdown(
        f"{STAGES[stage].capitalize()} asks for {count_of(of.reviewers, 'vote')} a report. "
        f"{MODES[rule.mode]}{people}{referee}"
    )
    lacking = assignment.too_few(ws, stage)
    if lacking and (rule.mode == "lists" or assignment.any_given(ws, stage)):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(
                f"**{count_of(len(lacking), 'report')}** given to fewer people than that.",
                width="content",
            )
            navigation.link("Open these", "records", elements.ids_param(lacking))


def people(ws: Workspace, stage: Stage, reviewer: str) -> None:
    """Who has how many."""
    st.header("People", anchor=False)
    found = assignment.workloads(ws, stage, reviewer)
    if not found:
        st.markdown(
            "Nobody has voted or been given reports here yet. Name the team under `assignment:` in "
            "the protocol, or below as you share, give or draw."
        )
        return
    hidden = [one for one in found if not one.open]
    st.dataframe(
        elements.cells(
            {
                "Reviewer": [f"{o.reviewer} (has left)" if o.left else o.reviewer for o in found],
                "Given": [o.assigned for o in found],
                "Voted on": [f"{o.voted:,}" if o.open else HIDDEN for o in found],
                "Waiting for them": [f"{o.waiting:,}" if o.open else HIDDEN for o in found],
            }
        ),
        column_config={
            name: st.column_config.TextColumn(alignment="right")
            for name in ("Voted on", "Waiting for them")
        },
        hide_index=True,
        width="stretch",
    )
    if hidden:
        st.caption(
            "Several people vote independently here, so how far others are is shown to the referee "
            "and to those who do not vote."
        )


def departure(ws: Workspace, reviewer: str) -> None:
    """Saying that somebody has left."""
    known = assignment.people(ws)
    if not known:
        return
    st.header("Somebody has left", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = st.selectbox("Who", known, index=None, key="team-left", placeholder="Choose")
        why = planned.text("Why, kept in the log", "team-left-why")
        st.button(
            "See what it will do", key="team-left-plan", disabled=not who,
            on_click=planned.lay_out, args=("left", str(who or "")),
        )  # fmt: skip
    if planned.at("left") == who and who:
        waits = "; ".join(
            f"{STAGES[stage]}: {count_of(n, 'report')}"
            for stage, n in assignment.given_and_waiting(ws, who).items()
        )
        planned.draw(
            "left",
            f"**{plain(who)}** votes no more",
            [
                f"what was given to them and waits goes to others ({waits})",
                "their votes stay, and a pilot batch does not wait for them",
            ],
            "They have left",
            leave,
            (who, why, reviewer),
        )


@careful
def leave(who: str, why: str, reviewer: str) -> None:
    """Say that somebody has left."""
    assignment.leave(session.workspace(), who, reviewer, why)
    planned.done("team-left-why")
    st.session_state.pop("team-left", None)
    tell(f"{who} has left. It can be undone below.")


@careful
def undo(event: str, reviewer: str) -> None:
    """Take one step back."""
    assignment.undo(session.workspace(), event, reviewer)
    planned.drop()
    tell("Taken back.")


def step(one: Event, protocol: Protocol, reviewer: str) -> None:
    """What was done, by whom and when, and its undo."""
    words = one.data.words(ProtocolNames(protocol))
    why = f": {one.data.remark()}" if one.data.remark() else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{plain(words + why)}  \n:gray[{plain(one.actor)}, {elements.local_time(one.at)}]",
            width="stretch",
        )
        st.button("Undo", key=f"team-undo-{one.id}", on_click=undo, args=(one.id, reviewer))


def steps(ws: Workspace, reviewer: str) -> None:
    """What was done, newest first."""
    found = assignment.steps(ws)
    if not found:
        return
    st.header("What was done", anchor=False)
    for one in found[:STEPS]:
        step(one, ws.protocol, reviewer)
    if len(found) > STEPS:
        with st.expander(f"{count_of(len(found) - STEPS, 'earlier step')}"):
            for one in found[STEPS:]:
                step(one, ws.protocol, reviewer)


def draw() -> None:
    """The page."""
    ws = session.workspace()
    with elements.page("Team", "Who votes on what, and how a pilot batch goes."):
        reviewer = session.require_reviewer()
        stage = chosen_stage()
        if not screening.progress(ws, stage, reviewer).total:
            first = stage is Stage.TITLE_ABSTRACT
            elements.nothing_here(
                "There are no reports to share yet. Run the searches of the protocol first."
                if first
                else "No report has passed title and abstract yet.",
                "Go to search" if first else "Screen titles and abstracts",
                "search" if first else "screen",
            )
            return
        rules(ws, stage)
        people(ws, stage, reviewer)
        pilot_part.draw(ws, stage, reviewer)
        giving.share_part(ws, stage, reviewer)
        giving.list_part(ws, stage, reviewer)
        departure(ws, reviewer)
        steps(ws, reviewer)


draw()
