"""A full text read and decided by keys alone, beside the card, in a real browser."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fpdf import FPDF
from playwright.sync_api import Page, expect

from review.config import from_environment
from review.fulltext import service as full_texts
from review.model import Stage, VoteValue
from review.screening.service import cast
from review.store import active_decisions
from review.workspace import open_workspace
from tests.journeys.conftest import App, at_rest, environment, press

pytestmark = pytest.mark.browser

REPORT = "P000004"

SELECT = """words => {
  const walk = document.createTreeWalker(
    document.querySelector(".rt-fulltext"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.data.indexOf(words)
    if (at < 0) continue
    const range = document.createRange()
    range.setStart(walk.currentNode, at)
    range.setEnd(walk.currentNode, at + words.length)
    window.getSelection().removeAllRanges()
    window.getSelection().addRange(range)
    return
  }
}"""


def article(folder: Path) -> Path:
    made = FPDF()
    made.set_font("Helvetica", size=12)
    for words in ("<b>A study</b>", "Methods", "Nobody took the plant.\nSleep was not measured."):
        made.add_page()
        made.multi_cell(0, 8, words)
    file = folder / "article.pdf"
    made.output(str(file))
    return file


def test_a_full_text_is_attached_read_searched_and_excluded_with_a_quote_by_keys(
    app: App, page: Page, tmp_path: Path
) -> None:
    ws = open_workspace(from_environment(environment(app.data, None)))
    cast(ws, REPORT, Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
    hosts: set[str | None] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))

    # The stage of the link is the stage of the page, and stays it with the keys pressed there.
    page.goto(f"{app.url}/overview")
    page.get_by_role("link", name="Screen full texts").click()
    chosen = page.get_by_role("radio", name="Full text")
    expect(chosen).to_be_checked()
    at_rest(page)
    page.keyboard.press("w")
    at_rest(page)
    expect(chosen).to_be_checked()
    page.goto(f"{app.url}/screen?stage=full_text&report={REPORT}")
    page.get_by_role("button", name="Attach a PDF").focus()
    page.keyboard.press("Enter")
    page.locator("input[type=file]").set_input_files(article(tmp_path))
    text = page.locator(".rt-fulltext")
    expect(text).to_have_text("<b>A study</b>")
    (file,) = full_texts.attachments(ws)
    assert file.report == REPORT and file.is_here
    at_rest(page)

    page.get_by_role("textbox", name="Search in the text").focus()
    page.keyboard.type("took the", delay=10)  # letters that would be keys elsewhere
    page.keyboard.press("Enter")
    hit = page.get_by_role("button", name="p. 3 (1)")
    hit.focus()
    page.keyboard.press("Enter")
    expect(text.locator("mark.rt-search")).to_have_text("took the")
    at_rest(page)
    page.keyboard.press("k")
    expect(text).to_have_text("Methods")
    at_rest(page)
    page.keyboard.press("j")
    expect(text).to_contain_text("Sleep was")
    at_rest(page)
    page.evaluate(SELECT, "was not measured")
    page.keyboard.press("Shift+Q")
    page.keyboard.press("n")
    note = page.get_by_role("textbox", name="Note on this vote")
    expect(note).to_have_value("“was not measured” (page 3)")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(note).to_have_count(0)
    press(page, "e", f"exclude-full_text-{REPORT}")
    press(page, "1", f"reason-not_kratom-full_text-{REPORT}")
    expect(page.get_by_test_id("stMain")).not_to_contain_text("Sleep was")
    with ws.store.read() as conn:
        (vote,) = [v for v in active_decisions.votes(conn, REPORT) if v.stage is Stage.FULL_TEXT]
    assert (vote.reason, vote.note) == ("not_kratom", "“was not measured” (page 3)")
    ws.store.close()

    page.goto(f"{app.url}/screen?stage=full_text&report={REPORT}")
    expect(page.get_by_role("radio", name="PDF")).to_be_visible()
    at_rest(page)
    page.get_by_role("radio", name="PDF").focus()
    page.keyboard.press("Space")
    frame = page.locator(f".st-key-full-text-pdf-{file.sha256}")
    expect(frame.locator("canvas").first).to_be_visible()  # the page is painted
    at_rest(page)

    page.goto(f"{app.url}/code?report={REPORT}")
    page.locator(f".st-key-full-text-words-{REPORT} summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Page, of 3").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(text).to_contain_text("Sleep was")
    at_rest(page)
    page.evaluate(SELECT, "was not measured")
    page.keyboard.press("Shift+Q")
    expect(page.get_by_label("Quote", exact=True)).to_have_value("was not measured")
    expect(page.get_by_label("Its place, if not in the abstract")).to_have_value("page 3")
    assert hosts <= {"localhost", "127.0.0.1", None, ""}
