"""How long a card was shown before its vote; pauses are not counted."""

from __future__ import annotations

import time

import streamlit as st

from review.model import Stage

LONGEST_LOOK = 300.0
"""Seconds at one card after which somebody was away: such a time is not counted."""

CLOCK = "screen_clock"
"""Session: what is shown, and since when."""


def start_clock(report: str, stage: Stage) -> None:
    """Note when a card came to be shown; drawn again it goes on."""
    clock = st.session_state.get(CLOCK)
    if clock is None or clock[:2] != (report, stage):
        st.session_state[CLOCK] = (report, stage, time.monotonic())


def took(report: str, stage: Stage) -> float | None:
    """Seconds since the card was shown; None when it was another, or somebody was away."""
    clock = st.session_state.pop(CLOCK, None)
    if clock is None or clock[:2] != (report, stage):
        return None
    seconds = round(time.monotonic() - clock[2], 1)
    return seconds if seconds <= LONGEST_LOOK else None
