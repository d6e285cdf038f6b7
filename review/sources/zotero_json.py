"""Better BibTeX's JSON of Zotero: items with Zotero's own field names, and their collections.

``{"config": …, "collections": {KEY: {"name", "parent", "collections", "items"}}, "items":
[{"itemID", "itemType", "creators": [{"lastName", "firstName"}], …}]}``; older versions nest the
collections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from review import retraction
from review.errors import FileError
from review.model import Record
from review.sources import embedded_votes, entry_fields, json_entries, lines, size_limits
from review.sources.collection_labels import Collections
from review.sources.entry_fields import Fields
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.json_entries import text_of

_LIST = re.compile(r"\[\s*")
_BEGINS = re.compile(r"[\ufeff\s]*\{\s*\"(?:config|collections)\"\s*:\s*[\[{]")
_NO_TYPES = frozenset({"attachment", "note", "annotation"})
_JOURNALS = (
    "publicationTitle", "bookTitle", "proceedingsTitle", "encyclopediaTitle", "dictionaryTitle",
    "websiteTitle", "blogTitle", "journalAbbreviation", "conferenceName", "seriesTitle", "series",
)  # fmt: skip
_READ = frozenset(
    "itemID itemKey key itemType title shortTitle creators date year volume issue pages DOI ISBN "
    "ISSN PMID PMCID abstractNote language url extra tags notes collections citationKey citekey "
    "number uri".split()
) | set(_JOURNALS)
_NAMED = re.compile(r"\s*(DOI|PMID|PMCID|ISBN)\s*:\s*(\S.*)", re.IGNORECASE)


def parse(given: Given) -> Items:
    """Read the items of a file.

    Yields:
        An entry for each, ``raw`` the item, and the mistakes. An item that is no JSON costs itself
        alone.

    Raises:
        FileError: there is no item with a title.
    """
    text = given.text
    collections = _collections(json_entries.value_of(text, "collections"))
    counter = lines.Counter(text, ("\n", "\r"))
    start = _items(text)
    found = json_entries.each(text, start, counter, {"itemType"}) if start >= 0 else ()
    none = True
    for line, item in found:
        if isinstance(item, str):
            given.account.entries += 1
            yield given.mistake(line, "", f"the item cannot be read ({item}); left out")
            continue
        if text_of(item.get("itemType")) in _NO_TYPES:
            continue
        given.account.entries += 1
        if size_limits.is_deeper(item, given.limits.depth):
            yield given.mistake(line, "", "the item is too deeply nested; left out")
            continue
        record = _record(item, collections, given)
        if not record.title:
            yield given.mistake(line, "title", "the item has no title; left out")
            continue
        none = False
        json_entries.tell(item, _READ, given.account)
        yield FileEntry(line, record, "", embedded_votes.in_notes(_notes(item), given.name))
    if none:
        raise FileError(f"{given.name} holds no item with a title. Export it from Zotero again.")


def looks_like(text: str) -> bool:
    """Whether it begins like Better BibTeX's JSON."""
    return _BEGINS.match(text) is not None


def _items(text: str) -> int:
    """Where the list of items begins.

    Where what stands before it cannot be read, it is told by its objects: a collection lists
    numbers under the same name.
    """
    place = json_entries.member_of(text, "items")
    opened = _LIST.match(text, place) if place >= 0 else None
    found = opened or re.search(r'"items"\s*:\s*\[\s*(?=\{)', text)
    return found.end() if found else -1


def _collections(given: object) -> Collections:
    collections = Collections()
    for id_, one, above in _each(given, ""):
        inside = one.get("items")
        parts = [_id(part) for part in inside] if isinstance(inside, list) else []
        collections.add(f"#{id_}", text_of(one.get("name")), filter(None, parts))
        if above:
            collections.within(f"#{id_}", f"#{above}")
    return collections


def _each(
    given: object, above: str, depth: int = 20
) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Each collection with its id and that of the one around it, whether nested or in one table."""
    if depth == 0:
        return
    named = given.items() if isinstance(given, Mapping) else ()
    listed = enumerate(given) if isinstance(given, list) else ()
    for place, one in (*named, *listed):
        if not isinstance(one, Mapping):
            continue
        id_ = text_of(one.get("key")) or text_of(one.get("id")) or f"{above}/{place}"
        yield id_, one, above or text_of(one.get("parent"))
        yield from _each(one.get("collections"), id_, depth - 1)


def _id(part: object) -> str:
    """The number or key of an item, in whichever form a collection names it."""
    if isinstance(part, Mapping):
        return text_of(part.get("itemID")) or text_of(part.get("id"))
    return text_of(part)


def _record(item: Mapping[str, Any], collections: Collections, given: Given) -> Record:
    def get(*names: str) -> list[str]:
        return [text for name in names if (text := text_of(item.get(name)))]

    extra = [line for text in get("extra") for line in text.splitlines()]
    named: dict[str, list[str]] = {}
    for line in extra:
        if mark := _NAMED.fullmatch(line):
            named.setdefault(mark[1].upper(), []).append(mark[2])
    ids = dict.fromkeys(get("itemID", "itemKey", "key"))
    labels = (label for id_ in ids for label in collections.labels(id_))
    own = item.get("collections")
    keys = (text_of(key) for key in own) if isinstance(own, list) else ()
    return entry_fields.record(
        given.source,
        Fields(
            title=get("title", "shortTitle"),
            authors=[list(_people(item, "author", "presenter", "contributor"))],
            editors=list(_people(item, "editor", "seriesEditor", "bookAuthor")),
            whole_names=True,
            year=get("date", "year"),
            journal=get(*_JOURNALS),
            volume=get("volume"),
            issue=get("issue"),
            pages=get("pages"),
            doi=[*get("DOI"), *named.get("DOI", ())],
            doi_alone=extra,
            pmid=[*get("PMID"), *named.get("PMID", ())],
            notes=[*extra, *_notes(item)],
            pmcid=[*get("PMCID"), *named.get("PMCID", ())],
            isbn=[*get("ISBN", "ISSN"), *named.get("ISBN", ())],
            abstract=[get("abstractNote")],
            language=get("language"),
            type=get("itemType"),
            urls=get("url"),
            keywords=list(_tags(item)),
            labels=[*labels, *(label for key in keys for label in collections.named(f"#{key}"))],
            retracted=retraction.in_notes([*extra, *_notes(item)]),
        ),
        dict(item),
        given.account,
    )


def _people(item: Mapping[str, Any], *roles: str) -> Iterator[str]:
    """Names of the first role that anyone has, surname first; an institution has one name."""
    given = item.get("creators")
    people = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    for role in roles:
        found = [one for one in people if (text_of(one.get("creatorType")) or "author") == role]
        for one in found:
            parts = [text_of(one.get("lastName")), text_of(one.get("firstName"))]
            if name := ", ".join(filter(None, parts)) or text_of(one.get("name")):
                yield name
        if found:
            return


def _tags(item: Mapping[str, Any]) -> Iterator[str]:
    given = item.get("tags")
    for one in given if isinstance(given, list) else ():
        yield text_of(one.get("tag")) if isinstance(one, Mapping) else text_of(one)


def _notes(item: Mapping[str, Any]) -> list[str]:
    given = item.get("notes")
    found = [text_of(item.get("extra"))]
    for one in given if isinstance(given, list) else ():
        found.append(text_of(one.get("note")) if isinstance(one, Mapping) else text_of(one))
    return [text for text in found if text]
