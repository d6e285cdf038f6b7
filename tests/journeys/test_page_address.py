"""The address keeps the state of a page: over a reload, and when the browser goes back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import App

pytestmark = pytest.mark.browser

WORDS = "Words, author, journal, DOI, PMID or id"


def test_the_filter_of_a_list_stays_over_a_reload_and_a_report_and_back(
    reading_app: App, page: Page
) -> None:
    page.goto(f"{reading_app.url}/records")
    words = page.get_by_label(WORDS)
    count = page.get_by_text(re.compile(r"^\d+ reports?\b.*Click a row to open it"))
    everything = count.inner_text()
    words.fill("sleep")
    words.press("Enter")
    expect(page).to_have_url(re.compile(r"/records\?q=sleep$"))
    expect(count).not_to_have_text(everything)
    found = count.inner_text()

    page.reload()
    expect(words).to_have_value("sleep")
    expect(count).to_have_text(found)

    table = page.get_by_test_id("stDataFrame")
    table.click(position={"x": 200, "y": 55})
    expect(page).to_have_url(re.compile(r"/records\?report=P\d+$"))
    expect(page.get_by_role("button", name="Back to the list")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/records\?q=sleep$"))
    expect(words).to_have_value("sleep")
    expect(count).to_have_text(found)


def test_the_button_back_to_the_list_keeps_its_filter(reading_app: App, page: Page) -> None:
    page.goto(f"{reading_app.url}/records?q=sleep")
    words = page.get_by_label(WORDS)
    expect(words).to_have_value("sleep")
    page.get_by_test_id("stDataFrame").click(position={"x": 200, "y": 55})
    page.get_by_role("button", name="Back to the list").click()
    expect(page).to_have_url(re.compile(r"/records\?q=sleep$"))
    expect(words).to_have_value("sleep")


def test_the_filter_of_claims_stays_when_the_browser_comes_back(
    reading_app: App, page: Page
) -> None:
    page.goto(f"{reading_app.url}/claims?group=mechanism")
    chosen = page.locator(
        ".st-key-claims-group [aria-checked='true'], "
        ".st-key-claims-group [aria-pressed='true'], "
        ".st-key-claims-group [data-testid$='Active']"
    )
    expect(chosen).to_have_count(1)
    page.get_by_role("link", name="Records", exact=True).click()
    expect(page).to_have_url(re.compile(r"/records$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"/claims\?group=mechanism$"))
    expect(chosen).to_have_count(1)
