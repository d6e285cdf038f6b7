"""Words for outcomes are weighed in whole abstracts, by weights learned from sorted ones."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from review.coding import outcome_weights, source_versions
from review.coding.outcome_weights import OutcomeWeights
from review.coding.outcome_words import OUTCOMES
from review.coding.source_versions import SourceVersions
from review.coding.suggestion_rules import ProposedValue, Tagger
from review.protocol.codebook import Codebook
from tests.reviews import shipped_protocol

CODEBOOK = shipped_protocol().codebook
TAGGER, RULES = (Tagger(CODEBOOK, model=None, weights=w) for w in ("shipped", None))

LIPIDS = (
    "We enrolled 120 adults with raised blood lipids at three clinics. They were randomly assigned "
    "to the capsule or to placebo for twelve weeks, and blood was taken before and after. "
    "Cholesterol fell by 12 % with the capsule and by 2 % with placebo (p < 0.01). Weight did not "
    "differ between the groups. The capsule lowers cholesterol in adults."
)
HARMS = (
    f"{LIPIDS} Adverse events were reported by 12 % of the adults with the capsule and 10 % "
    "with placebo; side effects were mild."
)


def outcomes(tagger: Tagger, title: str, abstract: str) -> dict[str, ProposedValue]:
    return {p.value: p for p in tagger.suggest(title, abstract) if p.dimension == "outcome"}


def test_harms_that_are_reported_are_suggested_with_the_sentence_that_says_so() -> None:
    said = outcomes(TAGGER, "Effect of a capsule on lipids", HARMS)["adverse_events_any"]
    assert said.quote.startswith("Adverse events were reported") and said.confidence > 0.9


def test_a_title_that_promises_safety_is_not_enough_in_an_abstract_without_harms() -> None:
    title = "Efficacy and safety of a capsule in adults with raised lipids"
    assert "adverse_events_any" in outcomes(RULES, title, LIPIDS)
    assert "adverse_events_any" not in outcomes(TAGGER, title, LIPIDS)


def test_what_others_know_of_harms_is_no_harm_of_the_study_whatever_the_headings() -> None:
    known = "Toxicity of the capsule can cause cardiac arrhythmias at high doses. "
    assert "adverse_events_any" not in outcomes(TAGGER, "A capsule and lipids", known + LIPIDS)
    found = f"{LIPIDS} Toxicity of the capsule was mild."
    assert "adverse_events_any" in outcomes(TAGGER, "A capsule and lipids", found)


def test_events_that_a_treatment_is_to_prevent_are_no_harms_of_it() -> None:
    meant = f"{LIPIDS} Major adverse cardiac and cerebrovascular events occurred in 12 patients."
    for tagger in (TAGGER, RULES):
        assert "adverse_events_any" not in outcomes(tagger, "A capsule and lipids", meant)


def test_harms_that_are_denied_were_looked_for() -> None:
    text = f"{LIPIDS} No adverse events were observed in either group."
    assert "adverse_events_any" in outcomes(TAGGER, "A capsule and lipids", text)


def test_what_no_rule_names_is_suggested_where_the_words_weigh_enough() -> None:
    text = f"{LIPIDS} Scores of distress and of psychological fear were lower with the capsule."
    without = CODEBOOK_WITHOUT_WORDS
    assert "emotional_function" in outcomes(Tagger(without, model=None), "A capsule", text)


def without_words(codebook: Codebook) -> Codebook:
    """The codebook whose values for outcomes have no words."""
    dimension = codebook.dimension("outcome")
    bare = tuple(v.model_copy(update={"triggers": ()}) for v in dimension.values)
    new = dimension.model_copy(update={"values": bare})
    every = tuple(new if d is dimension else d for d in codebook.dimensions)
    return codebook.model_copy(update={"dimensions": every})


CODEBOOK_WITHOUT_WORDS = without_words(CODEBOOK)


def test_words_of_the_codebook_that_were_never_weighed_count_as_ever() -> None:
    dimension = CODEBOOK.dimension("outcome")
    own = tuple(
        v.model_copy(update={"triggers": (*v.triggers, "leaf sickness")})
        if v.id == "adverse_events_any"
        else v
        for v in dimension.values
    )
    new = dimension.model_copy(update={"values": own})
    every = tuple(new if d is dimension else d for d in CODEBOOK.dimensions)
    tagger = Tagger(CODEBOOK.model_copy(update={"dimensions": every}), model=None)
    found = outcomes(tagger, "Safety of a capsule", f"{LIPIDS} Leaf sickness was found in two.")
    assert found["adverse_events_any"].quote == "Leaf sickness was found in two."


def test_a_veto_of_the_codebook_holds_whatever_the_weights_say() -> None:
    dimension = CODEBOOK.dimension("outcome")
    own = tuple(
        v.model_copy(update={"vetoes": ("capsule",)}) if v.id == "adverse_events_any" else v
        for v in dimension.values
    )
    new = dimension.model_copy(update={"values": own})
    every = tuple(new if d is dimension else d for d in CODEBOOK.dimensions)
    tagger = Tagger(CODEBOOK.model_copy(update={"dimensions": every}), model=None)
    assert "adverse_events_any" not in outcomes(tagger, "Lipids", HARMS)


@pytest.mark.parametrize("damage", ["missing", "empty", "no YAML", "another"])
def test_rules_go_alone_where_the_weights_cannot_be_read(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weights.yaml"
    if damage != "missing":
        held = {"empty": "", "no YAML": "a: [", "another": "outcomes: [1]"}
        path.write_text(held[damage], encoding="utf-8")
    monkeypatch.setattr(outcome_weights, "PATH", path)
    outcome_weights.shipped.cache_clear()
    try:
        title = "Efficacy and safety of a capsule"
        found = outcomes(Tagger(CODEBOOK, model=None), title, LIPIDS)
        assert found == outcomes(RULES, title, LIPIDS)
    finally:
        outcome_weights.shipped.cache_clear()


def test_other_weights_make_other_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = SourceVersions(CODEBOOK, None).of("outcome", "wording rules")
    text = outcome_weights.PATH.read_text(encoding="utf-8")
    (tmp_path / "weights.yaml").write_text(
        text.replace("least: 0.", "least: 0.9"), encoding="utf-8"
    )
    other = OutcomeWeights.load(tmp_path / "weights.yaml")
    monkeypatch.setattr(outcome_weights, "shipped", lambda: other)
    source_versions._rules.cache_clear()
    try:
        assert SourceVersions(CODEBOOK, None).of("outcome", "wording rules") != before
    finally:
        source_versions._rules.cache_clear()


def test_data_date_and_figures_stand_beside_the_weights() -> None:
    account = yaml.safe_load(outcome_weights.PATH.read_text(encoding="utf-8"))
    weights = outcome_weights.shipped()
    assert weights is not None and weights.version == account["version"]
    assert set(weights.weights) == set(OUTCOMES)
    harms = account["outcomes"]["adverse_events"]["cross_validated_f1"]
    assert harms["ebm_comet"]["weights"] >= 0.85
    for figures in (f for one in account["outcomes"].values()
                    for f in one["cross_validated_f1"].values()):  # fmt: skip
        assert figures["weights"] > figures["rules alone"]


WORDS = st.lists(
    st.sampled_from(
        "Adverse events were reported. safety toxicity mild no nausea depression scores improved "
        "in 40 patients (p < 0.01). We measured mood distress tolerated due to ß İ".split()
    ),
    min_size=60,
    max_size=120,
).map(" ".join)


@given(WORDS)
@settings(max_examples=30, deadline=None)
def test_every_quote_is_found_in_the_text(abstract: str) -> None:
    found = TAGGER.suggest("Safety of a capsule", abstract)
    text = f"Safety of a capsule\n{abstract}"
    assert all(p.quote in text and 0 < p.confidence <= 1 for p in found)
