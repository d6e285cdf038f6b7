"""A stop with a random check of the rest, in a real browser."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from review.config import from_environment
from review.model import Stage
from review.screening import service as screening
from review.screening import stops
from review.workspace import open_workspace
from tests.journeys.conftest import App, at_rest, press
from tests.journeys.test_screening import decide, settled, shown
from tests.reviews import LIBRARY_SIZE

pytestmark = pytest.mark.browser

LEFT, DRAWN = 8, 3
"""Reports on which nobody votes before the stop, and those of them that are checked."""


def vote_on_all_but_the_last(app: App, folder: Path) -> None:
    with closing((ws := open_workspace(from_environment({"REVIEW_DATA": str(app.data)}))).store):
        file = folder / "votes.csv"
        with file.open("w", newline="", encoding="utf-8") as opened:
            rows = csv.writer(opened)
            rows.writerow(("report", "stage", "reviewer", "vote"))
            for n in range(1, LIBRARY_SIZE - LEFT + 1):
                value = "exclude" if n % 10 else "include"
                rows.writerow((f"P{n:06d}", Stage.TITLE_ABSTRACT, "Ann", value))
        screening.import_votes(ws, file, "Ann")


def test_a_person_stops_checks_the_rest_and_finds_it_on_every_page(
    app: App, page: Page, tmp_path: Path
) -> None:
    vote_on_all_but_the_last(app, tmp_path)
    page.goto(f"{app.url}/stopping")
    page.get_by_label("Working as").fill("Ann")
    page.get_by_label("Working as").press("Enter")
    why = page.get_by_label("Why", exact=True)
    why.fill("The money is spent")
    page.get_by_role("button", name=f"Stop, and leave {LEFT} reports unscreened").click()
    expect(page.get_by_text("Why: The money is spent")).to_be_visible()
    at_rest(page)

    # What was left has no card and is no exclusion.
    page.goto(f"{app.url}/screen")
    expect(page.get_by_text(f"was stopped, with {LEFT} reports not screened")).to_be_visible()
    page.goto(f"{app.url}/report")
    expect(page.get_by_text(f"Records not screened: stopped (n = {LEFT})")).to_be_visible()

    # Some of it, drawn at random, is screened after all, by keys.
    page.goto(f"{app.url}/stopping")
    size = page.get_by_role("spinbutton", name="Reports to draw at random")
    size.fill(str(DRAWN))
    size.press("Enter")
    at_rest(page)
    page.get_by_role("button", name="Draw a random check").click()
    expect(page.get_by_text("0 of them are decided")).to_be_visible()
    page.get_by_role("link", name="Screen them").click()
    settled(page)
    for _ in range(DRAWN - 1):
        decide(page, "e")
    press(page, "i", f"include-title_abstract-{shown(page)}")
    expect(page.get_by_text(f"with {LEFT - DRAWN} reports not screened")).to_be_visible()
    page.goto(f"{app.url}/stopping")
    expect(page.get_by_text(f"1 of {DRAWN} (33.3%, 95% interval 0.8% to 90.6%)")).to_be_visible()
    expect(page.get_by_text("1 report of the check is relevant")).to_be_visible()

    # Taken back, what was left waits again; the votes of the check stay.
    page.get_by_role("button", name="Take the stop back").click()
    left = f"Stop, and leave {LEFT - DRAWN} reports unscreened"
    expect(page.get_by_role("button", name=left)).to_be_visible()
    page.goto(f"{app.url}/screen")
    settled(page)
    with closing((ws := open_workspace(from_environment({"REVIEW_DATA": str(app.data)}))).store):
        assert screening.progress(ws, Stage.TITLE_ABSTRACT, "Ann").waiting == LEFT - DRAWN
        assert stops.in_force(ws) == []
