"""The fields of a merged report: value, the record it is from, and a way to take another's."""

from __future__ import annotations

from html import escape

import streamlit as st

from review import outdated
from review.display_fields import FIELD_RULES, FieldValue
from review.model import Report
from review.records import service as records
from review.records.event_sentences import field_words
from review.records.service import Dossier
from review.ui import elements, session
from review.ui.errors import careful, tell

SHOWN = 160
"""Letters of a value shown in the table; the whole of it is on the card and in its record."""

WIDTHS = (2, 8, 3, 2)
BY_RULE = ""


def table(found: Dossier, reviewer: str) -> None:
    """Draw one row a field: name, value, record, and the other values there are."""
    sources = {id_: record.source for id_, record in found.records}
    with st.container(key="rt-fields", gap=None):
        _row(["Field", "Shown", "From"], heads=True)
        for field, shown in found.fields.items():
            if shown.value:
                _field(found.report, field, shown, sources, reviewer)


def _field(
    report: Report, field: str, shown: FieldValue, sources: dict[str, str], reviewer: str
) -> None:
    origin = f"{shown.record} · {sources[shown.record]}"
    if shown.chosen:
        origin += " · chosen"
    last = _row([field_words(field, report.lead.type), words(shown.value), origin])
    if not reviewer or not (shown.others or shown.chosen):
        return
    seen = outdated.shown(session.workspace(), report)
    with last.popover("Change", type="tertiary"):
        st.caption(f"Without a choice: {FIELD_RULES[field]}.")
        for record, value in shown.others:
            st.button(
                f"{record}: {elements.plain(words(value))}",
                key=f"choose-{report.id}-{field}-{record}",
                on_click=_choose,
                args=(seen, shown, report.id, field, record, reviewer),
            )
        if shown.chosen:
            st.button(
                "Leave it to the rule",
                key=f"choose-{report.id}-{field}-rule",
                type="tertiary",
                on_click=_choose,
                args=(seen, shown, report.id, field, BY_RULE, reviewer),
            )


def _row(cells: list[str], *, heads: bool = False) -> st.delta_generator.DeltaGenerator:
    """Draw a row; returns its last cell, which is empty."""
    *columns, last = st.columns(WIDTHS, gap="small", vertical_alignment="top")
    for at, (column, text) in enumerate(zip(columns, cells, strict=True)):
        quiet = ' class="rt-muted"' if heads or at != 1 else ""
        column.html(f'<span{quiet} dir="auto">{escape(text)}</span>')
    return last


@careful
def _choose(
    seen: outdated.Shown,
    before: FieldValue,
    report: str,
    field: str,
    record: str,
    reviewer: str,
) -> None:
    records.choose_field(
        session.workspace(), report, field, record, reviewer, shown=seen, instead_of=before
    )
    if record:
        tell(f"{field_words(field)} is shown as in {record}. The history can take it back.")
    else:
        tell(f"{field_words(field)} is left to the rule again.")


def words(value: object) -> str:
    """A value in one line, a long one cut."""
    text = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1].rstrip() + "…"
