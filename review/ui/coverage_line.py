"""How much was looked at, as the line that stands where numbers of evidence do."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from review.reporting.coverage import coverage
from review.search.service import source_label
from review.ui import elements, navigation
from review.ui.cache import remembered
from review.ui.elements import count_of, local_time, plain
from review.workspace import Workspace


def words(ws: Workspace) -> str:
    """Searches that ran and when, and how much is screened and coded."""
    looked = remembered(ws, coverage)
    names = ", ".join(source_label(one) for one in sorted({s.source for s in ws.protocol.searches}))
    if looked.last_search:
        day = local_time(looked.last_search, day_only=True)
        when = f"{names}: {looked.search_words}, last on {day}"
    else:
        when = f"{names}: no search of the protocol has run to its end yet; the library only"
    return f"{when}. {looked.words}."


def filters(under: str, hidden: Sequence[str]) -> None:
    """Which filters are on, and the reports that they hide, one click away."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Filters:** {plain(under)}.", width="content")
        if hidden:
            navigation.link(
                f"{count_of(len(hidden), 'report')} hidden by them",
                "records", elements.ids_param(hidden),
            )  # fmt: skip
