"""The form on which a reviewer says what the columns of a table hold."""

from __future__ import annotations

from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from review.sources.column_guessing import Column
from review.sources.file_preview import FilePreview
from review.sources.table_headers import COLUMNS
from review.ui import elements

LEFT_OUT = ""
SHOWN_LETTERS = 84
"""Of the first values of a column."""

WORDS = {
    LEFT_OUT: "Leave out",
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "openalex_id": "OpenAlex id",
    "isbn": "ISBN or ISSN",
    "mesh": "MeSH terms",
    "url": "Web page",
    "accession": "Number in the database",
    "notes": "Notes, with votes of Rayyan",
    "label": "Included or not (1 or 0)",
    "label_reviewer": "Who included or not",
    "label_note": "Note on that",
    "label_time": "When that was",
    "labels": "Labels, groups or collections",
    "covidence": "Number in Covidence",
    "citation_status": "Title and abstract: included or excluded",
    "citation_reasons": "Title and abstract: reasons to exclude",
    "full_text_status": "Full text: included or excluded",
    "full_text_reasons": "Full text: reasons to exclude",
}
"""Fields whose name on screen is not the field's own."""


def columns_of(preview: FilePreview, name: str, key: str) -> dict[str, str]:
    """Draw the form of one table, guesses chosen beforehand.

    Args:
        name: of the file.
        key: unique on the page.

    Returns:
        Column head -> field, ``""`` for one to leave out; all columns are in it.
    """
    with st.container(border=True):
        st.markdown(
            f"**What do the columns of {elements.plain(name)} hold?** The names of its columns are "
            "not known here. Say at least which one holds the title; what is left out stays with "
            "the record as it came."
        )
        with st.container(gap="small"):
            for cell, head in zip(_cells(), ("Column", "First values", "Holds"), strict=True):
                cell.caption(head)
            found = {
                column.name: _row(column, preview.fields.get(column.name, LEFT_OUT), f"{key}-{n}")
                for n, column in enumerate(preview.columns)
            }
        if "title" not in found.values():
            st.caption(":material/info: Choose Title for one of the columns to import the file.")
    return found


def field_words(field: str) -> str:
    """A field of a table as the form names it."""
    return WORDS.get(field) or field.replace("_", " ").capitalize()


def _cells() -> list[DeltaGenerator]:
    return st.columns([3, 6, 4], vertical_alignment="center")


def _row(column: Column, field: str, key: str) -> str:
    """One column of the table: its head, its first values, and the choice of a field."""
    name, samples, choice = _cells()
    name.markdown(f"**{elements.plain(column.name)}**")
    # Not Markdown, which would make addresses into links.
    samples.html(f'<span class="rt-muted">{escape(_shown(column)) or "empty"}</span>')
    fields = [LEFT_OUT, *COLUMNS]
    return choice.selectbox(
        f"What {elements.plain(column.name)} holds",
        fields,
        index=fields.index(field),
        format_func=field_words,
        key=key,
        label_visibility="collapsed",
    )


def _shown(column: Column) -> str:
    """The first values on about two lines; of long ones how they begin."""
    cells = [" ".join(cell.split()) for cell in column.samples]
    if sum(map(len, cells)) > SHOWN_LETTERS:
        wide = SHOWN_LETTERS // len(cells)
        cells = [cell if len(cell) <= wide else cell[:wide].rstrip() + "…" for cell in cells]
    return " · ".join(cells)
