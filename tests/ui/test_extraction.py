"""The page of data extraction, from ``app.py`` without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.config import from_environment
from review.events.extraction import Extractable
from review.extraction import service as extraction
from review.workspace import Workspace, open_workspace
from tests.extraction.test_extraction import FIELDS
from tests.factories import include
from tests.ui.conftest import REVIEWER, at_page, press, words_on

REPORT, OTHER = "P000004", "P000008"


@pytest.fixture
def ws(data: Path, app: AppTest) -> Iterator[Workspace]:
    """The review that the app has made, whose protocol declares fields."""
    path = data / "protocol.yaml"
    path.write_text(path.read_text(encoding="utf-8") + FIELDS, encoding="utf-8")
    app.run()
    review = open_workspace(from_environment())
    for report in (REPORT, OTHER):
        include(review, report)
    yield review
    review.store.close()


def field(app: AppTest, id_: str) -> AppTest:
    app.session_state["extraction-field"] = id_
    return app.run()


def key(name: str, of: str, arm: str = "") -> str:
    return f"extraction-{name}-{REPORT}-{of}-{arm}"


def test_without_fields_the_page_shows_how_to_declare_them(app: AppTest) -> None:
    at_page(app, "extraction")
    assert "The protocol declares no fields" in words_on(app)
    assert "per: arm" in app.code[0].value


def test_fields_are_filled_in_one_after_the_other_and_stand_in_the_table(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "extraction")
    assert app.query_params["report"] in (REPORT, [REPORT])
    app.text_input(key=key("value", "people")).set_value("1,204")
    app.text_area(key=key("quote", "people")).set_value("1,204 <b>people</b>")
    app.text_input(key=key("place", "people")).set_value("p. 3")
    press(app, f"extraction-keep-{REPORT}")
    assert app.session_state["extraction-field"] == "dose"  # the next one is open
    app.text_input(key="extraction-new-arm").set_value("Low dose")
    press(app, "extraction-add-arm")
    app.text_input(key=key("value", "dose", "low dose")).set_value("10")
    press(app, f"extraction-keep-{REPORT}")
    app.segmented_control(key=key("state", "began")).set_value(Extractable.NOT_REPORTED)
    press(app, f"extraction-keep-{REPORT}")
    app.selectbox(key=key("value", "setting")).set_value("clinic")
    press(app, f"extraction-keep-{REPORT}")
    rows = [(row.arm, row.values) for row in extraction.table(ws, REVIEWER)]
    assert rows == [
        ("", {"people": "1204", "began": "Not reported", "setting": "Clinic"}),
        ("Low dose", {"dose": "10 mg"}),
    ]
    field(app, "people")
    assert "1,204 &lt;b&gt;people" in words_on(app) and "(p. 3)" in words_on(app)
    assert app.text_input(key=key("value", "people")).value == "1204"
    press(app, f"extraction-undo-{REPORT}")
    assert app.session_state["extraction-field"] == "setting"
    assert app.selectbox(key=key("value", "setting")).value is None
    at_page(app, "extraction", view="table")
    assert "1 report extracted from" in words_on(app) and not app.exception


def test_a_value_of_another_kind_is_refused_and_stays_in_its_field(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "extraction", report=REPORT)
    app.text_input(key=key("value", "people")).set_value("about forty")
    press(app, f"extraction-keep-{REPORT}")
    assert "is a number such as 12" in words_on(app)
    assert app.text_input(key=key("value", "people")).value == "about forty"
    app.text_input(key=key("value", "people")).set_value(" ")
    press(app, f"extraction-keep-{REPORT}")
    assert "say that it is not reported" in words_on(app)
    assert extraction.table(ws, REVIEWER) == []


def test_what_two_people_took_is_compared_and_agreed_on(
    app: AppTest, ws: Workspace, data: Path
) -> None:
    path = data / "protocol.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "extractors: 2\n", encoding="utf-8")
    two = open_workspace(from_environment())
    extraction.extract(two, REPORT, "people", "Ben", "48")
    at_page(app, "extraction", report=REPORT)
    field(app, "people")
    assert "<b>48</b>" not in words_on(app)
    app.text_input(key=key("value", "people")).set_value("50")
    press(app, f"extraction-keep-{REPORT}")
    field(app, "people")
    assert "<b>48</b>" in words_on(app) and "They differ." in words_on(app)
    (agree, *_) = [b.key for b in app.button if str(b.key).startswith("extraction-agree")]
    press(app, str(agree))
    assert extraction.table(two, REVIEWER)[0].values == {"people": "48"}
    two.store.close()


def test_next_opens_another_report(app: AppTest, ws: Workspace) -> None:
    at_page(app, "extraction", report=REPORT)
    press(app, f"extraction-next-{REPORT}")
    assert app.query_params["report"] in (OTHER, [OTHER])
