"""Whatever the source does in the middle of a run, the run ends, says why, and nothing is lost.

Each row of `ROWS` is one thing that can go wrong, met by a whole run on its way: once undivided, on
its second page, and once in slices that are walked at the same time, in one of the inner slices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial

import pytest

from review.model import RunStatus, SearchRun
from review.search import service
from review.sources.openalex.client import OpenAlex, OpenAlexSettings
from review.sources.transport import Patience, Transport
from review.store import records
from review.workspace import Workspace
from tests.search.common import Open, sound
from tests.servers.answers import LIST_USD
from tests.servers.openalex import Fault, OpenAlexServer, Seen
from tests.servers.works import Work, make_works

ATTEMPTS = 3
STAYS = 60
"""More often than anything is asked for again."""

C, P, F = RunStatus.COMPLETE, RunStatus.PARTIAL, RunStatus.FAILED
Change = Callable[[OpenAlexServer, Seen], None]


@dataclass(frozen=True)
class Row:
    """What goes wrong, and what comes of it.

    Attributes:
        times: how often, one page of the middle after the other.
        outcome: how the run ends.
        missing: works promised that are not stored at its end, undivided and in slices.
        more: requests besides those of a run that nothing happens to, likewise.
        paid: pages paid for besides, likewise.
        said: what the run tells the reviewer; "" when there is nothing to tell.
        change: what happens to the list at `Fault.CHANGE`.
    """

    fault: Fault
    times: int
    outcome: RunStatus
    missing: tuple[int, int]
    more: tuple[int, int]
    paid: tuple[int, int]
    said: str = ""
    change: Change | None = None


@dataclass(frozen=True)
class Shape:
    """One of the two ways in which a run goes, and where in it things go wrong.

    Attributes:
        requests: of a run that nothing happens to, all of them paid for.
        aim: which requests are for a full page in the middle.
        later: which are for a page that follows another.
    """

    place: int
    works: int
    requests: int
    aim: Callable[[Seen], bool]
    later: Callable[[Seen], bool]


def on_its_way(seen: Seen) -> bool:
    """A page after the first one."""
    return seen.params.get("cursor", "*") != "*"


def inner_slice(seen: Seen) -> bool:
    """A page of a slice that is neither the oldest nor the newest."""
    dated = seen.params.get("filter", "")
    return "from_publication" in dated and "to_publication" in dated


UNDIVIDED = Shape(0, 250, 3, on_its_way, on_its_way)
IN_SLICES = Shape(
    1,
    600,
    1 + 1 + 4 * 2,  # a page, the counts of the years, and four slices of two pages
    lambda seen: inner_slice(seen) and not on_its_way(seen),
    lambda seen: inner_slice(seen) and on_its_way(seen),
)


def part(server: OpenAlexServer, seen: Seen) -> list[Work]:
    """The works of the part of a walk that a request is for, in their order."""
    filters = dict(f.split(":", 1) for f in seen.params["filter"].split(","))
    first = filters.get("from_publication_date", "0000")
    last = filters.get("to_publication_date", "9999")
    found = [w for w in server.works if first <= w["publication_date"] <= last]
    return sorted(found, key=lambda w: (w["publication_date"], w["id"]))


def replaced(server: OpenAlexServer, gone: Work, *come: Work) -> None:
    server.api.hold([*(w for w in server.works if w["id"] != gone["id"]), *come])


def moves_up(server: OpenAlexServer, seen: Seen) -> None:
    """The last work moves before the page that comes: the walk has passed it by."""
    first, *_, last = part(server, seen)
    replaced(server, last, last | {"publication_date": first["publication_date"]})


def moves_down(server: OpenAlexServer, seen: Seen) -> None:
    """The first work moves behind the page that comes: it is met twice."""
    first, *_, last = part(server, seen)
    replaced(server, first, first | {"publication_date": last["publication_date"]})


def appears(server: OpenAlexServer, seen: Seen) -> None:
    """A new work appears before the page that comes."""
    first = part(server, seen)[0]
    replaced(server, first, first, first | {"id": "https://openalex.org/W1", "doi": None})


def is_merged(server: OpenAlexServer, seen: Seen) -> None:
    """The last work goes into the first one."""
    replaced(server, part(server, seen)[-1])


SOME_LATER = r"read again for what was missing, which brought \d+ works more\."
NOT_ALL = r"\d+ of \d+ promised works were received: .* Run the search again"
LATER = "The list was read again for what was missing, which brought 1 work more."
NONE, ONE, TWO = (0, 0), (1, 1), (2, 2)
AGAIN = (1 + 1 + 4, 1 + 2)
"""A last page asked for again; then counts of years and two slices of two pages, or two halves."""

REST, GIVEN_UP, AT_ONCE = (150, 1), (ATTEMPTS - 2, 2 * ATTEMPTS), (-1, 1)
"""Of failed runs. In slices it is chance how far the others have come: one missing at least, and so
many more requests at most."""

ROWS = [
    # What passes is waited for. A body that broke off was paid for.
    Row(Fault.PACE, 2, C, NONE, TWO, NONE),
    Row(Fault.HTTP_500, 2, C, NONE, TWO, NONE),
    Row(Fault.HTTP_502, 2, C, NONE, TWO, NONE),
    Row(Fault.HTTP_503, 2, C, NONE, TWO, NONE),
    Row(Fault.HTTP_504, 2, C, NONE, TWO, NONE),
    Row(Fault.HTTP_520, 2, C, NONE, TWO, NONE),
    Row(Fault.HTML, 2, C, NONE, TWO, NONE),
    Row(Fault.CUT_JSON, 2, C, NONE, TWO, TWO),
    Row(Fault.TRUNCATED, 2, C, NONE, TWO, TWO),
    Row(Fault.RESET, 2, C, NONE, TWO, NONE),
    Row(Fault.RESET_BODY, 2, C, NONE, TWO, TWO),
    Row(Fault.STALL, 1, C, NONE, ONE, ONE),
    Row(Fault.TRICKLE, 1, C, NONE, ONE, ONE),
    # What stays ends the run.
    Row(Fault.PACE, STAYS, F, REST, GIVEN_UP, NONE, "fewer requests a second"),
    Row(Fault.HTTP_500, STAYS, F, REST, GIVEN_UP, NONE, "no usable answer in 3 attempts"),
    Row(Fault.HTTP_502, STAYS, F, REST, GIVEN_UP, NONE, r"\(HTTP 502\)\."),
    Row(Fault.HTTP_503, STAYS, F, REST, GIVEN_UP, NONE, r"\(HTTP 503\)\. Paused."),
    Row(Fault.HTTP_504, STAYS, F, REST, GIVEN_UP, NONE, r"\(HTTP 504\)\. Too slow."),
    Row(Fault.HTTP_520, STAYS, F, REST, GIVEN_UP, NONE, r"\(HTTP 520\)\."),
    Row(Fault.HTML, STAYS, F, REST, GIVEN_UP, NONE, "instead of data"),
    Row(Fault.CUT_JSON, STAYS, F, REST, GIVEN_UP, NONE, "instead of data"),
    Row(Fault.TRUNCATED, STAYS, F, REST, GIVEN_UP, NONE, "connection broke off"),
    Row(Fault.RESET, STAYS, F, REST, GIVEN_UP, NONE, "connection broke off"),
    Row(Fault.RESET_BODY, STAYS, F, REST, GIVEN_UP, NONE, "connection broke off"),
    Row(Fault.STALL, STAYS, F, REST, GIVEN_UP, NONE, "connection broke off"),
    # Where asking again is of no use it is not tried.
    Row(Fault.BUDGET, STAYS, F, REST, AT_ONCE, NONE, r"spent until \d{4}-\d\d-\d\d 00:00 UTC"),
    Row(Fault.PLAN, STAYS, F, REST, AT_ONCE, NONE, r"wants a paid plan .* Member\+ plan\."),
    Row(
        Fault.HTTP_400, STAYS, F, REST, AT_ONCE, NONE, "refuses the query: Value for type is gone."
    ),
    Row(Fault.HTTP_401, STAYS, F, REST, AT_ONCE, NONE, "not accept the key it was given"),
    Row(Fault.HTTP_403, STAYS, F, REST, AT_ONCE, NONE, "answered HTTP 403."),
    Row(Fault.HTTP_404, STAYS, F, REST, AT_ONCE, NONE, "There is no list of works at"),
    # A page to doubt is asked for once more, and paid for again.
    Row(Fault.REPEATED_CURSOR, 1, C, NONE, ONE, ONE),
    Row(Fault.EARLY_NULL, 1, C, NONE, ONE, ONE),
    Row(Fault.EMPTY_PAGE, 1, C, NONE, ONE, ONE),
    Row(Fault.DROPPED_ROW, 1, C, NONE, ONE, ONE),
    Row(Fault.DUPLICATE_ROW, 1, C, NONE, ONE, ONE),
    Row(Fault.BAD_ROW, 1, C, NONE, ONE, ONE),
    Row(Fault.MISSING_META, 1, C, NONE, ONE, ONE),
    # If it stays so, a second walk brings what is left out, or the run says how many are missing.
    Row(Fault.REPEATED_CURSOR, STAYS, C, NONE, (7, 8), (7, 8), SOME_LATER),
    Row(Fault.EARLY_NULL, STAYS, C, NONE, (5, 4), (5, 4), SOME_LATER),
    Row(Fault.MISSING_META, STAYS, C, NONE, (7, 8), (7, 8), SOME_LATER),
    Row(Fault.DROPPED_ROW, STAYS, C, NONE, (9, 12), (9, 12), SOME_LATER),
    Row(Fault.EMPTY_PAGE, STAYS, P, (50, 200), (9, 12), (9, 12), NOT_ALL),
    Row(Fault.BAD_ROW, STAYS, P, TWO, (2, 4), (2, 4), "2 works could not be read: .*A row without"),
    # The list changes while it is read: what was passed by is fetched by a second walk.
    Row(Fault.CHANGE, 1, C, NONE, AGAIN, AGAIN, LATER, moves_up),
    Row(Fault.CHANGE, 1, C, NONE, NONE, NONE, "", moves_down),
    Row(Fault.CHANGE, 1, C, NONE, AGAIN, AGAIN, LATER, appears),
    Row(Fault.CHANGE, 1, P, ONE, AGAIN, AGAIN, NOT_ALL, is_merged),
    # Oddities of single works cost nothing but the field.
    Row(Fault.NULLS, 1, C, NONE, NONE, NONE),
    Row(Fault.NEW_TYPE, 1, C, NONE, NONE, NONE),
]


ON_BOTH = {Fault.HTTP_500, Fault.TRUNCATED, Fault.BUDGET, Fault.EMPTY_PAGE, Fault.CHANGE}
"""What is tried on PostgreSQL as well: the store has little to do with what goes wrong."""

SLOW = {Fault.STALL, Fault.TRICKLE}

REFUSED = {Fault.PLAN, Fault.HTTP_400}
"""When the first page of a slice is refused, nothing is lost yet: the run goes on undivided."""


def cases() -> Iterator[object]:
    """Every row in both shapes."""
    for row in ROWS:
        what = row.change.__name__ if row.change else str(row.fault)
        often = "always" if row.times == STAYS else row.times
        for shape, how in ((UNDIVIDED, "undivided"), (IN_SLICES, "in slices")):
            yield pytest.param("sqlite", shape, row, id=f"{what}, {often}, {how}")
            if row.fault in ON_BOTH:
                id_ = f"{what}, {often}, {how}, postgresql"
                yield pytest.param("postgresql", shape, row, id=id_, marks=pytest.mark.postgres)


@pytest.fixture(autouse=True)
def slices_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices are made of fewer works than in earnest."""
    monkeypatch.setattr(OpenAlex, "sliced_from", 300)
    monkeypatch.setattr(OpenAlex, "most_slices", 4)


@pytest.fixture(autouse=True)
def no_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the rules suggest for new records has no part in this, and takes half of the time."""
    monkeypatch.setattr(service, "refresh_suggestions", lambda *_: 0)


@cache
def works(number: int) -> list[Work]:
    """Works without abstracts, which matter little here and take time."""
    return [{**w, "abstract_inverted_index": None} for w in make_works(number, seed=5)]


@contextmanager
def client(ws: Workspace, seconds: float) -> Iterator[OpenAlex]:
    """A client that sleeps through no wait, and gives an answer so many seconds to come."""
    patience = Patience(attempts=ATTEMPTS, body=seconds)
    transport = Transport(
        ws.config.openalex_key, patience=patience, timeout=(5.0, seconds), sleep=lambda time: None
    )
    with OpenAlex(OpenAlexSettings(ws.config.openalex_url), transport) as openalex:
        yield openalex


def pull(ws: Workspace, seconds: float = 30.0) -> SearchRun:
    everything = {"publication_year": "1900-2100"}
    with client(ws, seconds) as openalex:
        (run,) = service.pull(ws, query="", filters=everything, actor="Ann", client=openalex)
    return run


def stored(ws: Workspace) -> set[str]:
    with ws.store.read() as conn:
        return {f"https://openalex.org/{r['openalex_id']}" for r in records.rows_for_dedupe(conn)}


def ids(server: OpenAlexServer) -> set[str]:
    return {work["id"] for work in server.works}


@pytest.mark.parametrize(("db_url", "shape", "row"), [*cases()], indirect=["db_url"])
def test_nothing_that_goes_wrong_on_the_way_loses_works_in_silence(
    ws_at: Open, shape: Shape, row: Row
) -> None:
    missing, more, paid = (pair[shape.place] for pair in (row.missing, row.more, row.paid))
    with OpenAlexServer(works=works(shape.works), faults=[row.fault] * row.times) as server:
        server.aim = shape.later if row.change or row.fault in REFUSED else shape.aim
        if row.change:
            server.change = partial(row.change, server)
        ws = ws_at(server.url)
        run = pull(ws, 1.5 if row.fault in SLOW else 30.0)
        asked, price, held = len(server.requests), 1.0 - server.api.budget_usd, stored(ws)

        assert run.status is row.outcome
        assert len(held) == run.received == run.added
        assert re.search(row.said, run.why) if row.said else run.why == ""
        assert run.why == "" or run.why.endswith((".", ")."))
        short = (run.promised or 0) - run.received
        if run.status is F and shape is IN_SLICES:
            assert short >= missing and asked <= shape.requests + more
        else:
            assert (short, asked) == (missing, shape.requests + more)
        if run.status is F:
            assert "works are kept. Run the search again to go on" in run.why
            assert held < ids(server)
            assert LIST_USD <= run.cost_usd <= price + 1e-9
        else:
            assert len(held & ids(server)) == len(ids(server)) - (missing if not row.change else 0)
            assert run.cost_usd == pytest.approx(price)
            assert price == pytest.approx((shape.requests + paid) * LIST_USD)

        server.faults.clear()  # the next day
        again = pull(ws)
        assert (again.status, stored(ws) >= ids(server)) == (C, True)
        if run.status is F:
            assert (again.id, again.resumed) == (run.id, 1)
            assert f"Taken up again where it had stopped: {run.why[:40]}" in again.why
            assert not [r for r in server.requests[asked:] if whole_from_the_start(r)]
        sound(ws)


def whole_from_the_start(seen: Seen) -> bool:
    return seen.params.get("cursor") == "*" and "publication_date" not in seen.params["filter"]
