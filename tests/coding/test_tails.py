"""What follows an abstract decides nothing; what the title states goes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.coding.abstract_tails import without_tail
from review.coding.suggestion_rules import Tagger
from review.protocol.loading import load

TAGGER = Tagger(load(Path(__file__).parents[2] / "data").codebook)

ABSTRACT = "We asked 120 adults who use kratom about their sleep. Sleep was better in most."


@pytest.mark.parametrize(
    "tail",
    [
        " References 1. Smith J. Mitragynine in rats: a randomized controlled trial. 2019.",
        " References: Smith J, Lee K. Kratom in mice. J Pain 2019.",
        "\nREFERENCES\n[1] Smith J. A systematic review of kratom in mice.",
        " Related articles: Mitragynine in rats. A meta-analysis of kratom.",
        "\nSimilar articles\nMitragynine in mice.",
        " © 2020 The Authors. Published for the Society of Systematic Review and Rat Research.",
        " Copyright © 2021 Elsevier Ltd. All rights reserved.",
    ],
)
def test_a_tail_is_cut_and_suggests_nothing(tail: str) -> None:
    assert without_tail(ABSTRACT + tail).strip() == ABSTRACT
    title = "Kratom and sleep: a cross-sectional survey"
    assert TAGGER.suggest(title, ABSTRACT + tail) == TAGGER.suggest(title, ABSTRACT)


@pytest.mark.parametrize(
    "text",
    [
        ABSTRACT,
        "We searched PubMed. References of included trials were screened by two authors.",
        "Related articles were found by hand. None was relevant.",
        "References 1. Smith J. Nothing stands before this list.",
        "The copyright of the scale was respected. Sleep was better.",
        "",
    ],
)
def test_an_abstract_that_only_speaks_of_such_things_is_left_whole(text: str) -> None:
    assert without_tail(text) == text


def test_a_design_named_in_the_title_goes_first() -> None:
    found = TAGGER.suggest(
        "Kratom for sleep: study protocol for a systematic review",
        "Rats and mice received mitragynine by gavage, and animals were observed. In vivo, "
        "a rat model and a mouse model were used. Cohort studies and surveys are included.",
    )
    designs = [one for one in found if one.dimension == "study_design"]
    assert designs[0].rank == 1 and designs[0].value == "study_protocol"
