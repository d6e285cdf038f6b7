"""The dashboard, for those who only look: nothing on it changes the review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st

from review.events.screening import STAGES
from review.gaps import service as gaps
from review.gaps.claims import ClaimState
from review.gaps.gap_list import gap_list
from review.gaps.years import IN_WORDS
from review.model import Place
from review.reporting import contributors
from review.reporting import service as reporting
from review.reporting.coverage import Coverage, coverage
from review.reporting.lately import DAYS, Lately, lately, weeks
from review.screening import reviewer_agreement
from review.screening import service as screening
from review.ui import elements, evidence_levels, navigation, session
from review.ui.cache import remembered
from review.ui.dashboard import charts
from review.ui.elements import Figure, count_of, ids_param, local_time, plain
from review.versions import service as versions
from review.workspace import Workspace

ws = session.workspace()
SHOWN_GAPS = 6
WAITING = {
    Place.TITLE_ABSTRACT: "awaiting screening",
    Place.FULL_TEXT: "awaiting full text",
    Place.CLASSIFICATION: "awaiting classification",
    Place.CONFLICT: "in conflict",
    Place.INCLUDED: "included",
}


def dark() -> bool:
    """Whether the page is dark."""
    return bool(st.context.theme.type == "dark")


def this_hour() -> datetime:
    """Now, to the hour: what is remembered of the last days grows old by itself."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def key_figures() -> None:
    """The few numbers of the review, each opening what it counts."""
    flow = remembered(ws, reporting.flow)
    identified = flow.boxes["database_results"] + flow.boxes["register_results"]
    figures = [
        Figure(identified, "records identified", "search", {"view": "log"}),
        Figure(flow.boxes["records_screened"], "reports in the review", "records"),
        Figure(flow.boxes["new_studies"], "studies included", "report"),
    ]
    for box, unit in (
        ("new_reports", "reports included"),
        ("records_excluded", "excluded on title and abstract"),
        ("dbr_excluded", "excluded on full text"),
    ):
        ids = flow.ids[box]
        opens = ids_param(ids) if ids else {}
        figures.append(Figure(flow.boxes[box], unit, "records" if ids else "report", opens))
    elements.figures(figures, key="dashboard")


def _places(review: Workspace) -> dict[Place, int]:
    """How many reports are where."""
    return dict(screening.worklists(review, "").places)


def stages(looked: Coverage) -> None:
    """How far each stage is, as bars with their numbers."""
    st.header("By stage", anchor=False)
    rows = (
        ("Title and abstract", looked.screened, looked.reports, "screened"),
        ("Full text", looked.assessed, looked.passed, "assessed"),
        ("Coding", looked.coded, looked.reports, "with study design and outcome confirmed"),
    )
    bars = []
    for name, done, total, words in rows:
        share = done / total if total else 0.0
        bars.append(
            f'<div class="rt-progress"><span>{name}</span>'
            f"<span>{done:,} of {total:,} {words}</span></div>"
            f'<div class="rt-bar"><i style="width:{share:.1%}"></i></div>'
        )
    st.html("".join(bars))
    counts = remembered(ws, _places)
    with st.container(horizontal=True, gap="small"):
        for place, words in WAITING.items():
            if counts.get(place):
                label = f"{counts[place]:,} {words}"
                navigation.link(label, "records", {"status": str(place)})


def reviewers() -> None:
    """What each reviewer has done, as far as anybody may see it."""
    done = remembered(ws, contributors.contributions)
    if not done:
        return
    st.header("By reviewer", anchor=False)
    for one in done:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(f"**{plain(one.reviewer)}**", width="content")
            for stage, words in STAGES.items():
                label = f"{one.votes[stage]:,} on {words}"
                _opening(label, one.voted_on[stage])
            _opening(count_of(one.tags, "tag"), one.tagged)
            _opening(count_of(one.findings, "finding"), one.found)
    if any(rule.reviewers > 1 for rule in ws.protocol.stages):
        st.caption("Votes that are still blind are not counted.")


def this_week(found: Lately) -> None:
    """What was done in the last days, each number with its reports."""
    st.header(f"The last {DAYS} days", anchor=False)
    parts = [
        (found.added, "new report", "new reports"),
        *((found.voted[stage], f"voted on, {words}", "") for stage, words in STAGES.items()),
        (found.tagged, "tagged", ""),
        (found.found, "with new findings", ""),
    ]
    figures = [
        Figure(len(ids), many if many and len(ids) != 1 else one, "records", ids_param(ids))
        for ids, one, many in parts
        if ids
    ]
    if found.runs:
        unit = "search or import ended" if len(found.runs) == 1 else "searches and imports ended"
        figures.append(Figure(len(found.runs), unit, "search", {"view": "log"}))
    if not figures:
        st.markdown("Nothing was done.")
        return
    elements.figures(figures, key="lately")
    day = f"{found.since:%Y-%m-%d}"
    navigation.link(
        "What changed on the map and in the claims", "versions", {"old": day, "new": "now"}
    )


def trend() -> None:
    """Work by week."""
    found = remembered(ws, weeks, this_hour())
    drawn = charts.weeks(found, dark=dark())
    if not drawn:
        return
    st.header("Trend of the last weeks", anchor=False)
    for words, chart in drawn.items():
        st.caption(words.capitalize())
        st.altair_chart(
            chart, key=f"dashboard-{words}", alt=f"{words.capitalize()} by week; table below"
        )
    _fold("The weeks as a table", "dashboard-week-table", charts.week_rows(found))


def by_year() -> None:
    """Studies by year of publication."""
    found = remembered(ws, gaps.by_year)
    if not found:
        return
    st.header("Studies by year of publication", anchor=False)
    number = sum(one.studies for one in found)
    st.altair_chart(
        charts.years(found, dark=dark()),
        key="dashboard-years",
        alt=f"{count_of(number, 'study', 'studies')} by year and kind of evidence; table below",
    )
    st.caption(IN_WORDS)
    _fold("The years as a table", "dashboard-year-table", charts.year_rows(found))


def agreement() -> None:
    """How far reviewers agree."""
    measured = remembered(ws, reviewer_agreement.agreement)
    if not any(one.reports for one in measured):
        return
    st.header("Agreement", anchor=False)
    for one in (part for whole in measured for part in whole.in_parts):
        if one.reports:
            st.markdown(plain(reviewer_agreement.headline(one)))
            for pair in one.pairs:
                st.markdown(f"- {plain(reviewer_agreement.pair_words(pair))}")


def biggest_gaps() -> None:
    """Rows of the map that lack evidence most."""
    found = remembered(ws, gaps.matrix, *gaps.AXES, gaps.Filters())
    dimension = ws.protocol.codebook.dimension(found.row_dimension)
    worst = gap_list(found, dimension)
    st.header("Biggest gaps", anchor=False)
    if not worst:
        st.markdown("No row of the map meets a rule for a gap.")
        return
    for one in worst[:SHOWN_GAPS]:
        label, gap, rule = (plain(str(one[name])) for name in ("label", "gap", "rule"))
        st.markdown(f"- **{label}**: {gap}. {rule}")
    navigation.link(f"All {count_of(len(worst), 'row')} with a gap, on the map", "gap-map")


def claim_levels(states: Sequence[ClaimState]) -> None:
    """How many claims stand at each level."""
    if not states:
        return
    st.header("Claims", anchor=False)
    st.markdown(f"{plain(evidence_levels.headline(states))}.")
    counts = Counter(state.level for state in states)
    figures = []
    for level in (*range(5), None):
        if n := counts[level]:
            name = evidence_levels.NOT_TESTED if level is None else f"G{level}"
            words = name if level is None else f"{name}: {evidence_levels.LEVELS[level]}"
            figures.append(Figure(n, words, "claims", {"level": name}))
    elements.figures(figures, key="claims")


def _opening(label: str, ids: Sequence[str]) -> None:
    """A number that opens the reports it is about."""
    if ids:
        navigation.link(label, "records", ids_param(ids))
    else:
        st.markdown(label, width="content")


def _fold(label: str, key: str, rows: Sequence[dict[str, object]]) -> None:
    fold = st.expander(label, key=key, on_change="rerun")
    if fold.open:
        with fold:
            st.dataframe(pd.DataFrame(rows).map(elements.cell), hide_index=True)


def draw() -> None:
    """The page."""
    looked = remembered(ws, coverage)
    with elements.page("Dashboard", plain(ws.protocol.question.text)):
        known = versions.versions(ws)
        searched = remembered(ws, gaps.matrix, *gaps.AXES, gaps.Filters()).searched
        said = [
            f"{looked.words}",
            f"Last searched to the end on {local_time(searched, day_only=True)}"
            if searched else "No search of the protocol has run to its end yet",
            f"Version {known[-1].number} of {local_time(known[-1].at, day_only=True)}"
            if known else "",
            f"Protocol {ws.protocol.version}",
        ]  # fmt: skip
        st.markdown(plain(". ".join(filter(None, said)) + "."))
        key_figures()
        this_week(remembered(ws, lately, this_hour()))
        stages(looked)
        trend()
        reviewers()
        agreement()
        by_year()
        biggest_gaps()
        claim_levels(remembered(ws, gaps.claims))
        st.caption("This is a tool for the literature and gives no advice on use or dose.")


draw()
