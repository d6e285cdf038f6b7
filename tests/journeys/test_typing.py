"""Typing never decides, and what was typed comes back: on Code, Conflicts and Duplicates."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from review.config import from_environment
from review.dedupe import service as dedupe
from review.events import (
    Event,
    PairRuled,
    RecordMended,
    ReportPostponed,
    SuggestionAnswered,
    TagGiven,
    Undone,
    VoteCast,
)
from review.model import Stage, VoteValue
from review.screening import service as screening
from review.store import Store, log, pairs
from review.workspace import open_workspace
from tests.journeys.conftest import App, at_rest

pytestmark = pytest.mark.browser

LETTERS = "sdtliemuaxn"
REPORT = "P000009"


def begin(app: App) -> None:
    """One conflict, one pair to judge."""
    ws = open_workspace(from_environment({"REVIEW_DATA": str(app.data)}))
    screening.cast(ws, REPORT, Stage.TITLE_ABSTRACT, "Ben", VoteValue.INCLUDE)
    screening.cast(ws, REPORT, Stage.TITLE_ABSTRACT, "Cem", VoteValue.EXCLUDE, reason="language")
    dedupe.dedupe(ws)
    with ws.store.write() as conn:
        row = {"score": 0.5, "verdict": "unsure", "why": "they look alike"}
        pairs.replace(conn, None, [{"id_a": "R000011", "id_b": "R000012", **row}])
    ws.store.close()


def decided(app: App) -> list[Event]:
    said = (TagGiven, SuggestionAnswered, VoteCast, ReportPostponed, RecordMended, Undone)
    kinds = (PairRuled, *PairRuled.__subclasses__(), *said)
    with closing(Store(app.db)) as store, store.read() as conn:
        return list(log.events(conn, kinds))


def test_letters_belong_to_what_takes_text_and_come_back(app: App, page: Page) -> None:
    begin(app)
    before = len(decided(app))
    kept = "sessionStorage.getItem('review_drafts')"

    # A finding that is half coded: on Code.
    page.goto(f"{app.url}/code?report={REPORT}")
    page.get_by_text("Add a finding", exact=True).click()
    quote = page.get_by_label("Quote", exact=True)
    quote.click()
    page.keyboard.type(f"{LETTERS} half the dose")
    page.get_by_role("radio", name="Worse").or_(page.get_by_text("Worse", exact=True)).first.click()
    page.wait_for_function(f"{kept}.includes('worse')")  # choices are kept once the server has them
    at_rest(page)
    for letter in [*LETTERS, "Shift+A", "Shift+X", "Shift+N"]:
        page.keyboard.press(letter)
    at_rest(page)
    page.reload()
    expect(quote).to_have_value(f"{LETTERS} half the dose")
    quote.press("End")
    page.keyboard.type(", twice")  # not handed to the server by leaving the field
    page.reload()
    expect(quote).to_have_value(f"{LETTERS} half the dose, twice")
    quote.press("End")
    page.keyboard.type(" a day")  # nor by pressing anything but a link
    page.get_by_role("link", name="Records", exact=True).click()
    expect(page).to_have_url(f"{app.url}/records")
    at_rest(page)
    page.go_back()
    expect(quote).to_have_value(f"{LETTERS} half the dose, twice a day")
    assert len(decided(app)) == before

    # The note on a final vote: on Conflicts.
    page.goto(f"{app.url}/conflicts")
    expect(page.get_by_role("button", name="Include")).to_be_visible()
    at_rest(page)
    page.keyboard.press("w")
    note = page.get_by_role("textbox", name="Note on the final vote")
    expect(note).to_be_visible()
    page.keyboard.type("include it")
    expect(note).to_have_value("include it")
    at_rest(page)
    assert len(decided(app)) == before
    page.reload()
    at_rest(page)
    page.keyboard.press("w")
    expect(note).to_have_value("include it")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    page.keyboard.press("i")
    expect(page.get_by_text("No votes disagree.")).to_be_visible()
    vote = decided(app)[-1]
    assert isinstance(vote.data, VoteCast) and vote.data.final and vote.data.note == "include it"
    assert len(decided(app)) == before + 1
    page.wait_for_function(f"!{kept}.includes('settle-note')")  # used, so not kept any more
    assert "half the dose" in page.evaluate(kept) and "worse" in page.evaluate(kept)

    # A text added by hand: on Screen; the form open, letters outside its fields press nothing.
    page.goto(f"{app.url}/screen")
    at_rest(page)
    page.get_by_role("button", name=re.compile("Add the abstract|Mend the text")).click()
    source = page.get_by_role("textbox", name="Where it is from")
    expect(source).to_be_in_viewport()  # though the button stands below the card
    source.click()
    page.keyboard.type(f"{LETTERS}pbw")
    page.keyboard.press("Escape")
    at_rest(page)
    for letter in f"{LETTERS}pbw":
        page.keyboard.press(letter)
    at_rest(page)
    expect(source).to_have_value(f"{LETTERS}pbw")
    page.keyboard.press("Escape")  # the one before left the field, this one puts the form away
    expect(source).to_have_count(0)
    assert len(decided(app)) == before + 1

    # What composes a letter is no key, and another alphabet's letters go by their place.
    page.reload()
    expect(page.get_by_role("button", name="Include")).to_be_visible()
    at_rest(page)
    browser = page.context.new_cdp_session(page)
    for key, code in [("Process", "KeyI"), ("Dead", "KeyM"), ("т", "KeyN"), ("ш", "KeyI")]:
        stroke = {"key": key, "code": code, "windowsVirtualKeyCode": ord(code[-1])}
        text = {"text": key} if len(key) == 1 else {}
        browser.send("Input.dispatchKeyEvent", {"type": "keyDown", **stroke, **text})
        browser.send("Input.dispatchKeyEvent", {"type": "keyUp", **stroke})
        at_rest(page)
    expect(page.get_by_role("textbox", name="Note on this vote")).to_have_value("ш")
    assert len(decided(app)) == before + 1

    # The name of who works, beside a pair: on Duplicates.
    page.goto(f"{app.url}/duplicates")
    expect(page.get_by_role("button", name="Same text")).to_be_visible()
    at_rest(page)
    page.get_by_label("Working as").click()
    page.keyboard.type("sdtlu")
    at_rest(page)
    assert len(decided(app)) == before + 1

    # A secret waits over a change of page, but never in the browser's storage: on Settings.
    page.goto(f"{app.url}/settings")
    secret = page.get_by_role("textbox", name="OpenAlex key")
    at_rest(page)
    secret.fill("keyOfOurs123")
    page.get_by_role("link", name="Records", exact=True).click()
    expect(page).to_have_url(f"{app.url}/records")
    page.go_back()
    expect(secret).to_have_value("keyOfOurs123")
    assert "keyOfOurs123" not in page.evaluate(kept)


def test_a_press_on_a_link_counts_though_the_field_before_it_was_not_sent_yet(
    app: App, page: Page
) -> None:
    page.goto(f"{app.url}/settings")
    secret = page.get_by_role("textbox", name="OpenAlex key")
    at_rest(page)
    secret.fill("keyOfOurs123")
    # The browser is so busy that the button of the mouse is up again before the field is sent.
    page.evaluate("""() => document.addEventListener("mousedown", () => {
        const end = performance.now() + 500
        while (performance.now() < end);
    }, true)""")
    page.get_by_role("link", name="Records", exact=True).click()
    expect(page).to_have_url(f"{app.url}/records")
    page.go_back()
    expect(secret).to_have_value("keyOfOurs123")
