"""Screening: one report, its words, and a decision by one key.

This page is drawn anew after every decision, so it reads one report and a few counts and draws few
elements. The report's id is part of every button's key and of what the button does, so that no
press decides a report nobody has read; see `review.ui.stale_press`.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from review.events.screening import STAGES
from review.model import Report, Stage, Vote
from review.protocol.model import Protocol
from review.records import service as records
from review.records.event_sentences import vote_words
from review.screening import ordering, preferences
from review.screening import service as screening
from review.ui import (
    elements,
    key_queue,
    own_marks,
    page_address,
    paper_card,
    session,
    stale_press,
)
from review.ui.keys import Shortcuts
from review.ui.screening import (
    actions,
    card_tools,
    decision_bar,
    decision_time,
    full_text_panel,
    queue_end,
)
from review.workspace import Workspace

NO_MARKS = '<p class="rt-muted">None</p>'


def choose(ws: Workspace, stage: Stage, reviewer: str) -> tuple[Report | None, list[Vote]]:
    """The report to show, and this reviewer's votes on it at this stage.

    A report named in the address goes first (it may have been voted on: the vote can be changed),
    then one that undo brought back, then the queue.
    """
    named = page_address.get("report")
    shown = st.session_state.get(actions.SHOWN)
    if not named and shown and shown[0] is stage:
        named = shown[1]
    if not named:
        return screening.next_report(ws, stage, reviewer), []
    report = records.get(ws, named)
    votes = screening.own_votes(ws, report.id, reviewer)
    return report, [v for v in votes if v.stage is stage]


def order_now(ws: Workspace, stage: Stage) -> str:
    """In which order the reports of a stage are shown, in a sentence."""
    plan = ordering.current(ws, stage)
    return ordering.words(ws, plan, elements.local_time(plan.at) if plan else "")


def criteria(protocol: Protocol, words: paper_card.Words, order: str) -> str:
    """Eligibility beside the card, what the marks mean, and what the order is."""
    lists = []
    for kind, head in (("include", "Include when"), ("exclude", "Exclude when")):
        items = "".join(f"<li>{escape(c.text)}</li>" for c in protocol.criteria if c.kind == kind)
        if items:
            lists.append(f"<h3>{head}</h3><ul>{items}</ul>")
    return (
        f'<aside class="rt-criteria">{"".join(lists)}<h3>Marked words</h3>'
        f"{paper_card.legend(words) or NO_MARKS}"
        f'<h3>Order</h3><p class="rt-muted">{escape(order)}</p></aside>'
    )


def progress_bar(progress: screening.Progress) -> str:
    """How far this reviewer is, as a line and a bar."""
    total = progress.total - progress.stopped
    done = total - progress.waiting
    share = done / total if total else 0
    last = st.session_state.get(actions.LAST, "")
    return (
        '<div class="rt-progress">'
        f"<span><b>{done:,}</b> of {total:,} · {progress.waiting:,} left</span>"
        f'<span class="rt-muted">{escape(last)}</span></div>'
        f'<div class="rt-bar"><i style="width:{share:.2%}"></i></div>'
    )


def correct(stage: Stage, report: str) -> None:
    """Bring back a report that one key has decided and another, pressed with it, is about."""
    st.session_state[actions.SHOWN] = (stage, report)
    page_address.put("report")


def hold_keys(keys: Shortcuts, stage: Stage, undo: str) -> None:
    """Count keys pressed in a row, each for the report it was pressed on."""

    def late(report: str, _key: str) -> None:
        if report:
            correct(stage, report)

    key_queue.draw(keys.taken, ".rt-id", late, scope=str(stage), anywhere=undo, local="N")


def draw() -> None:
    """The page."""
    ws = session.workspace()
    reviewer = session.require_reviewer()
    keys = Shortcuts()
    with st.container(width=elements.PAGE_WIDTH):
        elements.unseen_title("Screen")
        page_address.follow("stage", actions.STAGE, [str(s) for s in Stage])
        with st.container(horizontal=True, vertical_alignment="center"):
            stage = Stage(
                st.segmented_control(
                    "Stage",
                    [str(s) for s in Stage],
                    required=True,
                    format_func=lambda s: STAGES[Stage(s)].capitalize(),
                    key=actions.STAGE,
                    on_change=queue_end.keep_stage,
                    label_visibility="collapsed",
                )
                or Stage.TITLE_ABSTRACT
            )
            progress = screening.progress(ws, stage, reviewer)
            st.html(progress_bar(progress))
        is_next = not (page_address.get("report") or st.session_state.get(actions.SHOWN))
        report, earlier = choose(ws, stage, reviewer)
        if report is None:
            own = preferences.decision_keys(ws, reviewer)
            queue_end.all_done(keys, ws, stage, reviewer, progress, own.undo)
            hold_keys(keys, stage, own.undo)
            return
        stale_press.at(actions.item(report.id, stage))
        decision_time.start_clock(report.id, stage)
        own = preferences.decision_keys(ws, reviewer)
        words = own_marks.words(ws, reviewer)
        above = st.container()
        opened = full_text_panel.is_open(stage)
        shares = full_text_panel.shares() if opened else [2, 1]
        reading, beside = st.columns(shares, gap="medium")
        reading.html(
            f'<span class="rt-id">{report.id}</span>' + paper_card.card(report.lead, words)
        )
        with beside:
            full_text_panel.draw(keys, ws, report, stage, reviewer, words)
        (reading if opened else beside).html(criteria(ws.protocol, words, order_now(ws, stage)))
        with reading:
            card_tools.draw(ws, keys, report, stage, reviewer, own, above, queued=is_next)
    with st.bottom, st.container(width=elements.PAGE_WIDTH):
        final = decision_bar.settled(ws, report, stage, reviewer)
        if plain := [v for v in earlier if not v.final]:
            said = elements.plain(vote_words(plain[-1], ws.protocol))
            worth = f" ({plain[-1].standing})" if final else ""
            st.caption(f"Your vote so far: {said}{worth}. Another one replaces it.")
        decision_bar.decisions(keys, report, stage, reviewer, earlier, own)
    hold_keys(keys, stage, own.undo)


draw()
