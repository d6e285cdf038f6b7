"""The order of screening: what it learns from, and what it must not stumble over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from review.screening.ranking import LARGE, Ranker
from review.screening.term_weights import MOST, PIECE, weigh, weigh_pieces
from review.screening.title_languages import in_another_language

RELEVANT = "kratom mitragynine opioid withdrawal pain self treatment users alkaloid".split()
OTHER = "solar battery voltage alloy polymer turbine lattice welding corrosion sensor".split()
COMMON = "study results methods effect analysis data using group measured significant".split()


def text(random: np.random.Generator, own: list[str], length: int) -> str:
    return " ".join(random.choice(own + COMMON, length))


def collection(
    relevant: int = 20, others: int = 180, bare: int = 0
) -> tuple[list[str], list[str], np.ndarray]:
    """Titles, abstracts and labels; of each kind, so many have no abstract."""
    random = np.random.default_rng(7)
    labels = np.array([1] * relevant + [0] * others)
    titles = [text(random, (RELEVANT if y else OTHER) * 3, 8) for y in labels]
    abstracts = [text(random, RELEVANT if y else OTHER, 120) for y in labels]
    for first in (0, relevant):
        abstracts[first : first + bare] = [""] * bare
    return titles, abstracts, labels


def places(scores: np.ndarray) -> np.ndarray:
    """Place of each record in the order, from 0."""
    return np.argsort(np.argsort(-scores, kind="stable"))


def test_records_like_the_relevant_ones_come_first() -> None:
    titles, abstracts, labels = collection()
    scores = Ranker(titles, abstracts).rank([0, 1, 30, 31], [1, 1, 0, 0])
    assert scores.shape == (200,) and scores.dtype == np.float64
    assert places(scores)[labels == 1].max() < 20


def test_records_without_an_abstract_come_in_their_turn() -> None:
    titles, abstracts, labels = collection(bare=8)
    at = [8, 9, 40, 41]
    place = places(Ranker(titles, abstracts).rank(at, labels[at])) + 1
    assert place[:8].mean() <= 2 * place[8:20].mean()


def test_with_no_votes_the_question_gives_the_order() -> None:
    titles, abstracts, labels = collection()
    asked = "Does kratom (mitragynine) help with pain or opioid withdrawal?"
    scores = Ranker(titles, abstracts, asked).rank([], [])
    assert places(scores)[labels == 1].max() < 20


def test_the_question_gives_way_to_what_people_say() -> None:
    """Whoever asks for one subject and includes the other gets the other."""
    titles, abstracts, labels = collection(100, 100)
    ranker = Ranker(titles, abstracts, "kratom mitragynine pain")
    at = np.arange(80, 120)
    scores = ranker.rank(at, 1 - labels[at])
    assert places(scores)[120:].max() < places(scores)[:80].min()


@pytest.mark.parametrize("question", [None, "", "   ", "zzz qqq", "a"])
def test_with_nothing_to_learn_from_records_stay_as_they_came(question: str | None) -> None:
    titles, abstracts, _ = collection()
    assert not Ranker(titles, abstracts, question).rank([], []).any()


def test_only_relevant_ones_known_is_enough() -> None:
    titles, abstracts, labels = collection()
    scores = Ranker(titles, abstracts).rank([0], [1])
    assert places(scores)[labels == 1].mean() < 20


def test_the_same_votes_give_the_same_scores_in_any_order_of_calls() -> None:
    titles, abstracts, labels = collection(bare=3)
    one, other = (Ranker(titles, abstracts, seed=3) for _ in range(2))
    other.rank([5, 50, 60], [1, 0, 1])
    at = [0, 1, 30, 31, 99]
    assert np.array_equal(one.rank(at, labels[at]), other.rank(at, labels[at]))


@pytest.mark.parametrize(
    ("indices", "labels"),
    [([0], [1, 0]), ([200], [1]), ([-1], [1]), ([0], [2]), ([[0]], [[1]])],
)
def test_wrong_input_is_refused(indices: list[int], labels: list[int]) -> None:
    titles, abstracts, _ = collection()
    with pytest.raises(ValueError):
        Ranker(titles, abstracts).rank(indices, labels)


def test_titles_and_abstracts_must_be_as_many() -> None:
    with pytest.raises(ValueError):
        Ranker(["a"], [])


TEXT = st.text(alphabet="ab \n,é漢1", max_size=12)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_any_texts_and_any_votes_give_finite_scores(data: st.DataObject) -> None:
    """Blank, short, alike, in any script; no vote, one class, all records."""
    records = data.draw(st.lists(st.tuples(TEXT, TEXT), max_size=6))
    question = data.draw(st.one_of(st.none(), TEXT))
    at = [i for i in range(len(records)) if data.draw(st.booleans())]
    labels = [int(data.draw(st.booleans())) for _ in at]
    ranker = Ranker([t for t, _ in records], [a for _, a in records], question)
    scores = ranker.rank(at, labels)
    assert scores.shape == (len(records),) and np.isfinite(scores).all()


@settings(deadline=None, max_examples=30)
@given(st.lists(TEXT, min_size=2, max_size=8), TEXT, st.sampled_from([1, 2]))
def test_weights_are_those_of_scikit_learn(texts: list[str], extra: str, least: int) -> None:
    theirs = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=least, max_df=0.95)
    try:
        rows = theirs.fit_transform(texts).toarray()
    except ValueError:  # no word, or none that counts
        assert weigh(texts, least=least)[0].nnz == 0
        return
    ours, also = weigh(texts, extra=[extra], least=least)
    assert np.allclose((ours @ ours.T).toarray(), rows @ rows.T, atol=1e-5)
    seen = theirs.transform([extra]).toarray()
    assert np.allclose((ours @ also.T).toarray(), rows @ seen.T, atol=1e-5)


def test_a_large_set_leaves_out_what_only_one_record_says() -> None:
    unique = [f"only{n} kratom" for n in range(LARGE)]
    large, small = Ranker(unique, unique), Ranker(unique[:-1], unique[:-1])
    assert large._texts.shape[1] < 10 < small._texts.shape[1]


@pytest.mark.parametrize("seed", range(5))
def test_records_without_an_abstract_come_evenly_among_the_others(seed: int) -> None:
    """After half of them, at most half of the others: also where all their titles say little."""
    titles, abstracts, labels = collection(40, 160)
    random = np.random.default_rng(seed)
    bare = np.r_[0:10, 40:80]
    for n in bare:
        titles[n] = " ".join([*random.choice(list("äëïöü"), (4, 3)).view("U3").ravel(), titles[n]])
        abstracts[n] = ""
    at = random.choice(200, 60, replace=False)
    scores = Ranker(titles, abstracts).rank(at, labels[at])
    others = np.sort(np.delete(scores, bare))
    ahead = len(others) - np.searchsorted(others, -np.sort(-scores[bare]), side="right")
    share = (np.arange(len(bare)) + 1) / len(bare)
    assert (ahead / len(others) <= share + 1e-9).all()


FRENCH = "Analyse des plantes et de leurs usages dans la région de {}"
GERMAN = "Die Behandlung von Beschwerden mit {} in der Praxis"


def test_titles_in_another_language_come_evenly_among_the_others_too() -> None:
    """Most of them speak of something else, and few words of theirs are known from the others."""
    titles, abstracts, labels = collection(40, 160)
    titles += [FRENCH.format(f"Lyon, volume {n}") for n in range(15)]
    titles += [GERMAN.format(f"Salben {n}") for n in range(14)] + [GERMAN.format("Opioiden")]
    titles += ["Treatment of opioid withdrawal in users"] * 30
    at = np.r_[0:20, 40:100, 200:208, 215:217]
    ranker = Ranker(titles, abstracts + [""] * 60)
    place = places(ranker.rank(at, np.r_[labels, [0] * 60][at]))
    assert place[229] == place[200:230].min() < 30


def test_names_and_single_terms_are_of_no_other_language() -> None:
    titles = ["The treatment of pain with opioids in general practice"] * 5
    titles += ["Kratom.", "Mitragyna speciosa Korth.", "", "Corynanthe alkaloids", "漢", "\x00"]
    titles += [FRENCH.format("Lyon"), GERMAN.format("Kratom")]
    at, first = np.arange(5, len(titles)), np.arange(5)
    assert in_another_language(titles, at, first).tolist() == [11, 12]
    assert not len(in_another_language(titles, at[:0], first))


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.text(alphabet="abcdé", min_size=2, max_size=9), min_size=2, max_size=12),
    st.integers(1, 6),
    st.text(alphabet="abcdé ", max_size=12),
)
def test_weights_of_pieces_are_those_of_scikit_learn(
    words: list[str], texts: int, extra: str
) -> None:
    titles = [" ".join(words[n::texts]) for n in range(texts)]
    extra = " ".join(w for w in extra.split() if len(w) > 1)
    theirs = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(PIECE, PIECE), strip_accents="unicode",
        sublinear_tf=True, max_df=MOST if texts > 1 else 1.0,
    )  # fmt: skip
    try:
        rows = theirs.fit_transform(titles).toarray()
    except ValueError:  # no piece that counts
        assert weigh_pieces(titles)[0].nnz == 0
        return
    ours, also = weigh_pieces(titles, extra=[extra])
    assert np.allclose((ours @ ours.T).toarray(), rows @ rows.T, atol=1e-5)
    seen = theirs.transform([extra]).toarray()
    assert np.allclose((ours @ also.T).toarray(), rows @ seen.T, atol=1e-5)


def test_pieces_join_the_forms_of_a_word_and_words_that_languages_share() -> None:
    titles = ["musical sleep", "Musikalische Förderung", "sleeping", "foerderung", "forderung"]
    weights, _ = weigh_pieces(titles)
    alike = (weights @ weights.T).toarray() > 0
    assert alike[0, 1] and alike[0, 2] and alike[1, 4] and not alike[2, 3]
