"""Screening by keyboard in a real browser, with the power cut in the middle."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from review.model import Stage
from review.store import Store, active_decisions
from tests.journeys.conftest import ROOT, App, at_rest, environment, press
from tests.reviews import LIBRARY_SIZE

pytestmark = pytest.mark.browser

KEYS = {"i": ("include", ""), "m": ("maybe", ""), "e": ("exclude", "not_kratom")}


def shown(page: Page) -> str:
    """Id of the report on the screen."""
    text = page.locator(".rt-id").first.text_content()
    assert text
    return text


def settled(page: Page) -> None:
    """Wait until the card is there and the page has come to rest."""
    page.wait_for_selector(".rt-id")
    at_rest(page)


def decide(page: Page, key: str) -> str:
    """Press a decision and wait until the next card is painted; returns the report decided."""
    report = shown(page)
    value, reason = KEYS[key]
    press(page, key, f"{value}-title_abstract-{report}")
    if reason:
        press(page, "1", f"reason-{reason}-title_abstract-{report}")
    expect(page.locator(".rt-id").first).not_to_have_text(report)
    return report


def undo(page: Page) -> None:
    """Press undo on the card that is shown."""
    press(page, "u", f"undo-title_abstract-{shown(page)}")


def stored(app: App) -> dict[str, tuple[str, str]]:
    """Votes in the database: report -> vote and reason."""
    store = Store(app.db)
    try:
        with store.read() as conn:
            votes = [v for v in active_decisions.votes(conn) if v.stage is Stage.TITLE_ABSTRACT]
    finally:
        store.close()
    return {v.report: (str(v.vote), v.reason) for v in votes}


def test_each_press_decides_the_report_on_the_screen_and_undo_brings_it_back(
    app: App, page: Page
) -> None:
    page.goto(f"{app.url}/screen")
    settled(page)
    pressed = {decide(page, key): KEYS[key] for key in "ieimie"}
    assert len(pressed) == 6
    assert stored(app) == pressed
    last = list(pressed)[-1]
    undo(page)
    expect(page.locator(".rt-id").first).to_have_text(last)
    assert stored(app) == {report: vote for report, vote in pressed.items() if report != last}


@pytest.mark.parametrize("by", ["click", "key"])
def test_typing_a_note_decides_nothing_and_the_note_goes_with_an_exclusion(
    app: App, page: Page, by: str
) -> None:
    page.goto(f"{app.url}/screen")
    settled(page)
    report = shown(page)
    if by == "click":
        page.get_by_role("button", name="Note").click()
    else:
        page.keyboard.press("n")
    page.get_by_role("textbox", name="Note on this vote").wait_for()
    page.keyboard.type("I mean: exclude, unless", delay=20)
    expect(page.get_by_role("textbox", name="Note on this vote")).to_have_value(
        "I mean: exclude, unless"
    )
    assert stored(app) == {} and shown(page) == report
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("textbox", name="Note on this vote")).to_have_count(0)
    page.keyboard.press("e")
    reason = page.locator(".st-key-rt-reasons")
    reason.wait_for()
    page.keyboard.press("Shift+Digit2")
    page.keyboard.press("1")
    expect(page.locator(".rt-id").first).not_to_have_text(report)
    store = Store(app.db)
    with store.read() as conn:
        (vote,) = active_decisions.votes(conn)
    store.close()
    assert (vote.report, vote.note) == (report, "I mean: exclude, unless")
    assert vote.reasons == ("synthetic_analog_only", "not_kratom")


def test_keys_pressed_in_a_row_all_count_for_the_report_they_were_pressed_on(
    app: App, page: Page
) -> None:
    page.goto(f"{app.url}/screen")
    settled(page)
    expected = {}
    for pause in (0, 80, 300):  # what lies between two keys, in ms
        report = shown(page)
        page.keyboard.press("e")
        page.wait_for_timeout(pause)
        page.keyboard.press("1")
        expect(page.locator(".rt-id").first).not_to_have_text(report)
        expected[report] = KEYS["e"]
        settled(page)
    assert stored(app) == expected

    # A French keyboard has other signs where the digits are.
    report = shown(page)
    page.keyboard.press("e")
    french = {"key": "é", "code": "Digit2", "windowsVirtualKeyCode": ord("2")}
    browser = page.context.new_cdp_session(page)
    browser.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": "é", **french})
    browser.send("Input.dispatchKeyEvent", {"type": "keyUp", **french})
    expect(page.locator(".rt-id").first).not_to_have_text(report)
    expected[report] = ("exclude", "synthetic_analog_only")
    settled(page)
    assert stored(app) == expected

    # The store is slow, and a vote is thought better of twice before it is there.
    report = shown(page)
    with closing(Store(app.db)) as store, store.write():
        for key in "iume1":
            page.keyboard.press(key)
        page.wait_for_selector("[data-test-script-state='running']")
    expect(page.locator(".rt-progress")).to_contain_text(re.compile(f"Excluded.*{report}"))
    expected[report] = KEYS["e"]
    settled(page)
    assert stored(app) == expected

    # The same key over and over never decides a report that nobody saw.
    report = shown(page)
    for _ in range(15):
        page.keyboard.press("i")
    at_rest(page, 600)
    votes = stored(app)
    assert sorted(votes) == [f"P{n:06d}" for n in range(1, len(votes) + 1)]
    assert votes[report] == KEYS["i"] and len(votes) < len(expected) + 15
    assert shown(page) == f"P{len(votes) + 1:06d}"


def test_every_decision_the_screen_confirmed_survives_a_power_cut(app: App, page: Page) -> None:
    page.goto(f"{app.url}/screen")
    settled(page)
    confirmed = {decide(page, key): KEYS[key] for key in "imeimeim"}
    page.keyboard.press("i")  # under way when the server dies: stored or not, but never half
    app.kill()
    votes = stored(app)
    assert confirmed.items() <= votes.items()
    assert len(votes) <= len(confirmed) + 1
    app.restart()
    page.goto(f"{app.url}/screen")
    settled(page)
    assert shown(page) not in votes
    expect(page.locator(".rt-progress")).to_contain_text(re.compile(rf"{len(votes)} of"))


def test_hostile_text_is_shown_as_text(app: App, page: Page) -> None:
    hostile = '<script>window.hit=1</script><img src=x onerror="window.hit=1"> =cmd() عقار 睡眠'
    ris = app.data / "hostile.ris"
    ris.write_text(
        f"TY  - JOUR\nTI  - {hostile}\nAU  - <script>window.hit=1</script>, A\n"
        f"AB  - {'word ' * 10_000}{hostile}\nER  - \n",
        encoding="utf-8",
    )
    import_file(app, str(ris))
    page.goto(f"{app.url}/screen?report=R{LIBRARY_SIZE + 1:06d}")
    settled(page)
    expect(page.get_by_text("<script>window.hit=1</script>").first).to_be_visible()
    assert page.evaluate("window.hit") is None


def import_file(app: App, path: str) -> None:
    """Import as the command line does."""
    subprocess.run(
        [sys.executable, "-m", "review", "import", path],
        cwd=ROOT,
        env={**os.environ, **environment(app.data, None)},
        check=True,
        capture_output=True,
    )
