"""Files from elsewhere, as a reviewer brings them in: unknown columns, and votes of others."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from review.model import RunStatus
from review.store import Store, records, reports
from tests.journeys.conftest import App

pytestmark = pytest.mark.browser

GERMAN = "Nr.;Titel;Wer;Jahr\n" + "".join(
    f"{n};Kratom und Schlaf, Teil {n};Borg, A.;{2000 + n}\n" for n in range(1, 6)
)
RAYYAN = (
    "key,title,notes\n"
    'rayyan-1,Kratom tea at bedtime,"RAYYAN-INCLUSION: {""Berta""=>""Included"", '
    '""Chris""=>""Excluded""} | RAYYAN-EXCLUSION-REASONS: wrong colour"\n'
    "rayyan-2,,\n"
)
RECORDS = 12_000


def open_import(app: App, page: Page) -> None:
    page.goto(f"{app.url}/search?view=import")
    page.get_by_text("Files of references").wait_for()


def see(page: Page, words: str | re.Pattern[str]) -> None:
    """Wait for words; a busy machine takes its time."""
    page.get_by_text(words).first.wait_for(timeout=60_000)


def choose(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)
    see(page, path.name)


def press_import(page: Page) -> None:
    page.get_by_role("button", name="Import", exact=True).click()


def test_a_table_of_unknown_columns_is_mapped_and_imported(
    app: App, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "schlaf.csv"
    path.write_text(GERMAN, encoding="utf-8")
    open_import(app, page)
    choose(page, path)
    see(page, "What do the columns of schlaf.csv hold?")
    see(page, "2001 · 2002 · 2003")
    number = page.get_by_role("combobox", name=re.compile("What Nr. holds"))
    number.fill("Number")
    page.get_by_role("option", name="Number in the database").click()
    press_import(page)
    see(page, "schlaf.csv: 5 new records, 0 known before.")
    page.goto(f"{app.url}/records?q=Teil")
    see(page, re.compile(r"\b5 reports"))


def test_a_file_that_a_restart_took_away_is_asked_for_again(
    app: App, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "two.csv"
    path.write_text("title,year\nKratom one,2001\nKratom two,2002\n", encoding="utf-8")
    open_import(app, page)
    choose(page, path)
    button = page.get_by_role("button", name="Import", exact=True)
    expect(button).to_be_enabled()
    app.stop()
    state = "data-test-connection-state"
    page.wait_for_selector(f"[{state}]:not([{state}=CONNECTED])")
    app.start()
    page.wait_for_selector(f"[{state}=CONNECTED]")
    button.click()  # the page looks as before
    see(page, "Nothing of them was imported. Choose them again.")
    expect(page.get_by_text("two.csv")).to_have_count(0)  # nor does one look chosen
    expect(button).to_be_disabled()
    choose(page, path)
    press_import(page)
    see(page, "two.csv: 2 new records, 0 known before.")


def test_votes_of_a_rayyan_file_are_seen_on_records(
    start_app: Callable[..., App], page: Page, tmp_path: Path
) -> None:
    app = start_app(env={"REVIEW_REVIEWER": "Ann"})
    path = tmp_path / "articles.csv"
    path.write_text(RAYYAN, encoding="utf-8")
    open_import(app, page)
    choose(page, path)
    see(page, "There are votes of another screening tool inside.")
    press_import(page)
    see(page, "2 new votes: Berta 1, Chris 1.")
    see(page, "wrong colour (1)")
    see(page, "articles.csv:3: title: the row has no title")
    store = Store(app.db)
    try:
        with store.read() as conn:
            (found,) = (r for r in reports.listing(conn) if r.lead.title.startswith("Kratom tea"))
    finally:
        store.close()
    page.goto(f"{app.url}/records?report={found.id}")
    see(page, "Conflict on title and abstract")
    see(page, re.compile("Vote of Berta, came with a file"))
    see(page, re.compile("Vote of Chris, came with a file"))


def test_a_large_import_shows_its_way_and_can_be_cancelled(
    app: App, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "large.csv"
    rows = "".join(f"Paper {n} of many,{'word ' * 60}\n" for n in range(RECORDS))
    path.write_text("title,abstract\n" + rows, encoding="utf-8")
    open_import(app, page)
    choose(page, path)
    press_import(page)
    see(page, "entries stored")
    page.get_by_role("button", name="Cancel").click()
    see(page, "known before")
    store = Store(app.db)
    try:
        with store.read() as conn:
            run = records.runs(conn)[0]
    finally:
        store.close()
    assert run.status in (RunStatus.CANCELLED, RunStatus.COMPLETE)
    assert 0 < run.added == run.received <= RECORDS
    if run.status is RunStatus.CANCELLED:
        see(page, "Import the file again for the rest")
