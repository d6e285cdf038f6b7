"""What a search would bring and cost. Nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from review.errors import NotFoundError, QueryRefused
from review.model import Report
from review.progress import OnProgress, no_progress, not_cancelled
from review.protocol import search_strings
from review.search import citations
from review.search.citations import Seeds
from review.search.run_differences import AD_HOC
from review.sources.openalex.client import OpenAlex, OpenAlexSettings
from review.sources.source import Estimate, Query
from review.workspace import Workspace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Estimated:
    """What one search would bring and cost."""

    search: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class EstimatedCitations:
    """What following the citations of the included reports would bring and cost.

    Attributes:
        searches: one for each direction and hundred works.
        unknown: included reports that OpenAlex does not know, so that theirs are not followed.
    """

    searches: tuple[Estimated, ...]
    unknown: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a query would bring: count and price, and its first titles in the source's order."""

    estimate: Estimate
    titles: tuple[str, ...]


def estimate(
    ws: Workspace,
    names: Sequence[str] = (),
    query: str | None = None,
    filters: Mapping[str, str] | None = None,
    *,
    cancelled: Callable[[], bool] = not_cancelled,
    on_progress: OnProgress = no_progress,
    client: OpenAlex | None = None,
) -> list[Estimated]:
    """Ask what searches would bring and cost; nothing is stored.

    Args:
        names, query, filters, cancelled, client: as for `service.pull`.
        on_progress: how many have been asked, and why an answer is waited for.

    Raises:
        NotFoundError: the protocol has no search of that name.
        SourceError: the source cannot be asked, or refuses.
        Cancelled: `cancelled` became true.
    """
    asked = queries(ws, names, query, filters)
    with client_for(ws, client) as source:
        return _estimated(source, asked, cancelled, on_progress)


def estimate_citations(
    ws: Workspace,
    direction: str = "both",
    *,
    cancelled: Callable[[], bool] = not_cancelled,
    on_progress: OnProgress = no_progress,
    client: OpenAlex | None = None,
) -> EstimatedCitations:
    """Ask what following citations of the included reports would bring and cost.

    Args:
        direction: one of `chasing.DIRECTIONS`.
        cancelled, on_progress, client: as for `estimate`.

    Raises:
        DecisionError: no such direction, or nothing is included yet.
        SourceError: the source cannot be asked, or refuses.
        Cancelled: `cancelled` became true.
    """
    with client_for(ws, client) as source:
        source.tell_waits(_waits(on_progress))
        found = seeds(ws, source, cancelled)
        estimates = _estimated(source, citations.queries(direction, found), cancelled, on_progress)
    return EstimatedCitations(tuple(estimates), found.unknown)


def _estimated(
    source: OpenAlex,
    asked: Sequence[tuple[str, Query]],
    cancelled: Callable[[], bool],
    on_progress: OnProgress,
) -> list[Estimated]:
    return [
        Estimated(name, source.estimate(q, cancelled))
        for name, q in one_by_one(source, asked, on_progress)
    ]


def preview(
    ws: Workspace,
    query: str,
    filters: Mapping[str, str] | None = None,
    *,
    cancelled: Callable[[], bool] = not_cancelled,
    on_progress: OnProgress = no_progress,
    client: OpenAlex | None = None,
) -> Preview:
    """Count, price and first titles of an ad-hoc query, for the price of one page.

    Raises:
        SourceError: the source cannot be asked, or refuses.
        Cancelled: `cancelled` became true.
    """
    asked = Query(query, filters=dict(filters or {}))
    with client_for(ws, client) as source:
        source.tell_waits(_waits(on_progress))
        found, works = source.preview(asked, cancelled=cancelled)
    return Preview(found, tuple(work.title for work in works))


def term_counts(
    ws: Workspace,
    query: str,
    *,
    cancelled: Callable[[], bool] = not_cancelled,
    on_progress: OnProgress = no_progress,
    client: OpenAlex | None = None,
) -> list[tuple[str, int]]:
    """Works with each word or phrase of a query by itself; one without any may be misspelt.

    One request for each of `strings.terms(query)`, at the price of a page.

    Raises:
        SourceError: the source cannot be asked, or refuses.
        Cancelled: `cancelled` became true.
    """
    with client_for(ws, client) as source:
        return [
            (term, source.estimate(Query(term), cancelled).count)
            for term in one_by_one(source, search_strings.terms(query), on_progress)
        ]


def one_by_one(source: OpenAlex, items: Sequence[T], on_progress: OnProgress) -> Iterator[T]:
    """Each item in turn, with how many came before it told, and the waits on its account."""
    total = len(items) if len(items) > 1 else None
    for done, item in enumerate(items):
        source.tell_waits(_waits(on_progress, done, total))
        on_progress(done, total)
        yield item


def _waits(
    on_progress: OnProgress, done: int = 0, total: int | None = None
) -> Callable[[str], None]:
    return lambda words: on_progress(done, total, waiting=words)


def seeds(ws: Workspace, source: OpenAlex, cancelled: Callable[[], bool] = not_cancelled) -> Seeds:
    """The included reports and the works they are, looked up where these are unknown.

    Raises:
        SourceError: the source cannot be asked, or refuses.
        Cancelled: `cancelled` became true.
    """
    with ws.store.read() as conn:
        known = citations.seeds(conn)
    return citations.looked_up(known, source, cancelled)


def queries(
    ws: Workspace,
    names: Sequence[str],
    query: str | None,
    filters: Mapping[str, str] | None,
) -> list[tuple[str, Query]]:
    """The searches asked for, each with its name; arguments as for `service.pull`.

    Raises:
        NotFoundError: the protocol has no search of that name.
        QueryRefused: names and a query at once.
    """
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


def client_for(ws: Workspace, given: OpenAlex | None) -> OpenAlex:
    """The client given, or the one that the settings ask for."""
    return given or OpenAlex(OpenAlexSettings(ws.config.openalex_url, ws.config.openalex_key))
