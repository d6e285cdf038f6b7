"""Texts on the page Report: each as it stands, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import streamlit as st

from review.reporting import service as reporting
from review.reporting.texts import service as texts
from review.reporting.texts.files import MANUSCRIPT, TEXTS, Text
from review.ui import downloads, session
from review.ui.cache import remembered
from review.workspace import Workspace

SHOWN = tuple(name for name in TEXTS if not name.startswith("checklist-"))
"""Texts of this view; checklists have one of their own."""


def draw(ws: Workspace) -> None:
    """Choose a text, read it, take it along."""
    st.caption(
        "Written from the log and nothing else: each number is the one of the page that it comes "
        "from. What the log cannot know is marked “to be written”."
    )
    name = st.selectbox(
        "Text", SHOWN, format_func=lambda one: TEXTS[one], key="report-text", bind="query-params",
        width=320,
    )  # fmt: skip
    offer(ws, str(name))
    if name == MANUSCRIPT:
        st.caption(
            "Methods, selection with the flow diagram, the tables, implications for "
            "research, search appendix and checklists in one document. It is made on the press."
        )
        return
    found: Text = remembered(ws, texts.text, str(name))
    with st.container(border=True, key="rt-report-text"):
        for part, is_code in _parts(found.markdown):
            if is_code:
                st.code(part, language=None, wrap_lines=True)
            else:
                st.markdown(readable(part))


def _parts(markdown: str) -> Iterator[tuple[str, bool]]:
    """The text in its order, cut at its blocks of code: each part, and whether it is one."""
    fence, held = "", list[str]()
    for line in markdown.splitlines():
        if line.startswith("```") and (not fence or line == fence):
            yield "\n".join(held), bool(fence)
            fence, held = ("" if fence else line), []
        else:
            held.append(line)
    yield "\n".join(held), bool(fence)


def offer(ws: Workspace, name: str) -> None:
    """A text as a Word document and as Markdown."""
    with st.container(horizontal=True):
        for label, ending in (("Word", "docx"), ("Markdown", "md")):
            downloads.button(
                label,
                f"{name}.{ending}",
                partial(reporting.export, ws, name, viewer=session.reviewer()),
            )


def readable(markdown: str) -> str:
    """The text as the page shows it: no formulas, colours or icons come of what is in it.

    Markdown of files knows none of these, so their signs stand there as they are.
    """
    return markdown.replace("$", "\\$").replace(":", "\\:")
