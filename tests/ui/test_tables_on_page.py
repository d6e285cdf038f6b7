"""Tables and large exports on the page Report."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from review.reporting import table_views
from review.ui import jobs, session
from review.ui.report import large_export, tables_part
from review.workspace import Workspace

from .conftest import REVIEWER, at_page, words_on


@pytest.fixture
def ws(app: AppTest) -> Iterator[Workspace]:
    app.run()
    yield session.workspace()


def test_a_table_is_chosen_by_address_and_its_columns_are_kept_as_a_view(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "report", table="merges")
    assert app.selectbox(key=tables_part.CHOICE).value == "merges"
    app.selectbox(key=tables_part.CHOICE).select("claims").run()
    app.multiselect(key=f"{tables_part.COLUMNS}-claims").select("level").select("text").run()
    assert list(app.dataframe[0].value.columns) == ["level", "text"]
    app.text_input(key=tables_part.VIEW_NAME).input("Where claims stand").run()
    app.button(key="report-view-save").click().run()
    assert not app.exception
    view = table_views.View("Where claims stand", "claims", ("level", "text"))
    assert table_views.saved(ws, REVIEWER) == {view.name: view}
    app.selectbox(key=tables_part.CHOICE).select("votes").run()
    assert "nothing in this table yet" in words_on(app)
    app.button(key="report-view-0").click().run()
    assert app.selectbox(key=tables_part.CHOICE).value == "claims"
    assert list(app.dataframe[0].value.columns) == ["level", "text"]
    app.button(key="report-view-remove-0").click().run()
    assert table_views.saved(ws, REVIEWER) == {}


def test_an_export_of_many_reports_is_made_behind_the_page(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large_export, "LARGE", 10)
    at_page(app, "report")
    app.button(key="export-csv").click().run()
    for thread in threading.enumerate():
        if thread.name == f"job-{large_export.JOB}":
            thread.join(60)
    app.run()
    assert not app.exception
    assert any(", written" in caption.value for caption in app.caption)
    made = next(job.result for job in jobs.registry().ended(large_export.JOB))
    assert made.path.read_bytes().count(b"P000") > made.reports
