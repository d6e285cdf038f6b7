"""CSV and tab-separated files, from any of the tools whose columns are listed in `COLUMNS`."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from review.errors import FileError, Mistake
from review.model import Record
from review.sources import fields

# Field -> column heads that hold it, best first; compared in lower case with _ for other signs.
# Heads of our own exports, ASReview, ASySD, Colandr, Covidence, PubMed, Rayyan, Scopus, Web of
# Science and Zotero.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "primary_title", "article_title", "document_title", "citation_title",
              "display_name", "ti", "t1"),
    "authors": ("authors", "author", "author_names", "first_authors", "author_full_names",
                "citation_authors", "author_s", "au"),
    "year": ("year", "published_year", "publication_year", "citation_pub_year", "pub_year", "py",
             "publication_date", "date", "create_date"),
    "journal": ("journal", "journal_book", "journal_name", "source_title", "publication_title",
                "citation_journal_name", "journal_title", "secondary_title", "container_title",
                "publication", "so"),
    "volume": ("volume", "citation_journal_volume", "vol", "vl"),
    "issue": ("issue", "number", "is"),
    "pages": ("pages", "page", "page_range"),
    "first_page": ("page_start", "start_page", "first_page", "bp", "sp"),
    "last_page": ("page_end", "end_page", "last_page", "ep"),
    "doi": ("doi", "di", "do"),
    "pmid": ("pmid", "pubmed_id", "pm"),
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
    "accession": ("accession_number", "ut_unique_wos_id", "ut", "eid", "key", "record_id",
                  "study_id", "id"),
}  # fmt: skip

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
_DELIMITERS = ",;\t|"
_HEAD_WITHIN = 10
_LONGEST_CELL = 16 * 1024 * 1024
# Short numbers are often mere row numbers of one export and must not tie rows of two exports.
_SHORTEST_ACCESSION = 6


@dataclass(frozen=True, slots=True)
class _Head:
    """The line of column heads: where it is, what parts the cells, the names, who holds what."""

    line: int
    delimiter: str
    names: tuple[str, ...]
    holders: Mapping[str, tuple[int, ...]]


def read(text: str, name: str, source: str) -> tuple[tuple[Record, ...], tuple[Mistake, ...]]:
    """Read the rows of a CSV or tab-separated file.

    Args:
        text: the file's text, any line ends; comma, semicolon, tab or bar between cells.
        name: the file's name, for mistakes.
        source: source of the records.

    Returns:
        The records in file order, each with its row as ``raw`` (column head -> cell), and the
        mistakes, each with the line its row begins on.

    Raises:
        FileError: no line of column heads names a title.
    """
    lines = _LINES.findall(text.removeprefix("\ufeff"))
    head = _find_head(lines, name)
    records: list[Record] = []
    accessions: list[str] = []
    mistakes: list[Mistake] = []
    for line, cells in _rows(lines, head):
        if cells is None or not _fits(cells, head):
            message = (
                f"the row does not have the {len(head.names)} cells of the head; left out. "
                "Put cells that hold the delimiter in double quotes, doubling quotes inside"
            )
            mistakes.append(Mistake(name, line, "", message))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        record, accession = _record(cells, head, source)
        if record.title:
            records.append(record)
            accessions.append(accession if len(accession) >= _SHORTEST_ACCESSION else "")
        else:
            mistakes.append(Mistake(name, line, "title", "the row has no title; left out"))
    return fields.with_keys(records, accessions), tuple(mistakes)


def looks_like(text: str) -> bool:
    """Whether one of the first lines names a title column."""
    try:
        _find_head(_LINES.findall(text.removeprefix("\ufeff")[:100_000]), "")
    except FileError:
        return False
    return True


def _find_head(lines: Sequence[str], name: str) -> _Head:
    """The first of the first lines that names a title, read with the delimiter that fits it best.

    Raises:
        FileError: there is none.
    """
    for index, line in enumerate(lines[:_HEAD_WITHIN]):
        readings = [_head_of(index, line, delimiter) for delimiter in _DELIMITERS]
        with_title = [head for head in readings if "title" in head.holders]
        if with_title:
            return max(with_title, key=lambda head: (len(head.holders), len(head.names)))
    raise FileError(
        f"{name} has no column named 'title'. Name the columns in the first line "
        "(title, authors, year, journal, doi, abstract) and save it as CSV."
    )


def _head_of(index: int, line: str, delimiter: str) -> _Head:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        cells = []
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        plain = cell.strip() or f"column {number}"
        names.append(plain if plain not in names else f"{plain} ({number})")
    places: dict[str, int] = {}
    for place, plain in enumerate(names):
        # Of two columns with one head the first counts; the other stays in `raw`.
        places.setdefault(re.sub(r"[\W_]+", "_", plain.casefold()).strip("_"), place)
    holders = {
        field: tuple(places[alias] for alias in aliases if alias in places)
        for field, aliases in COLUMNS.items()
    }
    return _Head(index + 1, delimiter, tuple(names), {f: h for f, h in holders.items() if h})


def _rows(lines: Sequence[str], head: _Head) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each row's first line and its cells; None for cells that cannot be told apart.

    A row with stray quotes is read on its own, so that a quote that is never closed costs one row
    and not the rest of the file. From there on each row must have all its cells, lest the lines of
    a broken cell be taken for rows.
    """
    csv.field_size_limit(min(_LONGEST_CELL, sys.maxsize))
    start, damaged = head.line, False
    while start < len(lines):
        rest = (lines[place] for place in range(start, len(lines)))
        reader = csv.reader(rest, delimiter=head.delimiter, strict=True)
        taken = 0
        try:
            for cells in reader:
                whole = not damaged or not cells or len(cells) == len(head.names)
                yield start + taken + 1, cells if whole else None
                taken = reader.line_num
            return
        except csv.Error:
            start, damaged = start + taken, True
            yield start + 1, _alone(lines[start], head)
            start += 1


def _fits(cells: Sequence[str], head: _Head) -> bool:
    """Whether a row is one of this table: blank cells may be missing or too many at its end."""
    return len(cells) != 1 < len(head.names) and not any(map(str.strip, cells[len(head.names) :]))


def _alone(line: str, head: _Head) -> list[str] | None:
    """The cells of one line with stray quotes: quotes as given, if that makes the right count."""
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        try:
            cells = next(csv.reader([line], delimiter=head.delimiter, quoting=quoting), [])
        except csv.Error:
            continue
        if len(cells) == len(head.names):
            return cells
    return None


def _record(cells: Sequence[str], head: _Head, source: str) -> tuple[Record, str]:
    """One row as a record whose key is open, and the accession number of the row."""

    def get(field: str) -> str:
        places = head.holders.get(field, ())
        return fields.first_filled(cells[place] for place in places if place < len(cells))

    doi = fields.doi(get("doi"))
    record = Record(
        source=source,
        key="",
        title=get("title"),
        authors=fields.names(get("authors")),
        year=fields.year(get("year")),
        journal=get("journal"),
        volume=get("volume"),
        issue=get("issue"),
        pages=get("pages") or fields.pages(get("first_page"), get("last_page")),
        doi=doi or fields.doi(get("url")),
        pmid=fields.pmid(get("pmid")),
        pmcid=fields.pmcid(get("pmcid")),
        openalex_id=fields.openalex_id(get("openalex_id")),
        isbn=get("isbn"),
        abstract=get("abstract"),
        language=get("language"),
        type=get("type"),
        url=get("url"),
        keywords=fields.terms(get("keywords")),
        mesh=fields.terms(get("mesh")),
        study_designs=fields.terms(get("study_designs")),
        retracted=get("retracted").lower() in ("1", "true", "yes"),
        raw=dict(zip(head.names, cells, strict=False)),
    )
    return record, get("accession")
