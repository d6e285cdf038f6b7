"""Zotero's RDF: items, and the collections they are in.

Written as by Zotero's translator "Zotero RDF": one element an item under ``rdf:RDF``, its journal
or book inside it or an element of its own that it points to, and ``z:Collection`` elements that
point to their items and to the collections inside them. Names of collections become labels,
``Pain / Opioids`` for one inside another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, tostring

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]

from review import retraction
from review.errors import FileError, Mistake
from review.model import Record
from review.sources import embedded_votes, entry_fields
from review.sources.collection_labels import Collections
from review.sources.entry_fields import Fields
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.xml_entries import CONTROLS, text_of

_BIB, _Z = "{http://purl.org/net/biblio#}", "{http://www.zotero.org/namespaces/export#}"
_DC, _TERMS = "{http://purl.org/dc/elements/1.1/}", "{http://purl.org/dc/terms/}"
_PRISM = "{http://prismstandard.org/namespaces/1.2/basic/}"
_FOAF = "{http://xmlns.com/foaf/0.1/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ABOUT, _RESOURCE = f"{_RDF}about", f"{_RDF}resource"

_NO_ITEMS = frozenset({f"{_Z}Attachment", f"{_Z}Collection", f"{_BIB}Memo", f"{_Z}UserItem"})
_NO_TYPES = frozenset({"attachment", "note", "annotation"})
_HOLDERS = frozenset(
    f"{_BIB}{name}" for name in ("Journal", "Series", "Periodical", "Newspaper", "Magazine")
)
_READ = frozenset(
    "title authors editors date isPartOf identifier abstract subject language volume number pages "
    "description itemType libraryCatalog shortTitle isReferencedBy link type".split()
)
_NAMED = re.compile(r"\s*(DOI|ISSN|ISBN|PMID|PMCID)[\s:]+(.+)", re.IGNORECASE | re.DOTALL)
_FEED = 64 * 1024


@dataclass(slots=True)
class _File:
    """The elements directly under the root, in order, each with the line it begins on."""

    found: list[tuple[int, Element]] = field(default_factory=list)
    broken: Mistake | None = None


class _Builder(TreeBuilder):
    """Builds the tree and notes the line on which each element under the root begins."""

    def __init__(self) -> None:
        super().__init__()
        self.parser: Any = None
        self.depth = 0
        self.lines: list[int] = []
        self.root: Element | None = None
        self.whole = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        if self.depth == 1:
            self.lines.append(self.parser.CurrentLineNumber)
        self.depth += 1
        made: Element = super().start(tag, attrs)
        if self.root is None:
            self.root = made
        return made

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        if self.depth == 1:
            self.whole += 1
        return super().end(tag)


def parse(given: Given) -> Items:
    """Read the items of a file.

    Yields:
        An entry for each, its element as ``raw["rdf"]``, and the mistakes. Of a file that is not
        well-formed what stands before that place is read, and the place named; collections stand at
        the end of a file.

    Raises:
        FileError: there is no item with a title, or the file declares entities.
    """
    file = _elements(given)
    by_name = {name: e for _line, e in file.found if (name := e.get(_ABOUT))}
    collections = _collections(file.found)
    held = {
        name
        for _line, element in file.found
        for part in element.iter(f"{_TERMS}isPartOf")
        if (name := part.get(_RESOURCE)) in by_name
    }
    none = True
    for line, element in file.found:
        if not _is_item(element, held):
            continue
        given.account.entries += 1
        record = _record(element, by_name, collections, given)
        if not record.title:
            yield given.mistake(line, "dc:title", "the item has no title; left out")
            continue
        none = False
        for part in element:
            name = part.tag.rpartition("}")[2]
            if name in _READ:
                given.account.took([name])
            elif text := text_of(part):
                given.account.left_aside(name, text)
        notes = [*_texts(element, f"{_DC}description"), *_memos(element, by_name)]
        yield FileEntry(line, record, "", embedded_votes.in_notes(notes, given.name))
    if file.broken is not None:
        yield file.broken
    if none:
        raise FileError(f"{given.name} holds no item with a title. Export it from Zotero again.")


def _elements(given: Given) -> _File:
    """Parse the file as far as it is well-formed.

    Raises:
        FileError: it declares entities.
    """
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.parser = parser.parser
    data = BytesIO(CONTROLS.sub(" ", given.text).encode())
    file = _File()
    try:
        while part := data.read(_FEED):
            parser.feed(part)
        parser.close()
    except ParseError as error:
        reason = str(error).partition(":")[0]
        words = f"the file is not well-formed XML from here on ({reason}); the rest is not read"
        file.broken = given.mistake(error.position[0], "", words)
    except DefusedXmlException as error:
        raise FileError(
            f"{given.name} declares entities of its own, which no export of references does; it is "
            "not read. Export it again from where it came."
        ) from error
    whole = list(builder.root)[: builder.whole] if builder.root is not None else []
    file.found = list(zip(builder.lines, whole, strict=False))
    return file


def _is_item(element: Element, held: set[str]) -> bool:
    """Whether an element is an item, and neither part of one nor a collection."""
    if element.tag in _NO_ITEMS or text_of(element.find(f"{_Z}itemType")) in _NO_TYPES:
        return False
    alone = element.find(f"{_Z}itemType") is None
    return not (alone and (element.tag in _HOLDERS or element.get(_ABOUT) in held))


def _collections(found: Sequence[tuple[int, Element]]) -> Collections:
    collections = Collections()
    for _line, element in found:
        if element.tag == f"{_Z}Collection":
            parts = [p.get(_RESOURCE, "") for p in element.findall(f"{_TERMS}hasPart")]
            collections.add(element.get(_ABOUT, ""), text_of(element.find(f"{_DC}title")), parts)
            above = element.find(f"{_TERMS}isPartOf")
            if above is not None and (name := above.get(_RESOURCE)):
                collections.within(element.get(_ABOUT, ""), name)
    return collections


def _record(
    item: Element, by_name: Mapping[str, Element], collections: Collections, given: Given
) -> Record:
    within = list(_holders(item, by_name))
    chain = [item, *within]

    def get(tag: str) -> list[str]:
        return [text for element in chain for text in _texts(element, tag)]

    named: dict[str, list[str]] = {}
    for text in get(f"{_DC}identifier"):
        if mark := _NAMED.fullmatch(text):
            named.setdefault(mark[1].upper(), []).append(mark[2])
    notes = [*_texts(item, f"{_DC}description"), *_memos(item, by_name)]
    extra = [line for text in notes for line in text.splitlines()]
    for line in extra:
        if mark := _NAMED.fullmatch(line):
            named.setdefault(mark[1].upper(), []).append(mark[2])
    kind = text_of(item.find(f"{_Z}itemType")) or item.tag.rpartition("}")[2]
    titles = [text for element in within for text in _texts(element, f"{_DC}title")]
    short = [text for element in within for text in _texts(element, f"{_TERMS}alternative")]
    return entry_fields.record(
        given.source,
        Fields(
            title=_texts(item, f"{_DC}title"),
            authors=[list(_people(item, f"{_BIB}authors"))],
            editors=[name for element in chain for name in _people(element, f"{_BIB}editors")],
            whole_names=True,
            year=_texts(item, f"{_DC}date"),
            journal=[*titles, *short, *_conferences(item)],
            volume=get(f"{_PRISM}volume"),
            issue=get(f"{_PRISM}number"),
            pages=_texts(item, f"{_BIB}pages"),
            doi=named.get("DOI", ()),
            doi_alone=extra,
            pmid=named.get("PMID", ()),
            notes=extra,
            pmcid=named.get("PMCID", ()),
            isbn=[*named.get("ISBN", ()), *named.get("ISSN", ())],
            abstract=[_texts(item, f"{_TERMS}abstract")],
            language=_texts(item, f"{_Z}language"),
            type=[kind],
            urls=[text_of(uri) for uri in item.iterfind(f"{_DC}identifier/{_TERMS}URI")],
            keywords=_texts(item, f"{_DC}subject"),
            labels=collections.labels(item.get(_ABOUT, "")),
            retracted=retraction.in_notes(notes),
        ),
        {"rdf": tostring(item, encoding="unicode")},
        given.account,
    )


def _holders(item: Element, by_name: Mapping[str, Element]) -> Iterator[Element]:
    """The journal or book that an item is in, then the series, none twice."""
    seen = [item]
    for element in seen:
        for part in element.findall(f"{_TERMS}isPartOf"):
            named = by_name.get(part.get(_RESOURCE, ""))
            for holder in [*part, *([named] if named is not None else [])]:
                if not any(holder is known for known in seen):
                    seen.append(holder)
                    yield holder


def _people(element: Element, tag: str) -> Iterator[str]:
    """Names in the order given, surname first; an institution has a surname alone."""
    for person in (p for group in element.findall(tag) for p in group.iter(f"{_FOAF}Person")):
        surname = text_of(person.find(f"{_FOAF}surname"))
        given = [f"{_FOAF}givenName", f"{_FOAF}givenname"]
        first = next((text for tag in given if (text := text_of(person.find(tag)))), "")
        if name := ", ".join(filter(None, [surname, first])) or text_of(person):
            yield name


def _conferences(item: Element) -> Iterator[str]:
    for part in item.iter(f"{_BIB}Conference"):
        yield text_of(part.find(f"{_DC}title"))


def _memos(item: Element, by_name: Mapping[str, Element]) -> Iterator[str]:
    """Notes that hang on an item."""
    for link in item.findall(f"{_TERMS}isReferencedBy"):
        memo = by_name.get(link.get(_RESOURCE, ""))
        for element in [*link, *([memo] if memo is not None else [])]:
            if element.tag == f"{_BIB}Memo" and (text := text_of(element)):
                yield text


def _texts(element: Element, tag: str) -> list[str]:
    """Texts of the elements with a tag, line ends kept."""
    found = ("".join(each.itertext()).strip() for each in element.findall(tag))
    return [text for text in found if text]
