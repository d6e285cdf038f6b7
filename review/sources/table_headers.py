"""The heads of tables: which column holds which field, and a row as a record.

Shared by text tables and workbooks. The heads are those of our own exports, ASReview, ASySD,
Colandr, Covidence, Dimensions, Embase, EPPI-Reviewer, The Lens, PubMed, Rayyan, Scopus, Web of
Science (full names and two-letter tags) and Zotero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review import identifiers, retraction
from review.errors import FileError, UnknownColumns
from review.model import Record
from review.sources import embedded_votes, field_values
from review.sources.file_entries import FileEntry, Given, Item
from review.spreadsheet import unescape, without_cut_mark

# Field -> column heads that hold it, best first; compared in lower case with _ for other signs.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "primary_title", "article_title", "document_title", "citation_title",
              "display_name", "ti", "t1"),
    "authors": ("authors", "author", "author_names", "first_authors", "author_full_names",
                "citation_authors", "author_s", "au", "af"),
    "year": ("year", "published_year", "publication_year", "citation_pub_year", "pub_year",
             "pubyear", "py", "publication_date", "date", "create_date"),
    "journal": ("journal", "journal_book", "journal_name", "source_title", "publication_title",
                "citation_journal_name", "journal_title", "secondary_title", "container_title",
                "parenttitle", "publication", "so"),
    "volume": ("volume", "citation_journal_volume", "vol", "vl"),
    "issue": ("issue", "number", "issue_number", "is"),
    "pages": ("pages", "page", "page_range", "pagination"),
    "first_page": ("page_start", "start_page", "first_page", "bp", "sp"),
    "last_page": ("page_end", "end_page", "last_page", "ep"),
    "doi": ("doi", "di", "do"),
    "pmid": ("pmid", "pubmed_id", "medline_pmid", "pm"),
    "pmcid": ("pmcid", "pmc_id"),
    "openalex_id": ("openalex_id", "openalex"),
    "isbn": ("isbn", "isbns", "bn"),
    "abstract": ("abstract", "abstract_note", "notes_abstract", "citation_abstract", "ab"),
    "language": ("language", "language_of_original_document", "la"),
    "type": ("type", "document_type", "item_type", "publication_type", "entrytype", "dt"),
    "url": ("url", "link", "urls", "ur"),
    "keywords": ("keywords", "author_keywords", "citation_keywords", "manual_tags", "kw", "de"),
    "mesh": ("mesh", "mesh_terms", "mesh_headings"),
    "study_designs": ("study_designs",),
    "retracted": ("retracted", "is_retracted"),
    "accession": ("accession_number", "ut_unique_wos_id", "ut", "eid", "pui", "lens_id", "key",
                  "record_id", "itemid", "study_id", "id"),
    "notes": ("notes", "note"),
    "label": ("asreview_label", "included", "label_included", "included_label", "included_flag",
              "include", "label", "final_included", "included_final"),
    "label_reviewer": ("asreview_user_name", "asreview_user_email"),
    "label_note": ("asreview_note",),
    "label_time": ("asreview_time",),
}  # fmt: skip

WITHIN = 10
"""The heads are looked for in that many first rows."""

SAMPLED = 20
"""Rows of a `Sample`."""


@dataclass(frozen=True, slots=True)
class Head:
    """The row of column heads: its number from 1, the heads, and where each field is held."""

    line: int
    names: tuple[str, ...]
    holders: Mapping[str, tuple[int, ...]]

    @property
    def has_title(self) -> bool:
        """Whether this can be the head of a table of references."""
        return "title" in self.holders


@dataclass(frozen=True, slots=True)
class Sample:
    """The head of a table, or the row most likely to be one, and the first rows after it."""

    head: Head
    rows: tuple[Sequence[str], ...]


def check(columns: Mapping[str, str]) -> None:
    """Refuse a mapping that names a field there is none of; ``""`` leaves a column out.

    Raises:
        FileError: with the fields there are.
    """
    for name, field in columns.items():
        if field and field not in COLUMNS:
            raise FileError(
                f"Column '{name}' cannot be field '{field}'. Use one of: {', '.join(COLUMNS)}."
            )


def head(line: int, cells: Sequence[str], columns: Mapping[str, str]) -> Head:
    """Take a row for the row of heads.

    Args:
        line: its number from 1.
        cells: the row.
        columns: head -> field, ``""`` for none, as the caller knows it; goes before what the heads
            say.
    """
    names: list[str] = []
    seen: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column {number}"
        names.append(name if name not in seen else f"{name} ({number})")
        seen.add(names[-1])
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        # Of two columns with one head the first counts; the other stays in `raw`.
        places.setdefault(plain(name), place)
    said: dict[str, list[int]] = {}
    for name, field in columns.items():
        if plain(name) in places:
            said.setdefault(field, []).append(places.pop(plain(name)))
    holders = {
        field: tuple(said.get(field) or [places[alias] for alias in aliases if alias in places])
        for field, aliases in COLUMNS.items()
    }
    return Head(line, tuple(names), {field: held for field, held in holders.items() if held})


def best(heads: Sequence[Head]) -> Head | None:
    """Of readings of one row, the one with a title that tells most fields; None without a title."""
    with_title = [head for head in heads if head.has_title]
    if not with_title:
        return None
    return max(with_title, key=lambda head: (len(head.holders), len(head.names)))


def likely(seen: Sequence[Head]) -> Head | None:
    """Of rows of which none names a title, the one that is the head most likely: it has most."""
    return max(seen, key=lambda head: (len(head.names), -head.line), default=None)


def unknown(name: str, seen: Sequence[Head]) -> UnknownColumns:
    """The error for a table without a known title, with the heads of the likeliest row."""
    found = likely(seen)
    return UnknownColumns(
        f"{name} has no column named 'title'. Say which column holds the title, or name the "
        "columns in the first line (title, authors, year, journal, doi, abstract) and save it "
        "again.",
        found.names if found else (),
    )


def require(head: Head, columns: Mapping[str, str], name: str) -> None:
    """Refuse a table that lacks a column the caller speaks of.

    Raises:
        UnknownColumns: with the heads there are.
    """
    there = set(map(plain, head.names))
    for column in columns:
        if plain(column) not in there:
            raise UnknownColumns(
                f"{name} has no column '{column}'. It has: {', '.join(head.names)}.", head.names
            )


def entry(line: int, cells: Sequence[str], head: Head, given: Given) -> Item:
    """One row as an entry; a mistake when it has no title. ``raw`` is head -> cell."""

    def get(field: str) -> str:
        places = head.holders.get(field)
        if places is None:
            return ""
        found = field_values.first_filled(cells[p] for p in places if p < len(cells))
        return unescape(without_cut_mark(found))

    if not get("title"):
        return given.mistake(line, "title", "the row has no title; left out")
    record = Record(
        source=given.source,
        key="",
        title=get("title"),
        authors=field_values.names(get("authors")),
        year=field_values.year(get("year")),
        journal=get("journal"),
        volume=get("volume"),
        issue=get("issue"),
        pages=get("pages") or field_values.pages(get("first_page"), get("last_page")),
        doi=identifiers.doi(get("doi")) or identifiers.doi(get("url")),
        pmid=identifiers.pmid(get("pmid")),
        pmcid=identifiers.pmcid(get("pmcid")),
        openalex_id=identifiers.openalex_id(get("openalex_id")),
        isbn=get("isbn"),
        abstract=get("abstract"),
        language=get("language"),
        type=get("type"),
        url=get("url"),
        keywords=field_values.terms(get("keywords")),
        mesh=field_values.terms(get("mesh")),
        study_designs=field_values.terms(get("study_designs")),
        retracted=retraction.in_cell(get("retracted")) or retraction.in_notes([get("notes")]),
        raw=dict(zip(head.names, cells, strict=False)),
    )
    votes = embedded_votes.in_notes([get("notes")]) or embedded_votes.asreview(
        get("label"),
        get("label_reviewer"),
        retraction.without(get("label_note")),
        get("label_time"),
    )
    return FileEntry(line, record, get("accession"), votes)


def plain(name: str) -> str:
    """A column head as heads are compared: lower case, one ``_`` for all other signs."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")
