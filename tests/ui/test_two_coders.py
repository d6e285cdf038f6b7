"""The pages where two people code each report apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.coding import forms
from review.coding import service as coding
from review.config import from_environment
from review.initialise import begin
from review.store import active_decisions
from review.workspace import Workspace, open_workspace
from tests.ui.conftest import REVIEWER, at_page, words_on

SECRET = "Zuleika"
REPORT = "P000001"


@pytest.fixture
def ws(data: Path) -> Iterator[Workspace]:
    file = data / "protocol.yaml"
    file.write_text(f"{file.read_text('utf-8')}\ncoding: {{reviewers_per_report: 2}}\n", "utf-8")
    ws = open_workspace(from_environment(), create=True)
    begin(ws, "keeper", later=lambda _: None)
    coding.tag(ws, REPORT, "study_design", "cohort", SECRET, quote="a secret doubt")
    coding.tag(ws, REPORT, "outcome", "death", SECRET)
    forms.finish(ws, REPORT, SECRET)
    yield ws
    ws.store.close()


def press(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def test_nothing_of_the_other_form_is_on_a_page_until_ones_own_is_finished(
    ws: Workspace, app: AppTest
) -> None:
    shown = {}
    for page, params in (
        ("coding", {"report": REPORT}),
        ("records", {"report": REPORT}),
        ("conflicts", {"view": "codes"}),
        ("settings", {}),
        ("overview", {}),
    ):
        app.query_params.clear()
        shown[page] = words_on(at_page(app, page, **params))
        assert not app.exception, page
        shown[page] += "".join(str(d.value) for d in app.dataframe)
    assert [p for p, text in shown.items() if SECRET in text or "secret doubt" in text] == []


def test_a_form_is_finished_compared_and_settled_on_the_pages(ws: Workspace, app: AppTest) -> None:
    coding.tag(ws, REPORT, "study_design", "case_report", REVIEWER)
    at_page(app, "coding", report=REPORT)
    press(app, f"finish-{REPORT}")
    assert any("Outcome" in e.value for e in app.error)
    coding.tag(ws, REPORT, "outcome", "death", REVIEWER)
    at_page(app, "coding", report=REPORT)
    press(app, f"finish-{REPORT}")
    app.query_params.clear()
    words = words_on(at_page(app, "conflicts", view="codes"))
    assert SECRET in words and "the same on 0 of 1 report" in words
    press(app, f"compare-{REPORT}-study_design-2")
    assert forms.to_compare(ws) == []
    (row, *_) = forms.comparison(ws, REPORT).dimensions
    assert row.settled is not None
    assert (row.settled.reviewer, row.settled.why) == (REVIEWER, "Discussed")
    assert "No coding forms disagree" in words_on(app)


def test_the_codebook_is_edited_and_reports_recoded_in_the_browser(
    ws: Workspace, app: AppTest, data: Path
) -> None:
    file = data / "protocol.yaml"
    file.write_text(file.read_text("utf-8").replace("per_report: 2", "per_report: 1"), "utf-8")
    at_page(app, "settings")
    app.selectbox(key="codebook-action").select("split").run()
    app.selectbox(key="codebook-dimension").select("outcome").run()
    app.selectbox(key="codebook-value").select("death").run()
    app.text_area(key="codebook-label").input("Death by kratom\nDeath with kratom").run()
    press(app, "codebook-do")
    assert "becomes: [death_by_kratom, death_with_kratom]" in (data / "codebook.yaml").read_text(
        "utf-8"
    )
    words = words_on(at_page(app, "coding", view="recode"))
    assert f"Given by {SECRET}" in words and "Death" in words
    press(app, f"recode-{REPORT}-outcome-death-death_with_kratom")
    with open_workspace(from_environment()).store.read() as conn:
        given = {t.value for t in active_decisions.tags(conn, REPORT)}
    assert given == {"cohort", "death_with_kratom"}
    app.query_params.clear()
    at_page(app, "settings")
    press(app, "codebook-undo")
    with open_workspace(from_environment()).store.read() as conn:
        given = {t.value for t in active_decisions.tags(conn, REPORT)}
    assert given == {"cohort", "death"}
