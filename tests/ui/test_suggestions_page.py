"""Suggestions on the Code page: the list, what other rules change, how often people agreed."""

from __future__ import annotations

import time
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

from review.coding import service as coding
from review.coding import suggestion_changes
from review.store import suggestions
from review.workspace import Workspace
from tests.reviews import library_report
from tests.ui.conftest import REVIEWER, at_page, words_on

SURVEY = library_report("K020")
SECONDS = 60


def test_other_rules_change_nothing_before_the_press(app: AppTest, ws: Workspace) -> None:
    assert "would change" not in words_on(at_page(app, "coding", report=SURVEY))
    with ws.store.write() as conn:  # as if older rules had read them, and found one thing less
        suggestions.mark(conn, ["R000020"], "older")
        suggestions.replace(conn, ["R000020"], ["codebook triggers"], [])
    foretold = suggestion_changes.would_change(ws)
    assert foretold.new
    _until(app, f"{foretold.number:,} suggestion")
    assert suggestion_changes.would_change(ws).number == foretold.number
    app.button(key="make-anew").click().run()
    deadline = time.monotonic() + SECONDS
    while suggestion_changes.outdated_records(ws) and time.monotonic() < deadline:
        app.run()
    assert suggestion_changes.would_change(ws).number == 0
    assert "would change" not in words_on(app.run())


def _until(app: AppTest, words: str) -> None:
    """Draw the page until what is worked out behind it is shown."""
    deadline = time.monotonic() + SECONDS
    while words not in words_on(app.run()):
        assert time.monotonic() < deadline, words_on(app)


def test_a_rival_is_folded_and_a_source_without_words_says_so(app: AppTest, ws: Workspace) -> None:
    page = at_page(app, "coding", report=SURVEY)
    offered = coding.sheet(ws, SURVEY).open_suggestions["study_design"]
    values = list(dict.fromkeys(s.value for s in offered))
    shown = {b.key for b in page.button}
    assert f"Accept-{offered[0].id}-{SURVEY}" in shown
    rivals = [next(s for s in offered if s.value == v) for v in values[1:]]
    assert not any(f"Accept-{s.id}-{SURVEY}" in shown for s in rivals)
    said = words_on(page)
    assert "no words of the paper" in said and "(title)" in said
    if rivals:
        page.button(key=f"toggle-code-unfolded-{SURVEY}-study_design").click().run()
        assert {f"Accept-{s.id}-{SURVEY}" for s in rivals} <= {b.key for b in page.button}


def test_the_best_of_another_dimension_is_accepted_without_opening_it(
    app: AppTest, ws: Workspace
) -> None:
    page = at_page(app, "coding", report=SURVEY)
    page.button(key=f"toggle-code-unfolded-{SURVEY}-others").click().run()
    offered = coding.sheet(ws, SURVEY).open_suggestions
    dimension = next(name for name in offered if name != "study_design")
    first = offered[dimension][0]
    page.button(key=f"Accept-{first.id}-{SURVEY}").click().run()
    assert [(t.dimension, t.value) for t in coding.sheet(ws, SURVEY).tags] == [
        (dimension, first.value)
    ]


def test_how_often_people_agreed_unfolds(app: AppTest, ws: Workspace) -> None:
    first = coding.sheet(ws, SURVEY).open_suggestions["study_design"][0]
    coding.tag(ws, SURVEY, "study_design", first.value, REVIEWER, suggestion=first.id)
    page = at_page(app, "coding", report=SURVEY)
    assert "95% interval" not in words_on(page)
    page.button(key="toggle-precision").click().run()
    said = words_on(page)
    assert "seeing" in said and "95% interval" in said and "100%" in said


def test_blind_means_not_on_the_page(app: AppTest, data: Path, ws: Workspace) -> None:
    offered = coding.sheet(ws, SURVEY).open_suggestions["study_design"]
    code = next(s.code for s in offered if s.code)  # words may stand in the title, which is shown
    file = data / "protocol.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\ncoding:\n  blind: true\n", "utf-8")
    st.cache_resource.clear()
    page = at_page(app, "coding", report=SURVEY)
    said = words_on(page)
    assert "Coding is blind to suggestions" in said
    assert code not in said and not any("Accept-" in str(b.key) for b in page.button)
    coding.tag(ws, SURVEY, "study_design", offered[0].value, REVIEWER)
    assert "Coding is blind" not in words_on(page.run())


def test_a_dimension_is_asked_only_where_another_value_asks_for_it(
    app: AppTest, data: Path, ws: Workspace
) -> None:
    file = data / "codebook.yaml"
    asked = "    required: true\n    shown_if: {study_design: [cross_sectional_survey]}\n"
    text = file.read_text("utf-8").replace("  - id: region\n", f"  - id: region\n{asked}", 1)
    file.write_text(text, "utf-8")
    st.cache_resource.clear()
    assert "Region is not asked yet" in words_on(at_page(app, "coding", report=SURVEY))
    coding.tag(ws, SURVEY, "study_design", "case_report", REVIEWER)
    assert "Region does not apply" in words_on(app.run())
    coding.tag(ws, SURVEY, "study_design", "cross_sectional_survey", REVIEWER)
    assert "Region does not" not in words_on(app.run())
    app.session_state["code-dimension"] = "region"
    assert "Required." in words_on(app.run())
    coding.tag(ws, SURVEY, "region", "SE_Asia", REVIEWER)
    coding.tag(ws, SURVEY, "study_design", "case_report", REVIEWER)
    assert "Its values stay until taken away" in words_on(app.run())
