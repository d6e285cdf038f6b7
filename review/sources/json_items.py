"""Finds the items of a JSON file and parses each on its own: one that is broken harms no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from review.sources import lines

# Plain values beside the list: "totalCount": 12, "nextPageToken": "abc".
_PLAIN = r'"\w{1,60}"\s*:\s*(?:"[^"\n]{0,500}"|[\w.+-]{1,60})\s*'
_AFTER = re.compile(rf"[\ufeff\x1a\s]*((?:,\s*{_PLAIN})*\}})?[\ufeff\x1a\s,]*")
_BETWEEN = re.compile(r"\s*,?\s*")
_NEXT = re.compile(r",\s*(?=\{)")
# So many objects may lie between a broken item and the next whole one (its authors, say).
_TRIES = 10_000
_DECODER = json.JSONDecoder(strict=False)

Item = Mapping[str, Any]


def find(
    text: str, within: str, is_item: Callable[[Item], bool]
) -> Iterator[tuple[int, Item | str]]:
    """Yield each item and the line it begins on; for one that is none, the reason.

    Read are a list of items, one item alone, and an object that holds the list under a name.
    Several of them one after the other are files that were joined.

    Args:
        within: the name of the list in an object.
        is_item: whether an object is an item, and no object inside one.
    """
    opens = re.compile(
        rf'[\ufeff\s]*(\{{\s*(?:{_PLAIN},\s*)*"{within}"\s*:\s*)?(\[)\s*|[\ufeff\s]*(?=\{{)'
    )
    counter = lines.Counter(text, ("\n", "\r"))
    opening = opens.match(text)
    while opening is not None:
        place, listed = opening.end(), opening[2] is not None
        while place < len(text) and not (listed and text[place] == "]"):
            line = counter.at(place)
            try:
                item, place = _DECODER.raw_decode(text, place)
            except (ValueError, RecursionError) as error:
                reason = getattr(error, "msg", "too deeply nested")
                yield line, str(reason).lower()
                place = _resume(text, place, is_item)
            else:
                yield line, item if isinstance(item, dict) else "it is no object"
                if not listed:
                    break
            between = _BETWEEN.match(text, place)
            place = between.end() if between else len(text)
        after = _AFTER.match(text, place + 1 if listed else place)
        place = after.end() if after is not None else len(text)
        opening = opens.match(text, place) if place < len(text) else None
        if opening is None and place < len(text) and not (after and after[1]):
            yield counter.at(place), "text after the last item"


def _resume(text: str, place: int, is_item: Callable[[Item], bool]) -> int:
    """Where the next whole item begins; the end of the text when there is none."""
    for found in islice(_NEXT.finditer(text, place), _TRIES):
        try:
            item, _ = _DECODER.raw_decode(text, found.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(item, dict) and is_item(item):
            return found.end()
    return len(text)
