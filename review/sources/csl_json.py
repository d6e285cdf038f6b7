"""CSL-JSON, as Zotero, Paperpile, Mendeley and doi.org give it.

Fields as in the schema of the Citation Style Language, https://github.com/citation-style-language/schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from review import publication_types, retraction
from review.errors import FileError
from review.model import Record
from review.sources import embedded_votes, entry_fields, json_items, size_limits
from review.sources.entry_fields import Fields
from review.sources.file_entries import FileEntry, Given, Items

_DATES = ("issued", "published-print", "published", "published-online", "year", "date", "created")
_READ = frozenset(
    "id type title title-short author editor container-author container-title journalAbbreviation "
    "container-title-short event-title event collection-title volume issue page pages page-first "
    "article-number elocation-id eid number DOI doi note annote extra PMID pmid PMCID pmcid ISBN "
    "abstract language genre URL url keyword keywords status citation-key".split()
) | set(_DATES)


def parse(given: Given) -> Items:
    """Read the items of a CSL-JSON file: a list, one item alone, or Zotero's ``{"items": …}``.

    Yields:
        An entry for each, ``raw`` the item, and the mistakes. After an item that is no JSON the
        next one that can be read is looked for. Votes stand in the note.

    Raises:
        FileError: there is no item with a title at all.
    """
    none = True
    for line, item in json_items.find(given.text, "items", _is_item):
        if isinstance(item, str):
            yield given.mistake(line, "", f"the item cannot be read ({item}); left out")
            continue
        given.account.entries += 1
        if size_limits.is_deeper(item, given.limits.depth):
            yield given.mistake(line, "", "the item is too deeply nested; left out")
            continue
        record = _record(item, given)
        if not record.title:
            yield given.mistake(line, "title", "the item has no title; left out")
            continue
        none = False
        given.account.took(name for name in item if name in _READ)
        for name, value in item.items():
            if name not in _READ and (text := _text(value)):
                given.account.left_aside(name, text)
        yield FileEntry(line, record, "", embedded_votes.in_notes([_text(item.get("note"))]))
    if none:
        raise FileError(
            f"{given.name} is JSON, but holds no item with a title. Export it as CSL-JSON or RIS."
        )


def looks_like(text: str) -> bool:
    """Whether it begins like JSON."""
    return re.match(r"[\ufeff\s]*[\[{]\s*[\"{\[]", text) is not None


def _is_item(item: Mapping[str, Any]) -> bool:
    """Whether an object is an item, not an author inside one."""
    return item.keys() >= {"type", "title"}


def _record(item: Mapping[str, Any], given: Given) -> Record:
    def get(*names: str) -> list[str]:
        return [text for name in names if (text := _text(item.get(name)))]

    types = get("type")
    kind = publication_types.kind_of(types[0] if types else "")
    notes = [line for note in get("note", "annote", "extra") for line in note.splitlines()]
    return entry_fields.record(
        given.source,
        Fields(
            title=get("title", "title-short"),
            authors=[_names(item.get("author"))],
            editors=_names(item.get("editor") or item.get("container-author")),
            whole_names=True,
            year=[text for name in _DATES for text in _dates(item.get(name))],
            journal=get(
                "container-title", "journalAbbreviation", "container-title-short", "event-title",
                "event", "collection-title",
            ),
            volume=get("volume"),
            issue=get("issue"),
            pages=get("page", "pages"),
            first_page=get("page-first"),
            number=get("article-number", "elocation-id", "eid")
            + (get("number") if kind is publication_types.ARTICLE else []),
            doi=get("DOI", "doi"),
            doi_alone=notes,
            pmid=get("PMID", "pmid"),
            notes=notes,
            pmcid=get("PMCID", "pmcid"),
            isbn=_all_texts(item.get("ISBN")),
            abstract=[[text] for text in get("abstract")],
            language=get("language"),
            type=[*types, *get("genre")] if kind is publication_types.ARTICLE else types,
            urls=get("URL", "url"),
            terms=_all_texts(item.get("keyword")) or _all_texts(item.get("keywords")),
            retracted="retracted" in [text.lower() for text in get("status")]
            or retraction.in_notes(get("note", "annote")),
        ),
        dict(item),
        given.account,
    )  # fmt: skip


def _text(value: object) -> str:
    """Text of a plain value; of a list (doi.org gives titles so) the first."""
    if isinstance(value, list):
        return next((text for each in value if (text := _text(each))), "")
    if isinstance(value, str):
        # Half a character pair may be escaped in JSON, but is no text.
        return value.encode("utf-8", "replace").decode("utf-8").strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _all_texts(value: object) -> list[str]:
    """The texts of a list, or the one of a plain value."""
    values = value if isinstance(value, list) else [value]
    return [text for each in values if (text := _text(each))]


def _names(people: object) -> list[str]:
    """Names as printed, surname first; particles before it, a suffix last."""
    names = []
    for person in people if isinstance(people, list) else [people]:
        if not isinstance(person, Mapping):
            names.append(_text(person))
            continue
        particles = (_text(person.get(f"{kind}-particle")) for kind in ("dropping", "non-dropping"))
        family = " ".join(filter(None, [*particles, _text(person.get("family"))]))
        parts = [family, _text(person.get("given")), _text(person.get("suffix"))]
        name = ", ".join(filter(None, parts))
        names.append(name or _text(person.get("literal")) or _text(person.get("name")))
    return [name for name in names if name]


def _dates(issued: object) -> Iterator[str]:
    """The texts of a date, whatever its form, the surest first."""
    if not isinstance(issued, Mapping):
        yield _text(issued)
        return
    parts = issued.get("date-parts")
    while isinstance(parts, list) and parts:
        parts = parts[0]
    yield _text(parts)
    for name in ("raw", "literal", "date-time"):
        yield _text(issued.get(name))
