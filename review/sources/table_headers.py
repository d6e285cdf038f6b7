"""The heads of tables: which column holds which field.

Shared by text tables and workbooks. The heads are those of our own exports, ASReview, ASySD,
Colandr, Covidence, Dimensions, EPPI-Reviewer, The Lens, Rayyan, Scopus, Web of Science (full names
and two-letter tags) and Zotero. What only one table has is in `review.sources.known_tables`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review.errors import FileError, UnknownColumns
from review.sources import known_tables
from review.sources.known_tables import KnownTable

# Field -> column heads that hold it, best first; compared in lower case with _ for other signs,
# and where that tells nothing without any sign: "StartPage" is "start_page".
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "primary_title", "article_title", "document_title", "citation_title",
              "display_name", "study_title", "ti", "t1"),
    "authors": ("authors", "author", "author_names", "first_authors", "author_full_names",
                "citation_authors", "author_s", "au", "a1", "fau", "af", "authors_primary",
                "authors_list", "all_authors"),
    "group_authors": ("group_authors", "corporate_authors", "corporate_author", "ca"),
    "editors": ("editors", "editor", "book_editors", "editor_s", "ed", "a2"),
    "year": ("year", "published_year", "publication_year", "citation_pub_year", "pub_year",
             "pubyear", "py", "yr", "y1", "year_of_publication", "publication_date", "pubdate",
             "pub_date", "date_of_publication", "date_published", "published", "cover_date", "date",
             "dp", "early_access_date", "ea", "create_date"),
    "journal": ("journal", "journal_book", "journal_name", "source_title", "publication_title",
                "citation_journal_name", "journal_title", "secondary_title", "container_title",
                "parenttitle", "publication", "pubtitle", "publication_name", "full_journal_name",
                "journal_full_title", "jf", "jo", "jt", "t2", "ja", "j2", "ta", "so", "book_title",
                "bt", "proceedings_title", "host_title", "venue", "abbreviated_source_title",
                "journal_abbreviation", "c3", "conference_title"),
    "volume": ("volume", "citation_journal_volume", "vol", "vl", "vo", "vi"),
    "issue": ("issue", "number", "issue_number", "issue_no", "is", "ip", "cp"),
    "pages": ("pages", "page", "page_range", "pagination", "page_numbers"),
    "first_page": ("page_start", "start_page", "first_page", "bp", "sp"),
    "last_page": ("page_end", "end_page", "last_page", "ep", "op"),
    "article_number": ("article_number", "art_no", "article_no", "art_number", "elocation_id",
                       "e_location_id", "article_id", "ar", "c7"),
    "doi": ("doi", "di", "do", "digital_object_identifier", "doi_link", "doi_url", "article_doi",
            "dois", "doi_s"),
    "pmid": ("pmid", "pubmed_id", "medline_pmid", "pm", "pubmed_pmid", "pmid_s"),
    "pmcid": ("pmcid", "pmc_id", "pmc", "pubmed_central_id"),
    "openalex_id": ("openalex_id", "openalex"),
    "isbn": ("isbn", "isbns", "bn", "isbn_s", "e_isbn", "isbn_issn", "issn_isbn", "sn"),
    "abstract": ("abstract", "abstract_note", "notes_abstract", "citation_abstract", "ab", "n2",
                 "abstract_text", "abstracts"),
    "language": ("language", "language_of_original_document", "languages", "original_language",
                 "la"),
    "type": ("type", "document_type", "item_type", "publication_type", "article_type", "doc_type",
             "publication_types", "reference_type", "type_of_reference", "type_of_work",
             "record_type", "pub_type", "entrytype", "dt", "ty"),
    "url": ("url", "link", "urls", "document_url", "article_url", "ur", "p_link", "permalink",
            "persistent_link", "source_url", "full_text_url", "web_address", "lk"),
    "keywords": ("keywords", "keyword", "author_keywords", "citation_keywords", "manual_tags",
                 "subject_terms", "identifier_keywords", "subjects", "kw", "de", "ot"),
    "mesh": ("mesh", "mesh_terms", "mesh_headings", "mesh_subject_headings", "mh"),
    "study_designs": ("study_designs",),
    "labels": ("labels", "tags", "study_tags", "collections"),
    "retracted": ("retracted", "is_retracted"),
    "accession": ("accession_number", "ut_unique_wos_id", "ut", "eid", "pui", "lens_id", "key",
                  "accession_no", "an", "store_id", "record_id", "itemid", "study_id", "id"),
    "notes": ("notes", "note", "n1"),
    "label": ("asreview_label", "included", "label_included", "included_label", "included_flag",
              "include", "label", "final_included", "included_final"),
    "label_reviewer": ("asreview_user_name", "asreview_user_email"),
    "label_note": ("asreview_note",),
    "label_time": ("asreview_time",),
    "covidence": ("covidence", "covidence_id", "covidence_number"),
    "citation_status": ("citation_screening_status",),
    "citation_reasons": ("citation_exclude_reasons",),
    "full_text_status": ("fulltext_screening_status", "full_text_screening_status"),
    "full_text_reasons": ("fulltext_exclude_reasons", "full_text_exclude_reasons"),
}  # fmt: skip

_LAST_RESORT: Mapping[str, tuple[str, ...]] = {"journal": ("source", "source_publication")}
"""Heads that hold a field where no other does: a "source" may be a database as well."""
WITHIN = 10
"""The heads are looked for in that many first rows."""

SAMPLED = 20
"""Rows of a `Sample`."""

_LONGEST_HEAD = 60
_ALIASES = known_tables.HEADS.union(*COLUMNS.values())
_KNOWN = _ALIASES | {alias.replace("_", "") for alias in _ALIASES}
_TITLES = frozenset(COLUMNS["title"]) | {"public_title", "scientific_title"}


@dataclass(frozen=True, slots=True)
class Head:
    """The row of column heads.

    Attributes:
        line: its number from 1.
        names: the heads.
        holders: field -> the columns that hold it, best first.
        left: columns that no field takes.
        table: the known table that this is the head of, if it is of one.
        sections: columns that become paragraphs of the abstract, with the words before each.
    """

    line: int
    names: tuple[str, ...]
    holders: Mapping[str, tuple[int, ...]]
    left: tuple[int, ...] = ()
    table: KnownTable | None = None
    sections: tuple[tuple[str, int], ...] = ()

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


def head(
    line: int,
    cells: Sequence[str],
    columns: Mapping[str, str],
    table: KnownTable | None = None,
) -> Head:
    """Take a row for the row of heads.

    Args:
        line: its number from 1.
        cells: the row.
        columns: head -> field, ``""`` for none, as the caller knows it; goes before what the heads
            say.
        table: the table that it is known to be of; told by the heads when None.
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
    bare = {_bare(name): place for name, place in reversed(places.items())}
    table = table or known_tables.told(map(plain, names))
    holders = {
        field: tuple(said.get(field) or _held(aliases, places, bare))
        for field, aliases in _aliases(table).items()
    }
    for field, aliases in _LAST_RESORT.items():
        if not (table and "citation" in table.columns):
            holders[field] = holders[field] or tuple(_held(aliases, places, bare))
    sections = tuple(
        (words, held[0])
        for words, heads in (table.sections if table else {}).items()
        if (held := _held(heads, places, bare))
    )
    taken = {place for held in holders.values() for place in held}
    taken.update(place for _words, place in sections)
    asked = {plain(name) for name in columns}
    left = (p for p, name in enumerate(names) if p not in taken and plain(name) not in asked)
    held_ = {field: held for field, held in holders.items() if held}
    return Head(line, tuple(names), held_, tuple(left), table, sections)


def _aliases(table: KnownTable | None) -> Mapping[str, Sequence[str]]:
    """Field -> heads that hold it, best first: a known table's own before those of all."""
    if table is None:
        return COLUMNS
    own: dict[str, Sequence[str]] = {
        field: (*table.columns.get(field, ()), *(() if field in table.only else heads))
        for field, heads in COLUMNS.items()
    }
    return {**table.columns, **own}


def _held(
    aliases: Sequence[str], places: Mapping[str, int], bare: Mapping[str, int]
) -> Sequence[int]:
    found = (places.get(alias, bare.get(_bare(alias))) for alias in aliases)
    return list(dict.fromkeys(place for place in found if place is not None))


def _bare(name: str) -> str:
    return name.replace("_", "")


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


def again(line: int, cells: Sequence[str], now: Head, columns: Mapping[str, str]) -> Head | None:
    """The row as heads if it is one: tables that were joined have heads in their midst.

    Args:
        line, cells, columns: as for `head`.
        now: the heads so far.
    """
    titles = {now.names[place] for place in now.holders.get("title", ())}
    if not any(len(c) <= _LONGEST_HEAD and (c in titles or _names_title(c)) for c in cells):
        return None
    filled = [name for cell in cells if (name := plain(cell))]
    if not filled or any(len(cell) > _LONGEST_HEAD for cell in filled):
        return None
    same = sum(plain(a) == plain(b) for a, b in zip(cells, now.names, strict=False) if plain(a))
    if same == len(filled) == len([name for name in now.names if plain(name)]):
        return now
    new = head(line, cells, columns)
    known = {plain(name) for name in now.names} | _KNOWN
    if not new.has_title or len(new.holders) < 2:
        return None
    count = sum(cell in known or _bare(cell) in known for cell in filled)
    if same >= 2 and same == len(filled):
        return now
    return new if count == len(filled) or (count >= 3 and count * 5 >= len(filled) * 4) else None


def _names_title(cell: str) -> bool:
    """Whether a cell may be the head of the titles; asked of every cell, so plain words first."""
    return cell[:1] in "cdapstCDAPST\ufeff\x1a\"' " and plain(cell) in _TITLES


def is_blank(cells: Sequence[str]) -> bool:
    """Whether nothing stands in a row but blanks and marks of files' beginnings and ends."""
    return not any(map(bared, cells))


def bared(text: str) -> str:
    """A cell without blanks and marks of files' beginnings and ends around it."""
    bare = text.strip()
    return bare if bare.isascii() and "\x1a" not in bare else bare.strip("\ufeff\x1a").strip()


def plain(name: str) -> str:
    """A column head as heads are compared: lower case, one ``_`` for all other signs."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")
