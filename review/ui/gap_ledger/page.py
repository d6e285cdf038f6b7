"""The ledger of gaps: each gap with the rule that says so, how firm it is, and how urgent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from review.gaps import ledger_state
from review.gaps import service as gaps
from review.gaps.filters import ADDRESS, Filters, to_address
from review.gaps.filters import words as filter_words
from review.gaps.ledger import ORDER, GapRow, GapStatus, Ledger, PlaceKind, Priority
from review.reporting import gap_text
from review.ui import coverage_line, downloads, elements, evidence_filters, page_address, session
from review.ui.cache import remembered
from review.ui.elements import count_of, plain
from review.ui.gap_ledger import gap_panel

ws = session.workspace()
NAMES = ("gap", "view", "of", "status", "urgent", "stays", "words", *ADDRESS)
VIEWS = {
    "study_design": "Outcome by study design",
    "population": "Outcome by population",
    "exposure": "Outcome by exposure",
}
"""Columns of the map whose gaps are listed; the rows are outcomes."""

KINDS = {PlaceKind.ROW: "Whole rows", PlaceKind.CLAIM: "Claims", PlaceKind.CELL: "Cells"}
EVERY = "all"
STATUSES = {
    str(GapStatus.OPEN): "Open",
    str(GapStatus.SET_ASIDE): "Set aside",
    str(GapStatus.CLOSED): "Closed by evidence",
    EVERY: "All",
}
PRIORITIES = {Priority.HIGH: "High", Priority.MEDIUM: "Medium", Priority.LOW: "Low"}
FIRM = "stays"
"""The choice of gaps that stay under every bar."""
FIRST_KINDS = (PlaceKind.ROW, PlaceKind.CLAIM)


def state(name: str) -> str:
    """Where the session keeps one of the page's choices."""
    return f"gaps-{name}"


def arrive() -> None:
    """Set the choices from the address, when it came from elsewhere."""
    said = page_address.arrived("gaps", NAMES, state("view"))
    if said is None:
        return
    kinds = [kind for kind in KINDS if kind in said.get("of", "").split(",")]
    gap = said.get("gap", "")
    if gap and not kinds and "+" in gap:
        kinds = [*FIRST_KINDS, PlaceKind.CELL]
    st.session_state[state("gap")] = gap
    st.session_state[state("view")] = _of(said.get("view", ""), VIEWS)
    st.session_state[state("of")] = kinds or list(FIRST_KINDS)
    st.session_state[state("status")] = _of(said.get("status", ""), STATUSES)
    st.session_state[state("priority")] = [
        one for one in PRIORITIES if one in said.get("urgent", "").split(",")
    ]
    st.session_state[state("firm")] = [FIRM] if said.get("stays") == "yes" else []
    st.session_state[state("words")] = said.get("words", "")
    evidence_filters.arrive("gaps", said, ws.protocol.codebook)


def _of(word: str, known: Sequence[str] | dict[str, str]) -> str:
    return word if word in known else next(iter(known))


def choose() -> tuple[str, list[GapRow], Ledger, Filters]:
    """Draw the filters; the columns asked for, the rows they leave, the whole ledger,
    and the filters of the map that it is under."""
    arrive()
    view = str(
        st.segmented_control(
            "Map", list(VIEWS), key=state("view"), format_func=VIEWS.__getitem__, required=True
        )
    )
    filters = evidence_filters.chosen("gaps")
    found = remembered(ws, ledger_state.ledger, "outcome", view, filters)
    numbers = {kind: sum(r.place.kind is kind for r in found.open) for kind in KINDS}
    kept = st.session_state.get(state("of")) or ()
    here = [row for row in found.rows if row.place.kind in kept]
    of_status = Counter(str(row.status) for row in here) + Counter({EVERY: len(here)})
    open_ = [row for row in here if row.status is GapStatus.OPEN]
    of_priority = Counter(row.priority for row in open_)
    firm_number = sum(row.stays for row in open_)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = st.pills(
            "Open gaps of", list(KINDS), key=state("of"), selection_mode="multi",
            format_func=lambda kind: f"{KINDS[kind]} {numbers[kind]:,}",
        )  # fmt: skip
        status = str(st.segmented_control(
            "Status", list(STATUSES), key=state("status"), required=True,
            format_func=lambda one: f"{STATUSES[one]} {of_status[one]:,}",
        ))  # fmt: skip
        urgent = st.pills(
            "Priority", list(PRIORITIES), key=state("priority"), selection_mode="multi",
            format_func=lambda one: f"{PRIORITIES[one]} {of_priority[one]:,}",
        )  # fmt: skip
        firm = st.pills(
            "Robust", [FIRM], key=state("firm"), selection_mode="multi",
            format_func=lambda _: f"Under every bar {firm_number:,}",
        )  # fmt: skip
        evidence_filters.draw("gaps", ws.protocol.codebook, appraised=bool(gaps.risk_of_bias(ws)))
        words = st.text_input("Words", key=state("words"), width=180, placeholder="Any")
    left = [
        row
        for row in found.rows
        if row.place.kind in kinds
        and status in (EVERY, row.status)
        and (not urgent or row.priority in urgent)
        and (not firm or row.stays)
        and all(w in f"{row.label} {row.gap} {row.note}".lower() for w in words.lower().split())
    ]
    page_address.keep(
        "gaps",
        {
            "gap": str(st.session_state.get(state("gap")) or ""),
            "view": view if view != next(iter(VIEWS)) else "",
            "of": ",".join(kinds) if list(kinds) != list(FIRST_KINDS) else "",
            "status": status if status != GapStatus.OPEN else "",
            "urgent": ",".join(urgent),
            "stays": "yes" if firm else "",
            "words": words,
            **to_address(filters),
        },
    )
    return view, left, found, filters


def headline(found: Ledger) -> str:
    """The sentence over the ledger: of whole rows and claims, as the page lists them first."""
    every = [row for row in found.rows if row.place.kind is not PlaceKind.CELL]
    rows = [row for row in every if row.status is GapStatus.OPEN]
    high = sum(row.priority is Priority.HIGH for row in rows)
    closed = sum(row.status is GapStatus.CLOSED for row in every)
    firm = sum(row.stays for row in rows)
    said = f"{count_of(len(rows), 'gap')} open in whole rows and claims, {firm:,} under every bar"
    said += f"; {high:,} of high priority" if high else ""
    return f"{said}; {closed:,} closed by evidence" if closed else said


def opened(rows: Sequence[GapRow], key: str) -> None:
    """Open the gap that was clicked."""
    place = elements.chosen_row(st.session_state[key])
    if place is not None and place < len(rows):
        st.session_state[state("gap")] = rows[place].id


def shut() -> None:
    """Close the open gap."""
    st.session_state[state("gap")] = ""


def table(rows: Sequence[GapRow]) -> None:
    """The gaps, a click opens one."""
    key = f"gaps-table-{hash(tuple((row.id, row.priority, row.status) for row in rows))}"
    st.dataframe(
        elements.cells(
            {
                "Gap": [row.label for row in rows],
                "Why": [str(row.gap or row.status).capitalize() for row in rows],
                "Studies": [row.evidence.studies for row in rows],
                "Stays": [gap_panel.stays_words(row) for row in rows],
                "Claims": [len(row.claims) for row in rows],
                "Priority": [str(row.priority) for row in rows],
                "Searched": [
                    elements.local_time(row.searched, day_only=True) if row.searched else "never"
                    for row in rows
                ],
                "Status": [str(row.status) for row in rows],
            }
        ),
        column_config={
            "Gap": st.column_config.TextColumn(width=290),
            "Why": st.column_config.TextColumn(width=175),
            "Studies": st.column_config.NumberColumn(width=65),
            "Stays": st.column_config.TextColumn(width=150),
            "Claims": st.column_config.NumberColumn(width=60),
            "Priority": st.column_config.TextColumn(width=65),
            "Searched": st.column_config.TextColumn(width=90),
            "Status": st.column_config.TextColumn(width=80),
        },
        hide_index=True,
        height="content" if len(rows) <= 8 else 330,
        on_select=lambda: opened(rows, key),
        selection_mode="single-cell",
        key=key,
    )


with elements.page(
    "Gaps", "Where evidence is missing, by which rule, whether that stays, and how urgent it is."
):
    view, left, found, filters = choose()
    st.header(plain(headline(found)), anchor=False)
    coverage_line.draw(ws, f"{ORDER} Counts are of studies.")
    if under := filter_words(filters, ws.protocol.codebook):
        coverage_line.filters(under, remembered(ws, gaps.matrix, "outcome", view, filters).hidden)
    if left:
        table(left)
    else:
        st.markdown("No gap of this kind. Choose another status, priority or kind.")
    asked = str(st.session_state.get(state("gap")) or "")
    if asked:
        row = next((one for one in found.rows if one.id == asked), None)
        if row is None:
            st.markdown("This place of the map is no gap of this view: it is filled, or cannot be.")
        else:
            gap_panel.panel(ws, row, shut, view, filters)
    with st.container(horizontal=True):
        downloads.button(
            "These gaps (CSV)", "gap-ledger.csv",
            lambda path: ledger_state.write_csv_of(replace(found, rows=tuple(left)), path),
        )  # fmt: skip
        downloads.button(
            "Implications for research (Markdown)", "implications.md",
            lambda path: gap_text.write(ws, path, "outcome", view, filters),
        )  # fmt: skip
