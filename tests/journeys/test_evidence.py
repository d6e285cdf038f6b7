"""Coding by keys and the gap map by clicks, in a real browser."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from review.config import from_environment
from review.model import Direction
from review.store import active_decisions
from review.workspace import open_workspace
from tests.journeys.conftest import App, press
from tests.journeys.test_screening import settled
from tests.reviews import library_report

pytestmark = pytest.mark.browser

SURVEY = library_report("K020")
"""A survey of the library with a suggested design."""
CASE = "P000176"
"""A report with suggestions of one design, one exposure, one population and three outcomes."""


def cell(page: Page, name: str) -> None:
    """Click a cell of the map by the name a screen reader gives it."""
    page.locator(f"path[aria-label^='{name}:']").first.click(position={"x": 8, "y": 6})


def test_a_click_on_a_cell_lists_its_papers_and_a_paper_opens(reading_app: App, page: Page) -> None:
    page.goto(f"{reading_app.url}/gap-map")
    cell(page, "Sleep quality × Observational")
    sheet = page.locator(".st-key-rt-cell")
    expect(sheet).to_contain_text("Sleep quality × Observational")
    expect(page).to_have_url(
        f"{reading_app.url}/gap-map?row=sleep_quality&column=class%3Aobservational"
    )
    sheet.locator("a[href*='records?report=']").first.click()
    expect(page).to_have_url(re.compile(r"/records\?report=P"))
    page.go_back()
    expect(sheet).to_contain_text("Sleep quality × Observational")


def test_an_empty_cell_opens_too_and_the_same_cell_again(reading_app: App, page: Page) -> None:
    page.goto(f"{reading_app.url}/gap-map")
    sheet = page.locator(".st-key-rt-cell")
    for _ in range(2):
        cell(page, "Driving × Trial")
        expect(sheet).to_contain_text("Searches that could have found such a study")
        sheet.get_by_role("button", name="Close").click()
        expect(sheet).to_have_count(0)


def test_a_group_of_rows_folds_at_its_head_by_click_and_by_key(
    reading_app: App, page: Page
) -> None:
    page.goto(f"{reading_app.url}/gap-map")
    sleep = page.locator("path[aria-label^='Group Sleep:']")
    onset = page.locator("path[aria-label^='Sleep onset latency × Trial']")
    expect(onset).to_have_count(1)
    sleep.click(position={"x": 12, "y": 8})
    expect(page).to_have_url(f"{reading_app.url}/gap-map?fold=sleep")
    expect(onset).to_have_count(0)
    expect(page.locator("path[aria-label^='Sleep × Trial']")).to_have_count(1)
    sleep.click(position={"x": 12, "y": 8})
    expect(onset).to_have_count(1)
    # By keys: the head is above the first row of its group, in every column.
    page.locator("[data-test-script-state='notRunning']").wait_for()
    onset.focus()
    page.keyboard.press("ArrowUp")
    expect(sleep).to_be_focused()
    page.keyboard.press("Enter")
    expect(onset).to_have_count(0)
    expect(sleep).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator("path[aria-label^='Sleep × Review']")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(onset).to_have_count(1)
    expect(page.locator(".st-key-rt-cell")).to_have_count(0)


def test_a_report_is_coded_without_the_mouse(app: App, page: Page) -> None:
    page.goto(f"{app.url}/code?report={SURVEY}")
    codes, values = page.locator(".rt-codes"), page.locator(".st-key-rt-values")
    settled(page)
    expect(values).to_contain_text("Cross-sectional survey")
    press(page, "Shift+A", f"value-{SURVEY}-study_design-cross_sectional_survey")
    expect(codes).to_contain_text("Cross-sectional survey")
    press(page, "Shift+ArrowRight", f"code-dimension-Right-{SURVEY}")
    expect(values).to_contain_text("Pain intensity")
    press(page, "ArrowRight", f"code-group-outcome-Right-{SURVEY}")
    press(page, "q", f"value-{SURVEY}-outcome-sleep_quality")
    expect(codes).to_contain_text("Sleep quality")
    press(page, "Shift+U", f"undo-{SURVEY}")
    expect(codes).to_have_count(0)

    press(page, "Shift+N", f"next-{SURVEY}")
    expect(page).not_to_have_url(f"{app.url}/code?report={SURVEY}")

    # One design and three outcomes, in three presses that follow each other at once.
    page.goto(f"{app.url}/code?report={CASE}")
    settled(page)
    found = page.locator(".st-key-rt-sheet")
    expect(found.locator(".st-key-rt-finding-0")).to_contain_text("Worse")
    for key in ("Shift+B", "Shift+W", "Shift+D"):
        page.keyboard.press(key)
    expect(found.get_by_role("button", name="Remove")).to_have_count(3)
    with closing(open_workspace(from_environment({"REVIEW_DATA": str(app.data)})).store) as store:
        with store.read() as conn:
            directions = [f.direction for f in active_decisions.findings(conn, CASE)]
            tags = {t.dimension for t in active_decisions.tags(conn, CASE)}
    assert directions == [Direction.BETTER, Direction.WORSE, Direction.NO_DIFFERENCE]
    assert tags == {"exposure", "population", "outcome", "study_design"}
    # Another one is begun from the last; the form has its words, and nothing is stored yet.
    page.keyboard.press("Shift+V")
    quote = found.get_by_role("textbox", name="Quote")
    expect(quote).to_have_value(re.compile("."))
    settled(page)
    page.keyboard.press("Tab")  # from nowhere, into the form
    expect(found.get_by_role("combobox", name="Exposure")).to_be_focused()
    found.get_by_role("button", name="Edit").first.click()
    expect(found.get_by_role("button", name="Save")).to_be_visible()
    quote.fill("another sentence")
    page.keyboard.press("Control+Enter")
    expect(found).to_contain_text("another sentence")
    # Words of the card become the quote of the form that is open, else of the last finding.
    for closed in (False, True):
        settled(page)
        page.locator(".rt-paper h2").select_text()
        expect(page.get_by_role("button", name="Quote these words")).to_be_visible()
        page.keyboard.press("Shift+Q")
        if not closed:
            expect(quote).to_have_value(re.compile("syndrome"))
            expect(found).to_contain_text("another sentence")
            found.get_by_role("button", name="Clear").click()
            found.get_by_text("Add a finding", exact=True).click()
            expect(quote).to_have_count(0)
    expect(found).not_to_contain_text("another sentence")
    expect(found).to_contain_text("(ARDS)” (title)")
    expect(found.get_by_role("button", name="Remove")).to_have_count(3)
