"""Looking something up: the list takes along what it shows, and only in files that cannot run."""

from __future__ import annotations

import csv

from playwright.sync_api import Page, expect

from tests.journeys.conftest import App


def test_a_list_is_taken_along_as_a_table(reading_app: App, page: Page) -> None:
    page.goto(f"{reading_app.url}/records?q=sleep&status=awaiting+title+and+abstract")
    table = page.get_by_test_id("stDataFrame")
    table.hover()
    expect(page.get_by_role("button", name="Fullscreen")).to_be_visible()
    expect(page.get_by_label("Download as CSV")).to_be_hidden()

    page.get_by_role("button", name="Export this list").click()
    listed = page.get_by_text("reports with what was decided on them").inner_text().split()[0]
    with page.expect_download() as download:
        page.get_by_role("button", name="Table of reports (CSV)").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == int(listed) > 10
    assert all("sleep" in " ".join(row.values()).lower() for row in rows)
