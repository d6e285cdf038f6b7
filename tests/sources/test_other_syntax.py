"""Search strings in the words of other databases: each is told of, none is sent as it stands."""

from __future__ import annotations

import time

import pytest

from review.sources.openalex.syntax import check_query, hints
from review.sources.openalex.translation import translated


@pytest.mark.parametrize(
    ("query", "named", "instead"),
    [
        ("kratom 'sleep quality'", "'sleep quality'", "double quotes"),
        ("kratom ‘sleep quality’", "‘sleep quality’", "double quotes"),
        ("kratom «sleep quality»", "«sleep quality»", "double quotes"),
        ("kratom[tiab]", "[tiab]", "leave it out"),
        ('"kratom tea"[Title/Abstract]', "[Title/Abstract]", "leave it out"),
        ("kratom[mh:noexp]", "[mh:noexp]", "leave it out"),
        ("kratom.ti,ab.", ".ti,ab.", "leave it out"),
        ("(kratom OR ketum).mp.", ".mp.", "leave it out"),
        ("TS=(kratom)", "TS=", "leave it out"),
        ("TI = kratom", "TI =", "leave it out"),
        ("TITLE-ABS-KEY(kratom)", "TITLE-ABS-KEY(", "leave it out"),
        ("TI(kratom)", "TI(", "leave it out"),
        ("title:kratom", "title:", "leave it out"),
        ("kratom:ti,ab", ":ti,ab", "leave it out"),
        ("exp Pain/", "exp Pain/", "joined by OR"),
        ("'pain'/exp", "/exp", "joined by OR"),
        ("kratom adj3 pain", "adj3", '"pain relief"~3'),
        ("kratom NEAR/3 pain", "NEAR/3", '"pain relief"~3'),
        ("kratom NEAR pain", "NEAR", '"pain relief"~3'),
        ("kratom W/3 pain", "W/3", '"pain relief"~3'),
        ("pain$", "pain$", "joined by OR"),
        ("wom#n", "wom#n", "joined by OR"),
        ("#1 AND #2", "#1", "the lines themselves"),
        ("kratom && pain", "&&", "write AND"),
        ("kratom || pain", "||", "write OR"),
        ("kratom -tea", "-tea", "write NOT"),
        ("(kratom AND -tea)", "-tea", "write NOT"),
        ("kratom +tea", "+tea", "write AND"),
    ],
)
def test_what_another_database_understands_is_named_with_what_to_write(
    query: str, named: str, instead: str
) -> None:
    assert any(named in one and instead in one for one in check_query(query)), check_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "Parkinson's disease and the patients' sleep".replace(" and ", " "),
        "Parkinson’s disease",
        "near infrared kratom",
        "5-HT receptor",
        "kratom and/or tea",
        "[3H]DAMGO kratom",
        "vitamin D – a study",
        '("title: kratom" OR "-tea")'.replace(":", ""),
        "(kratom AND (TI OR AB))",
        "the next adjective",
    ],
)
def test_ordinary_words_are_left_alone(query: str) -> None:
    assert check_query(query) == []


def test_curly_double_quotes_are_only_remarked_on() -> None:
    (told,) = hints("“sleep quality”")
    assert not told.wrong and "straight" in told.message


def test_a_string_of_pubmed_is_carried_over_and_its_losses_are_named() -> None:
    found = translated(
        '("pain relief"[tiab:~3] OR nocicept*[Title/Abstract]) AND Mitragyna[MeSH Terms] '
        "AND mitragynine-like[ti] AND 2010:2020[dp]"
    )
    assert found is not None and found.database == "PubMed"
    assert found.text == '(("pain relief"~3 OR nocicept) AND Mitragyna AND "mitragynine-like")'
    lost = " ".join(found.lost)
    for place in ("nocicept*", "Mitragyna[MeSH Terms]", "mitragynine-like[ti]", "2010:2020[dp]"):
        assert place in lost
    assert check_query(found.text) == []


def test_a_string_of_web_of_science_is_carried_over_and_its_losses_are_named() -> None:
    found = translated(
        "(TS=((kratom OR mitragyn$) AND (pain NEAR/3 relief))) NOT TI=(mouse OR rat)"
    )
    assert found is not None and found.database == "Web of Science"
    assert found.text == '(((kratom OR mitragyn) AND "pain relief"~3) NOT (mouse OR rat))'
    assert "TS=mitragyn$" in found.lost[0] and "TI=mouse, TI=rat" in found.lost[1]


@pytest.mark.parametrize(
    "text",
    ["", "kratom", "kratom[tiab] AND (", "exp Pain/ and kratom.ti,ab.", "[tiab]", "TS=",
     "TS=(kratom) AND pain[tiab]"],
)  # fmt: skip
def test_what_cannot_be_parsed_is_not_offered(text: str) -> None:
    assert translated(text) is None


@pytest.mark.parametrize(
    "text",
    ["(" * 700 + "a[tiab]" + ")" * 700, "'" + "a" * 5000, "exp " + "a " * 2500, "A " * 2500,
     "kratom[tiab] OR " * 2000],
)  # fmt: skip
def test_no_text_holds_up_the_page(text: str) -> None:
    began = time.monotonic()
    check_query(text)
    translated(text)
    assert time.monotonic() - began < 5
