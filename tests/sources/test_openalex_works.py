"""A work becomes a record without losing or inventing anything."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pyalex
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.sources.openalex.works import clean_title, read_rows, rebuild_abstract, work_to_record
from tests.servers.works import invert, make_works

Work = dict[str, Any]

WORK: Work = {
    "id": "https://openalex.org/W42",
    "doi": "https://doi.org/10.5555/ABC.1",
    "title": "<i>Mitragyna</i> &amp; sleep",
    "publication_year": 2024,
    "publication_date": "2024-03-01",
    "ids": {
        "openalex": "https://openalex.org/W42",
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/123",
        "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/456",
    },
    "language": "en",
    "type": "article",
    "primary_location": {
        "landing_page_url": "https://example.org/a",
        "source": {"display_name": "Pain Notes"},
        "raw_source_name": "PAIN NOTES",
    },
    "biblio": {"volume": "3", "issue": "1", "first_page": "12", "last_page": "19"},
    "authorships": [
        {"raw_author_name": "A. Borg", "author": {"display_name": "Ana Borg"}},
        {"raw_author_name": None, "author": {"display_name": "Bo Chai"}},
    ],
    "study_designs": [{"id": "https://openalex.org/study-designs/case-report"}],
    "mesh": [
        {"descriptor_name": "Pain", "qualifier_name": None},
        {"descriptor_name": "Pain", "qualifier_name": "drug therapy"},
        {"descriptor_name": "Sleep", "qualifier_name": None},
    ],
    "keywords": [{"display_name": "Leaf"}],
    "is_retracted": True,
    "abstract_inverted_index": {"slept": [2], "People": [0], "well": [5]},
}


def test_every_field_of_a_work_is_read() -> None:
    record = work_to_record(WORK)
    assert (record.source, record.key, record.openalex_id) == ("openalex", "W42", "W42")
    assert record.title == "Mitragyna & sleep"
    assert record.authors == ("A. Borg", "Bo Chai")
    assert (record.year, record.journal) == (2024, "Pain Notes")
    assert (record.volume, record.issue, record.pages) == ("3", "1", "12-19")
    assert (record.doi, record.pmid, record.pmcid) == ("10.5555/abc.1", "123", "PMC456")
    assert record.abstract == "People slept well"
    assert (record.language, record.type, record.retracted) == ("en", "article", True)
    assert record.url == "https://example.org/a"
    assert (record.keywords, record.mesh) == (("Leaf",), ("Pain", "Sleep"))
    assert record.study_designs == ("case-report",)


def test_raw_is_the_work_unchanged() -> None:
    before = repr(WORK)
    assert work_to_record(WORK).raw == WORK
    assert repr(WORK) == before


@pytest.mark.parametrize("name", [name for name in WORK if name != "id"])
@pytest.mark.parametrize("value", [None, 7, "text", [], {}, [None], [1], {"a": None}, "absent"])
def test_any_field_may_be_null_absent_or_odd(name: str, value: object) -> None:
    work = {k: v for k, v in WORK.items() if k != name}
    if value != "absent":
        work[name] = value
    assert work_to_record(work).key == "W42"


def test_a_journal_without_a_source_is_taken_from_the_raw_name() -> None:
    work = WORK | {"primary_location": {"source": None, "raw_source_name": "Sleep Letters"}}
    assert work_to_record(work).journal == "Sleep Letters"


def test_a_work_kept_from_before_2023_has_its_journal_and_keywords() -> None:
    work = WORK | {
        "primary_location": None,
        "host_venue": {"display_name": "Blood Letters"},
        "keywords": [{"keyword": "leaf", "score": 0.5}],
    }
    record = work_to_record(work)
    assert (record.journal, record.keywords) == ("Blood Letters", ("leaf",))


@pytest.mark.parametrize(
    ("given_title", "cleaned"),
    [
        ("CO<sub>2</sub> and <scp>DNA</scp>", "CO2 and DNA"),
        ("An<i>in vitro</i>assay", "An in vitro assay"),
        ("<i>N</i>-acetylcysteine, r<scp>FVII</scp>a", "N-acetylcysteine, rFVIIa"),
        ("&lt;p&gt;Kratom&lt;/p&gt;", "Kratom"),
        ("&amp;lt;i&amp;gt;Kratom&amp;lt;/i&amp;gt;", "Kratom"),
        ("One<br/>two\n three", "One two three"),
        ('<mml:math xmlns:mml="http://x"><mml:mi>p</mml:mi></mml:math> value', "p value"),
        ("Pain if a<b and c>d, p < 0.05", "Pain if a<b and c>d, p < 0.05"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("R&D in กระท่อม", "R&D in กระท่อม"),
    ],
)
def test_titles_lose_mark_up_and_nothing_else(given_title: str, cleaned: str) -> None:
    assert clean_title(given_title) == cleaned


@pytest.mark.parametrize("row", [None, "text", 7, [], {}, {"id": None}, {"id": "https://x/A1"}])
def test_a_bad_row_is_named_and_the_good_ones_go_in(row: object) -> None:
    records, bad = read_rows([WORK, row, WORK | {"id": "https://openalex.org/W43"}], "page 1")
    assert [record.key for record in records] == ["W42", "W43"]
    assert [(mistake.file, mistake.key) for mistake in bad] == [("page 1", "row 2")]


odd_words = st.text(
    st.sampled_from("ab <>&\n\r\t\u00a0\u200f痛é\"'="), min_size=0, max_size=6
)  # what recorded abstracts hold, and worse


@given(words=st.lists(odd_words, max_size=60), step=st.lists(st.integers(1, 9), min_size=60))
def test_an_abstract_is_rebuilt_exactly_whatever_the_gaps_and_words(
    words: list[str], step: list[int]
) -> None:
    index: dict[str, list[int]] = {}
    position = 0
    for word, gap in zip(words, step, strict=False):
        index.setdefault(word, []).append(position)
        position += gap
    assert rebuild_abstract(index) == " ".join(words)


@given(
    words=st.lists(st.sampled_from(("pain", "sleep", "and", "a\n\nb")), max_size=40),
    rng=st.randoms(use_true_random=False),
)
def test_the_order_of_the_index_does_not_matter(words: list[str], rng: random.Random) -> None:
    items = list(invert(words).items())
    rng.shuffle(items)
    assert rebuild_abstract(dict(items)) == " ".join(words)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


# Field of a work -> the fields of a record that are read from it.
READ_FROM = {
    "doi": {"doi", "url"}, "title": {"title"}, "display_name": {"title"},
    "publication_year": {"year"}, "publication_date": {"year"}, "ids": {"doi", "pmid", "pmcid"},
    "language": {"language"}, "type": {"type"}, "primary_location": {"journal", "url"},
    "biblio": {"volume", "issue", "pages"}, "authorships": {"authors"},
    "study_designs": {"study_designs"}, "mesh": {"mesh"}, "keywords": {"keywords"},
    "is_retracted": {"retracted"}, "abstract_inverted_index": {"abstract"},
    "open_access": set(), "a field of next year": set(),
}  # fmt: skip
# The same for parts of objects, where a part that is bad costs less than the whole.
PARTS = {
    ("ids", "pmid"): {"pmid"}, ("ids", "pmcid"): {"pmcid"}, ("ids", "openalex"): set(),
    ("biblio", "volume"): {"volume"}, ("biblio", "issue"): {"issue"},
    ("biblio", "first_page"): {"pages"}, ("biblio", "last_page"): {"pages"},
    ("primary_location", "source"): {"journal"}, ("primary_location", "raw_source_name"): set(),
    ("primary_location", "landing_page_url"): {"url"},
}  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(READ_FROM)), st.just(...) | json_values))
def test_a_bad_field_is_lost_alone_whatever_is_in_it(spoilt: dict[str, object]) -> None:
    work = {k: v for k, v in (WORK | spoilt).items() if v is not ...}
    touched = set().union(*(READ_FROM[name] for name in spoilt))
    kept = set().union(*READ_FROM.values()) - touched
    whole, record = work_to_record(WORK), work_to_record(work)
    assert {n: getattr(record, n) for n in kept} == {n: getattr(whole, n) for n in kept}
    assert record.key == "W42" and record.raw == work


@given(st.sampled_from(sorted(PARTS)), st.just(...) | json_values)
def test_a_bad_part_of_an_object_is_lost_alone(place: tuple[str, str], value: object) -> None:
    parent, part = place
    held = {k: v for k, v in ({**WORK[parent], part: value}).items() if v is not ...}
    whole, record = work_to_record(WORK), work_to_record(WORK | {parent: held})
    for name in set().union(*READ_FROM.values()) - PARTS[place]:
        assert getattr(record, name) == getattr(whole, name)


@given(st.lists(json_values, max_size=4), st.sampled_from(["authorships", "mesh", "keywords"]))
def test_a_bad_entry_of_a_list_is_lost_alone(bad: list[object], name: str) -> None:
    odd = [item for item in bad if not isinstance(item, dict)]
    whole = work_to_record(WORK)
    assert replace(work_to_record(WORK | {name: [*odd, *WORK[name]]}), raw=WORK) == whole


@given(st.lists(json_values | st.just(WORK), max_size=6))
def test_no_row_is_dropped_in_silence(rows: list[object]) -> None:
    records, bad = read_rows(rows, "page 1")
    assert len(records) + len(bad) == len(rows)


def test_pyalex_rebuilds_the_same_abstracts() -> None:
    for work in make_works(200):
        assert work_to_record(work).abstract == (pyalex.Work(work)["abstract"] or "")


def test_a_list_of_authors_that_was_cut_says_so() -> None:
    names = [{"raw_author_name": f"Author {n}"} for n in range(100)]
    work = {"id": "https://openalex.org/W1", "authorships": names}
    assert work_to_record({**work, "is_authors_truncated": True}).authors[98:] == (
        "Author 98", "Author 99", "et al.",
    )  # fmt: skip
    assert len(work_to_record({**work, "is_authors_truncated": False}).authors) == 100
