"""Where the review stands, what to do next, and the biggest gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

import streamlit as st

from review.coding import service as coding
from review.dedupe import service as dedupe
from review.gaps import service as gaps
from review.gaps.model import Gap
from review.model import RunStatus, SearchRun, Stage
from review.records import service as records
from review.screening import service as screening
from review.search import service as searching
from review.ui import elements, jobs, navigation, session
from review.ui.cache import remembered
from review.ui.overview import completion
from review.ui.search import recall_panel
from review.workspace import Workspace

SHOWN_GAPS = 6
LIBRARY = "library"


@dataclass(frozen=True, slots=True)
class Task:
    """Something left to do: how much of what, and where."""

    text: str
    button: str
    slug: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """Where the review stands, asked once for all that the page draws.

    Attributes:
        sources: records by source.
        complete: runs that came to their end and are not withdrawn, newest first.
    """

    sources: dict[str, int]
    stages: dict[Stage, screening.Progress]
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
        stages={stage: screening.progress(ws, stage, reviewer) for stage in Stage},
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
    if conflicts := sum(p.conflicts for p in now.stages.values()):
        yield Task(
            f"{elements.count_of(conflicts, 'conflict')} between reviewers.",
            "Settle conflicts",
            "conflicts",
        )
    for stage, words, button in (
        (Stage.TITLE_ABSTRACT, "on title and abstract", "Screen titles and abstracts"),
        (Stage.FULL_TEXT, "on full text", "Screen full texts"),
    ):
        if waiting := now.stages[stage].waiting:
            yield Task(
                f"{elements.count_of(waiting, 'report')} waiting for your vote {words}.",
                button,
                "screen",
                {"stage": str(stage)},
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


def key_figures(now: ReviewSummary) -> None:
    """The few numbers of the review, each opening what it counts."""
    first, second = now.stages[Stage.TITLE_ABSTRACT], now.stages[Stage.FULL_TEXT]
    elements.figures(
        [
            elements.Figure(now.identified, "records identified", "search", {"view": "log"}),
            elements.Figure(first.total, "reports", "records"),
            elements.Figure(
                first.awaiting,
                "awaiting screening",
                "records",
                {"status": "awaiting title and abstract"},
            ),
            elements.Figure(
                second.awaiting, "awaiting full text", "records", {"status": "awaiting full text"}
            ),
            elements.Figure(
                first.excluded + second.excluded, "excluded", "records", {"status": "excluded"}
            ),
            elements.Figure(second.included, "included", "records", {"status": "included"}),
        ],
        key="key-figures",
    )


def to_do(ws: Workspace, now: ReviewSummary) -> None:
    """The next step as one button, the others as links."""
    found = [task for task in tasks(ws, now) if navigation.exists(task.slug)]
    st.subheader("What to do next", anchor=False)
    if not found:
        st.markdown("Nothing is waiting. The report page has the flow diagram and all exports.")
        navigation.link("Open the report", "report")
        return
    first, *others = found
    st.markdown(first.text)
    if st.button(first.button, type="primary", key="next-step"):
        navigation.to(first.slug, first.params)
    if others:
        st.caption("Also open")
        for task in others:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                navigation.link(
                    task.button, task.slug, task.params, icon=":material/arrow_forward:"
                )
                st.caption(task.text, width="content")


def biggest_gaps(ws: Workspace) -> None:
    """Outcomes that lack evidence most, with the rule that says so."""
    found, _ = remembered(ws, gaps.gap_map, *gaps.AXES, gaps.Filters())
    dimension = ws.protocol.codebook.dimension(found.row_dimension)
    labels = {value.id: value.label for value in dimension.values}
    order = list(Gap)
    worst = sorted(found.row_gaps.items(), key=lambda item: order.index(item[1][0]))
    if not worst:
        return
    st.subheader("Biggest gaps", anchor=False)
    rows = "".join(
        f"<tr><td>{escape(labels.get(row, row))}</td>"
        f"<td>{escape(gap.capitalize())}</td><td>{escape(rule)}</td></tr>"
        for row, (gap, rule) in worst[:SHOWN_GAPS]
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
        jobs.panel(session.SUGGESTING)
        recall_panel.retracted(ws)
        completion.draw(ws, session.reviewer())
        to_do(ws, now)
        biggest_gaps(ws)
        provenance(now)


draw()
