"""What is merged, what a person is asked, and what is never merged."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from review.dedupe.blocking import candidates
from review.dedupe.cluster import cluster
from review.dedupe.compare import compare, pair_frame
from review.dedupe.features import pair_features
from review.dedupe.links import LIKELY, ReportDetails, find_links
from review.dedupe.normalise import normalise
from review.dedupe.pair_verdicts import rules
from review.dedupe.pairs import FEWEST_QUESTIONS, allowance, ask_once, find_pairs

Verdict = Callable[[dict[str, str], dict[str, str]], str]

TITLE = (
    "Sleep quality and pain in regular kratom users: a cross-sectional survey"  # as in `article`
)

# Each case: what the second record says instead, and the verdicts that are right.
SAME_WORK = [
    pytest.param({}, id="the same record twice"),
    pytest.param({"journal": "J Ethnopharmacol"}, id="journal abbreviated"),
    pytest.param({"author": "Smith AB; Rahman O"}, id="initials behind the names"),
    pytest.param({"author": "Anna B. Smith; Omar Rahman"}, id="given names first"),
    pytest.param({"author": "SmithA.B.RahmanO."}, id="names run together"),
    pytest.param({"pages": "211-9"}, id="pages shortened"),
    pytest.param({"pages": "pp. 211"}, id="first page only"),
    pytest.param({"year": "2018"}, id="online the year before"),
    pytest.param({"title": "Sleep quality and pain in regular kratom users."}, id="no subtitle"),
    pytest.param(
        {"title": TITLE.upper() + " 1"},
        id="capitals and a footnote mark",
    ),
    pytest.param(
        {"title": f"[{TITLE.replace('and', '&')}] [Article in Thai]"},
        id="brackets and a note on the language",
    ),
    pytest.param({"volume": "", "number": "", "pages": ""}, id="not yet in an issue"),
    pytest.param({"number": "7"}, id="issue mistyped"),
]


@pytest.mark.parametrize("change", SAME_WORK)
def test_the_same_work_written_differently_is_merged(
    article: dict[str, str], verdict: Verdict, change: dict[str, str]
) -> None:
    assert verdict(article, article | change) == "same"


NOT_SURE = [
    pytest.param({"title": ""}, id="title blank"),
    pytest.param(
        {"title": f"Erratum: {TITLE}"},
        id="erratum",
    ),
    pytest.param(
        {"title": f"Comment on: {TITLE}"},
        id="comment",
    ),
    pytest.param(
        {"title": f"Reply to {TITLE}", "pages": "220"},
        id="reply",
    ),
    pytest.param(
        {"journal": "Planta Medica", "volume": "7", "pages": "1-9", "year": "2016"},
        id="the same title years later elsewhere",
    ),
    pytest.param(
        {"journal": "Sleep", "volume": "42", "number": "Suppl 1", "pages": "A77"},
        id="abstract of another meeting",
    ),
]


@pytest.mark.parametrize("change", NOT_SURE)
def test_what_may_be_another_work_is_not_merged(
    article: dict[str, str], verdict: Verdict, change: dict[str, str]
) -> None:
    assert verdict(article, article | change) != "same"


def test_parts_of_a_series_are_not_merged(article: dict[str, str], verdict: Verdict) -> None:
    title = "Alkaloids of Mitragyna speciosa and their effects on sleep. Part {}"
    for first, second in (("I", "II"), ("1", "2"), ("II", "III"), ("2", "iii")):
        one, two = (article | {"title": title.format(part)} for part in (first, second))
        assert verdict(one, two) != "same"


def test_a_series_part_in_roman_and_arabic_is_one(
    article: dict[str, str], verdict: Verdict
) -> None:
    title = "Alkaloids of Mitragyna speciosa and their effects on sleep. Part {}"
    one, two = (article | {"title": title.format(part)} for part in ("II", "2"))
    assert verdict(one, two) == "same"


@pytest.mark.parametrize(
    "title", ["Editorial", "Reply", "Chair's message", "In this issue", "Letters"]
)
def test_titles_that_say_nothing_need_an_identifier(
    article: dict[str, str], verdict: Verdict, title: str
) -> None:
    column = article | {"title": title, "pages": ""}
    assert verdict(column, column) != "same"
    assert verdict(column | {"pmid": "123456"}, column | {"pmid": "123456"}) == "same"


def test_a_column_is_not_merged_year_after_year(article: dict[str, str], verdict: Verdict) -> None:
    column = article | {
        "title": "Highlights of the annual meeting of the sleep society",
        "pages": "",
    }
    later = column | {"year": "2020", "volume": "232"}
    assert verdict(column, later) != "same"


@pytest.mark.parametrize("field", ["doi", "pmid", "pmcid", "openalex_id"])
def test_an_identifier_joins_sparse_records(field: str, verdict: Verdict) -> None:
    value = {
        "doi": "10.1000/kratom.2019",
        "pmid": "31234567",
        "pmcid": "PMC6543210",
        "openalex_id": "W2741809807",
    }[field]
    title = {"title": "Sleep quality and pain in regular kratom users"}
    assert verdict(title | {field: value}, title | {field: value}) == "same"


@pytest.mark.parametrize(
    "written",
    [
        "https://doi.org/10.1000/KRATOM.2019",
        "doi:10.1000/kratom.2019",
        "10.1000%2Fkratom.2019 [doi]",
    ],
)
def test_a_doi_is_read_in_every_dress(written: str, verdict: Verdict) -> None:
    title = {"title": "Sleep quality and pain in regular kratom users"}
    assert verdict(title | {"doi": "10.1000/kratom.2019"}, title | {"doi": written}) == "same"


def test_one_doi_on_two_titles_is_asked(article: dict[str, str], verdict: Verdict) -> None:
    other = article | {"title": "Abstracts of the third congress on plant medicine", "pages": "1"}
    doi = {"doi": "10.1000/supplement"}
    assert verdict(article | doi, other | doi) == "unsure"


def test_two_dois_are_not_merged(article: dict[str, str], verdict: Verdict) -> None:
    one = article | {"doi": "10.1000/one", "pages": ""}
    assert verdict(one, one | {"doi": "10.1000/two"}) != "same"


def test_an_updated_review_shares_its_doi_stem(article: dict[str, str], verdict: Verdict) -> None:
    one = article | {"doi": "10.1002/14651858.CD001"}
    assert verdict(one, one | {"doi": "10.1002/14651858.CD001.pub2"}) == "same"


def test_a_preprint_is_proposed_as_a_link_and_not_merged(
    article: dict[str, str], verdict: Verdict
) -> None:
    preprint = {
        "title": article["title"],
        "author": article["author"],
        "year": "2019",
        "journal": "medRxiv",
        "doi": "10.1101/2019.01.02.19000123",
    }
    printed = article | {"doi": "10.1016/j.jep.2019.01.001"}
    for report in (article, printed):
        assert verdict(report, preprint) != "same"
        both = [
            ReportDetails(
                id=name,
                title=one["title"],
                authors=one["author"],
                journal=one["journal"],
                doi=one.get("doi", ""),
            )
            for name, one in (("a", report), ("b", preprint))
        ]
        (link,) = find_links(both).proposals
        assert link.score >= LIKELY


def test_why_is_one_sentence_that_names_fields(article: dict[str, str]) -> None:
    doi = {"doi": "10.1000/kratom"}
    records = pd.DataFrame([{"id": "b", **article, **doi}, {"id": "a", **article, **doi}])
    (pair,) = find_pairs(records).to_dict("records")
    assert (pair["id_a"], pair["id_b"]) == ("a", "b")
    assert pair["why"].startswith("Same DOI")
    assert "title 100 % alike" in pair["why"]
    assert pair["why"].endswith(".") and pair["why"].count(".") == 1


def test_a_reply_on_the_same_page_is_not_merged(article: dict[str, str], verdict: Verdict) -> None:
    reply = article | {"title": f"{TITLE} - Reply", "author": "Lim, Boon"}
    assert verdict(article, reply) != "same"


def test_a_retracted_paper_is_still_that_paper(article: dict[str, str], verdict: Verdict) -> None:
    assert verdict(article, article | {"title": f"RETRACTED: {TITLE}"}) == "same"
    assert verdict(article, article | {"title": f"Retraction: {TITLE}", "pages": "9"}) != "same"


@pytest.mark.parametrize("ends", [("1", "2"), ("alpha 1", "alpha 2"), ("12", "21")])
def test_titles_that_differ_in_a_last_number_are_not_merged(
    article: dict[str, str], verdict: Verdict, ends: tuple[str, str]
) -> None:
    title = "Pharmacology of the mitragynine derivative compound {}"
    one, two = (article | {"title": title.format(end), "pages": ""} for end in ends)
    assert verdict(one, two) != "same"


def test_one_work_registered_twice_is_merged(article: dict[str, str], verdict: Verdict) -> None:
    one, two = {"doi": "10.2307/41410404"}, {"doi": "10.25300/misq/2012/36.1.02"}
    assert verdict(article | one, article | two) == "same"


def test_a_data_set_is_not_merged_with_its_article(
    article: dict[str, str], verdict: Verdict
) -> None:
    data = {
        "title": article["title"],
        "author": article["author"],
        "year": article["year"],
        "journal": "Dryad",
        "doi": "10.5061/dryad.abc123",
    }
    assert verdict(article | {"doi": "10.1016/j.jep.2019.01.001"}, data) != "same"


def test_a_translated_title_is_merged_by_all_the_rest(
    article: dict[str, str], verdict: Verdict
) -> None:
    abstract = "We asked 350 regular users of kratom how they slept and what hurt them. " * 4
    one = article | {"abstract": abstract}
    two = one | {
        "title": "[Sleep quality and pains in habitual kratom users: a cross-sectional study]"
    }
    assert verdict(one, two) == "same"
    first_page = {"pages": "211"}
    assert verdict(one | first_page, two | first_page) == "same"
    assert verdict(one | first_page, two | first_page | {"abstract": ""}) != "same"


def test_many_copies_of_one_record_become_one_cluster(article: dict[str, str]) -> None:
    records = pd.DataFrame([{"id": f"{at:03}", **article} for at in range(150)])
    assert set(cluster(records["id"], find_pairs(records)).values()) == {"000"}


def test_a_sparse_record_does_not_join_two_works(article: dict[str, str]) -> None:
    rows = [
        {"id": "a", **article, "doi": "10.1000/one", "pages": ""},
        {"id": "b", **article, "doi": "10.1000/two", "pages": ""},
        {"id": "c", "title": TITLE, "author": article["author"], "year": article["year"]},
    ]
    records = pd.DataFrame(rows).fillna("")
    clusters = cluster(records["id"], find_pairs(records))
    assert clusters["a"] != clusters["b"]


def test_every_rule_has_a_sentence_of_its_own(article: dict[str, str]) -> None:
    records = pd.DataFrame([{"id": "a", **article}, {"id": "b", **article}])
    known = normalise(records)
    texts = [
        text for text, _, _ in rules(pair_features(compare(pair_frame(known, *candidates(known)))))
    ]
    assert len(set(texts)) == len(texts)
    assert all(text.endswith(".") for text in texts)


def test_updates_of_a_cochrane_review_are_one(verdict: Verdict) -> None:
    review = {
        "title": "Non-steroidal anti-inflammatory drugs for the common cold",
        "author": "Kim, S. Y. and Chang, Y. J.",
        "journal": "Cochrane Database Syst Rev",
        "pages": "Cd006362",
    }
    first, update = review | {"year": "2013", "number": "6"}, review | {"year": "2015"}
    assert verdict(first, update) == "same"
    doi = {"doi": "10.1002/14651858.CD006362.pub4", "pages": ""}
    assert verdict(first, update | doi) == "same"
    assert verdict(first, update | {"pages": "CD006363", "title": "Opioids for pain"}) != "same"


def test_a_translated_title_without_abstract_needs_all_pages(
    article: dict[str, str], verdict: Verdict
) -> None:
    translated = article | {"title": "[How regular users of Mitragyna sleep, and what hurts]"}
    assert verdict(article, translated) == "same"
    assert verdict(article | {"pages": "211"}, translated | {"pages": "211"}) != "same"
    elsewhere = translated | {"number": "5", "title": "How regular users of Mitragyna sleep"}
    assert verdict(article, elsewhere) != "same"


def test_pages_counted_from_one_before_print_say_nothing(
    article: dict[str, str], verdict: Verdict
) -> None:
    early = article | {"volume": "", "number": "", "pages": "1-9"}
    assert verdict(article, early) == "same"
    assert verdict(article, early | {"volume": "230"}) != "same"


def test_a_conference_is_known_by_its_acronym(verdict: Verdict) -> None:
    paper = {
        "title": "Bids and matching efficiency in online labour markets",
        "author": "Guo, Xue and Gong, Jing",
        "year": "2017",
    }
    long = paper | {"journal": "International Conference on Information Systems"}
    assert verdict(long, paper | {"journal": "ICIS: Transforming Society"}) == "same"
    assert verdict(long, paper | {"journal": "Information Systems Research"}) == "unsure"


def test_one_question_settles_two_clusters(article: dict[str, str]) -> None:
    known = {key: article[key] for key in ("title", "author", "year")}
    early = known | {"journal": "Abstracts of the congress of sleep"}
    rows = [article, article, early, early]
    records = pd.DataFrame([{"id": f"r{at}", **row} for at, row in enumerate(rows)]).fillna("")
    pairs = find_pairs(records)
    clusters = cluster(records["id"], pairs)
    asked = ask_once(pairs, clusters)
    for pair in asked.itertuples(index=False):
        assert (pair.verdict == "same") == (clusters[pair.id_a] == clusters[pair.id_b])
    assert len(pairs[pairs["verdict"] != "same"]) == 4
    assert len(asked[asked["verdict"] == "unsure"]) == 1


def test_a_review_is_asked_about_the_likeliest_pairs_only(article: dict[str, str]) -> None:
    rows: list[dict[str, str]] = []
    for number in range(40):
        paper = article | {"title": f"{article['title']} in town {number:03}", "pages": ""}
        paper |= {"volume": "", "number": ""}
        rows += [paper, paper | {"journal": "Another journal" if number % 2 else "", "author": ""}]
    records = pd.DataFrame([{"id": f"r{at:03}", **row} for at, row in enumerate(rows)]).fillna("")
    pairs = find_pairs(records)
    clusters = cluster(records["id"], pairs)
    every, some = ask_once(pairs, clusters), ask_once(pairs, clusters, allowance(len(records)))
    doubtful = [list(asked[asked["verdict"] == "unsure"]["score"]) for asked in (every, some)]
    assert len(doubtful[0]) > len(doubtful[1]) == FEWEST_QUESTIONS
    assert doubtful[1] == doubtful[0][:FEWEST_QUESTIONS]
    assert (allowance(2_399), allowance(2_400), allowance(100_000)) == (11, 12, 500)
