"""The model of designs that ships: what it reads, how it is read, and what it adds to the rules."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from review.coding import design_model
from review.coding.design_features import grams
from review.coding.design_model import DesignModel
from review.coding.design_ranking import LEAST_LIKELY, MODEL
from review.coding.suggestion_rules import Tagger
from review.config import ROOT
from review.protocol import load
from tests.reviews import shipped_protocol

CODEBOOK = shipped_protocol().codebook
TAGGER, RULES = Tagger(CODEBOOK), Tagger(CODEBOOK, model=None)

TRIAL = (
    "Effects of a brief training on sleep in nurses",
    "Forty nurses took part in a training of eight weeks. Sleep was measured before and after the "
    "training with a questionnaire. Scores improved significantly from 9.1 to 6.2 (p < 0.01). The "
    "training may help nurses who work at night.",
)
"""Says nothing of its design in words that a rule knows well."""


def test_the_file_is_small_and_holds_no_pickle() -> None:
    assert design_model.PATH.stat().st_size < 3_000_000
    with np.load(design_model.PATH, allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)


def test_its_data_date_and_figures_stand_beside_it() -> None:
    account = yaml.safe_load(design_model.PATH.with_suffix(".yaml").read_text(encoding="utf-8"))
    model = design_model.shipped()
    assert model is not None and model.version == account["version"]
    assert sum(account["trained_on"]["by_class"].values()) == account["trained_on"]["papers"]
    assert account["cross_validated"]["macro"] >= 0.85
    assert set(account["trained_on"]["by_class"]) == set(model.classes)


def test_its_vocabulary_holds_no_text_of_a_paper() -> None:
    with np.load(design_model.PATH, allow_pickle=False) as file:
        for part in design_model.BLOCKS:
            words = file[f"{part} words"].tobytes().decode().split("\n")
            assert max(len(word.split(" ")) for word in words) == 2


def test_it_suggests_what_rules_miss_with_the_words_that_weighed_most() -> None:
    (said,) = [p for p in TAGGER.suggest(*TRIAL) if p.source == MODEL and p.rank == 1]
    assert said.value == "nonrandomized_trial" and LEAST_LIKELY < said.confidence < 1
    assert said.quote in TRIAL[0] or said.quote in TRIAL[1]
    assert said.reasons and all(words in "\n".join(TRIAL) for words in said.reasons)
    assert said.reasons[0] in said.quote


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "pickled", "another"])
def test_rules_go_alone_where_the_model_cannot_be_read(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "design_model.npz"
    whole = design_model.PATH.read_bytes()
    if damage == "pickled":
        path.write_bytes(pickle.dumps({"classes": ["rct"]}))
    elif damage == "another":
        with path.open("wb") as file:
            np.savez(file, numbers=np.arange(3))
    elif damage != "missing":
        path.write_bytes(whole[: len(whole) // 2] if damage == "cut" else b"")
    monkeypatch.setattr(design_model, "PATH", path)
    design_model.shipped.cache_clear()
    try:
        assert Tagger(CODEBOOK).suggest(*TRIAL) == RULES.suggest(*TRIAL)
    finally:
        design_model.shipped.cache_clear()


def test_a_title_alone_is_left_to_the_rules() -> None:
    assert TAGGER.suggest(TRIAL[0], "") == RULES.suggest(TRIAL[0], "")


def test_a_codebook_of_another_subject_gets_only_its_own_designs() -> None:
    book = load(ROOT / "tests" / "second_subject").codebook
    known = {v.id for v in book.dimension("study_design").values}
    found = [p for p in Tagger(book).suggest(*TRIAL) if p.dimension == "design"]
    assert {p.value for p in found} <= known


@given(st.text(max_size=300), st.text(max_size=600))
@settings(max_examples=60, deadline=None)
def test_every_quote_is_found_in_the_text_and_chances_add_up(title: str, abstract: str) -> None:
    found = [p for p in TAGGER.suggest(title, abstract) if p.source == MODEL]
    text = f"{title}\n{abstract}"
    assert all(p.quote in text and all(word in text for word in p.reasons) for p in found)
    assert sum(p.confidence for p in found) <= 1.05


def test_grams_are_plain_and_know_their_places() -> None:
    text = "two studies of 12 mice in 2019"
    found = {gram.text: text[gram.start : gram.end] for gram in grams(text)}
    assert found["study"] == "studies" and found["of #"] == "of 12" and found["in #y"] == "in 2019"


def test_a_model_of_unequal_parts_is_refused(tmp_path: Path) -> None:
    with np.load(design_model.PATH, allow_pickle=False) as file:
        parts = {name: file[name] for name in file.files}
    parts["title words"] = parts["title words"][:100]
    np.savez(tmp_path / "model.npz", **parts)
    with pytest.raises(ValueError, match="words for"):
        DesignModel.load(tmp_path / "model.npz")
