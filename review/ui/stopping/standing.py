"""Where title and abstract screening stands towards its end."""

from __future__ import annotations

from html import escape

import streamlit as st

from review.model import Place
from review.screening import service as screening
from review.screening import stop_outlook, stopping_state
from review.screening.stop_outlook import Outlook
from review.screening.stopping import Stopping
from review.ui import elements
from review.ui.cache import remembered
from review.workspace import Workspace


def headline(now: Stopping) -> str:
    """What the test says, in one line."""
    if not now.left:
        return "Everything is screened"
    sure = stopping_state.percent(now.confidence)
    target = f"{stopping_state.percent(now.target)} of the relevant reports found"
    target = f"{target}, with {sure} confidence"
    if not now.reached:
        return f"The target is not yet reached: {target}"
    by_order = now.unbiased is not None and not now.unbiased.reached
    return f"The target is reached{', the order taken into account' if by_order else ''}: {target}"


def rows(now: Stopping) -> list[tuple[str, str, str]]:
    """The figures: name, value, and what it rests on."""
    if not now.left:
        return []
    sure = stopping_state.percent(now.confidence)
    sure = f"{sure} confidence{', by the order below' if now.unbiased else ''}"
    found = [
        (
            "Share found",
            "unknown"
            if now.least_recall is None
            else f"{stopping_state.at_least(now.least_recall)} to 100%",
            "nothing relevant is found yet" if now.least_recall is None else sure,
        ),
        ("Relevant among those left, at most", f"{now.most_left:,}", sure),
    ]
    if now.last:
        found.append(
            (
                "Relevant among those left, to be expected",
                f"about {now.expected_left:,.0f}",
                f"as among the last {now.last:,} screened, {now.found_last:,} of them included; "
                + (
                    stopping_state.RARER
                    if now.expected_left > now.most_left
                    else "fewer where the likelier ones came first"
                ),
            )
        )
    found.append(
        (
            "Test of the target",
            stopping_state.p_words(now.p, now.confidence),
            f"reached below {1 - now.confidence:.2g}; hypergeometric (BUSCAR)",
        )
    )
    if now.unbiased is not None:
        found.append(
            (
                "Order of screening",
                f"{now.order.bias:.3g} times",
                f"as good as chance at the least, for the last {now.order.finds:,} found; never "
                f"taken to be more than {now.largest_bias:g} times",
            )
        )
        found.append(
            (
                "The test if the order were chance",
                stopping_state.p_words(now.unbiased.p, now.confidence),
                stopping_state.unbiased_words(now.unbiased),
            )
        )
    if now.more:
        found.append(
            (
                "Reports to the target",
                f"{now.more:,}",
                "if none of them is relevant; each find makes it more",
            )
        )
    return found


def draw(ws: Workspace, found: Outlook, reviewer: str) -> None:
    """Figures, what they assume, and a word of caution in small reviews."""
    now = found.now
    st.header(headline(now), anchor=False)
    waiting = remembered(ws, _waiting)
    screened, included = map(elements.ids_param, remembered(ws, stopping_state.screened))
    figures = [
        elements.Figure(now.records, "reports", "records"),
        elements.Figure(now.screened, "screened", "records", screened),
        elements.Figure(now.found, "included on title and abstract", "records", included),
        elements.Figure(waiting, "to screen", "records", {"status": str(Place.TITLE_ABSTRACT)}),
    ]
    if disputed := now.left - found.not_screened - waiting:
        figures.append(elements.Figure(disputed, "in conflict", "conflicts"))
    if found.not_screened:
        opens = {"status": str(Place.STOPPED)}
        figures.append(elements.Figure(found.not_screened, str(Place.STOPPED), "records", opens))
    elements.figures(figures, key="stopping")
    if lines := rows(now):
        cells = "".join(
            f'<tr><td>{escape(name)}</td><td><b class="rt-nowrap">{escape(value)}</b></td>'
            f'<td class="rt-muted">{escape(basis)}</td></tr>'
            for name, value, basis in lines
        )
        st.html(f'<table class="rt-table rt-wrapped"><tbody>{cells}</tbody></table>')
    if now.left:
        for sentence in stopping_state.not_in_turn(now):
            st.markdown(elements.plain(sentence))
    if work := remembered(ws, stop_outlook.work_words, now, reviewer):
        st.markdown(elements.plain(work))
    if found.sample is not None:
        st.markdown(elements.plain(stop_outlook.sample_words(found.sample, now)))
    if now.left and now.is_small:
        st.info(stopping_state.SMALL_WORDS)
    if now.left:
        st.caption(elements.plain(stopping_state.assumed(now)))


def _waiting(ws: Workspace) -> int:
    """Reports that wait for votes on title and abstract."""
    return screening.worklists(ws, "").places[Place.TITLE_ABSTRACT]
