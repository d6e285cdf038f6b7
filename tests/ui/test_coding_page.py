"""The page Code: suggestions answered, findings confirmed, values given and taken off."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from review.coding import service as coding
from review.model import Answer, Direction
from review.workspace import Workspace
from tests.ui.conftest import (
    REVIEWER,
    SURVEY,
    at_page,
    press,
    words_on,
)


def test_a_suggestion_is_accepted_for_the_report_on_the_screen(app: AppTest, ws: Workspace) -> None:
    at_page(app, "coding", report=SURVEY)
    first = coding.sheet(ws, SURVEY).open_suggestions["study_design"][0]
    assert first.quote[:20] in words_on(app)
    press(app, f"Accept-{first.id}-{SURVEY}")
    found = coding.sheet(ws, SURVEY)
    assert [(t.value, t.reviewer) for t in found.tags] == [(first.value, REVIEWER)]
    answered = dict(found.answered_suggestions["study_design"])
    assert answered[first] is Answer.ACCEPTED


def test_a_suggestion_is_rejected_and_undo_brings_it_back(app: AppTest, ws: Workspace) -> None:
    at_page(app, "coding", report=SURVEY)
    first = coding.sheet(ws, SURVEY).open_suggestions["study_design"][0]
    press(app, f"Reject-{first.id}-{SURVEY}")
    assert first not in coding.sheet(ws, SURVEY).open_suggestions.get("study_design", ())
    press(app, f"undo-{SURVEY}")
    assert first in coding.sheet(ws, SURVEY).open_suggestions["study_design"]


def test_another_value_corrects_the_suggestion(app: AppTest, ws: Workspace) -> None:
    at_page(app, "coding", report=SURVEY)
    first = coding.sheet(ws, SURVEY).open_suggestions["study_design"][0]
    assert first.value != "qualitative"
    press(app, f"value-{SURVEY}-study_design-qualitative")
    found = coding.sheet(ws, SURVEY)
    assert [t.value for t in found.tags] == ["qualitative"]
    assert dict(found.answered_suggestions["study_design"])[first] is Answer.CHANGED


def test_a_value_is_taken_off_by_the_same_button(app: AppTest, ws: Workspace) -> None:
    at_page(app, "coding", report=SURVEY)
    for _ in range(2):
        press(app, f"value-{SURVEY}-study_design-qualitative")
    assert coding.sheet(ws, SURVEY).tags == ()


def test_no_two_buttons_on_the_sheet_share_a_key(app: AppTest, ws: Workspace) -> None:
    book = ws.protocol.codebook
    at_page(app, "coding", report=SURVEY)
    app.session_state["code-more"] = True
    for dimension in book.dimensions:
        app.session_state["code-dimension"] = dimension.id
        for group in dimension.groups:
            app.session_state[f"code-group-{dimension.id}"] = group
            app.run()
            keys = [b.proto.shortcut for b in app.button if b.proto.shortcut]
            assert len(keys) == len(set(keys)), (dimension.id, group, keys)


def test_next_opens_another_report_and_the_address_names_it(app: AppTest, ws: Workspace) -> None:
    at_page(app, "coding", report=SURVEY)
    press(app, f"next-{SURVEY}")
    named = app.query_params["report"]
    assert named not in (SURVEY, [SURVEY])


def test_a_proposed_finding_is_confirmed_and_removed(app: AppTest, ws: Workspace) -> None:
    report = next(
        id_
        for id_ in (f"P{n:06d}" for n in range(1, 60))
        if coding.sheet(ws, id_).proposed_findings
    )
    at_page(app, "coding", report=report)
    outcome = coding.sheet(ws, report).proposed_findings[0].outcome
    press(app, f"confirm-worse-{report}-{outcome}")
    (found,) = coding.sheet(ws, report).findings
    assert (found.outcome, found.direction) == (outcome, Direction.WORSE)
    press(app, f"remove-{found.event}")
    assert coding.sheet(ws, report).findings == ()


def test_several_designs_or_exposures_make_the_page_ask(app: AppTest, ws: Workspace) -> None:
    for dimension, value in (
        ("exposure", "mitragynine"),
        ("exposure", "leaf_powder"),
        ("population", "mouse"),
        ("study_design", "animal_in_vivo"),
        ("outcome", "pain_intensity"),
    ):
        coding.tag(ws, SURVEY, dimension, value, REVIEWER)
    at_page(app, "coding", report=SURVEY)
    assert "2 values of exposure" in words_on(app)
