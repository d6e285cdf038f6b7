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
from review.sources import embedded_votes, entry_fields, json_entries, size_limits
from review.sources.entry_fields import Fields
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.json_entries import all_texts, text_of

_DATES = ("issued", "published-print", "published", "published-online", "year", "date", "created")
_READ = frozenset(
    "id type title title-short author editor container-author container-title journalAbbreviation "
    "container-title-short event-title event collection-title volume issue page pages page-first "
    "article-number elocation-id eid number DOI doi note annote extra PMID pmid PMCID pmcid ISBN "
    "abstract language genre URL url keyword keywords status custom collections "
    "citation-key".split()
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
    for line, item in json_entries.find(given.text, "items", {"type", "title"}):
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
        json_entries.tell(item, _READ, given.account)
        votes = embedded_votes.in_notes([text_of(item.get("note"))], given.name)
        yield FileEntry(line, record, "", votes)
    if none:
        raise FileError(
            f"{given.name} is JSON, but holds no item with a title. Export it as CSL-JSON or RIS."
        )


def looks_like(text: str) -> bool:
    """Whether it begins like JSON."""
    return re.match(r"[\ufeff\s]*[\[{]\s*[\"{\[]", text) is not None


def _record(item: Mapping[str, Any], given: Given) -> Record:
    def get(*names: str) -> list[str]:
        return [text for name in names if (text := text_of(item.get(name)))]

    own = item.get("custom")
    own = own if isinstance(own, Mapping) else {}
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
            isbn=all_texts(item.get("ISBN")),
            abstract=[[text] for text in get("abstract")],
            language=get("language"),
            type=[*types, *get("genre")] if kind is publication_types.ARTICLE else types,
            urls=get("URL", "url"),
            terms=all_texts(item.get("keyword")) or all_texts(item.get("keywords")),
            openalex_id=all_texts(own.get("openalex")),
            mesh=all_texts(own.get("mesh")),
            labels=[*all_texts(own.get("labels")), *all_texts(item.get("collections"))],
            retracted="retracted" in [text.lower() for text in get("status")]
            or retraction.in_notes(get("note", "annote")),
        ),
        dict(item),
        given.account,
    )  # fmt: skip


def _names(people: object) -> list[str]:
    """Names as printed, surname first; particles before it, a suffix last."""
    names = []
    for person in people if isinstance(people, list) else [people]:
        if not isinstance(person, Mapping):
            names.append(text_of(person))
            continue
        particles = (
            text_of(person.get(f"{kind}-particle")) for kind in ("dropping", "non-dropping")
        )
        family = " ".join(filter(None, [*particles, text_of(person.get("family"))]))
        parts = [family, text_of(person.get("given")), text_of(person.get("suffix"))]
        name = ", ".join(filter(None, parts))
        names.append(name or text_of(person.get("literal")) or text_of(person.get("name")))
    return [name for name in names if name]


def _dates(issued: object) -> Iterator[str]:
    """The texts of a date, whatever its form, the surest first."""
    if not isinstance(issued, Mapping):
        yield text_of(issued)
        return
    parts = issued.get("date-parts")
    while isinstance(parts, list) and parts:
        parts = parts[0]
    yield text_of(parts)
    for name in ("raw", "literal", "date-time"):
        yield text_of(issued.get(name))
