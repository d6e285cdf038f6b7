"""Stopping: how far screening is from its end, the stop, the check of the rest, looking back."""

from __future__ import annotations

import streamlit as st

from review.screening import stop_outlook
from review.ui import elements, navigation, session
from review.ui.cache import remembered
from review.ui.stopping import looking_back, standing, stop_part

VIEWS = {"end": "End of screening", "back": "Looking back"}


def draw() -> None:
    """The page."""
    ws = session.workspace()
    reviewer = session.require_reviewer()
    with elements.page(
        "Stopping", "Whether title and abstract screening may end, and whether its decisions hold."
    ):
        if elements.views(VIEWS, "stopping-view") == "back":
            looking_back.draw(ws, reviewer)
            return
        found = remembered(ws, stop_outlook.outlook)
        if not found.now.records:
            elements.nothing_here("There are no reports to screen yet.", "Go to search", "search")
            return
        standing.draw(ws, found, reviewer)
        stop_part.draw(ws, found, reviewer)
        with st.container(horizontal=True, gap="small"):
            navigation.link("Go on screening", "screen", {"stage": "title_abstract"})
            navigation.link("Pace and curve", "progress")


draw()
