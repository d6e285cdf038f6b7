"""Words that mislead: what they must not suggest, beside what they may."""

from __future__ import annotations

import pytest

from review.coding.suggestion_rules import Tagger
from tests.reviews import shipped_protocol

TAGGER = Tagger(shipped_protocol().codebook)
RULES = Tagger(shipped_protocol().codebook, model=None)

BOTH = pytest.mark.parametrize("tagger", [TAGGER, RULES], ids=["with the model", "rules alone"])


def values(
    tagger: Tagger, dimension: str, title: str, abstract: str, **fields: object
) -> list[str]:
    found = tagger.suggest(title, abstract, **fields)  # type: ignore[arg-type]
    return [p.value for p in found if p.dimension == dimension]


def first(tagger: Tagger, title: str, abstract: str, **fields: object) -> str:
    return next(iter(values(tagger, "study_design", title, abstract, **fields)), "")


SAFETY = {
    "withdrawal": (
        [
            "Withdrawal from the study was rare.",
            "Six users withdrew from the trial, and withdrawals due to nausea were reported.",
            "Study withdrawals and drop-outs were recorded.",
            "We recorded the number of withdrawals.",
            "Withdrawal of consent was reported by two users.",
        ],
        "Withdrawal symptoms were measured after the last use.",
    ),
    "tolerance": (
        [
            "Glucose tolerance was measured.",
            "We assessed impaired glucose tolerance and exercise tolerance.",
            "An oral tolerance test was performed and results were reported.",
        ],
        "Tolerance was reported by half of the users.",
    ),
    "dependence_kud": (
        [
            "A dose-dependence was found.",
            "We measured the concentration dependence of binding.",
            "The dependence of the effect on temperature and its time-dependence were studied; "
            "voltage dependence was measured.",
            "Functional dependence was assessed.",
        ],
        "Kratom dependence was assessed with a scale.",
    ),
}


@pytest.mark.parametrize("value", SAFETY)
def test_a_harm_is_not_a_thing_of_the_same_name(value: str) -> None:
    others, meant = SAFETY[value]
    assert value in values(RULES, "safety", "Kratom in users", meant)
    for other in others:
        assert value not in values(RULES, "safety", "Kratom in users", other), other
    both = f"{others[0]} {meant}"
    assert value in values(RULES, "safety", "Kratom in users", both)


@pytest.mark.parametrize("word", ["Sedation", "Sedative effects", "Drowsiness", "Somnolence"])
def test_sedation_is_not_sleep(word: str) -> None:
    found = values(RULES, "outcome", "Kratom in users", f"{word} was measured in 20 users.")
    names = {v.id: v.reported_as for v in shipped_protocol().codebook.dimension("outcome").values}
    assert found and "sleep" not in {names[value] for value in found}


@pytest.mark.parametrize(
    "text",
    [
        "Patients with chronic low back pain received kratom. We measured blood pressure.",
        "We studied liver function in 40 adults aged 20 to 60 with neuropathic pain.",
        "People suffering from headache were recruited. Blood lipids were measured.",
    ],
)
def test_pain_that_people_had_before_is_no_outcome(text: str) -> None:
    assert "pain_intensity" not in values(RULES, "outcome", "Kratom and the liver", text)
    assert "pain_intensity" in values(
        RULES, "outcome", "Kratom and the liver", f"{text} Pain was measured after a week."
    )


def test_pain_in_the_title_is_an_outcome_only_where_it_is_not_what_was_treated() -> None:
    assert "pain_intensity" not in values(RULES, "outcome", "Kratom for back pain", "")
    assert "pain_intensity" in values(RULES, "outcome", "Effect of kratom on pain", "")


@pytest.mark.parametrize("heading", ["BACKGROUND:", "Background:", "BACKGROUND", "Background"])
@pytest.mark.parametrize("methods", ["METHODS:", "METHODS", "Methods", "This study had one arm."])
def test_a_background_suggests_no_outcome_and_ends_where_the_study_begins(
    heading: str, methods: str
) -> None:
    before = f"{heading} Many people report insomnia."
    lipids = f"{before} {methods} We measured blood lipids."
    assert "insomnia_severity" not in values(RULES, "outcome", "Kratom", lipids)
    sleep = f"{heading} Many people use kratom. {methods} Insomnia was measured."
    assert "insomnia_severity" in values(RULES, "outcome", "Kratom", sleep)


def test_a_word_for_a_heading_that_begins_a_sentence_is_none() -> None:
    found = values(RULES, "outcome", "Kratom", "Introduction of kratom reduced insomnia in users.")
    assert "insomnia_severity" in found


@pytest.mark.parametrize(
    "text",
    [
        "Cancer is a leading cause of death, as many studies report.",
        "Grafts of deceased donors and cell death were studied.",
        "Breast cancer survivors and survivors of stroke were studied.",
        "Survivors in the present analysis answered questions on their diet.",
        "Graft survival and parasite survival were measured.",
    ],
)
def test_death_in_another_meaning_is_no_outcome(text: str) -> None:
    assert "death" not in values(RULES, "outcome", "Kratom in users", text)
    assert "death" in values(RULES, "outcome", "Kratom", f"{text} Deaths were recorded.")


@BOTH
@pytest.mark.parametrize(
    "heading",
    [
        "Randomized Controlled Trials as Topic",
        "Clinical Trials as Topic",
        "Meta-Analysis as Topic",
        "Practice Guidelines as Topic",
        "Case-Control Studies as Topic/methods",
    ],
)
def test_what_a_paper_is_about_is_not_its_design(tagger: Tagger, heading: str) -> None:
    plain = ("How to read numbers", "Readers are often puzzled by numbers in the news.")
    assert values(tagger, "study_design", *plain, mesh=(heading,)) == values(
        tagger, "study_design", *plain
    )


SURVEY = (
    "Kratom and sleep in the United States",
    "We asked 120 adults who use kratom about their sleep in an anonymous online survey. "
    "Sleep was better in most of them, and 12 % reported insomnia.",
)
TAILS = {
    "references": " References 1. Smith J. Mitragynine in rats: a randomized controlled trial.",
    "copyright": " © 2020 The Authors. Published for the Society of Systematic Review in Mice.",
    "aims of the journal": " The Journal of Randomized Trials publishes randomized controlled "
    "trials, systematic reviews and case reports in rats and mice.",
    "this journal": " This journal welcomes systematic reviews, case reports and mouse models.",
    "publisher": " Published by the Society for Systematic Reviews of Randomized Trials in Mice.",
    "full text": " View the full text of this randomized controlled trial in rats.",
    "authors": " See the instructions for authors on case reports and systematic reviews of mice.",
    "keywords": " Keywords: rats; randomized controlled trial; systematic review.",
    "funding": " Funding: Trust for Randomised Trials in Mice.",
}


@BOTH
@pytest.mark.parametrize("tail", TAILS)
def test_what_follows_an_abstract_decides_nothing(tagger: Tagger, tail: str) -> None:
    assert tagger.suggest(SURVEY[0], SURVEY[1] + TAILS[tail]) == tagger.suggest(*SURVEY)


@BOTH
@pytest.mark.parametrize(
    "title",
    [
        "Comment on: Kratom for back pain, a randomised controlled trial",
        "Commentary: a randomized trial of kratom",
        "Re: Kratom for pain: a randomized, double-blind crossover trial",
        "Kratom for back pain, a randomised trial: an invited commentary",
        "Reply to the randomised controlled trial of kratom",
        "Letter to the editor on a randomized controlled trial of kratom",
        "Editorial: the first randomized trial of kratom",
    ],
)
def test_a_commentary_on_a_trial_is_not_the_trial(tagger: Tagger, title: str) -> None:
    abstract = "The authors randomly assigned 120 patients to kratom or placebo. We have doubts."
    found = values(tagger, "study_design", title, abstract)
    assert found[0] == "commentary"
    assert not {"rct_parallel", "rct_crossover"} & set(found)


@BOTH
def test_a_word_that_begins_like_a_reply_is_none(tagger: Tagger) -> None:
    for title in ("Re-emerging liver injury: a case report", "Re-exposure to kratom: case report"):
        assert values(tagger, "study_design", title, "A 40-year-old man had jaundice.")[0] == (
            "case_report"
        )
    title = "Response-guided dosing of kratom: a randomised trial"
    said = values(tagger, "study_design", title, "120 adults were randomly assigned.")
    assert said[0] == "rct_parallel" and "commentary" not in said


@BOTH
def test_a_paper_that_presents_another_of_the_same_issue_comments_on_it(tagger: Tagger) -> None:
    abstract = "In this issue of Sleep Letters, Doe et al. report that kratom calms mice."
    found = values(tagger, "study_design", "Calm mice on kratom", abstract)
    assert found[0] == "commentary" and "animal_in_vivo" not in found


@BOTH
@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        (
            "Kratom and sleep: a secondary analysis of a randomized controlled trial",
            "Data of 120 adults were analysed by age. Sleep was better with kratom.",
        ),
        (
            "Who sleeps better with kratom?",
            "We did a post hoc analysis of data from a double-blind randomised trial in which 120 "
            "adults were randomly assigned to kratom or placebo. Sleep was better with kratom.",
        ),
    ],
)
def test_a_secondary_analysis_of_a_trial_is_the_trial(
    tagger: Tagger, title: str, abstract: str
) -> None:
    assert first(tagger, title, abstract) == "rct_parallel"


@BOTH
def test_a_kind_of_observation_is_named_only_where_the_text_says_so(tagger: Tagger) -> None:
    text = (
        "The prevalence of insomnia was 12 % in 2,400 adults (95 % CI 10 to 14). Use of kratom was "
        "associated with insomnia (OR 1.8) in medical records. We analysed {}."
    )
    kinds = {"cohort", "case_control", "cross_sectional_survey", "cross_sectional_clinical"}
    found = values(tagger, "study_design", "Kratom and insomnia", text.format("all records"))
    assert found[0] == "observational" and not kinds & set(found)
    found = values(
        tagger, "study_design", "Kratom and insomnia", text.format("a cohort study of users")
    )
    assert found[0] == "cohort"


@pytest.mark.parametrize(
    "title",
    [
        "Substance use disorder following consumption of a novel product",
        "Effects and safety of kratom",
        "The impact of treatment on sleep",
    ],
)
def test_a_title_that_speaks_of_effects_is_no_trial(title: str) -> None:
    tagger = Tagger(shipped_protocol().codebook)
    assert "nonrandomized_trial" not in {p.value for p in tagger.suggest(title, "")}
    told = tagger.suggest("An open-label pilot study of the effects of kratom", "")
    assert "nonrandomized_trial" in {p.value for p in told}
