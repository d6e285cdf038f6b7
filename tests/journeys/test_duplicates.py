"""Judging pairs by keys alone, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import App

pytestmark = pytest.mark.browser


def pair_on(page: Page) -> str:
    return page.locator(".rt-pair-id").text_content() or ""


def press(page: Page, key: str) -> None:
    """Press a key once its button stands, and wait until another pair, or none, is shown."""
    before = pair_on(page)
    page.keyboard.press(key)
    page.wait_for_function(
        "(b) => document.querySelector('.rt-pair-id')?.textContent !== b", arg=before
    )


def test_finding_and_judging_duplicates(app: App, page: Page) -> None:
    page.goto(f"{app.url}/duplicates")
    page.get_by_role("button", name="Find duplicates").click()
    expect(page.get_by_text("records compared")).to_be_visible()
    page.locator(".rt-pair-id").wait_for(state="attached")
    first = pair_on(page)

    press(page, "l")  # later: another pair first
    second = pair_on(page)
    press(page, "d")
    expect(page.get_by_text("kept apart as different texts")).to_be_visible()
    third = pair_on(page)
    assert len({first, second, third}) == 3

    press(page, "u")
    assert pair_on(page) == second
    expect(page.get_by_text("Taken back:")).to_be_visible()

    page.get_by_text("One study?").click()
    expect(page.get_by_text("Do these report one study?")).to_be_visible()
    press(page, "t")
    expect(page.get_by_text("linked as one study")).to_be_visible()
