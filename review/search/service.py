"""Searching: what pages and commands call. Each search and each file is one run of the log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from review.coding.suggestions import refresh_suggestions
from review.model import Report, SearchRun
from review.progress import OnProgress, no_progress, not_cancelled
from review.search import citations, fetching
from review.search import recall as known_items
from review.search import run_differences as comparing
from review.search.citations import SOURCE as CITATIONS
from review.search.estimates import (
    Estimated,
    EstimatedCitations,
    Preview,
    client_for,
    estimate,
    estimate_citations,
    preview,
    queries,
    seeds,
    term_counts,
)
from review.search.importing import ImportResult, import_bytes, import_file
from review.search.prisma_s import PeerReview
from review.search.progress import Progress
from review.search.recall import Missed, Recall
from review.search.run_differences import AD_HOC, RunDifferences
from review.search.run_writer import OngoingRun, stopped_run
from review.search.runs import (
    LoggedRun,
    bring_back,
    close_interrupted,
    leaving,
    leaving_words,
    withdraw,
)
from review.search.runs import logged as searches
from review.search.search_log import ItemLog, to_csv
from review.search.search_log import entries as search_log
from review.search.search_log import items as search_items
from review.search.search_statements import state, take_back
from review.sources.openalex.client import OpenAlex, request_url
from review.sources.openalex.works import SOURCE as OPENALEX
from review.sources.source import Estimate, Query
from review.store import evidence, records, reports
from review.store.record_changes import Amendment
from review.store.withdrawals import Leaving
from review.workspace import Workspace

__all__ = [
    "AD_HOC",
    "Amendment",
    "CITATIONS",
    "Estimate",
    "Estimated",
    "EstimatedCitations",
    "ImportResult",
    "ItemLog",
    "Leaving",
    "LoggedRun",
    "Missed",
    "PeerReview",
    "Preview",
    "Progress",
    "Recall",
    "RunDifferences",
    "bring_back",
    "close_interrupted",
    "differences",
    "estimate",
    "estimate_citations",
    "import_bytes",
    "import_file",
    "leaving",
    "leaving_words",
    "left_out",
    "preview",
    "pull",
    "pull_citations",
    "recall",
    "resumable",
    "retracted",
    "search_items",
    "search_log",
    "searches",
    "state",
    "take_back",
    "term_counts",
    "to_csv",
    "withdraw",
]


def _ignore(progress: Progress) -> None:
    pass


def pull(
    ws: Workspace,
    names: Sequence[str] = (),
    query: str | None = None,
    filters: Mapping[str, str] | None = None,
    *,
    actor: str,
    on_progress: Callable[[Progress], None] = _ignore,
    cancelled: Callable[[], bool] = not_cancelled,
    client: OpenAlex | None = None,
    fresh: bool = False,
) -> list[SearchRun]:
    """Run searches, each as one run of the log.

    Every page is stored whole, in one transaction, so nothing is lost when a later one fails. A
    run ends complete, partial (fewer works than promised), cancelled or failed, and says why. When
    the source cannot be reached, or wants a key or money, the searches after it are not begun.
    A run of the same search that stopped on its way is taken up where it stopped. Known records
    that come back otherwise stay as they are, and the changes are logged.

    Args:
        names: searches of the protocol; all of them when neither names nor a query are given.
        query: an ad-hoc search in titles and abstracts instead.
        filters: the source's own filters for the ad-hoc search.
        on_progress: called after every page, and before a wait that a person would notice.
        cancelled: asked between pages and during waits.
        client: replaces the ordinary one.
        fresh: begin anew even where a run could be taken up.

    Returns:
        The runs as they ended, in the order asked.

    Raises:
        NotFoundError: the protocol has no search of that name.
        QueryRefused: the ad-hoc query cannot be sent at all.
    """
    asked = [(name, OPENALEX, q) for name, q in queries(ws, names, query, filters)]
    return _run(ws, asked, actor, on_progress, cancelled, client, fresh)


def pull_citations(
    ws: Workspace,
    direction: str = "both",
    *,
    actor: str,
    on_progress: Callable[[Progress], None] = _ignore,
    cancelled: Callable[[], bool] = not_cancelled,
    client: OpenAlex | None = None,
) -> list[SearchRun]:
    """Follow the citations of the included reports; runs and errors as for `pull`.

    Raises:
        DecisionError: no such direction, or nothing is included yet.
    """
    with client_for(ws, client) as source:
        found = seeds(ws, source, cancelled)
        wanted = [(name, CITATIONS, q) for name, q in citations.queries(direction, found)]
        unknown = [report.record_ids[0] for report in found.unknown]
        return _run(ws, wanted, actor, on_progress, cancelled, source, False, left_out=unknown)


def left_out(ws: Workspace, runs: Collection[str]) -> list[Report]:
    """Reports whose citations these runs could not follow, as OpenAlex did not know them."""
    with ws.store.read() as conn:
        return citations.left_out(conn, runs)


def _run(
    ws: Workspace,
    asked: Sequence[tuple[str, str, Query]],
    actor: str,
    on_progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
    client: OpenAlex | None,
    fresh: bool,
    left_out: Sequence[str] = (),
) -> list[SearchRun]:
    """Run searches (name, source, query) one after the other."""
    close_interrupted(ws)
    requests = [_request(ws, q) for _name, _source, q in asked]
    ended: list[SearchRun] = []
    with client_for(ws, client) as source:
        for (name, kind, q), request in zip(asked, requests, strict=True):
            going = OngoingRun(
                ws, actor, name, kind, request, on_progress, fresh=fresh, left_out=left_out
            )
            go_on = fetching.walk(going, source, q, cancelled)
            with ws.store.read() as conn:
                run = records.get_run(conn, going.id)
            ended.append(run)
            if run.resumed:
                refresh_suggestions(ws)  # a crash may have left records without
            elif going.new:
                refresh_suggestions(ws, going.new)
            if not go_on:
                break
    return ended


def recall(
    ws: Workspace,
    *,
    ask: bool = True,
    cancelled: Callable[[], bool] = not_cancelled,
    on_progress: OnProgress = no_progress,
    client: OpenAlex | None = None,
) -> list[Recall]:
    """Known-item recall: all searches together, then each (see `recall.recall`).

    Args:
        ask: ask OpenAlex why papers are missed, which costs nothing.
    """
    with client_for(ws, client) as source:
        return known_items.recall(ws, source if ask else None, cancelled, on_progress)


def resumable(ws: Workspace) -> dict[str, SearchRun]:
    """Searches of the protocol that stopped on their way and would be taken up again."""
    found: dict[str, SearchRun] = {}
    with ws.store.read() as conn:
        for name, q in queries(ws, (), None, None):
            run = stopped_run(conn, name, OPENALEX, _request(ws, q))
            if run is not None:
                found[name] = run
    return found


def differences(ws: Workspace, run_id: str) -> RunDifferences:
    """What a run brought that its search had not brought before, and what it no longer brings.

    Raises:
        NotFoundError: no such run.
    """
    with ws.store.read() as conn:
        return comparing.of_run(conn, run_id)


def retracted(ws: Workspace) -> list[Report]:
    """Included reports that were retracted, by the newest word of a source or by a person's tag."""
    with ws.store.read() as conn:
        gone = reports.by_ids(
            conn, evidence.retracted_reports(conn, ws.protocol.codebook.retracting)
        )
    return [report for report in gone if report.included]


def _request(ws: Workspace, query: Query) -> str:
    return request_url(query, ws.config.openalex_url, cursor="*")
