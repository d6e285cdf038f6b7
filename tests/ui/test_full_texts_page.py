"""The page of full texts: files chosen at once are attached behind it, and the rest is asked."""

from __future__ import annotations

import threading

import pytest
from fpdf import FPDF
from streamlit.testing.v1 import AppTest

from review.config import from_environment
from review.events.full_text import Said
from review.fulltext import service
from review.fulltext.service import Hit
from review.model import Stage, VoteValue
from review.screening import service as screening
from review.ui.screening.full_text_panel import HITS, _near
from review.workspace import open_workspace
from tests.fulltext.test_full_texts import pdf
from tests.ui.conftest import ROOT, at_page, words_on

FILES = [
    ("P000001.pdf", pdf("one"), "application/pdf"),
    ("page.pdf", b"<html>", "application/pdf"),
    ("who knows.pdf", pdf("two"), "application/pdf"),
]


def ended(app: AppTest) -> AppTest:
    """The page once the files are attached."""
    for thread in threading.enumerate():
        if thread.name == "job-full-texts":
            thread.join(60)
    return app.run()


def test_files_are_attached_behind_the_page_and_what_is_not_plain_is_asked(app: AppTest) -> None:
    at_page(app, "full_text")
    app.file_uploader[0].set_value(FILES).run()
    ended(app)
    said = words_on(app) + "".join(e.value for e in app.error)
    assert "page.pdf is no PDF" in said and "Which report is it? · 1" in said
    assert [toast.value for toast in app.toast] == ["1 file of 3 attached."]
    ws = open_workspace(from_environment())
    assert [(a.report, a.name) for a in service.attachments(ws)] == [("P000001", "P000001.pdf")]
    (asked,) = service.asked(ws)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)  # as after a reload
    at_page(app, "full_text")
    app.text_input(key=f"full-texts-id-{asked.sha256}").set_value("P000002").run()
    app.button(key=f"full-texts-attach-{asked.sha256}").click().run()
    assert [a.report for a in service.attachments(ws)] == ["P000001", "P000002"]
    assert "Which report is it?" not in words_on(app) and not app.exception
    ws.store.close()


def test_open_copies_are_looked_for_where_the_full_text_is_sought(app: AppTest) -> None:
    ws = open_workspace(from_environment())
    for report in ("P000001", "P000002"):
        screening.cast(ws, report, Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
    service.state(ws, "P000002", Said.ON_PAPER, "Ann")
    ws.store.close()
    at_page(app, "full_text")
    assert app.button(key="open-copies").label == "Look for open copies"
    assert "1 look-up at OpenAlex" in words_on(app)


def test_a_file_of_what_counts_as_not_retrieved_is_told_until_the_vote_is_changed(
    app: AppTest,
) -> None:
    ws = open_workspace(from_environment())
    screening.cast(ws, "P000001", Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
    service.not_retrieved(ws, "P000001", "Ann", "no answer")
    told = "Not retrieved by the votes, but a file is here · 1"
    at_page(app, "full_text")
    assert told not in words_on(app)
    service.attach(ws, "P000001", "late.pdf", pdf("late"), "Ann")
    assert told in words_on(app.run())
    screening.cast(ws, "P000001", Stage.FULL_TEXT, "Ann", VoteValue.INCLUDE, replace=True)
    assert told not in words_on(app.run()) and not app.exception
    ws.store.close()


def test_the_hits_about_the_page_that_is_read_have_buttons() -> None:
    found = [Hit(page, 1) for page in range(1, 201, 2)]
    for hit in found:
        near = _near(found, hit.page)
        assert len(near) == HITS and hit in near
    assert _near(found[:2], 3) == found[:2] and _near([], 1) == []


def test_what_was_attached_before_it_was_cancelled_stays_and_is_told(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    kept = service._kept

    def slowly(*given: object) -> object:
        begun.set()
        assert go_on.wait(60)
        return kept(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "_kept", slowly)
    at_page(app, "full_text")
    app.file_uploader[0].set_value([FILES[0], FILES[2]]).run()
    assert begun.wait(60)
    app.run()
    assert not app.file_uploader  # one lot at a time
    app.button(key="cancel-full-texts").click().run()
    go_on.set()
    ended(app)
    assert [t.value for t in app.toast] == ["1 file of 1 attached; stopped before the others."]
    assert app.file_uploader and not app.exception


def test_the_viewer_is_not_given_a_file_that_asks_for_a_password(app: AppTest) -> None:
    """It would ask for it again and again, and nothing else could be done in the tab."""
    made = FPDF()
    made.set_encryption(owner_password="o", user_password="u")
    made.add_page()
    ws = open_workspace(from_environment())
    screening.cast(ws, "P000001", Stage.TITLE_ABSTRACT, "Ann", VoteValue.INCLUDE)
    app.session_state["full_text_view"] = "PDF"
    for content, viewers in ((pdf("open"), 1), (bytes(made.output()), 0)):  # the newest is shown
        service.attach(ws, "P000001", "article.pdf", content, "Ann")
        at_page(app, "screening", stage="full_text", report="P000001")
        drawn = [str(e.proto) for e in app.get("bidi_component")]
        assert sum("pdf_viewer" in one for one in drawn) == viewers and not app.exception
    assert "protected by a password" in words_on(app)
    ws.store.close()
