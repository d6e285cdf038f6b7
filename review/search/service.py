"""Searching: what pages and commands call. Each search and each file is one run of the log."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from review.coding.suggestions import refresh_suggestions
from review.model import Report, SearchRun, citations_of
from review.progress import NOBODY, Watch
from review.search import citations, fetching
from review.search import recall as known_items
from review.search import run_differences as comparing
from review.search.completing import SEARCH as COMPLETING
from review.search.completing import Completion, complete, incomplete, not_completed
from review.search.connections import (
    Connections,
    citation_source,
    look_up_source,
    usual_source,
)
from review.search.estimates import (
    Asked,
    Estimated,
    EstimatedCitations,
    SearchPreview,
    citations_asked,
    estimate,
    estimate_citations,
    preview,
    queries,
    term_counts,
)
from review.search.importing import ImportResult, import_bytes, import_file
from review.search.prisma_s import PeerReview
from review.search.recall import Missed, Recall
from review.search.run_differences import AD_HOC, RunDifferences
from review.search.run_progress import RunProgress
from review.search.run_writer import OngoingRun, stopped_run
from review.search.runs import (
    LoggedRun,
    bring_back,
    close_interrupted,
    interrupted_words,
    leaving,
    leaving_words,
    withdraw,
)
from review.search.runs import logged as searches
from review.search.search_log import ItemLog, to_csv
from review.search.search_log import entries as search_log
from review.search.search_log import items as search_items
from review.search.search_statements import state, take_back
from review.sources import registry
from review.sources.source import CitationLinks, Estimate, LookUps, Remark, Source, Translation
from review.store import evidence, records, reports
from review.store.record_changes import Amendment
from review.store.withdrawals import Leaving
from review.workspace import Workspace

__all__ = [
    "AD_HOC",
    "COMPLETING",
    "Amendment",
    "Completion",
    "Estimate",
    "Estimated",
    "EstimatedCitations",
    "ImportResult",
    "ItemLog",
    "Leaving",
    "LoggedRun",
    "Missed",
    "PeerReview",
    "SearchPreview",
    "Recall",
    "Remark",
    "RunDifferences",
    "RunProgress",
    "bring_back",
    "citation_source_label",
    "close_interrupted",
    "complete",
    "interrupted_words",
    "differences",
    "estimate",
    "estimate_citations",
    "follows_citations",
    "import_bytes",
    "import_file",
    "incomplete",
    "leaving",
    "leaving_words",
    "left_out",
    "look_up_source_label",
    "not_completed",
    "notices",
    "preview",
    "pull",
    "pull_citations",
    "recall",
    "remarks",
    "request_price",
    "resumable",
    "retracted",
    "search_items",
    "search_log",
    "searches",
    "source_label",
    "state",
    "take_back",
    "tells_why_missed",
    "term_counts",
    "to_csv",
    "translation",
    "Translation",
    "usual_source",
    "withdraw",
]


def pull(
    ws: Workspace,
    names: Sequence[str] = (),
    query: str | None = None,
    filters: Mapping[str, str] | None = None,
    *,
    actor: str,
    source: str | None = None,
    watch: Watch = NOBODY,
    client: Source | None = None,
    fresh: bool = False,
) -> list[SearchRun]:
    """Run searches, each as one run of the log.

    Every page is stored whole, in one transaction, so nothing is lost when a later one fails. A
    run ends complete, partial (fewer works than promised), cancelled or failed, and says why. When
    a source cannot be reached, or wants a key or money, the searches after it are not begun.
    A run of the same search that stopped on its way is taken up where it stopped. Known records
    that come back otherwise stay as they are, and the changes are logged.

    Args:
        names: searches of the protocol; all of them when neither names nor a query are given.
        query: an ad-hoc search in titles and abstracts instead.
        filters: the source's own filters for the ad-hoc search.
        source: name of the source of the ad-hoc search; `usual_source` when None.
        watch: told (as `RunProgress`) after every page, and before a wait that a person would
            notice; asked between pages and during waits.
        client: replaces the ordinary one of every source.
        fresh: begin anew even where a run could be taken up.

    Returns:
        The runs as they ended, in the order asked.

    Raises:
        NotFoundError: the protocol has no search of that name, or there is no such source.
        QueryRefused: the ad-hoc query cannot be sent at all.
    """
    asked = queries(ws, names, query, filters, source)
    with Connections(ws, client) as connections:
        return _run(ws, connections, asked, actor, watch, fresh=fresh)


def pull_citations(
    ws: Workspace,
    direction: str = "both",
    *,
    actor: str,
    watch: Watch = NOBODY,
    client: Source | None = None,
) -> list[SearchRun]:
    """Follow the citations of the included reports; runs and errors as for `pull`.

    Raises:
        DecisionError: no such direction, or nothing is included yet.
    """
    with Connections(ws, client) as connections:
        found, asked = citations_asked(ws, connections, direction, Watch(cancelled=watch.cancelled))
        unknown = [report.record_ids[0] for report in found.unknown]
        return _run(ws, connections, asked, actor, watch, citing=True, left_out=unknown)


def left_out(ws: Workspace, runs: Collection[str]) -> list[Report]:
    """Reports whose citations these runs could not follow, as the source did not know them."""
    with ws.store.read() as conn:
        return citations.left_out(conn, runs)


def _run(
    ws: Workspace,
    connections: Connections,
    asked: Sequence[Asked],
    actor: str,
    watch: Watch,
    *,
    fresh: bool = False,
    citing: bool = False,
    left_out: Sequence[str] = (),
) -> list[SearchRun]:
    """Run searches one after the other.

    Args:
        citing: whether they follow citations, for which the log has another name of the source.
    """
    close_interrupted(ws)
    requests = [connections.source(one.source).request(one.query) for one in asked]
    ended: list[SearchRun] = []
    for one, request in zip(asked, requests, strict=True):
        logged_as = citations_of(one.source) if citing else one.source
        going = OngoingRun(
            ws, actor, one.search, logged_as, request, watch.tell, fresh=fresh, left_out=left_out
        )
        go_on = fetching.walk(going, connections.source(one.source), one.query, watch.cancelled)
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
    watch: Watch = NOBODY,
    client: Source | None = None,
) -> list[Recall]:
    """Known-item recall: all searches together, then each (see `recall.recall`).

    Args:
        ask: ask the sources why papers are missed, where they can be asked for single works.
    """
    with Connections(ws, client) as connections:
        return known_items.recall(ws, connections if ask else None, watch)


def resumable(ws: Workspace) -> dict[str, SearchRun]:
    """Searches of the protocol that stopped on their way and would be taken up again."""
    found: dict[str, SearchRun] = {}
    with ws.store.read() as conn, Connections(ws) as connections:
        for one in queries(ws):
            request = connections.source(one.source).request(one.query)
            run = stopped_run(conn, one.search, one.source, request)
            if run is not None:
                found[one.search] = run
    return found


def notices(ws: Workspace) -> list[str]:
    """What a person should know of the settings of the sources before searching."""
    said = (source.notice(ws.config) for source in registry.all_sources().values())
    return [words for words in said if words]


def remarks(ws: Workspace, query: str, source: str | None = None) -> list[Remark]:
    """What is to be said of an ad-hoc query before it is sent, mistakes first."""
    asked = registry.named(source or usual_source(ws))
    return asked.remarks(query, asked.scopes[0])


def translation(ws: Workspace, query: str, source: str | None = None) -> Translation | None:
    """A query of another database in the source's own words; offered, never used unasked."""
    return registry.named(source or usual_source(ws)).translation(query)


def request_price(ws: Workspace) -> float:
    """List price, in US dollars, of one request to the usual source."""
    return registry.named(usual_source(ws)).request_usd


def citation_source_label(ws: Workspace) -> str:
    """How people read the source whose citations are followed."""
    return registry.label_of(citation_source(ws))


def follows_citations(ws: Workspace) -> bool:
    """Whether any source knows which works cite which."""
    return issubclass(registry.named(citation_source(ws)), CitationLinks)


def tells_why_missed(ws: Workspace) -> bool:
    """Whether a source of the protocol's searches can be asked for single works."""
    return any(issubclass(registry.named(s.source), LookUps) for s in ws.protocol.searches)


def look_up_source_label() -> str:
    """How people read the source that reports are completed from; ``""`` when there is none."""
    found = look_up_source()
    return found.label if found else ""


def source_label(name: str) -> str:
    """How people read the source of a name."""
    return registry.label_of(name)


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
