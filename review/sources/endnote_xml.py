"""EndNote's XML export, as EndNote, Covidence and Zotero write it.

Elements as in a file exported by EndNote: ``<xml><records><record>``, text mostly inside
``<style>``, line ends inside a field as ``&#xD;``.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from review import publication_types, retraction
from review.errors import FileError, Mistake
from review.model import Record
from review.sources import embedded_votes, entry_fields, xml_entries
from review.sources.entry_fields import Fields
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.xml_entries import XmlEntry, all_texts, first_text
from review.values import keywords

_PUBMED = ("medline", "pubmed", "nlm")
_PMCID = re.compile(r"PMC\s*[0-9]", re.IGNORECASE)
_READ = frozenset(
    "titles contributors periodical alt-periodical dates volume number issue pages custom7 custom3 "
    "custom2 article-number electronic-resource-num label work-type accession-num isbn abstract "
    "language ref-type urls keywords notes research-notes remote-database-name "
    "remote-database-provider source-app rec-number foreign-keys database".split()
)


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
        given.account.entries += 1
        record = _record(found, given)
        if record.title:
            xml_entries.tell(found.element, _READ, given.account)
            notes = [
                text
                for tag in ("notes", "research-notes")
                for text in all_texts(found.element, tag)
            ]
            accession = first_text(found.element, "accession-num")
            votes = embedded_votes.in_notes(notes, given.name)
            yield FileEntry(found.line, record, accession, votes)
        else:
            yield given.mistake(found.line, "title", "the record has no title; left out")
    if empty:
        raise FileError(f"{given.name} holds no <record>. Export it again from EndNote as XML.")


def _record(found: XmlEntry, given: Given) -> Record:
    root = found.element

    def get(*paths: str) -> list[str]:
        return [text for path in paths for text in all_texts(root, path)]

    urls = get(
        "urls/related-urls/url", "urls/web-urls/url", "urls/text-urls/url", "urls/pdf-urls/url"
    )
    types = _types(root)
    kind = publication_types.kind_of(types[0] if types else "")
    journal = get("periodical/full-title")
    book = get("titles/secondary-title")
    abbreviated = get("periodical/abbr-1", "alt-periodical/full-title", "titles/alt-title")
    notes = [*_lines(root, "notes"), *_lines(root, "research-notes"), *get("accession-num")]
    return entry_fields.record(
        given.source,
        Fields(
            title=get("titles/title", "titles/short-title"),
            authors=[get("contributors/authors/author")],
            editors=get("contributors/secondary-authors/author"),
            year=get("dates/year", "dates/pub-dates/date"),
            journal=[*journal, *book, *abbreviated, *get("titles/tertiary-title")],
            volume=get("volume"),
            issue=get("number", "issue"),
            pages=get("pages"),
            number=get("custom7", "article-number", "electronic-article-number"),
            doi=get("electronic-resource-num"),
            doi_alone=[*notes, *get("custom3", "label", "work-type")],
            pmid=get("accession-num") if _in_pubmed(root) else (),
            notes=notes,
            pmcid=[text for text in get("custom2", "accession-num") if _PMCID.match(text)],
            isbn=get("isbn"),
            abstract=[get("abstract")],
            language=get("language"),
            type=[*types, *get("work-type")] if kind is publication_types.ARTICLE else types,
            urls=[url for url in urls if not url.startswith("internal-pdf:")],
            keywords=[word for text in get("keywords/keyword") for word in keywords.parted(text)],
            retracted=retraction.in_notes(notes),
        ),
        {"xml": found.text},
        given.account,
    )


def _types(root: Element) -> list[str]:
    """The name of the type, else the number that EndNote has for it."""
    kind = root.find("ref-type")
    if kind is None:
        return []
    return [text for text in (kind.get("name", ""), xml_entries.text_of(kind)) if text]


def _whole(root: Element, path: str) -> list[str]:
    """Texts at the path with their line ends."""
    return ["".join(each.itertext()) for each in root.findall(path)]


def _lines(root: Element, path: str) -> list[str]:
    return [text for text in _whole(root, path) if text.strip()]


def _in_pubmed(root: Element) -> bool:
    names = all_texts(root, "remote-database-name") + all_texts(root, "remote-database-provider")
    return any(word in name.lower() for name in names for word in _PUBMED)
