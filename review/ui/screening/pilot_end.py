"""What a reviewer sees whose part of a pilot batch is done."""

from __future__ import annotations

import streamlit as st

from review.model import Stage
from review.screening import pilot, reviewer_agreement
from review.ui import elements, session
from review.ui.errors import careful
from review.workspace import Workspace


@careful
def open_rest(stage: Stage, reviewer: str) -> None:
    """Open the rest of the stage."""
    pilot.end(session.workspace(), stage, reviewer)


def draw(ws: Workspace, stage: Stage, reviewer: str) -> bool:
    """Say how far a pilot batch is; whether one is under way."""
    now = pilot.under_way(ws, stage)
    if now is None:
        return False
    done = len(now.reports) - len(now.waiting)
    said = f"Pilot batch: {done:,} of {elements.count_of(len(now.reports), 'report')} decided."
    if not pilot.may_end(ws, now, reviewer):
        elements.nothing_here(f"{said} Your votes on it are in; the rest opens once all are.")
        return True
    elements.nothing_here(
        f"{said} The rest of the stage is closed until somebody opens it.",
        "Open the rest",
        on_click=lambda: open_rest(stage, reviewer),
    )
    agreed = pilot.agreement(ws, stage)
    st.markdown(elements.plain(reviewer_agreement.headline(agreed)))
    for pair in agreed.pairs:
        st.markdown(elements.plain(reviewer_agreement.pair_words(pair)))
    return True
