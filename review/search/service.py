"""Searching: what pages and commands call. Each search and each file is one run of the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from review.coding.proposals import refresh_suggestions
from review.errors import DecisionError, NotFoundError, QueryRefused
from review.model import Event, EventKind, Outcome, Report, SearchRun
from review.protocol import strings
from review.search import chasing, logbook, running
from review.search import differences as comparing
from review.search import recall as known_items
from review.search.chasing import SOURCE as CITATIONS
from review.search.differences import AD_HOC, RunDifferences
from review.search.importing import ImportResult, import_bytes, import_file
from review.search.progress import Progress
from review.search.recall import Recall
from review.search.walking import Walk, locks, stopped_run
from review.sources.openalex import Estimate, OpenAlex, OpenAlexSettings, Query, request_url
from review.sources.openalex_works import SOURCE as OPENALEX
from review.store import Connection, Entry, evidence, log, records, reports, whole
from review.workspace import Workspace

__all__ = [
    "AD_HOC",
    "CITATIONS",
    "Estimate",
    "Estimated",
    "ImportResult",
    "LoggedRun",
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
    "preview",
    "pull",
    "pull_citations",
    "recall",
    "resumable",
    "retracted",
    "search_log",
    "searches",
    "term_counts",
    "withdraw",
]

QUIET_MINUTES = 15
"""A run on a shared server that stored nothing for so long is taken to have ended."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """What one search would bring and cost."""

    search: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Preview:
    """What a query would bring: count and price, and its first titles in the source's order."""

    estimate: Estimate
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoggedRun:
    """A run with what PRISMA-S asks of it, as far as it is known.

    Attributes:
        platform: the database and the way it was reached (item 1).
        label: the search in words, "" when the protocol does not hold it (any more).
        limits: limits and why (item 9), "" when nobody said anything.
        withdrawn: the event that withdrew the run, "" while it counts.
    """

    run: SearchRun
    platform: str
    label: str
    limits: str
    withdrawn: str


def _ignore(progress: Progress) -> None:
    pass


def _never() -> bool:
    return False


def estimate(
    ws: Workspace,
    names: Sequence[str] = (),
    query: str | None = None,
    filters: Mapping[str, str] | None = None,
    *,
    client: OpenAlex | None = None,
) -> list[Estimated]:
    """Ask what searches would bring and cost; nothing is stored. Arguments as for `pull`.

    Raises:
        NotFoundError: the protocol has no search of that name.
        SourceError: the source cannot be asked, or refuses.
    """
    asked = _queries(ws, names, query, filters)
    with _client(ws, client) as source:
        return [Estimated(name, source.estimate(q)) for name, q in asked]


def pull(
    ws: Workspace,
    names: Sequence[str] = (),
    query: str | None = None,
    filters: Mapping[str, str] | None = None,
    *,
    actor: str,
    progress: Callable[[Progress], None] = _ignore,
    cancelled: Callable[[], bool] = _never,
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
        progress: called after every page.
        cancelled: asked between pages and during waits.
        client: replaces the ordinary one.
        fresh: begin anew even where a run could be taken up.

    Returns:
        The runs as they ended, in the order asked.

    Raises:
        NotFoundError: the protocol has no search of that name.
        QueryRefused: the ad-hoc query cannot be sent at all.
    """
    asked = [(name, OPENALEX, q) for name, q in _queries(ws, names, query, filters)]
    return _run(ws, asked, actor, progress, cancelled, client, fresh)


def estimate_citations(
    ws: Workspace, direction: str = "both", *, client: OpenAlex | None = None
) -> list[Estimated]:
    """Ask what following citations of the included reports would bring and cost.

    Args:
        direction: one of `chasing.DIRECTIONS`.

    Raises:
        DecisionError: no such direction, or nothing is included yet.
        SourceError: the source cannot be asked, or refuses.
    """
    with _client(ws, client) as source:
        asked = chasing.queries(direction, _seeds(ws, source))
        return [Estimated(name, source.estimate(q)) for name, q in asked]


def pull_citations(
    ws: Workspace,
    direction: str = "both",
    *,
    actor: str,
    progress: Callable[[Progress], None] = _ignore,
    cancelled: Callable[[], bool] = _never,
    client: OpenAlex | None = None,
) -> list[SearchRun]:
    """Follow the citations of the included reports; runs and errors as for `pull`.

    Raises:
        DecisionError: no such direction, or nothing is included yet.
    """
    with _client(ws, client) as source:
        asked = chasing.queries(direction, _seeds(ws, source, cancelled))
        wanted = [(name, CITATIONS, q) for name, q in asked]
        return _run(ws, wanted, actor, progress, cancelled, source, False)


def _seeds(
    ws: Workspace, source: OpenAlex, cancelled: Callable[[], bool] = _never
) -> Sequence[str]:
    with ws.store.read() as conn:
        known = chasing.seeds(conn)
    return chasing.looked_up(known, source, cancelled).works


def _run(
    ws: Workspace,
    asked: Sequence[tuple[str, str, Query]],
    actor: str,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
    client: OpenAlex | None,
    fresh: bool,
) -> list[SearchRun]:
    """Run searches (name, source, query) one after the other."""
    close_interrupted(ws)
    requests = [_request(ws, q) for _name, _source, q in asked]
    ended: list[SearchRun] = []
    with _client(ws, client) as source:
        for (name, kind, q), request in zip(asked, requests, strict=True):
            walk = Walk(ws, actor, name, kind, request, progress, fresh=fresh)
            go_on = walk.go(source, q, cancelled)
            with ws.store.read() as conn:
                run = records.get_run(conn, walk.id)
            ended.append(run)
            if run.resumed:
                refresh_suggestions(ws)  # a crash may have left records without
            elif walk.new:
                refresh_suggestions(ws, walk.new)
            if not go_on:
                break
    return ended


def preview(
    ws: Workspace,
    query: str,
    filters: Mapping[str, str] | None = None,
    *,
    client: OpenAlex | None = None,
) -> Preview:
    """Count, price and first titles of an ad-hoc query, for the price of one page.

    Raises:
        SourceError: the source cannot be asked, or refuses.
    """
    with _client(ws, client) as source:
        found, works = source.preview(Query(query, filters=dict(filters or {})))
    return Preview(found, tuple(work.title for work in works))


def term_counts(
    ws: Workspace, query: str, *, client: OpenAlex | None = None
) -> list[tuple[str, int]]:
    """Works with each word or phrase of a query by itself; one without any may be misspelt.

    One request for each of `strings.terms(query)`, at the price of a page.

    Raises:
        SourceError: the source cannot be asked, or refuses.
    """
    with _client(ws, client) as source:
        return [(term, source.estimate(Query(term)).count) for term in strings.terms(query)]


def recall(ws: Workspace, *, ask: bool = True, client: OpenAlex | None = None) -> list[Recall]:
    """Known-item recall: all searches together, then each (see `recall.recall`).

    Args:
        ask: ask OpenAlex why papers are missed, which costs nothing.
    """
    with _client(ws, client) as source:
        return known_items.recall(ws, source if ask else None)


def search_log(ws: Workspace) -> list[logbook.Entry]:
    """The search log by the items of PRISMA-S; `logbook.to_csv` writes it as a table."""
    return logbook.entries(ws)


def resumable(ws: Workspace) -> dict[str, SearchRun]:
    """Searches of the protocol that stopped on their way and would be taken up again."""
    found: dict[str, SearchRun] = {}
    with ws.store.read() as conn:
        for name, q in _queries(ws, (), None, None):
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
        gone = evidence.retracted_reports(conn)
        included = reports.listing(conn, where=reports.STATUSES["included"])
    return [report for report in included if report.id in gone]


def close_interrupted(ws: Workspace) -> list[str]:
    """Close the runs that a crash left open, as failed; returns their ids."""
    closed: list[str] = []
    with ws.store.read() as conn:
        left = [run for run in records.runs(conn) if run.outcome is Outcome.RUNNING]
        dead = [
            run.id
            for run in left
            if running.left_here(locks(ws), run.id)
            or not running.is_held(locks(ws), run.id)
            and (ws.store.is_sqlite or _quiet(conn, run))
        ]
    if not dead:
        return []
    with ws.store.write() as conn:
        for id_ in dead:
            run = records.get_run(conn, id_)
            if run.outcome is Outcome.RUNNING:
                why = f"interrupted: the program stopped after {run.received} records."
                records.finish_run(conn, run.actor, id_, Outcome.FAILED, why)
                closed.append(id_)
    return closed


def searches(ws: Workspace) -> list[LoggedRun]:
    """All runs, newest first, with what PRISMA-S asks of them as far as it is known."""
    planned = {search.name: search for search in ws.protocol.searches}
    with ws.store.read() as conn:
        runs = records.runs(conn)
        withdrawn = whole.withdrawn_runs(conn)
    found = []
    for run in runs:
        search = planned.get(run.search)
        online = run.source in (OPENALEX, CITATIONS) and run.request.startswith("http")
        found.append(
            LoggedRun(
                run=run,
                platform=f"OpenAlex, {ws.config.openalex_url}" if online else f"file, {run.source}",
                label=search.label if search else "",
                limits=search.limits if search else "",
                withdrawn=withdrawn.get(run.id, ""),
            )
        )
    return found


def withdraw(ws: Workspace, run: str, actor: str, why: str = "") -> Event:
    """Take a whole run back: records that no other run found leave the review.

    Their votes, tags and merges wait for them, should the run be brought back.

    Raises:
        NotFoundError: no such run.
        DecisionError: the run goes on, or is withdrawn already.
    """
    with ws.store.write() as conn:
        if records.get_run(conn, run).outcome is Outcome.RUNNING:
            raise DecisionError(f"{run} goes on. Cancel it first, then withdraw it.")
        if run in whole.withdrawn_runs(conn):
            raise DecisionError(f"{run} is withdrawn already.")
        entry = Entry(EventKind.RUN_WITHDRAWN, {"run": run, "why": why})
        (done,) = log.append(conn, actor, [entry])
    return done


def bring_back(ws: Workspace, run: str, actor: str) -> Event:
    """Have a withdrawn run again, with all that was decided on its records.

    Raises:
        DecisionError: the run is not withdrawn.
    """
    with ws.store.write() as conn:
        event = whole.withdrawn_runs(conn).get(run)
        if event is None:
            raise DecisionError(f"{run} is not withdrawn.")
        return log.undo(conn, actor, event)


def _quiet(conn: Connection, run: SearchRun) -> bool:
    """Whether a run, perhaps of another machine, has stored nothing for a long time."""
    added = log.events(conn, [EventKind.RECORDS_ADDED])
    last = max((e.at for e in added if e.payload.get("run") == run.id), default=run.started)
    return datetime.now(UTC) - last > timedelta(minutes=QUIET_MINUTES)


def _queries(
    ws: Workspace,
    names: Sequence[str],
    query: str | None,
    filters: Mapping[str, str] | None,
) -> list[tuple[str, Query]]:
    """The searches asked for, each with its name."""
    if query is not None or filters:
        if names:
            raise QueryRefused("Name searches of the protocol or give a query, not both.")
        return [(AD_HOC, Query(query or "", filters=dict(filters or {})))]
    planned = {search.name: search for search in ws.protocol.searches}
    unknown = [name for name in names if name not in planned]
    if unknown:
        raise NotFoundError(
            f"The protocol has no search '{unknown[0]}'. It has: {', '.join(planned)}."
        )
    return [
        (name, Query(planned[name].query, planned[name].scope, planned[name].filters))
        for name in dict.fromkeys(names or planned)
    ]


def _client(ws: Workspace, given: OpenAlex | None) -> OpenAlex:
    return given or OpenAlex(OpenAlexSettings(ws.config.openalex_url, ws.config.openalex_key))


def _request(ws: Workspace, query: Query) -> str:
    return request_url(query, ws.config.openalex_url, cursor="*")
