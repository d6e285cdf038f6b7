"""Charts: the gap map as a grid of marks that can be read, clicked and read out.

Pure: plain data in, a Vega-Lite specification out. Shape tells what colour tells, so that a print
in grey still says it. A mark's shape is the kind of evidence, its area the number of studies, its
colour the strength; the filled part is confirmed, the outline has the area of all, those that are
only suggested among them. A dot is empty and searched, a cross is not searched, a stroke is where
there can be no evidence, and a question mark stands where nobody has said which values of a report
belong together.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import altair as alt

from review.gaps.column_groups import CLASS
from review.ui.gap_map import marks
from review.ui.gap_map.grid import Spot, Tick

CELL = "cell"
"""Name of the selection: a chart's event holds ``{"selection": {"cell": [{row, column}]}}``."""

CELLS, HEADS, GAPS, BARS = "cells", "heads", "gaps", "bars"
"""Names of the data sets of the specification."""

ROW_STEP = 31
"""Pixels of one row."""

WIDE = 8
"""Up to so many columns have room for their names and for two marks side by side."""

BESIDE = 14
"""Up to so many columns have room for a number beside a mark; in more it stands under it."""

NUMBERED = 32
"""Up to so many columns have room for numbers; beyond, the words of a cell tell them."""

GROUP_SPACE = 0.35
"""Columns left empty between two groups of columns."""

NARROW = "width < 460"
"""Vega expression: the plot is as wide as on a phone."""

Across = Callable[[str], alt.X]

FOLD = "fold:"
"""How the column of a group's head begins in a selection; the id of the group follows."""

NAMES_SPAN = 0.3
"""Part of the plot's width that is taken of the names beside it, where a click folds a group."""

GAP_SPAN = 1.9
"""Columns that the words for a row's gap take, where there is room for them."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one mode."""

    on_accent: str
    text: str
    muted: str
    line: str
    shade: str
    strengths: tuple[str, ...]


LIGHT = Palette(
    "#ffffff", "#1b2328", "#5c6a72", "#e3e8ea", "#f4f6f7",
    ("#87949b", "#6a98ab", "#3f839d", "#1f6a86", "#0b4256"),
)  # fmt: skip
DARK = Palette(
    "#10171a", "#e3e8ea", "#98a5ac", "#2a343a", "#1e2529",
    ("#7b868c", "#5c8799", "#5fa3bb", "#86c3d8", "#bfe6f3"),
)  # fmt: skip
"""``strengths``: colours of a mark by `review.gaps.cell_details.STRENGTHS`."""


def gap_map(
    spots: Sequence[Spot],
    rows: Sequence[Tick],
    columns: Sequence[Tick],
    row_gaps: Mapping[str, str],
    *,
    dark: bool = False,
    chosen: tuple[str, str] | None = None,
    directions: bool = False,
    groups: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The map as a Vega-Lite specification: one clickable cell for every row and column.

    What is drawn how depends on rows and columns only and is worked out once; the numbers are
    handed over beside it. So a map is ready at once after every click and every new tag.

    Args:
        spots: one for each pair of row and column.
        rows, columns: in the order drawn; neighbours of one group stand under its name.
        row_gaps: row -> the gap over all columns, in a few words.
        chosen: row and column of the cell that is open, where it was not opened by a click, which
            marks the cell by itself.
        directions: a bar of which way the studies point in the place of the marks.
        groups: id -> label of the groups of rows that a click at their head folds and unfolds.
    """
    spec: dict[str, Any] = json.loads(
        _drawn(
            tuple(rows),
            tuple(columns),
            bool(row_gaps),
            dark,
            directions,
            tuple((groups or {}).items()),
        )
    )
    heads, order = _row_order(rows)
    places = _places(columns)
    end = max(places.values(), default=0.0) + 1
    wide = len(columns) <= WIDE
    room = NAMES_SPAN * (end + (GAP_SPAN if wide and row_gaps else 0))
    gaps = [
        {"row": row, "left": end + 0.12, "gap": words}
        for row, words in row_gaps.items()
        if wide and row in order
    ]
    spec["datasets"] = {
        CELLS: [*_cells(spots, places, chosen), *_folds(rows, heads, groups or {}, end, room)],
        HEADS: _heads(heads, columns, places),
        GAPS: gaps,
    }
    if directions:
        spec["datasets"][BARS] = [
            part
            for s in spots
            if s.confirmed
            for part in marks.bars(s, places[s.column] + 0.1, 0.8)
        ]
    return spec


@lru_cache(maxsize=32)
def _drawn(
    rows: tuple[Tick, ...],
    columns: tuple[Tick, ...],
    gaps: bool,
    dark: bool,
    directions: bool,
    groups: tuple[tuple[str, str], ...],
) -> str:
    """The specification without its data, as JSON."""
    look = DARK if dark else LIGHT
    wide = len(columns) <= WIDE
    heads, order = _row_order(rows)
    places = _places(columns)
    across = _across(columns, places, gaps and wide)
    base = alt.Chart(alt.NamedData(name=CELLS)).encode(
        y=_y(rows, heads, order, dict(groups)), x=across("left")
    )
    span = base.encode(x2="right:Q")
    pick = alt.selection_point(CELL, fields=["row", "column"], on="click", empty=False)
    layers = [
        _grid(span, look),
        *(_bars(order, across, look) if directions else ()),
        *_marks(base, across, look, len(columns), directions),
        _head_labels(order, across, look, wide),
        _gap_labels(order, across, look),
        # On top and without ink: the cell that is clicked, hovered and read out.
        span.mark_rect(opacity=0, cursor="pointer")
        .encode(tooltip=alt.Tooltip("words:N", title=" "), description="words:N")
        .add_params(pick),
    ]
    chart: Any = alt.layer(*layers).properties(
        height=ROW_STEP * len(order),
        # Also with more cells than Streamlit draws as SVG by itself: a canvas cannot be read out.
        usermeta={"embedOptions": {"renderer": "svg"}},
    )
    chart = chart.configure(aria=True).configure_view(stroke=None)
    chart = chart.configure_axis(
        domain=False, ticks=False, grid=False, title=None, labelColor=look.text
    )
    return json.dumps(chart.to_dict())


def _row_order(rows: Sequence[Tick]) -> tuple[dict[str, str], list[str]]:
    """Names of the groups under ids of their own, and all ids from the top down."""
    heads: dict[str, str] = {}
    order: list[str] = []
    for group, members in groupby(rows, key=lambda tick: tick.group):
        head = f"group:{group}" if f"group:{group}" not in heads else f"group:{len(heads)}:{group}"
        heads[head] = group
        order += [head, *(tick.id for tick in members)]
    return heads, order


def _places(columns: Sequence[Tick]) -> dict[str, float]:
    """Left edge of each column; groups stand a little apart where they have several columns."""
    apart = GROUP_SPACE if len(columns) > WIDE else 0.0
    place: dict[str, float] = {}
    left = 0.0
    before = columns[0].group if columns else ""
    for tick in columns:
        left += apart if tick.group != before else 0.0
        place[tick.id] = left
        left, before = left + 1, tick.group
    return place


def _cells(
    spots: Sequence[Spot],
    places: Mapping[str, float],
    chosen: tuple[str, str] | None,
) -> list[dict[str, Any]]:
    one = marks.unit(spots, len(places))
    return [
        {
            "row": s.row,
            "column": s.column,
            "left": places[s.column],
            "right": places[s.column] + 1,
            "middle": places[s.column] + 0.5,
            "confirmed": s.confirmed,
            "suggested": s.suggested,
            "kind": _kind(s),
            "shape": marks.shape(s.kind).name,
            "strength": s.strength,
            "core": marks.size(s.kind, s.confirmed, one),
            "whole": marks.size(s.kind, s.confirmed + s.suggested, one),
            "number": marks.number(s),
            "inside": bool(s.confirmed) and not s.suggested and s.confirmed * one >= marks.INSIDE,
            "open": f"?{s.unpaired}" if s.unpaired else "",
            "words": s.words,
            "chosen": (s.row, s.column) == chosen,
        }
        for s in spots
    ]


def _folds(
    rows: Sequence[Tick],
    heads: Mapping[str, str],
    groups: Mapping[str, str],
    end: float,
    room: float,
) -> list[dict[str, Any]]:
    """Where a click folds a group of rows into one, or unfolds it: its head, or the folded row's.

    They are cells without marks, so that one selection knows what was clicked.
    """
    folded = {CLASS + group for group in groups}
    members = Counter(tick.group for tick in rows)
    ids = {label: group for group, label in groups.items()}
    open_ = [(head, ids[label], label) for head, label in heads.items() if label in ids]
    closed = [(t.id, t.id.removeprefix(CLASS), t.label) for t in rows if t.id in folded]
    return [
        {
            "row": row,
            "column": FOLD + group,
            "left": -room,
            "right": 0 if row in folded else end,
            "kind": "head",
            "open": "",
            "words": f"Group {label}: folded into one row; a click shows its rows"
            if row in folded
            else f"Group {label}: {members[label]:,} rows; a click folds them into one",
        }
        for row, group, label in (*open_, *closed)
    ]


def _heads(
    heads: Mapping[str, str], columns: Sequence[Tick], places: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Names of the columns at the head of every group of rows; their numbers where there are many.

    So a reader far down the map need not scroll back to know a column.
    """
    wide = len(columns) <= WIDE
    return [
        {
            "row": head,
            "middle": places[tick.id] + 0.5,
            "label": tick.label if wide else str(i),
            "short": (tick.short or tick.label) if wide else str(i),
        }
        for head in heads
        for i, tick in enumerate(columns, start=1)
    ]


def _kind(s: Spot) -> str:
    if s.confirmed:
        return "both" if s.suggested else "confirmed"
    if s.suggested:
        return "suggested"
    if not s.applicable:
        return "not applicable"
    return "none" if s.searched else "not searched"


def _y(
    rows: Sequence[Tick],
    heads: Mapping[str, str],
    order: Sequence[str],
    groups: Mapping[str, str],
) -> alt.Y:
    open_ = {head: f"− {label}" if label in groups.values() else label
             for head, label in heads.items()}  # fmt: skip
    folded = {CLASS + group: f"+ {label}" for group, label in groups.items()}
    labels = {tick.id: folded.get(tick.id, tick.label) for tick in rows} | open_
    short = {tick.id: tick.short or tick.label for tick in rows} | open_
    names = f"({NARROW} ? {json.dumps(short)} : {json.dumps(labels)})[datum.value]"
    head = "slice(datum.value, 0, 6) == 'group:'"
    bold = alt.condition(head, alt.value(600), alt.value(400))
    room = alt.ExprRef(f"{NARROW} ? 132 : 208")
    axis = alt.Axis(
        labelExpr=names,
        labelFontWeight=bold,
        labelFontSize=alt.ExprRef(f"{NARROW} ? 11 : 12.5"),
        labelAlign="left",
        labelPadding=room,
        labelLimit=alt.ExprRef(f"{NARROW} ? 128 : 202"),
        labelOverlap=False,
        orient="left",
    )
    return alt.Y("row:N", sort=list(order), scale=alt.Scale(domain=list(order)), axis=axis)


def _across(columns: Sequence[Tick], places: Mapping[str, float], gaps: bool) -> Across:
    """The one horizontal axis that all layers share: a function from field to encoding."""
    end = max(places.values(), default=0.0) + 1
    wide = len(columns) <= WIDE
    top: float | alt.ExprRef = end
    axis: alt.Axis | None = None
    if wide and gaps:
        top = alt.ExprRef(f"{NARROW} ? {end} : {end + GAP_SPAN}")
    if not wide:
        middles = [places[tick.id] + 0.5 for tick in columns]
        names = [f"{i}  {tick.label}" for i, tick in enumerate(columns, start=1)]
        expr = f"{json.dumps(names)}[indexof({json.dumps(middles)}, datum.value)]"
        axis = alt.Axis(
            orient="top", values=middles, labelExpr=expr, labelAngle=-58, labelAlign="left",
            labelLimit=230, labelOverlap=False, labelPadding=4, labelFontSize=12,
        )  # fmt: skip
    scale = alt.Scale(domainMin=0, domainMax=top, nice=False, zero=True, padding=0)
    return lambda field: alt.X(f"{field}:Q", scale=scale, axis=axis)


def _grid(span: Any, look: Palette) -> Any:
    """Cells as faint boxes; empty ones shaded, the open one framed."""
    empty = "datum.kind == 'none' || datum.kind == 'not searched'"
    open_ = {"or": [{"param": CELL, "empty": False}, "datum.chosen"]}
    cells = span.transform_filter("datum.kind != 'head'")
    return cells.mark_rect(aria=False, cornerRadius=2).encode(
        fill=alt.condition(empty, alt.value(look.shade), alt.value("transparent")),
        stroke=alt.StrokeValue(look.line, condition={"test": open_, "value": look.text}),
        strokeWidth=alt.StrokeWidthValue(1, condition={"test": open_, "value": 2.5}),
    )


def _marks(base: Any, across: Across, look: Palette, columns: int, directions: bool) -> list[Any]:
    """Shapes with their numbers, and the signs of what is empty.

    The filled part of a shape is confirmed, its outline has the area of all studies. The number
    stands beside or in the mark where columns are wide, else under it.
    """
    found: list[Any] = []
    strengths = list(range(len(look.strengths)))
    colour = alt.Scale(domain=strengths, range=list(look.strengths))
    shapes = [shape.name for shape in marks.SHAPES.values()]
    shape = alt.Shape(
        "shape:N", scale=alt.Scale(domain=shapes, range=shapes), legend=None
    )  # each its own name

    def part(kinds: Sequence[str], shift: float = 0.0) -> Any:
        chosen = base.transform_filter(alt.FieldOneOfPredicate("kind", list(kinds)))
        if not shift:
            return chosen.encode(x=across("middle"))
        return chosen.transform_calculate(spot=f"datum.middle + {shift}").encode(x=across("spot"))

    def size(field: str) -> alt.Size:
        return alt.Size(f"{field}:Q", scale=None, legend=None)

    if not directions:
        roomy = columns <= BESIDE
        aside, up = (-0.1, 0) if roomy else (0.0, -4)
        core = part(["confirmed", "both"], aside).mark_point(
            filled=True, opacity=1, aria=False, strokeWidth=0, yOffset=up
        )
        fill = alt.Color("strength:O", scale=colour, legend=None)
        found.append(core.encode(shape=shape, size=size("core"), color=fill))
        outline = part(["suggested", "both"], aside).mark_point(
            filled=False, opacity=1, aria=False, strokeWidth=1.4, yOffset=up
        )
        stroke = alt.Stroke("strength:O", scale=colour, legend=None)
        found.append(outline.encode(shape=shape, size=size("whole"), stroke=stroke))
        if roomy:
            inside = part(["confirmed"], aside).transform_filter("datum.inside")
            found.append(_number(inside, look.on_accent, bold=True))
            beside = part(["confirmed", "both", "suggested"], aside)
            found.append(_beside(beside.transform_filter("!datum.inside"), look.text))
        elif columns <= NUMBERED:
            every = part(["confirmed", "both", "suggested"])
            found.append(_number(every, look.text, dy=10, size=8.5))
    else:
        only = part(["suggested"])
        found.append(_number(only, look.muted))
    dot: dict[str, Any] = {
        "filled": False, "strokeWidth": 1.1, "aria": False, "stroke": look.muted,
    }  # fmt: skip
    found.append(part(["none"]).mark_point(shape="circle", size=16, opacity=1, **dot))
    cross = part(["not searched"])
    found.append(cross.mark_text(text="×", fontSize=14, color=look.muted, aria=False, dy=0.5))
    stroke_ = part(["not applicable"])
    found.append(stroke_.mark_text(text="–", fontSize=12, color=look.muted, aria=False, dy=0.5))
    corner = base.transform_filter("datum.open != ''").encode(x=across("right"))
    found.append(
        corner.mark_text(
            align="right", baseline="top", dx=-2, dy=-12, fontSize=9, color=look.muted,
            fontStyle="italic", aria=False,
        ).encode(text="open:N")
    )  # fmt: skip
    return found


def _number(
    here: Any, colour: str, *, bold: bool = False, dy: float = 0.5, size: float = 11
) -> Any:
    """The number of a cell, in its mark or under it."""
    return here.mark_text(
        fontSize=size, fontWeight="bold" if bold else "normal", color=colour, aria=False,
        baseline="middle", dy=dy,
    ).encode(text="number:N")  # fmt: skip


def _beside(here: Any, colour: str) -> Any:
    """The number of a cell, to the right of its mark."""
    return here.mark_text(
        fontSize=11, color=colour, aria=False, baseline="middle", dy=0.5, align="left",
        dx=alt.ExprRef("sqrt(datum.whole) / 2 + 3"),
    ).encode(text="number:N")  # fmt: skip


def _bars(order: Sequence[str], across: Across, look: Palette) -> list[Any]:
    """Which way the confirmed studies of each cell point, as parts of a bar."""
    chart = alt.Chart(alt.NamedData(name=BARS)).mark_rect(
        height=11, aria=False, stroke=look.line, strokeWidth=0.5
    )
    colour = alt.Color("colour:N", scale=None, legend=None)
    return [chart.encode(y=_same(order), x=across("start"), x2="end:Q", color=colour)]


def _head_labels(order: Sequence[str], across: Across, look: Palette, wide: bool) -> Any:
    chart = alt.Chart(alt.NamedData(name=HEADS)).transform_calculate(
        name=f"{NARROW} ? datum.short : datum.label"
    )
    return chart.mark_text(
        fontSize=alt.ExprRef(f"{NARROW} ? 9.5 : 11.5") if wide else 10.5,
        color=look.muted,
        aria=False,
        baseline="middle",
        dy=4,
    ).encode(y=_same(order), x=across("middle"), text="name:N")


def _gap_labels(order: Sequence[str], across: Across, look: Palette) -> Any:
    """The gap of each row in words, to the right of it where there is room."""
    chart = alt.Chart(alt.NamedData(name=GAPS)).mark_text(
        align="left", fontSize=11.5, color=look.text, aria=False, baseline="middle", clip=True
    )
    return chart.encode(y=_same(order), x=across("left"), text="gap:N")


def _same(order: Sequence[str]) -> alt.Y:
    """The rows' places, for a layer with data of its own."""
    return alt.Y("row:N", sort=list(order), scale=alt.Scale(domain=list(order)))
