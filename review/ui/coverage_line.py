"""How much was looked at, as the line that stands where numbers of evidence do."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from review.records import service as records
from review.reporting.coverage import Coverage, coded_reports, coverage
from review.search.service import source_label
from review.ui import elements, navigation
from review.ui.cache import remembered
from review.ui.elements import count_of, local_time, plain
from review.workspace import Workspace


def searched(ws: Workspace, looked: Coverage) -> str:
    """Which searches ran to their end, and when the last one did."""
    names = ", ".join(source_label(one) for one in sorted({s.source for s in ws.protocol.searches}))
    if looked.last_search:
        day = local_time(looked.last_search, day_only=True)
        return f"{names}: {looked.search_words}, last on {day}"
    return f"{names}: no search of the protocol has run to its end yet; the library only"


def draw(ws: Workspace, after: str = "") -> None:
    """Searches that ran and when, and how much is screened and coded; each number opens.

    Args:
        after: what stands behind it; text.
    """
    looked = remembered(ws, coverage)
    with st.container(horizontal=True, gap="small", key="rt-coverage"):
        navigation.link(plain(searched(ws, looked)), "search", {"view": "log"})
        navigation.link(looked.screened_words, "records", {"has": records.SCREENED})
        if looked.passed:
            navigation.link(looked.full_text_words, "records", {"has": records.ASSESSED})
        if looked.coded:
            opens = elements.ids_param(remembered(ws, coded_reports))
            navigation.link(f"{looked.coded:,} coded", "records", opens)
        else:
            st.markdown("0 coded", width="content")
    if after:
        st.caption(plain(after))


def filters(under: str, hidden: Sequence[str]) -> None:
    """Which filters are on, and the reports that they hide, one click away."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Filters:** {plain(under)}.", width="content")
        if hidden:
            navigation.link(
                f"{count_of(len(hidden), 'report')} hidden by them",
                "records", elements.ids_param(hidden),
            )  # fmt: skip
