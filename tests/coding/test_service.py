"""Tags, findings and suggestions as people work with them."""

from __future__ import annotations

import pytest

from review.coding import service
from review.errors import DecisionError, NotFoundError, OutdatedError
from review.events import FindingWritten, SuggestionAnswered
from review.model import Answer, Suggestion
from review.store import active_decisions, log
from tests.coding.conftest import Small
from tests.factories import exclude, include, paper, suggest
from tests.reviews import add

FINDING = {
    "exposure": "extract",
    "population": "human_chronic_pain",
    "outcome": "pain_intensity",
    "study_design": "rct_parallel",
    "reviewer": "Ann",
}


def tags(small: Small, report: str) -> list[tuple[str, str, str]]:
    with small.ws.store.read() as conn:
        return [(t.dimension, t.value, t.reviewer) for t in active_decisions.tags(conn, report)]


def events(small: Small) -> int:
    with small.ws.store.read() as conn:
        return len(list(log.events(conn)))


def test_a_dimension_with_one_answer_keeps_the_reviewers_last(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    service.tag(ws, report, "study_design", "cohort", "Ann")
    service.tag(ws, report, "study_design", "case_report", "Ann")
    service.tag(ws, report, "study_design", "cohort", "Ben")
    assert tags(small, report) == [
        ("study_design", "case_report", "Ann"),
        ("study_design", "cohort", "Ben"),
    ]
    service.undo_last(ws, "Ann")
    assert ("study_design", "cohort", "Ann") in tags(small, report)


def test_a_dimension_with_many_answers_keeps_all(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    for value in ("death", "sleep_quality"):
        service.tag(ws, report, "outcome", value, "Ann")
    assert len(tags(small, report)) == 2


def test_what_was_replaced_stays_replaced(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    for design in ("cohort", "case_report", "in_vitro"):
        service.tag(ws, report, "study_design", design, "Ann")
    assert tags(small, report) == [("study_design", "in_vitro", "Ann")]
    service.untag(ws, report, "study_design", "in_vitro", "Ann")
    assert tags(small, report) == []
    service.undo_last(ws, "Ann")
    service.undo_last(ws, "Ann")
    assert tags(small, report) == [("study_design", "case_report", "Ann")]


def test_the_same_value_again_is_no_new_step(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    first = service.tag(ws, report, "outcome", "death", "Ann", quote="died")
    before = events(small)
    assert service.tag(ws, report, "outcome", "death", "Ann").id == first.id
    assert events(small) == before


def test_words_of_the_codebook_are_understood(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    service.tag(ws, report, "population_species", "Regular kratom users", "Ann")
    assert tags(small, report) == [("population", "human_kratom_users_regular", "Ann")]


def test_unknown_words_name_the_closest_known_ones(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    with pytest.raises(DecisionError, match="sleep_quality"):
        service.tag(ws, report, "outcome", "sleep_qualty", "Ann")
    with pytest.raises(DecisionError, match="outcome"):
        service.tag(ws, report, "outcomes", "death", "Ann")
    with pytest.raises(DecisionError, match="name"):
        service.tag(ws, report, "outcome", "death", " ")
    with pytest.raises(NotFoundError):
        service.tag(ws, "P999999", "outcome", "death", "Ann")


def test_untag_takes_only_ones_own_tag_unless_asked(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    service.tag(ws, report, "outcome", "death", "Ben")
    with pytest.raises(DecisionError, match="Ben"):
        service.untag(ws, report, "outcome", "death", "Ann")
    service.untag(ws, report, "outcome", "death", "Ann", anyones=True)
    assert tags(small, report) == []
    service.undo_last(ws, "Ann")
    assert tags(small, report) == [("outcome", "death", "Ben")]


# ---- suggestions -------------------------------------------------------------------------------


def test_a_tag_answers_its_suggestion(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    yes, no = suggest(ws, report, "outcome", "death", "sleep_quality")
    service.tag(ws, report, "outcome", "death", "Ann", suggestion=yes)
    service.tag(ws, report, "outcome", "seizure", "Ann", suggestion=no)
    sheet = service.sheet(ws, report)
    said = {s.id: answer for s, answer in sheet.answered_suggestions["outcome"]}
    assert said == {yes: Answer.ACCEPTED, no: Answer.CHANGED}
    assert not sheet.open_suggestions
    assert [t.quote for t in sheet.tags] == ["words for death", ""]


def test_accepting_what_is_tagged_already_still_answers(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    (offer,) = suggest(ws, report, "outcome", "death")
    first = service.tag(ws, report, "outcome", "death", "Ann")
    assert service.tag(ws, report, "outcome", "death", "Ann", suggestion=offer).id == first.id
    ((_, said),) = service.sheet(ws, report).answered_suggestions["outcome"]
    assert said is Answer.ACCEPTED


def test_a_rejected_value_is_not_offered_by_another_source(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    (offer,) = suggest(ws, report, "outcome", "death")
    suggest(ws, report, "outcome", "death", source="library coding")
    service.reject(ws, offer, report, "Ann")
    assert not service.sheet(ws, report).open_suggestions
    undone = service.undo_last(ws, "Ann")
    assert undone is not None and isinstance(undone.data, SuggestionAnswered)
    assert len(service.sheet(ws, report).open_suggestions["outcome"]) == 2


def test_a_suggestion_is_answered_for_its_own_report_and_dimension(small: Small) -> None:
    ws, (report, other, *_) = small.ws, small.reports
    (offer,) = suggest(ws, report, "outcome", "death")
    with pytest.raises(DecisionError):
        service.reject(ws, offer, other, "Ann")
    with pytest.raises(DecisionError):
        service.tag(ws, report, "safety", "death", "Ann", suggestion=offer)
    with pytest.raises(NotFoundError):
        service.reject(ws, "G0", report, "Ann")


def test_suggestions_are_worked_out_once(small: Small) -> None:
    ws = small.ws
    (record,) = add(ws, [paper(9, abstract="We report a case of liver injury after kratom.")])
    assert service.refresh_suggestions(ws) > 0
    assert service.refresh_suggestions(ws) == 0
    assert service.refresh_suggestions(ws, [record]) == 0


def test_what_a_person_answered_survives_a_new_round(small: Small) -> None:
    ws = small.ws
    (record,) = add(ws, [paper(9, abstract="We report a case of liver injury after kratom.")])
    report = "P" + record[1:]
    service.refresh_suggestions(ws)
    (liver,) = [
        s
        for s in service.sheet(ws, report).open_suggestions["outcome"]
        if s.value == "liver_injury"
    ]
    service.reject(ws, liver.id, report, "Ann")
    service.refresh_suggestions(ws, [record])
    assert (liver, Answer.REJECTED) in service.sheet(ws, report).answered_suggestions["outcome"]


def test_suggestions_of_others_come_by_source_and_key(small: Small) -> None:
    ws = small.ws
    made = Suggestion("x1", "made-up:m1", "outcome", "death", 0.7, "library coding, one reader")
    assert service.add_suggestions(ws, [made]) == 1
    assert service.add_suggestions(ws, [made]) == 0
    assert service.sheet(ws, small.reports[0]).open_suggestions["outcome"][0].value == "death"
    with pytest.raises(NotFoundError, match="made-up:m99"):
        service.add_suggestions(
            ws, [Suggestion("x2", "made-up:m99", "outcome", "death", 0.7, "library coding")]
        )


# ---- findings ----------------------------------------------------------------------------------


def test_a_finding_is_stored_once_and_a_new_word_on_it_replaces_it(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    first = service.add_finding(
        ws, report, **FINDING, direction="better", comparator="Placebo or vehicle"
    )
    assert (
        service.add_finding(ws, report, **FINDING, direction="better", comparator="placebo").id
        == first.id
    )
    service.add_finding(ws, report, **FINDING, direction="no difference", comparator="placebo")
    (finding,) = service.sheet(ws, report).findings
    assert (finding.direction, finding.comparator) == ("no_difference", "placebo")
    service.remove_finding(ws, finding.event, "Ann")
    assert service.sheet(ws, report).findings == ()
    service.undo_last(ws, "Ann")
    assert len(service.sheet(ws, report).findings) == 1


def test_another_drug_may_be_named_as_comparator(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    service.add_finding(ws, report, **FINDING, comparator="zolpidem 10 mg")
    assert service.sheet(ws, report).findings[0].comparator == "zolpidem 10 mg"


@pytest.mark.parametrize("field", ["exposure", "population", "outcome", "study_design", "reviewer"])
def test_a_finding_needs_its_pairing(small: Small, field: str) -> None:
    with pytest.raises(DecisionError):
        service.add_finding(small.ws, small.reports[0], **{**FINDING, field: ""})
    with pytest.raises(DecisionError):
        service.add_finding(small.ws, small.reports[0], **FINDING, direction="up")


def test_findings_are_proposed_where_nothing_is_left_to_choose(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    for dimension in ("exposure", "population"):
        service.tag(ws, report, dimension, FINDING[dimension], "Ann")
    suggest(ws, report, "study_design", "cohort", "case_report")
    service.tag(ws, report, "outcome", "death", "Ann", quote="two died")
    service.tag(ws, report, "outcome", "seizure", "Ann")
    proposed = service.sheet(ws, report).proposed_findings
    assert [(f.outcome, f.study_design, f.quote) for f in proposed] == [
        ("death", "cohort", "two died"),
        ("seizure", "cohort", ""),
    ]
    service.add_finding(ws, report, **{**FINDING, "outcome": "death"})
    assert [f.outcome for f in service.sheet(ws, report).proposed_findings] == ["seizure"]
    service.tag(ws, report, "exposure", "mitragynine", "Ann")
    assert service.sheet(ws, report).proposed_findings == ()


# ---- what to code next -------------------------------------------------------------------------


def test_included_reports_are_coded_first_and_excluded_ones_never(small: Small) -> None:
    ws, (first, second, third) = small.ws, small.reports
    assert service.next_to_code(ws, "Ann") == first
    include(ws, third)
    exclude(ws, second)
    assert service.next_to_code(ws, "Ann") == third
    assert service.next_to_code(ws, "Ann", after=third) == first
    assert service.next_to_code(ws, "Ann", after=first) == third
    assert service.next_to_code(ws, "Ann", after=third, only_included=True) is None


def test_a_report_waits_until_design_and_outcome_are_confirmed(small: Small) -> None:
    ws, (first, second, _) = small.ws, small.reports
    service.tag(ws, first, "outcome", "death", "Ann")
    assert service.next_to_code(ws, "Ann") == first
    service.tag(ws, first, "study_design", "cohort", "Ann")
    assert service.next_to_code(ws, "Ann") == second
    service.tag(ws, second, "outcome", "death", "Ben")
    assert service.next_to_code(ws, "Ann") == small.reports[2]  # Ben is at work on the second
    assert service.next_to_code(ws, "Ben") == second


def test_progress_counts_what_is_coded(small: Small) -> None:
    ws, (first, second, third) = small.ws, small.reports
    service.tag(ws, first, "outcome", "death", "Ann")
    service.tag(ws, first, "study_design", "cohort", "Ann")
    service.add_finding(ws, second, **FINDING)
    suggest(ws, second, "outcome", "death")
    exclude(ws, third)
    include(ws, first)
    found = service.coding_progress(ws)
    assert (found.total, found.coded, found.waiting) == (2, 2, 0)
    assert (found.included, found.included_coded) == (1, 1)
    assert (found.tags, found.findings, found.open_suggestions) == (2 + 4, 1, 1)


def test_a_finding_confirms_the_tags_it_says_and_one_undo_takes_all_back(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    (offer,) = suggest(ws, report, "outcome", "pain_intensity")
    service.tag(ws, report, "study_design", "cohort", "Ann")
    service.tag(ws, report, "exposure", "extract", "Ben")
    before = service.sheet(ws, report)
    service.add_finding(ws, report, **FINDING)
    found = service.sheet(ws, report)
    given = {(t.dimension, t.value): t for t in found.tags}
    assert given["outcome", "pain_intensity"].quote == "words for pain_intensity"
    assert not found.open_suggestions.get("outcome")
    assert ("population", "human_chronic_pain") in given
    # What stands is left: the value Ben gave, and the one design that Ann has said.
    assert [t.reviewer for t in found.tags if t.dimension == "exposure"] == ["Ben"]
    assert [t.value for t in found.tags if t.dimension == "study_design"] == ["cohort"]
    undone = service.undo_last(ws, "Ann")
    assert isinstance(undone and undone.data, FindingWritten)
    after = service.sheet(ws, report)
    assert (after.tags, after.findings) == (before.tags, before.findings)
    assert after.open_suggestions == before.open_suggestions
    assert offer in {s.id for s in after.open_suggestions["outcome"]}


def test_a_code_of_another_system_is_no_quote_of_the_paper(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    for dimension in ("exposure", "population", "study_design", "outcome"):
        suggest(ws, report, dimension, FINDING[dimension], source="library coding")
    (offer,) = service.sheet(ws, report).open_suggestions["outcome"]
    assert (offer.words, offer.code) == ("", "words for pain_intensity")
    (proposed,) = service.sheet(ws, report).proposed_findings
    assert proposed.quote == ""
    service.tag(ws, report, "outcome", offer.value, "Ann", suggestion=offer.id)
    service.add_finding(ws, report, **FINDING)
    assert {t.quote for t in service.sheet(ws, report).tags} == {""}


def test_a_finding_is_written_anew_and_the_older_wording_stays_in_the_log(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    first = service.add_finding(ws, report, **FINDING, direction="better", quote="pain fell")
    other = FINDING | {"outcome": "pain_interference", "reviewer": "Ben"}
    second = service.add_finding(ws, report, **other, direction="mixed", replaces=first.id)
    (found,) = service.sheet(ws, report).findings
    assert (found.event, found.outcome, found.direction) == (second.id, other["outcome"], "mixed")
    assert service.add_finding(ws, report, **other, direction="mixed", replaces=second.id) == second
    with pytest.raises(OutdatedError, match="Ben has written it anew"):
        service.add_finding(ws, report, **FINDING, direction="worse", replaces=first.id)
    with ws.store.read() as conn:
        written = [e.id for e in log.events(conn, (FindingWritten,))]
    assert written == [first.id, second.id]
    service.undo_last(ws, "Ben")
    (back,) = service.sheet(ws, report).findings
    assert (back.event, back.quote) == (first.id, "pain fell")


def test_further_outcomes_are_proposed_after_the_first_was_confirmed(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    for name in ("exposure", "population", "study_design"):
        suggest(ws, report, name, FINDING[name])
    for outcome in ("pain_intensity", "sleep_quality", "death"):
        suggest(ws, report, "outcome", outcome)
    for left in (3, 2, 1):
        proposed = service.sheet(ws, report).proposed_findings
        assert len(proposed) == left
        service.add_finding(ws, report, **FINDING | {"outcome": proposed[0].outcome})
    assert service.sheet(ws, report).proposed_findings == ()


def test_the_log_alone_gives_the_same_codes(small: Small) -> None:
    ws, (report, *_) = small.ws, small.reports
    (offer,) = suggest(ws, report, "outcome", "death")
    service.tag(ws, report, "outcome", "death", "Ann", suggestion=offer)
    service.tag(ws, report, "study_design", "cohort", "Ann")
    service.tag(ws, report, "study_design", "case_report", "Ann")
    service.add_finding(ws, report, **FINDING)
    service.undo_last(ws, "Ann")
    service.untag(ws, report, "outcome", "death", "Ann")
    with ws.store.write() as conn:
        before = log.snapshot(conn)
        log.replay(conn)
        assert log.snapshot(conn) == before
