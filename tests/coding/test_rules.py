"""What the rules suggest, and the words they show for it."""

from __future__ import annotations

import pytest

from review.coding.sentences import Words
from review.coding.suggestion_rules import SOURCES, ProposedValue, Tagger, source_label
from review.coding.wording_patterns import states_allotment
from review.config import ROOT
from review.protocol import load
from tests.reviews import shipped_protocol

TAGGER = Tagger(shipped_protocol().codebook)


def suggest(title: str, abstract: str = "", **fields: object) -> list[ProposedValue]:
    return TAGGER.suggest(title, abstract, **fields)  # type: ignore[arg-type]


def values(found: list[ProposedValue], dimension: str) -> list[str]:
    return [p.value for p in found if p.dimension == dimension]


def best_design(title: str, abstract: str = "", **fields: object) -> str:
    found = values(suggest(title, abstract, **fields), "study_design")
    return found[0] if found else ""


RELATIVES = [
    "7-hydroxymitragynine",
    "7-Hydroxymitragynine",
    "7\u2010hydroxymitragynine",
    "7-hydroxy mitragynine",
    "7-hydroxy\u2011mitragynine",
    "7-OH-mitragynine",
    "7-OH mitragynine",
    "mitragynine pseudoindoxyl",
    "Mitragynine-pseudoindoxyl",
    "mitragynine\u00a0pseudoindoxyl",
]


@pytest.mark.parametrize("name", RELATIVES)
def test_a_relative_of_mitragynine_is_not_mitragynine(name: str) -> None:
    found = values(suggest(f"Effects of {name} in mice", f"We gave {name} to mice."), "exposure")
    assert "mitragynine" not in found
    assert {"7_oh", "pseudoindoxyl"} & set(found)


def test_mitragynine_beside_its_relative_is_both() -> None:
    found = suggest("Mitragynine and 7-hydroxymitragynine", "Mitragynine was measured.")
    assert {"mitragynine", "7_oh"} <= set(values(found, "exposure"))


def test_the_prefixes_of_a_dimension_are_the_codebooks() -> None:
    tagger = Tagger(load(ROOT / "tests" / "second_subject").codebook)
    for title in ("A car park and asthma", "Car-parks", "The amusement park", "A theme  park"):
        assert values(tagger.suggest(title, ""), "greenness") == [], title
    for title in (
        "A park and a car",
        "A carefully kept park",
        "Car parks are no parks",
        "car: park",
    ):
        assert values(tagger.suggest(title, ""), "greenness") == ["park"], title
    book = shipped_protocol().codebook
    without = [d.model_copy(update={"prefixes": ()}) for d in book.dimensions]
    plain = Tagger(book.model_copy(update={"dimensions": tuple(without)}))
    title = "Effects of 9-methoxy mitragynine"
    assert "mitragynine" in values(plain.suggest(title, ""), "exposure")
    assert "mitragynine" not in values(suggest(title), "exposure")


def test_each_suggestion_quotes_words_as_they_stand() -> None:
    title = "Kratom use among regular users"
    abstract = (
        "Kratom is a tree. We measured Sleep\u2010Quality (PSQI) in 40 regular users. "
        "No adverse events were reported."
    )
    found = suggest(title, abstract)
    assert found
    for p in found:
        assert p.quote and (p.quote in title or p.quote in abstract)
        assert p.source in SOURCES and 0 < p.confidence < 1
    (quality,) = [p for p in found if p.value == "sleep_quality"]
    assert quality.quote == "We measured Sleep\u2010Quality (PSQI) in 40 regular users."


def test_a_long_sentence_is_quoted_around_the_words_that_fired() -> None:
    filler = "and so on with very many words " * 30
    abstract = f"We measured {filler}the sleep quality of users {filler}again."
    (p,) = [p for p in suggest("Kratom", abstract) if p.value == "sleep_quality"]
    assert "sleep quality" in p.quote and p.quote in abstract and len(p.quote) <= 400


def test_a_veto_forbids_the_value_wherever_it_stands() -> None:
    words = "Pain intensity was measured."
    assert "pain_intensity" in values(suggest("Kratom and pain", words), "outcome")
    assert "pain_intensity" not in values(suggest("Kratom in rats", words), "outcome")


def test_an_outcome_in_the_background_is_not_an_outcome() -> None:
    background = "BACKGROUND: Insomnia is found in many people. METHODS: We measured blood lipids."
    measured = "BACKGROUND: Lipids matter. METHODS: We measured insomnia in 20 users."
    assert "insomnia_severity" not in values(suggest("Kratom", background), "outcome")
    assert "insomnia_severity" in values(suggest("Kratom", measured), "outcome")


def test_a_general_word_only_counts_where_nothing_exact_is_said() -> None:
    general = [
        p for p in suggest("Kratom", "Users reported less pain.") if p.dimension == "outcome"
    ]
    assert [(p.value, p.confidence) for p in general] == [("pain_intensity", 0.4)]
    exact = values(suggest("Kratom", "Users reported less pain and pain relief."), "outcome")
    assert exact == ["pain_relief_self_report"]


DESIGNS = {
    "rct_crossover": (
        "Effect of kratom on pain tolerance: a randomized, double-blind crossover trial",
        "Twenty-six men received kratom and placebo in a randomised sequence.",
    ),
    "rct_parallel": (
        "Kratom for low back pain: a randomised placebo-controlled trial",
        "120 patients were randomly assigned to kratom or placebo.",
    ),
    "meta_analysis": (
        "Kratom and mental health: a systematic review and meta-analysis",
        "Databases were searched. Pooled effects were computed with a random-effects model.",
    ),
    "systematic_review": (
        "Kratom in chronic pain: a systematic review",
        "We searched PubMed and Embase. Randomised trials were included.",
    ),
    "narrative_review": ("Kratom: a review of pharmacology", "Here we discuss what is known."),
    "case_report": (
        "Intrahepatic cholestasis after kratom",
        "We report a case of a 25-year-old man who presented with jaundice.",
    ),
    "animal_in_vivo": (
        "Antinociception by mitragynine in rats",
        "Male Sprague-Dawley rats were given mitragynine. Hot plate latency was measured.",
    ),
    "in_vitro": (
        "Binding of mitragynine at mu opioid receptors",
        "HEK cells were transfected. Binding affinity was measured in vitro.",
    ),
    "cross_sectional_survey": (
        "Kratom use in the United States: an online survey",
        "An anonymous cross-sectional survey of 2798 users was done.",
    ),
    "study_protocol": (
        "Kratom for sleep: protocol for a randomised trial",
        "Participants will be randomly assigned to kratom or placebo.",
    ),
}


@pytest.mark.parametrize("design", DESIGNS)
def test_the_design_that_a_text_states_comes_first(design: str) -> None:
    assert best_design(*DESIGNS[design]) == design


def test_designs_are_ranked_from_one() -> None:
    found = suggest(*DESIGNS["meta_analysis"])
    ranks = [p.rank for p in found if p.dimension == "study_design"]
    assert ranks[0] == 1 and ranks == sorted(ranks) and len(set(ranks)) == max(ranks)


def test_a_trial_in_mice_is_no_randomised_trial() -> None:
    found = suggest("Kratom in mice", "Mice were randomized to kratom or vehicle.")
    assert values(found, "study_design")[0] == "animal_in_vivo"
    assert "rct_parallel" not in values(found, "study_design")


def test_a_registry_number_in_a_trial_does_not_make_it_a_registration() -> None:
    title, abstract = DESIGNS["rct_parallel"]
    assert best_design(title, abstract + " ClinicalTrials.gov identifier NCT01234567") == (
        "rct_parallel"
    )


def ranked(**changes: dict[str, object]) -> list[str]:
    """Designs of a title that states three of the second subject's, some of them changed."""
    book = load(ROOT / "tests" / "second_subject").codebook
    design = book.dimension("study_design")
    made = [v.model_copy(update=changes.get(v.id, {})) for v in design.values]
    new = design.model_copy(update={"values": tuple(made)})
    dimensions = tuple(new if d is design else d for d in book.dimensions)
    found = Tagger(book.model_copy(update={"dimensions": dimensions})).suggest(
        "A survey, a cohort and a letter to the editor", ""
    )
    return values(found, "design")


def test_designs_are_ranked_as_the_codebook_says() -> None:
    assert set(ranked()) == {"cohort", "survey", "letter"}  # and nothing is needed for it
    assert ranked(survey={"weight": 2.0})[0] == "survey"
    assert ranked(survey={"weight": 2.0}, cohort={"kind_of": ("survey",)})[0] == "cohort"
    assert ranked(letter={"weight": 9.0})[0] == "letter"
    assert ranked(letter={"weight": 9.0, "form": True})[-1] == "letter"


# ---- what the record's fields say --------------------------------------------------------------


def test_openalex_is_named_as_the_source_of_its_designs() -> None:
    found = suggest("Kratom", study_designs=("case-report",))
    (p,) = [p for p in found if p.dimension == "study_design"]
    assert (p.value, p.rank, p.source) == ("case_report", 1, "OpenAlex study_designs")
    assert p.quote == "case-report"


def test_openalex_designs_may_be_addresses() -> None:
    address = "https://openalex.org/study-designs/meta-analysis"
    assert best_design("Kratom", study_designs=(address,)) == "meta_analysis"


def test_a_special_kind_that_the_words_state_goes_before_openalexs_general_one() -> None:
    title, abstract = DESIGNS["cross_sectional_survey"]
    fields = {"study_designs": ("observational-study",)}
    assert best_design(title, abstract, **fields) == "cross_sectional_survey"
    title, abstract = DESIGNS["rct_crossover"]
    fields = {"study_designs": ("randomized-controlled-trial", "clinical-trial")}
    assert best_design(title, abstract, **fields) == "rct_crossover"


def test_openalexs_review_is_no_narrative_review_where_a_search_is_stated() -> None:
    assert best_design("Kratom", type="review") == "narrative_review"
    found = suggest(*DESIGNS["systematic_review"], type="review")
    assert "narrative_review" not in values(found, "study_design")


@pytest.mark.parametrize(
    ("mesh", "design"),
    [
        (("Humans", "Double-Blind Method"), "rct_parallel"),
        (("Humans", "Cross-Over Studies"), "rct_crossover"),
        (("Cross-Sectional Studies",), "cross_sectional_survey"),
        (("Animals", "Rats"), "animal_in_vivo"),
        (("Animals", "Double-Blind Method"), "animal_in_vivo"),
        (("Animals", "Humans"), ""),
        (("Randomized Controlled Trials as Topic",), ""),
        (("Meta-Analysis as Topic",), ""),
        (("Random Allocation",), ""),
        (("Prospective Studies",), ""),
        (("Follow-Up Studies",), ""),
        (("Surveys and Questionnaires",), ""),
        (("Case Reports",), "case_report"),
    ],
)
def test_mesh_says_what_its_headings_mean(mesh: tuple[str, ...], design: str) -> None:
    assert best_design("Kratom", mesh=mesh) == design


def test_sources_that_agree_share_a_rank() -> None:
    found = suggest(*DESIGNS["case_report"], study_designs=("case-report",))
    same = [p for p in found if p.value == "case_report"]
    assert {p.rank for p in same} == {1}
    assert {p.source for p in same} == {
        "OpenAlex study_designs",
        "codebook triggers",
        "shipped model",
    }


@pytest.mark.parametrize("text", ["", " ", "\x00", "İ" * 50, "(((" * 100, "mitragynine" * 500])
def test_odd_texts_do_no_harm(text: str) -> None:
    for p in suggest(text, text):
        assert p.quote in text


def test_sources_are_stored_under_names_that_stay_and_shown_in_plain_words() -> None:
    assert SOURCES[:2] == ("codebook triggers", "wording rules")
    assert [source_label(source) for source in SOURCES] == [
        "keywords of the codebook",
        "wording of the text",
        "OpenAlex study designs",
        "OpenAlex type",
        "MeSH",
        "shipped model",
    ]
    assert source_label("library") == "library"


@pytest.mark.parametrize(
    "sentence",
    [
        "We compared two operations for the control of bleeding from esophageal varices.",
        "We measured relapse of dysfunctional uterine bleeding in both groups.",
        "We assessed prevention of spinal hypotension by two drugs.",
        "Ondansetron was compared with placebo in chemotherapy-induced nausea and vomiting.",
        "Restenosis, a frequent long-term complication after stent implantation, was measured.",
        "Serum levels remained within safe limits and were compared.",
    ],
)
def test_a_complaint_that_is_treated_or_prevented_is_no_adverse_event(sentence: str) -> None:
    assert "adverse_events_any" not in values(suggest("A trial", f"Methods. {sentence}"), "outcome")


@pytest.mark.parametrize(
    "sentence",
    [
        "In the control group nausea was reported by six patients.",
        "Treatment of migraine caused nausea, which was reported by six.",
        "Major complications in both groups were compared.",
        "Serious complications after surgery were recorded.",
        "Adverse experiences were recorded in each group.",
        "The drug was well tolerated, and no difference was found.",
        "Injection-site reactions were assessed.",
        "Hypoglycaemic episodes were recorded.",
    ],
)
def test_harms_of_what_was_given_are_adverse_events(sentence: str) -> None:
    assert "adverse_events_any" in values(suggest("A trial", f"Methods. {sentence}"), "outcome")


@pytest.mark.parametrize(
    ("title", "design"),
    [
        ("Fatty liver and stroke: a protocol of systematic review and meta-analysis",
         "study_protocol"),
        ("Yoga for sleep: protocol for systematic review", "study_protocol"),
        ("Digital care at home: protocol for scoping review", "study_protocol"),
        ("Fatty liver and stroke: a systematic review and meta-analysis", "meta_analysis"),
        ("Depression in glioma: a systemic review of published literature", "systematic_review"),
        ("Systemic lupus: a review of systemic treatment", "narrative_review"),
    ],
)  # fmt: skip
def test_a_title_names_a_planned_and_a_done_review_apart(title: str, design: str) -> None:
    assert best_design(title, "We searched for studies of adults. Results are discussed.") == design


@pytest.mark.parametrize(
    "title",
    [
        "Protocol for seizure prophylaxis after stroke: a randomised, placebo-controlled trial",
        "Rationale and design of the LEAF trial: a randomised trial of kratom",
        "The LEAF trial: design and rationale of a randomised trial",
    ],
)
def test_a_title_that_announces_a_plan_names_a_protocol_and_no_trial(title: str) -> None:
    assert best_design(title, "Patients are randomly assigned to kratom or placebo.") == (
        "study_protocol"
    )


@pytest.mark.parametrize(
    ("stated", "design"),
    [
        ("STUDY DESIGN: Systematic review and consensus.", "systematic_review"),
        ("DESIGN: Systematic review. METHODS: We asked experts.", "systematic_review"),
        ("Design and setting: Randomised controlled trial in two clinics.", "rct_parallel"),
        ("Study design: Protocol for a randomised controlled trial.", "study_protocol"),
    ],
)
def test_what_an_abstract_states_under_design_goes_before_all_other_words(
    stated: str, design: str
) -> None:
    abstract = (
        f"We review what is known of kratom and discuss patients and their care. {stated} "
        "Much of the current literature is reviewed here, and recent insights are discussed."
    )
    title = "Kratom for sleep: recent insights, mechanisms and perspectives"
    assert best_design(title, abstract) == design


def test_words_after_what_is_stated_under_design_name_no_design_of_the_work() -> None:
    text = (
        "Study design: Qualitative interviews with authors of a systematic review. We interviewed "
        "20 authors, and themes were identified."
    )
    assert best_design("Writing about what others wrote", text) == "qualitative"


STATED = [
    "Forty nurses were randomised to training or to none.",
    "We conducted an open, randomised multicentre study in 40 nurses.",
    "In a randomised crossover design, training was compared with rest.",
]
ELSEWHERE = [
    "A randomised controlled trial is needed in 40 nurses.",
    "Next steps are manuals and a randomised efficacy study.",
    "Nurses of an earlier study had been randomised to training or to none.",
    "Nurses were pseudo-randomised to training or to none.",
]


@pytest.mark.parametrize(("sentences", "stated"), [(STATED, True), (ELSEWHERE, False)])
def test_that_chance_allotted_people_counts_where_a_paper_says_it_of_its_own_study(
    sentences: list[str], stated: bool
) -> None:
    for sentence in sentences:
        words = Words.of("Training and sleep in nurses", f"We asked 40 nurses. {sentence}")
        assert states_allotment(words.lower, words.bounds[1:]) is stated, sentence
        abstract = (
            "Sleep of nurses was measured before and after a training of eight weeks. Scores "
            f"improved significantly from 9.1 to 6.2 (p < 0.01). {sentence} The training may help."
        )
        first = best_design("Effects of a brief training on sleep in nurses", abstract)
        assert (first in ("rct_parallel", "rct_crossover")) is stated, sentence


def test_a_meta_analysis_that_the_authors_did_is_one_whatever_the_title() -> None:
    text = (
        "We provide an updated meta-analysis on whether lessons prevent the use of kratom. Effects "
        "of 20 studies were combined. Our results support earlier findings."
    )
    assert best_design("Lessons in schools revisited", text) == "meta_analysis"


def test_cells_of_animals_in_a_dish_are_no_animals() -> None:
    text = (
        "Rat bone marrow stromal cells were cultured and exposed to kratom for 48 hours. Viability "
        "was measured by MTT assay, and proteins by western blot. Mouse cortical neurons were "
        "cultured as well. Kratom protected cultured cells."
    )
    assert best_design("Kratom protects rat stromal cells in culture", text) == "in_vitro"


def test_a_protocol_of_treatment_is_no_plan_of_a_study() -> None:
    title = "Kratom for sleep: a new treatment protocol for adults in a randomised trial"
    assert best_design(title, "120 adults were randomly assigned.") == "rct_parallel"
