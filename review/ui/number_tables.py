"""Tables of numbers of which each opens: a click on one lists the reports behind it, in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from review.ui import elements, paper_lists
from review.ui.elements import count_of
from review.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a table.

    Attributes:
        words: what it counts, for the head of the list.
        reports: behind it.
    """

    n: int
    words: str
    reports: tuple[str, ...] = ()


def draw(
    ws: Workspace,
    rows: Sequence[Mapping[str, str | Number]],
    key: str,
    *,
    height: int | None = None,
) -> None:
    """Draw the table; the reports of the number that was clicked stand under it.

    Args:
        rows: column -> text, or a number.
        key: unique on the page.
        height: pixels; as high as it must be when None.
    """
    columns = list(rows[0]) if rows else []
    shown: dict[str, list[object]] = {
        name: [value.n if isinstance(value := row[name], Number) else elements.cell(value)
               for row in rows]
        for name in columns
    }  # fmt: skip
    event: Any = st.dataframe(
        shown, hide_index=True, height=height or "content", on_select="rerun",
        selection_mode="single-cell", key=key,
    )  # fmt: skip
    st.caption("A click on a number lists its reports.")
    picked = next(iter(event["selection"]["cells"] or []), None)
    if picked is None or picked[0] >= len(rows):
        return
    number = rows[int(picked[0])].get(str(picked[1]))
    if isinstance(number, Number):
        opened(ws, number, key)


def opened(ws: Workspace, number: Number, key: str) -> None:
    """The reports behind a number."""
    of = count_of(len(number.reports), "report")
    head = f"{number.words}: {number.n:,}" + (
        f", in {of}" if number.n != len(number.reports) else ""
    )
    if number.reports:
        paper_lists.papers(ws, number.reports, "·", head, f"{key}-opened", code=False)
    else:
        st.markdown(elements.plain(f"{head}."))
