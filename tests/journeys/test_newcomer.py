"""The five questions of a newcomer, answered by the words of the README, in a real browser."""

from __future__ import annotations

from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from review.coding import service as coding
from review.config import from_environment
from review.versions import service as versions
from review.workspace import open_workspace
from tests.journeys.conftest import App
from tests.journeys.test_evidence import CASE, cell

pytestmark = pytest.mark.browser


def test_a_newcomer_finds_the_answers_where_the_readme_says(app: App, page: Page) -> None:
    ws = open_workspace(from_environment({"REVIEW_DATA": str(app.data)}))
    with closing(ws.store):
        versions.make(ws, "Ann", "First look")
        offered = coding.sheet(ws, CASE).open_suggestions
        for dimension in ("study_design", "outcome", "exposure", "population"):
            for one in offered.get(dimension, ())[:1]:
                coding.tag(ws, CASE, dimension, one.value, "Ann", one.quote, one.id)
    sheet = page.locator(".st-key-rt-cell")

    # What is known about sleep onset? The row, its gap at the right end, and each of its cells.
    page.goto(f"{app.url}/gap-map")
    expect(page.locator("[aria-label^='Sleep onset latency × ']")).to_have_count(5)
    expect(page.locator(".stVegaLiteChart")).to_contain_text("not searched")
    cell(page, "Sleep onset latency × Trial")
    expect(sheet).to_contain_text("Sleep onset latency × Trial")

    # Why is this cell empty? What was searched for it, what is near, and how to look again.
    expect(sheet).to_contain_text("No search that covers this cell has run to its end")
    expect(sheet).to_contain_text("Searches that could have found such a study")
    expect(sheet).to_contain_text("Look again")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)

    # Which papers are in it? The same press.
    cell(page, "Sleep quality × Observational")
    expect(sheet).to_contain_text("Only suggested, to confirm or reject")
    expect(sheet.locator("a[href*='records?report=']").first).to_be_visible()

    # Which claims have no controlled study in people?
    page.get_by_role("link", name="Claims", exact=True).click()
    page.get_by_text("No confirmed controlled study").click()
    expect(page).to_have_url(f"{app.url}/claims?seen=uncontrolled")
    first = page.locator("[class*='st-key-claim-'] button").first
    first.click()
    expect(page.locator("[class*='st-key-rt-claim-']").first).to_contain_text("Because:")

    # What changed since last month?
    page.get_by_role("link", name="Versions", exact=True).click()
    page.get_by_role("link", name="What changed since").click()
    expect(page.get_by_text("From version 1 to now")).to_be_visible()
    expect(page.get_by_role("heading", name="Cells that hold other evidence")).to_be_visible()
    page.get_by_role("link", name="Open", exact=False).last.click()
    expect(page).to_have_url(f"{app.url}/records?ids={CASE}")
