"""Part of the page Team: drawing a pilot batch, how it goes, and opening the rest."""

from __future__ import annotations

import streamlit as st

from review.model import Stage
from review.people import same_person
from review.screening import assignment, pilot, reviewer_agreement
from review.screening.pilot import Drawing, Pilot
from review.ui import drafts, elements, navigation, session
from review.ui.elements import count_of, plain
from review.ui.errors import careful, tell
from review.ui.team import planned
from review.workspace import Workspace

PEOPLE, SIZE, WHY = "team-pilot-people", "team-pilot-size", "team-pilot-why"
USUAL = 20
"""Reports that a batch has unless somebody says otherwise."""


def draw(ws: Workspace, stage: Stage, reviewer: str) -> None:
    """The batch under way, or how to draw one; agreement on the one before."""
    st.header("Pilot batch", anchor=False)
    now = pilot.under_way(ws, stage)
    if now is not None:
        under_way(ws, now, reviewer)
        agreement(ws, stage)
        return
    agreement(ws, stage)
    st.markdown(
        "The same reports for everyone, before the rest opens: each who takes part votes on all of "
        "them, and sees no other's vote before all have."
    )
    rule = ws.protocol.assignment
    known = assignment.people(ws) or [reviewer]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        people = st.multiselect(
            "Who takes part", known, key=drafts.field(PEOPLE, first=list(rule.people)),
            persist_state="session", accept_new_options=True, placeholder="Choose, or write names",
        )  # fmt: skip
        size = st.number_input("Reports", 1, value=USUAL, key=SIZE, width=140)
    st.button(
        "See what it will do", key="team-pilot-plan", on_click=plan, args=(stage, int(size), people)
    )
    found: Drawing | None = planned.at("pilot")
    if found is not None:
        planned.draw(
            "pilot",
            f"**{count_of(len(found.reports), 'report')}** drawn with seed {found.seed}",
            [
                f"{plain(', '.join(found.people))} each vote on all of them",
                "the rest of the stage waits until the batch is through",
                f"drawn are {', '.join(found.reports[:30])}"
                f"{' and more' if len(found.reports) > 30 else ''}",
            ],
            "Draw this batch",
            start,
            (found, reviewer),
        )


def under_way(ws: Workspace, now: Pilot, reviewer: str) -> None:
    """How far the batch is; how far others are only where that may be seen."""
    total, left = len(now.reports), len(now.waiting)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**{total - left:,} of {count_of(total, 'report')}** have all their votes.",
            width="content",
        )
        navigation.link("Open them", "records", elements.ids_param(now.reports))
    seen = {o.reviewer for o in assignment.workloads(ws, now.stage, reviewer) if o.open}
    gone = set(now.gone)
    lines = [
        f"- {plain(name)}{' (has left)' if name in gone else ''}: "
        + (f"{n:,} of {total:,}" if name in seen else "takes part")
        for name, n in now.voted.items()
    ]
    st.markdown("\n".join(lines))
    if any(same_person(name, reviewer) for name in now.voted):
        navigation.link("Vote on it", "screen", {"stage": str(now.stage)})
    if not pilot.may_end(ws, now, reviewer):
        st.caption("The rest opens once all votes are in; before that only the referee opens it.")
        return
    why = planned.text("Why it ends, kept in the log", WHY)
    waits = [f"{count_of(left, 'report')} of it ask for no more than the rest"] if left else []
    planned.draw(
        "end",
        "Opening the rest",
        ["what is not in the batch is voted on from now", *waits],
        "Open the rest",
        end,
        (now.stage, why, reviewer),
        standing=True,
    )


def agreement(ws: Workspace, stage: Stage) -> None:
    """How far people agree on the newest batch."""
    found = pilot.agreement(ws, stage)
    if not found.reports:
        return
    st.markdown(plain(reviewer_agreement.headline(found)))
    st.markdown(
        "\n".join(f"- {plain(reviewer_agreement.pair_words(pair))}" for pair in found.pairs)
    )
    navigation.link("Open these reports", "records", elements.ids_param(found.reports))


@careful
def plan(stage: Stage, size: int, people: list[str]) -> None:
    """Lay out the draw."""
    planned.drop()
    planned.lay_out("pilot", pilot.plan(session.workspace(), stage, size, people))


@careful
def start(shown: Drawing, reviewer: str) -> None:
    """Draw the batch as it was shown."""
    planned.drop()
    pilot.draw(
        session.workspace(), shown.stage, len(shown.reports), reviewer, shown.seed, shown.people,
        shown,
    )  # fmt: skip
    tell("The pilot batch is open. It can be undone below.")


@careful
def end(stage: Stage, why: str, reviewer: str) -> None:
    """Open the rest."""
    pilot.end(session.workspace(), stage, reviewer, why)
    planned.done(WHY)
    tell("The rest is open. It can be undone below.")
