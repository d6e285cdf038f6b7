"""The whole way once: from the papers that ship to a table with this person's decisions in it."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import App, press
from tests.journeys.test_screening import KEYS, decide, settled, undo

pytestmark = pytest.mark.browser

OFFER = ".st-key-rt-sheet [class*='st-key-Accept-']"


def open_page(page: Page, name: str) -> None:
    """Go to a page by the navigation, as a person does."""
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible()


def accept_first(page: Page, report: str, dimension: str, label: str) -> None:
    """Accept the first suggestion of a dimension by key."""
    page.locator(".st-key-code-dimension button", has_text=re.compile(label)).click()
    page.locator(f"[class*='st-key-value-{report}-{dimension}-']").first.wait_for()
    classes = page.locator(OFFER).first.get_attribute("class") or ""
    (first,) = re.findall(r"st-key-(Accept-\S+)", classes)
    press(page, "Shift+A", first)
    expect(page.locator(f".st-key-{first}")).to_have_count(0)


def code_one(page: Page) -> str:
    """Confirm the suggested design and one suggested outcome; returns the report."""
    card = page.locator(".st-key-rt-code-card")
    expect(card).to_be_visible()
    report = re.search(r"P\d{6}", card.inner_text())
    assert report
    accept_first(page, report.group(), "study_design", "Study design")
    accept_first(page, report.group(), "outcome", "Outcome")
    return report.group()


def test_from_the_first_page_to_the_exported_table(app: App, page: Page, tmp_path: Path) -> None:
    page.goto(app.url)
    page.get_by_role("heading", name="Mitragynine, pain and sleep").wait_for()

    open_page(page, "Screen")
    settled(page)
    decided = {decide(page, key): KEYS[key] for key in "iieimieiii"}
    undo(page)
    undone = list(decided)[-1]
    expect(page.locator(".rt-id").first).to_have_text(undone)
    del decided[undone]

    open_page(page, "Code")
    coded = [code_one(page)]
    press(page, "Shift+N", f"next-{coded[0]}")
    expect(page.locator(".st-key-rt-code-card")).not_to_contain_text(coded[0])
    coded.append(code_one(page))
    assert set(coded) <= set(decided)

    open_page(page, "Gap map")
    filled = page.locator("path[aria-label*=' confirmed']").first
    filled.wait_for()
    filled.click()
    cell = page.locator(".st-key-rt-cell")
    expect(cell).to_contain_text("1 confirmed study")
    opened = cell.locator(", ".join(f"a[href$='records?report={report}']" for report in coded))
    opened.first.wait_for()
    page.locator("path[aria-label*='Total sleep time × Trial: no study']").first.click()
    expect(cell).to_contain_text("Total sleep time")
    expect(cell).to_contain_text("Kratom and sleep")

    open_page(page, "Report")
    page.get_by_role("radio", name="Exports").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Table of reports (CSV)").click()
    file = tmp_path / "reports.csv"
    download.value.save_as(file)
    table = pd.read_csv(file, dtype=str, keep_default_na=False).set_index("report")
    for report, (vote, reason) in decided.items():
        said = "exclude" if vote == "exclude" else "include"  # maybe goes on to full text
        assert table.loc[report, "title_abstract"] == said
        assert table.loc[report, "reason"] == reason
    assert table.loc[undone, "title_abstract"] == "awaiting"
    for report in coded:
        assert table.loc[report, "study_design"]
        assert table.loc[report, "outcome"]
    assert shown_nowhere(page)


def shown_nowhere(page: Page) -> bool:
    """No page of the way showed an exception."""
    return page.get_by_text("Traceback").count() == 0
