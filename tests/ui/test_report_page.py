"""The page Report: which diagram, own words, texts to read, checklists to fill."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from review import config
from review.model import Stage, VoteValue
from review.reporting import flows
from review.reporting import service as reporting
from review.reporting.texts import service as texts
from review.screening import service as screening
from review.versions import service as versions
from review.workspace import Workspace, open_workspace
from tests.ui.conftest import SURVEY, at_page, links, words_on


def opened(data: Path) -> Workspace:
    return open_workspace(config.from_environment())


def test_an_updated_review_is_offered_once_there_is_a_version(app: AppTest, data: Path) -> None:
    at_page(app, "report")
    assert not app.get("button_group")[1:]  # nothing to choose a kind of diagram from
    ws = opened(data)
    versions.make(ws, "Ann", "First")
    versions.prepare(ws, versions.moment(ws, "1"))
    at_page(app, "report", diagram="living", since="1")
    assert not app.exception
    assert "Total studies included in review" in words_on(app)
    at_page(app, "report", diagram="nonsense", since="99")
    assert not app.exception


def test_a_box_is_put_in_other_words_and_back(app: AppTest, data: Path) -> None:
    at_page(app, "report")
    app.selectbox(key="flow-box").set_value("duplicates").run()
    app.text_input(key="flow-words-duplicates").set_value("Copies *of* the same").run()
    app.button(key="flow-keep").click().run()
    assert not app.exception
    ws = opened(data)
    assert flows.drawing(ws).choices.words == {"duplicates": "Copies *of* the same"}
    app.button(key="flow-back").click().run()
    assert flows.drawing(ws).choices.words == {}


def test_a_text_can_be_read_and_taken_along(app: AppTest, data: Path) -> None:
    at_page(app, "report", view="texts")
    app.selectbox(key="report-text").set_value("methods").run()
    assert not app.exception
    assert "Selection process" in words_on(app)
    labels = [b.proto.label for b in app.get("download_button")]
    assert labels == ["Word", "Markdown"]


def test_an_item_of_a_checklist_is_written_and_taken_back(app: AppTest, data: Path) -> None:
    at_page(app, "report", view="checklists")
    app.session_state["report_items_open"] = {"swim-2"}
    app.selectbox(key="report-checklist").set_value("swim").run()
    assert "Describe the metric" in words_on(app)
    app.text_area(key="item-swim-2-new").set_value("Direction alone.").run()
    app.button(key="keep-text-swim-2-new").click().run()
    assert not app.exception
    (one,) = [a for a in texts.answers(opened(data), "swim") if a.item.number == "2"]
    assert one.written is not None and one.written.text == "Direction alone."
    assert "Direction alone" in words_on(app)
    app.button(key=f"back-swim-2-{one.written.event}").click().run()
    assert "Written:" not in words_on(app)


def test_the_report_shows_the_numbers_of_the_flow(app: AppTest, ws: Workspace) -> None:
    screening.cast(ws, SURVEY, Stage.TITLE_ABSTRACT, "Ben", VoteValue.INCLUDE)
    screening.cast(ws, SURVEY, Stage.FULL_TEXT, "Ben", VoteValue.INCLUDE)
    at_page(app, "report")
    boxes = reporting.flow(ws).boxes
    found = links(app)
    assert f"**{boxes['records_screened']:,}** Records to screen" in found
    assert f"ids={SURVEY}" in found["**1** Reports of included studies"]
    assert [w.value for w in app.warning] == []


def test_every_export_is_offered(app: AppTest) -> None:
    at_page(app, "report", view="exports")
    labels = [b.proto.label for b in app.get("download_button")]
    for words in ("Table of reports (CSV)", "Workbook (Excel)", "References (RIS)", "Votes (CSV)"):
        assert words in labels
