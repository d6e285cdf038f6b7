"""Finds the items of a JSON file and decodes each on its own.

An entry that is no JSON harms no other and has a line; one that is cut off costs itself alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Generator, Iterator, Mapping, Set
from itertools import islice
from typing import Any

from review.sources import lines
from review.sources.file_account import FileAccount

# Plain values beside the list: "totalCount": 12, "nextPageToken": "abc".
_PLAIN = r'"\w{1,60}"\s*:\s*(?:"[^"\n]{0,500}"|[\w.+-]{1,60})\s*'
_AFTER = re.compile(rf"[\ufeff\x1a\s]*((?:,\s*{_PLAIN})*\}})?[\ufeff\x1a\s,]*")
_BETWEEN = re.compile(r"\s*,?\s*")
_OPENING = re.compile(r"[\ufeff\s]*\{\s*")
_KEY = re.compile(r'"((?:[^"\\]|\\.){0,200})"\s*:\s*')
_NEXT = re.compile(r",\s*(?=\{)")
# So many objects may lie between a broken item and the next whole one (its authors, say).
_TRIES = 10_000
_DECODER = json.JSONDecoder(strict=False)

Found = tuple[int, Mapping[str, Any] | str]
"""The line an item begins on, and the item; the reason for one that is none."""


def find(text: str, within: str, marks: Collection[str]) -> Iterator[Found]:
    """Yield the items of a file.

    Read are a list of items, one item alone, and an object that holds the list under a name.
    Several of them one after the other are files that were joined.

    Args:
        within: the name of the list in an object.
        marks: as for `each`.
    """
    opens = re.compile(
        rf'[\ufeff\s]*(\{{\s*(?:{_PLAIN},\s*)*"{within}"\s*:\s*)?(\[)\s*|[\ufeff\s]*(?=\{{)'
    )
    counter = lines.Counter(text, ("\n", "\r"))
    opening = opens.match(text)
    while opening is not None:
        place, listed = opening.end(), opening[2] is not None
        place = yield from each(text, place, counter, marks, not listed)
        after = _AFTER.match(text, place + 1 if listed else place)
        place = after.end() if after is not None else len(text)
        opening = opens.match(text, place) if place < len(text) else None
        if opening is None and place < len(text) and not (after and after[1]):
            yield counter.at(place), "text after the last item"


def each(
    text: str,
    place: int,
    counter: lines.Counter[str],
    marks: Collection[str],
    alone: bool = False,
) -> Generator[Found, None, int]:
    """Yield the items of a list.

    Args:
        place: where the first item begins, behind the bracket.
        counter: counts the lines of the text.
        marks: names that an item has and nothing inside one, to tell where the next one begins
            after one that is broken.
        alone: there is one item and no list.

    Returns:
        Where the closing bracket stands, or the end of the text.
    """
    while place < len(text) and (alone or text[place] != "]"):
        line = counter.at(place)
        try:
            item, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "too deeply nested")
            yield line, str(reason).lower()
            place = _resume(text, place, marks)
        else:
            yield line, item if isinstance(item, dict) else "it is no object"
            if alone:
                break
        between = _BETWEEN.match(text, place)
        place = between.end() if between else len(text)
    return place


def value_of(text: str, name: str) -> object:
    """The list or object behind a name of the outermost object; None where none can be read.

    Where that cannot be come to, the first of this name anywhere in the text.
    """
    named = rf'"{re.escape(name)}"\s*:\s*(?=[\[{{])'
    outermost = member_of(text, name)
    places = [outermost] if outermost >= 0 else (m.end() for m in re.finditer(named, text))
    for place in places:
        try:
            value, _ = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            continue
        found_value: object = value
        return found_value
    return None


def member_of(text: str, name: str) -> int:
    """Where the value of a name of the outermost object begins; -1 where it cannot be come to."""
    opening = _OPENING.match(text)
    place = opening.end() if opening else len(text)
    while key := _KEY.match(text, place):
        if key[1] == name:
            return key.end()
        try:
            _, place = _DECODER.raw_decode(text, key.end())
        except (ValueError, RecursionError):
            return -1
        between = _BETWEEN.match(text, place)
        place = between.end() if between else len(text)
    return -1


def list_of(text: str, name: str) -> int:
    """Where the first item of a named list begins; -1 where there is no such list."""
    found = re.search(rf'"{re.escape(name)}"\s*:\s*\[\s*', text)
    return found.end() if found else -1


def tell(item: Mapping[str, Any], read: Set[str], account: FileAccount) -> None:
    """Tell the account which members of an item were read and which no field takes."""
    account.took(name for name in item if name in read)
    for name, value in item.items():
        if name not in read and (text := text_of(value)):
            account.left_aside(name, text)


def text_of(value: object) -> str:
    """Text of a plain value; of a list (doi.org gives titles so) the first."""
    if isinstance(value, list):
        return next((text for each in value if (text := text_of(each))), "")
    if isinstance(value, str):
        # Half a character pair may be escaped in JSON, but is no text.
        return value.encode("utf-8", "replace").decode("utf-8").strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def all_texts(value: object) -> list[str]:
    """The texts of a list, or the one of a plain value."""
    values = value if isinstance(value, list) else [value]
    return [text for each in values if (text := text_of(each))]


def _resume(text: str, place: int, marks: Collection[str]) -> int:
    """Where the next whole item begins; the end of the text when there is none.

    Only an object with all the marks is taken for an item, not an author inside one.
    """
    for found in islice(_NEXT.finditer(text, place), _TRIES):
        try:
            item, _ = _DECODER.raw_decode(text, found.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(item, dict) and item.keys() >= set(marks):
            return found.end()
    return len(text)
