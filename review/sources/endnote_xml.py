"""EndNote's XML export, as EndNote, Covidence and Zotero write it.

Elements as in a file exported by EndNote: ``<xml><records><record>``, text mostly inside
``<style>``, line ends inside a field as ``&#xD;``.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from review import identifiers
from review.errors import FileError, Mistake
from review.model import Record
from review.sources import embedded_votes, field_values, xml_entries
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.xml_entries import XmlEntry, all_texts, first_text

_PUBMED = ("medline", "pubmed", "nlm")


def parse(given: Given) -> Items:
    """Read the records of an EndNote XML file.

    Yields:
        An entry for each, its XML as ``raw["xml"]``, and the mistakes. Votes stand in the notes.

    Raises:
        FileError: there is no record at all, or the file declares entities.
    """
    empty = True
    for found in xml_entries.find(given, "record"):
        empty = False
        if isinstance(found, Mistake):
            yield found
            continue
        record = _record(found, given.source)
        if record.title:
            notes = [
                text
                for tag in ("notes", "research-notes")
                for text in all_texts(found.element, tag)
            ]
            accession = first_text(found.element, "accession-num")
            yield FileEntry(found.line, record, accession, embedded_votes.in_notes(notes))
        else:
            yield given.mistake(found.line, "title", "the record has no title; left out")
    if empty:
        raise FileError(f"{given.name} holds no <record>. Export it again from EndNote as XML.")


def _record(found: XmlEntry, source: str) -> Record:
    root = found.element
    urls = all_texts(root, "urls/related-urls/url") + all_texts(root, "urls/web-urls/url")
    kind = root.find("ref-type")
    return Record(
        source=source,
        key="",
        title=first_text(root, "titles/title", "titles/short-title"),
        authors=tuple(name.rstrip(",") for name in all_texts(root, "contributors/authors/author")),
        year=field_values.year(first_text(root, "dates/year", "dates/pub-dates/date")),
        journal=first_text(
            root,
            "periodical/full-title",
            "titles/secondary-title",
            "periodical/abbr-1",
            "alt-periodical/full-title",
            "titles/alt-title",
        ),
        volume=first_text(root, "volume"),
        issue=first_text(root, "number", "issue"),
        pages=first_text(root, "pages"),
        doi=next(
            filter(
                None, map(identifiers.doi, [first_text(root, "electronic-resource-num"), *urls])
            ),
            "",
        ),
        pmid=_pmid(root, urls),
        pmcid=_pmcid(root),
        isbn=identifiers.isbn(first_text(root, "isbn").split(" ")[0]),
        abstract=first_text(root, "abstract"),
        language=first_text(root, "language"),
        type=(kind.get("name", "") if kind is not None else "") or first_text(root, "ref-type"),
        url=field_values.first_filled(urls),
        keywords=tuple(dict.fromkeys(all_texts(root, "keywords/keyword"))),
        raw={"xml": found.text},
    )


def _pmid(root: Element, urls: list[str]) -> str:
    """The accession number of a PubMed export, or a number the notes or addresses name."""
    number = first_text(root, "accession-num")
    database = first_text(root, "remote-database-name", "remote-database-provider").lower()
    if any(word in database for word in _PUBMED):
        plain = identifiers.pmid(number)
        if plain:
            return plain
    return identifiers.pmid_named(" ".join([number, first_text(root, "notes"), *urls]))


def _pmcid(root: Element) -> str:
    value = first_text(root, "custom2")
    return identifiers.pmcid(value) if re.match(r"PMC\s*[0-9]", value, re.I) else ""
