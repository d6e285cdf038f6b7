"""How often people agreed with suggestions so far, folded under the coding."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from review.coding import suggestion_account
from review.coding.suggestion_account import Account
from review.coding.suggestion_precision import Precision
from review.coding.suggestion_rules import source_label
from review.protocol.codebook import Codebook
from review.ui import elements, navigation
from review.ui.cache import remembered
from review.ui.coding import model_training
from review.ui.gap_map import map_sentences
from review.workspace import Workspace

OPEN = "code-precision"


def draw(ws: Workspace, reviewer: str) -> None:
    """The fold; nothing is worked out before it is opened."""
    opened = bool(st.session_state.get(OPEN))
    st.button(
        "Fold how often people agreed" if opened else "How often people agreed with suggestions",
        key="toggle-precision",
        type="tertiary",
        icon=":material/expand_less:" if opened else ":material/expand_more:",
        on_click=st.session_state.__setitem__,
        args=(OPEN, not opened),
    )
    if not opened:
        return
    found = remembered(ws, suggestion_account.account)
    book = ws.protocol.codebook
    if not found.by_value:
        st.caption("Nobody has coded a report with a suggestion so far.")
    else:
        st.html(_table(found.by_dimension, book))
        st.html(_table(found.by_value, book))
        disagreed = sorted({report for p in found.by_value for report in p.reports})
        if disagreed:
            navigation.link(
                f"Open {elements.count_of(len(disagreed), 'report')} where they did not agree",
                "records",
                elements.ids_param(disagreed),
            )
    _versions(found)
    model_training.draw(ws, reviewer)
    st.caption("For the methods section:")
    st.markdown(elements.plain(found.paragraph(book)))


def _versions(found: Account) -> None:
    said = "; ".join(
        f"{source_label(s.source)} ({s.version or 'version not kept'}): {s.suggestions:,}"
        for s in found.sources
    )
    st.caption(elements.plain(f"Suggestions by source and version: {said}."))


def _table(rows: Sequence[Precision], book: Codebook) -> str:
    heads = ("Source", "Value", "Coded", "Agreed", "Confirmed", "Rejected", "Overruled")
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells(p, book))}</tr>" for p in rows
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return f'<table class="rt-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cells(p: Precision, book: Codebook) -> tuple[str, ...]:
    dimension = book.dimension(p.dimension)
    value = map_sentences.label(dimension, p.value) if p.value else f"all of {dimension.label}"
    low, high = p.interval
    return (
        source_label(p.source),
        value,
        str(p.sight),
        f"{p.share:.0%} ({low:.0%} to {high:.0%})",
        f"{p.confirmed:,}",
        f"{p.rejected:,}",
        f"{p.overruled:,}",
    )
