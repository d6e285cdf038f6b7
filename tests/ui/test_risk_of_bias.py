"""The page of risk of bias, from ``app.py`` without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from review.appraisal import files
from review.appraisal import service as appraisal
from review.appraisal.forms import OVERALL, Level
from review.coding import service as coding
from review.config import from_environment
from review.workspace import Workspace, open_workspace
from tests.appraisal.test_forms import own
from tests.ui.conftest import REVIEWER, at_page, press, words_on

TRIAL, CASE, COHORT = "P000004", "P000008", "P000012"


@pytest.fixture
def ws(app: AppTest) -> Iterator[Workspace]:
    """The review that the app has made, with two reports whose design has a form."""
    app.run()
    review = open_workspace(from_environment())
    coding.tag(review, TRIAL, "study_design", "rct_parallel", REVIEWER)
    coding.tag(review, CASE, "study_design", "case_report", REVIEWER)
    yield review
    review.store.close()


def shortcuts(app: AppTest) -> dict[str, str]:
    return {b.proto.shortcut.upper(): b.label for b in app.button if b.proto.shortcut}


def test_without_a_design_the_page_says_what_to_do(app: AppTest) -> None:
    at_page(app, "risk_of_bias")
    assert "No report has a confirmed study design" in words_on(app)
    at_page(app, "risk_of_bias", view="summary")
    assert not app.exception


def test_a_trial_is_judged_from_its_answers_and_the_summary_shows_it(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "risk_of_bias", report=TRIAL)
    assert "Randomisation process" in "".join(h.value for h in app.subheader)
    for question, said in (("1.1", "y"), ("1.2", "py"), ("1.3", "n")):
        assert {"Y", "U", "M", "N", "I"} <= set(shortcuts(app))
        press(app, f"answer-{TRIAL}-rob2-{question}-{said}")
    assert "the rules of the form suggest: Low" in words_on(app)
    press(app, f"judge-{TRIAL}-rob2-D1-accept")
    assert app.session_state["rob-domain"] == "D2"  # the next one is open
    for domain, judgement in (("D2", "low"), ("D3", "low"), ("D4", "some"), ("D5", "low")):
        press(app, f"judge-{TRIAL}-rob2-{domain}-{judgement}")
    assert "the rules of the form suggest: Some concerns" in words_on(app)
    press(app, f"judge-{TRIAL}-rob2-overall-high")  # people decide
    assert appraisal.overall_judgements(ws) == {TRIAL: Level.HIGH}
    press(app, f"rob-undo-{TRIAL}")
    assert appraisal.overall_judgements(ws) == {}
    press(app, f"judge-{TRIAL}-rob2-overall-some")
    at_page(app, "risk_of_bias", view="summary")
    assert "1 of 1 report judged; 1 some concerns" in words_on(app)
    assert 'aria-label="Measurement of the outcome: Some concerns"' in words_on(app)


def test_a_checklist_is_judged_item_by_item_and_next_opens_another_report(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "risk_of_bias", report=CASE)
    for n in range(1, 9):
        assert {"Y", "N", "U", "A"} <= set(shortcuts(app))
        press(app, f"judge-{CASE}-jbi_case_reports-Q{n}-y")
    press(app, f"judge-{CASE}-jbi_case_reports-overall-low")
    press(app, f"rob-next-{CASE}")
    assert app.query_params["report"] in (TRIAL, [TRIAL])
    assert appraisal.overall_judgements(ws) == {CASE: Level.LOW}


def test_words_are_kept_with_a_judgement_and_stay_in_their_fields(
    app: AppTest, ws: Workspace
) -> None:
    at_page(app, "risk_of_bias", report=TRIAL)
    app.session_state[f"rob-words-{TRIAL}-rob2-D1"] = True
    app.run()
    fields = {name: f"rob-{name}-{TRIAL}-rob2-D1" for name in ("quote", "place", "note")}
    app.text_area(key=fields["quote"]).set_value("sealed <b>envelopes</b>")
    app.text_input(key=fields["place"]).set_value("p. 3")
    app.text_area(key=fields["note"]).set_value("as in the protocol")
    press(app, f"rob-keep-{TRIAL}-rob2-D1")
    own = appraisal.sheet(ws, TRIAL, "rob2", REVIEWER).own["D1"]
    assert (own.quote_place, own.note) == ("p. 3", "as in the protocol")
    assert "sealed &lt;b&gt;envelopes" in words_on(app)
    assert app.text_area(key=fields["quote"]).value == "sealed <b>envelopes</b>"


def test_what_two_assessors_said_is_compared_and_agreed_on(
    app: AppTest, ws: Workspace, data: Path
) -> None:
    path = data / "protocol.yaml"
    path.write_text(path.read_text() + "\nappraisal: {assessors: 2}\n", encoding="utf-8")
    two = open_workspace(from_environment())
    for who, judgement in (("Ben", "low"), ("Kim", "high")):
        appraisal.judge(two, TRIAL, "rob2", OVERALL, judgement, who)
    two.store.close()
    at_page(app, "risk_of_bias", report=TRIAL)
    app.session_state["rob-domain"] = OVERALL
    app.run()
    assert "Assessors compared" in words_on(app)
    assert 'Overall risk of bias <span class="rt-muted">differ' in words_on(app)
    app.text_input(key=f"rob-why-{TRIAL}-rob2-overall").set_value("read again")
    press(app, f"agree-{TRIAL}-rob2-overall-some")
    assert "read again" in words_on(app)


def test_another_form_may_be_chosen_and_no_two_keys_are_one(app: AppTest, ws: Workspace) -> None:
    for form in appraisal.forms(ws):
        at_page(app, "risk_of_bias", report=TRIAL, form=form)
        assert app.selectbox(key="rob-form").value == form
        keys = [b.proto.shortcut for b in app.button if b.proto.shortcut]
        assert len(keys) == len(set(keys)) > 4, form


def test_a_form_with_mistakes_is_told_with_its_lines(app: AppTest, data: Path) -> None:
    (data / "forms").mkdir()
    (data / "forms" / "own.yaml").write_text("id: own\nlabel: Own\n", encoding="utf-8")
    at_page(app, "risk_of_bias")
    assert "own.yaml:1" in words_on(app).replace("\\", "")


def test_a_form_of_ones_own_is_judged_right_through(
    app: AppTest, ws: Workspace, data: Path, tmp_path: Path
) -> None:
    own(data)
    coding.tag(ws, COHORT, "study_design", "cohort", REVIEWER)
    at_page(app, "risk_of_bias", report=COHORT, form="own")
    assert app.selectbox(key="rob-form").value == "own"
    assert "Was it so?" in words_on(app) and "And then?" not in words_on(app)
    press(app, f"answer-{COHORT}-own-1.1-n")
    assert "And then?" not in words_on(app)  # asked only after a yes
    assert "the rules of the form suggest: Good" in words_on(app)
    press(app, f"answer-{COHORT}-own-1.1-y")
    assert "And then?" in words_on(app) and {"Y", "N"} <= set(shortcuts(app))
    press(app, f"answer-{COHORT}-own-1.2-n")
    assert "the rules of the form suggest: Bad" in words_on(app)
    press(app, f"judge-{COHORT}-own-A-accept")
    assert app.session_state["rob-domain"] == OVERALL
    assert "the rules of the form suggest: Bad" in words_on(app)
    press(app, f"judge-{COHORT}-own-overall-good")  # people decide
    after = open_workspace(from_environment())  # this one knows the form
    assert appraisal.overall_judgements(after) == {COHORT: Level.LOW}
    files.write_robvis(after, "own", tmp_path / "own.csv")
    assert ",Bad,Good" in (tmp_path / "own.csv").read_text("utf-8")
    after.store.close()
    at_page(app, "risk_of_bias", view="summary")
    app.session_state["rob-summary-form"] = "own"
    app.run()
    assert "1 of 1 report judged; 1 good" in words_on(app)
    assert 'aria-label="First: Bad"' in words_on(app) and not app.exception


def test_each_result_of_a_trial_has_a_sheet_of_its_own(app: AppTest, ws: Workspace) -> None:
    coding.tag(ws, TRIAL, "outcome", "pain_intensity", REVIEWER)
    appraisal.judge(ws, TRIAL, "rob2", OVERALL, "high", REVIEWER)
    at_page(app, "risk_of_bias", report=TRIAL, form="rob2")
    result = app.selectbox(key=f"rob-result-{TRIAL}-rob2-")
    assert result.options[:2] == ["Whole report", "Pain intensity"]
    result.select("pain_intensity").run()
    assert app.query_params["result"] in ("pain_intensity", ["pain_intensity"])
    assert "this one: not assessed" in words_on(app)
    app.session_state["rob-domain"] = OVERALL
    app.run()
    press(app, f"judge-{TRIAL}-rob2-overall-low")
    sheet = appraisal.sheet(ws, TRIAL, "rob2", REVIEWER, result="pain_intensity")
    assert sheet.state.words == "Low"
    assert appraisal.sheet(ws, TRIAL, "rob2", REVIEWER).state.words == "High"
    at_page(app, "risk_of_bias", view="summary")
    assert "1 of 1 report judged in 2 results; 1 high, 1 low" in words_on(app)
    at_page(app, "risk_of_bias", report=TRIAL, form="amstar2", result="pain_intensity",
            view="assess")  # fmt: skip
    assert not app.exception and not [s for s in app.selectbox if s.label == "Result"]
