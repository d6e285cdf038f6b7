"""What the Search page has done behind it: asking, running, following citations, looking ahead."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from review.model import SearchRun
from review.search import chasing
from review.search import service as searching
from review.ui import jobs, session
from review.ui.trouble import careful
from review.workspace import Workspace

RUN = "search"
"""Job that runs searches; one at a time, for the source's sake."""

CITATIONS, PREVIEW, TERMS, RECALL = "citations", "preview", "terms", "recall"


def asking(name: str) -> str:
    """Name of the job that asks what a search would bring."""
    return f"estimate-{name}"


def label_of(ws: Workspace, name: str) -> str:
    """A search in words."""
    labels = {s.name: s.label for s in ws.protocol.searches}
    labels |= {chasing.NAMES[d]: words for d, words in chasing.LABELS.items()}
    labels[searching.AD_HOC] = "Search of your own"
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
        )


def _estimate(ws: Workspace, name: str, _job: jobs.Job) -> searching.Estimated:
    return searching.estimate(ws, [name])[0]


@careful
def run(names: list[str], reviewer: str) -> None:
    """Run searches, or take up those that stopped; it goes on when the page is left."""
    ws = session.workspace()
    for name in names:
        jobs.registry().forget(asking(name))
    _start(ws, lambda job: searching.pull(
        ws, names, actor=reviewer, progress=_teller(ws, job), cancelled=job.cancelled
    ))  # fmt: skip


@careful
def run_query(query: str, reviewer: str) -> None:
    """Run a search of the reviewer's own."""
    ws = session.workspace()
    jobs.registry().forget(PREVIEW)
    _start(ws, lambda job: searching.pull(
        ws, query=query, actor=reviewer, progress=_teller(ws, job), cancelled=job.cancelled
    ))  # fmt: skip


@careful
def chase(direction: str, reviewer: str) -> None:
    """Follow the citations of included reports."""
    ws = session.workspace()
    jobs.registry().forget(CITATIONS)
    _start(ws, lambda job: searching.pull_citations(
        ws, direction, actor=reviewer, progress=_teller(ws, job), cancelled=job.cancelled
    ))  # fmt: skip


@careful
def ask_citations(direction: str) -> None:
    """Ask what following citations would bring and cost."""
    ws = session.workspace()
    jobs.registry().start(
        CITATIONS,
        "Asking about citations",
        lambda _job: searching.estimate_citations(ws, direction),
    )


@careful
def preview(query: str) -> None:
    """Ask count, price and first titles of a query."""
    ws = session.workspace()
    jobs.registry().start(
        PREVIEW, "Asking OpenAlex", lambda _job: (query, searching.preview(ws, query))
    )


@careful
def count_terms(query: str) -> None:
    """Ask how many works each term of a query has."""
    ws = session.workspace()
    jobs.registry().start(
        TERMS, "Counting terms", lambda _job: (query, searching.term_counts(ws, query))
    )


@careful
def ask_recall() -> None:
    """Ask why known papers are missed."""
    ws = session.workspace()
    jobs.registry().start(
        RECALL, "Asking why known papers are missed", lambda _job: searching.recall(ws)
    )


def _start(ws: Workspace, work: Callable[[jobs.Job], list[SearchRun]]) -> None:
    jobs.registry().forget(RECALL)
    jobs.registry().start(RUN, "Searching OpenAlex", work)


def _teller(ws: Workspace, job: jobs.Job) -> Callable[[searching.Progress], None]:
    def progress(now: searching.Progress) -> None:
        words = f"{label_of(ws, now.search)}: {now.added:,} new"
        if now.resumed:
            words += ", taken up where it had stopped"
        if now.parts > 1:
            words += f", {now.parts} parts at once"
        if now.cost_usd:
            words += f", {dollars(now.cost_usd)} so far"
        job.progress(now.received, now.promised, words)

    return progress


def dollars(amount: float) -> str:
    """``0.013 USD``: prices are fractions of a cent, so four digits at most."""
    return f"{amount:,.4f}".rstrip("0").ljust(5, "0") + " USD" if amount else "0 USD"
