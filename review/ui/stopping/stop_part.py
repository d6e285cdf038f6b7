"""The stop, which is a person's, and the random check of what it leaves."""

from __future__ import annotations

import streamlit as st

from review.screening import stop_outlook, stops
from review.screening.stop_outlook import Outlook
from review.screening.stopping import Stopping
from review.screening.stops import RestCheck, Stop
from review.ui import drafts, elements, navigation, session, stale_press
from review.ui.cache import remembered
from review.ui.errors import careful, tell
from review.workspace import Workspace

WHY = "stopping-why"


@careful
@stale_press.once
def stop(seen: Stopping, reviewer: str) -> None:
    """End the screening on the figures that were on the screen."""
    why = str(st.session_state.get(WHY) or "")
    done = stops.stop(session.workspace(), reviewer, why, seen=seen)
    drafts.used(WHY)
    left = elements.count_of(done.data.reports, "report")
    tell(f"Screening is stopped: {left} not screened. It can be taken back here.")


@careful
@stale_press.once
def take_back(event: str, reviewer: str) -> None:
    """Take back a stop, or the draws of its check."""
    stops.take_back(session.workspace(), event, reviewer)
    tell("Taken back.")


@careful
@stale_press.once
def draw_check(event: str, reviewer: str) -> None:
    """Draw a random check of what a stop left."""
    size = int(st.session_state.get(_size(event)) or 0)
    done = stops.draw_check(session.workspace(), event, size, reviewer)
    tell(f"{elements.count_of(size, 'report')} drawn with seed {done.data.seed}: in the queue now.")


def _size(event: str) -> str:
    return f"stopping-check-{event}"


def draw(ws: Workspace, found: Outlook, reviewer: str) -> None:
    """Stops in force, and the press that stops."""
    # One press a drawing: what is on the screen is the stops in force and the figures.
    now = found.now
    here = f"stopping {len(found.stops)} {now.records} {now.screened} {now.found}"
    stale_press.at(here)
    for one in found.stops:
        _stopped(here, one, reviewer)
    rest = remembered(ws, stops.unvoted)
    if rest:
        _offer(here, found, rest if remembered(ws, stops.may_count) else None, reviewer)


def _offer(here: str, found: Outlook, rest: int | None, reviewer: str) -> None:
    """The press that stops, with what it does; without how many are left where that may not be
    told."""
    now = found.now
    st.header("Stop here", anchor=False)
    left = (
        "the reports on which nobody has voted"
        if rest is None
        else (elements.count_of(rest, "report"))
    )
    which = left if rest is None else f"the {left} on which nobody has voted"
    st.markdown(
        f"{which.capitalize()} {'leaves' if rest == 1 else 'leave'} the queues and "
        f"{'is' if rest == 1 else 'are'} called not screened, never excluded: on every page, in "
        "the flow diagram and in all files. A vote on one of them still counts, and new records "
        "are screened as ever. It is a decision of yours, kept with the figures above, and can "
        "be taken back."
    )
    needed = not now.reached or now.is_small
    st.text_area(
        "Why" if needed else "Why (need not be said)",
        key=drafts.field(WHY),
        height=80,
        max_chars=2_000,
        persist_state="session",
        placeholder="Needed, as the test does not advise it." if needed else "",
        on_change="ignore",
    )
    st.button(
        f"Stop, and leave {left} unscreened",
        key="stopping-stop",
        type="primary" if now.reached and not now.is_small else "secondary",
        on_click=stop,
        args=(here, now, reviewer),
    )


def _stopped(here: str, one: Stop, reviewer: str) -> None:
    """One stop: who, when, on what; its check."""
    with st.container(border=True):
        st.markdown(elements.plain(stop_outlook.stop_words(one)))
        if one.check is not None:
            _check(one.check, len(one.unscreened))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if one.unscreened:
                most = len(one.unscreened)
                st.number_input(
                    "Reports to draw at random",
                    min_value=1,
                    max_value=most,
                    value=min(stops.CHECKED, most),
                    key=_size(one.event),
                    width=220,
                    help="With none relevant among n drawn, at most about 3.7 in n of the rest "
                    "are (95% interval).",
                )
                st.button(
                    "Draw a random check" if one.check is None else "Draw more",
                    key=f"stopping-draw-{one.event}",
                    on_click=draw_check,
                    args=(here, one.event, reviewer),
                )
            if one.check is not None and one.check.waiting:
                st.button(
                    "Take the draw back",
                    key=f"stopping-undraw-{one.event}",
                    type="tertiary",
                    on_click=take_back,
                    args=(here, one.check.events[-1][0], reviewer),
                )
            st.button(
                "Take the stop back",
                key=f"stopping-undo-{one.event}",
                type="tertiary",
                on_click=take_back,
                args=(here, one.event, reviewer),
            )


def _check(check: RestCheck, unscreened: int) -> None:
    st.markdown(elements.plain(stop_outlook.check_words(check, unscreened)))
    with st.container(horizontal=True, gap="small"):
        ids = elements.ids_param(check.reports)
        navigation.link("The reports drawn", "records", ids)
        if check.waiting:
            navigation.link("Screen them", "screen", {"stage": "title_abstract"})
    if check.found and not check.waiting:
        st.warning(
            f"{elements.count_of(len(check.found), 'report')} of the check "
            f"{'is' if len(check.found) == 1 else 'are'} relevant. Take the stop back and go on "
            "if that is more than the review can miss."
        )
