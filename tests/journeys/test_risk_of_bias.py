"""A trial is judged by keys alone, in a real browser."""

from __future__ import annotations

from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from review.appraisal import service as appraisal
from review.appraisal.forms import Level
from review.coding import service as coding
from review.config import from_environment
from review.workspace import open_workspace
from tests.journeys.conftest import App, press
from tests.journeys.test_screening import settled

pytestmark = pytest.mark.browser

TRIAL = "P000004"
ANSWERS = ("yyn", "nny", "y", "nnn", "ynn")
"""Keys of the answers of each domain of RoB 2: a trial without anything to worry about."""


def test_a_trial_is_judged_without_the_mouse(app: App, page: Page) -> None:
    settings = from_environment({"REVIEW_DATA": str(app.data)})
    ws = open_workspace(settings)
    with closing(ws.store):
        coding.tag(ws, TRIAL, "study_design", "rct_parallel", "Ann")
    page.goto(f"{app.url}/risk-of-bias")
    settled(page)
    for place, keys in enumerate(ANSWERS, 1):
        domain = f"D{place}"
        expect(page.get_by_text(f"{place}.1\u2002")).to_be_visible()  # its questions are there
        page.wait_for_selector("[data-test-script-state='notRunning']")
        for key in keys:  # one after the other at once; each is held until its question is open
            page.keyboard.press(key)
        press(page, "Shift+A", f"judge-{TRIAL}-rob2-{domain}-accept")
    press(page, "Shift+A", f"judge-{TRIAL}-rob2-overall-accept")
    expect(page.locator(f".st-key-judge-{TRIAL}-rob2-overall-accept")).to_have_count(0)
    ws = open_workspace(settings)
    with closing(ws.store):
        assert appraisal.overall_judgements(ws) == {TRIAL: Level.LOW}
    page.goto(f"{app.url}/risk-of-bias?view=summary")
    expect(page.get_by_role("img", name="Overall risk of bias: Low")).to_be_visible()
