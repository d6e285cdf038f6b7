"""Records: find anything, and open one page per report with its whole history."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from review.events.screening import STAGES
from review.model import Report, Stage
from review.records import service as records
from review.records.event_sentences import status_words
from review.reporting import service as reporting
from review.reporting.exports import EXPORTS
from review.screening import ranking
from review.ui import downloads, elements, page_address, session
from review.ui.cache import remembered
from review.ui.records import bulk_vote, report_page
from review.workspace import Workspace

PER_PAGE = 100
BACK = "records_back"  # session: query parameters of the list a report was opened from
SEARCHED = "records_searched"  # session: what was listed last
NAMES = (
    "q", "status", "source", "label", "from", "to", "own", "stage", "has", "order", "score", "ids",
    "list", "page",
)  # fmt: skip
MODEL_PLACE = "Model's place"
FIRST_YEAR, LAST_YEAR = 1500, 2100


def open_report(ids: list[str], table: str) -> None:
    """Open the report whose row was clicked; ticks alone open none."""
    row = elements.clicked_row(st.session_state[table])
    if row is not None and row < len(ids):
        params = page_address.every()
        st.session_state[BACK] = {k: v for k, v in params.items() if k in NAMES}
        page_address.become({"report": ids[row]})


def asked(ws: Workspace) -> records.ReportFilter:
    """What the fields and the address ask for."""
    state = st.session_state
    order = str(state.get("order") or "")
    by_model = remembered(ws, records.has_model_places)
    return records.ReportFilter(
        text=str(state.get("q") or ""),
        status=str(state.get("status") or ""),
        source=str(state.get("source") or ""),
        label=str(state.get("label") or ""),
        years=(state.get("from"), state.get("to")),
        ids=elements.listed_ids() or (),
        reviewer=session.reviewer(),
        own=str(state.get("own") or ""),
        stage=Stage(state["stage"]) if state.get("stage") in list(Stage) else None,
        has=str(state.get("has") or ""),
        order=order if by_model or order not in records.BY_MODEL else "",
        score=str(state.get("score") or "") if by_model else "",
    )


def fields(ws: Workspace) -> None:
    """What to look for; every field is kept in the address."""
    st.text_input(
        "Words, author, journal, DOI, PMID or id",
        key="q",
        bind="query-params",
        placeholder="All of these words, or an id such as P000012",
    )
    status, source, low, high = st.columns([3, 2.4, 1.8, 1.8])
    with status:
        st.selectbox(
            "Status",
            records.STATUSES,
            index=None,
            placeholder="Anywhere",
            key="status",
            bind="query-params",
        )
    with source:
        st.selectbox(
            "Source",
            list(records.sources(ws)),
            index=None,
            placeholder="Any source",
            key="source",
            bind="query-params",
        )
    if labels := remembered(ws, records.labels):
        st.selectbox(
            "Label",
            labels,
            index=None,
            placeholder="Any collection, group or tag that a file came with",
            key="label",
            bind="query-params",
        )
    own_votes(ws)
    for column, label, key in ((low, "From year", "from"), (high, "To year", "to")):
        with column:
            st.number_input(
                label, FIRST_YEAR, LAST_YEAR, value=None, step=1, key=key, bind="query-params"
            )


def own_votes(ws: Workspace) -> None:
    """What the reader has done with a report, what it lacks, what a model said, and the order."""
    by_model = remembered(ws, records.has_model_places)
    orders = [o for o in records.ORDERS if by_model or o not in records.BY_MODEL]
    if session.reviewer():
        own, stage, has, order = st.columns([2.6, 2.2, 2, 2.8])
    else:
        has, order, _ = st.columns([3, 2.4, 3.6])
    choices = [(has, "Has or lacks", "has", records.FEATURES, "Anything"),
               (order, "Order", "order", orders, "As arrived")]  # fmt: skip
    if session.reviewer():
        choices.append((own, "My vote", "own", records.OWN_STATES, "Whatever I did"))
    for column, label, key, options, empty in choices:
        with column:
            st.selectbox(
                label, options, index=None, placeholder=empty, key=key, bind="query-params"
            )
    if session.reviewer():
        with stage:
            st.selectbox(
                "My vote at stage",
                [str(s) for s in Stage],
                index=None,
                format_func=lambda s: STAGES[Stage(s)].capitalize(),
                placeholder="Either stage",
                key="stage",
                bind="query-params",
            )
    if by_model:
        st.selectbox(
            "Where the model had put it, of reports you voted on or that are decided",
            records.SCORES,
            index=None,
            placeholder="Anywhere",
            key="score",
            bind="query-params",
        )


def table(ws: Workspace, found: list[Report], key: str, search: records.ReportFilter) -> list[str]:
    """The reports of one page in five columns; a click opens one.

    Args:
        search: where it asks for places by a model, these stand beside.

    Returns:
        The reports that are ticked.
    """
    ids = [r.id for r in found]
    columns = {
        "Report": ids,
        "Title": [r.lead.title or "Without a title" for r in found],
        "Year": ["" if r.lead.year is None else str(r.lead.year) for r in found],
        "Journal": [r.lead.journal for r in found],
        "Status": [status_words(r, ws.protocol) for r in found],
    }
    if search.score or search.order in records.BY_MODEL:
        stage = search.stage or Stage.TITLE_ABSTRACT
        places = records.model_place_words(ws, ids, search.reviewer, stage)
        del columns["Journal"]  # so that the place is seen without scrolling
        columns[MODEL_PLACE] = [places.get(id_, "") for id_ in ids]
        st.caption(
            f"{MODEL_PLACE}: on {STAGES[stage]}, among the reports that waited, the likeliest "
            "first, in the last order made before anybody voted on the report. By a "
            f"{ranking.MODEL}. It decides nothing."
        )
    event = st.dataframe(
        elements.cells(columns),
        column_config={
            "Report": st.column_config.TextColumn(width=85),
            "Title": st.column_config.TextColumn(width=315 if MODEL_PLACE in columns else 385),
            "Year": st.column_config.TextColumn(width=55),
            "Journal": st.column_config.TextColumn(width=130),
            "Status": st.column_config.TextColumn(width=190 if MODEL_PLACE in columns else 240),
            MODEL_PLACE: st.column_config.TextColumn(width=215),
        },
        hide_index=True,
        height="content" if len(found) <= 15 else 560,
        on_select=lambda: open_report(ids, key),
        selection_mode=["multi-row", "single-cell"],
        key=key,
    )
    return [ids[n] for n in elements.ticked_rows(event) if n < len(ids)]


def listing(ws: Workspace) -> None:
    """Fields, count and table."""
    with elements.page("Records", "Find anything, and open a report to see its whole history."):
        search = asked(ws)
        listed = elements.listed_ids()
        if listed == ():
            elements.nothing_here(
                "This list belonged to a window that is closed. Open it again from its page.",
                "Look through all records",
                on_click=show_all,
            )
            return
        if listed:
            kept = sum(i.startswith("R") for i in listed)
            units = f": {elements.count_of(kept, 'record')}, shown as reports" if kept else ""
            st.markdown(f"Listed from another page{units}.")
            st.button("Look through all records instead", on_click=show_all)
        else:
            with st.container(key="rt-narrow"):
                fields(ws)
            search = asked(ws)
        if st.session_state.setdefault(SEARCHED, search) != search:
            st.session_state[SEARCHED] = search
            st.session_state["page"] = 1  # another list begins at its beginning
        bulk_vote.last(session.reviewer())
        slot = st.container()
        with slot, st.spinner("Looking through the records"):
            fitting = remembered(ws, records.ids, search)
        total = len(fitting)
        if not total:
            nothing(ws, search)
            return
        pages = -(-total // PER_PAGE)
        page = 1
        if pages > 1:
            page = st.pagination(pages, key="page", bind="query-params")
        first = (page - 1) * PER_PAGE + 1
        here = tuple(fitting[first - 1 : first - 1 + PER_PAGE])
        found, _ = records.find(ws, records.ReportFilter(ids=here))
        place = {id_: n for n, id_ in enumerate(here)}
        found.sort(key=lambda report: place.get(report.id, len(place)))
        with slot:
            shown = f", {first:,} to {first + len(found) - 1:,} shown" if pages > 1 else ""
            with st.container(horizontal=True, vertical_alignment="center"):
                count = elements.count_of(total, "report")
                st.caption(f"{count}{shown}. Click a row to open it.", width="content")
                exports(ws, search, total)
            above = st.container()
            ticked = table(ws, found, f"records-table-{hash((search, page))}", search)
            if session.reviewer():
                with above:
                    bulk_vote.draw(ws, search, fitting, ticked)


def exports(ws: Workspace, search: records.ReportFilter, total: int) -> None:
    """Downloads of all that is listed, on all its pages."""
    viewer = session.reviewer()
    with st.popover("Export this list", icon=":material/download:", width="content"):
        st.caption(f"{elements.count_of(total, 'report')} with what was decided on them")
        for export in EXPORTS.values():
            if not export.of_lists:
                continue

            def write(path: Path, name: str = export.name) -> None:
                reporting.export(ws, name, path, records.ids(ws, search), viewer=viewer)

            downloads.button(export.label, export.file, write)


def nothing(ws: Workspace, search: records.ReportFilter) -> None:
    """Why the list is empty."""
    if search == records.ReportFilter(reviewer=search.reviewer):
        elements.nothing_here(
            "The review holds no records yet. Run a search, or import a file.",
            "Go to search",
            "search",
        )
    else:
        elements.nothing_here(
            "No report fits all of this.", "Look through all records", on_click=show_all
        )


def show_all() -> None:
    """Ask for everything."""
    page_address.become({})
    for name in NAMES:
        st.session_state.pop(name, None)


def draw() -> None:
    """The page: one report when the address names one, else the list."""
    ws = session.workspace()
    named = page_address.get("report")
    if named:
        back = st.session_state.get(BACK, {})
        with elements.page(""):
            elements.unseen_title("Records")
            st.button(
                "Back to the list" if back else "All records",
                icon=":material/arrow_back:",
                type="tertiary",
                on_click=page_address.become,
                args=(back,),
            )
            report_page.draw(ws, named, session.reviewer())
    else:
        listing(ws)


draw()
