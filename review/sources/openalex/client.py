"""Searching OpenAlex. The only module that touches pyalex.

pyalex 0.21 builds the addresses (it knows how the API wants values quoted) and its `Work` wraps the
answers. The requests themselves are ours: pyalex sets no timeout, cannot be pointed at another
host, does not show the budget headers and does not retry broken answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self
from urllib.parse import urlsplit, urlunsplit

from pyalex import Work, Works

from review.config import Config
from review.errors import ConfigError, NetworkError, QueryRefused
from review.model import Record
from review.progress import not_cancelled
from review.protocol.search_strings import operators
from review.sources.date_slices import EARLIEST, LATEST
from review.sources.openalex import paging, syntax
from review.sources.openalex.paging import PER_PAGE
from review.sources.openalex.query import SCOPES, checked_text, filter_value
from review.sources.openalex.works import SOURCE, read_rows, work_to_record
from review.sources.rate_limit import Pace
from review.sources.response_errors import JsonResponse
from review.sources.source import (
    FIRST,
    CitationDirection,
    CitationLinks,
    DateSlices,
    Estimate,
    Page,
    Query,
    Remark,
    SimilarWorks,
    Translation,
)
from review.sources.transport import Transport

# List prices in US dollars, used only when an answer does not name its price (2026-08 price list).
_SEARCH_USD, _LIST_USD = 0.001, 0.0001

# Requests a second for plain queries, and for those with more than five AND, OR, NOT; a little
# under the limits of a free key (30 and 5) and without one (10 and 1), read 2026-08.
_KEYED, _KEYLESS = (25.0, 4.5), (8.0, 0.9)

MOST_SIMILAR = 50
"""Works that a search by meaning gives at most."""

_SIMILAR = "similar"
"""Scope of such a search; no search of a protocol can have it."""

_LONGEST_TEXT = 1_500
"""Characters of the text that it takes."""

_FROM, _TO = "from_publication_date", "to_publication_date"
_CITATION_FILTERS: Mapping[CitationDirection, str] = {"citing": "cites", "cited": "cited_by"}


@dataclass(frozen=True, slots=True)
class OpenAlexSettings:
    """Where OpenAlex is and which key to use.

    Attributes:
        url: address of the API, without a key.
        key: API key, ``""`` for none; kept out of ``repr`` so that it reaches no log.

    Raises:
        ConfigError: the address is not one of a web server, or holds a password.
    """

    url: str = "https://api.openalex.org"
    key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or parts.username or parts.query or parts.fragment:
            raise ConfigError(
                "OPENALEX_URL: not the address of a server. Write it like "
                "https://api.openalex.org, without a user name or a key."
            )
        if not self.key.isprintable() or not self.key.isascii() or " " in self.key:
            raise ConfigError("OPENALEX_API_KEY: holds characters that no key has. Copy it again.")


class OpenAlex(DateSlices, CitationLinks, SimilarWorks):
    """A client for searches.

    Args:
        settings: where OpenAlex is and which key to use.
        transport: replaces the ordinary one (tests: short waits).
    """

    name: ClassVar[str] = SOURCE
    label: ClassVar[str] = "OpenAlex"
    scopes: ClassVar[tuple[str, ...]] = tuple(SCOPES)
    request_usd: ClassVar[float] = _SEARCH_USD
    per_page: ClassVar[int] = PER_PAGE
    sliced_from: ClassVar[int] = 1_000
    most_slices: ClassVar[int] = 12  # about what the limit for a free key lets through
    ids_per_query: ClassVar[int] = syntax.MAX_FILTER_VALUES
    most_similar: ClassVar[int] = MOST_SIMILAR

    def __init__(self, settings: OpenAlexSettings, transport: Transport | None = None) -> None:
        self._settings = settings
        self._transport = transport or Transport(settings.key)

    @classmethod
    def connect(cls, config: Config) -> Self:
        """A client with the address and the key of a review."""
        return cls(OpenAlexSettings(config.openalex_url, config.openalex_key))

    @classmethod
    def notice(cls, config: Config) -> str:
        """That a key is missing."""
        if config.openalex_key:
            return ""
        return (
            "No OpenAlex key is set. Counts can be asked without one; to run a search, get a free "
            "key at openalex.org/settings/api and enter it under Settings."
        )

    @classmethod
    def query_mistakes(cls, text: str, scope: str) -> list[str]:
        """What OpenAlex would refuse or change."""
        return syntax.check_query(text, scope)

    @classmethod
    def remarks(cls, text: str, scope: str) -> list[Remark]:
        """The same in sentences, with what makes it slow or may be meant otherwise."""
        return [*super().remarks(text, scope), *syntax.hints(text)]

    @classmethod
    def translation(cls, text: str) -> Translation | None:
        """Strings of PubMed and Web of Science, for titles and abstracts."""
        from review.sources.openalex.translation import translated

        return translated(text)

    @classmethod
    def filter_mistakes(cls, name: str, value: str) -> list[str]:
        """What is wrong with one of OpenAlex's filters."""
        return syntax.check_filter(name, value)

    @classmethod
    def platform(cls, request: str) -> str:
        """OpenAlex and the address of the API."""
        return f"{cls.label}, {request.split('/works', 1)[0]}"

    @classmethod
    def id_of(cls, record: Record) -> str:
        """The ``W…`` of a record."""
        return record.openalex_id

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def request(self, query: Query) -> str:
        """The address that asks for the first page of a walk."""
        if query.scope == _SIMILAR:
            return _similar_url(query, self._settings.url)
        return request_url(query, self._settings.url, cursor=FIRST)

    def sibling(self, pace: Pace | None = None) -> Self:
        """Another client with the same settings, for another thread."""
        return type(self)(self._settings, self._transport.sibling(pace))

    def tell_waits(self, waiting: Callable[[str], None]) -> None:
        """Have waits before another attempt told in words, from the thread that waits."""
        self._transport.waiting = waiting

    def pace(self, query: Query) -> Pace:
        """How fast a query may be asked: long Boolean ones are slower, as is asking without key."""
        keyed = bool(self._settings.key)
        plain = operators(query.text) <= syntax.SLOW_OPERATORS
        return Pace((_KEYED if keyed else _KEYLESS)[0 if plain else 1])

    def can_slice(self, query: Query) -> bool:
        """Whether no filter of a query is a date of publication."""
        dated = {_FROM, _TO, "publication_date"} & set(query.filters)
        return not dated and query.scope != _SIMILAR

    def dated(self, query: Query, first: str, last: str) -> Query:
        """The query with filters for both days; an open end is not sent."""
        ends = {_FROM: first, _TO: last}
        open_ends = (EARLIEST.isoformat(), LATEST.isoformat())
        said = {name: day for name, day in ends.items() if day not in open_ends}
        return replace(query, filters={**query.filters, **said})

    def citation_query(self, direction: CitationDirection, ids: Sequence[str]) -> Query:
        """One filter that holds all ids."""
        return Query("", filters={_CITATION_FILTERS[direction]: "|".join(ids)})

    def similar_query(self, text: str) -> Query:
        """A search by meaning, cut to what OpenAlex takes.

        Raises:
            QueryRefused: the text is empty.
        """
        words = " ".join(text.split())
        if not words:
            raise QueryRefused("Write what the works are to be like.")
        return Query(words[:_LONGEST_TEXT], _SIMILAR)

    def years(
        self, query: Query, cancelled: Callable[[], bool] = not_cancelled
    ) -> tuple[dict[int, int], float]:
        """Ask how many works of a query there are of each year (one request).

        Returns:
            Year of publication -> works, and the price. Works without a year are in none.

        Raises:
            SourceError: as `Transport.get`.
        """
        url = request_url(query, self._settings.url, group_by="publication_year")
        answer = self._list(url, cancelled)
        groups = answer.body.get("group_by")
        found: dict[int, int] = {}
        for group in groups if isinstance(groups, list) else ():
            year, count = str(group.get("key", "")), group.get("count")
            if year.isdigit() and isinstance(count, int):
                found[int(year)] = count
        return found, paging.charged_for(answer)

    def preview(
        self, query: Query, works: int = 5, cancelled: Callable[[], bool] = not_cancelled
    ) -> tuple[Estimate, tuple[Record, ...]]:
        """The first works of a query in the source's own order, with its count and price.

        One request, at the price of one page. Raises as `estimate`.
        """
        answer = self._list(request_url(query, self._settings.url, per_page=works), cancelled)
        rows = answer.body.get("results")
        records, _bad = read_rows(rows if isinstance(rows, list) else [], "OpenAlex")
        return self._estimated(query, answer), records

    def estimate(self, query: Query, cancelled: Callable[[], bool] = not_cancelled) -> Estimate:
        """Ask how many works a query has (one request at the price of one page).

        Raises:
            SourceError: as `Transport.get`.
            Cancelled: `cancelled` became true.
        """
        if query.scope == _SIMILAR:
            # It costs the same to ask how many there are as to get them.
            return Estimate(MOST_SIMILAR, 1, _SEARCH_USD, None, self.request(query))
        answer = self._list(request_url(query, self._settings.url, per_page=1), cancelled)
        return self._estimated(query, answer)

    def _estimated(self, query: Query, answer: JsonResponse) -> Estimate:
        meta = answer.body.get("meta")
        count = meta.get("count") if isinstance(meta, Mapping) else None
        if not isinstance(count, int):
            raise NetworkError("OpenAlex did not say how many works there are. Try again later.")
        price = paging.cost_of(answer)
        if price is None:
            price = _SEARCH_USD if query.text.strip() else _LIST_USD
        pages = requests_for(count)
        return Estimate(
            count=count,
            pages=pages,
            price_usd=round(pages * price, 6),
            remaining_usd=paging.money(answer.headers.get("x-ratelimit-remaining-usd")),
            request=self.request(query),
        )

    def pages(
        self,
        query: Query,
        cursor: str = FIRST,
        cancelled: Callable[[], bool] = not_cancelled,
        known: Collection[str] | None = None,
    ) -> Iterator[Page]:
        """Yield the works of a query page by page, oldest first.

        The order is by publication date, which changes least, so that a walk can be resumed from
        the `next_cursor` of the last page that was kept.

        Args:
            query: what to ask.
            cursor: where to begin; ``*`` is the start.
            cancelled: looked at between pages and during waits.
            known: ids kept before `cursor`, for a resumed walk (see `paging.walk`).

        Raises:
            SourceError: as `Transport.get`; the pages yielded before are whole.
            Cancelled: `cancelled` became true.
        """

        if query.scope == _SIMILAR:
            answer = self._list(self.request(query), cancelled)
            return iter([paging.only_page(answer)])

        def fetch(at: str) -> JsonResponse:
            return self._list(request_url(query, self._settings.url, cursor=at), cancelled)

        return paging.walk(fetch, cursor, known, cancelled)

    def look_up_request(self, identifier: str) -> str:
        """The address of one work."""
        return _at(self._settings.url, Works(identifier).url)

    def find(self, identifier: str, cancelled: Callable[[], bool] = not_cancelled) -> Record | None:
        """Look one work up (free of charge).

        Args:
            identifier: ``W123``, ``doi:10.1000/x``, ``pmid:123`` or ``pmcid:PMC123``.
            cancelled: looked at before each attempt and during waits.

        Returns:
            The work, whose id may be another than the one asked for when works were merged; None
            when OpenAlex has no such work.

        Raises:
            SourceError: as `Transport.get`.
        """
        answer = self._transport.get(self.look_up_request(identifier), cancelled)
        if answer is None:
            return None
        try:
            return work_to_record(Work(answer.body))
        except ValueError as error:
            raise NetworkError(
                f"OpenAlex answered with a work of {error}. Try again later."
            ) from error

    def listed(
        self, works: Sequence[str], cancelled: Callable[[], bool] = not_cancelled
    ) -> set[str]:
        """Which of some works are found in lists; those merged into others or deleted are not.

        One request, at the price of a page.

        Args:
            works: ids (``W123``), a hundred at most.
            cancelled: looked at before each attempt and during waits.

        Raises:
            SourceError: as `Transport.get`.
        """
        asked = Query("", filters={"openalex": "|".join(works)})
        answer = self._list(request_url(asked, self._settings.url), cancelled)
        rows = answer.body.get("results")
        records, _bad = read_rows(rows if isinstance(rows, list) else [], "OpenAlex")
        return {record.openalex_id for record in records}

    def _list(self, url: str, cancelled: Callable[[], bool]) -> JsonResponse:
        answer = self._transport.get(url, cancelled)
        if answer is None:
            raise NetworkError(
                f"There is no list of works at {self._settings.url}. Check OPENALEX_URL."
            )
        rows = answer.body.get("results")
        if isinstance(rows, list):
            works = [Work(row) if isinstance(row, dict) else row for row in rows]
            answer = replace(answer, body={**answer.body, "results": works})
        return answer


def requests_for(count: int) -> int:
    """Requests at most for so many works, without any that must be repeated.

    The last page is known by being short, so a multiple of the page size costs one more. Works
    beyond `OpenAlex.sliced_from` are walked in slices: each has a last page, and cutting them is
    asked for.
    """
    walk = count // PER_PAGE + 1
    return walk if count < OpenAlex.sliced_from else walk + OpenAlex.most_slices + 2


def request_url(
    query: Query,
    url: str = OpenAlexSettings().url,
    *,
    per_page: int = PER_PAGE,
    cursor: str | None = None,
    group_by: str = "",
) -> str:
    """The address that asks a query, as it is sent; it never holds a key.

    Args:
        query: what to ask.
        url: address of the API.
        per_page: works in one answer, 1 to 100.
        cursor: place in the list; None asks for the first works without a walk.
        group_by: ask for counts by this field instead of works.

    Raises:
        QueryRefused: the query is empty, or OpenAlex would misread it.
    """
    text = checked_text(query.text)
    if not text and not query.filters:
        raise QueryRefused(
            "The query is empty: it would ask for the whole of OpenAlex. Give words or a filter."
        )
    if query.scope not in SCOPES:
        raise QueryRefused(f"There is no scope '{query.scope}'. Use one of: {', '.join(SCOPES)}.")
    filters = {name: filter_value(name, value) for name, value in query.filters.items()}
    parameters: dict[str, object] = {}
    if text and query.scope == "abstract":
        if "," in text:
            raise QueryRefused("A search in abstracts alone can hold no comma. Leave it out.")
        filters[SCOPES[query.scope]] = text
    elif text:
        parameters[SCOPES[query.scope]] = text
    # A fresh object each time: pyalex queries change in place.
    works = Works({**parameters, **({} if group_by else {"per-page": per_page})})
    if group_by:
        works = works.group_by(group_by)
    if filters:
        works = works.filter(**filters)
    if cursor is not None:
        works.params["cursor"] = cursor
        works = works.sort(publication_date="asc")
    return _at(url, works.url)


def _similar_url(query: Query, url: str) -> str:
    """The address that asks for works by meaning; it takes no cursor and no order."""
    return _at(url, Works({"search.semantic": query.text, "per-page": MOST_SIMILAR}).url)


def _at(base: str, address: str) -> str:
    """The same address at another host."""
    host, asked = urlsplit(base), urlsplit(address)
    path = host.path.rstrip("/") + asked.path
    return urlunsplit((host.scheme, host.netloc, path, asked.query, ""))
