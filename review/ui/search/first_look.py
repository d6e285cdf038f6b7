"""The first entries of a file, field by field, before it is stored; how it was read, afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from review.errors import Mistake
from review.events.screening import STAGES
from review.model import Record
from review.records.event_sentences import field_words
from review.sources.file_account import FileAccount
from review.sources.file_entries import FileVote
from review.sources.file_preview import FilePreview
from review.ui import elements

SHOWN_LETTERS = 400
"""Of a field's value."""
SHOWN_MISTAKES = 5

FIELDS = (
    "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid",
    "isbn", "type", "language", "url", "keywords", "mesh", "labels", "abstract",
)  # fmt: skip
"""Fields of a record in the order in which they are shown."""


def entries(look: FilePreview, name: str, expanded: bool) -> None:
    """The first entries of a file that is about to be imported, as they will be stored."""
    many = len(look.records)
    count = "first entry" if many == 1 else f"first {many} entries"
    label = f"The {count} of {elements.plain(name)}, field by field"
    with st.expander(label, expanded=expanded):
        _mistakes(look.mistakes)
        for number, record in enumerate(look.records, start=1):
            votes = look.decisions[number - 1] if look.decisions else ()
            st.html(_entry(number, record, votes))
        for sentence in look.account.sentences():
            st.caption(elements.plain(sentence))


def account(found: FileAccount, name: str, key: str) -> None:
    """What an import says of a file besides its entries: fields, values, encoding."""
    if not found.sentences():
        return
    label = f"How {elements.plain(name)} was read"
    with st.expander(label, expanded=bool(found.unread or not found.sure), key=key):
        for sentence in found.sentences():
            st.markdown(f"- {elements.plain(sentence)}")


def _mistakes(found: Sequence[Mistake]) -> None:
    for mistake in found[:SHOWN_MISTAKES]:
        st.warning(elements.plain(str(mistake)))


def _entry(number: int, record: Record, votes: Sequence[FileVote]) -> str:
    """One entry as a table of its votes, fields and values; empty fields are named below it."""
    rows, empty = [], []
    for vote in votes:
        said = [f"{STAGES[vote.stage]}: {vote.vote}", vote.reason, vote.note]
        words = " · ".join(filter(None, said)) + f", by {vote.reviewer or 'nobody named'}"
        rows.append(f"<tr><th scope='row'>Vote</th><td>{escape(_shown(words))}</td></tr>")
    for field in FIELDS:
        label = field_words(field, record.type)
        value = _shown(getattr(record, field))
        if value:
            rows.append(f"<tr><th scope='row'>{label}</th><td>{escape(value)}</td></tr>")
        else:
            empty.append(label)
    nothing = f"<p class='rt-muted'>Nothing in: {', '.join(empty)}.</p>" if empty else ""
    return (
        f"<table class='rt-fields'><caption>Entry {number}</caption><tbody>{''.join(rows)}</tbody>"
        f"</table>{nothing}"
    )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        text = "; ".join(map(str, value))
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS].rstrip()}…"
