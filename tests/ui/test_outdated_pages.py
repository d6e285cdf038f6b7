"""A page drawn before a merge: its presses store nothing, and what was typed stays."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from review.coding import service as coding
from review.dedupe import manual_decisions
from review.model import Stage, VoteValue
from review.records import service as records
from review.screening import service as screening
from review.workspace import Workspace
from tests.ui.conftest import REVIEWER, at_page, press

FIRST, SECOND = "P000008", "P000009"
REFUSED = "Berta has judged: R000008 and R000009 merged"


def merge(ws: Workspace) -> None:
    manual_decisions.merge(ws, FIRST, SECOND, "Berta")


def refused(app: AppTest) -> bool:
    """Whether the page says who has merged the report."""
    return any(REFUSED in e.value.replace("\\", "") for e in app.error)


def test_a_tag_and_a_half_coded_finding_of_a_report_that_was_merged(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "coding", report=SECOND)
    app.session_state[f"finding-{SECOND}"] = True
    app.run()
    app.text_area(key=f"finding-quote-{SECOND}").set_value("half the dose")
    app.run()
    merge(ws)
    press(app, f"value-{SECOND}-study_design-qualitative")
    assert refused(app)
    assert coding.sheet(ws, FIRST).tags == ()
    assert app.query_params["report"] in (FIRST, [FIRST])
    app.session_state[f"finding-{FIRST}"] = True
    app.run()
    assert app.text_area(key=f"finding-quote-{FIRST}").value == "half the dose"
    press(app, f"value-{FIRST}-study_design-qualitative")
    assert {t.value for t in coding.sheet(ws, FIRST).tags} == {"qualitative"}


def test_a_finding_drawn_before_a_merge(app: AppTest, ws: Workspace) -> None:
    at_page(app, "coding", report=FIRST)
    app.session_state[f"finding-{FIRST}"] = True
    app.run()
    for name, value in (
        ("exposure", "leaf_powder"), ("population", "human_healthy"),
        ("outcome", "pain_intensity"), ("study_design", "cohort"),
    ):  # fmt: skip
        app.selectbox(key=f"finding-{name}-{FIRST}").set_value(value)
    app.run()
    merge(ws)
    press(app, f"finding-add-{FIRST}")
    assert refused(app)
    assert coding.sheet(ws, FIRST).findings == ()
    press(app, f"finding-add-{FIRST}")
    (one,) = coding.sheet(ws, FIRST).findings
    assert (one.outcome, one.reviewer) == ("pain_intensity", REVIEWER)
    assert app.selectbox(key=f"finding-outcome-{FIRST}").value is None


def test_a_note_and_another_report_stay_typed(app: AppTest, ws: Workspace) -> None:
    at_page(app, "records", report=SECOND)
    app.text_area(key=f"report-note-{SECOND}").set_value("ask the authors")
    app.text_input(key=f"link-other-{SECOND}").set_value("P000012")
    merge(ws)
    press(app, f"keep-report-note-{SECOND}")
    assert refused(app)
    assert records.dossier(ws, FIRST, REVIEWER).notes == ()
    assert app.text_area(key=f"report-note-{FIRST}").value == "ask the authors"
    assert app.text_input(key=f"link-other-{FIRST}").value == "P000012"
    press(app, f"keep-report-note-{FIRST}")
    assert [text for _, text, _ in records.dossier(ws, FIRST, REVIEWER).notes] == [
        "ask the authors"
    ]
    press(app, f"link-{FIRST}")
    assert records.get(ws, "P000012").study == records.get(ws, FIRST).study
    assert app.text_input(key=f"link-other-{FIRST}").value == ""


def test_a_note_on_a_vote_comes_along_to_the_merged_report(app: AppTest, ws: Workspace) -> None:
    at_page(app, "screening", report=SECOND)
    note = f"note-title_abstract-{SECOND}"
    app.text_area(key=note).set_value("unclear dose")
    merge(ws)
    press(app, f"include-title_abstract-{SECOND}")
    assert refused(app)
    assert not screening.own_votes(ws, FIRST, REVIEWER)
    assert app.text_area(key=f"note-title_abstract-{FIRST}").value == "unclear dose"
    press(app, f"include-title_abstract-{FIRST}")
    (vote,) = screening.own_votes(ws, FIRST, REVIEWER)
    assert vote.note == "unclear dose"


def test_a_final_vote_takes_its_note_along_and_undo_brings_it_back(
    app: AppTest, ws: Workspace
) -> None:
    for who, value in (("Bo", VoteValue.INCLUDE), ("Cem", VoteValue.EXCLUDE)):
        screening.cast(ws, FIRST, Stage.TITLE_ABSTRACT, who, value)
    at_page(app, "conflicts")
    note = f"settle-note-title_abstract-{FIRST}"
    app.text_area(key=note).set_value("both read the abstract only")
    press(app, f"settle-include-title_abstract-{FIRST}")
    (vote,) = screening.own_votes(ws, FIRST, REVIEWER)
    assert vote.note == "both read the abstract only"
    press(app, "settle-undo")
    assert app.text_area(key=note).value == "both read the abstract only"


def test_a_draft_of_the_session_before_is_put_back_into_its_field(
    app: AppTest, ws: Workspace
) -> None:
    drafts = {f"finding-{name}-{FIRST}": said for name, said in (
        ("direction", "worse"), ("outcome", "pain_intensity"), ("population", "no such"),
        ("quote", "half the dose"),
    )}  # fmt: skip
    app.session_state["_draft_back"] = drafts
    at_page(app, "coding", report=FIRST).run()
    assert app.text_area(key=f"finding-quote-{FIRST}").value == "half the dose"
    assert app.selectbox(key=f"finding-outcome-{FIRST}").value == "pain_intensity"
    assert app.selectbox(key=f"finding-population-{FIRST}").value is None
    assert app.segmented_control(key=f"finding-direction-{FIRST}").value == "worse"
    assert not app.exception and not app.warning
