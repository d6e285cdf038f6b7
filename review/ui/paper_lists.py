"""Short lists of papers that open: each in Records and in Code."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from review.model import Report
from review.records import service as records
from review.ui import navigation
from review.ui.elements import count_of, ids_param, plain
from review.workspace import Workspace

CONFIRMED, SUGGESTED, RETRACTED = "●", "○", "⊘"
"""What stands before a paper; the same shapes as on the map."""

SHOWN = 10


def papers(
    ws: Workspace,
    ids: Sequence[str],
    mark: str,
    head: str,
    key: str,
    *,
    code: bool = True,
    shown: int = SHOWN,
) -> None:
    """Draw papers under a heading, the first ones each with its links; nothing when there are none.

    Args:
        ids: report ids.
        mark: `CONFIRMED`, `SUGGESTED`, `RETRACTED`, or ``""``.
        key: unique on the page.
        code: whether each is offered for coding as well.
    """
    if not ids:
        return
    found, total = records.find(ws, records.ReportFilter(ids=tuple(ids)), limit=shown)
    with st.container(gap=None, key=f"rt-papers-{key}"):
        st.markdown(f"**{plain(head)}**")
        for report in found:
            paper_line(report, mark, code=code)
        if total > len(found):
            navigation.link(f"All {count_of(total, 'report')}", "records", ids_param(ids))


def paper_line(report: Report, mark: str, *, code: bool = True) -> None:
    """One paper: mark, title and year as a link to its page, and a link to its coding sheet."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", wrap=False):
        navigation.link(f"{mark} {title_of(report)}".strip(), "records", {"report": report.id})
        if code:
            navigation.link("Code", "code", {"report": report.id}, help="Open its coding sheet.")


def surname(name: str) -> str:
    """The family name in ``Singh, D.``, ``Singh D`` or ``Darshan Singh``."""
    if "," in name:
        return name.split(",")[0].strip()
    words = name.split()
    first = [w for w in words if not (len(w) <= 4 and w.replace(".", "").isupper())]
    if words and first and words[-1] not in first:
        return " ".join(first)
    return words[-1] if words else ""


def title_of(report: Report, width: int = 95) -> str:
    """First author, year and title as Markdown, cut to fit a line."""
    lead = report.lead
    first = surname(next((a for a in lead.authors if a.strip()), ""))
    who = " ".join(part for part in (first, str(lead.year or "")) if part)
    title = lead.title.strip() or "Without a title"
    if len(title) > width:
        title = title[: width - 1].rsplit(" ", 1)[0] + "…"
    return f"{plain(title)} · {plain(who)}" if who else plain(title)
