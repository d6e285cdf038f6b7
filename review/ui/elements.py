"""Small things that pages are made of: heads, figures that open, empty states, times, counts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from html import escape as escape_html

import streamlit as st

from review.spreadsheet import escape
from review.ui import navigation, page_address
from review.ui.local_times import local_time as local_time
from review.ui.plain_text import plain as plain

PAGE_WIDTH = 1080
"""Pixels a page fills at most; lines longer than that are hard to read."""

LINK_IDS = 400
"""Ids an address carries; browsers and proxies cut longer ones."""

LISTS = "listed"
"""Where the session keeps lists that are too long for an address."""


def cell(value: object) -> object:
    """A value as a table shows it: what is copied from it into a spreadsheet is never run there."""
    return escape(value) if isinstance(value, str) else value


def cells(columns: Mapping[str, Sequence[object]]) -> dict[str, list[object]]:
    """The columns of a table, each `cell` guarded."""
    return {name: [cell(value) for value in values] for name, values in columns.items()}


def count_of(n: int, one: str, many: str = "") -> str:
    """``1 report``, ``12,034 reports``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


@contextmanager
def page(title: str, lede: str = "", width: int | None = PAGE_WIDTH) -> Iterator[None]:
    """The frame of a page: its title, one sentence, and a body of bounded width.

    Args:
        title: none is drawn when it is empty.
        width: pixels at most; None for all there is (maps and wide tables).
    """
    with st.container(width=width or "stretch", key="rt-page"):
        if title:
            head(title, lede)
        yield


def head(title: str, lede: str = "") -> None:
    """A page's title and the one sentence that says what it is for."""
    st.title(title, anchor=False)
    if lede:
        st.caption(lede)


def unseen_title(title: str) -> None:
    """The title of a page that shows none: screen readers say it, and it takes no room."""
    st.html(f'<h1 class="rt-unseen">{escape_html(title)}</h1>')


def views(names: Mapping[str, str], key: str) -> str:
    """Draw the switch between the views of a page; the address keeps the choice as ``view``.

    Args:
        names: view -> words on the switch; the first is shown when the address names none.
        key: session key of the choice, unique in the app.

    Returns:
        The view to draw.
    """
    page_address.follow("view", key, names)

    def keep() -> None:
        page_address.put("view", st.session_state[key])

    chosen = st.segmented_control(
        "Show",
        list(names),
        required=True,
        format_func=lambda view: names[view],
        key=key,
        on_change=keep,
        label_visibility="collapsed",
    )
    return chosen or next(iter(names))


@dataclass(frozen=True, slots=True)
class Figure:
    """One number on a page: how many of what, and the page where they are listed."""

    n: int | str
    unit: str
    slug: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    help: str = ""


def figures(items: Sequence[Figure], key: str) -> None:
    """Draw numbers in a row; each opens the list of what it counts.

    Args:
        key: unique on the page.
    """
    with st.container(horizontal=True, gap="medium", key=f"rt-figures-{key}"):
        for item in items:
            number = f"{item.n:,}" if isinstance(item.n, int) else plain(item.n)
            label = f"**{number}** {item.unit}"
            if navigation.exists(item.slug):
                navigation.link(label, item.slug, item.params, help=item.help)
            else:
                st.markdown(label, width="content", help=plain(item.help) or None)


def ids_param(ids: Sequence[str]) -> dict[str, str]:
    """Query parameters that make the records page list these reports.

    A list too long for an address is kept in the session under a short name.
    """
    if len(ids) <= LINK_IDS:
        return {"ids": ",".join(ids)}
    name = _name_of(tuple(ids))
    st.session_state.setdefault(LISTS, {})[name] = tuple(ids)
    return {"list": name}


@lru_cache(maxsize=32)
def _name_of(ids: tuple[str, ...]) -> str:
    """A short name for a long list; a page that is drawn again asks for the same ones."""
    return hashlib.sha256(",".join(ids).encode()).hexdigest()[:10]


def listed_ids() -> tuple[str, ...] | None:
    """The reports that `ids_param` put into the address; None when there are none in it."""
    if name := page_address.get("list"):
        kept: dict[str, tuple[str, ...]] = st.session_state.get(LISTS, {})
        return kept.get(name, ())
    return tuple(i for i in page_address.get("ids").split(",") if i) or None


def nothing_here(
    text: str,
    label: str = "",
    slug: str = "",
    params: Mapping[str, str] | None = None,
    on_click: Callable[[], None] | None = None,
) -> None:
    """Say that there is nothing to show, and offer the next step.

    Args:
        text: one or two sentences: why it is empty, what to do.
        label: words on the button; no button without.
        slug: the page the button opens, when there is no ``on_click``.
    """
    with st.container(border=True, key="rt-empty"):
        st.markdown(text)
        if not label:
            return
        if on_click is not None:
            st.button(label, type="primary", key="rt-empty-step", on_click=on_click)
        elif navigation.exists(slug):
            if st.button(label, type="primary", key="rt-empty-step"):
                navigation.to(slug, params)


def chosen_row(event: object) -> int | None:
    """The row of a table that was clicked, in its tick column or in any cell."""
    selection = event["selection"] if isinstance(event, dict) else {}
    rows = list(selection.get("rows") or [])
    cells = list(selection.get("cells") or [])
    if rows:
        return int(rows[0])
    return int(cells[0][0]) if cells else None


def clicked_row(event: object) -> int | None:
    """The row of a table of which a cell was clicked; ticks are not looked at."""
    selection = event["selection"] if isinstance(event, dict) else {}
    cells = list(selection.get("cells") or [])
    return int(cells[0][0]) if cells else None


def ticked_rows(event: object) -> list[int]:
    """The rows of a table that are ticked."""
    selection = event["selection"] if isinstance(event, dict) else {}
    return sorted(int(row) for row in selection.get("rows") or [])


def time_left(left: timedelta) -> str:
    """A rough time to go: ``less than a minute left``, ``4 min left``, ``2 h 10 min left``."""
    minutes = round(left.total_seconds() / 60)
    if minutes < 1:
        return "less than a minute left"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min left" if hours else f"{minutes} min left"
