"""The exports, by what they are for."""

from __future__ import annotations

from functools import partial

import streamlit as st

from review.coding import service as coding
from review.reporting import service as reporting
from review.reporting.coverage import coverage
from review.reporting.exports import EXPORTS, NOT_HELD
from review.screening import discussion
from review.screening import service as screening
from review.ui import downloads, map_downloads, session
from review.ui.cache import remembered
from review.ui.report import large_export
from review.workspace import Workspace

GROUPS = {
    "The review, in files that can be read in again": ("csv", "xlsx", "ris", "json"),
    "References, for reference managers and for reading": (
        "bibtex", "csl-json", "endnote-xml", "nbib", "zotero", "vancouver", "apa",
    ),
    "Other tools for reviews": (
        "asreview", "asreview-ris", "rayyan", "covidence", "eppi-json", "revman", "revaise",
    ),
    "Tables of their own": ("extraction", "gap-ledger"),
}  # fmt: skip
"""Heading -> names of exports; the texts and the flow diagram have views of their own."""


def draw(ws: Workspace) -> None:
    """Downloads, each written when it is asked for; votes as far as one may see them."""
    viewer = session.reviewer()
    large = remembered(ws, coverage).reports >= large_export.LARGE
    grouped = {name for names in GROUPS.values() for name in names}
    others = tuple(n for n, e in EXPORTS.items() if e.of_lists and n not in grouped)
    for heading, names in {**GROUPS, "Other files": others}.items():
        if not names:
            continue
        st.caption(heading)
        with st.container(horizontal=True):
            for export in (EXPORTS[name] for name in names):
                if large:
                    large_export.button(ws, export, viewer)
                else:
                    write = partial(reporting.export, ws, export.name, viewer=viewer)
                    downloads.button(export.label, export.file, write)
    if large:
        large_export.panel()
    st.caption(NOT_HELD)
    if screening.votes_still_blind(ws):
        st.caption(
            "Votes of others on reports that are still voted on blind are in none of these files; "
            "your own are."
        )
    st.caption("What people decided, each kind in a file that can be read in again")
    with st.container(horizontal=True):
        downloads.button(
            "Votes (CSV)", "votes.csv", partial(screening.export_votes, ws, viewer=viewer)
        )
        write = partial(discussion.export, ws, viewer=viewer)
        downloads.button("Discussion of conflicts (CSV)", "discussion.csv", write)
        downloads.button("Tags (CSV)", "tags.csv", partial(coding.export_tags, ws))
        downloads.button("Findings (CSV)", "findings.csv", partial(coding.export_findings, ws))
    st.caption("The gap map, for those who have no access to the review")
    with st.container(horizontal=True):
        map_downloads.draw(lambda write, path, team: write(ws, path, team=team))
