"""Where the review stands, what to do next, and the biggest gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

import streamlit as st

from review.coding import service as coding
from review.dedupe import service as dedupe
from review.events.screening import STAGES
from review.gaps import service as gaps
from review.gaps.gap_list import gap_list
from review.model import Place, RunStatus, SearchRun, Stage
from review.records import service as records
from review.reporting.coverage import coverage
from review.screening import service as screening
from review.screening import stopping_state, stops
from review.search import service as searching
from review.ui import elements, jobs, navigation, session
from review.ui.cache import remembered
from review.ui.overview import completion, library_update
from review.ui.search import recall_panel
from review.workspace import Workspace

SHOWN_GAPS = 6
LIBRARY = "library"
VOTING = {
    Stage.TITLE_ABSTRACT: "Screen titles and abstracts",
    Stage.FULL_TEXT: "Screen full texts",
}
TILES = {  # they add up to all reports
    Place.TITLE_ABSTRACT: "awaiting screening",
    Place.FULL_TEXT: "awaiting full text",
    Place.CLASSIFICATION: "awaiting classification",
    Place.CONFLICT: "in conflict",
    Place.EXCLUDED: "excluded",
    Place.INCLUDED: "included",
    Place.STOPPED: "not screened: stopped",
}
ONLY_WHEN_ANY = (Place.CLASSIFICATION, Place.CONFLICT, Place.STOPPED)


@dataclass(frozen=True, slots=True)
class Task:
    """Something left to do: how much of what, and where; ``own`` where it waits for this person."""

    text: str
    button: str
    slug: str
    params: dict[str, str] = field(default_factory=dict)
    own: bool = False


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """Where the review stands, asked once for all that the page draws.

    Attributes:
        sources: records by source.
        complete: runs that came to their end and are not withdrawn, newest first.
    """

    sources: dict[str, int]
    lists: screening.Worklists
    complete: list[SearchRun]

    @property
    def identified(self) -> int:
        """Records of all sources."""
        return sum(self.sources.values())


def ask(ws: Workspace, reviewer: str) -> ReviewSummary:
    """Where the review stands for this reviewer."""
    runs = [run.run for run in searching.searches(ws) if not run.withdrawn]
    return ReviewSummary(
        sources=records.identified(ws),
        lists=screening.worklists(ws, reviewer),
        complete=[run for run in runs if run.status is RunStatus.COMPLETE],
    )


def tasks(ws: Workspace, now: ReviewSummary) -> Iterator[Task]:
    """What is left to do, in the order of the work."""
    ran = {run.search for run in now.complete}
    never = [s for s in ws.protocol.searches if s.name not in ran]
    search = Task(
        f"{elements.count_of(len(never), 'search', 'searches')} of the protocol not run yet.",
        "Run the searches",
        "search",
    )
    if not now.identified:
        yield search
        return
    duplicates = dedupe.status(ws)
    if duplicates.new:
        yield Task(
            f"{elements.count_of(duplicates.new, 'record')} not compared for duplicates yet.",
            "Find duplicates",
            "duplicates",
        )
    if duplicates.pairs:
        yield Task(
            f"{elements.count_of(len(duplicates.pairs), 'pair')} of records may be the same text.",
            "Judge pairs",
            "duplicates",
            {"view": "judge"},
        )
    yield from decisions_left(now.lists)
    if left := now.lists.places[Place.STOPPED]:
        if not any(one.check for one in remembered(ws, stops.in_force)):
            yield Task(
                f"{elements.count_of(left, 'report')} not screened: stopped. A random check of "
                "them says how many relevant ones may be missed.",
                "Check the rest",
                "stopping",
            )
    if duplicates.links:
        yield Task(
            f"{elements.count_of(len(duplicates.links), 'pair')} of reports "
            "may come from one study.",
            "Look at the links",
            "duplicates",
            {"view": "studies"},
        )
    if never:
        yield search
    if waiting := coding.coding_progress(ws).waiting:
        yield Task(
            f"{elements.count_of(waiting, 'report')} without a confirmed study design and outcome.",
            "Code reports",
            "code",
        )


def decisions_left(now: screening.Worklists) -> Iterator[Task]:
    """Every report that is not finished, in one task each."""
    disputed = [
        f"{elements.count_of(n, unit)} {words}"
        for n, unit, words in (
            (now.places[Place.CONFLICT], "conflict", "on the decision"),
            (now.places[Place.REASONS_DIFFER], "exclusion", "for different reasons"),
        )
        if n
    ]
    if disputed:
        yield Task(f"{', '.join(disputed)}.", "Settle conflicts", "conflicts")
    for stage, words in STAGES.items():
        if waiting := now.yours[stage]:
            yield Task(
                f"{elements.count_of(waiting, 'report')} waiting for your vote on {words}.",
                VOTING[stage],
                "screen",
                {"stage": str(stage)},
                own=True,
            )
    if unsure := now.places[Place.CLASSIFICATION]:
        yield Task(
            f"{elements.count_of(unsure, 'report')} awaiting classification: "
            "maybe on full text. Open one and vote again.",
            "Classify reports",
            "records",
            {"status": str(Place.CLASSIFICATION)},
        )
    for stage, words in STAGES.items():
        if others := now.others[stage]:
            yield Task(
                f"{elements.count_of(len(others), 'report')} waiting for another reviewer "
                f"on {words}.",
                f"See what waits on {words}",
                "records",
                elements.ids_param(others),
            )


def key_figures(now: ReviewSummary) -> None:
    """The few numbers of the review, each opening what it counts."""
    lists = now.lists
    figures = [
        elements.Figure(now.identified, "records identified", "search", {"view": "log"}),
        elements.Figure(lists.total, "reports", "records"),
    ]
    for place, unit in TILES.items():
        n = lists.excluded if place is Place.EXCLUDED else lists.places[place]
        if n or place not in ONLY_WHEN_ANY:
            figures.append(elements.Figure(n, unit, "records", {"status": str(place)}))
    elements.figures(figures, key="key-figures")


def to_do(ws: Workspace, now: ReviewSummary, reviewer: str) -> None:
    """The next step as one button; what else waits for this person, and for anybody, as links."""
    found = [task for task in tasks(ws, now) if navigation.exists(task.slug)]
    st.header("What to do next", anchor=False)
    if not found:
        st.markdown("Nothing is waiting. The report page has the flow diagram and all exports.")
        navigation.link("Open the report", "report")
        return
    if not reviewer:
        st.markdown(
            "**First write your name** under *Working as* on the left: what waits for you depends "
            "on who you are, and each decision is kept with its name."
        )
    first, *others = found
    st.markdown(first.text)
    if st.button(first.button, type="primary", key="next-step"):
        navigation.to(first.slug, first.params)
    own = [task for task in others if task.own and reviewer]
    for heading, some in (
        ("Waiting for you", own),
        (
            "Open for anybody" if own or first.own else "Also open",
            [t for t in others if t not in own],
        ),
    ):
        if some:
            st.caption(heading)
        for task in some:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                navigation.link(
                    task.button, task.slug, task.params, icon=":material/arrow_forward:"
                )
                st.caption(task.text, width="content")


def when_to_stop(ws: Workspace, now: ReviewSummary) -> None:
    """How far title and abstract is from where it may stop; worked out once it is opened."""
    waiting = now.lists.places[Place.TITLE_ABSTRACT]
    if not waiting or waiting == now.lists.total:
        return  # nothing is left to screen, or nothing is screened
    fold = st.expander(
        "May title and abstract screening stop?", key="when-to-stop", on_change="rerun"
    )
    if fold.open:
        with fold:
            found = remembered(ws, stopping_state.stopping)
            for sentence in stopping_state.words(found):
                st.markdown(elements.plain(sentence))
            st.caption(elements.plain(stopping_state.assumed(found)))
            navigation.link("Stop, check the rest, look back", "stopping")


def biggest_gaps(ws: Workspace) -> None:
    """Outcomes that lack evidence most, with the rule that says so."""
    found = remembered(ws, gaps.matrix, *gaps.AXES, gaps.Filters())
    dimension = ws.protocol.codebook.dimension(found.row_dimension)
    worst = gap_list(found, dimension)
    if not worst:
        return
    st.header("Biggest gaps", anchor=False)
    rows = "".join(
        f"<tr><td>{escape(str(one['label']))}</td>"
        f"<td>{escape(str(one['gap']).capitalize())}</td><td>{escape(str(one['rule']))}</td></tr>"
        for one in worst[:SHOWN_GAPS]
    )
    st.html(
        '<table class="rt-table"><thead><tr>'
        f"<th>{escape(dimension.label)}</th><th>Gap</th><th>Why</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    navigation.link(
        f"Open the gap map: {elements.count_of(len(worst), 'outcome')} with a gap",
        "gap-map",
        icon=":material/arrow_forward:",
    )


def provenance(now: ReviewSummary) -> None:
    """Where the records come from, and how current they are."""
    asked = [run for run in now.complete if run.online]
    lines = []
    if asked:
        lines.append(
            f"Last complete search: {elements.local_time(asked[0].finished, day_only=True)}."
        )
    else:
        lines.append("No search of the protocol has run to its end yet.")
    if shipped := now.sources.get(LIBRARY):
        lines.append(
            f"{elements.count_of(shipped, 'record')} ship with the review: bibliographic facts, "
            "and one reader's starter codes, which count as suggestions until "
            "someone confirms them."
        )
    lines.append("This is a tool for the literature and gives no advice on use or dose.")
    st.caption(" ".join(lines))


def draw() -> None:
    """The page."""
    ws = session.workspace()
    now = ask(ws, session.reviewer())
    with elements.page(
        elements.plain(ws.protocol.title), elements.plain(ws.protocol.question.text)
    ):
        key_figures(now)
        st.caption(f"{remembered(ws, coverage).words}.")
        jobs.panel(session.SUGGESTING)
        library_update.draw(ws, session.reviewer())
        recall_panel.retracted(ws)
        to_do(ws, now, session.reviewer())
        completion.draw(ws, session.reviewer())
        when_to_stop(ws, now)
        biggest_gaps(ws)
        provenance(now)


draw()
