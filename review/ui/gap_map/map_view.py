"""What stands around the gap map: choosers and filters, provenance, list of gaps, table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import groupby

import pandas as pd
import streamlit as st

from review.gaps.column_groups import CLASS
from review.gaps.gap_list import ORDER, gap_list
from review.gaps.model import DESIGN, EvidenceStatus, Filters, Gap, Matrix, TableRow
from review.gaps.service import write_gaps_csv
from review.protocol.codebook import Codebook, Dimension
from review.reporting.coverage import coverage
from review.search.service import source_label
from review.ui import downloads, elements, navigation, page_address
from review.ui.cache import remembered
from review.ui.elements import count_of, local_time, plain
from review.ui.gap_map import chart, map_sentences
from review.ui.gap_map.grid import Tick
from review.workspace import Workspace

PAGE = "map"
FIRST_YEAR, LAST_YEAR = 1700, 2100
FIRST_AXES = ("outcome", "study_design", "exposure", "population")
"""Dimensions that are offered first as an axis; all others of the codebook follow."""

NAMES = (
    "rows",
    "columns",
    "every",
    "population",
    "exposure",
    "from",
    "to",
    "included",
    "beyond",
    "forms",
    "row",
    "column",
)
"""Query parameters of the page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What part of the evidence is shown, and how.

    Attributes:
        grouped: columns taken together by group.
    """

    rows: str
    columns: str
    grouped: bool
    filters: Filters


def state(name: str) -> str:
    """Where the session keeps one of the page's choices."""
    return f"{PAGE}-{name}"


def arrive(codebook: Codebook) -> None:
    """Set the choices from the address, when it came from elsewhere, and from a click."""
    said = page_address.arrived(PAGE, NAMES, state("columns"))
    if said is not None:
        _set(codebook, said)
    event = st.session_state.get(chart_key()) or {}
    picked = next(iter(event.get("selection", {}).get(chart.CELL) or []), None)
    if picked and dict(picked) != st.session_state.get(state("picked")):
        st.session_state[state("picked")] = dict(picked)
        st.session_state[state("row")] = picked.get("row")
        st.session_state[state("column")] = picked.get("column")


def chart_key() -> str:
    """Key of the chart's widget; another one after its selection had to be dropped."""
    drawn = int(st.session_state.get(state("drawn"), 0))
    return f"gaps-{drawn}" if drawn else "gaps"


def shut() -> None:
    """Close the open cell."""
    for name in ("row", "column", "picked"):
        st.session_state[state(name)] = None
    _unmark()


def _unmark() -> None:
    """Draw the chart anew, without the mark of the cell clicked last."""
    st.session_state[state("drawn")] = int(st.session_state.get(state("drawn"), 0)) + 1
    st.session_state[state("picked")] = None


def unclicked() -> tuple[str, str] | None:
    """The open cell, when it was opened by a link or chosen by its names."""
    cell = tuple(st.session_state.get(state(name)) for name in ("row", "column"))
    picked = st.session_state.get(state("picked")) or {}
    clicked = (picked.get("row"), picked.get("column")) == cell
    return None if clicked or not all(cell) else (str(cell[0]), str(cell[1]))


def axes_of(codebook: Codebook) -> dict[str, str]:
    """Dimensions that the map can be drawn by, each with its label."""
    names = dict.fromkeys((*FIRST_AXES, *(d.name for d in codebook.dimensions)))
    return {name: codebook.dimension(name).label for name in names}


def _set(codebook: Codebook, said: dict[str, str]) -> None:
    axes = {name: codebook.name_of(said.get(name, "")) for name in ("rows", "columns")}
    known = axes_of(codebook)
    rows = axes["rows"] if axes["rows"] in known else "outcome"
    columns = axes["columns"] if axes["columns"] in known else DESIGN
    if rows == columns:
        columns = next(name for name in FIRST_AXES if name != rows)
    ids = {v.id for v in codebook.dimension(columns).values}
    every = said.get("every") == "yes" or said.get("column") in ids
    put: dict[str, object] = {
        "rows": rows,
        "columns": columns,
        "every": "Every value" if every else "Groups",
        "from": _year(said.get("from", "")),
        "to": _year(said.get("to", "")),
        "included": said.get("included") == "yes",
        "beyond": said.get("beyond") == "yes",
        "forms": said.get("forms") == "yes"
        or (columns == DESIGN and said.get("column") in _forms(codebook)),
        "row": said.get("row"),
        "column": said.get("column"),
        "picked": None,
    }
    for name in ("population", "exposure"):
        known = filter_options(codebook.dimension(name))
        put[name] = [v for v in said.get(name, "").split(",") if v in known]
    for name, value in put.items():
        st.session_state[state(name)] = value


def _year(text: str) -> int | None:
    return int(text) if text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR else None


def controls(ws: Workspace) -> Asked:
    """Draw the choosers and filters."""
    book = ws.protocol.codebook
    arrive(book)
    labels = axes_of(book)
    chosen = st.session_state
    with st.container(horizontal=True, vertical_alignment="bottom", key="rt-map-axes"):
        others = [a for a in labels if a != chosen[state("columns")]]
        rows = st.selectbox("Rows", others, key=state("rows"), format_func=labels.__getitem__,
                            width=165)  # fmt: skip
        others = [a for a in labels if a != rows]
        columns = st.selectbox("Columns", others, key=state("columns"),
                               format_func=labels.__getitem__, width=165)  # fmt: skip
        every = st.segmented_control(
            "Columns shown", ["Groups", "Every value"], key=state("every"), required=True
        )
        with st.popover(f"Filters{_count_filters()}"):
            filters = _filters(book)
    _close_unknown(book, rows, columns, grouped=every == "Groups")
    page_address.keep(PAGE, _address(rows, columns, str(every), filters))
    return Asked(rows, columns, every == "Groups", filters)


def _filters(book: Codebook) -> Filters:
    picked: dict[str, tuple[str, ...]] = {}
    for name in ("population", "exposure"):
        options = filter_options(book.dimension(name))
        picked[name] = tuple(
            st.multiselect(
                plain(book.dimension(name).label),
                list(options),
                key=state(name),
                format_func=options.__getitem__,
                placeholder="All",
            )
        )
    with st.container(horizontal=True):
        years = [
            st.number_input(
                words, FIRST_YEAR, LAST_YEAR, None, 1, key=state(name), placeholder="Any", width=150
            )
            for name, words in (("from", "Published from"), ("to", "until"))
        ]
    included = st.toggle("Only reports included at full text", key=state("included"))
    beyond = st.toggle(
        "Also reports without the exposure of the question",
        key=state("beyond"),
        disabled=bool(picked["exposure"]),
    )
    forms = st.toggle(
        "Also publication forms that are no study designs: news, abstracts, theses",
        key=state("forms"),
    )
    return Filters(
        picked["population"],
        picked["exposure"],
        (years[0], years[1]),
        included_only=included,
        beyond_frame=beyond,
        forms=forms,
    )


def filter_options(dimension: Dimension) -> dict[str, str]:
    """Groups and values to filter by, with their labels."""
    groups = {
        name: f"All: {map_sentences.group_name(name).lower()}" for name in dimension.groups if name
    }
    return groups | {v.id: v.label for v in dimension.values if v.id not in groups}


def _count_filters() -> str:
    names = ("population", "exposure", "from", "to", "included", "beyond", "forms")
    used = [bool(st.session_state.get(state(name))) for name in names]
    return f" ({sum(used)} on)" if any(used) else ""


def _close_unknown(book: Codebook, rows: str, columns: str, *, grouped: bool) -> None:
    """Close a cell that the map as it is chosen now does not have."""
    row, column = st.session_state.get(state("row")), st.session_state.get(state("column"))
    fits = book.has(rows, str(row)) and str(column) in column_ids(book.dimension(columns), grouped)
    if not st.session_state.get(state("forms")):
        designs = {str(id_) for axis, id_ in ((rows, row), (columns, column)) if axis == DESIGN}
        fits = fits and not designs & _forms(book)
    if not fits:
        st.session_state[state("row")] = st.session_state[state("column")] = None


def _forms(book: Codebook) -> frozenset[str]:
    """Values of the study design that are publication forms, and the groups of only such."""
    designs = book.dimension(DESIGN)
    groups = {
        CLASS + name for name, members in designs.groups.items()
        if {v.id for v in members} <= designs.forms
    }  # fmt: skip
    return designs.forms | groups


def joined(dimension: Dimension, grouped: bool) -> dict[str, list[str]]:
    """Groups of columns that are shown as one column.

    Publication forms, which are no evidence by themselves, stay joined also where every value has
    its column.
    """
    return {
        name: [v.id for v in members]
        for name, members in dimension.groups.items()
        if name and (grouped or all(v.evidence == "none" for v in members))
    }


def column_ids(dimension: Dimension, grouped: bool) -> list[str]:
    """The columns of the map."""
    groups = joined(dimension, grouped)
    inside = {id_ for members in groups.values() for id_ in members}
    return [CLASS + name for name in groups] + [
        v.id for v in dimension.values if v.id not in inside
    ]


def _address(rows: str, columns: str, every: str, filters: Filters) -> dict[str, str]:
    low, high = filters.years
    return {
        "rows": rows if rows != "outcome" else "",
        "columns": columns if columns != DESIGN else "",
        "every": "yes" if every != "Groups" else "",
        "population": ",".join(filters.population),
        "exposure": ",".join(filters.exposure),
        "from": str(low or ""),
        "to": str(high or ""),
        "included": "yes" if filters.included_only else "",
        "beyond": "yes" if filters.beyond_frame else "",
        "forms": "yes" if filters.forms else "",
        "row": str(st.session_state.get(state("row")) or ""),
        "column": str(st.session_state.get(state("column")) or ""),
    }


def opener(rows: Sequence[Tick], columns: Sequence[Tick]) -> None:
    """Two choosers that open a cell without a mouse."""
    down, across = ({t.id: t.label for t in ticks} for ticks in (rows, columns))
    with st.popover("Open a cell"):
        for name, words, label in (("row", down, "Row"), ("column", across, "Column")):
            st.selectbox(
                label,
                list(words),
                index=None,
                key=state(name),
                format_func=words.__getitem__,
                placeholder="Choose",
                width=300,
                on_change=_unmark,
            )


def legend(found: Matrix) -> None:
    """What the marks mean, each drawn as on the map."""
    undecided = any(cell.gap is Gap.UNDECIDED for cell in found.cells)
    marks = (
        ('<i class="rt-disc">3</i>', "confirmed studies"),
        ('<i class="rt-ring">5</i>', "only suggested"),
        ('<i class="rt-dot"></i>', str(Gap.UNDECIDED if undecided else Gap.SEARCHED_NONE)),
        ('<i class="rt-cross">×</i>', "not searched"),
        ('<i class="rt-cross">–</i>', "not applicable"),
    )
    items = "".join(f"<span>{mark} {words}</span>" for mark, words in marks)
    st.html(f'<div class="rt-legend rt-map-legend">{items}</div>')


def provenance(ws: Workspace, found: Matrix) -> None:
    """When and where was searched, and by which protocol: a map without it cannot be judged."""
    sources = sorted({search.source for search in ws.protocol.searches})
    names = ", ".join(source_label(name) for name in sources)
    when = (
        f"{names}, searched to the end on {local_time(found.searched, day_only=True)}"
        if found.searched
        else f"{names}: no search of the protocol has run to its end yet; the library only"
    )
    looked = remembered(ws, coverage).words
    st.caption(
        plain(f"{when}. {looked}. Protocol version {ws.protocol.version}. Counts are of studies.")
    )


def totals(found: Matrix, placed: Sequence[TableRow]) -> None:
    """The totals of the map and of the table behind it, which must be the same."""
    of_table = {
        status: len({one.study for one in placed if one.status is status})
        for status in (EvidenceStatus.CONFIRMED, EvidenceStatus.SUGGESTED)
    }
    same = of_table[EvidenceStatus.CONFIRMED], of_table[EvidenceStatus.SUGGESTED]
    said = (
        f"In all {count_of(found.confirmed_total, 'study', 'studies')} with a confirmed cell and "
        f"{found.suggested_total:,} with a suggested one"
    )
    if same == (found.confirmed_total, found.suggested_total):
        st.caption(plain(f"{said}; the table below adds up to the same."))
    else:
        st.warning(plain(f"{said}, but the table below adds up to {same[0]:,} and {same[1]:,}."))


def ruled_out(shown: Matrix) -> None:
    """How many cells of the drawn map are no gaps, since there can be no evidence in them."""
    if shown.not_applicable:
        more = count_of(shown.not_applicable, "more cell")
        st.caption(f"{more} not applicable: the codebook says that there can be no such evidence.")


def table(found: Matrix, rows: Sequence[Tick], columns: Sequence[Tick]) -> None:
    """Every cell as a row of a table, drawn when it is opened."""
    fold = st.expander("The map as a table", key="map-table", on_change="rerun")
    if not fold.open:
        return
    with fold:
        lines = [
            *map_sentences.table_rows(found, rows, columns),
            *map_sentences.total_rows(found, rows, columns),
        ]
        cells = pd.DataFrame(lines)
        st.dataframe(cells.map(elements.cell), hide_index=True, height=420)


def list_of_gaps(found: Matrix, codebook: Codebook) -> None:
    """The gaps of whole rows, each with the rule that says so, and the same as a file."""
    st.header("List of gaps", anchor=False)
    if not found.row_gaps:
        st.markdown("No row of this map meets a rule for a gap.")
        return
    st.caption(f"By all study designs of a row. {ORDER}")
    lines = []
    listed = gap_list(found, codebook.dimension(found.row_dimension))
    for gap, group in groupby(listed, key=lambda one: one["gap"]):
        members = list(group)
        for i, one in enumerate(members):
            head = (
                f'<th rowspan="{len(members)}" scope="rowgroup">'
                f"{escape(str(gap).capitalize())}</th>"
                if not i
                else ""
            )
            studies = count_of(int(one["studies"]), "study", "studies")
            lines.append(
                f"<tr>{head}<td>{escape(str(one['label']))}</td><td>{escape(str(one['rule']))}</td>"
                f'<td class="rt-muted" style="white-space:nowrap">{studies}</td>'
                "</tr>"
            )
    st.html(f'<table class="rt-grouped"><tbody>{"".join(lines)}</tbody></table>')
    write = partial(write_gaps_csv, found, codebook)
    downloads.button("List of gaps (CSV)", "gaps.csv", write)


def outside(found: Matrix) -> None:
    """Reports that the frame of the question leaves out of the map, one click away."""
    with st.container(horizontal=True, gap="large", vertical_alignment="center"):
        if found.outside:
            more = count_of(len(found.outside), "more report")
            navigation.link(
                f"{more} without the exposure of the question, counted apart",
                "records", elements.ids_param(found.outside),
            )  # fmt: skip
            st.button(
                "Count them too", key="map-count-outside", type="tertiary", on_click=_go_beyond
            )
        if found.frame_unknown:
            navigation.link(
                f"{count_of(len(found.frame_unknown), 'report')} counted, exposure not coded",
                "records", elements.ids_param(found.frame_unknown),
            )  # fmt: skip


def _go_beyond() -> None:
    st.session_state[state("beyond")] = True


def unplaced(found: Matrix) -> None:
    """Reports that stand in no cell, and why."""
    waiting = len(found.needs_pairing)
    with st.container(horizontal=True, gap="large"):
        if found.uncoded:
            navigation.link(
                f"{count_of(len(found.uncoded), 'report')} without a value on one side",
                "records", elements.ids_param(found.uncoded),
            )  # fmt: skip
        if found.not_asked:
            navigation.link(
                f"{count_of(len(found.not_asked), 'report')} to which a side does not apply",
                "records", elements.ids_param(found.not_asked),
            )  # fmt: skip
        if found.forms:
            navigation.link(
                f"{count_of(len(found.forms), 'report')} only as news, abstract or thesis",
                "records", elements.ids_param(found.forms),
            )  # fmt: skip
        if found.unpaired_suggested:
            navigation.link(
                f"{count_of(len(found.unpaired_suggested), 'report')} whose suggestions "
                "could pair in several ways",
                "records", elements.ids_param(found.unpaired_suggested),
            )  # fmt: skip
    if waiting:
        st.markdown(
            f"{count_of(waiting, 'report')} with several values on both sides: "
            "only a finding says which belong together."
        )
