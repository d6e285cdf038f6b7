"""The dashboard, for those who only look: nothing on it changes the review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from review.events.screening import STAGES
from review.gaps import service as gaps
from review.gaps.claims import ClaimState
from review.gaps.gap_list import gap_list
from review.gaps.years import IN_WORDS
from review.model import Place
from review.records import service as records
from review.reporting import contributors
from review.reporting import service as reporting
from review.reporting.coverage import Coverage, coded_reports, coverage
from review.reporting.lately import DAYS, Lately, lately, weeks
from review.screening import reviewer_agreement
from review.screening import service as screening
from review.ui import (
    coverage_line,
    elements,
    evidence_levels,
    looking,
    navigation,
    number_tables,
    session,
)
from review.ui.cache import remembered
from review.ui.dashboard import charts
from review.ui.elements import Figure, count_of, ids_param, local_time, plain
from review.ui.number_tables import Number
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
    Place.STOPPED: "not screened: stopped",
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
        Figure(remembered(ws, coverage).reports, "reports in the review", "records"),
    ]
    included = flow.ids["new_reports"]
    opens = ids_param(included) if included else {}
    studies = flow.boxes["new_studies"]
    figures.append(Figure(studies, "studies included", "records" if included else "report", opens))
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
        ("Title and abstract", looked.screened, looked.reports, looked.screened_words,
         {"has": records.SCREENED}),
        ("Full text", looked.assessed, looked.passed,
         looked.full_text_words or "0 of 0 full texts assessed", {"has": records.ASSESSED}),
        ("Coding", looked.coded, looked.reports,
         f"{looked.coded:,} of {looked.reports:,} reports with study design and outcome confirmed",
         ids_param(remembered(ws, coded_reports))),
    )  # fmt: skip
    with st.container(gap="xsmall", key="rt-stages"):
        for name, done, total, words, opens in rows:
            share = done / total if total else 0.0
            with st.container(
                horizontal=True, horizontal_alignment="distribute", vertical_alignment="center",
                gap="small",
            ):  # fmt: skip
                st.markdown(name, width="content")
                _number(words, "records", opens, done)
            st.html(f'<div class="rt-bar"><i style="width:{share:.1%}"></i></div>')
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
    words = "What changed on the map and in the claims"
    if versions.had_begun(ws, found.since):
        navigation.link(words, "versions", {"old": day, "new": "now"})
    else:
        st.caption("The review began in these days, so there is no earlier state to compare with.")


def trend() -> None:
    """Work by week."""
    found = remembered(ws, weeks, this_hour())
    drawn = charts.weeks(found, dark=dark())
    if not drawn:
        return
    st.header("Trend of the last weeks", anchor=False)
    st.caption("A click on a bar lists its reports.")
    for words, chart in drawn.items():
        st.caption(words.capitalize())
        event = st.altair_chart(
            chart, key=f"dashboard-{words}", alt=f"{words.capitalize()} by week; table below",
            on_select="rerun",
        )  # fmt: skip
        _of_bar(charts.of_week(found, words, charts.clicked(event)), f"dashboard-{words}")
    _fold("The weeks as a table", "dashboard-week-table", charts.week_rows(found))


def _of_bar(number: Number | None, key: str) -> None:
    """The reports behind the bar that was clicked."""
    if number is not None:
        number_tables.opened(ws, number, key)


def by_year() -> None:
    """Studies by year of publication."""
    found = remembered(ws, gaps.by_year)
    if not found:
        return
    st.header("Studies by year of publication", anchor=False)
    number = sum(one.studies for one in found)
    event = st.altair_chart(
        charts.years(found, dark=dark()),
        key="dashboard-years",
        alt=f"{count_of(number, 'study', 'studies')} by year and kind of evidence; table below",
        on_select="rerun",
    )
    _of_bar(charts.of_year(found, charts.clicked(event)), "dashboard-years")
    st.caption(f"{IN_WORDS} A click on a bar lists its reports.")
    _fold("The years as a table", "dashboard-year-table", charts.year_rows(found))


def agreement() -> None:
    """How far reviewers agree."""
    measured = remembered(ws, reviewer_agreement.agreement)
    if not any(one.reports for one in measured):
        return
    st.header("Agreement", anchor=False)
    for one in (part for whole in measured for part in whole.in_parts):
        if one.reports:
            _opening(plain(reviewer_agreement.headline(one)), one.reports)
            for pair in one.pairs:
                _opening(plain(reviewer_agreement.pair_words(pair)), _ids(pair.same))
                if pair.different:
                    words = f"They differ on {count_of(len(pair.different), 'report')}"
                    _opening(words, _ids(pair.different))


def biggest_gaps() -> None:
    """Rows of the map that lack evidence most."""
    found = remembered(ws, gaps.matrix, *gaps.AXES, gaps.Filters())
    dimension = ws.protocol.codebook.dimension(found.row_dimension)
    worst = gap_list(found, dimension)
    st.header("Biggest gaps", anchor=False)
    if not worst:
        st.markdown("No row of the map meets a rule for a gap.")
        return
    with st.container(gap=None, key="rt-papers-gaps"):
        for one in worst[:SHOWN_GAPS]:
            label, gap, rule = (plain(str(one[name])) for name in ("label", "gap", "rule"))
            opens = {"gap": f"{dimension.name}:{one['row']}", "of": "row"}
            navigation.link(f"**{label}**: {gap}. {rule}", "gaps", opens)
    navigation.link(
        f"All {count_of(len(worst), 'row')} with a gap, in the ledger", "gaps", {"of": "row"}
    )


def claim_levels(states: Sequence[ClaimState]) -> None:
    """How many claims stand at each level."""
    if not states:
        return
    st.header("Claims", anchor=False)
    with st.container(gap=None, key="rt-papers-claims"):
        for key, said in evidence_levels.headline_parts(states).items():
            navigation.link(plain(f"{said[:1].upper()}{said[1:]}."), "claims", {"seen": key})
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
    _number(label, "records", ids_param(ids) if ids else {}, len(ids))


def _number(label: str, slug: str, opens: Mapping[str, str], n: int) -> None:
    """A number that opens a page; nought opens nothing and looks the same."""
    if n:
        navigation.link(label, slug, opens)
    else:
        st.markdown(f":small[{label}]", width="content")


def _ids(things: Iterable[object]) -> list[str]:
    return [str(one) for one in things]


def _fold(label: str, key: str, rows: Sequence[Mapping[str, str | Number]]) -> None:
    fold = st.expander(label, key=key, on_change="rerun")
    if fold.open:
        with fold:
            number_tables.draw(ws, rows, f"{key}-numbers", height=330 if len(rows) > 10 else None)


def link_to_look() -> None:
    """The link for those who only look."""
    if not looking.on() and (address := looking.address()):
        st.caption("To give to those who only look. Nothing pressed there changes the review:")
        st.code(address, language=None)


def draw() -> None:
    """The page."""
    looked = remembered(ws, coverage)
    with elements.page("Dashboard", plain(ws.protocol.question.text)):
        coverage_line.draw(ws)
        with st.container(horizontal=True, gap="small", key="rt-coverage-version"):
            if known := versions.versions(ws):
                newest = known[-1]
                words = f"Version {newest.number} of {local_time(newest.at, day_only=True)}"
                navigation.link(words, "versions", {"at": str(newest.number)})
            st.caption(plain(f"Protocol {ws.protocol.version}"), width="content")
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
        link_to_look()


draw()
