"""The words of a full text under the reading card, page by page, for quoting while one codes."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from review.errors import NotFoundError
from review.fulltext import service as full_texts
from review.fulltext.service import Attachment
from review.ui import drafts, elements, paper_card, selected_words
from review.ui.selected_words import Page
from review.workspace import Workspace

SEARCH = "full_text_words_search"
SHOWN = 40
"""Pages with hits that are named."""


def draw(ws: Workspace, report: str, words: paper_card.Words = ()) -> Page | None:
    """Draw the fold; nothing for a report without a file.

    Args:
        words: marked in the text, as on the card.

    Returns:
        The page that is shown, for `selected_words.draw`; None while none is.
    """
    here = [one for one in full_texts.attachments(ws, report) if one.is_here]
    if not here:
        return None
    fold = st.expander("Full text", key=f"full-text-words-{report}", on_change="rerun")
    if not fold.open:
        return None
    with fold:
        file = choose_file(here, f"full-text-words-which-{report}")
        try:
            text = full_texts.text(ws, file.sha256)
        except NotFoundError as error:
            st.caption(elements.plain(str(error)))
            return None
        if text.problem or not text.has_words:
            st.caption(elements.plain(text.problem or "It holds no text, as a scan does."))
            return None
        return _page(file.sha256, text.pages, text.total, words)


def choose_file(files: Sequence[Attachment], key: str) -> Attachment:
    """The file that is read: the newest, or another that was chosen where there are several."""
    if len(files) == 1:
        return files[0]
    names = {one.sha256: elements.plain(one.name) for one in files}
    newest_first = [one.sha256 for one in reversed(files)]
    chosen = st.selectbox("File", newest_first, format_func=names.__getitem__, key=key)
    return next((one for one in files if one.sha256 == chosen), files[-1])


def _page(sha256: str, pages: tuple[str, ...], total: int, words: paper_card.Words) -> Page:
    key = f"full-text-words-page-{sha256}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at = st.number_input(
            f"Page, of {len(pages):,}", 1, len(pages), key=key, persist_state="session"
        )
        wanted = st.text_input(
            "Search in the text", key=drafts.field(SEARCH), persist_state="session", max_chars=200
        )
    if len(pages) < total:
        st.caption(f"Of {total:,} pages, the text of the first {len(pages):,} was read.")
    if pattern := full_texts.search_pattern(wanted):
        found = full_texts.hits(pages, wanted)
        named = ", ".join(f"{hit.page} ({hit.times})" for hit in found[:SHOWN])
        st.caption(f"On page {named}." if named else "On no page.")
        words = (("search", (f"re:{pattern.pattern}",)), *words)
    page = Page(int(at), pages[int(at) - 1])
    html = paper_card.marked(page.words, words) if page.words.strip() else "No text on this page."
    st.html(f'<article class="{selected_words.FULL_TEXT}" dir="auto">{html}</article>')
    return page
