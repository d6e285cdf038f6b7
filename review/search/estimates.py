"""What a search would bring and cost. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from review.errors import DecisionError, NotFoundError, QueryRefused
from review.model import Report
from review.progress import NOBODY, Watch
from review.protocol import search_strings
from review.search import citations
from review.search.citations import Seeds
from review.search.connections import Connections, citation_source, usual_source
from review.search.run_differences import AD_HOC
from review.sources import registry
from review.sources.source import CitationLinks, Estimate, Query, Source
from review.workspace import Workspace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """One search to run: its name in the log, the source that is asked, and the question."""

    search: str
    source: str
    query: Query


@dataclass(frozen=True, slots=True)
class Estimated:
    """What one search would bring and cost."""

    search: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class EstimatedCitations:
    """What following the citations of the included reports would bring and cost.

    Attributes:
        searches: one for each direction and part of the works.
        unknown: included reports that the source does not know, so that theirs are not followed.
    """

    searches: tuple[Estimated, ...]
    unknown: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class SearchPreview:
    """What a query would bring: count and price, and its first titles in the source's order."""

    estimate: Estimate
    titles: tuple[str, ...]


def estimate(
    ws: Workspace,
    names: Sequence[str] = (),
    query: str | None = None,
    filters: Mapping[str, str] | None = None,
    *,
    source: str | None = None,
    watch: Watch = NOBODY,
    client: Source | None = None,
) -> list[Estimated]:
    """Ask what searches would bring and cost; nothing is stored.

    Args:
        names, query, filters, source, client: as for `service.pull`.
        watch: told how many have been asked, and why an answer is waited for.

    Raises:
        NotFoundError: the protocol has no search of that name.
        SourceError: the source cannot be asked, or refuses.
        Cancelled: on request.
    """
    asked = queries(ws, names, query, filters, source)
    with Connections(ws, client) as connections:
        return _estimated(connections, asked, watch)


def estimate_citations(
    ws: Workspace,
    direction: str = "both",
    *,
    watch: Watch = NOBODY,
    client: Source | None = None,
) -> EstimatedCitations:
    """Ask what following citations of the included reports would bring and cost.

    Args:
        direction: one of `citations.DIRECTIONS`.
        watch, client: as for `estimate`.

    Raises:
        DecisionError: no such direction, or nothing is included yet.
        SourceError: the source cannot be asked, or refuses.
        Cancelled: on request.
    """
    with Connections(ws, client) as connections:
        found, asked = citations_asked(ws, connections, direction, watch)
        return EstimatedCitations(tuple(_estimated(connections, asked, watch)), found.unknown)


def _estimated(connections: Connections, asked: Sequence[Asked], watch: Watch) -> list[Estimated]:
    found = []
    for done, one in enumerate(asked):
        source = connections.source(one.source)
        tell_place(source, watch, done, len(asked))
        found.append(Estimated(one.search, source.estimate(one.query, watch.cancelled)))
    return found


def preview(
    ws: Workspace,
    query: str,
    filters: Mapping[str, str] | None = None,
    *,
    source: str | None = None,
    watch: Watch = NOBODY,
    client: Source | None = None,
) -> SearchPreview:
    """Count, price and first titles of an ad-hoc query, for the price of one page.

    Raises:
        SourceError: the source cannot be asked, or refuses.
        Cancelled: on request.
    """
    asked = _own(ws, query, filters, source)
    with Connections(ws, client) as connections:
        there = connections.source(asked.source)
        tell_place(there, watch, 0, 1)
        found, works = there.preview(asked.query, cancelled=watch.cancelled)
    return SearchPreview(found, tuple(work.title for work in works))


def term_counts(
    ws: Workspace,
    query: str,
    *,
    source: str | None = None,
    watch: Watch = NOBODY,
    client: Source | None = None,
) -> list[tuple[str, int]]:
    """Works with each word or phrase of a query by itself; one without any may be misspelt.

    One request for each of `search_strings.terms(query)`, at the price of a page.

    Raises:
        SourceError: the source cannot be asked, or refuses.
        Cancelled: on request.
    """
    with Connections(ws, client) as connections:
        there = connections.source(source or usual_source(ws))
        return [
            (term, there.estimate(Query(term), watch.cancelled).count)
            for term in one_by_one(there, search_strings.terms(query), watch)
        ]


def one_by_one(source: Source, items: Sequence[T], watch: Watch) -> Iterator[T]:
    """Each item in turn, with how many came before it told, and the waits on its account."""
    for done, item in enumerate(items):
        tell_place(source, watch, done, len(items))
        yield item


def tell_place(source: Source, watch: Watch, done: int, items: int) -> None:
    """Tell how many questions to a source are answered, and the waits for the next answer."""
    total = items if items > 1 else None
    source.tell_waits(lambda words: watch.at(done, total, waiting=words))
    watch.at(done, total)


def citations_asked(
    ws: Workspace, connections: Connections, direction: str, watch: Watch
) -> tuple[Seeds, list[Asked]]:
    """The included reports as works of a source, and the searches that follow their citations.

    Raises:
        DecisionError: no such direction, nothing is included yet, or no source knows citations.
        SourceError: the source cannot be asked, or refuses.
        Cancelled: on request.
    """
    source = connections.source(citation_source(ws))
    if not isinstance(source, CitationLinks):
        raise DecisionError(f"{source.label} does not know which works cite which.")
    tell_place(source, watch, 0, 1)
    with ws.store.read() as conn:
        known = citations.seeds(conn, source)
    found = citations.looked_up(known, source, watch.cancelled)
    asked = citations.queries(direction, found, source)
    return found, [Asked(search, source.name, query) for search, query in asked]


def queries(
    ws: Workspace,
    names: Sequence[str] = (),
    query: str | None = None,
    filters: Mapping[str, str] | None = None,
    source: str | None = None,
) -> list[Asked]:
    """The searches asked for; arguments as for `service.pull`.

    Raises:
        NotFoundError: the protocol has no search of that name.
        QueryRefused: names and a query at once, or the query would be misread.
    """
    if query is not None or filters:
        if names:
            raise QueryRefused("Name searches of the protocol or give a query, not both.")
        return [_own(ws, query, filters, source)]
    planned = {search.name: search for search in ws.protocol.searches}
    unknown = [name for name in names if name not in planned]
    if unknown:
        raise NotFoundError(
            f"The protocol has no search '{unknown[0]}'. It has: {', '.join(planned)}."
        )
    wanted = (planned[name] for name in dict.fromkeys(names or planned))
    return [Asked(s.name, s.source, Query(s.query, s.scope, s.filters)) for s in wanted]


def _own(
    ws: Workspace, query: str | None, filters: Mapping[str, str] | None, source: str | None
) -> Asked:
    """An ad-hoc search, refused where its source would misread it: pages and commands alike.

    Raises:
        QueryRefused: with every mistake, a sentence each.
    """
    name = source or usual_source(ws)
    asked = Query(query or "", filters=dict(filters or {}))
    rules = registry.named(name)
    filters_alone = not asked.text.strip() and bool(asked.filters)
    wrong = [] if filters_alone else rules.query_mistakes(asked.text, asked.scope)
    wrong += [f"{k}: {m}" for k, v in asked.filters.items() for m in rules.filter_mistakes(k, v)]
    if wrong:
        sentences = " ".join(f"{m[:1].upper()}{m[1:]}." for m in wrong)
        raise QueryRefused(f"Nothing was sent to {rules.label}. {sentences}")
    return Asked(AD_HOC, name, asked)
