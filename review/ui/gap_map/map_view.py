"""What stands around the gap map: choosers and filters, provenance, list of gaps, table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import streamlit as st

from review.gaps.cell_details import STRENGTHS
from review.gaps.column_groups import CLASS
from review.gaps.filters import ADDRESS, Filters, to_address
from review.gaps.filters import words as filter_words
from review.gaps.model import DESIGN, Gap, Matrix
from review.gaps.service import risk_of_bias
from review.protocol.codebook import Codebook, Dimension
from review.ui import (
    coverage_line,
    evidence_filters,
    navigation,
    page_address,
)
from review.ui.claims import map_link
from review.ui.gap_map import chart, map_sentences, marks
from review.ui.gap_map.drawn import SORTS, joined
from review.ui.gap_map.grid import Tick
from review.workspace import Workspace

PAGE = "map"
FIRST_AXES = ("outcome", "study_design", "exposure", "population")
"""Dimensions that are offered first as an axis; all others of the codebook follow."""

NAMES = (
    "rows",
    "columns",
    "every",
    "look",
    "sort",
    "fold",
    "claim",
    *ADDRESS,
    "row",
    "column",
)
"""Query parameters of the page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What part of the evidence is shown, and how.

    Attributes:
        grouped: columns taken together by group.
        folded: groups of rows taken together.
        sort: order of the rows, one of `drawn.SORTS`.
        directions: bars of directions in the place of the marks.
        claim: the claim from which somebody came here; "" for none.
    """

    rows: str
    columns: str
    grouped: bool
    filters: Filters
    folded: tuple[str, ...] = ()
    sort: str = ""
    directions: bool = False
    claim: str = ""


VIEWS = {
    ("outcome", DESIGN): "Outcome by study design",
    ("exposure", "outcome"): "Exposure by outcome",
    ("population", "outcome"): "Population by outcome",
}
"""Ready views of the map: rows and columns, and what it is called."""

LOOKS = {"": "Number", "directions": "Direction"}
"""What the cells show: query parameter and words."""


def state(name: str) -> str:
    """Where the session keeps one of the page's choices."""
    return f"{PAGE}-{name}"


def arrive(codebook: Codebook, claims: Collection[str]) -> None:
    """Set the choices from the address, when it came from elsewhere, and from a click."""
    said = page_address.arrived(PAGE, NAMES, state("columns"))
    if said is not None:
        _set(codebook, claims, said)
    event = st.session_state.get(chart_key()) or {}
    picked = next(iter(event.get("selection", {}).get(chart.CELL) or []), None)
    if picked and str(picked.get("column")).startswith(chart.FOLD):
        _turn(str(picked["column"]).removeprefix(chart.FOLD))
    elif picked and dict(picked) != st.session_state.get(state("picked")):
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
    unmark()


def unmark() -> None:
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


def _set(codebook: Codebook, claims: Collection[str], said: dict[str, str]) -> None:
    axes = {name: codebook.name_of(said.get(name, "")) for name in ("rows", "columns")}
    known = axes_of(codebook)
    rows = axes["rows"] if axes["rows"] in known else "outcome"
    columns = axes["columns"] if axes["columns"] in known else DESIGN
    if rows == columns:
        columns = next(name for name in FIRST_AXES if name != rows)
    ids = {v.id for v in codebook.dimension(columns).values}
    every = said.get("every") == "yes" or said.get("column") in ids
    groups = codebook.dimension(rows).groups
    put: dict[str, object] = {
        "rows": rows,
        "columns": columns,
        "every": "Every value" if every else "Groups",
        "look": said.get("look", "") if said.get("look", "") in LOOKS else "",
        "sort": said.get("sort", "") if said.get("sort", "") in SORTS else "",
        "fold": [g for g in said.get("fold", "").split(",") if g in groups],
        "claim": said.get("claim", "") if said.get("claim", "") in claims else "",
        "row": said.get("row"),
        "column": said.get("column"),
        "picked": None,
    }
    evidence_filters.arrive(PAGE, said, codebook)
    if columns == DESIGN and said.get("column") in _forms(codebook):
        put["forms"] = True
    for name, value in put.items():
        st.session_state[state(name)] = value


def controls(ws: Workspace) -> Asked:
    """Draw the choosers and filters."""
    book = ws.protocol.codebook
    arrive(book, {claim.id for claim in ws.protocol.claims})
    chosen = st.session_state
    labels = axes_of(book)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for axes, words in VIEWS.items():
            here = axes == (chosen[state("rows")], chosen[state("columns")])
            st.button(
                words, key=state(f"view-{axes[0]}"), on_click=_view, args=axes,
                type="secondary" if here else "tertiary", disabled=here,
            )  # fmt: skip
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
        look = st.segmented_control(
            "Cells show", list(LOOKS), key=state("look"), format_func=LOOKS.__getitem__,
            required=True,
        )  # fmt: skip
        folded, sort = _rows_popover(book.dimension(rows))
        filters = evidence_filters.draw(PAGE, book, appraised=bool(risk_of_bias(ws)))
    asked = Asked(
        rows, columns, every == "Groups", filters, folded, sort, bool(look),
        str(chosen.get(state("claim")) or ""),
    )  # fmt: skip
    _close_unknown(book, asked)
    page_address.keep(PAGE, _address(asked))
    return asked


def _view(rows: str, columns: str) -> None:
    """Go to a ready view; the filters stay."""
    for name, value in (("rows", rows), ("columns", columns), ("fold", []), ("row", None),
                        ("column", None), ("picked", None)):  # fmt: skip
        st.session_state[state(name)] = value


def _rows_popover(rows: Dimension) -> tuple[tuple[str, ...], str]:
    """Which groups of rows are folded into one row each, and the order of the rows."""
    groups = [name for name in rows.groups if name]
    kept = [name for name in st.session_state.get(state("fold")) or () if name in groups]
    st.session_state[state("fold")] = kept
    with st.popover(f"Order ({len(kept)} folded)" if kept else "Order"):
        sort = st.segmented_control(
            "Order", list(SORTS), key=state("sort"), format_func=SORTS.__getitem__, required=True
        )
        if groups:
            st.pills(
                "Groups folded into one row", groups, selection_mode="multi", key=state("fold"),
                format_func=map_sentences.group_name,
            )  # fmt: skip
            with st.container(horizontal=True):
                for words, those in (("Fold all", groups), ("Unfold all", [])):
                    st.button(
                        words, key=state(words.lower().replace(" ", "-")), type="tertiary",
                        on_click=_fold, args=(those,),
                    )  # fmt: skip
    return tuple(name for name in groups if name in st.session_state[state("fold")]), str(
        sort or ""
    )


def _turn(group: str) -> None:
    """Fold a group of rows, or unfold it, and draw the chart anew, where nothing is clicked."""
    before = list(st.session_state.get(state("fold")) or ())
    after = [g for g in before if g != group] if group in before else [*before, group]
    st.session_state[state("fold")] = after
    unmark()


def _fold(groups: list[str]) -> None:
    st.session_state[state("fold")] = list(groups)


def back(ws: Workspace, asked: Asked) -> None:
    """The way back to the claim from which somebody came, with the same filters."""
    if asked.claim:
        claim = ws.protocol.claim(asked.claim)
        left = map_link.without_claim(claim, ws.protocol.frame.exposure, asked.filters)
        to = {"claim": asked.claim} | evidence_filters.address(left)
        navigation.link(f"Back to claim {asked.claim}", "claims", to)


def _close_unknown(book: Codebook, asked: Asked) -> None:
    """Close a cell that the map as it is chosen now does not have."""
    rows, columns = asked.rows, asked.columns
    row, column = st.session_state.get(state("row")), st.session_state.get(state("column"))
    inside = {v.id for name in asked.folded for v in book.dimension(rows).groups[name]}
    fits = str(row) in {CLASS + name for name in asked.folded} or (
        book.has(rows, str(row)) and row not in inside
    )
    fits = fits and str(column) in column_ids(book.dimension(columns), asked.grouped)
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


def column_ids(dimension: Dimension, grouped: bool) -> list[str]:
    """The columns of the map."""
    groups = joined(dimension, grouped)
    inside = {id_ for members in groups.values() for id_ in members}
    return [CLASS + name for name in groups] + [
        v.id for v in dimension.values if v.id not in inside
    ]


def _address(asked: Asked) -> dict[str, str]:
    return {
        "rows": asked.rows if asked.rows != "outcome" else "",
        "columns": asked.columns if asked.columns != DESIGN else "",
        "every": "" if asked.grouped else "yes",
        "look": "directions" if asked.directions else "",
        "sort": asked.sort,
        "fold": ",".join(asked.folded),
        "claim": asked.claim,
        **to_address(asked.filters),
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
                on_change=unmark,
            )


def legend(found: Matrix, *, directions: bool) -> None:
    """What the marks mean, each drawn as on the map."""
    undecided = any(cell.gap is Gap.UNDECIDED for cell in found.cells)
    if directions:
        marked = [
            (f'<i class="rt-swatch" style="background:{colour}"></i>', str(way))
            for way, colour in marks.SIGNS.items()
        ]
    else:
        marked = [
            ('<i class="rt-disc">3</i>', "confirmed, by area"),
            ('<i class="rt-ring">5</i>', "only suggested"),
            *(
                (f'<i class="rt-cross">{shape.sign}</i>', kind)
                for kind, shape in marks.SHAPES.items()
            ),
        ]  # fmt: skip
    marked += [
        ('<i class="rt-cross">?2</i>', "reports, pairing not stated"),
        ('<i class="rt-dot"></i>', str(Gap.UNDECIDED if undecided else Gap.SEARCHED_NONE)),
        ('<i class="rt-cross">×</i>', "not searched"),
        ('<i class="rt-cross">–</i>', "not applicable"),
    ]
    items = "".join(f"<span>{mark} {words}</span>" for mark, words in marked)
    st.html(f'<div class="rt-legend rt-map-legend">{items}</div>')
    if not directions:
        st.caption(f"Colour by strength, from faint to strong: {'; '.join(STRENGTHS)}.")


def provenance(ws: Workspace, found: Matrix) -> None:
    """When and where was searched, and by which protocol: a map without it cannot be judged."""
    coverage_line.draw(ws, f"Protocol version {ws.protocol.version}. Counts are of studies.")
    under = filter_words(found.filters, ws.protocol.codebook)
    if under:
        coverage_line.filters(under, found.hidden)
