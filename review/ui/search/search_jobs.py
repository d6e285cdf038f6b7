"""What the Search page has done behind it: asking, running, following citations, looking ahead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import streamlit as st

from review.model import SearchRun
from review.progress import Progress, Watch
from review.search import citations, similar
from review.search import service as searching
from review.ui import elements, jobs, session
from review.ui.errors import careful, tell
from review.workspace import Workspace

RUN = "search"
"""How the names of jobs that run searches begin; one goes on at a time, for the source's sake.

The rest is the place of the page where it was begun, so that it is told there.
"""

RUN_SEVERAL, RUN_CITATIONS, RUN_OWN = f"{RUN}-several", f"{RUN}-citations", f"{RUN}-own"
RUN_SIMILAR = f"{RUN}-similar"

CITATIONS, PREVIEW, TERMS, RECALL = "citations", "preview", "terms", "recall"
"""Look-ups; all but the last, which asks the same for everybody, belong to who asks."""

LIBRARY = "library"
"""The run that brought the papers of the data folder."""


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """What a job of searches came to.

    Attributes:
        names: the searches it was to run; empty where only the source could tell which.
        runs: those there were.
    """

    names: tuple[str, ...]
    runs: tuple[SearchRun, ...]


def previewed(query: str) -> jobs.Job | None:
    """The job that looked ahead for this query, if it ended well; until then it is drawn."""
    job = jobs.panel(PREVIEW, own=True)
    if job is None or job.running:
        return None
    if job.error:
        st.error(elements.plain(job.error))
        return None
    return job if job.result[0] == query else None


def asking(name: str) -> str:
    """Name of the job that asks what a search would bring."""
    return f"estimate-{name}"


def running(name: str) -> str:
    """Name of the job that runs one search of the protocol."""
    return f"{RUN}-only-{name}"


def runs_now(name: str) -> bool:
    """Whether a job of its own runs this search of the protocol."""
    job = jobs.registry().get(running(name))
    return job is not None and job.running


def label_of(ws: Workspace, name: str) -> str:
    """A search in words."""
    labels = {s.name: s.label for s in ws.protocol.searches}
    labels |= {citations.NAMES[d]: words for d, words in citations.LABELS.items()}
    labels |= {searching.AD_HOC: "Search of your own", LIBRARY: "Library of the data folder"}
    labels |= {searching.COMPLETING: "Reports completed by look-ups"}
    return labels.get(name, name)


@careful
def ask(names: list[str]) -> None:
    """Ask counts and prices."""
    ws = session.workspace()
    for name in names:
        jobs.registry().start(
            asking(name),
            f"Asking about {ws.protocol.search(name).label}",
            partial(_estimate, ws, name),
            own=True,
        )


def _estimate(ws: Workspace, name: str, job: jobs.Job) -> searching.Estimated:
    return searching.estimate(ws, [name], watch=job.watch)[0]


@careful
def run(names: list[str], reviewer: str) -> None:
    """Run searches, or take up those that stopped; it goes on when the page is left."""
    ws = session.workspace()
    place = running(names[0]) if len(names) == 1 else RUN_SEVERAL
    if _start(ws, place, names, partial(searching.pull, ws, names, actor=reviewer), reviewer):
        for name in names:
            jobs.registry().forget(asking(name), own=True)


@careful
def run_query(query: str, reviewer: str) -> None:
    """Run a search of the reviewer's own."""
    ws = session.workspace()
    pull = partial(searching.pull, ws, query=query, actor=reviewer)
    if _start(ws, RUN_OWN, [searching.AD_HOC], pull, reviewer):
        jobs.registry().forget(PREVIEW, own=True)


@careful
def chase(direction: str, reviewer: str) -> None:
    """Follow the citations of included reports."""
    ws = session.workspace()
    pull = partial(searching.pull_citations, ws, direction, actor=reviewer)
    if _start(ws, RUN_CITATIONS, [], pull, reviewer):
        jobs.registry().forget(CITATIONS, own=True)


@careful
def find_similar(text: str, what: str, reviewer: str) -> None:
    """Bring in the works most like a text."""
    ws = session.workspace()

    def pull(*, watch: Watch) -> list[SearchRun]:
        return [similar.find_similar(ws, text, what, actor=reviewer, watch=watch)]

    _start(ws, RUN_SIMILAR, [], pull, reviewer)


@careful
def ask_citations(direction: str) -> None:
    """Ask what following citations would bring and cost."""
    ws = session.workspace()

    def work(job: jobs.Job) -> searching.EstimatedCitations:
        return searching.estimate_citations(ws, direction, watch=job.watch)

    _anew(CITATIONS, "Asking about citations", work)


@careful
def preview(query: str) -> None:
    """Ask count, price and first titles of a query."""
    ws = session.workspace()

    def work(job: jobs.Job) -> tuple[str, searching.SearchPreview]:
        found = searching.preview(ws, query, watch=job.watch)
        return query, found

    _anew(PREVIEW, f"Asking {_source(ws)}", work)


@careful
def count_terms(query: str) -> None:
    """Ask how many works each term of a query has."""
    ws = session.workspace()

    def work(job: jobs.Job) -> tuple[str, list[tuple[str, int]]]:
        found = searching.term_counts(ws, query, watch=job.watch)
        return query, found

    _anew(TERMS, "Counting the terms", work, "terms")


def _anew(name: str, title: str, work: Callable[[jobs.Job], object], unit: str = "") -> None:
    """Begin a look-up of this session, unless it waits for the answer to another."""
    found = jobs.registry()
    if (earlier := found.get(name, own=True)) is not None and earlier.running:
        tell("The question asked before is still being answered. Wait for it, or cancel it.")
        return
    found.start(name, title, work, unit, own=True)


@careful
def ask_recall() -> None:
    """Ask why known papers are missed."""
    ws = session.workspace()

    def work(job: jobs.Job) -> list[searching.Recall]:
        return searching.recall(ws, watch=job.watch)

    jobs.registry().start(RECALL, "Asking why known papers are missed", work, "papers")


class Pull(Protocol):
    """Searches of the service, but for who looks on and may cancel them."""

    def __call__(self, *, watch: Watch) -> list[SearchRun]:
        """Run them."""


def _start(ws: Workspace, place: str, names: Sequence[str], pull: Pull, reviewer: str) -> bool:
    """Have searches run behind the page.

    Args:
        names: as in `SearchOutcome`.

    Returns:
        Whether they were begun; if not, the page says why.
    """
    found = jobs.registry()

    def work(job: jobs.Job) -> SearchOutcome:
        runs = pull(watch=Watch(_teller(ws, job, names), job.cancelled))
        return SearchOutcome(tuple(names), tuple(runs))

    if not found.running(RUN):
        for name in [*(job.name for job in found.ended(RUN)), RECALL]:
            found.forget(name)
    title = f"Searching {_source(ws, names)}"
    if other := found.start_alone(place, title, work, "works", among=RUN, by=reviewer):
        tell(jobs.in_the_way(other), "error")
        return False
    return True


def _teller(ws: Workspace, job: jobs.Job, names: Sequence[str]) -> Callable[[Progress], None]:
    """Turn the progress of runs into words on the page.

    Args:
        names: the searches that are run, to tell which of them it is.
    """
    begun: list[str] = []

    def tell(now: Progress) -> None:
        if not isinstance(now, searching.RunProgress):
            return
        if now.run not in begun:
            begun.append(now.run)
            job.begin(done=now.done)
        words = [f"{label_of(ws, now.search)}: {elements.count_of(now.added, 'new record')}"]
        if len(names) > 1:
            words[0] = f"search {len(begun)} of {len(names)}, {words[0]}"
        if now.resumed:
            words.append("taken up where it had stopped")
        if now.cost_usd:
            words.append(f"{dollars(now.cost_usd)} so far")
        if now.remaining_usd is not None:
            words.append(f"{dollars(now.remaining_usd)} left today")
        job.words = " · ".join(words)
        job.tell(now)

    return tell


def _source(ws: Workspace, names: Sequence[str] = ()) -> str:
    """The sources of searches in words; the usual one for searches that the protocol lacks."""
    asked = [s.source for s in ws.protocol.searches if s.name in names]
    found = dict.fromkeys(asked or [searching.usual_source(ws)])
    return ", ".join(searching.source_label(name) for name in found)


def dollars(amount: float) -> str:
    """``0.013 USD``: prices are fractions of a cent, so four digits at most."""
    return f"{amount:,.4f}".rstrip("0").ljust(5, "0") + " USD" if amount else "0 USD"
