"""The tables of the review: one is chosen, looked at, and taken along with the columns wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Literal

import streamlit as st

from review.reporting import service, table_views
from review.reporting.column_meanings import meaning
from review.reporting.table_files import FORMATS
from review.reporting.table_list import TABLES
from review.reporting.tables import Row
from review.ui import downloads, drafts, elements, page_address, session
from review.ui.cache import remembered
from review.ui.elements import plain
from review.ui.errors import careful
from review.workspace import Workspace

SHOWN = 200
"""Rows of a table that are shown; files hold all."""

TALL = 9
"""Rows from which on the table scrolls within itself."""

CHOICE, COLUMNS, VIEW_NAME = "report_table", "report_table_columns", "report_table_view"


@dataclass(frozen=True, slots=True)
class Look:
    """The first rows of a table, under all of its columns."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    more: bool
    note: str


def _look(ws: Workspace, name: str, viewer: str) -> Look:
    with service.table(ws, name, viewer=viewer) as found:
        rows = tuple(islice(found.rows, SHOWN + 1))
        return Look(found.columns, rows[:SHOWN], len(rows) > SHOWN, found.note)


def draw(ws: Workspace) -> None:
    """The picker, the first rows, the formats, and the views that this person has saved."""
    viewer = session.reviewer()
    st.header("Tables", anchor=False)
    page_address.follow("table", CHOICE, list(TABLES))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Table",
            list(TABLES),
            key=CHOICE,
            format_func=lambda n: plain(TABLES[n].label),
            width=340,
        )
        _saved(ws, viewer)
    page_address.put("table", "" if name == next(iter(TABLES)) else name)
    st.caption(plain(TABLES[name].about))
    look: Look = remembered(ws, _look, name, viewer)
    key = f"{COLUMNS}-{name}"
    wanted = st.multiselect(
        "Columns",
        look.columns,
        key=key,
        persist_state="session",
        placeholder="All columns; choose some to have these alone, in this order",
        format_func=lambda column: plain(column.replace("_", " ")),
    )
    _shown(look, wanted or look.columns, name)
    with st.container(horizontal=True):
        for format in FORMATS.values():
            write = partial(
                service.write_table, ws, name, format=format.name, viewer=viewer, columns=wanted
            )
            downloads.button(plain(format.label), f"{name}.{format.name}", write)
    _save(ws, viewer, name, wanted)


def _shown(look: Look, columns: Sequence[str], name: str) -> None:
    if not look.rows:
        st.info("There is nothing in this table yet.")
        return
    cells = {column: [_cell(row.get(column)) for row in look.rows] for column in columns}
    config = {
        column: st.column_config.Column(
            column.replace("_", " "), help=plain(meaning(name, column)), width=_width(column)
        )
        for column in columns
    }
    height: int | Literal["auto"] = 360 if len(look.rows) > TALL else "auto"
    st.dataframe(cells, hide_index=True, column_config=config, height=height)
    if look.note:
        st.caption(plain(look.note))
    count = elements.count_of(len(look.rows), "row")
    st.caption(
        f"The first {len(look.rows):,} rows; the files hold all." if look.more else f"{count}."
    )


def _width(column: str) -> Literal["small", "medium", "large"]:
    if column in ("title", "abstract", "quote", "text", "rule", "request"):
        return "large"
    return "small" if column in ("report", "study", "year", "n", "stage", "vote") else "medium"


def _cell(value: object) -> str | int | float | None:
    """A cell as the table shows it; a number stays one."""
    if value is None or isinstance(value, (int, float)):
        return value
    return str(value)


def _saved(ws: Workspace, viewer: str) -> None:
    views = table_views.saved(ws, viewer)
    if not views:
        return
    with st.popover("Saved views"):
        for place, view in enumerate(views.values()):
            with st.container(horizontal=True):
                st.button(
                    plain(f"{view.name} ({TABLES[view.table].label})")
                    if view.table in TABLES
                    else plain(view.name),
                    key=f"report-view-{place}",
                    on_click=_open,
                    args=(view,),
                    disabled=view.table not in TABLES,
                )
                st.button(
                    "Remove",
                    key=f"report-view-remove-{place}",
                    on_click=_remove,
                    args=(ws, viewer, view.name),
                )


def _open(view: table_views.View) -> None:
    st.session_state[CHOICE] = view.table
    page_address.put("table", view.table)
    st.session_state[f"{COLUMNS}-{view.table}"] = list(view.columns)


@careful
def _remove(ws: Workspace, viewer: str, name: str) -> None:
    table_views.forget(ws, viewer, name)


@careful
def _keep(ws: Workspace, viewer: str, table: str, columns: Sequence[str]) -> None:
    table_views.save(ws, viewer, st.session_state.get(VIEW_NAME, ""), table, columns)
    drafts.used(VIEW_NAME)


def _save(ws: Workspace, viewer: str, name: str, columns: Sequence[str]) -> None:
    """Keep the columns that are chosen under a name."""
    if not columns:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Name of the view",
            key=drafts.field(VIEW_NAME),
            persist_state="session",
            placeholder="Such as Table 1",
            max_chars=table_views.LONGEST_NAME,
            width=260,
        )
        st.button(
            "Save these columns as a view",
            key="report-view-save",
            on_click=_keep,
            args=(ws, viewer, name, tuple(columns)),
            disabled=not viewer,
        )
