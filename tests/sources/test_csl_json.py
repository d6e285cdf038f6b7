"""CSL-JSON as Zotero and doi.org write it, whole and broken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import FileError, ReviewError
from review.sources.file_reading import FileContent, read_bytes

ZOTERO: dict[str, Any] = {
    "id": "http://zotero.org/users/1/items/ABCD1234",
    "type": "article-journal",
    "title": "Kratom use and sleep quality: a survey",
    "container-title": "Sleep Letters",
    "abstract": "We asked people.",
    "DOI": "10.5555/AbC.1",
    "ISSN": "1234-5678",
    "issue": "2",
    "volume": 12,
    "page": "101-109",
    "language": "en",
    "URL": "https://example.org/1",
    "note": "PMID: 33333333",
    "keyword": "kratom, sleep",
    "author": [
        {"family": "Borg", "given": "Ana"},
        {"family": "Berg", "given": "Bo", "non-dropping-particle": "van den"},
        {"literal": "Kratom Study Group"},
    ],
    "issued": {"date-parts": [["2021", 3, 5]]},
}


def read(text: str, name: str = "library.json") -> FileContent:
    return read_bytes(text.encode(), name)


@pytest.mark.parametrize("wrap", [lambda i: [i], lambda i: i, lambda i: {"items": [i]}])
def test_an_item_as_zotero_writes_it(wrap: Any) -> None:
    content = read(json.dumps(wrap(ZOTERO), indent=2))
    assert (content.format, content.source, content.mistakes) == ("csl-json", "library", ())
    (record,) = content.records
    assert record.title == "Kratom use and sleep quality: a survey"
    assert record.authors == ("Borg, Ana", "van den Berg, Bo", "Kratom Study Group")
    assert (record.year, record.journal, record.language) == (2021, "Sleep Letters", "en")
    assert (record.volume, record.issue, record.pages) == ("12", "2", "101-109")
    assert (record.doi, record.pmid, record.type) == (
        "10.5555/abc.1",
        "33333333",
        "article-journal",
    )
    assert record.keywords == ("kratom", "sleep")
    assert record.raw == ZOTERO


def test_an_item_as_doi_org_gives_it() -> None:
    item = {
        "type": "journal-article", "title": ["Kratom"], "container-title": ["J", "Journal"],
        "issued": {"date-parts": [[2021]]}, "PMCID": "PMC9", "author": [{"name": "G"}],
    }  # fmt: skip
    (record,) = read(json.dumps([item])).records
    assert (record.title, record.journal, record.year) == ("Kratom", "J", 2021)
    assert (record.pmcid, record.authors) == ("PMC9", ("G",))


@pytest.mark.parametrize(
    ("issued", "year"),
    [
        ({"raw": "5 May 2020"}, 2020),
        ({"literal": "2020"}, 2020),
        ("2020-01", 2020),
        ({"date-parts": []}, None),
        ({"date-parts": [[None]]}, None),
        (7, None),
    ],
)
def test_dates_of_any_form(issued: object, year: int | None) -> None:
    (record,) = read(json.dumps([{"title": "T", "issued": issued}])).records
    assert record.year == year


def test_a_broken_item_is_named_by_its_line_and_the_others_go_in() -> None:
    text = """[
{"type": "book", "title": "One"},
{"type": "book", "title": "Bad", "author": [{"family": "x"}, {"family": "title"}],, },
{"type": "book", "author": []},
"no item",
{"type": "book", "title": "Last"}
]"""
    content = read(text)
    assert [record.title for record in content.records] == ["One", "Last"]
    assert content.mistakes[0].line == 3


def test_items_without_a_title_or_that_are_no_items_are_named() -> None:
    content = read('[{"title": "T"},\n{"type": "book"},\n5, null]')
    assert [mistake.line for mistake in content.mistakes] == [2, 3, 3]


def test_half_a_character_is_no_character() -> None:
    (record,) = read('[{"title": "a\\ud800b"}]').records
    assert record.title == "a?b"


@pytest.mark.parametrize("text", ['[{"name": "x"}]', "[]", '{"a": 1}', "[" * 100_000 + '"'])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(FileError, match="JSON"):
        read(text)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["title", "author", "family", "date-parts", "raw"]), inner
        )
    ),
    max_leaves=8,
)
items = st.dictionaries(st.sampled_from([*ZOTERO, "editor", "PMID", "annote"]), values)


@given(st.lists(items, max_size=4))
def test_no_item_at_all_breaks_the_reader(found: list[dict[str, Any]]) -> None:
    try:
        content = read(json.dumps(found))
    except FileError:
        return
    assert all(record.title and record.key for record in content.records)


@given(st.lists(st.sampled_from([*'[]{},:"', '"title"', '"type"', "1", "\n", "\\"])).map("".join))
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    try:
        read_bytes(f'[{{"title": "T"}}, {text}'.encode(), "a.json", "csl-json")
    except ReviewError:
        pytest.fail("one good item is enough")
