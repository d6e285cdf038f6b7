"""Whatever the source does during a run: it is told while it lasts, how it ended, and goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from review.model import RunStatus
from tests.journeys.conftest import App
from tests.journeys.test_search import KEY, runs
from tests.servers.openalex import OpenAlexServer

pytestmark = pytest.mark.browser

WORKS = 600
ENDED = 60_000


@dataclass(frozen=True)
class Case:
    """A fault in the middle of a run.

    Attributes:
        faults: what happens to the requests after the count and two pages.
        during: what the page says while it lasts; "" for one that is over at once.
        after: what it says of the end; "" for a fault that passes.
    """

    faults: tuple[str, ...]
    during: str = ""
    after: str = ""


CASES = {
    "spent budget": Case(("budget",), after="daily budget .* is spent until .* UTC"),
    "too fast": Case(("pace",) * 3, during="fewer requests a second"),
    "burst of faults": Case(("500", "502"), during="Asking again in"),
    "refused query": Case(("400",), after="refuses the query: Value for type is gone"),
    "paid plan": Case(("plan",), after="wants a paid plan"),
}


def open_priced(page: Page, app: App) -> None:
    """Open the page and ask the price of the first search."""
    page.goto(f"{app.url}/search")
    page.locator(".st-key-ask-kratom_core button").click()
    expect(page.get_by_text(re.compile(r"works · \d+ pages? · about .* USD"))).to_be_visible()


@pytest.mark.parametrize("name", CASES)
def test_a_fault_during_a_run_is_told_kept_within_bounds_and_gone_on_from(
    start_app: Callable[..., App], page: Page, name: str
) -> None:
    case = CASES[name]
    with OpenAlexServer(works=WORKS, faults=["ok"] * 3 + list(case.faults)) as server:
        app = start_app(env={"OPENALEX_URL": server.url, "OPENALEX_API_KEY": KEY})
        open_priced(page, app)
        page.locator(".st-key-run-kratom_core button").click()
        if case.during:
            expect(page.get_by_text(re.compile(case.during))).to_be_visible()
        if case.after:
            expect(page.get_by_text(re.compile(case.after))).to_be_visible(timeout=ENDED)
            expect(page.get_by_text(re.compile("200 works are kept"))).to_be_visible()
            assert runs(app) == [("kratom_core", RunStatus.FAILED, 200)]
            page.locator(".st-key-resume-kratom_core button").click()
        done = page.get_by_text(re.compile(r"Complete: [\d,]+ works received"))
        expect(done).to_be_visible(timeout=ENDED)
    [(_, outcome, received)] = runs(app)
    assert outcome is RunStatus.COMPLETE and received > 200


def test_a_long_wait_is_told_and_can_be_cancelled(
    start_app: Callable[..., App], page: Page
) -> None:
    with OpenAlexServer(works=WORKS, faults=["ok"] * 3 + ["503"] * 5) as server:
        app = start_app(env={"OPENALEX_URL": server.url, "OPENALEX_API_KEY": KEY})
        open_priced(page, app)
        page.locator(".st-key-run-kratom_core button").click()
        expect(page.get_by_text(re.compile("Asking again in 60 s, attempt 2 of 6"))).to_be_visible()
        expect(page.get_by_text(re.compile(r"200 of \d+ works \(\d+%\)"))).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        expect(
            page.get_by_text(re.compile("stopped on request.*200 works are kept"))
        ).to_be_visible(timeout=ENDED)
    assert runs(app) == [("kratom_core", RunStatus.CANCELLED, 200)]


def test_a_key_that_is_refused_during_a_run_is_told_with_the_place_to_mend_it(
    start_app: Callable[..., App], page: Page
) -> None:
    with OpenAlexServer(works=WORKS, keys=[KEY]) as server:
        app = start_app(env={"OPENALEX_URL": server.url, "OPENALEX_API_KEY": KEY})
        open_priced(page, app)
        server.api.keys = ["another"]
        page.locator(".st-key-run-kratom_core button").click()
        told = page.get_by_text(re.compile("does not accept the key.*under Settings"))
        expect(told).to_be_visible(timeout=ENDED)
        expect(page.get_by_text(re.compile("Nothing was stored"))).to_be_visible()
    assert runs(app) == [("kratom_core", RunStatus.FAILED, 0)]


def test_works_that_stay_missing_make_the_run_partial(
    start_app: Callable[..., App], page: Page
) -> None:
    with OpenAlexServer(works=WORKS, faults=["ok"] * 2 + ["early_null"] * 200) as server:
        app = start_app(env={"OPENALEX_URL": server.url, "OPENALEX_API_KEY": KEY})
        open_priced(page, app)
        page.locator(".st-key-run-kratom_core button").click()
        told = page.get_by_text(re.compile(r"Partial: .*\d+ of \d+ promised works were received"))
        expect(told).to_be_visible(timeout=ENDED)
    [(_, outcome, received)] = runs(app)
    assert outcome is RunStatus.PARTIAL and received > 0
