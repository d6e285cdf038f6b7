"""A search from its price to its records, while the person is elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from review.model import RunStatus
from review.store import Store, records
from tests.journeys.conftest import App
from tests.servers.openalex import OpenAlexServer

pytestmark = pytest.mark.browser

KEY = "a-key-of-the-test"


def runs(app: App) -> list[tuple[str, RunStatus, int]]:
    """Runs of OpenAlex searches: name, how they ended, works received."""
    store = Store(app.db)
    try:
        with store.read() as conn:
            found = [r for r in records.runs(conn) if r.source == "openalex"]
    finally:
        store.close()
    return [(r.search, r.status, r.received) for r in found]


def ask_and_run(page: Page) -> None:
    """Ask the price of the first search, then run it."""
    page.locator(".st-key-ask-kratom_core button").click()
    page.locator(".st-key-run-kratom_core button").click()


def go(page: Page, name: str) -> None:
    """Follow the navigation."""
    page.get_by_role("link", name=name, exact=True).first.click()


def test_a_search_shows_its_price_runs_on_while_the_page_is_left_and_can_be_cancelled(
    start_app: Callable[..., App], page: Page
) -> None:
    # A pace refusal after the first pages makes the run long enough to leave the page and return.
    faults = ["ok"] * 3 + ["pace"] * 3
    with OpenAlexServer(works=600, keys=[KEY], faults=faults) as server:
        app = start_app(env={"OPENALEX_URL": server.url, "OPENALEX_API_KEY": KEY})
        page.goto(f"{app.url}/search")
        page.locator(".st-key-ask-kratom_core button").click()
        run = page.locator(".st-key-run-kratom_core button")
        run.wait_for()
        expect(page.get_by_text(re.compile(r"works · .* USD"))).to_be_visible()
        run.click()
        go(page, "Records")
        page.get_by_role("heading", name="Records").wait_for()
        go(page, "Search")
        expect(
            page.get_by_text(re.compile(r"Complete: [\d,]+ works received")).first
        ).to_be_visible(timeout=60_000)
        [(name, outcome, received)] = runs(app)
        assert (name, outcome) == ("kratom_core", RunStatus.COMPLETE)
        assert received > 0
        assert KEY not in app.log.read_text(errors="replace")


def test_without_a_network_the_reason_is_said_and_nothing_is_half_written(
    app: App, page: Page
) -> None:
    page.goto(f"{app.url}/search")
    page.locator(".st-key-ask-kratom_core button").click()
    expect(page.get_by_text(re.compile("cannot be reached"))).to_be_visible(timeout=90_000)
    assert runs(app) == []


def test_a_running_search_can_be_cancelled(start_app: Callable[..., App], page: Page) -> None:
    faults = ["ok", "ok", "ok"] + ["503"] * 6
    with OpenAlexServer(works=2_000, keys=[KEY], faults=faults) as server:
        app = start_app(env={"OPENALEX_URL": server.url, "OPENALEX_API_KEY": KEY})
        page.goto(f"{app.url}/search")
        ask_and_run(page)
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text(re.compile(r"Cancelled: ")).first).to_be_visible(timeout=60_000)
        assert [outcome for _, outcome, _ in runs(app)] == [RunStatus.CANCELLED]


def test_an_empty_cell_leads_to_the_searches_that_could_fill_it(
    start_app: Callable[..., App], page: Page
) -> None:
    with OpenAlexServer(works=200, keys=[KEY]) as server:
        app = start_app(env={"OPENALEX_URL": server.url, "OPENALEX_API_KEY": KEY})
        page.goto(f"{app.url}/gap-map?row=driving&column=class%3Atrial")
        page.get_by_role("link", name="Run these searches").click(timeout=60_000)
        expect(page).to_have_url(re.compile(r"/search\?search=\w+"))
        expect(page.get_by_text(re.compile(r"search(es)? w(as|ere) asked for"))).to_be_visible()
        named = page.url.split("search=")[1].replace("%2C", ",").split(",")
        keys = page.locator("[class*='st-key-ask-kratom'], [class*='st-key-ask-pain']")
        shown = [keys.nth(n).get_attribute("class") or "" for n in range(len(named))]
        assert all(f"st-key-ask-{name}" in found for name, found in zip(named, shown, strict=True))
        assert server.requests == []
        page.locator(f".st-key-ask-{named[0]} button").click()
        expect(page.locator(f".st-key-run-{named[0]} button")).to_be_visible()


def test_a_run_is_withdrawn_and_restored_and_an_item_is_stated(app: App, page: Page) -> None:
    page.goto(f"{app.url}/search?view=log")
    table = page.locator("[data-testid='stDataFrame']").first
    table.wait_for()
    table.click(position={"x": 260, "y": 50})
    page.get_by_role("button", name="Withdraw this run").click()
    expect(page.get_by_text(re.compile(r"\d+ records leave the review"))).to_be_visible()
    page.get_by_label("Why it is withdrawn").fill("to see what happens")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("to see what happens")).to_be_visible()
    page.get_by_role("button", name="Restore this run").click()
    expect(page.get_by_role("button", name="Withdraw this run")).to_be_visible()
    item = page.locator(".st-key-item-6")
    item.locator("summary").first.click()
    item.get_by_role("textbox").fill("Asked two authors.")
    item.get_by_role("button", name="Keep").click()
    expect(item.get_by_text("Stated: Asked two authors.")).to_be_visible()
    expect(item.locator("summary").first).to_contain_text("stated by")
    page.reload()
    expect(page.locator(".st-key-item-6 summary")).to_contain_text("stated by")
