"""Charts over time: studies by year of publication, work by week. Pure: data in, charts out.

Kinds are told by their place in the bar and its pattern of lightness as well as by colour, and the
table under each chart has the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from review.gaps.years import KINDS, YearCount
from review.reporting.lately import Week
from review.ui.number_tables import Number

LIGHT = ("#0d3b4c", "#17607a", "#5b93a8", "#9dbfcc", "#cfdfe5", "#b8b8b8")
DARK = ("#d9eef5", "#8fcbe0", "#5fb0cb", "#3f7f95", "#2b5767", "#6d6d6d")
"""One for each of `KINDS`, by how light they are as well as by colour."""
HEIGHT, WEEK_HEIGHT = 340, 120
"""Pixels, legend and axes among them."""


def years(found: Sequence[YearCount], *, dark: bool) -> Any:
    """Studies by year of publication and kind of evidence; those without a year are left out."""
    rows = [
        {"year": one.year, "kind": KINDS[one.kind], "studies": one.studies, "order": order}
        for one in found
        if one.year is not None
        for order in [list(KINDS).index(one.kind)]
    ]
    colours = alt.Scale(domain=list(KINDS.values()), range=list(DARK if dark else LIGHT))
    chart = alt.Chart(alt.InlineData(values=rows)).mark_bar(
        stroke="white" if not dark else "#14191c"
    )
    return chart.encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("studies:Q", title="Studies", stack=True, axis=alt.Axis(tickMinStep=1)),
        color=alt.Color(
            "kind:N",
            scale=colours,
            sort=None,
            legend=alt.Legend(
                title=None, orient="bottom", columns=3, labelLimit=90, symbolType="square"
            ),
        ),
        order=alt.Order("order:Q"),
        description=alt.Tooltip("kind:N"),
        tooltip=[
            alt.Tooltip("year:O", title="Year"),
            alt.Tooltip("kind:N", title="Kind"),
            alt.Tooltip("studies:Q", title="Studies"),
        ],
    ).properties(height=HEIGHT)


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
        {"week": f"{one.monday:%d %b}", "n": getattr(one, part), "part": words}
        for part, words in PARTS.items()
        for one in found
    ]
    bars = alt.Chart().mark_bar(color=DARK[2] if dark else LIGHT[1])
    bars = bars.encode(
        x=alt.X("week:O", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("n:Q", title=None, axis=alt.Axis(tickCount=2, tickMinStep=1, format="~s")),
        tooltip=[
            alt.Tooltip("week:O", title="Week of"),
            alt.Tooltip("part:N", title=" "),
            alt.Tooltip("n:Q", title="Number"),
        ],
    )
    drawn: dict[str, Any] = {}
    for part, words in PARTS.items():
        if any(getattr(one, part) for one in found):
            own = [row for row in rows if row["part"] == words]
            drawn[words] = bars.properties(data=alt.InlineData(values=own), height=WEEK_HEIGHT)
    return drawn


def week_rows(found: Sequence[Week]) -> list[dict[str, str | Number]]:
    """The same as rows of a table, the newest week first."""
    rows: list[dict[str, str | Number]] = []
    for one in reversed(found):
        day = f"{one.monday:%Y-%m-%d}"
        row: dict[str, str | Number] = {"Week of": day}
        for part, words in PARTS.items():
            head = f"{words.capitalize()} in the week of {day}"
            reports = one.reports.get(part, ())
            row[words.capitalize()] = Number(getattr(one, part), head, reports)
        rows.append(row)
    return rows
