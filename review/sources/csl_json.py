"""CSL-JSON, as Zotero, Paperpile, Mendeley and doi.org give it.

Fields as in the schema of the Citation Style Language, https://github.com/citation-style-language/schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from review import identifiers, retraction
from review.errors import FileError
from review.model import Record
from review.sources import embedded_votes, field_values, lines, size_limits
from review.sources.file_entries import FileEntry, Given, Items

_OPENING = re.compile(r"[\ufeff\s]*(?:\{\s*\"items\"\s*:\s*)?(\[)\s*|[\ufeff\s]*(?=\{)")
_BETWEEN = re.compile(r"\s*,?\s*")
_NEXT = re.compile(r",\s*(?=\{)")
# So many objects may lie between a broken item and the next whole one (its authors, say).
_TRIES = 10_000
_DECODER = json.JSONDecoder(strict=False)


def parse(given: Given) -> Items:
    """Read the items of a CSL-JSON file: a list, one item alone, or Zotero's ``{"items": …}``.

    Yields:
        An entry for each, ``raw`` the item, and the mistakes. After an item that is no JSON the
        next one that can be read is looked for. Votes stand in the note.

    Raises:
        FileError: there is no item with a title at all.
    """
    none = True
    for line, item in _each(given.text):
        if isinstance(item, str):
            yield given.mistake(line, "", f"the item cannot be read ({item}); left out")
            continue
        if size_limits.is_deeper(item, given.limits.depth):
            yield given.mistake(line, "", "the item is too deeply nested; left out")
            continue
        record = _record(item, given.source)
        if not record.title:
            yield given.mistake(line, "title", "the item has no title; left out")
            continue
        none = False
        yield FileEntry(line, record, "", embedded_votes.in_notes([_text(item.get("note"))]))
    if none:
        raise FileError(
            f"{given.name} is JSON, but holds no item with a title. Export it as CSL-JSON or RIS."
        )


def looks_like(text: str) -> bool:
    """Whether it begins like JSON."""
    return re.match(r"[\ufeff\s]*[\[{]\s*[\"{\[]", text) is not None


def _each(text: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Yield each item and the line it begins on; for one that is none, the reason."""
    opening = _OPENING.match(text)
    if opening is None:
        return
    counter = lines.Counter(text, ("\n", "\r"))
    place = opening.end()
    while place < len(text) and text[place] != "]":
        line = counter.at(place)
        try:
            item, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "too deeply nested")
            yield line, str(reason).lower()
            place = _resume(text, place)
        else:
            yield line, item if isinstance(item, dict) else "it is no object"
            if not opening[1]:
                return
        between = _BETWEEN.match(text, place)
        place = between.end() if between else len(text)


def _resume(text: str, place: int) -> int:
    """Where the next whole item begins; the end of the text when there is none.

    Only an object with a type and a title is taken for an item, not an author inside one.
    """
    for found in islice(_NEXT.finditer(text, place), _TRIES):
        try:
            item, _ = _DECODER.raw_decode(text, found.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(item, dict) and item.keys() >= {"type", "title"}:
            return found.end()
    return len(text)


def _record(item: Mapping[str, Any], source: str) -> Record:
    def get(*names: str) -> str:
        return next((text for name in names if (text := _text(item.get(name)))), "")

    note = get("note", "annote")
    return Record(
        source=source,
        key="",
        title=get("title"),
        authors=tuple(_names(item.get("author")) or _names(item.get("editor"))),
        year=_year(item.get("issued")),
        journal=get("container-title", "journalAbbreviation", "container-title-short"),
        volume=get("volume"),
        issue=get("issue"),
        pages=get("page"),
        doi=identifiers.doi(get("DOI")) or identifiers.doi(get("URL")),
        pmid=identifiers.pmid(get("PMID")) or identifiers.pmid_named(f"{note} {get('URL')}"),
        pmcid=identifiers.pmcid(get("PMCID")),
        openalex_id=identifiers.openalex_id(get("URL")),
        isbn=get("ISBN"),
        abstract=get("abstract"),
        language=get("language"),
        type=get("type"),
        url=get("URL"),
        keywords=field_values.terms(get("keyword")),
        retracted=get("status").lower() == "retracted" or retraction.in_notes([note]),
        raw=dict(item),
    )


def _text(value: object) -> str:
    """Text of a plain value; of a list (doi.org gives titles so) the first."""
    if isinstance(value, list):
        return next((text for each in value if (text := _text(each))), "")
    if isinstance(value, str):
        # Half a character pair may be escaped in JSON, but is no text.
        return value.encode("utf-8", "replace").decode("utf-8").strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _names(people: object) -> list[str]:
    names = []
    for person in people if isinstance(people, list) else []:
        if not isinstance(person, Mapping):
            continue
        last, first = _text(person.get("family")), _text(person.get("given"))
        particle = _text(person.get("non-dropping-particle"))
        last = f"{particle} {last}".strip()
        name = f"{last}, {first}" if last and first else last or first
        names.append(name or _text(person.get("literal")) or _text(person.get("name")))
    return [name for name in names if name]


def _year(issued: object) -> int | None:
    if not isinstance(issued, Mapping):
        return field_values.year(_text(issued))
    parts = issued.get("date-parts")
    while isinstance(parts, list) and parts:
        parts = parts[0]
    return field_values.year(_text(parts)) or field_values.year(
        _text(issued.get("raw")) or _text(issued.get("literal"))
    )
