"""RIS files. rispy reads the entries; this module finds them, so that a bad one has a line number.

Tags as in the RIS specification of Research Information Systems and as Zotero, EndNote and the
databases write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rispy.parser import RisParser

from review import identifiers, retraction
from review.errors import FileError, Mistake
from review.model import Record
from review.sources import embedded_votes, field_values, lines
from review.sources.file_entries import FileEntry, Given, Items

_LINE_END = re.compile(r"\r\n|\r|\n")
_TAGGED = re.compile(r"([A-Z][A-Z0-9])  -\s?(.*)")
_LOOSE = re.compile(r"\s*([A-Z][A-Z0-9])\s{0,2}-(?:\s(.*)|\s*)")
# The wide form is the standard; of narrower ones only what cannot be running text is taken.
_START = re.compile(r"TY  -.*|\s*TY\s{0,2}-\s*[A-Z]{3,7}\s*")
_END = re.compile(r"ER  -.*|\s*ER\s{0,2}-\s*")
_HEADER = re.compile(r"(?:Provider|Database|Content|Source|Export(?:ed)?(?: Date)?)\s*:", re.I)

_PARSER = RisParser(delimiter_tags_mapping={})


@dataclass(slots=True)
class _Found:
    line: int
    lines: list[str] = field(default_factory=list)
    closed: bool = False


def parse(given: Given) -> Items:
    """Read the entries of a RIS file.

    Yields:
        An entry for each, its text as ``raw["ris"]``, and the mistakes. An entry without an end is
        read as far as it goes and named as well. Votes stand in the notes (N1).

    Raises:
        FileError: there is no entry at all.
    """
    empty = True
    for found in _find(given):
        if isinstance(found, Mistake):
            yield found
            continue
        empty = False
        if not found.closed:
            message = "the entry has no end (ER); read as far as it goes. Check that it is whole"
            yield given.mistake(found.line, "ER", message)
        try:
            parsed = _parse(found)
        except (KeyError, TypeError, AttributeError, ValueError):
            yield given.mistake(found.line, "", "the entry cannot be read; left out")
            continue
        record = _record(parsed, found, given.source)
        if not record.title:
            message = "the entry has no title (TI or T1); left out"
            yield given.mistake(found.line, "TI", message)
            continue
        accession = _first(parsed, "accession_number", "id")
        yield FileEntry(
            found.line, record, accession, embedded_votes.in_notes(_all(parsed, "notes"))
        )
    if empty:
        raise FileError(
            f"{given.name} holds no RIS entry: no line begins with 'TY  - '. "
            "Export it again as RIS."
        )


def looks_like(text: str) -> bool:
    """Whether the first line that is not blank begins a RIS entry."""
    first = text.lstrip("\ufeff \t\r\n")
    return _START.fullmatch(_LINE_END.split(first[:200], maxsplit=1)[0]) is not None


def _find(given: Given) -> Iterator[_Found | Mistake]:
    current: _Found | None = None
    stray = False
    for number, line in lines.numbered(given.data):
        if _START.fullmatch(line):
            if current is not None:
                yield current
            current = _Found(number, [line])
            stray = False
        elif current is not None:
            current.lines.append(line)
            if _END.fullmatch(line):
                current.closed = True
                yield current
                current = None
        elif line.strip("\x1a\ufeff \t") and not stray and not _HEADER.match(line):
            # One mistake for a block of lines outside any entry is enough.
            message = "text outside any entry; left out. An entry begins with 'TY  - '"
            yield given.mistake(number, "", message)
            stray = True
    if current is not None:
        yield current


def _parse(entry: _Found) -> Mapping[str, Any]:
    """One entry as rispy's dictionary, its lines first brought to rispy's strict form."""
    tagged = _TAGGED if entry.lines[0].startswith("TY  -") else _LOOSE
    parsed: list[dict[str, Any]] = _PARSER.parse_lines(_strict(entry, tagged))
    return parsed[0]


def _strict(entry: _Found, tagged: re.Pattern[str]) -> Iterator[str]:
    for line in entry.lines[:-1] if entry.closed else entry.lines:
        found = tagged.fullmatch(line)
        if found:
            yield f"{found[1]}  - {(found[2] or '').strip()}"
        elif line.strip():
            yield line
    yield "ER  - "


def _record(parsed: Mapping[str, Any], entry: _Found, source: str) -> Record:
    others: Mapping[str, list[str]] = parsed.get("unknown_tag", {})
    notes = " ".join([*_all(parsed, "notes"), *_all(parsed, "urls"), _first(parsed, "note")])
    doi = identifiers.doi(_first(parsed, "doi"))
    return Record(
        source=source,
        key="",
        title=_first(parsed, "title", "primary_title")
        or field_values.first_filled(others.get("BT", ()))
        or _first(parsed, "short_title"),
        authors=tuple(dict.fromkeys([*_all(parsed, "authors"), *_all(parsed, "first_authors")])),
        year=field_values.year(_first(parsed, "year", "publication_year", "date")),
        journal=_first(
            parsed,
            "alternate_title3",
            "secondary_title",
            "journal_name",
            "alternate_title2",
            "alternate_title1",
        ),
        volume=_first(parsed, "volume"),
        issue=_first(parsed, "number"),
        pages=field_values.pages(_first(parsed, "start_page"), _first(parsed, "end_page")),
        doi=doi or next((d for d in map(identifiers.doi, _all(parsed, "urls")) if d), ""),
        pmid=_pmid(parsed, notes),
        pmcid=_pmcid(parsed),
        openalex_id=next((w for w in map(identifiers.openalex_id, _all(parsed, "urls")) if w), ""),
        isbn=identifiers.isbn(_first(parsed, "issn")),
        abstract=_first(parsed, "abstract", "notes_abstract"),
        language=_first(parsed, "language"),
        type=_first(parsed, "type_of_reference"),
        url=field_values.first_filled(_all(parsed, "urls")),
        keywords=tuple(dict.fromkeys(_all(parsed, "keywords"))),
        retracted=retraction.in_notes(_all(parsed, "notes")),
        raw={"ris": "\n".join(entry.lines)},
    )


def _pmid(parsed: Mapping[str, Any], notes: str) -> str:
    """PubMed number: the accession number of a PubMed export, or one named somewhere else."""
    database = _first(parsed, "name_of_database", "database_provider").lower()
    if any(word in database for word in ("pubmed", "medline", "nlm")):
        number = identifiers.pmid(_first(parsed, "accession_number"))
        if number:
            return number
    named = [_first(parsed, "accession_number"), _first(parsed, "custom1"), notes]
    return identifiers.pmid_named(" ".join(named))


def _pmcid(parsed: Mapping[str, Any]) -> str:
    for value in (_first(parsed, "custom2"), _first(parsed, "accession_number")):
        if value.upper().startswith("PMC"):
            return identifiers.pmcid(value)
    return ""


def _first(parsed: Mapping[str, Any], *names: str) -> str:
    return field_values.first_filled(parsed.get(name) for name in names)


def _all(parsed: Mapping[str, Any], name: str) -> list[str]:
    values = parsed.get(name, [])
    return [value for value in values if value] if isinstance(values, list) else [str(values)]
