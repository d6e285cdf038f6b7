"""One word may make two works: what is never merged without a person."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.dedupe.cluster import cluster
from review.dedupe.deciding_words import KINDS, deciding_words, replaced_word
from review.dedupe.pair_words import pair_words
from review.dedupe.pairs import allowance, ask_once, find_pairs
from review.dedupe.text_folding import fold

Fields = dict[str, str]
TEAM: Fields = {"author": "Sand, Rita; Dune, Karl", "year": "2019", "journal": "Lancet Tea"}
TITLE = (
    "Effects of leaf tea given before bed on the rest of people {} in a northern town: "
    "a randomised controlled trial"
)
SLEPT = "Forty people drank tea before bed. They slept sooner than without, by nine minutes."
FELT = "Thirty of those asked to drink in the evening were not helped; pain fell by one point."


def judged(*records: Fields) -> tuple[set[str], list[tuple[str, str]]]:
    """The clusters that come of some records, and what a person is asked: verdict and reason."""
    frame = pd.DataFrame([{"id": str(n), **one} for n, one in enumerate(records)]).fillna("")
    pairs = find_pairs(frame)
    clusters = cluster(frame["id"], pairs)
    asked = ask_once(pairs, clusters, allowance(len(frame)))
    return set(clusters.values()), list(zip(asked["verdict"], asked["why"], strict=True))


def question(first: Fields, second: Fields) -> str:
    """Why a person is asked about two records, which stay two."""
    clusters, asked = judged(first, second)
    assert len(clusters) == 2, asked
    ((verdict, why),) = asked
    assert verdict == "unsure"
    return why


COMPANIONS = [
    ("with depression", "without depression", "with", "without"),
    ("who are men", "who are women", "men", "women"),
    ("male", "female", "male", "female"),
    ("and their mothers", "and their fathers", "mothers", "fathers"),
    ("treated as inpatients", "treated as outpatients", "inpatients", "outpatients"),
    ("with hypertension", "with hypotension", "hypertension", "hypotension"),
    ("before premenopausal loss", "before postmenopausal loss", "premenopausal", "postmenopausal"),
    ("of older age", "of younger age", "older", "younger"),
    ("with symptomatic gout", "with asymptomatic gout", "symptomatic", "asymptomatic"),
    ("of normal weight", "of abnormal weight", "normal", "abnormal"),
    ("who are smokers", "who are nonsmokers", "smokers", "nonsmokers"),
    ("with unipolar illness", "with bipolar illness", "unipolar", "bipolar"),
    ("with hepatitis A", "with hepatitis B", "hepatitis a", "hepatitis b"),
    ("in short-term care", "in long-term care", "short", "long"),
    ("in Kenya", "in Uganda", "kenya", "uganda"),
]


@pytest.mark.parametrize("issue", [{}, {"volume": "3", "number": "2"}], ids=["", "one issue"])
@pytest.mark.parametrize(("first", "second", "one", "other"), COMPANIONS)
def test_companion_papers_are_asked_about_in_plain_words(
    first: str, second: str, one: str, other: str, issue: Fields
) -> None:
    base = TEAM | issue
    why = question(base | {"title": TITLE.format(first)}, base | {"title": TITLE.format(second)})
    assert pair_words(why, ("", "")).other == f"One title says “{one}”, the other “{other}”."


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("given heroin", "given morphine"),
        ("with mice", "with rats"),
        ("with acute pain", "with chronic pain"),
        ("with children", "with adults"),
        ("boys", "girls"),
        ("fed", "fasted"),
        ("of part I", "of part II"),
        ("at wave 1", "at wave 2"),
        ("in 2010", "in 2015"),
        ("on Monday", "on Friday"),
        ("in summer", "in winter"),
        ("adults", "older adults"),
    ],
)
@pytest.mark.parametrize("issue", [{}, {"volume": "3", "number": "2"}], ids=["", "one issue"])
def test_other_companions_are_not_merged_either(first: str, second: str, issue: Fields) -> None:
    base = TEAM | issue
    question(base | {"title": TITLE.format(first)}, base | {"title": TITLE.format(second)})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("in paediatric care", "in pediatric care"),
        ("with antianginal pills", "with anti-anginal pills"),
        ("with sleeplessness", "with sleeplesness"),
        ("in hospitals", "in hospital"),
        ("of the north", "of the North"),
        ("with tumours", "with tumors"),
    ],
)
def test_spellings_and_slips_decide_nothing(first: str, second: str) -> None:
    base = TEAM | {"volume": "3", "number": "2"}
    records = [base | {"title": TITLE.format(said)} for said in (first, second)]
    clusters, asked = judged(*records)
    assert len(clusters) == 1, asked


def test_a_slip_in_the_title_of_one_text_decides_nothing(article: Fields) -> None:
    """All else is printed alike: page, volume, abstract."""
    told = article | {"abstract": SLEPT + " " + FELT}
    slip = told | {"title": article["title"] + " in hyperthermic people"}
    other = told | {"title": article["title"] + " in hypothermic people"}
    assert len(judged(slip, other)[0]) == 1


# ---- abstracts and registrations ---------------------------------------------------------------


def test_one_title_with_two_abstracts_is_a_question() -> None:
    base = TEAM | {"title": TITLE.format("of old")}
    why = question(base | {"abstract": SLEPT}, base | {"abstract": FELT})
    assert pair_words(why, ("", "")).other == "The abstracts differ."


def test_a_record_without_abstract_does_not_tie_two_that_differ() -> None:
    base = TEAM | {"title": TITLE.format("of old")}
    clusters, asked = judged(base | {"abstract": SLEPT}, base, base | {"abstract": FELT})
    assert len(clusters) == 2
    assert [why for verdict, why in asked if verdict == "unsure" and "the abstracts differ" in why]


@pytest.mark.parametrize(
    "second",
    [
        "Background. Tea is drunk by many. Please cite as Sand 2019. " + SLEPT + FELT,
        FELT + " " + SLEPT,
        SLEPT[20:] + " " + FELT,
    ],
)
def test_an_abstract_cut_or_in_another_order_is_the_same(second: str) -> None:
    base = TEAM | {"title": TITLE.format("of old")}
    first = base | {"abstract": SLEPT + " " + FELT}
    assert len(judged(first, base | {"abstract": second})[0]) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("NCT01234567", "NCT07654321"),
        ("ISRCTN12345678", "CRD42020123456"),
        ("ChiCTR1900012345", "UMIN000012345"),
        ("EudraCT 2015-004321-12", "2016-004321-12"),
    ],
)
def test_two_registrations_are_two(first: str, second: str) -> None:
    base = TEAM | {"title": TITLE.format("of old")}
    told = [base | {"abstract": f"{SLEPT} Registration: {number}."} for number in (first, second)]
    assert "the registration numbers differ" in question(*told)
    assert len(judged(told[0], told[0] | {"abstract": told[0]["abstract"] + " Funded."})[0]) == 1


@pytest.mark.parametrize("field", ["journal", "url"])
def test_two_entries_of_a_register_under_one_title_are_two(field: str) -> None:
    base = {"title": TITLE.format("of old"), "year": "2015", "author": "Sand R"}
    pages = [f"https://clinicaltrials.gov/show/NCT0{n}234567" for n in (1, 2)]
    question(base | {"journal": "ct", field: pages[0]}, base | {"journal": "ct", field: pages[1]})


# ---- a key in common ---------------------------------------------------------------------------

CHAPTER: Fields = {
    "author": "Vale, F.", "year": "2014", "journal": "Handbook of Tea", "doi": "10.5555/b14859",
}  # fmt: skip


@pytest.mark.parametrize("places", [("", ""), ("10-19", "20-31")])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Tea and sleep in adults", "Tea and sleep in older adults"),
        ("Tea and sleep in adults", "Coffee and sleep in adults"),
        ("Tea and sleep of nurses", "Tea and sleep of night nurses"),
        ("Tea and sleep in men", "Tea and sleep in women"),
    ],
)
def test_a_books_doi_makes_no_one_chapter_of_two(
    first: str, second: str, places: tuple[str, str]
) -> None:
    a, b = (
        CHAPTER | {"title": title, "pages": pages}
        for title, pages in zip((first, second), places, strict=True)
    )
    assert len(judged(a, b)[0]) == 2


@pytest.mark.parametrize(
    "second",
    [
        {"title": "Does tea help adults to sleep well", "author": "Vale F"},
        {"author": "Vale F"},
        {"author": "Vale F", "pages": "10"},
        {"title": "Erratum: Tea helps adults to sleep well", "pages": "10"},
    ],
)
def test_a_pubmed_number_of_a_comment_makes_no_one_of_it_and_its_paper(second: Fields) -> None:
    paper = {
        "title": "Tea helps adults to sleep well", "author": "Sand R", "year": "2018",
        "journal": "Lancet Tea", "pmid": "30111113", "volume": "3",
    }  # fmt: skip
    assert len(judged(paper, paper | second)[0]) == 2


@pytest.mark.parametrize("title", ["Tea and the sleep of adults", "Letter to the editor"])
def test_old_dois_of_one_issue_differ_behind_the_angle_bracket(title: str) -> None:
    issue = {"author": "Sand R", "year": "1998", "journal": "Phytother Res", "volume": "12"}
    doi = "10.1002/(SICI)1099-1573(199802)12:1<{}>3.0.CO;2-{}"
    first = issue | {"title": title, "pages": "1-5", "doi": doi.format("1::AID-PTR1", "Z")}
    second = issue | {"title": title, "pages": "6-9", "doi": doi.format("6::AID-PTR2", "X")}
    assert len(judged(first, second)[0]) == 2


# ---- the list ----------------------------------------------------------------------------------


def test_the_list_holds_folded_words_each_of_one_kind() -> None:
    assert all(form == fold(form) for form in KINDS)
    assert all(thing and len(form.split()) <= 2 for form, (_, thing) in KINDS.items())


titles = st.lists(
    st.sampled_from([*(w for w in KINDS if " " not in w), "tea", "of", "trial", "x"]), max_size=6
).map(" ".join)


@given(titles, titles)
def test_the_order_of_two_titles_does_not_matter(first: str, second: str) -> None:
    one, other = deciding_words(first, second), deciding_words(second, first)
    assert (one is None) == (other is None)
    assert (replaced_word(first, second) is None) == (replaced_word(second, first) is None)


@given(titles)
def test_a_title_speaks_of_one_thing_with_itself_in_any_order(title: str) -> None:
    assert deciding_words(title, title) is None
    assert deciding_words(title, " ".join(reversed(title.split()))) is None
