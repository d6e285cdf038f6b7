"""Charts over time: studies by year of publication, work by week. Pure: data in, charts out.

Kinds are told by their place in the bar and its pattern of lightness as well as by colour, and the
table under each chart has the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from review.gaps.years import KINDS, YearCount
from review.reporting.lately import Week
from review.ui.number_tables import Number

LIGHT = ("#0d3b4c", "#17607a", "#5b93a8", "#9dbfcc", "#cfdfe5", "#b8b8b8")
DARK = ("#d9eef5", "#8fcbe0", "#5fb0cb", "#3f7f95", "#2b5767", "#6d6d6d")
"""One for each of `KINDS`, by how light they are as well as by colour."""
BAR = "bar"
"""Name of the selection: an event holds ``{"selection": {"bar": [{…}]}}`` with the fields of the
bar that was clicked."""

HEIGHT, WEEK_HEIGHT = 340, 120
"""Pixels, legend and axes among them."""


def years(found: Sequence[YearCount], *, dark: bool) -> Any:
    """Studies by year of publication and kind of evidence; those without a year are left out."""
    rows = [
        {
            "year": one.year,
            "kind": KINDS[one.kind],
            "studies": one.studies,
            "order": order,
            "words": f"{one.year}, {KINDS[one.kind]}: {one.studies:,}",
        }
        for one in found
        if one.year is not None
        for order in [list(KINDS).index(one.kind)]
    ]
    colours = alt.Scale(domain=list(KINDS.values()), range=list(DARK if dark else LIGHT))
    chart = alt.Chart(alt.InlineData(values=rows)).mark_bar(
        stroke="white" if not dark else "#14191c", cursor="pointer"
    )
    return (
        chart.encode(
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y("studies:Q", title="Studies", stack=True, axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "kind:N",
                scale=colours,
                sort=None,
                legend=alt.Legend(
                    title=None,
                    orient="bottom",
                    columns=alt.ExprRef("width < 460 ? 2 : 6"),
                    labelLimit=0,
                    symbolType="square",
                ),
            ),
            order=alt.Order("order:Q"),
            description=alt.Description("words:N"),
            tooltip=[
                alt.Tooltip("year:O", title="Year"),
                alt.Tooltip("kind:N", title="Kind"),
                alt.Tooltip("studies:Q", title="Studies"),
            ],
        )
        .properties(height=HEIGHT)
        .add_params(_pick("year", "kind"))
    )


def _pick(*fields: str) -> alt.Parameter:
    """The selection of the bar that is clicked."""
    return alt.selection_point(BAR, fields=list(fields), on="click", empty=False)


def clicked(event: object) -> dict[str, Any]:
    """The fields of the bar that was clicked; empty where none is."""
    selection = event["selection"] if isinstance(event, dict) else {}
    return dict(next(iter(selection.get(BAR) or []), {}))


def of_year(found: Sequence[YearCount], bar: Mapping[str, Any]) -> Number | None:
    """The number that a bar of `years` shows."""
    for one in found:
        if str(one.year) == str(bar.get("year")) and KINDS[one.kind] == bar.get("kind"):
            head = f"{one.year}, {KINDS[one.kind]}, studies"
            return Number(one.studies, head, (*one.confirmed, *one.suggested))
    return None


def year_rows(found: Sequence[YearCount]) -> list[dict[str, str | Number]]:
    """The same as rows of a table, studies without a year among them."""
    return [
        {
            "Year": year,
            "Kind of evidence": KINDS[one.kind],
            "Studies": Number(one.studies, f"{head}, studies", (*one.confirmed, *one.suggested)),
            "Reports, confirmed": Number(len(one.confirmed), f"{head}, confirmed", one.confirmed),
            "Reports, only suggested": Number(
                len(one.suggested), f"{head}, only suggested", one.suggested
            ),
        }
        for one in found
        for year in ["" if one.year is None else str(one.year)]
        for head in [f"{year or 'Without a year'}, {KINDS[one.kind]}"]
    ]


PARTS = {"added": "records in", "votes": "votes", "tags": "tags", "findings": "findings"}


def weeks(found: Sequence[Week], *, dark: bool) -> dict[str, Any]:
    """Work by week: a chart for each kind of it that there was, with a scale of its own."""
    rows = [
        {"week": _short(one), "n": getattr(one, part), "part": words}
        for part, words in PARTS.items()
        for one in found
    ]
    bars = alt.Chart().mark_bar(color=DARK[2] if dark else LIGHT[1], cursor="pointer")
    bars = bars.encode(
        x=alt.X("week:O", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("n:Q", title=None, axis=alt.Axis(tickCount=2, tickMinStep=1, format="~s")),
        tooltip=[
            alt.Tooltip("week:O", title="Week of"),
            alt.Tooltip("part:N", title=" "),
            alt.Tooltip("n:Q", title="Number"),
        ],
    )
    bars = bars.add_params(_pick("week"))
    drawn: dict[str, Any] = {}
    for part, words in PARTS.items():
        if any(getattr(one, part) for one in found):
            own = [row for row in rows if row["part"] == words]
            drawn[words] = bars.properties(data=alt.InlineData(values=own), height=WEEK_HEIGHT)
    return drawn


def of_week(found: Sequence[Week], words: str, bar: Mapping[str, Any]) -> Number | None:
    """The number that a bar of one of `weeks` shows."""
    part = next(name for name, said in PARTS.items() if said == words)
    for one in found:
        if _short(one) == bar.get("week"):
            return _of_part(one, part)
    return None


def _short(one: Week) -> str:
    """A week as the axis names it."""
    return f"{one.monday:%d %b}"


def _of_part(one: Week, part: str) -> Number:
    head = f"{PARTS[part].capitalize()}, week of {one.monday:%Y-%m-%d}"
    return Number(getattr(one, part), head, one.reports.get(part, ()))


def week_rows(found: Sequence[Week]) -> list[dict[str, str | Number]]:
    """The same as rows of a table, the newest week first."""
    rows: list[dict[str, str | Number]] = []
    for one in reversed(found):
        row: dict[str, str | Number] = {"Week of": f"{one.monday:%Y-%m-%d}"}
        row |= {words.capitalize(): _of_part(one, part) for part, words in PARTS.items()}
        rows.append(row)
    return rows
