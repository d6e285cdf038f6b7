"""Walking a cursor to its end without believing everything on the way.

OpenAlex takes no snapshot between pages and can answer 200 with fewer works than it found, so the
walk compares what it is told with what it gets. A doubtful page is asked for again a few times;
what stays doubtful is reported as a `Shortfall` on the last page and never hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from review import identifiers
from review.errors import Cancelled, NetworkError
from review.progress import not_cancelled
from review.sources.openalex.works import read_rows
from review.sources.response_errors import JsonResponse
from review.sources.source import FIRST, Page, Shortfall

PER_PAGE = 100

# Pages asked for again at most in one walk, and pages without one new work before the walk ends.
_REASKS = 5
_STALE_PAGES = 3


@dataclass(slots=True)
class _Look:
    """A page with what the walk has to know of it beyond the page itself."""

    page: Page
    rows: int
    size: int
    whole: bool
    doubt: str = ""


class _Walk:
    """What is known so far: ids received, cursors used, the highest promise."""

    def __init__(self, cursor: str, known: Collection[str] | None) -> None:
        self.known = set(known or ())
        self.counts = cursor == FIRST or known is not None
        self.seen: set[str] = set()
        self.used: set[str] = set()
        self.promised: int | None = None
        self.reasks = _REASKS
        self.stale = 0

    def received(self, page: Page) -> int:
        return len(self.known | self.seen | set(page.ids))

    def missing(self, page: Page) -> bool:
        promised = max(self.promised or 0, page.promised or 0)
        return self.counts and self.received(page) < promised

    def doubt(self, look: _Look) -> str:
        """What is odd about a page, in words for the reviewer; "" for a page to believe."""
        page, following = look.page, look.page.next_cursor
        if not look.whole:
            return "the source left out the part of its answer that tells where to go on."
        if following is not None and (following in self.used or following == page.cursor):
            return "the source sent the same cursor twice, so its pages would repeat without end."
        if following is None and look.rows >= look.size and self.missing(page):
            return "the source ended its pages early, on a full page."
        different, expected = len(set(page.ids)), look.rows if following is None else look.size
        if different < expected:
            return f"a page held {different} different works instead of {expected}."
        if following is None and self.missing(page):
            return "the list changed while it was read, or a page was not complete."
        return ""

    def take(self, page: Page) -> None:
        new = set(page.ids) - self.seen
        self.stale = 0 if new else self.stale + 1
        self.seen |= new
        self.used.add(page.cursor)
        if page.promised is not None:
            self.promised = max(self.promised or 0, page.promised)


def walk(
    fetch: Callable[[str], JsonResponse],
    cursor: str = FIRST,
    known: Collection[str] | None = None,
    cancelled: Callable[[], bool] = not_cancelled,
) -> Iterator[Page]:
    """Yield the pages of a query from a cursor on.

    Args:
        fetch: asks for the page at a cursor.
        cursor: where to begin; ``*`` is the start.
        known: ids received before `cursor`, for a resumed walk; without them a resumed walk cannot
            tell whether works are missing.
        cancelled: looked at before each page.

    Raises:
        Cancelled: between two pages; the pages yielded before are whole.
        NetworkError: an answer holds no list of works, even when asked again.
    """
    state = _Walk(cursor, known)
    while True:
        if cancelled():
            raise Cancelled("It was stopped on request.")
        look = _believable(fetch, cursor, state)
        page = look.page
        state.take(page)
        stop = _stop(look, state)
        if page.next_cursor is not None and not stop:
            yield page
            cursor = page.next_cursor
            continue
        yield replace(page, next_cursor=None, shortfall=_shortfall(look, state, stop))
        return


def only_page(answer: JsonResponse) -> Page:
    """A list that has no further page: as many works are promised as came.

    Raises:
        NetworkError: there is no list of results in it.
    """
    page = _read(answer, FIRST, "OpenAlex").page
    return replace(page, next_cursor=None, promised=len(set(page.ids)))


def _believable(fetch: Callable[[str], JsonResponse], cursor: str, state: _Walk) -> _Look:
    """The page at a cursor; asked for again while it is doubtful, keeping the fullest answer.

    An answer that comes twice is what the source has to say: asking on would cost for nothing.
    """
    place = f"OpenAlex, page {len(state.used) + 1}"
    best = before = None
    cost = 0.0
    while True:
        look = _read(fetch(cursor), cursor, place)
        cost += look.page.cost_usd
        look.doubt = state.doubt(look)
        if best is None or not look.doubt or len(set(look.page.ids)) > len(set(best.page.ids)):
            best = look
        said = (look.page.ids, look.page.next_cursor, look.rows, look.whole)
        if not look.doubt or state.reasks == 0 or said == before:
            best.page = replace(best.page, cost_usd=cost, remaining_usd=look.page.remaining_usd)
            return best
        before = said
        state.reasks -= 1


def _stop(look: _Look, state: _Walk) -> str:
    """Why the walk cannot go on although it may not be at its end; "" when it can."""
    following = look.page.next_cursor
    if not look.whole or (following is not None and following in state.used):
        return look.doubt
    if following is not None and state.stale >= _STALE_PAGES:
        return f"{_STALE_PAGES} pages in a row held no new work."
    return ""


def _shortfall(look: _Look, state: _Walk, stop: str) -> Shortfall | None:
    received = len(state.known | state.seen)
    if state.counts and state.promised is not None:
        short = received < state.promised
    else:
        short = bool(stop)
    if not short:
        return None
    why = stop or look.doubt or "a page was not complete."
    return Shortfall(state.promised, received, f"{why} Run the search again to pick up the rest.")


def _read(answer: JsonResponse, cursor: str, place: str) -> _Look:
    """Turn a list answer into a page.

    Raises:
        NetworkError: there is no list of results in it.
    """
    rows = answer.body.get("results")
    if not isinstance(rows, list):
        raise NetworkError("The source answered without a list of works. Try again later.")
    meta = answer.body.get("meta")
    meta = meta if isinstance(meta, Mapping) else {}
    count, size, following = meta.get("count"), meta.get("per_page"), meta.get("next_cursor")
    records, bad = read_rows(rows, place)
    ids = (identifiers.openalex_id(row.get("id")) for row in rows if isinstance(row, Mapping))
    page = Page(
        records=records,
        ids=tuple(filter(None, ids)),
        cursor=cursor,
        next_cursor=following if isinstance(following, str) and following else None,
        promised=count if isinstance(count, int) else None,
        cost_usd=charged_for(answer),
        remaining_usd=money(answer.headers.get("x-ratelimit-remaining-usd")),
        bad=bad,
        understood=_understood(meta),
    )
    return _Look(
        page=page,
        rows=len(rows),
        size=size if isinstance(size, int) and size > 0 else PER_PAGE,
        whole=page.promised is not None and "next_cursor" in meta,
    )


def _understood(meta: Mapping[str, Any]) -> str:
    """The query in the source's own language, which its answers hold since June 2026."""
    query = meta.get("x_query")
    said = query.get("oql") if isinstance(query, Mapping) else None
    return " ".join(said.split())[:_LONGEST_QUERY] if isinstance(said, str) else ""


_LONGEST_QUERY = 20_000


def cost_of(answer: JsonResponse) -> float | None:
    """Price of an answer in US dollars, from its headers or its meta block."""
    cost = money(answer.headers.get("x-ratelimit-cost-usd"))
    meta: Any = answer.body.get("meta")
    return money(meta.get("cost_usd")) if cost is None and isinstance(meta, Mapping) else cost


def charged_for(answer: JsonResponse) -> float:
    """What was paid to get an answer, broken ones before it included."""
    return (cost_of(answer) or 0.0) + answer.lost_usd


def money(value: object) -> float | None:
    """An amount as a number, None when there is none."""
    try:
        return float(str(value))
    except ValueError:
        return None
