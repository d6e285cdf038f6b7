"""Reference files are read by programs of others as they are meant, and come back the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import bibtexparser
import pandas as pd
import pytest
import rispy
from citeproc import (
    Citation,
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.source.json import CiteProcJSON
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.model import Record
from review.publication_types import kind_of
from review.reporting import references, service
from review.sources.file_reading import read_bytes, read_file
from review.sources.latex import decode
from review.workspace import Workspace
from tests import reviews
from tests.reporting import made_up

CHAPTER = Record(
    "made-up", "a", 'A chapter on ~10 mg & 50% more: "A_B" {x} ^2 \\alpha $5 #1',
    ("Vale, Finn", "World Health Organization", "Smith J"), 2014, "Handbook of Tea",
    pages="3-9", isbn="9781482200009", language="German", type="CHAP",
    pmid="30111111", pmcid="PMC6000001", openalex_id="W77",
    keywords=("Receptors, Opioid, mu", "Sleep"), mesh=("Analgesics, Opioid", "Mitragyna"),
    abstract="Line one.\nLine two; with, signs.", labels=("Pain / Opioids", "To read"),
)  # fmt: skip
ARTICLE = Record(
    "made-up", "b", "'Legal' tea and -Mitragynine", ("'t Hart, Bert",), 2017, "J. Tea & Coffee",
    volume="12", issue="1-2", pages="S12\u2013S19", doi="10.1000/x_y",
    type="article", url="https://tea.example/~vale/a_b%20c.html",
)  # fmt: skip


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    ws = reviews.workspace(tmp_path, f"sqlite:///{(tmp_path / 'review.db').as_posix()}")
    reviews.add(ws, [CHAPTER, ARTICLE])
    yield ws
    ws.store.close()


def written(ws: Workspace, format: str, tmp_path: Path) -> Path:
    path = tmp_path / f"out.{format}"
    service.export(ws, format, path)
    return path


def test_rispy_reads_types_names_pages_and_numbers(ws: Workspace, tmp_path: Path) -> None:
    chapter, article = rispy.loads(written(ws, "ris", tmp_path).read_text(encoding="utf-8"))
    assert (chapter["type_of_reference"], article["type_of_reference"]) == ("CHAP", "JOUR")
    assert chapter["authors"] == ["Vale, Finn", "World Health Organization", "Smith, J"]
    assert (chapter["start_page"], chapter["end_page"]) == ("3", "9")
    assert (article["start_page"], article["end_page"]) == ("S12", "S19")
    assert chapter["keywords"] == list(CHAPTER.keywords)
    assert chapter["issn"] == CHAPTER.isbn and chapter["language"] == "German"
    assert chapter["custom3"] == "W77"
    assert chapter["custom4"] == "MeSH: Analgesics, Opioid; Mitragyna"


def test_bibtexparser_reads_every_field(ws: Workspace, tmp_path: Path) -> None:
    library = bibtexparser.parse_file(str(written(ws, "bibtex", tmp_path)))
    assert not library.failed_blocks
    chapter, article = library.entries
    assert (chapter.entry_type, article.entry_type) == ("incollection", "article")
    assert chapter["author"] == "Vale, Finn and {World Health Organization} and Smith, J"
    assert chapter["booktitle"] == "Handbook of Tea" and "journal" not in chapter
    assert (chapter["pages"], article["pages"]) == ("3--9", "S12--S19")
    assert decode(chapter["title"]) == CHAPTER.title
    assert chapter["keywords"] == "Receptors, Opioid, mu; Sleep"
    assert chapter["isbn"] == "9781482200009"
    assert (chapter["pmcid"], chapter["language"]) == ("PMC6000001", "German")
    assert (article["doi"], article["url"]) == (ARTICLE.doi, ARTICLE.url)


def test_csl_json_holds_what_the_schema_names(ws: Workspace, tmp_path: Path) -> None:
    chapter, article = json.loads(written(ws, "csl-json", tmp_path).read_text(encoding="utf-8"))
    assert (chapter["type"], article["type"]) == ("chapter", "article-journal")
    assert chapter["author"][1] == {"literal": "World Health Organization"}
    assert chapter["author"][2] == {"family": "Smith", "given": "J"}
    assert chapter["ISBN"] == "9781482200009"
    assert chapter["keyword"] == "Receptors, Opioid, mu; Sleep"
    assert chapter["custom"]["mesh"] == list(CHAPTER.mesh)
    assert chapter["custom"]["openalex"] == "W77"


def test_citeproc_reads_the_csl_json_and_sets_it(ws: Workspace, tmp_path: Path) -> None:
    """A warning would name a variable that is none; the tests turn warnings into errors."""
    items = json.loads(written(ws, "csl-json", tmp_path).read_text(encoding="utf-8"))
    for item in items:
        assert isinstance(item.pop("custom"), dict)  # in the schema, and not in citeproc-py
    source = CiteProcJSON(items)
    chapter = source["p000001"]
    assert [dict(name) for name in chapter["author"]] == [
        {"family": "Vale", "given": "Finn"},
        {"literal": "World Health Organization"},
        {"family": "Smith", "given": "J"},
    ]
    assert chapter["issued"]["year"] == 2014
    held = {name: "".join(map(str, chapter[name])) for name in ("page", "PMID", "PMCID", "keyword")}
    assert held == {
        "page": "3-9", "PMID": "30111111", "PMCID": "PMC6000001",
        "keyword": "Receptors, Opioid, mu; Sleep",
    }  # fmt: skip
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    listed = CitationStylesBibliography(style, source, formatter.plain)
    listed.register(Citation([CitationItem("p000001"), CitationItem("p000002")]))
    article, chapter = map(str, sorted(map(str, listed.bibliography())))
    assert article.startswith("\u2019t Hart, B. (2017)") or article.startswith("'t Hart, B. (2017)")
    assert "Vale, F., World Health Organization and Smith, J. (2014)" in chapter


def test_every_type_that_is_written_is_one_of_csl() -> None:
    schema = files("citeproc") / "data" / "schema" / "schemas" / "styles" / "csl.rng"
    known = set(re.findall(r"<value>([^<]+)</value>", schema.read_text(encoding="utf-8")))
    assert {kind_of(word).csl for word in (*RIS_TYPES, "PAT", "NEWS", "COMP", "GEN")} <= known


@pytest.mark.parametrize("format", ["asreview", "rayyan"])
def test_the_first_head_is_read_by_programs_that_know_no_byte_order_mark(
    ws: Workspace, tmp_path: Path, format: str
) -> None:
    data = written(ws, format, tmp_path).read_bytes()
    assert data.startswith({"asreview": b"title,", "rayyan": b"key,"}[format])


def test_asreview_parts_lists_at_a_semicolon_alone(ws: Workspace, tmp_path: Path) -> None:
    table = pd.read_csv(written(ws, "asreview", tmp_path), dtype=str, keep_default_na=False)
    assert table["authors"][0].split(";") == list(CHAPTER.authors)
    assert table["keywords"][0].split(";") == list(CHAPTER.keywords)


def test_rayyan_gets_the_doi_and_the_key_words(ws: Workspace, tmp_path: Path) -> None:
    table = pd.read_csv(written(ws, "rayyan", tmp_path), dtype=str, keep_default_na=False)
    assert list(table["doi"]) == ["", ARTICLE.doi]
    assert table["keywords"][0] == "Receptors, Opioid, mu; Sleep"
    assert table["authors"][1] == "'t Hart, Bert"


@pytest.mark.parametrize("format", ["ris", "bibtex", "csl-json", "csv"])
def test_what_was_exported_comes_back(ws: Workspace, tmp_path: Path, format: str) -> None:
    again = read_file(written(ws, format, tmp_path), format, "again").records
    for old, new in zip((CHAPTER, ARTICLE), again, strict=True):
        assert new.title == old.title
        assert (new.year, new.journal, new.volume) == (old.year, old.journal, old.volume)
        assert (new.doi, new.pages.replace("\u2013", "-")) == (
            old.doi,
            old.pages.replace("\u2013", "-"),
        )
        assert new.authors[0] == old.authors[0] and len(new.authors) == len(old.authors)
        assert kind_of(new.type) == kind_of(old.type)
        assert (new.isbn, new.keywords) == (old.isbn, old.keywords)
        assert (new.pmid, new.pmcid, new.language) == (old.pmid, old.pmcid, old.language)
        assert (new.openalex_id, new.mesh, new.labels) == (old.openalex_id, old.mesh, old.labels)
        # A field of BibTeX is one line, so the paragraphs of an abstract become one.
        lines = format != "bibtex"
        assert new.abstract == (old.abstract if lines else old.abstract.replace("\n", " "))


RIS_TYPES = ("JOUR", "BOOK", "CHAP", "THES", "CONF", "CPAPER", "RPRT", "UNPB", "ELEC", "DATA")
OTHER_WORDS = {
    "CHAP": ("Book Section", "incollection", "chapter", "book-chapter"),
    "CONF": ("Conference Proceedings", "proceedings"),
    "CPAPER": ("inproceedings", "paper-conference", "Conference Paper", "proceedings-article"),
    "THES": ("phdthesis", "mastersthesis", "dissertation", "Thesis"),
    "RPRT": ("techreport", "Report"),
    "UNPB": ("preprint", "posted-content", "unpublished"),
    "JOUR": ("article-journal", "Journal Article", "review", "Randomized Controlled Trial", ""),
}


def test_each_type_leaves_as_it_came() -> None:
    for code in RIS_TYPES:
        assert kind_of(code).ris == code
        assert kind_of(code.lower()).ris == code
    for code, words in OTHER_WORDS.items():
        assert {kind_of(word).ris for word in words} == {code}


titles = st.text(alphabet="aB {}\\~^$&%#_=-@'\"<>;:|\u00e9\u7720", min_size=1, max_size=25).filter(
    lambda text: any(c.isalpha() for c in text)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(found=st.lists(titles, min_size=1, max_size=4))
def test_no_title_breaks_a_bibtex_file(found: Sequence[str]) -> None:
    text = "\n".join(
        references._bibtex_entry(f"P{n}", Record("made-up", str(n), title), [])
        for n, title in enumerate(found)
    )
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks and len(library.entries) == len(found)


WRITERS = {"ris": references.ris, "bibtex": references.bibtex, "csl-json": references.csl_json}


@pytest.mark.parametrize("format", WRITERS)
@settings(max_examples=60, deadline=None)
@given(paper=made_up.papers)
def test_whatever_a_format_can_hold_comes_back(format: str, paper: Record) -> None:
    written = "".join(WRITERS[format](made_up.review([paper])))
    (again,) = read_bytes(written.encode(), "a", format).records
    flat = replace(paper, abstract=paper.abstract.replace("\n", " "))
    assert_same(again, flat if format == "bibtex" else paper)
    if format == "ris":  # by the tags alone, as any other program reads it
        (again,) = read_bytes(re.sub("(?m)^C8  - .*\n", "", written).encode(), "a", format).records
        assert_same(again, flat)


def assert_same(again: Record, wanted: Record) -> None:
    for name in (
        "title authors year journal volume issue pages doi pmid pmcid openalex_id isbn language "
        "keywords mesh labels abstract"
    ).split():
        assert getattr(again, name) == getattr(wanted, name), name
