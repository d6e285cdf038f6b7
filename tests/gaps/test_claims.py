"""What the evidence says of a claim."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.gaps.claims import ClaimAssessor, ClaimState
from review.gaps.directions import Side, SideStudies
from review.gaps.model import ReportEvidence
from review.model import Direction
from review.protocol.model import Claim
from tests.gaps.test_matrix import CODEBOOK, finding, report


def claim(**values: Any) -> Claim:
    base: dict[str, Any] = {
        "id": "C1", "where": "S1", "group": "efficacy", "testable": True, "text": "It helps.",
        "minimum": "a trial", "needs": "A trial.", "picture": "none",
        "exposure": ("extract",), "outcome": ("sleep_quality",),
    }  # fmt: skip
    return Claim.model_validate(base | values)


def judge(asked: Claim, *facts: ReportEvidence, named: dict[str, str] | None = None) -> ClaimState:
    exposures = CODEBOOK.dimension("exposure").values
    subject = [v.id for v in exposures if v.group != "not_kratom"]
    return ClaimAssessor(CODEBOOK, facts, named, subject).judge(asked)


def paper(id: str, design: str, **tags: set[str]) -> ReportEvidence:
    own = {"exposure": {"extract"}, "outcome": {"sleep_quality"}, "study_design": {design}}
    return report(id, tags={**own, **tags})


LEVELS: dict[str, tuple[tuple[str, ...], int]] = {
    "nothing": ((), 0),
    "a review alone": (("systematic_review", "meta_analysis"), 0),
    "a form alone": (("thesis",), 0),
    "animals": (("animal_in_vivo", "animal_in_vivo"), 1),
    "cells": (("in_vitro", "systematic_review"), 1),
    "products, which it does not ask for": (("analytical_chemistry",), 1),
    "people": (("case_report", "animal_in_vivo"), 2),
    "one trial": (("rct_parallel", "cohort"), 3),
    "several trials": (("rct_parallel", "rct_crossover", "cohort"), 4),
}


@pytest.mark.parametrize("name", LEVELS)
def test_the_level_follows_the_best_evidence(name: str) -> None:
    designs, level = LEVELS[name]
    state = judge(claim(), *(paper(f"P{n}", design) for n, design in enumerate(designs)))
    assert state.level == state.suggested_level == level
    assert state.rule


def test_reviews_are_listed_apart() -> None:
    state = judge(claim(), paper("P1", "systematic_review"), paper("P2", "cohort"))
    assert (state.reports, state.reviews) == (("P2",), ("P1",))


def test_product_studies_count_as_two_where_the_claim_asks_for_them() -> None:
    asked = claim(designs=("analytical_chemistry", "market_survey"))
    assert judge(asked, paper("P1", "analytical_chemistry")).level == 2
    mixed = claim(designs=("analytical_chemistry", "rct_crossover"))
    assert judge(mixed, paper("P1", "analytical_chemistry")).level == 1


def test_a_claim_that_cannot_be_tested_has_no_level() -> None:
    state = judge(claim(testable=False, kind="advice"), paper("P1", "rct_parallel"))
    assert state.level is None and state.suggested_level is None


def test_a_cap_holds() -> None:
    state = judge(claim(level_cap=1), paper("P1", "rct_parallel"))
    assert state.level == 1 and "no higher" in state.rule


def test_two_reports_of_one_trial_are_one_trial() -> None:
    tags = {"exposure": {"extract"}, "outcome": {"sleep_quality"}}
    both = [
        report(f"P{n}", study="S1", tags={**tags, "study_design": {"rct_parallel"}}) for n in "12"
    ]
    state = judge(claim(), *both)
    assert (state.level, state.reports) == (3, ("P1", "P2"))


def test_retracted_reports_never_count() -> None:
    tags = {"exposure": {"extract"}, "outcome": {"sleep_quality"}, "study_design": {"cohort"}}
    assert judge(claim(), report(tags=tags, retracted=True)).level == 0


def test_every_list_of_the_claim_must_be_met() -> None:
    asked = claim(
        population=("human_chronic_pain",), outcome_and=("pain_intensity",),
        safety=("tolerance",), timing=("clock_or_bedtime",), comparator=("placebo",),
        duration=("acute",),
    )  # fmt: skip
    whole = {
        "population": {"human_chronic_pain"},
        "outcome": {"sleep_quality", "pain_intensity"},
        "safety": {"tolerance"},
        "timing": {"clock_or_bedtime"},
        "comparator": {"placebo"},
        "duration": {"acute"},
    }
    assert judge(asked, paper("P1", "cohort", **whole)).level == 2
    for name in whole:
        less = {key: values for key, values in whole.items() if key != name}
        assert judge(asked, paper("P1", "cohort", **less)).level == 0, name


def test_a_claim_on_kratom_in_general_is_met_by_every_form_of_it() -> None:
    asked = claim(exposure=("unspecified_kratom",))
    assert judge(asked, paper("P1", "cohort", exposure={"mitragynine"})).level == 2
    assert judge(asked, paper("P1", "cohort", exposure={"none_pain_sleep"})).level == 0


def test_a_finding_must_meet_the_claim_as_a_whole() -> None:
    asked = claim(population=("human_chronic_pain",))
    mice = finding("sleep_quality", "animal_in_vivo", "mouse")
    people = finding("death", "cohort", "human_chronic_pain")
    assert judge(asked, report(findings=(mice, people))).level == 0
    right = finding("sleep_quality", "rct_parallel", "human_chronic_pain")
    assert judge(asked, report(findings=(mice, people, right))).level == 3


def test_a_findings_design_counts_not_its_reports() -> None:
    facts = report(
        tags={"study_design": {"rct_parallel"}},
        findings=(finding("sleep_quality", "animal_in_vivo"),),
    )
    assert judge(claim(), facts).level == 1


def test_suggestions_show_what_the_level_would_be() -> None:
    facts = report(
        tags={"exposure": {"extract"}, "outcome": {"sleep_quality"}},
        suggested={"study_design": ("rct_parallel",)},
    )
    state = judge(claim(), facts)
    assert (state.level, state.suggested_level, state.suggested_reports) == (0, 3, ("P1",))
    assert state.reports == ()


def test_of_several_designs_the_weakest_counts() -> None:
    facts = paper("P1", "cohort")
    facts = report(tags={**facts.tags, "study_design": {"cohort", "rct_parallel", "thesis"}})
    assert judge(claim(), facts).level == 2


def test_named_papers_are_found_in_the_review() -> None:
    state = judge(claim(papers=("K1", "K2")), named={"K2": "P7", "K9": "P8"})
    assert state.named_reports == ("P7",)
    assert state.missing_papers == ("K1",)


def test_a_claim_that_names_no_exposure_is_on_the_frame_of_the_question() -> None:
    asked = claim(exposure=())
    assert judge(asked, paper("P1", "cohort")).level == 2
    assert judge(asked, paper("P1", "cohort", exposure={"none_pain_sleep"})).level == 0
    assert (
        judge(asked, paper("P1", "cohort", exposure=set())).level == 2
    )  # nobody said what it is on


def test_a_claim_says_where_there_can_be_no_stronger_evidence() -> None:
    asked = claim(outcome=("alkaloid_content",))
    state = judge(asked, paper("P1", "analytical_chemistry", outcome={"alkaloid_content"}))
    assert state.level == 1 and "no stronger evidence" in state.rule
    survey = claim(outcome=("prevalence",))
    state = judge(survey, paper("P1", "cohort", outcome={"prevalence"}))
    assert state.level == 2 and "no stronger evidence" in state.rule
    assert "no stronger" not in judge(survey).rule
    assert "no stronger" not in judge(claim(), paper("P1", "cohort")).rule


def test_what_lies_outside_the_frame_is_told_and_counts_nowhere() -> None:
    within, outside = paper("P1", "cohort"), paper("P2", "cohort", exposure={"none_pain_sleep"})
    other = paper("P3", "cohort", exposure={"none_pain_sleep"}, outcome={"death"})
    form = paper("P4", "thesis", exposure={"none_pain_sleep"})
    unsaid = paper("P5", "cohort", exposure=set())
    for asked in (claim(), claim(exposure=())):
        state = judge(asked, within, outside, other, form, unsaid)
        assert state.outside_reports == ("P2",) and "P2" not in state.reports
    named = judge(claim(exposure=("none_pain_sleep",)), within, outside)
    assert (named.reports, named.outside_reports) == (("P2",), ())
    assert (
        ClaimAssessor(CODEBOOK, [outside]).judge(claim()).outside_reports == ()
    )  # there is no frame
    assert judge(claim(outcome=()), outside).outside_reports == ()  # it asks of nothing else


# ---- which way the studies point ---------------------------------------------------------------


def trial(id: str, *directions: str, study: str = "", outcome: str = "sleep_quality") -> Any:
    found = tuple(
        replace(finding(outcome), report=id, direction=Direction(said)) for said in directions
    )
    return report(id, study=study, findings=found)


SIDES: dict[tuple[str, str], Side] = {
    ("better", "better"): Side.SUPPORTS,
    ("better", "worse"): Side.AGAINST,
    ("better", "no_difference"): Side.AGAINST,
    ("better", "mixed"): Side.MIXED,
    ("better", "not_stated"): Side.UNCLEAR,
    ("worse", "worse"): Side.SUPPORTS,
    ("worse", "better"): Side.AGAINST,
    ("difference", "better"): Side.SUPPORTS,
    ("difference", "worse"): Side.SUPPORTS,
    ("difference", "no_difference"): Side.AGAINST,
}


@pytest.mark.parametrize(("expected", "found"), SIDES)
def test_a_study_stands_on_a_side_of_the_claim(expected: str, found: str) -> None:
    state = judge(claim(expects=expected), trial("P1", found))
    side = SIDES[expected, found]
    assert state.direction is side
    assert {s: t.reports for s, t in state.sides.items()} == {side: ("P1",)}
    assert state.level == 3  # how strong it is, whichever way it points


def test_studies_that_disagree_are_mixed_and_silent_ones_weigh_nothing() -> None:
    asked = claim(expects="better")
    support, silent = trial("P1", "better"), trial("P2", "not_stated")
    assert judge(asked, support, silent).direction is Side.SUPPORTS
    state = judge(asked, support, silent, trial("P3", "no_difference"))
    assert state.direction is Side.MIXED
    numbers = {side: len(found.studies) for side, found in state.sides.items()}
    assert numbers == {Side.SUPPORTS: 1, Side.AGAINST: 1, Side.UNCLEAR: 1}


def test_the_findings_on_a_claim_stand_with_it() -> None:
    asked = claim(expects="better", population=("human_chronic_pain",))
    mice = finding("sleep_quality", "animal_in_vivo", "mouse")
    own = replace(finding("sleep_quality"), quote="slept longer")
    assert judge(asked, report(findings=(mice, own))).findings == (own,)


def test_two_reports_of_one_study_are_one_voice() -> None:
    both = trial("P1", "better", study="S1"), trial("P2", "worse", study="S1")
    state = judge(claim(expects="better"), *both)
    assert state.sides == {Side.MIXED: SideStudies(("S1",), ("P1", "P2"))}


def test_what_is_only_tagged_does_not_say_which_way() -> None:
    state = judge(claim(expects="better"), paper("P1", "cohort"))
    assert (state.direction, state.reports) == (Side.UNCLEAR, ("P1",))


def test_a_finding_of_something_else_and_a_suggestion_say_nothing() -> None:
    asked = claim(expects="better", population=("human_chronic_pain",))
    other = replace(finding("death"), direction=Direction.WORSE)
    own = replace(finding("sleep_quality"), direction=Direction.BETTER)
    assert judge(asked, report(findings=(other, own))).direction is Side.SUPPORTS
    suggested = {"outcome": ("sleep_quality",), "study_design": ("rct_parallel",)}
    hoped = report(tags={"exposure": {"extract"}}, suggested=suggested)
    state = judge(claim(expects="better"), hoped)
    assert state.suggested_level == 3 and state.direction is None and not state.sides


def test_a_claim_on_two_outcomes_hears_of_both() -> None:
    asked = claim(expects="better", outcome_and=("pain_intensity",))
    sleep = replace(finding("sleep_quality"), direction=Direction.BETTER)
    pain = replace(finding("pain_intensity"), direction=Direction.NO_DIFFERENCE)
    assert judge(asked, report(findings=(sleep, pain))).direction is Side.MIXED


def test_a_claim_without_a_direction_has_no_sides() -> None:
    state = judge(claim(), trial("P1", "better"))
    assert state.direction is None and not state.sides
    advice = claim(testable=False, kind="advice", expects="better")
    assert judge(advice, trial("P1", "better")).direction is None


@given(
    st.lists(st.tuples(st.sampled_from("1234"), st.sampled_from(list(Direction))), max_size=12),
    st.sampled_from(["better", "worse", "difference"]),
    st.randoms(),
)
def test_each_confirmed_study_is_on_one_side_in_any_order(
    found: list[tuple[str, Direction]], expected: str, chance: Random
) -> None:
    papers = [trial(f"P{n}", said, study=f"S{study}") for n, (study, said) in enumerate(found)]
    asked = claim(expects=expected)
    state = judge(asked, *papers)
    studies = [study for side in state.sides.values() for study in side.studies]
    reports = [one for side in state.sides.values() for one in side.reports]
    assert sorted(studies) == sorted({p.study for p in papers})
    assert sorted(reports) == sorted(state.reports) == sorted(p.id for p in papers)
    mixed_up = list(papers)
    chance.shuffle(mixed_up)
    again = judge(asked, *mixed_up)
    assert again.direction is state.direction
    assert {s: set(t.studies) for s, t in again.sides.items()} == {
        s: set(t.studies) for s, t in state.sides.items()
    }
