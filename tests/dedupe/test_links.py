"""Which reports are proposed as reports of one study, and which are not."""

from __future__ import annotations

import csv
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.config import ROOT
from review.dedupe.link_inputs import Received, report_details
from review.dedupe.links import (
    LIKELY,
    ProposedLink,
    ReportDetails,
    find_links,
    sample_sizes,
    sample_words,
)
from review.sources.library import read_library
from tests.reviews import shipped_protocol

TITLE = "Kratom for sleep in chronic low back pain: a randomised trial"


def entry(id_: str, **fields: object) -> ReportDetails:
    values = {"title": TITLE, "authors": "Doe, Jane; Roe, Richard", "year": 2020, **fields}
    return ReportDetails(id_, **values)  # type: ignore[arg-type]


def proposed(*entries: ReportDetails) -> dict[tuple[str, str], ProposedLink]:
    return {(p.a, p.b): p for p in find_links(entries).proposals}


def test_reports_of_one_registered_trial_are_likely_one_study() -> None:
    a = entry("a", text="Methods. NCT01234567.")
    b = entry("b", title="Twelve-month follow-up", authors="Poe, E", text="(NCT01234567)")
    assert proposed(a, b)["a", "b"].score >= LIKELY
    review = entry("c", title="Kratom: a systematic review", text="We found NCT01234567.")
    assert proposed(a, review)["a", "c"].score < LIKELY


def test_a_number_that_many_reports_name_says_nothing() -> None:
    many = [entry(str(n), title=f"T{n}", authors="", text="NCT01234567") for n in range(9)]
    assert proposed(*many) == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"doi": "10.1101/2020.01.02.20012345", "journal": "medRxiv"},
        {"journal": "Sleep Congress abstracts"},
        {"journal": "Sleep", "volume": "43 Suppl 1"},
        {"title": f"Erratum: {TITLE}"},
        {"type": "thesis", "title": TITLE + " and a survey"},
    ],
)
def test_early_and_corrected_forms_are_linked_to_the_article(fields: dict[str, str]) -> None:
    article = entry("a", doi="10.1000/x", journal="Sleep", volume="43")
    assert proposed(article, entry("b", **fields))["a", "b"].score >= LIKELY


def test_an_early_form_that_names_nobody_is_known_by_its_title() -> None:
    early = entry("b", title=TITLE.upper(), authors="", journal="Preprints.org")
    assert "without authors" in proposed(entry("a"), early)["a", "b"].why
    assert proposed(entry("a"), entry("b", title=TITLE, authors="", journal="Pain")) == {}
    short = entry("b", title="Kratom and pain", authors="", journal="Preprints.org")
    assert proposed(entry("a", title="Kratom and pain"), short) == {}


def test_a_comment_is_not_a_report_of_the_study_it_is_about() -> None:
    assert proposed(entry("a"), entry("b", title=f"Comment on: {TITLE}")) == {}


def test_versions_of_a_doi_are_one_study() -> None:
    a = entry("a", doi="10.1002/14651858.CD001", title="First", authors="")
    b = entry("b", doi="10.1002/14651858.CD001.pub2", title="Second", authors="")
    assert "10.1002/14651858.cd001" in proposed(a, b)["a", "b"].why


def test_a_common_sample_is_offered_but_is_never_likely_by_itself() -> None:
    a = entry("a", title="Kratom dependence", text="We asked 293 regular users in Malaysia.")
    b = entry("b", title="Social functioning", text="In all, 293 kratom users took part.")
    assert proposed(a, b)["a", "b"].why == "Both have a sample of 293 people and share authors."
    assert proposed(a, b)["a", "b"].score < LIKELY
    strangers = entry("b", title="Social functioning", authors="Poe, E", text="293 users")
    assert proposed(a, strangers) == {}


def test_sample_sizes_are_numbers_of_people() -> None:
    text = "Of 1,807 patients, 357 adults (N = 395) took 50 mg for 12 weeks in 2,500 doses; n=8."
    assert sample_sizes(text) == {1807, 357, 395}


def test_records_without_abstract_may_tell_their_sample_elsewhere() -> None:
    words = sample_words({"sample_size": "395 (survey); 357 (EMA)", "title": "9,999 people"})
    assert sample_sizes(words) == {395, 357}


def test_only_pairs_with_a_new_report_when_some_are_new() -> None:
    stem = "10.1002/14651858.CD001.pub"
    same = [
        entry(name, title=f"Of {name}", doi=stem + place)
        for place, name in zip("234", "abc", strict=True)
    ]
    found = find_links(same, ["c"])
    assert [(p.a, p.b) for p in found.proposals] == [("a", "c"), ("b", "c")]


def test_linked_pairs_of_the_library_that_share_a_sample_are_offered_and_no_different_pair() -> (
    None
):
    """Of the others no row says so: one sample is named in the papers only, one is too small."""
    library = read_library(ROOT / "data" / "library", shipped_protocol().codebook).records
    found = proposed(
        *(
            ReportDetails(
                id=r.key,
                title=r.title,
                authors="; ".join(r.authors),
                year=r.year,
                journal=r.journal,
                doi=r.doi,
                type=r.type,
                text=r.abstract or sample_words(r.raw),
            )
            for r in library
        )
    )
    with (ROOT / "data" / "library" / "duplicate_pairs.csv").open(encoding="utf-8") as lines:
        rows = [(frozenset((x["id_a"], x["id_b"])), x["relation"]) for x in csv.DictReader(lines)]
    offered = {frozenset(ends) for ends in found}
    left = {pair for pair, said in rows if said == "linked" and pair not in offered}
    assert left == {
        frozenset(pair)
        for pair in (
            ("K280", "K007"), ("K280", "K206"),  # 26 men
            ("K273", "K024"),  # no sample is told of one of them
            ("K278", "K131"), ("K282", "K060"),  # part of a sample, and the whole of it
        )
    }  # fmt: skip
    assert [set(pair) for pair, said in rows if said == "different" and pair in offered] == []


def test_the_order_of_the_entries_does_not_matter() -> None:
    some = [entry("a", text="293 users"), entry("b", text="293 users"), entry("c", journal="SSRN")]
    one_way, other_way = find_links(some), find_links(some[::-1])
    assert one_way == other_way and len(one_way.proposals) == len(list(combinations(some, 2)))


# ---- one search after the other ----------------------------------------------------------------

COUNT = 16
words = {
    "title": ("", TITLE, TITLE + ": a systematic review", "Kratom and work", f"Erratum: {TITLE}"),
    "author": ("", "Doe, Jane", "Doe, Jane; Roe, Richard", "Poe, Edgar"),
    "journal": ("Pain", "SSRN"),
    "doi": ("", "10.1002/14651858.CD001", "10.1002/14651858.CD001.pub2"),
    "abstract": ("", "293 users", "293 users", "NCT01234567", "N = 293. NCT01234567", "In all, 41"),
}
rows = st.fixed_dictionaries({name: st.sampled_from(said) for name, said in words.items()})
groups = st.lists(st.integers(0, COUNT - 1), min_size=COUNT, max_size=COUNT)


def homes(of: list[int], count: int) -> dict[str, str]:
    """Record -> smallest record of its group, for so many records."""
    first: dict[int, str] = {}
    return {f"R{n:06}": first.setdefault(of[n], f"R{n:06}") for n in range(count)}


def mates(home: dict[str, str]) -> dict[str, frozenset[str]]:
    """Record -> the records of its report."""
    return {r: frozenset(x for x, there in home.items() if there == home[r]) for r in home}


@settings(max_examples=300, deadline=None)
@given(
    said=st.lists(rows, min_size=COUNT, max_size=COUNT),
    old=st.integers(0, COUNT),
    grouped=st.tuples(groups, groups),
)
def test_a_search_for_what_is_new_completes_the_one_before_as_if_all_were_searched(
    said: list[dict[str, str]], old: int, grouped: tuple[list[int], list[int]]
) -> None:
    """Whatever came in, was joined or taken apart between the two."""
    nothing = {"year": "2020", "volume": "", "number": "", "entrytype": ""}
    records = [{"id": f"R{n:06}", **row, **nothing} for n, row in enumerate(said)]
    before, after = homes(grouped[0], old), homes(grouped[1], COUNT)
    was, now = mates(before), mates(after)
    new = {after[r] for r in after if was.get(r) != now[r]}
    more = Received({}, {})
    found = find_links(report_details(records, more, after), new)
    past = {r for r in after if after[r] in found.about}
    kept = {
        p
        for p in find_links(report_details(records[:old], more, before)).proposals
        if not past & {p.a, p.b}
    }
    whole = find_links(report_details(records, more, after))
    assert kept | set(found.proposals) == set(whole.proposals)
