"""Two tabs of one browser: each keeps the name it works under."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from review.config import database_url
from review.store import Store, active_decisions
from tests.journeys.conftest import App, at_rest, press


def name_field(page: Page) -> Locator:
    return page.get_by_label("Working as")


def work_as(page: Page, name: str) -> None:
    name_field(page).fill(name)
    name_field(page).press("Enter")
    expect(page.get_by_text(f"This tab now works as {name}.")).to_be_visible()
    at_rest(page)


def voters(app: App) -> list[str]:
    store = Store(database_url(app.db))
    try:
        with store.read() as conn:
            return [v.reviewer for v in active_decisions.votes(conn)]
    finally:
        store.close()


def include(page: Page, app: App, n: int) -> None:
    """Include what is on the card, and wait until so many votes are stored."""
    card = page.locator("[class*='st-key-include-title_abstract-']")
    expect(card).to_be_visible()
    key = next(
        c for c in str(card.get_attribute("class")).split() if c.startswith("st-key-include")
    )
    press(page, "i", key.removeprefix("st-key-"))
    page.wait_for_function("key => !document.querySelector('.' + key)", arg=key)
    assert len(voters(app)) == n


def test_a_tab_keeps_its_name_over_a_reload_and_a_restart(app: App, page: Page) -> None:
    page.goto(f"{app.url}/screen")
    work_as(page, "Zoe")
    other = page.context.new_page()
    other.goto(f"{app.url}/screen")
    expect(other.get_by_text("This tab works as Zoe, as this browser did last.")).to_be_visible()
    work_as(other, "Berta")
    page.reload()
    expect(name_field(page)).to_have_value("Zoe")
    include(page, app, 1)
    app.stop()
    page.wait_for_selector(
        "[data-test-connection-state]:not([data-test-connection-state=CONNECTED])"
    )
    app.start()
    page.wait_for_selector("[data-test-connection-state=CONNECTED]")
    at_rest(page, 1500)
    # What a tab shows from before the restart is out of date: a press draws it anew, no more.
    page.keyboard.press("i")
    expect(page.get_by_text("Included on title and abstract · P000001")).to_be_hidden(
        timeout=15_000
    )
    expect(page.get_by_text("The server was started anew while this page was open.")).to_be_visible(
        timeout=15_000
    )
    at_rest(page)
    assert voters(app) == ["Zoe"]
    expect(name_field(page)).to_have_value("Zoe")
    include(page, app, 2)
    other.reload()
    expect(name_field(other)).to_have_value("Berta")
    assert voters(app) == ["Zoe", "Zoe"]
