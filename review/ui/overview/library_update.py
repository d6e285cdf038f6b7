"""What a later edition of the library brought, and what changed of reports that were voted on."""

from __future__ import annotations

import streamlit as st

from review.screening import service as screening
from review.search import library_editions as editions
from review.search import service as searching
from review.ui import elements, navigation
from review.ui.cache import remembered
from review.ui.search.ended_runs import ARROW
from review.workspace import Workspace


def draw(ws: Workspace, reviewer: str) -> None:
    """The two notices, each while there is something to tell."""
    _update(ws)
    _changed(ws, reviewer)


def _update(ws: Workspace) -> None:
    """The newest edition that came in, with the new records and the changed ones to open."""
    latest = remembered(ws, editions.latest_update)
    if latest is None:
        return
    found = remembered(ws, searching.differences, latest.run.id)
    changed = sorted({one.record for one in found.changed})
    edition = f", {elements.plain(latest.edition)}" if latest.edition else ""
    day = elements.local_time(latest.run.started, day_only=True)
    st.caption(f"The library{edition}, came in on {day}. No decision was touched.")
    figures = [
        elements.Figure(
            len(ids), words, "records" if ids else "", elements.ids_param(ids) if ids else {}
        )
        for words, ids in (("new from the library", found.new), ("changed by it", changed))
    ]
    elements.figures(figures, key="library-update")
    navigation.link(
        "What changed, field by field", "search", {"view": "log", "run": latest.run.id}, icon=ARROW
    )


def _changed(ws: Workspace, reviewer: str) -> None:
    """Reports this reviewer voted on whose words are others now."""
    found = screening.changed_since_voted(ws, reviewer)
    if not found:
        return
    fields = sorted({one.field for changes in found.values() for one in changes})
    words = {"retracted": "retraction"}
    what = ", ".join(words.get(name, name) for name in fields)
    n = elements.count_of(len(found), "report")
    st.warning(
        f"{n} changed since you decided: {what}. Your votes stand; look whether they should."
    )
    navigation.link(
        "Look at what changed since you decided", "records", elements.ids_param(sorted(found)),
        icon=ARROW,
    )  # fmt: skip
