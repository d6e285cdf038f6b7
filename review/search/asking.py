"""What a search would bring and cost. Nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from review.errors import NotFoundError, QueryRefused
from review.protocol import strings
from review.search import chasing
from review.search.differences import AD_HOC
from review.sources.openalex import Estimate, OpenAlex, OpenAlexSettings, Query
from review.sources.transport import never
from review.workspace import Workspace


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


def estimate(
    ws: Workspace,
    names: Sequence[str] = (),
    query: str | None = None,
    filters: Mapping[str, str] | None = None,
    *,
    client: OpenAlex | None = None,
) -> list[Estimated]:
    """Ask what searches would bring and cost; nothing is stored. Arguments as for `service.pull`.

    Raises:
        NotFoundError: the protocol has no search of that name.
        SourceError: the source cannot be asked, or refuses.
    """
    asked = queries(ws, names, query, filters)
    with client_for(ws, client) as source:
        return [Estimated(name, source.estimate(q)) for name, q in asked]


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
    with client_for(ws, client) as source:
        asked = chasing.queries(direction, seeds(ws, source))
        return [Estimated(name, source.estimate(q)) for name, q in asked]


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
    with client_for(ws, client) as source:
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
    with client_for(ws, client) as source:
        return [(term, source.estimate(Query(term)).count) for term in strings.terms(query)]


def seeds(ws: Workspace, source: OpenAlex, cancelled: Callable[[], bool] = never) -> Sequence[str]:
    """Ids of the works that the included reports are, looked up where they are unknown.

    Raises:
        SourceError: the source cannot be asked, or refuses.
        Cancelled: `cancelled` became true.
    """
    with ws.store.read() as conn:
        known = chasing.seeds(conn)
    return chasing.looked_up(known, source, cancelled).works


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
