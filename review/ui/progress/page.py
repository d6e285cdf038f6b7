"""Progress: how far each stage is, how fast, what was found, and how far people agree."""

from __future__ import annotations

import altair as alt
import streamlit as st

from review.events.screening import STAGES
from review.model import Place, Stage
from review.screening import pace, reviewer_agreement
from review.ui import elements, navigation, session
from review.ui.cache import remembered
from review.workspace import Workspace

POINTS = 400
"""Points of the curve that are drawn at most."""

NOT_COUNTED = (
    f"Pauses of more than {pace.LONGEST_GAP / 60:.0f} minutes and votes on several at once are not "
    "counted."
)


def stage_part(ws: Workspace, found: pace.StagePace) -> None:
    """One stage: who is how far, at which pace."""
    done, total = found.progress.decided, found.progress.total
    name = STAGES[found.stage].capitalize()
    st.header(f"{name}: {done:,} of {elements.count_of(total, 'report')} decided", anchor=False)
    if left := found.progress.stopped:
        label = f"{elements.count_of(left, 'report')} not screened: stopped"
        navigation.link(label, "records", {"status": str(Place.STOPPED)})
    if found.blind:
        st.caption(
            "Several people vote on this stage independently, so only your own pace is shown."
        )
    if not found.people:
        if total and found.stage is Stage.TITLE_ABSTRACT:
            who = "You have not" if found.blind else "Nobody has"
            elements.nothing_here(f"{who} voted here yet.", "Screen", "screen")
        else:
            st.markdown("No vote to show yet." if total else "No report is at this stage yet.")
        return
    st.dataframe(
        elements.cells(
            {
                "Reviewer": [p.reviewer for p in found.people],
                "Voted on": [f"{p.voted:,} of {p.voted + p.waiting:,}" for p in found.people],
                "Left": [p.waiting for p in found.people],
                "Reports an hour": [_an_hour(p) for p in found.people],
                "Time left": [_left(p) for p in found.people],
            }
        ),
        column_config={
            "Reports an hour": st.column_config.TextColumn(help=elements.plain(NOT_COUNTED))
        },
        hide_index=True,
    )


def _an_hour(one: pace.Pace) -> str:
    if one.an_hour is None:
        return "too few votes"
    return f"{one.an_hour:,.0f} (from {one.timed:,} of {elements.count_of(one.voted, 'report')})"


def _left(one: pace.Pace) -> str:
    if not one.waiting:
        return "done"
    return "" if one.left is None else elements.time_left(one.left)


def curve_part(ws: Workspace, total: int) -> None:
    """Included against screened."""
    found = remembered(ws, pace.curve)
    if not found:
        return
    screened = len(found)
    said = (
        f"{found[-1]:,} included by title and abstract; {screened:,} of "
        f"{elements.count_of(total, 'report')} screened"
    )
    st.header(said, anchor=False)
    step = max(1, screened // POINTS)
    places = sorted({*range(step, screened + 1, step), screened})
    rows = [{"screened": 0, "included": 0}]
    rows += [{"screened": n, "included": found[n - 1]} for n in places]
    line = alt.Chart(alt.InlineData(values=rows)).mark_line(
        color="#5fb0cb" if st.context.theme.type == "dark" else "#17607a", strokeWidth=2.5
    )
    chart = line.encode(
        x=alt.X("screened:Q", title="Reports screened", scale=alt.Scale(domain=[0, total])),
        y=alt.Y("included:Q", title="Included", axis=alt.Axis(tickMinStep=1)),
        tooltip=[
            alt.Tooltip("screened:Q", title="Screened"),
            alt.Tooltip("included:Q", title="Included"),
        ],
    )
    st.altair_chart(chart.properties(height=280), width="stretch", alt=f"{said}; table below")
    navigation.link("May screening stop?", "stopping")
    with st.expander("The curve as a table"):
        tenths = sorted({-(-screened * n // 10) for n in range(1, 11)})
        st.dataframe(
            {"Reports screened": tenths, "Included": [found[n - 1] for n in tenths]},
            hide_index=True,
        )


def agreement_part(ws: Workspace) -> None:
    """How far people agree, where several vote on a report."""
    found = [one for one in remembered(ws, reviewer_agreement.agreement) if one.compares]
    if not found:
        return
    st.header("Agreement of first, independent votes", anchor=False)
    for one in (part for whole in found for part in whole.in_parts):
        st.markdown(elements.plain(reviewer_agreement.headline(one)))
        lines = [f"- {elements.plain(reviewer_agreement.pair_words(p))}" for p in one.pairs]
        if lines:
            st.markdown("\n".join(lines))


def draw() -> None:
    """The page."""
    ws = session.workspace()
    with elements.page("Progress", "How far and how fast the screening is."):
        found = remembered(ws, pace.paces, session.reviewer())
        for one in found:
            stage_part(ws, one)
            if one.stage is Stage.TITLE_ABSTRACT:
                curve_part(ws, one.progress.total)
        agreement_part(ws)


draw()
