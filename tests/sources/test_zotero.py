"""Zotero's own exports, RDF and Better BibTeX JSON: every field, and collections as labels."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from review.errors import FileError
from review.sources.file_preview import preview
from review.sources.file_reading import FileContent, read_bytes

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:z="http://www.zotero.org/namespaces/export#"
 xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:bib="http://purl.org/net/biblio#"
 xmlns:foaf="http://xmlns.com/foaf/0.1/"
 xmlns:link="http://purl.org/rss/1.0/modules/link/"
 xmlns:prism="http://prismstandard.org/namespaces/1.2/basic/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
"""
ARTICLE = """  <bib:Article rdf:about="https://tea.example/1">
    <z:itemType>journalArticle</z:itemType>
    <dcterms:isPartOf rdf:resource="urn:issn:0378-5955"/>
    <bib:authors><rdf:Seq>
      <rdf:li><foaf:Person><foaf:surname>Vale</foaf:surname>
        <foaf:givenName>Finn</foaf:givenName></foaf:Person></rdf:li>
      <rdf:li><foaf:Person><foaf:surname>Bureau of Tea, Dock 4</foaf:surname></foaf:Person></rdf:li>
    </rdf:Seq></bib:authors>
    <dcterms:isReferencedBy rdf:resource="#item_9"/>
    <link:link rdf:resource="#item_5"/>
    <dc:subject>Receptors, Opioid, mu</dc:subject>
    <dc:subject><z:AutomaticTag><rdf:value>Sleep</rdf:value></z:AutomaticTag></dc:subject>
    <dc:title>Kratom &amp; sleep</dc:title>
    <dcterms:abstract>First.
Second.</dcterms:abstract>
    <dc:date>2021-03-04</dc:date>
    <z:language>en</z:language>
    <z:libraryCatalog>PubMed</z:libraryCatalog>
    <dc:rights>All</dc:rights>
    <dc:identifier><dcterms:URI><rdf:value>https://tea.example/1</rdf:value></dcterms:URI></dc:identifier>
    <dc:description>PMID: 30111111
PMCID: PMC6000001</dc:description>
    <bib:pages>12-19</bib:pages>
  </bib:Article>
  <bib:Journal rdf:about="urn:issn:0378-5955">
    <prism:volume>12</prism:volume>
    <dc:title>Journal of Tea</dc:title>
    <dc:identifier>DOI 10.1000/tea.1</dc:identifier>
    <prism:number>2</prism:number>
    <dcterms:alternative>J Tea</dcterms:alternative>
    <dc:identifier>ISSN 0378-5955</dc:identifier>
  </bib:Journal>
  <z:Attachment rdf:about="#item_5"><z:itemType>attachment</z:itemType><dc:title>PDF</dc:title>
  </z:Attachment>
  <bib:Memo rdf:about="#item_9"><rdf:value>&lt;p&gt;read twice&lt;/p&gt;</rdf:value></bib:Memo>
"""  # noqa: E501
CHAPTER = """  <bib:BookSection rdf:about="#item_7">
    <z:itemType>bookSection</z:itemType>
    <dcterms:isPartOf><bib:Book><dc:title>Handbook of Tea</dc:title>
      <dc:identifier>ISBN 978-1-4822-0000-9</dc:identifier></bib:Book></dcterms:isPartOf>
    <dc:title>A chapter</dc:title><dc:date>May 2014</dc:date>
  </bib:BookSection>
  <rdf:Description rdf:about="#item_8">
    <z:itemType>preprint</z:itemType><dc:title>A preprint</dc:title><dc:date>2020</dc:date>
  </rdf:Description>
"""
COLLECTIONS = """  <z:Collection rdf:about="#collection_1"><dc:title>Pain</dc:title>
    <dcterms:hasPart rdf:resource="#collection_2"/><dcterms:hasPart rdf:resource="#item_7"/>
  </z:Collection>
  <z:Collection rdf:about="#collection_2"><dc:title>Opioids, mu</dc:title>
    <dcterms:hasPart rdf:resource="https://tea.example/1"/>
  </z:Collection>
  <z:Collection rdf:about="#collection_3"><dc:title>To read</dc:title>
    <dcterms:hasPart rdf:resource="https://tea.example/1"/>
  </z:Collection>
"""
RDF = HEAD + ARTICLE + CHAPTER + COLLECTIONS + "</rdf:RDF>\n"


def rdf(text: str, name: str = "My Library.rdf") -> FileContent:
    return read_bytes(text.encode(), name)


def test_every_field_of_an_article_in_rdf() -> None:
    content = rdf(RDF)
    article, chapter, preprint = content.records
    assert (content.format, content.mistakes, content.account.entries) == ("zotero-rdf", (), 3)
    assert article.title == "Kratom & sleep"
    assert article.authors == ("Vale, Finn", "Bureau of Tea, Dock 4")
    assert (article.year, article.journal) == (2021, "Journal of Tea")
    assert (article.volume, article.issue, article.pages) == ("12", "2", "12-19")
    assert (article.doi, article.pmid, article.pmcid) == (
        "10.1000/tea.1", "30111111", "PMC6000001"
    )  # fmt: skip
    assert article.keywords == ("Receptors, Opioid, mu", "Sleep")
    assert article.abstract == "First.\nSecond."
    assert (article.language, article.url) == ("en", "https://tea.example/1")
    assert (chapter.journal, chapter.isbn, chapter.year) == (
        "Handbook of Tea", "9781482200009", 2014
    )  # fmt: skip
    assert (preprint.title, preprint.type) == ("A preprint", "preprint")
    assert "rights" in content.account.left and "title" in content.account.read


def test_collections_are_labels_with_those_around_them() -> None:
    article, chapter, preprint = rdf(RDF).records
    assert article.labels == ("Pain / Opioids, mu", "To read")
    assert (chapter.labels, preprint.labels) == (("Pain",), ())
    assert [record.labels for record in preview(RDF.encode(), "a.rdf").records] == [
        article.labels, chapter.labels, ()
    ]  # fmt: skip


def test_collections_inside_each_other_come_to_an_end() -> None:
    ring = COLLECTIONS.replace(
        '"#item_7"', '"#item_7"/><dcterms:hasPart rdf:resource="#collection_2"'
    )
    ring = ring.replace(
        '"https://tea.example/1"', '"#item_7"/><dcterms:hasPart rdf:resource="#collection_1"'
    )
    assert "Pain" in " ".join(rdf(HEAD + CHAPTER + ring + "</rdf:RDF>").records[0].labels)


@pytest.mark.parametrize("name", ["lib.rdf", "lib.xml", "lib.txt"])
def test_rdf_is_told_by_what_it_holds(name: str) -> None:
    assert rdf(RDF, name).format == "zotero-rdf"


def test_half_a_file_keeps_what_stands_before_the_place_and_names_it() -> None:
    content = rdf(RDF[: RDF.index("A chapter")])
    assert [record.title for record in content.records] == ["Kratom & sleep"]
    (mistake,) = content.mistakes
    assert mistake.line is not None and "not well-formed" in str(mistake)


def test_an_item_without_a_title_is_named_by_its_line() -> None:
    content = rdf(RDF.replace("<dc:title>A chapter</dc:title>", ""))
    (mistake,) = content.mistakes
    assert mistake.line == RDF[: RDF.index("<bib:BookSection")].count("\n") + 1
    assert len(content.records) == 2


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE r [<!ENTITY a "b">]>' + RDF.partition("?>")[2],
        HEAD + "</rdf:RDF>",
        HEAD + COLLECTIONS + "</rdf:RDF>",
        "<html><body>Sign in</body></html>",
    ],
)
def test_what_is_no_library_is_refused(text: str) -> None:
    with pytest.raises(FileError):
        read_bytes(text.encode(), "lib.rdf", "zotero-rdf")


@given(st.text(alphabet="<>/&;\"'= ab:rdfz\n", max_size=60), st.integers(0, len(RDF)))
def test_no_damage_breaks_the_reading(noise: str, place: int) -> None:
    try:
        content = rdf(RDF[:place] + noise + RDF[place:])
    except FileError:
        return
    assert all(record.title for record in content.records)


# ---- Better BibTeX JSON ----------------------------------------------------------------------

ITEM: dict[str, Any] = {
    "itemID": 12, "key": "ABCD", "itemType": "journalArticle", "title": "Kratom and sleep",
    "creators": [
        {"creatorType": "editor", "lastName": "Ed", "firstName": "Ira"},
        {"creatorType": "author", "lastName": "Vale", "firstName": "Finn"},
        {"creatorType": "author", "name": "Bureau of Tea, Dock 4"},
    ],
    "date": "2021-03", "publicationTitle": "Journal of Tea", "volume": "12", "issue": "2",
    "pages": "12-19", "DOI": "10.1000/tea.1", "abstractNote": "First.\nSecond.", "language": "en",
    "tags": [{"tag": "Pain, chronic"}, {"tag": "Sleep", "type": 1}], "extra": "PMID: 30111111",
    "url": "https://tea.example/1", "rights": "All",
}  # fmt: skip
NOTE = {"itemID": 13, "itemType": "note", "note": "read twice"}
FLAT = {
    "K1": {"key": "K1", "name": "Pain", "parent": False, "collections": ["K2"], "items": [14]},
    "K2": {"key": "K2", "name": "Opioids", "parent": "K1", "collections": [], "items": [12]},
}
NESTED = [{"name": "Pain", "items": [14], "collections": [
    {"name": "Opioids", "items": [12], "collections": []}]}]  # fmt: skip
OTHER = {"itemID": 14, "itemType": "book", "title": "A book", "ISBN": "978-1-4822-0000-9"}


def bbt(collections: object, *items: object) -> FileContent:
    file = {"config": {"id": "x"}, "collections": collections, "items": list(items)}
    return read_bytes(json.dumps(file, indent=1).encode(), "library.json")


@pytest.mark.parametrize("collections", [FLAT, NESTED])
def test_better_bibtex_json_with_its_collections(collections: object) -> None:
    content = bbt(collections, ITEM, NOTE, OTHER)
    article, book = content.records
    assert (content.format, content.account.entries) == ("zotero-json", 2)
    assert article.authors == ("Vale, Finn", "Bureau of Tea, Dock 4")
    assert (article.year, article.journal, article.pages) == (2021, "Journal of Tea", "12-19")
    assert (article.doi, article.pmid, article.language) == ("10.1000/tea.1", "30111111", "en")
    assert article.keywords == ("Pain, chronic", "Sleep")
    assert article.abstract == "First.\nSecond."
    assert (article.labels, book.labels) == (("Pain / Opioids",), ("Pain",))
    assert (book.isbn, book.type) == ("9781482200009", "book")
    assert "rights" in content.account.left


def test_half_a_file_of_better_bibtex_costs_the_item_that_is_cut() -> None:
    text = json.dumps({"config": {}, "collections": FLAT, "items": [ITEM, OTHER]}, indent=1)
    content = read_bytes(text[:-30].encode(), "library.json")
    assert [record.title for record in content.records] == ["Kratom and sleep"]
    assert len(content.mistakes) == 1 and content.account.entries == 2


def test_csl_json_with_collections_keeps_them() -> None:
    item = {"type": "book", "title": "A book", "collections": ["Pain / Opioids", "To read"]}
    (record,) = read_bytes(json.dumps([item]).encode(), "a.json").records
    assert record.labels == ("Pain / Opioids", "To read")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["K1", "key", "name", "parent", "collections", "items"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(values.filter(lambda value: isinstance(value, dict | list)))
@example({"items": [{}]})
@example({"1": {"items": [{"title": "Not an item"}]}})
def test_no_shape_of_collections_breaks_the_reading(collections: object) -> None:
    text = json.dumps({"config": {}, "collections": collections, "items": [ITEM]})
    content = read_bytes(text.encode(), "library.json", "zotero-json")
    assert "Kratom and sleep" in [record.title for record in content.records]
