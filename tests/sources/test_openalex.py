"""Searching OpenAlex against a loopback server that answers, and fails, as the real one does."""

from __future__ import annotations

import logging
import random
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from review.errors import (
    BudgetError,
    Cancelled,
    ConfigError,
    KeyNeededError,
    NetworkError,
    QueryRefused,
    SourceError,
)
from review.sources.openalex.client import OpenAlex, OpenAlexSettings, request_url
from review.sources.source import Page, Query
from review.sources.transport import Patience, Transport
from tests.servers.answers import Reply
from tests.servers.openalex import Fault, OpenAlexServer
from tests.servers.works import make_works

KEY = "secret-key-1234"
ALL = Query("", filters={"publication_year": "1900-2100"})


class Naps:
    """Stands in for sleeping: returns at once and remembers how long it would have taken."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, seconds: float) -> None:
        self.seconds += seconds


@contextmanager
def client(
    server: OpenAlexServer,
    key: str = KEY,
    naps: Naps | None = None,
    patience: Patience | None = None,
    read_seconds: float = 20.0,
) -> Iterator[OpenAlex]:
    transport = Transport(key, sleep=naps or Naps(), timeout=(5.0, read_seconds), patience=patience)
    with OpenAlex(OpenAlexSettings(server.url, key), transport) as openalex:
        yield openalex


def reading_time(fault: Fault) -> float:
    """Seconds to read: short only where the server will not answer at all."""
    return 1.0 if fault is Fault.STALL else 20.0


def ids_of(pages: list[Page]) -> set[str]:
    return {work for page in pages for work in page.ids}


def all_ids(server: OpenAlexServer) -> set[str]:
    return {work["id"].rsplit("/", 1)[-1] for work in server.works}


def test_a_walk_brings_every_work_once_with_its_price() -> None:
    with OpenAlexServer(250) as server, client(server) as openalex:
        pages = list(openalex.pages(ALL))
    assert [len(page.records) for page in pages] == [100, 100, 50]
    assert ids_of(pages) == all_ids(server)
    assert {page.promised for page in pages} == {250}
    assert pages[-1].next_cursor is None and pages[-1].shortfall is None
    assert [page.cost_usd for page in pages] == [0.0001] * 3
    assert pages[-1].remaining_usd == pytest.approx(0.9997)


def test_a_multiple_of_the_page_size_ends_with_an_empty_page() -> None:
    with OpenAlexServer(200) as server, client(server) as openalex:
        pages = list(openalex.pages(ALL))
        estimate = openalex.estimate(ALL)
    assert [len(page.records) for page in pages] == [100, 100, 0]
    assert pages[-1].shortfall is None
    assert estimate.pages == len(pages)


def test_the_works_of_a_walk_come_unchanged_in_raw() -> None:
    with OpenAlexServer(30) as server, client(server) as openalex:
        records = [record for page in openalex.pages(ALL) for record in page.records]
    served = {work["id"]: work for work in server.works}
    assert all(record.raw == served[record.raw["id"]] for record in records)


@pytest.mark.parametrize("fault", [Fault.OK, Fault.TRUNCATED])
def test_compressed_answers_are_read_and_broken_ones_asked_for_again(fault: Fault) -> None:
    with OpenAlexServer(250, faults=[fault], zipped=True) as server, client(server) as openalex:
        pages = list(openalex.pages(ALL))
    assert ids_of(pages) == all_ids(server)
    assert len(server.requests) == 3 + (fault is not Fault.OK)


def test_an_estimate_says_count_pages_price_and_request_and_costs_one_call() -> None:
    with OpenAlexServer(450) as server, client(server) as openalex:
        estimate = openalex.estimate(Query("kratom OR pain"))
        count = sum(len(page.ids) for page in openalex.pages(Query("kratom OR pain")))
    assert estimate.count == count > 100
    assert estimate.pages == count // 100 + 1
    assert estimate.price_usd == pytest.approx(estimate.pages * 0.001)
    assert estimate.remaining_usd == pytest.approx(0.999)
    assert estimate.request == server.url + server.requests[1].url
    assert server.requests[0].params["per-page"] == "1"


def test_search_and_filters_reach_the_server_as_given() -> None:
    query = Query(
        '("kratom" OR mitragynine) AND pain',
        filters={"publication_year": "2000-2020", "type": "article|review"},
    )
    with OpenAlexServer(500) as server, client(server) as openalex:
        records = [record for page in openalex.pages(query) for record in page.records]
    sent = server.requests[0].params
    assert sent["search.title_and_abstract"] == query.text
    assert sent["filter"] == "publication_year:2000-2020,type:article|review"
    assert (sent["per-page"], sent["cursor"]) == ("100", "*")
    assert sent["sort"] == "publication_date:asc"
    assert records
    for record in records:
        text = f"{record.title} {record.abstract}".lower()
        assert ("kratom" in text or "mitragynine" in text) and "pain" in text
        assert record.year is not None and 2000 <= record.year <= 2020
        assert record.type in ("article", "review")


def test_the_key_travels_in_the_header_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with OpenAlexServer(5, keys=["another"]) as server, client(server) as openalex:
        with pytest.raises(KeyNeededError) as refused:
            openalex.estimate(ALL)
    assert server.requests[0].headers["Authorization"] == f"Bearer {KEY}"
    assert KEY not in server.requests[0].url
    assert KEY not in caplog.text and KEY not in str(refused.value)
    assert KEY not in repr(OpenAlexSettings(server.url, KEY))


def test_the_key_does_not_follow_to_another_host() -> None:
    (work,) = make_works(1)
    key = work["id"].rsplit("/", 1)[-1]
    with OpenAlexServer([work]) as elsewhere, OpenAlexServer(5) as server:
        server.api.merged = {"W7": f"{elsewhere.url}/works/{key}"}
        with client(server) as openalex:
            found = openalex.find("W7")
    assert found is not None and found.key == key
    assert [seen.headers["Authorization"] for seen in server.requests] == [f"Bearer {KEY}"]
    assert [seen.headers.get("Authorization") for seen in elsewhere.requests] == [None]
    assert KEY not in elsewhere.requests[0].url


def test_a_header_that_cannot_be_sent_is_not_quoted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bad = f"{KEY}\n"  # which the library refuses, quoting the header
    with pytest.raises(NetworkError) as refused, Transport(bad) as transport:
        transport.get("http://127.0.0.1:9/works")
    told = "".join(traceback.format_exception(refused.value)) + caplog.text
    assert KEY not in told


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
def test_a_source_that_quotes_the_headers_is_not_quoted_on(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = {"error": f"Authorization: Bearer {KEY}", "message": f"You sent Bearer {KEY}, alas"}
    with OpenAlexServer(5) as server, client(server, patience=Patience(attempts=1)) as openalex:
        server.api.answer = lambda *asked: Reply.of(status, echo)  # type: ignore[method-assign]
        with pytest.raises(SourceError) as refused:
            openalex.estimate(ALL)
    told = "".join(traceback.format_exception(refused.value)) + caplog.text
    assert KEY not in told


def test_no_key_means_no_key_header_and_a_walk_says_how_to_get_one() -> None:
    with OpenAlexServer(5) as server, client(server, key="") as openalex:
        assert openalex.estimate(ALL).count == 5
        with pytest.raises(KeyNeededError, match="OPENALEX_API_KEY"):
            list(openalex.pages(ALL))
    assert all("Authorization" not in seen.headers for seen in server.requests)


def test_a_walk_without_a_key_works_where_the_server_allows_it() -> None:
    with OpenAlexServer(5, keyless_cursor=True) as server, client(server, key="") as openalex:
        assert len(ids_of(list(openalex.pages(ALL)))) == 5


PASSING = [
    Fault.PACE, Fault.HTTP_500, Fault.HTTP_502, Fault.HTTP_503, Fault.HTTP_504, Fault.HTTP_520,
    Fault.HTML, Fault.TRUNCATED, Fault.CUT_JSON, Fault.RESET, Fault.RESET_BODY, Fault.STALL,
]  # fmt: skip


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_costs_a_wait_and_no_work(fault: Fault) -> None:
    naps, seconds = Naps(), reading_time(fault)
    with (
        OpenAlexServer(250, faults=[Fault.OK, fault]) as server,
        client(server, naps=naps, read_seconds=seconds) as openalex,
    ):
        pages = list(openalex.pages(ALL))
    assert ids_of(pages) == all_ids(server)
    assert sum(len(page.records) for page in pages) == 250
    assert pages[-1].shortfall is None
    assert len(server.requests) == 4
    assert naps.seconds > 0


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_stays_ends_in_words_after_bounded_waiting(fault: Fault) -> None:
    naps, patience = Naps(), Patience(attempts=3)
    with (
        OpenAlexServer(5, faults=[fault] * 50) as server,
        client(server, naps=naps, patience=patience, read_seconds=reading_time(fault)) as openalex,
        pytest.raises(NetworkError, match="Try again later"),
    ):
        list(openalex.pages(ALL))
    assert len(server.requests) <= 3
    assert naps.seconds <= patience.total


def test_a_short_retry_after_is_obeyed_and_all_waits_have_a_cap() -> None:
    naps = Naps()
    with (
        OpenAlexServer(5, faults=[Fault.HTTP_503] * 50) as server,
        client(server, naps=naps, patience=Patience(attempts=50)) as openalex,
        pytest.raises(NetworkError),
    ):
        openalex.estimate(ALL)
    assert naps.seconds == pytest.approx(120.0)  # twice the 60 s asked for; a third would pass 150
    assert len(server.requests) == 3


def test_nobody_listening_is_a_network_error() -> None:
    with OpenAlexServer(1) as server:
        pass
    with client(server) as openalex, pytest.raises(NetworkError, match="cannot be reached"):
        openalex.estimate(ALL)


def test_a_spent_budget_stops_at_once_and_says_until_when() -> None:
    naps = Naps()
    with (
        OpenAlexServer(250, faults=[Fault.OK, Fault.BUDGET]) as server,
        client(server, naps=naps) as openalex,
    ):
        walk = openalex.pages(ALL)
        first = next(walk)
        with pytest.raises(BudgetError, match=r"until \d{4}-\d\d-\d\d 00:00 UTC") as spent:
            next(walk)
        assert naps.seconds == 0 and len(server.requests) == 2
        rest = list(openalex.pages(ALL, cursor=first.next_cursor or "", known=first.ids))
    assert spent.value.until is not None and spent.value.until.hour == 0
    assert spent.value.until > datetime.now(UTC)
    assert ids_of([first, *rest]) == all_ids(server)
    assert rest[-1].shortfall is None


def test_the_servers_own_budget_is_respected() -> None:
    with OpenAlexServer(250, budget_usd=0.0002) as server, client(server) as openalex:
        walk = openalex.pages(ALL)
        assert next(walk).remaining_usd == pytest.approx(0.0001)
        assert next(walk).remaining_usd == 0.0
        with pytest.raises(BudgetError):
            next(walk)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (Query("kratom", filters={"no_such_filter": "1"}), "no_such_filter is not a valid field"),
        (Query("krat*"), "Wildcards"),
        (Query("kratom | pain"), "Pipes"),
        (Query("kratom " * 300), "too long"),
        (Query("kratom", filters={"from_created_date": "2026-01-01"}), "paid plan"),
    ],
)
def test_a_refusal_is_passed_on_in_the_servers_words_and_never_retried(
    query: Query, words: str
) -> None:
    with OpenAlexServer(5) as server, client(server) as openalex:
        with pytest.raises(QueryRefused, match=words):
            openalex.estimate(query)
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", [Fault.PLAN, Fault.HTTP_403])
def test_what_cannot_pass_is_not_retried(fault: Fault) -> None:
    with OpenAlexServer(5, faults=[fault]) as server, client(server) as openalex:
        with pytest.raises(SourceError):
            openalex.estimate(ALL)
    assert len(server.requests) == 1


DOUBTFUL = [
    Fault.REPEATED_CURSOR, Fault.EARLY_NULL, Fault.EMPTY_PAGE, Fault.DROPPED_ROW,
    Fault.DUPLICATE_ROW, Fault.BAD_ROW, Fault.MISSING_META,
]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        (fault, place)
        for fault in DOUBTFUL
        for place in (0, 1, 2)
        if (fault, place) != (Fault.EARLY_NULL, 2)  # the last page ends the list anyway
    ],
)
def test_a_doubtful_page_is_asked_for_again_and_nothing_is_lost(fault: Fault, place: int) -> None:
    plan = [Fault.OK] * place + [fault]
    with OpenAlexServer(250, faults=plan) as server, client(server) as openalex:
        pages = list(openalex.pages(ALL))
    assert ids_of(pages) == all_ids(server)
    assert pages[-1].shortfall is None
    assert sum(page.cost_usd for page in pages) == pytest.approx(0.0004)  # the price of all four


@pytest.mark.parametrize("fault", DOUBTFUL)
def test_what_stays_doubtful_ends_and_is_told(fault: Fault) -> None:
    with OpenAlexServer(450, faults=[Fault.OK] + [fault] * 500) as server:
        with client(server) as openalex:
            pages = list(openalex.pages(ALL))
    shortfall = pages[-1].shortfall
    assert pages[-1].next_cursor is None
    assert shortfall is not None
    assert shortfall.promised == 450
    assert shortfall.received == len(ids_of(pages)) < 450
    assert "Run the search again" in str(shortfall)
    assert len(server.requests) < 30


def test_a_bad_work_becomes_a_mistake_and_the_others_go_in() -> None:
    with OpenAlexServer(30, faults=[Fault.BAD_ROW] * 6) as server, client(server) as openalex:
        (page,) = openalex.pages(ALL)
    assert len(page.records) == 29 and len(page.bad) == 1
    assert page.shortfall is not None and page.shortfall.received == 29


def test_cancelling_stops_between_pages() -> None:
    asked = iter([False, False, False, True])
    with OpenAlexServer(450) as server, client(server) as openalex:
        walk = openalex.pages(ALL, cancelled=lambda: next(asked, True))
        first = next(walk)
        with pytest.raises(Cancelled):
            list(walk)
    assert len(first.records) == 100
    assert len(server.requests) <= 3


def test_cancelling_is_heard_during_a_wait() -> None:
    naps = Naps()
    with (
        OpenAlexServer(5, faults=[Fault.HTTP_503] * 9) as server,
        client(server, naps=naps) as openalex,
        pytest.raises(Cancelled),
    ):
        openalex.estimate(ALL, cancelled=lambda: naps.seconds > 1)
    assert naps.seconds < 2 and len(server.requests) == 1


def test_a_work_is_found_by_any_of_its_ids_and_merges_are_followed() -> None:
    works = make_works(20, seed=3)
    work = next(w for w in works if w["doi"] and "pmid" in w["ids"])
    key = work["id"].rsplit("/", 1)[-1]
    with OpenAlexServer(works, merged={"W7": key}) as server, client(server) as openalex:
        pmid = work["ids"]["pmid"].rsplit("/", 1)[-1]
        names = (key, key.lower(), work["id"], work["doi"], f"pmid:{pmid}", "W7")
        found = [openalex.find(name) for name in names]
        assert openalex.find("W404") is None
    assert [record and record.key for record in found] == [key] * len(names)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (Query('"kratom AND pain'), "quotation mark"),
        (Query("(kratom AND pain"), "bracket"),
        (Query(")kratom( AND pain"), "bracket"),
        (Query(""), "whole of OpenAlex"),
        (Query("kratom", scope="everywhere"), "no scope"),
        (Query("kratom", filters={"a&b": "1"}), "not a filter"),
        (Query("kratom", filters={"type": " "}), "no value"),
        (Query("kratom, pain", scope="abstract"), "comma"),
    ],
)
def test_a_query_the_server_would_misread_is_refused_before_it_is_sent(
    query: Query, words: str
) -> None:
    with pytest.raises(QueryRefused, match=words):
        request_url(query)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("kratom AND Thailand", "(kratom AND Thailand)"),
        ("(kratom AND Thailand)", "(kratom AND Thailand)"),
        ("kratom Thailand", "kratom Thailand"),
        ("  kratom\n OR pain ", "kratom OR pain"),
    ],
)
def test_a_search_that_would_lose_its_last_letters_is_closed_with_a_bracket(
    text: str, sent: str
) -> None:
    params = dict(parse_qsl(urlsplit(request_url(Query(text))).query))
    assert params["search.title_and_abstract"] == sent


def test_a_filter_value_with_a_comma_is_quoted() -> None:
    url = request_url(Query("", filters={"title.search": "pain, chronic"}))
    assert dict(parse_qsl(urlsplit(url).query))["filter"] == 'title.search:"pain, chronic"'


def test_the_address_keeps_the_path_of_a_proxy() -> None:
    url = request_url(Query("kratom"), "https://proxy.example/openalex/")
    assert url.startswith("https://proxy.example/openalex/works?")


@pytest.mark.parametrize(
    "url",
    ["", "api.openalex.org", "ftp://x", "https://me:pw@x", "https://x?api_key=1", "http://[x"],
)
def test_an_unusable_address_is_a_config_error(url: str) -> None:
    with pytest.raises(ConfigError, match="OPENALEX_URL"):
        OpenAlexSettings(url)


def test_an_unusable_key_is_a_config_error_that_does_not_show_it() -> None:
    with pytest.raises(ConfigError) as error:
        OpenAlexSettings(key="two\nlines")
    assert "two" not in str(error.value)


@pytest.mark.parametrize("seed", range(4))
def test_random_faults_never_lose_a_work_in_silence(seed: int) -> None:
    rng = random.Random(seed)
    plan = [rng.choice([*PASSING, *DOUBTFUL, *[Fault.OK] * 12]) for _ in range(20)]
    plan = [fault for fault in plan if fault is not Fault.STALL]
    with OpenAlexServer(450, faults=plan) as server, client(server) as openalex:
        pages = list(openalex.pages(ALL))
    received = ids_of(pages)
    if pages[-1].shortfall is None:
        assert received == all_ids(server)
    else:
        assert pages[-1].shortfall.received == len(received)
