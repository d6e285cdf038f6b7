"""EndNote's XML, as EndNote 20 and later, Covidence and Zotero read it.

Elements as in a file exported by EndNote: ``<xml><records><record>``, text inside ``<style>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from review import author_names, publication_types
from review.model import Record
from review.reporting.references import (
    first_and_last,
    one_line,
    reference_notes,
)
from review.reporting.tables import ExportData

_TYPES = {
    "JOUR": (17, "Journal Article"), "BOOK": (6, "Book"), "EDBOOK": (28, "Edited Book"),
    "CHAP": (5, "Book Section"), "THES": (32, "Thesis"), "RPRT": (27, "Report"),
    "CPAPER": (47, "Conference Paper"), "CONF": (10, "Conference Proceedings"),
    "UNPB": (34, "Unpublished Work"), "INPR": (17, "Journal Article"), "DATA": (59, "Dataset"),
    "ELEC": (12, "Web Page"), "ICOMM": (26, "Personal Communication"),
    "MGZN": (19, "Magazine Article"), "NEWS": (23, "Newspaper Article"), "PAT": (25, "Patent"),
    "STAND": (58, "Standard"), "SER": (57, "Serial"), "ABST": (17, "Journal Article"),
    "COMP": (9, "Computer Program"),
}  # fmt: skip
"""RIS type -> EndNote's number and name; all others are generic."""

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<xml><records>\n'
_FOOT = "</records></xml>\n"


def endnote_xml(d: ExportData) -> Iterator[str]:
    """All reports as EndNote's XML; notes hold decisions and tags, ``label`` the report's id."""
    yield _HEAD
    for number, (report, r, notes) in enumerate(reference_notes(d), start=1):
        yield ElementTree.tostring(
            _record(number, report.id, r, notes), encoding="unicode", short_empty_elements=False
        )
        yield "\n"
    yield _FOOT


def _record(number: int, id_: str, r: Record, notes: Sequence[str]) -> Element:
    kind = publication_types.kind_of(r.type)
    root = Element("record")
    SubElement(root, "rec-number").text = str(number)
    code, name = _TYPES.get(kind.ris, (13, "Generic"))
    SubElement(root, "ref-type", name=name).text = str(code)
    people = [author_names.filed(person) for person in author_names.people(r.authors)]
    # A name that ends in a comma is a group's, which EndNote is not to part.
    people = [f"{p}," if "," not in p and author_names.is_group(p) else p for p in people]
    if people:
        _many(SubElement(SubElement(root, "contributors"), "authors"), "author", people)
    titles = SubElement(root, "titles")
    _field(titles, "title", r.title)
    _field(titles, "secondary-title", r.journal)
    if r.journal and not kind.part:
        _field(SubElement(root, "periodical"), "full-title", r.journal)
    first, last = first_and_last(r)
    _field(root, "pages", f"{first}-{last}" if last else first)
    _field(root, "volume", r.volume)
    _field(root, "number", r.issue)
    if r.keywords or r.mesh:
        words = dict.fromkeys((*r.keywords, *r.mesh))
        _many(SubElement(root, "keywords"), "keyword", words)
    if r.year is not None:
        _field(SubElement(root, "dates"), "year", str(r.year))
    _field(root, "isbn", r.isbn)
    _field(root, "accession-num", r.pmid)
    _field(root, "electronic-resource-num", r.doi)
    _field(root, "abstract", r.abstract)
    _field(root, "notes", "\n".join(map(one_line, notes)))
    _field(root, "label", id_)
    _field(root, "custom2", r.pmcid)
    if r.url:
        _many(SubElement(SubElement(root, "urls"), "related-urls"), "url", [r.url])
    _field(root, "remote-database-name", "PubMed" if r.pmid else "")
    _field(root, "language", r.language)
    return root


def _many(parent: Element, tag: str, texts: Iterable[str]) -> None:
    for text in texts:
        _field(parent, tag, text)


def _field(parent: Element, tag: str, text: str) -> None:
    """Text as EndNote keeps it, its line ends inside; nothing for an empty one."""
    lines = [one_line(line) for line in text.split("\n")]
    if any(lines):
        style = SubElement(SubElement(parent, tag), "style", face="normal", font="default")
        style.set("size", "100%")
        style.text = "\r".join(lines)
